"""A plan with what its devices said: what each one gets, and what that sums up to. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Final

from swimctl.config.flows import Flow
from swimctl.config.hours import Opening
from swimctl.models import Image
from swimctl.requests.forecast import Forecast
from swimctl.requests.plans import Plan, PlanItem
from swimctl.requests.usual import Took
from swimctl.requests.wan import Carried, bytes_over_wan
from swimctl.waivers import Waiver, as_typed

if TYPE_CHECKING:
    from swimctl.requests.looks import Checked

# A refusal names in backquotes what to type.
_COPY: Final = "(copy)"  # as steps/first_look.py has it, which loads what devices need
_COMMAND: Final = re.compile(r"`([^`]+)`")


class Verdict(StrEnum):
    """What a plan says of a device, in one word or two; the gravest first."""

    REFUSED = "no job"
    UNASKED = "cannot be asked"
    NOT_READY = "not ready"
    NOT_ASKED = "not asked"
    READY = "ready"
    THERE = "already there"

    @property
    def well(self) -> bool:
        """Return whether a job would go on, or has nothing to do."""
        return self in {Verdict.READY, Verdict.THERE, Verdict.NOT_ASKED}


@dataclass(frozen=True, slots=True)
class Lack:
    """Why a device would not be upgraded now: what was seen, what is needed, and the command that mends it.

    `waive` is the option that accepts just this, empty where nobody can.
    """

    rule: str
    seen: str
    needed: str
    following: str
    waive: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """What one device gets. `answer` None: it was not asked. `took` is what its model took before.

    `typed` are the lines of steps of one's own: before the copy, between it and the activation, and after that.
    """

    item: PlanItem
    answer: Checked | None = None
    took: Took | None = None
    typed: tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]] = ((), (), ())

    @property
    def verdict(self) -> Verdict:
        """Return what is said of it."""
        if self.item.refusal is not None:
            return Verdict.REFUSED
        if self.answer is None:
            return Verdict.NOT_ASKED
        if self.answer.error is not None:
            return Verdict.UNASKED
        if not self.answer.ready:
            return Verdict.NOT_READY
        return Verdict.THERE if self.answer.already else Verdict.READY

    @property
    def note(self) -> str:
        """Return what is worth knowing of it and is no refusal."""
        return "; ".join(filter(None, (self.item.note, *(self.answer.left_out if self.answer else ()))))

    @property
    def runs(self) -> str:
        """Return the release that it says it runs, empty where it was not told."""
        return self.answer.runs if self.answer else ""

    @property
    def gets(self) -> str:
        """Return the release that it would get."""
        return self.item.image.version if self.item.image else ""

    @property
    def origin(self) -> str:
        """Return from where its image would come; empty where nothing would.

        That is `push`, `swimctl`, a URL, or `relay` and a URL.
        """
        return self.answer.origin if self.answer and self.to_copy else ""

    @property
    def to_copy(self) -> int:
        """Return how many bytes are left to copy: none of a file that is there in its whole length."""
        image = self.item.image
        if image is None or self.verdict is Verdict.THERE or (self.answer and self.answer.held == image.size):
            return 0
        return image.size

    @property
    def cleans(self) -> tuple[str, ...]:
        """Return what would be removed from its flash: what a clean-up takes, and a file of the wrong length."""
        if self.answer is None or self.verdict is not Verdict.READY:
            return ()
        image, held = self.item.image, self.answer.held
        wrong = (image.filename,) if image and held is not None and held != image.size else ()
        return (*self.answer.cleanable, *wrong)

    @property
    def commands(self) -> tuple[str, ...]:
        """Return what would be typed to change it, the copy and lines of one's own among it; empty: nothing would."""
        if self.answer is None or self.verdict is not Verdict.READY:
            return ()
        image = self.item.image
        how = "is pushed by SCP" if self.origin == "push" else f"is fetched from {self.origin}"
        copied = [f"({image.filename} {how})"] if image and self.origin else []
        first, between, last = self.typed
        lines = [*first]
        for command in self.answer.commands:
            lines += [*copied, *between] if command == _COPY else [command]
        between = () if _COPY in self.answer.commands else between
        return (*lines, *between, *last)

    @property
    def lacks(self) -> tuple[Lack, ...]:
        """List why it is not upgraded now; empty where it is."""
        name = self.item.device.name
        if self.item.refusal is not None:
            command = _COMMAND.search(self.item.refusal)
            following = command[1].replace("DEVICE", name) if command else f"swimctl device show {name}"
            return (Lack("gets a job", self.item.refusal, "a job that may be made", following),)
        if self.answer is None:
            return ()
        if self.answer.error is not None:
            rule = "is asked" if self.answer.defect else "can be asked"
            return (Lack(rule, self.answer.error, "an answer", self.answer.mend),)
        return tuple(
            Lack(each.rule, each.seen, each.needed, each.next_command, as_typed(name, each.rule, each.seen))
            for each in self.answer.lacks
        )

    @property
    def waived(self) -> str:
        """Return what was found and somebody waived, as people read it."""
        return "; ".join(map(str, self.answer.waived)) if self.answer else ""


@dataclass(frozen=True)
class Preview:
    """The whole look. `forecast` None: no device would be upgraded. `guessed` are models and families of no record.

    `spare`: how long before the window or `until` closes the last one ends, less than nothing where that is after it;
    None: nothing closes. `frozen` says why no upgrade may be started at all now; then there is no forecast. `opening`
    is that of the window that the batch starts in, or waits for.
    """

    plan: Plan
    rows: tuple[Row, ...]
    workers: int
    offline: bool = False
    forecast: Forecast | None = None
    guessed: tuple[str, ...] = ()
    spare: timedelta | None = None
    frozen: str = ""
    opening: Opening | None = None
    # Of a workflow that has steps of one's own: the name of each step, and what those do.
    steps: tuple[tuple[str, str], ...] = ()

    @cached_property
    def counts(self) -> dict[Verdict, int]:
        """Count the devices by verdict, the gravest first; none that nobody has."""
        found = Counter(row.verdict for row in self.rows)
        return {verdict: found[verdict] for verdict in Verdict if found[verdict]}

    @property
    def well(self) -> bool:
        """Return whether every device would be upgraded, or is already, if `upgrade` were typed now."""
        return not self.frozen and all(verdict.well for verdict in self.counts)

    @property
    def fits(self) -> bool:
        """Return whether all that starts ends before the window or `until` closes."""
        late = self.spare is not None and self.spare < timedelta(0)
        return self.forecast is not None and not self.forecast.unfit and not late

    @property
    def idle_waivers(self) -> tuple[Waiver, ...]:
        """List the waivers that cover nothing of what the devices say now."""
        met = {waiver for row in self.rows if row.answer for waiver in row.answer.waived}
        return () if self.offline else tuple(one for one in self.plan.request.options.waivers if one not in met)

    @property
    def goes(self) -> tuple[Row, ...]:
        """List the devices that would be upgraded."""
        return tuple(row for row in self.rows if row.verdict in {Verdict.READY, Verdict.NOT_ASKED})

    def bytes_by(self, key: str) -> dict[str, int]:
        """Return the bytes to copy by `site` or by `origin`; what has none stands under an empty name."""
        sums: Counter[str] = Counter()
        for row in self.goes:
            if row.to_copy:
                sums[(row.item.device.site or "") if key == "site" else row.origin] += row.to_copy
        return dict(sorted(sums.items()))

    @property
    def to_copy(self) -> int:
        """Return all bytes that are left to copy."""
        return sum(row.to_copy for row in self.goes)

    @cached_property
    def wan_by_site(self) -> Mapping[str, int]:
        """Return the bytes that leave this machine, by site; see `bytes_over_wan`."""
        return bytes_over_wan(
            Carried(row.item.device.site or "", row.origin, row.item.image.id, row.to_copy)
            for row in self.goes
            if row.item.image
        )

    @property
    def over_wan(self) -> int:
        """Return all bytes that leave this machine."""
        return sum(self.wan_by_site.values())

    @property
    def images(self) -> tuple[Image, ...]:
        """List the images that are planned, each once."""
        found = {row.item.image.id: row.item.image for row in self.rows if row.item.image}
        return tuple(found.values())

    @property
    def models(self) -> tuple[Took, ...]:
        """List what the models of those that would be upgraded took before."""
        return tuple({row.took.of: row.took for row in self.goes if row.took}.values())


def rows_of(
    plan: Plan, answers: Sequence[Checked], took: Mapping[int, Took | None], flow: Flow | None = None
) -> tuple[Row, ...]:
    """Return a row for each device of a plan, with what it answered where it was asked."""
    said = {answer.device.id: answer for answer in answers}
    typed = (flow or Flow(())).typed
    return tuple(Row(item, said.get(item.device.id), took.get(item.device.id), typed) for item in plan.items)
