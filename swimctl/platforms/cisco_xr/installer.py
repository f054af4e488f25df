"""The installer of a 64-bit device: a command starts an operation, which goes on by itself and has an id."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from swimctl.errors import CommandRefused, DeadlineExceeded, SessionLost, UnparsableOutput
from swimctl.platforms.base import Sent, Session, Trace
from swimctl.platforms.cisco_xr.facts import InstallActivity, InstallRequest, LoggedInstall
from swimctl.platforms.cisco_xr.parsers.install_log import parse_show_install_log, parse_show_install_request
from swimctl.platforms.cisco_xr.parsers.install_request import is_started, parse_install_request
from swimctl.platforms.journal import Logged
from swimctl.platforms.terminal import Answer, answer

# The one question that was seen around an installation; `noprompt` spares it.
_ANSWERS: Final[tuple[Answer, ...]] = (
    answer(r"will (?:reload|reboot) the (?:sdr|system|router), continue\?\s*\[yes[/:]no\]:\s*\[yes\]", "yes"),
)
_LOOK_EVERY: Final = 30.0
# Of an operation that no longer runs, the log may lag behind so many looks.
_LAG: Final = 3
# An operation that is refused as another one runs was not taken: it may be sent again.
_COMMIT_TRIES: Final = 3


_ACTIVATES: Final = frozenset({"activate"})
_BEGINS: Final = {
    "add": frozenset({"add"}),
    "commit": frozenset({"commit"}),
    **dict.fromkeys(("activate", "deactivate", "rollback", "update", "upgrade", "replace"), _ACTIVATES),
}


class Installer:
    """Start operations and follow them to their end. Remembers nothing: what was, the device's own log tells."""

    def __init__(self, session: Session, show: Callable[[str], str]) -> None:
        self._session = session
        self._show = show

    def log(self) -> tuple[LoggedInstall, ...]:
        """Read all operations that the device remembers."""
        return parse_show_install_log(self._show("show install log"))

    def activity(self) -> InstallActivity:
        """Read whether an operation runs."""
        return parse_show_install_request(self._show("show install request"))

    def known(self) -> tuple[LoggedInstall, ...] | None:
        """Return the same, None where the device has no log of them, or it cannot be read."""
        try:
            return self.log()
        except (CommandRefused, UnparsableOutput):
            return None

    def last(self) -> int | None:
        """Return the id of the newest operation, 0 where there was none, None where the device has no log of them."""
        return newest(self.known())

    def run(self, command: str, seconds: float, known: tuple[LoggedInstall, ...] | None = None) -> Sent:
        """Start an operation and wait for its end: its verdict, or that the session ended meanwhile.

        `known` is the log from just before, where it was read.
        Where its answer cannot be read, the log tells whether an operation was started; only a refusal without one
        raises CommandRefused.
        """
        kind, mark = command.split()[1], newest(self.known() if known is None else known)
        reply = self._session.converse(command, _ANSWERS, seconds)
        try:
            request = parse_install_request(f"{reply.text}\n", command)
        except (CommandRefused, UnparsableOutput) as error:
            if isinstance(error, CommandRefused) and not is_started(reply.text):
                raise
            request = InstallRequest(kind, succeeded=None, reason=str(error))
        request = replace(request, operation=request.operation or kind)
        if reply.dropped or request.succeeded is not None:
            return Sent(request, reply.dropped)
        return self._follow(request, command, mark, seconds)

    def run_when_free(self, command: str, seconds: float) -> Sent:
        """Start an operation that does no harm twice; where another one runs, some time later."""
        for _ in range(_COMMIT_TRIES - 1):
            sent = self.run(command, seconds)
            busy = isinstance(sent.outcome, InstallRequest) and sent.outcome.other_in_progress
            if not busy or self._session.ended_within(_LOOK_EVERY, watch=True):
                return sent
        return self.run(command, seconds)

    def trace(self, kind: str, mark: str | None) -> Trace:
        """Return whether an operation of this kind came after the one of that id, and whether it ended."""
        if mark is None:
            return Trace(None, None)
        try:
            log, activity = self.log(), self.activity()
        except (CommandRefused, UnparsableOutput):
            return Trace(None, None)
        known = [(each.request.id or 0, each.request) for each in log]
        since = {number: request for number, request in known if number > int(mark) and request.operation == kind}
        if since:
            return Trace(received=True, finished=since[max(since)].succeeded is not None)
        if activity.running and (activity.id is None or activity.id > int(mark)):
            return Trace(received=True, finished=activity.pending_reload)
        if int(mark) > 0 and all(number < int(mark) for number, _ in known):
            return Trace(None, None)  # another log than the one that the mark is of
        return Trace(received=False, finished=None)

    def journal(self) -> tuple[Logged, ...]:
        """Return the operations by their ids; one that waits for its reload has not ended."""
        activity, text = self.activity(), self._show("show install log")
        entries = [Logged("0")]  # the mark of a device that had no operation yet
        for each in sorted(parse_show_install_log(text), key=lambda each: each.request.id or 0):
            request, does = each.request, _BEGINS.get(each.request.operation or "", frozenset[str]())
            pending = activity.pending_reload and "activate" in does
            running = request.succeeded is None and activity.running
            # Its own words, for people: they have the moment and the user.
            began = re.search(rf"^.*Install +operation +{request.id} .*", text, re.IGNORECASE | re.MULTILINE)
            said = began[0].strip() if began else each.command
            entries.append(Logged(str(request.id), does, request.operation or "", said, not (running or pending)))
        return tuple(entries)

    def _follow(self, request: InstallRequest, command: str, mark: int | None, seconds: float) -> Sent:
        waited, idle = 0.0, 0
        odd = "it still runs"
        while waited < seconds:
            if self._session.ended_within(_LOOK_EVERY, watch=True):
                return Sent(request, dropped=True)
            waited += _LOOK_EVERY
            try:
                activity = self.activity()
                # While it says that it is at ours, its log says nothing more.
                ours = activity.running and activity.id is not None and activity.id == request.id
                own = None if ours else self._own(request, mark)
            except SessionLost:
                return Sent(request, dropped=True)
            except (CommandRefused, UnparsableOutput) as error:
                odd = str(error)
                continue
            if own is not None and own.succeeded is not None:
                return Sent(replace(own, operation=request.operation))
            if activity.pending_reload:
                return Sent(replace(request, succeeded=True, reload_announced=True))
            idle = 0 if activity.running else idle + 1
            if idle == _LAG:
                # Through, or never begun, and its log does not say which: what became of it shows elsewhere.
                return Sent(request)
        named = f"'{command}'" if request.id is None else f"'{command}', operation {request.id},"
        raise DeadlineExceeded(f"{named} did not end within {seconds:.0f}s: {odd}")

    def _own(self, request: InstallRequest, mark: int | None) -> InstallRequest | None:
        """Read what its log says of an operation, None where it does not name it.

        One whose id was not told is the last of its kind after the `mark`.
        """
        if request.id is not None:
            kept = parse_show_install_log(self._show(f"show install log {request.id}"))
            return next((each.request for each in reversed(kept) if each.request.id == request.id), None)
        found = {each.request.id: each.request for each in self.log() if each.request.operation == request.operation}
        since = [number for number in found if number is not None and mark is not None and number > mark]
        return found[max(since)] if since else None


def newest(log: tuple[LoggedInstall, ...] | None) -> int | None:
    """Return the id of the newest operation of a log, 0 where it has none, None without a log."""
    return None if log is None else max((each.request.id or 0 for each in log), default=0)


def added_by(log: tuple[LoggedInstall, ...] | None, filename: str) -> int | None:
    """Return the id of the newest operation that added a file, None where no log names one."""
    own = (each for each in log or () if each.request.operation == "add" and filename in each.command.split())
    return max((each.request.id or 0 for each in own if each.request.succeeded), default=None)
