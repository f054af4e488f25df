"""Upgrades in service (ISSU) of two supervisors, or of two chassis of a StackWise Virtual pair.

The standby reloads into the new release and takes over, then the one that was active does the same. All the while each
runs what it runs: nothing is told of them until both stand as they will stay.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.models import Finding
from swimctl.platforms.base import Sent
from swimctl.platforms.cisco_xe.facts import IssuState
from swimctl.platforms.cisco_xe.installing import Installer
from swimctl.platforms.cisco_xe.parsers.issu import parse_show_issu
from swimctl.platforms.cisco_xe.parsers.redundancy import parse_show_redundancy_states
from swimctl.platforms.cisco_xe.parsers.version import seconds
from swimctl.platforms.cisco_xe.reading import Reading
from swimctl.platforms.cisco_xe.reload import save
from swimctl.platforms.cisco_xe.support import SUPPORT_IN_SERVICE, VIRTUAL
from swimctl.platforms.cisco_xe.units import HOT, Unit
from swimctl.platforms.facts import Installed, Placement, Redundancy, Running

_STATE: Final = "show issu state detail"
_REDUNDANCY: Final = "show redundancy states"
# Where both run the new release; `Activated` where it is committed too.
_TAKEN_OVER: Final = frozenset({"Active switched-over", "Activated"})
# General knowledge: it is the device's own time for this, and two reloads, one after the other, take half of it.
_LEAST_MINUTES: Final = 120
_STATEFUL: Final = frozenset({"sso", "stateful switchover"})
_UNSAVED: Final = re.compile(r"save configuration", re.IGNORECASE)


def offers(model: str | None) -> bool:
    """Return whether devices of this kind have an upgrade in service; the supervisors are counted later."""
    return VIRTUAL.match(model or "") is not None


class InService:
    """The way of one device; its two processors are never told of before both are there."""

    def __init__(self, read: Reading) -> None:
        self._read = read
        self._installer = Installer(read)
        self.minutes = max(_LEAST_MINUTES, read.settings.activation.auto_abort_minutes)

    def identity(self) -> list[Finding]:
        """Apply the rules that it can be told what both run."""
        return [two(self._read.units(self._read.version())), at_rest(self._issu())]

    def check(self, units: Sequence[Unit], *, staged: bool) -> list[Finding]:
        """Apply the rules of this way; `staged`: it is added, activated and committed in three commands."""
        return [in_three(staged=staged), two(units), *self.able()]

    def able(self) -> list[Finding]:
        """Ask whether the device can, now: the copy and the unpacking took their time."""
        redundancy = parse_show_redundancy_states(self._read.show(_REDUNDANCY))
        return [stands_by(redundancy), able(self._issu())]

    def running(self, read: Callable[[], Running]) -> Running:
        """Return what runs on both, as `read` tells it, and since when the one that answers is the active one.

        The device's own uptime goes on when the standby takes over. Raises UnparsableOutput while an upgrade is under
        way, and while one of the two does not tell its release.
        """
        issu = self._issu()
        if not settled(issu):
            raise UnparsableOutput(_STATE, "", f"an upgrade in service is under way: {issu.reached or issu.status}")
        running = read()
        redundancy = self._read.redundancy()
        since = seconds(redundancy.fields.get("Uptime in current state", ""))
        if len(running.members) != 2 or "unknown" in running.members.values():
            told = ", ".join(f"{name} {version}" for name, version in running.members.items())
            raise UnparsableOutput("show redundancy", "", f"only one of the two shows its release: {told}")
        if since is None:
            raise UnparsableOutput("show redundancy", "", "it does not say since when the active one is active")
        return replace(running, uptime=since, restarted_at=None)

    def installed(self, told: Installed) -> Installed:
        """Return where an image stands that was `told` elsewhere; while an upgrade is open, nothing is committed."""
        issu = self._issu()
        if not issu.in_progress:
            return told
        placement = Placement.UNCOMMITTED if told.placement is Placement.COMMITTED else told.placement
        left = issu.rollback if told.abort_timer is None else told.abort_timer
        return replace(told, placement=placement, abort_timer=left, untimed=told.untimed and left is None)

    def unready(self) -> str | None:
        """Return what else is not back yet, None where all is: the standby is hot again."""
        redundancy = parse_show_redundancy_states(self._read.show(_REDUNDANCY))
        return None if _takes_over(redundancy) else f"the standby is {redundancy.peer_state}, {redundancy.mode}"

    @property
    def command(self) -> str:
        """Return the command that activates."""
        return f"install activate issu auto-abort-timer {self.minutes}"

    def activate(self) -> Sent:
        """Start what was added on one after the other, with the auto-abort timer armed.

        General knowledge: the timer stands behind `issu`, and the command asks, as there is no `prompt-level` with it.
        """
        return self._installer.run(self.command, self._read.limits.activate)

    def abort(self) -> Sent:
        """Go back to the committed release on one after the other.

        The device refuses where its configuration is not saved, and has done nothing then.
        """
        sent = self._installer.run(SUPPORT_IN_SERVICE.back, self._read.limits.commit)
        if sent.dropped or not _UNSAVED.search(sent.outcome.reason or ""):
            return sent
        save(self._read)
        return self._installer.run(SUPPORT_IN_SERVICE.back, self._read.limits.commit)

    def _issu(self) -> IssuState:
        return parse_show_issu(self._read.show(_STATE), _STATE)


def in_three(*, staged: bool) -> Finding:
    """Refuse to add, activate and commit in one command."""
    return Finding(
        "activation in service",
        staged,
        "staged" if staged else "one-shot",
        "staged, so that both are checked before the commit",
        "set swimctl.activation.mode: staged",
    )


def two(units: Sequence[Unit]) -> Finding:
    """Refuse a device in which nothing could take over."""
    return Finding(
        "two processors",
        len(units) == 2,
        ", ".join(unit.label for unit in units),
        "two supervisors, or two chassis of a StackWise Virtual pair",
        "run again without --issu in a window for a reload",
    )


def stands_by(redundancy: Redundancy) -> Finding:
    """Refuse a standby that could not take over with all that the active one knows."""
    return Finding(
        "stateful switchover",
        _takes_over(redundancy),
        f"{redundancy.mode}: {redundancy.active_state}, {redundancy.peer_state}",
        f"sso: ACTIVE, {HOT}",
        f"`{_REDUNDANCY}` on the device; configure `redundancy`, `mode sso`, and wait until the standby is hot",
    )


def able(issu: IssuState) -> Finding:
    """Refuse where an operation is open, or the device itself says that it cannot; older releases print no checks."""
    odd = [f"{check}: {word}" for check, word in issu.checks.items() if word.casefold() != "yes"]
    odd += [f"an operation is open{_waits(issu)}"] if issu.in_progress else []
    odd += [issu.status] if issu.status.casefold() == "disabled" else []
    return Finding(
        "in-service upgrade",
        not odd,
        ", ".join(odd) or ("all checks Yes" if issu.checks else "no operation; it prints no checks"),
        "no operation open, and every check Yes",
        f"`{_STATE}` on the device; the open operation ends with {_ends(issu)}",
    )


def at_rest(issu: IssuState) -> Finding:
    """Return whether nothing restarts."""
    return Finding(
        "no upgrade in service under way",
        settled(issu),
        f"{issu.reached or issu.status or 'none'}{_waits(issu)}",
        "none, or one that waits for `install commit`",
        f"end it on the device with {_ends(issu)}" if _waits(issu) else f"wait, and type `{_STATE}` on the device",
    )


def _waits(issu: IssuState) -> str:
    """Return what an upgrade by the older commands waits for; empty where it does not wait, or is none of these."""
    waits = issu.in_progress and issu.status.casefold().replace(" ", "") == "acceptversion"
    return ", which waits for its commitversion" if waits else ""


def _ends(issu: IssuState) -> str:
    """Return the commands that keep what is open, and that take it back: those of the family that began it."""
    by_version = issu.status.casefold().endswith("version")
    return (
        "`issu commitversion` or `issu abortversion`"
        if by_version
        else f"`install commit` or `{SUPPORT_IN_SERVICE.back}`"
    )


def settled(issu: IssuState) -> bool:
    """Return whether nothing restarts any more: none is open, or both have changed places for good."""
    return not issu.in_progress or (issu.terminal is True and issu.reached in _TAKEN_OVER)


def _takes_over(redundancy: Redundancy) -> bool:
    states = (redundancy.active_state, redundancy.peer_state)
    return (redundancy.mode or "").casefold() in _STATEFUL and states == ("ACTIVE", HOT)
