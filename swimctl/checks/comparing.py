"""The rows before an upgrade held against those after it, by one rule. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final

from swimctl.checks.rows import ROWS, Row, Value, counting, named, number, numbers, same, shown, unfit
from swimctl.config.checks import ABSOLUTE, CheckRule, amount, limits

_THERE: Final = "there"
GONE: Final = "gone"
_NEW: Final = "new"
_NAMED: Final = 5


class Standing(StrEnum):
    """What a difference, or a whole check, is."""

    HOLDS = "holds"
    TOLERATED = "tolerated"
    BROKEN = "broken"
    UNREAD = "not read"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as it was, or not as it must be. `key` names the row, empty where it is about all rows.

    `field` is empty where the row itself is gone or new. `needed` is what the rule wants. `why` is why it is tolerated.
    """

    key: str
    field: str
    before: str
    after: str
    needed: str
    standing: Standing = Standing.BROKEN
    why: str = ""

    def __str__(self) -> str:
        if not self.field:
            return f"{self.key} is {self.after}"
        what = f"{self.key}: {self.field}" if self.key else self.field
        was = f" was {self.before}," if self.before else ""
        return f"{what}{was} is {self.after} (needed {self.needed})"


@dataclass(frozen=True, slots=True)
class Compared:
    """How one check stands. `why` is why it could not be compared, where it could not.

    `slow`: what it is about takes long after a boot.
    """

    name: str
    verdict: str
    standing: Standing
    differences: tuple[Difference, ...] = ()
    why: str = ""
    slow: bool = False

    @property
    def shortened(self) -> bool:
        """Return whether its text names not all that is as it is."""
        return sum(each.standing is self.standing for each in self.differences) > _NAMED

    def __str__(self) -> str:
        if self.standing is Standing.UNREAD:
            return f"check {self.name}: {self.why}"
        told = [each for each in self.differences if each.standing is self.standing]
        more = f" and {len(told) - _NAMED} more" if len(told) > _NAMED else ""
        return f"check {self.name}: {', '.join(map(str, told[:_NAMED]))}{more}"


def compare(name: str, rule: CheckRule, before: Sequence[Row], after: Sequence[Row]) -> Compared:
    """Compare the rows after an upgrade with those before it."""
    sides = _Sides.of(rule, before, after)
    found = [difference for kind, what in rule.expectations for difference in _CHECKS[kind](sides, what)]
    return _judged(name, rule, _once(found), len(sides.then))


def standing_now(name: str, rule: CheckRule, rows: Sequence[Row]) -> Compared:
    """Compare rows with what they must be whatever they were before."""
    sides = _Sides.of(rule, (), rows)
    kinds = [(kind, what) for kind, what in rule.expectations if kind in ABSOLUTE]
    return _judged(name, rule, _once([one for kind, what in kinds for one in _CHECKS[kind](sides, what)]), len(rows))


def unread(name: str, rule: CheckRule, why: str) -> Compared:
    """Return that a check has no answer to compare: never that all is well."""
    return Compared(name, rule.verdict, Standing.UNREAD, why=why, slow=rule.slow)


@dataclass(frozen=True, slots=True)
class _Sides:
    """The rows of both sides: those that count, by name too, and all by name: one that counts no more may be there."""

    rule: CheckRule
    then: Sequence[Row]
    now: Sequence[Row]
    before: Mapping[str, Row]
    after: Mapping[str, Row]
    all_before: Mapping[str, Row]
    all_after: Mapping[str, Row]

    @classmethod
    def of(cls, rule: CheckRule, before: Sequence[Row], after: Sequence[Row]) -> _Sides:
        """Sort the rows of both sides."""
        then, now = counting(rule, before), counting(rule, after)
        return cls(rule, then, now, named(rule, then), named(rule, now), named(rule, before), named(rule, after))

    def both(self) -> Iterator[tuple[str, Row, Row]]:
        """Yield each row that counts on both sides."""
        return ((name, row, self.after[name]) for name, row in self.before.items() if name in self.after)


def _judged(name: str, rule: CheckRule, found: Sequence[Difference], rows_before: int) -> Compared:
    """Decide what is tolerated: what was so before, and as many rows as the rule allows, but no number of them."""
    number_, share = amount(rule.tolerate)
    most = math.floor(rows_before * number_ / 100) if share else number_
    broken = {
        (one.key, one.field if not one.key else "")
        for one in found
        if one.standing is Standing.BROKEN and not _of_all(one)
    }
    if len(broken) <= most:
        why = f"up to {rule.tolerate}"
        found = [
            one if _of_all(one) else replace(one, standing=Standing.TOLERATED, why=one.why or why) for one in found
        ]
    standing = Standing.HOLDS
    if found:
        any_broken = any(one.standing is Standing.BROKEN for one in found)
        standing = Standing.BROKEN if any_broken else Standing.TOLERATED
    return Compared(name, rule.verdict, standing, tuple(found), slow=rule.slow)


def _of_all(one: Difference) -> bool:
    """Return whether it is the number of rows, which has limits of its own."""
    return not one.key and one.field == ROWS


def _once(found: Sequence[Difference]) -> list[Difference]:
    """Leave out what was found by two expectations alike."""
    return list({(one.key, one.field, one.after): one for one in reversed(found)}.values())[::-1]


def _as_many(sides: _Sides, _: object) -> Iterator[Difference]:
    """Yield what `still there` does, but for as many that are gone as there are rows with names that nobody had."""
    strangers = sum(name not in sides.all_before for name in sides.after)
    for one in _still_there(sides, None):
        if one.after == GONE and strangers:
            strangers -= 1
            continue
        yield one


def _still_there(sides: _Sides, _: object) -> Iterator[Difference]:
    for key in _changed(sides, "dictionary_item_removed"):
        row, now = sides.before[key], sides.all_after.get(key)
        if now is None:
            yield Difference(key, "", _THERE, GONE, _THERE)
            continue
        for field in unfit(sides.rule, now):
            yield Difference(key, field, shown(row.get(field)), shown(now[field]), _either(sides.rule.where[field]))


def _nothing_new(sides: _Sides, _: object) -> Iterator[Difference]:
    for key in _changed(sides, "dictionary_item_added"):
        row, was = sides.after[key], sides.all_before.get(key)
        if was is None:
            yield Difference(key, "", "not there", _NEW, "not there")
            continue
        for field in unfit(sides.rule, was):
            yield Difference(key, field, shown(was[field]), shown(row.get(field)), "as before")


def _same(sides: _Sides, fields: Sequence[str]) -> Iterator[Difference]:
    before, after = {}, {}
    for key, row, now in sides.both():
        names = sorted({*row, *now}) if list(fields) == ["all"] else fields
        then = {field: row.get(field) for field in names}
        # However it is spelled: what is the same is the same value on both sides.
        given = {field: was if same(was, now.get(field)) else now.get(field) for field, was in then.items()}
        if then != given:
            before[key], after[key] = then, given
    for kind in ("values_changed", "type_changes"):
        for name, field in _paths(before, after, kind):
            yield Difference(name, field, shown(before[name][field]), shown(after[name][field]), "as before")


def _within(sides: _Sides, fields: Mapping[str, Any]) -> Iterator[Difference]:
    for key, row, now in sides.both():
        for field, said in fields.items():
            was, is_ = row.get(field), now.get(field)
            if not _inside(was, is_, said):
                yield Difference(key, field, shown(was), shown(is_), _limits_told(said))


def _count(sides: _Sides, said: object) -> Iterator[Difference]:
    was, is_ = len(sides.then), len(sides.now)
    if not _inside(was, is_, said):
        yield Difference("", ROWS, str(was), str(is_), _limits_told(said))


def _at_least(sides: _Sides, said: Any) -> Iterator[Difference]:  # noqa: ANN401 - of the file
    return _bounded(sides, said, "at least", lambda value, bound: value >= bound)


def _at_most(sides: _Sides, said: Any) -> Iterator[Difference]:  # noqa: ANN401 - of the file
    return _bounded(sides, said, "at most", lambda value, bound: value <= bound)


def _bounded(sides: _Sides, said: Any, how: str, holds: Any) -> Iterator[Difference]:  # noqa: ANN401 - of the file
    if not isinstance(said, Mapping):
        was = str(len(sides.then)) if sides.then else ""
        if not holds(len(sides.now), said):
            yield Difference("", ROWS, was, str(len(sides.now)), f"{how} {shown(said)}")
        return
    for field, bound in said.items():

        def fits(value: Value, bound: float = bound) -> bool:
            told = number(value)
            return told is not None and bool(holds(told, bound))

        yield from _each(sides, field, fits, f"{how} {shown(bound)}")


def _equals(sides: _Sides, fields: Mapping[str, Value]) -> Iterator[Difference]:
    for field, wanted in fields.items():
        yield from _each(sides, field, lambda value, wanted=wanted: same(value, wanted), shown(wanted))


def _in(sides: _Sides, fields: Mapping[str, Sequence[Value]]) -> Iterator[Difference]:
    for field, wanted in fields.items():
        told = _either([shown(each) for each in wanted])
        yield from _each(sides, field, lambda value, wanted=wanted: any(same(value, each) for each in wanted), told)


def _each(sides: _Sides, field: str, fits: Any, needed: str) -> Iterator[Difference]:  # noqa: ANN401 - a predicate
    """Yield the rows of now that do not fit; one that did not before either is tolerated."""
    for key, row in sides.after.items():
        value, was = row.get(field), sides.all_before.get(key)
        if fits(value):
            continue
        old = was is not None and not fits(was.get(field))
        before = "" if was is None else shown(was.get(field))
        standing, why = (Standing.TOLERATED, "so before") if old else (Standing.BROKEN, "")
        yield Difference(key, field, before, shown(value), needed, standing, why)


def _inside(was: Value, is_: Value, said: object) -> bool:
    """Return whether a number is not too far from what it was. No number, or one of another unit, must be the same."""
    found = numbers(was, is_)
    if found is None:
        return same(was, is_)
    then, now = found
    fall, rise = limits(said)
    side = fall if now < then else rise
    if side is None or now == then:
        return True
    most, share = amount(side)
    return abs(now - then) <= (abs(then) * most / 100 if share else most)


def _limits_told(said: object) -> str:
    fall, rise = limits(said)
    if fall == rise:
        return f"within {fall} of before"
    parts = [f"at most {side} {word}" for side, word in ((fall, "less"), (rise, "more")) if side is not None]
    return " and ".join(parts)


def _either(patterns: Sequence[str]) -> str:
    return " or ".join(patterns)


def _changed(sides: _Sides, kind: str) -> list[str]:
    """Return the names of the rows that are on one side only, in their order there."""
    before, after = dict.fromkeys(sides.before, True), dict.fromkeys(sides.after, True)
    return [name for name, *_ in _paths(before, after, kind)]


def _paths(before: Mapping[str, Any], after: Mapping[str, Any], kind: str) -> list[list[str]]:
    if before == after:
        return []  # as of most devices: the library is not even loaded

    from deepdiff import DeepDiff

    found = DeepDiff(before, after, view="tree", threshold_to_diff_deeper=0, ignore_private_variables=False)
    return [[str(step) for step in level.path(output_format="list")] for level in found.get(kind, ())]


_CHECKS: Final[Mapping[str, Any]] = {
    "still there": _still_there,
    "as many": _as_many,
    "nothing new": _nothing_new,
    "same": _same,
    "within": _within,
    "count": _count,
    "at least": _at_least,
    "at most": _at_most,
    "equals": _equals,
    "in": _in,
}
