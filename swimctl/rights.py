"""What somebody may do with which devices. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Act(StrEnum):
    """What is done with a device. Each act lets one look at the device, too."""

    LOOK = "look"
    PLAN = "plan"  # the device is asked
    TRIGGER = "trigger"
    APPROVE = "approve"
    CANCEL = "cancel"
    STEER = "steer"  # pause, continue, change, stop, release, recheck
    GOLDEN = "golden"  # say which image is golden; it counts for all devices


class Placed(Protocol):
    """A device, as far as its place decides."""

    @property
    def site(self) -> str | None:
        """Return its site."""

    @property
    def groups(self) -> tuple[str, ...]:
        """Return its groups and those above them."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What one role allows, for devices that are in one of its sites and in one of its groups; None is any."""

    may: frozenset[Act]
    sites: frozenset[str] | None = None
    groups: frozenset[str] | None = None

    @property
    def everywhere(self) -> bool:
        """Return whether it is for all devices."""
        return self.sites is None and self.groups is None

    def allows(self, act: Act) -> bool:
        """Return whether it allows this at all."""
        return act in self.may or (bool(self.may) and act is Act.LOOK) or (act is Act.PLAN and Act.TRIGGER in self.may)

    def holds_for(self, device: Placed | None) -> bool:
        """Return whether a device is of its place. None: nobody knows where it is."""
        if device is None:
            return self.everywhere
        return (self.sites is None or device.site in self.sites) and (
            self.groups is None or not self.groups.isdisjoint(device.groups)
        )


@dataclass(frozen=True, slots=True)
class Rights:
    """What somebody may do: what every part allows, each by one of its grants. No part at all allows nothing.

    One part is of the user, another one of the token: neither goes beyond the other.
    """

    parts: tuple[tuple[Grant, ...], ...]

    def may(self, act: Act, device: Placed | None) -> bool:
        """Return whether this may be done with a device. None: a device that is not in the inventory any more."""
        return self._all(lambda grant: grant.allows(act) and grant.holds_for(device))

    def everywhere(self, act: Act) -> bool:
        """Return whether this may be done with all devices, those that nobody knows yet among them."""
        return self._all(lambda grant: grant.allows(act) and grant.everywhere)

    def somewhere(self, act: Act) -> bool:
        """Return whether this may be done with any device. True may be wrong for two parts; False is not."""
        return self._all(lambda grant: grant.allows(act))

    def _all(self, fits: _Fits) -> bool:
        return bool(self.parts) and all(any(fits(grant) for grant in part) for part in self.parts)


class _Fits(Protocol):
    def __call__(self, grant: Grant, /) -> bool: ...


BUILT_IN: Mapping[str, Grant] = {
    "operator": Grant(frozenset(Act)),
    "read-only": Grant(frozenset({Act.LOOK})),
}


def granted(names: Iterable[str], roles: Mapping[str, Grant]) -> tuple[Grant, ...]:
    """Return what roles allow; one that is not in config.yaml any more allows nothing."""
    known = {**roles, **BUILT_IN}
    return tuple(known[name] for name in dict.fromkeys(names) if name in known)
