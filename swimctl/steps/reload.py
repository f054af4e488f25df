"""Wait for a device to go down and come back, and prove that it did by its boot time."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from swimctl.clock import Clock, Deadline, between_looks
from swimctl.errors import (
    CommandRefused,
    DeadlineExceeded,
    DeviceUnknown,
    HostKeyRefused,
    LoginFailed,
    SessionLost,
    UnexpectedPrompt,
    UnparsableOutput,
    Unreachable,
)
from swimctl.platforms.driver import TellsInstalled, TellsRunning
from swimctl.platforms.facts import Running
from swimctl.sessions.one_look import forget
from swimctl.sessions.session import Session
from swimctl.steps.base import JobContext
from swimctl.steps.evidence import new_boot
from swimctl.steps.outage import Outage
from swimctl.steps.pausing import Parts, shared, wanted

# While it still answers after an activation whose session was lost, a login a minute is enough.
_LOOK_EVERY = 60.0
# Real seconds between two looks whether another job needs the thread of one that looks out for a second reload.
_LOOK_OUT = 1.0

BOOTING = (Unreachable, SessionLost, DeadlineExceeded, UnparsableOutput, CommandRefused, UnexpectedPrompt)
# What a device that boots answers with; its logins are refused while it cannot ask the server that knows the accounts.
NOT_BACK = (*BOOTING, LoginFailed)


def boot_mark(context: JobContext, running: Running) -> dict[str, object]:
    """Write down a boot, to be compared with a later look by `new_boot`."""
    return {
        **context.clock.mark(),
        "uptime": running.uptime,
        "restarted_at": running.restarted_at,
        "version": running.version,
    }


def elapsed_since(clock: Clock, mark: Mapping[str, object]) -> float | None:
    """Return the device seconds since a mark, None where only a clock tells that somebody may have set meanwhile.

    The time of day of a machine that was restarted is such a clock.
    """
    machine = mark.get("machine")
    return None if machine and machine != clock.mark().get("machine") else clock.since(mark)


def boot_look(context: JobContext, driver: TellsRunning, mark: dict[str, object]) -> tuple[Running, bool | None]:
    """Read what runs, and return whether it rebooted since the mark; None: it cannot be told.

    The time is taken before the look: an answer that takes its time must not pass for a new boot. Nor may one from
    before that: what a driver had read when it was made. So a new boot is believed only where a second look says so.
    """
    for _ in range(2):
        now, newer = _one_boot_look(context, driver, mark)
        if not newer:
            break
    return now, newer


def _one_boot_look(context: JobContext, driver: TellsRunning, mark: dict[str, object]) -> tuple[Running, bool | None]:
    forget()  # what was read earlier in a look is no second look
    elapsed = elapsed_since(context.clock, mark)
    now = driver.running()
    return now, new_boot(mark, now, elapsed)


def abnormal_reload(mark: dict[str, object] | None, now: Running, elapsed: float | None) -> str:
    """Return the complaint of an abnormal last reload; empty where there is none since the mark. Pure.

    `elapsed` are the device seconds from the mark to before the look that gave `now`, None where they are not known.
    """
    if not now.abnormal or mark is None or new_boot(mark, now, elapsed) is False:
        return ""
    return f"the device calls its last reload abnormal: {now.abnormal}"


def wait_for_down(context: JobContext, session: Session, seconds: float) -> bool:
    """Return whether the session ended within so many device seconds: the first sign of a reload."""
    context.record.say("waiting for the device to go down")
    went = session.ended_within(seconds)
    context.record.event("down", "the session ended" if went else f"still up {seconds:.0f}s after the command")
    return went


# Tells of what a device runs whether that is enough without a reload.
Enough = Callable[[TellsInstalled, Running], bool]


def _never(_driver: TellsInstalled, _now: Running) -> bool:
    return False


class _Away:
    """Why a device is not back yet: what the last look came to."""

    def __init__(self, context: JobContext) -> None:
        self._context = context
        self._over: Deadline | None = None
        self._key: HostKeyRefused | None = None
        self.last = "its login is refused" if context.refusals.count else "its SSH port stayed closed"

    def failed(self, error: Exception) -> None:
        """Record what a look found; raises DeviceUnknown where it has answered without reading for too long."""
        self.last = str(error)
        other_key = error if isinstance(error, HostKeyRefused) else None
        if other_key:
            if self._key is None:
                self._context.record.event("host-key", str(error))
            self._context.record.say(
                "it shows another host key, so nothing is sent to it; if that key is right: `swimctl device trust "
                f"{self._context.device.name}`"
            )
        elif isinstance(error, LoginFailed):
            refused, most = self._context.refusals.count, self._context.settings.login.refusals
            self._context.record.say(
                f"login refused {refused} of {most} times, waiting, so that the account does not lock"
            )
        elif isinstance(error, CommandRefused | UnparsableOutput):
            self._unreadable(error)
        self._key = other_key

    def _unreadable(self, error: Exception) -> None:
        """Record one more unreadable answer. Some time after a boot this is normal; later it is not."""
        limits = self._context.settings.deadlines
        # While an upgrade in service is under way, nothing reads.
        seconds = limits.up if self._context.options.issu else limits.ready
        self._over = self._over or Deadline(self._context.clock, seconds)
        if self._over.passed:
            shown = (self._context.record.recall("activate sent") or {}).get("look", "`show version`")
            raise DeviceUnknown(
                f"{self._context.device.name} answers, and for {seconds / 60:.0f} minutes what it runs cannot be read: "
                f"{error}; needed: the release of every member since a newer boot; next: {shown} on the device"
            ) from error

    def answered(self) -> None:
        """Record that the device can be read, or is down."""
        self._over = self._key = None

    def at_the_end(self, seconds: float) -> DeviceUnknown:
        """Return how it ends where it is not back after so many device seconds."""
        name, refused = self._context.device.name, self._context.refusals.count
        again = f"`swimctl retry --batch {self._context.job.batch_id[:8]}`"
        if self._key is not None:
            return DeviceUnknown(
                f"{name} shows another host key since the activation, and nobody trusted it within {seconds / 60:.0f} "
                f"minutes: {self._key}, then {again}"
            )
        what = f"did not come back within {seconds / 60:.0f} minutes"
        if refused >= self._context.settings.login.refusals:
            what = f"refused {refused} logins after the activation, and more might lock the account"
        return DeviceUnknown(f"{name} {what}: {self.last}; check its console, then {again}")


def wait_for_reload(
    context: JobContext, mark: dict[str, object], *, seen_down: bool, enough: Enough = _never
) -> Parts[tuple[Running, bool]]:
    """Wait until the device runs since after the mark and stays up; return what it runs, and that it reloaded.

    What is `enough` counts as a reload: an upgrade in service may come without one, and a patch. A device that shows
    another host key is sent nothing and waited for: where somebody trusts that key, its serial number decides.

    Raises DeviceUnknown where it does not come back or cannot be told. Where it answers to the end and has not
    reloaded, the caller decides what that means.
    """
    limits, login = context.settings.deadlines, context.settings.login
    never_down = Deadline(context.clock, limits.down)
    deadline = Deadline(context.clock, limits.down + limits.up)
    refusals, away, outage = context.refusals, _Away(context), Outage(context)
    as_before: Running | None = None
    context.record.say("waiting for the device to come back")
    if seen_down:
        outage.begins(context.heard)
    while not deadline.passed and refusals.count < login.refusals:
        as_before, pause = None, login.poll
        try:
            if not context.listening():
                seen_down = True
                outage.begins(context.heard)
                away.answered()
                yield context.leave(login.poll, silent_for=deadline.left)
                continue
            outage.greets()
            if seen_down:
                yield context.leave(login.first_wait)
            now, stays = yield from _look(context, mark, enough)
        except (*NOT_BACK, HostKeyRefused) as error:
            away.failed(error)
        else:
            away.answered()
            outage.ends()
            if stays:
                return now, True
            if stays is None:
                away.last = "it went down a second time"
                outage.begins(context.heard)
            elif never_down.passed:
                return now, False
            else:
                as_before, pause = now, login.poll if seen_down else _LOOK_EVERY
        context.part()  # the next look begins with a login: what was seen in this one is no return
        if refusals.count < login.refusals:
            yield context.leave(pause)
    if as_before is not None:
        return as_before, False
    raise away.at_the_end(deadline.seconds)


def _look(context: JobContext, mark: dict[str, object], enough: Enough) -> Parts[tuple[Running, bool | None]]:
    """Log in and return what runs, and whether it is a new boot that stays; None: it went down again meanwhile.

    The second look that a new boot needs comes after the time in which it might go down again. Who has to leave the
    session for another job meanwhile sees by the uptime whether it did.
    """
    with context.session(attempts=1) as session:
        driver = context.on(session)
        now, newer = _one_boot_look(context, driver, mark)
        if enough(driver, now):
            return now, None if session.ended_within(context.settings.activation.settle, watch=True) else True
        if not _told(context, now, newer):
            return now, False
        first = boot_mark(context, now)
        context.record.event("up", f"runs {now.version} since a new boot", uptime=now.uptime, members=dict(now.members))
        context.record.say(f"back with {now.version}; watching for a second reload")
        settled = Deadline(context.clock, context.settings.activation.settle, watch=True)
        went = _goes_down(context, session, settled, leaves=now.uptime is not None)
        if went:
            return now, None
        if went is False:
            now, newer = _one_boot_look(context, driver, mark)
            return now, _told(context, now, newer)
    yield context.leave(settled.left)
    with context.session(attempts=1) as session:
        since = elapsed_since(context.clock, first)
        now, newer = _one_boot_look(context, context.on(session), mark)
        return now, None if new_boot(first, now, since) else _told(context, now, newer)


def _goes_down(context: JobContext, session: Session, settled: Deadline, *, leaves: bool) -> bool | None:
    """Return whether the device ends its session before it has settled; None: another job needs this thread."""
    shares = leaves and shared()
    while not (shares and wanted()):
        seconds = min(settled.left, between_looks(context.clock, _LOOK_OUT)) if shares else settled.left
        if session.ended_within(seconds, watch=True):
            return True
        if settled.passed:
            return False
    return None


def _told(context: JobContext, now: Running, newer: bool | None) -> bool:
    if newer is None:
        raise DeviceUnknown(
            f"whether {context.device.name} reloaded is not known: neither its uptime nor its restart time shows it; "
            f"it runs {now.version}; needed: a boot newer than the activation; next: "
            "`show version` on its console"
        )
    return newer
