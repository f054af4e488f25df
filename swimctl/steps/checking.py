"""The checks of a job after its boot: asked again in each look, and held against what they said before it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from swimctl.checks.against import held
from swimctl.checks.asking import Taken, take
from swimctl.checks.comparing import Compared as Found
from swimctl.checks.comparing import Standing
from swimctl.checks.tables import EVENT, document, summary
from swimctl.platforms.driver import Driver
from swimctl.sessions.session import Session
from swimctl.steps.base import JobContext
from swimctl.steps.baseline import kept_checks
from swimctl.steps.comparison import Deviation
from swimctl.steps.evidence import Compared


class Watched:
    """The checks of a baseline. `taken` and `found` are of the last look. One that hangs is not asked again."""

    def __init__(self, context: JobContext) -> None:
        self._context = context
        self._before = kept_checks(context.record.recall)
        self._hung: dict[str, str] = {}
        self._session: Session | None = None
        self.taken: tuple[Taken, ...] = ()
        self.found: tuple[Found, ...] = ()

    def within(self, session: Session) -> Driver:
        """Ask in this session from now on; return its driver."""
        self._session = session
        return self._context.on(session)

    def look(self) -> None:
        """Ask again, and compare. Raises SessionLost."""
        context = self._context
        if not self._before or self._session is None:
            return
        self.taken = take(
            self._session,
            context.device.platform,
            [each.check for each in self._before],
            context.settings.deadlines.command,
            self._hung,
            context.record.say,
        )
        self._hung |= {each.check.name: each.why for each in self.taken if each.ended}
        pairs = zip(self._before, self.taken, strict=True)
        self.found = tuple(held(context.device.platform, before, now) for before, now in pairs)

    def tell(self) -> None:
        """Record how the checks stood in the last look."""
        if self.found:
            self._context.record.event(EVENT, summary(self.found), checks=[document(each) for each in self.found])


def added(compared: Compared, checks: Sequence[Found], waived: Collection[tuple[str, str]] = frozenset()) -> Compared:
    """Return a comparison with what the checks have to say: `fail` decides, `warn` is told, `record` is only kept.

    What could not be read of a check that decides leaves a doubt, as any piece of the baseline does. A check of which
    every broken thing was `waived`, as it is now, is broken no more.
    """
    deciding = [each for each in checks if each.verdict == "fail"]
    deviating = [(each, _deviations(each)) for each in deciding if each.standing is Standing.BROKEN]
    accepted = [one for _, found in deviating for one in found if (one.finding, one.seen) in waived]
    left = [(each, [one for one in found if one not in accepted], found) for each, found in deviating]
    # One that names nothing is broken all the same.
    broken = [str(each) for each, rest, found in left if rest or not found]
    doubts = {f"check {each.name}": each.why for each in deciding if each.standing is Standing.UNREAD}
    told = [
        str(each) + (" (tolerated)" if each.standing is Standing.TOLERATED else "")
        for each in checks
        if each.verdict != "record"
        and (each.standing is Standing.TOLERATED or (each.verdict == "warn" and each.standing is not Standing.HOLDS))
    ]
    told += [f"accepted by a waiver: {', '.join(map(str, accepted))}"] if accepted else []
    found = compared.found
    return Compared(
        replace(
            found,
            complaint="; ".join(filter(None, (found.complaint, *broken))),
            told="; ".join(filter(None, (found.told, *told))),
            found=(*found.found, *(one for _, rest, _ in left for one in rest)),
            waived=(*found.waived, *accepted),
        ),
        {**compared.unread, **doubts},
    )


def _deviations(check: Found) -> list[Deviation]:
    """Return the broken things of a check, each by its row and field, with the value of now."""
    broken = [one for one in check.differences if one.standing is Standing.BROKEN]
    return [Deviation(" ".join(filter(None, ("check", check.name, one.key, one.field))), one.after) for one in broken]
