"""What only EOS says of itself; everything else it says in the words of `platforms/facts.py`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Mlag:
    """What `show mlag` of EOS says of the pair; empty words where the device prints none (it is not configured).

    `ports` counts the port channels by state (`Active-full`); `fields` has every line in the device's words.
    """

    domain: str
    state: str
    negotiation: str
    peer_link: str
    peer_link_status: str
    ports: Mapping[str, int]
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MlagDelay:
    """How many seconds after a boot the ports of an MLAG peer stay down, and whether they do now.

    `waiting` is None where the release does not print it. `others` is the delay of the ports that are no MLAG's, None
    where it is not printed.
    """

    seconds: int
    waiting: bool | None
    others: int | None = None

    @property
    def longest(self) -> int:
        """Return after how many seconds no port waits any more."""
        return max(self.seconds, self.others or 0)


@dataclass(frozen=True, slots=True)
class ReloadCause:
    """One cause that `show reload cause` of EOS gives. `at` is ISO, in the device's own zone."""

    cause: str
    at: str | None
    recommended: str
    debugging: str
