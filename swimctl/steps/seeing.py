"""Look at a device after its reload, piece by piece: an output that cannot be read takes no other with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from swimctl.clock import rfc3339
from swimctl.errors import CommandRefused, DeadlineExceeded, SessionLost, UnexpectedPrompt, UnparsableOutput
from swimctl.platforms import configured, may_be_cut
from swimctl.platforms.driver import Compares, TellsInstalled
from swimctl.platforms.facts import Installed, Running, Snapshot
from swimctl.sessions.one_look import age, one_look
from swimctl.steps.base import JobContext
from swimctl.steps.checking import Watched, added
from swimctl.steps.comparison import OF_BEFORE, compare
from swimctl.steps.evidence import Compared, Seen, Unread, missing
from swimctl.steps.reload import abnormal_reload, elapsed_since
from swimctl.steps.target import on_target
from swimctl.steps.waived import waived_pairs

T = TypeVar("T")

_NOT_ASKED = Unread("it was not asked")


def readable(read: Callable[[], T]) -> T | Unread:
    """Return what was read, or why it cannot be read; a session that ends is raised."""
    try:
        return read()
    except (CommandRefused, UnparsableOutput) as error:
        return Unread(str(error))


class Table:
    """Where the image stands. A device that hangs at it closes its session: the next one goes on without it."""

    def __init__(self, context: JobContext) -> None:
        self._context = context
        self._hung: Unread | None = None

    def read(self, driver: TellsInstalled) -> Installed | Unread:
        """Return what it says, or why it cannot be read; raises SessionLost at the first time that it hangs."""
        if self._hung is not None:
            return self._hung
        try:
            return readable(lambda: driver.installed(self._context.image))
        except (DeadlineExceeded, UnexpectedPrompt) as error:
            self._hung = Unread(str(error))
            raise SessionLost(str(error)) from error


def see(
    context: JobContext, driver: Compares, before: Snapshot, checks: Watched | None = None
) -> tuple[Seen, Snapshot | None]:
    """Return one look and what was compared in it, None where nothing was. `checks` are asked in its session.

    What takes too long, or asks, closes the session: then it is `Unread`, and so is what would have come after it.
    """
    with one_look():
        return _pieces(context, driver, before, checks)


def _pieces(
    context: JobContext, driver: Compares, before: Snapshot, checks: Watched | None
) -> tuple[Seen, Snapshot | None]:
    ended: list[str] = []

    def piece(read: Callable[[], T]) -> T | Unread:
        if ended:
            return Unread(f"it was not asked, because the session had to be closed: {ended[0]}")
        try:
            return readable(read)
        except (DeadlineExceeded, UnexpectedPrompt) as error:
            ended.append(str(error))
            return Unread(str(error))

    mark = context.record.recall("boot")
    elapsed = None if mark is None else elapsed_since(context.clock, mark)
    if elapsed is not None:
        elapsed -= age() * context.clock.speed  # what was read already in this look must not pass for a new boot
    running = piece(driver.running)
    late = piece(lambda: driver.unready() or "")
    abnormal = abnormal_reload(mark, running, elapsed) if isinstance(running, Running) else ""
    there = isinstance(running, Running) and on_target(running, context.image.version) and not missing(before, running)
    if not there or (isinstance(late, str) and late):
        return Seen(running, late, _NOT_ASKED, _NOT_ASKED, abnormal), None
    after = piece(lambda: driver.snapshot(rfc3339(context.clock.now()), whole=False))
    text = piece(driver.configuration) if before.configuration else ""
    if checks is not None and not ended:
        checks.look()
        ended += [checks.closed] if checks.closed else []
    # The last one: a device whose installer hangs can still be compared, and the commit asks for this once more.
    installed = piece(lambda: driver.installed(context.image))
    if checks is not None and not ended:
        checks.again()
    if isinstance(after, Unread):
        return Seen(running, late, installed, after, abnormal), None
    # What did not read says nothing: it is held against itself, and named.
    unread = {name: why for name, why in after.unread.items() if name not in OF_BEFORE}
    if isinstance(text, Unread):
        unread["configuration"] = text.why
    elif text:
        now = configured(context.device.platform, text)
        after = replace(after, configuration=now.digest, blocks=now.blocks)
        if cut := may_be_cut(context.device.platform, before.blocks, now.blocks):
            unread["configuration"] = cut
    kept = {name: getattr(before, name) for name in unread}
    waived = waived_pairs(context)
    found = compare(before, replace(after, **kept), context.settings.tolerances, waived)
    compared = added(Compared(found, unread), () if checks is None else checks.found, waived)
    return Seen(running, late, installed, compared, abnormal), after
