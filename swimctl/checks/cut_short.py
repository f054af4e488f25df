"""Whether a check is broken by nothing but the end of its output, which may have been cut. Pure.

A table of rows rarely says how many it has. Where what is there now is the beginning of what was there before, and all
that is wrong lies behind it, the device may be well and its answer half: that alone takes no device back.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from swimctl.checks.comparing import Compared, Difference, Standing
from swimctl.checks.rows import Row, shown
from swimctl.config.checks import CheckRule

_WHOLE: Final = frozenset({"json", "xml"})
"""Parsers that refuse half an output."""


def may_be_cut(rule: CheckRule, before: Sequence[Row], after: Sequence[Row], found: Compared) -> bool:
    """Return whether all that breaks a check lies at the end of an output, or behind it.

    Of an output without any row its own words tell whether there is none: `none` and `bare` of the rule.
    """
    broken = [each for each in found.differences if each.standing is Standing.BROKEN]
    if not after or not broken or not rule.key or rule.parser[0] in _WHOLE or len(after) > len(before):
        return False
    old, new = [_named(rule, row) for row in before], [_named(rule, row) for row in after]
    last = len(new) - 1
    if new[:last] != old[:last] or not _begins(new[last], old[last]):
        return False
    behind = {" ".join(each) for each in old[last:]} | {" ".join(each) for each in new[last:]}
    gone = {" ".join(each) for each in old[len(new) :]}
    return all(one.key in behind and (one.key in gone or _half(one)) for one in broken)


def _named(rule: CheckRule, row: Row) -> list[str]:
    return [shown(row.get(field)).strip() for field in rule.key]


def _begins(now: Sequence[str], before: Sequence[str]) -> bool:
    return all(old.startswith(new) for new, old in zip(now, before, strict=True))


def _half(one: Difference) -> bool:
    """Return whether a value is the beginning of what it was, or its row was not found under its whole name."""
    return not one.field or (one.before.startswith(one.after) and one.after != one.before)
