"""From an output to rows, by the parser that a rule names. An output without a row is not understood, and no table."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, is_dataclass
from typing import Any, Final

from swimctl.checks import textfsm_rows
from swimctl.checks.paths import walk
from swimctl.checks.rows import Row, needed
from swimctl.config.checks import CheckRule
from swimctl.config.patterns import is_all, named_groups
from swimctl.errors import CommandRefused, NotEnabled, UnparsableOutput
from swimctl.platforms import parse, terminal_of
from swimctl.platforms.text import clean

_TABLES: Final = frozenset({"json", "xml", "swimctl"})
"""Parsers that read a form of its own: an empty table of theirs was understood."""
_DECLARATION: Final = re.compile(r"\s*<\?xml[^>]*\?>")
_XML_ERRORS: Final = frozenset({"error", "rpc-error"})
_ELEMENT: Final = re.compile(r"<[A-Za-z]")


def is_bare(rule: CheckRule, text: str) -> bool:
    """Return whether an output without a row says nothing by itself: it is empty, or a heading alone."""
    return not text.strip() or (_says_none(rule.bare, text) and not _says_none(rule.none, text))


def rows_of(rule: CheckRule, platform: str, command: str, text: str) -> tuple[Row, ...]:
    """Return the rows of an output with the fields that a rule needs.

    Raises CommandRefused, and UnparsableOutput for what cannot be read, gives no row, or lacks what the rule needs.
    """
    name, how = rule.parser
    if not text.strip() and (_says_none(rule.none, text) or _says_none(rule.bare, text)):
        return ()
    try:
        lines = clean(text, command, terminal_of(platform))
        rows = _READERS[name](how, platform, command, lines)
    except NotEnabled:
        return ()
    except CommandRefused:
        if _says_none(rule.none, text):
            return ()
        raise
    if not rows and name not in _TABLES and not (_says_none(rule.none, text) or _says_none(rule.bare, text)):
        raise UnparsableOutput(command, next(filter(str.strip, lines), ""), f"no row was found by {name}")
    return needed(rule, rows, command)


def check_parser(rule: CheckRule, platform: str) -> str:
    """Return why a rule's parser cannot be used here, empty where it can."""
    name, how = rule.parser
    check = _CHECKED.get(name)
    try:
        if check is not None:
            check(how, platform, rule.command_on(platform))
    except (ValueError, LookupError, ImportError) as error:
        return str(error)
    return ""


def _says_none(pattern: str | None, text: str) -> bool:
    """Return whether a line of an output has words that a rule has for it; an empty one: whether these may be empty."""
    if pattern is None:
        return False
    if not text.strip():
        return is_all(pattern, "")
    return any(line.strip() and is_all(pattern, line.strip()) for line in text.splitlines())


def _ntc(how: str, platform: str, command: str, lines: Sequence[str]) -> Sequence[Row]:
    return textfsm_rows.read(textfsm_rows.community(how, platform, command), lines, command)


def _textfsm(how: str, _: str, command: str, lines: Sequence[str]) -> Sequence[Row]:
    return textfsm_rows.read(how, lines, command, own=True)


def _regex(how: str, _: str, __: str, lines: Sequence[str]) -> Sequence[Row]:
    return named_groups(how, "\n".join(lines))


def _json(how: str, _: str, command: str, lines: Sequence[str]) -> Sequence[Row]:
    text = "\n".join(lines)
    begin = min((at for at in (text.find("{"), text.find("[")) if at >= 0), default=0)
    try:
        data, end = json.JSONDecoder().raw_decode(text, begin)
    except (ValueError, RecursionError):
        raise UnparsableOutput(command, lines[0], "it is no whole JSON") from None
    if text[end:].strip():
        raise UnparsableOutput(command, text[end:].strip().splitlines()[0], "something follows its JSON")
    rows = walk(data, how, command)
    if not rows and isinstance(data, Mapping) and (said := data.get("errors") or data.get("error")):
        raise UnparsableOutput(command, str(said), "its JSON is an error, and no table")
    return rows


def _xml(how: str, _: str, command: str, lines: Sequence[str]) -> Sequence[Row]:
    from lxml import etree

    text = _DECLARATION.sub("", "\n".join(lines))
    begin, end = _ELEMENT.search(text), text.rfind(">")
    if begin is None:
        raise UnparsableOutput(command, lines[0], "it is no XML")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(text[begin.start() : end + 1].encode(), parser)
    except etree.XMLSyntaxError:
        raise UnparsableOutput(command, lines[0], "it is no whole XML") from None
    rows = [_leaves(each) for each in root.iter() if _local(each) == how]
    if not rows and any(_local(each) in _XML_ERRORS for each in root.iter()):
        raise UnparsableOutput(command, " ".join("".join(root.itertext()).split()), "its XML is an error, and no table")
    return rows


def _leaves(element: Any) -> dict[str, str]:  # noqa: ANN401 - lxml has no types
    """Return the texts within an element by their local names, and those of what it stands in; the first one counts."""
    found: dict[str, str] = {}
    for inner in (element.iterdescendants(), *element.iterancestors()):
        for each in inner:
            if not len(each) and _local(each):
                found.setdefault(_local(each), (each.text or "").strip())
    return found


def _local(element: Any) -> str:  # noqa: ANN401 - as above
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _swimctl(how: str, platform: str, command: str, lines: Sequence[str]) -> Sequence[Row]:
    return walk(_plain(parse(platform, command, "\n".join(lines))), how, command)


def _plain(facts: Any) -> object:  # noqa: ANN401 - each parser has facts of its own
    """Return facts as data."""
    if is_dataclass(facts) and not isinstance(facts, type):
        return asdict(facts)
    if isinstance(facts, Mapping):
        return {name: _plain(each) for name, each in facts.items()}
    return [_plain(each) for each in facts] if isinstance(facts, list | tuple) else facts


def _genie(how: str, platform: str, command: str, lines: Sequence[str]) -> Sequence[Row]:
    from swimctl.checks.genie_parsers import parsed

    found = parsed(platform, command, "\n".join(lines))
    return walk(found, how, command) if found else []


def _genie_is_there(how: str, platform: str, command: str) -> None:
    from swimctl.checks.genie_parsers import check_there
    from swimctl.checks.paths import steps_of

    steps_of(how)
    check_there(platform, command)


def _known_to_swimctl(how: str, platform: str, command: str) -> None:
    from swimctl.checks.paths import steps_of
    from swimctl.errors import NotFound
    from swimctl.platforms import commands_of

    steps_of(how)
    try:
        commands_of(platform).find(command)
    except NotFound as error:
        raise LookupError(str(error)) from None


def _path(how: str, _: str, __: str) -> None:
    from swimctl.checks.paths import steps_of

    steps_of(how)


_READERS: Final[Mapping[str, Callable[[str, str, str, Sequence[str]], Sequence[Row]]]] = {
    "ntc": _ntc,
    "textfsm": _textfsm,
    "genie": _genie,
    "swimctl": _swimctl,
    "regex": _regex,
    "json": _json,
    "xml": _xml,
}
_CHECKED: Final[Mapping[str, Callable[[str, str, str], object]]] = {
    "ntc": textfsm_rows.community,
    "textfsm": lambda how, _, __: textfsm_rows.require_template(how),
    "genie": _genie_is_there,
    "swimctl": _known_to_swimctl,
    "json": _path,
}
