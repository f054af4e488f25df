"""Rows: what one output says, a mapping of fields each. Which count, what names them, what a number is. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from swimctl.config.checks import CheckRule
from swimctl.config.patterns import is_all
from swimctl.errors import UnparsableOutput

Value = str | int | float | bool | None
Row = Mapping[str, Value]

# A number with thousands, or with a unit behind it: `1,234`, `45 C`, `370.0W`, `12%`.
_NUMBER: Final = re.compile(r"([+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)\s*([A-Za-z°%/]*)")
_ALL: Final = "all"
ROWS: Final = "rows"
"""Stands for the number of rows, where a difference is of no field."""


def number(value: Value) -> float | None:
    """Return a value as a number, without its unit; None where it is none."""
    found = _measured(value)
    return None if found is None else found[0]


def numbers(one: Value, other: Value) -> tuple[float, float] | None:
    """Return two values as numbers; None where one is none, or they are of two units: `10G` is not `10M`."""
    first, second = _measured(one), _measured(other)
    if first is None or second is None or (first[1] and second[1] and first[1] != second[1]):
        return None
    return first[0], second[0]


def _measured(value: Value) -> tuple[float, str] | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(str(value)), ""  # an integer may be larger than any float
    found = _NUMBER.fullmatch(value.strip()) if isinstance(value, str) else None
    return (float(found[1].replace(",", "")), found[2].casefold()) if found else None


def shown(value: Value) -> str:
    """Write a value for people."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else str(value)


def same(one: Value, other: Value) -> bool:
    """Return whether two values are the same, however they are spelled: `UP` and `up`, `5` and 5."""
    if found := numbers(one, other):
        return found[0] == found[1]
    return shown(one).strip().casefold() == shown(other).strip().casefold()


def fields_of(rule: CheckRule) -> frozenset[str] | None:
    """Return the fields that a rule needs of each row; None where it needs all."""
    needed = {*rule.key, *rule.where}
    for kind, what in rule.expectations:
        if kind == "same":
            if what == [_ALL]:
                return None
            needed |= set(what)
        elif isinstance(what, dict) and kind != "count":
            needed |= set(what)
    return frozenset(needed)


def needed(rule: CheckRule, rows: Sequence[Row], command: str) -> tuple[Row, ...]:
    """Return what a rule needs of the rows, in the words of `read_as`.

    Raises UnparsableOutput where no row has a field that it needs, where one lacks its key, or two share one that may
    not.
    """
    wanted = fields_of(rule)
    there = {field for row in rows for field in row}
    if rows and (gone := sorted((wanted or frozenset(rule.key)) - there)):
        raise UnparsableOutput(
            command, "", f"no row has the field {', '.join(gone)}; they have {', '.join(sorted(there)) or 'none'}"
        )
    keep = (wanted or there) - (frozenset(rule.ignore) - frozenset(rule.key))
    kept = tuple({field: _read(rule, field, row.get(field)) for field in sorted(keep)} for row in rows)
    if rule.key:
        _check_keys(rule, kept, command)
    elif _of_single_rows(rule) and (many := len(counting(rule, kept))) > 1:
        raise UnparsableOutput(command, "", f"{many} rows count, and the rule has no `key` that tells one from another")
    return kept


def named(rule: CheckRule, rows: Iterable[Row]) -> dict[str, Row]:
    """Return the rows by what names them; a rule without a key has one row at most that is told by itself.

    Where rows of one name are no error, they have numbers behind it, those that count first: so it is their number that
    is compared, whichever of them the device lists first.
    """
    if not rule.repeats:
        return {_name(rule, row): row for row in rows}
    found: dict[str, Row] = {}
    seen = Counter[str]()
    for row in sorted(rows, key=lambda row: bool(unfit(rule, row))):
        name = _name(rule, row)
        seen[name] += 1
        found[name if seen[name] == 1 else f"{name} #{seen[name]}"] = row
    return found


def counting(rule: CheckRule, rows: Iterable[Row]) -> tuple[Row, ...]:
    """Return the rows that count: those that fit all of `where`."""
    return tuple(row for row in rows if not unfit(rule, row))


def unfit(rule: CheckRule, row: Row) -> tuple[str, ...]:
    """Return the fields of `where` that a row does not fit."""
    return tuple(
        field
        for field, patterns in rule.where.items()
        if not any(is_all(each, _text(row.get(field))) for each in patterns)
    )


def _of_single_rows(rule: CheckRule) -> bool:
    """Return whether anything is expected of a row, and not of their number alone."""
    return any(kind != "count" and not isinstance(what, int | float) for kind, what in rule.expectations)


def _check_keys(rule: CheckRule, rows: Sequence[Row], command: str) -> None:
    known: set[str] = set()
    for row in rows:
        if lacks := [field for field in rule.key if row.get(field) in (None, "")]:
            raise UnparsableOutput(command, "", f"a row lacks {', '.join(lacks)}, which names it: {dict(row)}")
        name = _name(rule, row)
        if name in known and not rule.repeats:
            raise UnparsableOutput(command, "", f"two rows are named {name} by {', '.join(rule.key)}")
        known.add(name)


def _name(rule: CheckRule, row: Row) -> str:
    return " ".join(_text(row.get(field)) for field in rule.key)


def _text(value: Value) -> str:
    return "" if value is None else shown(value).strip()


def _read(rule: CheckRule, field: str, value: Value) -> Value:
    for pattern, word in rule.read_as.get(field, {}).items():
        if is_all(pattern, _text(value)):
            return word
    return value
