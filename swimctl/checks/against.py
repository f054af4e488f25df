"""An answer of now held against the one of before, with each doubt that its output leaves. Pure."""

from __future__ import annotations

from dataclasses import replace

from swimctl.checks.asking import Taken
from swimctl.checks.comparing import GONE, Compared, Standing, compare, unread
from swimctl.checks.cut_short import may_be_cut
from swimctl.checks.rows import ROWS, counting, fields_of
from swimctl.config.checks import CheckRule
from swimctl.errors import ConfigError


def held(platform: str, before: Taken, now: Taken) -> Compared:
    """Compare what a check says now with what it said before, by the rule of before.

    What is missing from an answer that may not be whole is "not read", and not gone. So is what an expression of the
    rule takes too long for.
    """
    try:
        return _held(platform, before, now)
    except ConfigError as error:
        return unread(before.check.name, before.check.rule, str(error))


def _held(platform: str, before: Taken, now: Taken) -> Compared:
    name, rule = before.check.name, before.check.rule
    if now.why:
        # One that hangs is asked no more, so there is nothing to wait for.
        return replace(unread(name, rule, now.why), slow=rule.slow and not now.ended)
    if _making(rule, platform) != _making(now.check.rule, platform):
        return unread(name, rule, "its rule was changed since, and makes other rows: they cannot be compared")
    if now.bare and (were := len(counting(rule, before.rows))):
        # Nothing that is there tells that they are gone: no device is sent back for what it did not say.
        command = rule.command_on(platform)
        return unread(name, rule, f"'{command}' printed no row, and does not say that there is none; before: {were}")
    found = compare(name, rule, before.rows, now.rows)
    broken = [each for each in found.differences if each.standing is Standing.BROKEN]
    gone = [each.key or each.field for each in broken if each.after == GONE or each.field == ROWS]
    if now.odd and now.rows and gone:  # without a row, the words for "there is none" were found
        what = f"'{rule.command_on(platform)}' has lines that its parser does not know"
        return unread(name, rule, f"{what}, and what it misses may be in them: {', '.join(gone[:5])}")
    if may_be_cut(rule, before.rows, now.rows, found):
        command, missing = rule.command_on(platform), str(found).partition(": ")[2]
        return unread(name, rule, f"{missing}; only the end of '{command}' is missing: it may be half an answer")
    return found


def _making(rule: CheckRule, platform: str) -> tuple[object, ...]:
    """Return what decides which rows an answer becomes; what is wanted of them may differ."""
    return rule.command_on(platform), rule.parse, rule.read_as, rule.key, rule.ignore, fields_of(rule)
