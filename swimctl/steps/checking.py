"""The checks of a job after its boot: asked again in each look, and held against what they said before it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from swimctl.checks.against import held
from swimctl.checks.asking import Taken, take
from swimctl.checks.comparing import Compared as Found
from swimctl.checks.comparing import Standing
from swimctl.checks.rules import Check
from swimctl.checks.tables import EVENT, document, summary
from swimctl.errors import SessionLost
from swimctl.platforms.driver import Driver
from swimctl.sessions.session import Session
from swimctl.steps.base import JobContext
from swimctl.steps.baseline import kept_checks
from swimctl.steps.comparison import Deviation
from swimctl.steps.evidence import Compared

_NOT_YET = frozenset({Standing.BROKEN, Standing.UNREAD})


class Watched:
    """The checks of a baseline, as they stood in the last look: `taken` and `found`.

    One that hangs costs its session: `closed` says by what, empty while it is open. From then on that check is asked at
    the end of a look, so that it costs nothing else. So is one in which the session is lost a second time: the device
    may be well, and end its session at that command.
    """

    def __init__(self, context: JobContext) -> None:
        self._context = context
        self._before = kept_checks(context.record.recall)
        self._hung: dict[str, Taken] = {}
        self._lost: Counter[str] = Counter()
        self._patient, self._hurried = True, False
        self._session: Session | None = None
        self.closed = ""
        self.taken: tuple[Taken, ...] = ()
        self.found: tuple[Found, ...] = ()

    def within(self, session: Session, *, patient: bool, hurried: bool) -> Driver:
        """Ask in this session from now on; return its driver.

        `patient`: those that hung have time to hang again. `hurried`: the device soon goes back by itself, so once one
        has hung, what was answered stands, and no other may hang.
        """
        self._session, self._patient, self._hurried, self.closed = session, patient, hurried, ""
        return self._context.on(session)

    def look(self) -> None:
        """Ask all but those that hung before, and compare. Raises SessionLost."""
        if self._hurried and self._hung and self.taken:
            self._compare({each.check.name: each for each in self.taken} | self._hung)
            return
        answers = self._ask([each.check for each in self._before if each.check.name not in self._hung])
        self._compare(self._hung | answers)

    def again(self) -> None:
        """Ask those once more that hung before and decide: the last thing of a look, which stands if that ends it."""
        before = [each for each in self._hung.values() if each.check.rule.verdict == "fail"] if self._patient else []
        for each in before:
            if self.closed:
                break
            try:
                answers = self._ask([each.check])
            except SessionLost as error:
                self.closed, answers = str(error), {each.check.name: replace(each, why=str(error))}
                self._hung |= answers
            self._compare({one.check.name: one for one in self.taken} | answers)

    def _ask(self, checks: Sequence[Check]) -> dict[str, Taken]:
        context, session = self._context, self._session
        if session is None:
            return {each.name: Taken(each, why="it was not asked") for each in checks}
        begun: list[Check] = []

        def say(check: Check) -> None:
            begun.append(check)
            context.record.say(f"check {check.name}")

        try:
            taken = take(session, context.device.platform, checks, context.settings.deadlines.command, say)
        except SessionLost as error:
            last = begun[-1]
            self._lost[last.name] += 1
            if self._lost[last.name] > 1:
                self._hung[last.name] = Taken(last, why=str(error), ended=True)
            raise
        for each in taken:
            self._hung.pop(each.check.name, None)
            if each.ended:
                self._hung[each.check.name] = each  # behind the others: each has its turn
                self.closed = each.why
        return {each.check.name: each for each in taken}

    def _compare(self, answers: Mapping[str, Taken]) -> None:
        self.taken = tuple(answers[each.check.name] for each in self._before)
        pairs = zip(self._before, self.taken, strict=True)
        self.found = tuple(held(self._context.device.platform, before, now) for before, now in pairs)

    def tell(self) -> None:
        """Record how the checks stood in the last look."""
        if self.found:
            self._context.record.event(EVENT, summary(self.found), checks=[document(each) for each in self.found])


def added(compared: Compared, checks: Sequence[Found], waived: Collection[tuple[str, str]] = frozenset()) -> Compared:
    """Return a comparison with what the checks have to say: `fail` decides, `warn` is told, `record` is only kept.

    One that is slow is waited for, also where it is only told. What could not be read of a check that decides leaves a
    doubt, as any piece of the baseline does. A check of which every broken thing was `waived`, as it is now, is broken
    no more.
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
    late = [str(each) for each in checks if each.verdict == "warn" and each.slow and each.standing in _NOT_YET]
    takes_long = all(each.slow for each, rest, all_of_it in left if rest or not all_of_it) if broken else bool(late)
    return Compared(
        replace(
            found,
            complaint="; ".join(filter(None, (found.complaint, *broken))),
            below="; ".join(filter(None, (found.below, *late))),
            # Whatever else is broken has its own time, and then it decides.
            slow=found.slow or (takes_long and not found.complaint),
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
