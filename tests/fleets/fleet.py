"""What every platform is tried with in the lab."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from swimctl.lab.chassis_spec import ChassisSpec


def serial(prefix: str, name: str, place: int = 0) -> str:
    """Return the serial number of a device, or of one of its members: no two devices of a test have the same."""
    return f"{prefix}{zlib.crc32(f'{name} {place}'.encode()) % 10**8:08d}"


@dataclass(frozen=True)
class Fleet:
    """One platform's devices.

    `make` gives an ordinary device by its name, with keywords for fields of its spec; `stack` one with members, None
    where the platform has none. `image` is the file to install; `old` and `target` are releases as the lab's `runs`
    spells them. `foreign` makes a device of the platform that the image does not fit. `changing` are beginnings of the
    command lines that change what a device runs, `activates` is that of the one behind which it reloads. `log_line` is
    a message of its log in the middle of a session, `secret_lines` are lines of its configuration with a secret (`{}`).
    `quick` is the case that `make test` tries beside a plain upgrade. `cases`: those that are tried, where it is but a
    variation of another. `partner` are the fields that give an ordinary device a partner.
    """

    make: Callable[..., ChassisSpec]
    image: str
    old: str
    target: str
    foreign: Callable[..., ChassisSpec]
    changing: tuple[str, ...]
    activates: str
    log_line: str
    secret_lines: Sequence[str]
    quick: str
    stack: Callable[..., ChassisSpec] | None = None
    partner: Mapping[str, Any] = field(default_factory=dict)
    cases: frozenset[str] | None = None

    def tries(self, case: str) -> bool:
        """Return whether a case is tried on it."""
        return self.cases is None or case in self.cases
