"""The access points of a lab wireless controller: who is joined, what they run, and how far a predownload is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from swimctl.lab.chassis import CRASH
from swimctl.lab.cisco_xe.installed import Installed
from swimctl.lab.cisco_xe.release import Release
from swimctl.lab.cisco_xe.stack import Stack

COUNT = 6
"""Access points of one controller."""
SWAPS, LOADS, EACH = 60.0, 240.0, 5.0
"""Lab seconds from the end of a boot until the first one joins: with the image in place, or to load it; and each more.
"""
BEGINS, TAKES, EACH_LOAD = 20.0, 60.0, 10.0
"""Lab seconds of a predownload: until one begins, until the first one ends, and each more."""
BREAKS = 40.0
"""Lab seconds after which a predownload that is disturbed is."""
NONE, INITIATED, LOADING, COMPLETE = "None", "Initiated", "Predownloading", "Complete"
FAILED, UNSUPPORTED, UNHEARD = "Failed", "Not Supported", "Verifying"
NO_VERSION: Final = "0.0.0.0"  # noqa: S104 - no address: what stands for no release
_STALE: Final = "17.3.4.40"


@dataclass(frozen=True, slots=True)
class AccessPoint:
    """One that is joined, as `show ap image` has it."""

    name: str
    number: int
    running: str
    backup: str
    status: str = NONE
    version: str = NO_VERSION

    @property
    def mac(self) -> str:
        """Return its Ethernet address."""
        return f"0c75.ac00.{self.number:04x}"


def version_of(release: Release) -> str:
    """Spell a release as access points do: three numbers and a build of their own, and no letter of a rebuild."""
    own = 10 + 30 * (ord(release.letter[0]) - ord("a") + 1 if release.letter else 0)
    return f"{release.major}.{release.minor}.{release.rebuild}.{own}"


class AccessPoints:
    """What one controller knows of them. The first one is that which a fault strikes."""

    def __init__(self, switch: Stack, installed: Installed) -> None:
        self._switch = switch
        self._installed = installed
        self._running = version_of(installed.running)
        self._backup = dict.fromkeys(range(1, COUNT + 1), _STALE)
        self._booted_at = switch.booted_at
        self._began: float | None = None
        self._target = ""
        self._loads = False

    @property
    def _fault(self) -> str:
        fault = self._switch.spec.fault("predownload-fails")
        return "" if fault is None else fault.argument or ""

    def predownload(self) -> None:
        """Have all load what was added; without that there is nothing to load."""
        added = self._installed.inactive
        self._settle()
        if added is None or self._fault == "nothing":
            return
        self._began, self._target = self._switch.clock.now(), version_of(added.release)
        if self._fault == "dies":
            self._switch.later(BREAKS, lambda: self._switch.reload(CRASH))

    def joined(self) -> list[AccessPoint]:
        """List those that are joined now."""
        self._settle()
        return [self._one(number) for number in range(1, COUNT + 1) if self._is_joined(number)]

    def _since(self) -> float | None:
        return None if self._began is None else self._switch.clock.now() - self._began

    def _is_joined(self, number: int) -> bool:
        switch, since = self._switch, self._since()
        if number == 1 and switch.degraded and switch.spec.fault("access-point-lost"):
            return False
        if number == 1 and self._fault == "leaves" and since is not None and since >= BREAKS:
            return False
        return switch.since_up >= (LOADS if self._loads else SWAPS) + EACH * (number - 1)

    def _one(self, number: int) -> AccessPoint:
        name = f"AP0C75.AC00.{number:04X}"
        since = self._since()
        if since is None:
            return AccessPoint(name, number, self._running, self._backup[number])
        struck = number == 1 and since >= BREAKS
        ends = TAKES + EACH_LOAD * (number - 1)
        status = INITIATED if since < BEGINS else LOADING if since < ends else COMPLETE
        version = self._target
        if struck and self._fault in {"one", "unsupported"}:
            status = FAILED if self._fault == "one" else UNSUPPORTED
        elif struck and self._fault == "lies":
            status, version = COMPLETE, _STALE
        elif struck and self._fault == "word":
            status = UNHEARD
        elif status == COMPLETE:
            self._backup[number] = self._target
        return AccessPoint(name, number, self._running, self._backup[number], status, version)

    def _settle(self) -> None:
        """Make of a boot what it makes: they start what the controller runs, and those that have it are back sooner."""
        switch = self._switch
        if switch.booted_at == self._booted_at:
            return
        self._booted_at, self._began = switch.booted_at, None
        now = version_of(self._installed.running)
        if now != self._running:
            self._loads = any(backup != now for backup in self._backup.values())
            self._backup = dict.fromkeys(self._backup, self._running)
            self._running = now
        else:
            self._loads = False
