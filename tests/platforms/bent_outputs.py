"""Outputs that are bent as terminals, releases and other people's tools bend them; what they say stays the same.

Each twist gives the texts that it makes of one output. `HARMLESS` must be read as before; the others may be refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from itertools import pairwise
from typing import Any

from platforms.contract import Cases

_SENTENCE = "Collector seven reports that its export is paused until further notice"
_TABLE = "Bay   Lamp    Glow\n----- ------- ------\nwest  amber   steady\neast  green   steady"
_RULE = re.compile(r" *[-=]{3,}[-= ]{5,}")
_PROMPTED = re.compile(r"[^ ]*#|[\w.@/-]+> ?\w")
# How many places of an output are tried: a place every so many lines, each output beginning at another.
_PLACES = 4

Twist = Callable[[str, str, Cases], Iterator[str]]


def _doubled(text: str, _command: str, _cases: Cases) -> Iterator[str]:
    yield re.sub(r"(?<=\S) +(?=\S)", lambda found: 2 * found.group(0), text)


def _single(text: str, _command: str, _cases: Cases) -> Iterator[str]:
    yield re.sub(r"(?<=\S) {2,}(?=\S)", " ", text)


def _before_punctuation(text: str, _command: str, _cases: Cases) -> Iterator[str]:
    yield re.sub(r"(?<=\w)(?=[,;:](?: |\r?$))", " ", text, flags=re.MULTILINE)


def _at_line_ends(text: str, _command: str, _cases: Cases) -> Iterator[str]:
    # Behind a CR no device prints blanks.
    yield re.sub(r"(?<!\r)(?=\r*$)", "   ", text, flags=re.MULTILINE)


def _tabs(text: str, _command: str, _cases: Cases) -> Iterator[str]:
    yield "\n".join(_with_tabs(line) for line in text.expandtabs().split("\n"))


def _with_tabs(line: str) -> str:
    """Write runs of blanks that end at every eighth column as tabs, as `unexpand` does."""
    pieces = [line[at : at + 8] for at in range(0, len(line), 8)]
    return "".join(re.sub(r" {2,}\Z", "\t", piece) if len(piece) == 8 else piece for piece in pieces)


def _crlf(text: str, _command: str, _cases: Cases) -> Iterator[str]:
    unix = text.replace("\r", "")
    yield unix.replace("\n", "\r\n")
    yield unix.replace("\n", "\r\r\n")
    yield unix.replace("\n", "\r\0\n")


def _blank_lines(text: str, _command: str, _cases: Cases) -> Iterator[str]:
    yield f"\n\n{text}\n\n"
    yield text.replace("\n", "\n\n")


def _no_blank_lines(text: str, _command: str, _cases: Cases) -> Iterator[str]:
    yield "\n".join(line for line in text.split("\n") if line.strip())


def _line_above(text: str, command: str, cases: Cases) -> Iterator[str]:
    # Above the echo stands a banner; between echo and output is where a device has something to say.
    yield f"{cases.prompts[0]}{command}\n{_SENTENCE}\n{text}" if not _has_echo(text, cases) else f"{_SENTENCE}\n{text}"


def _line_below(text: str, _command: str, cases: Cases) -> Iterator[str]:
    if not _has_echo(text, cases):
        yield f"{text.rstrip()}\n{_SENTENCE}\n"
        yield f"{text.rstrip()}\n\n{_SENTENCE}\n"


def _table_below(text: str, _command: str, cases: Cases) -> Iterator[str]:
    if not _has_echo(text, cases):
        yield f"{text.rstrip()}\n\n{_TABLE}\n"


def _line_between(text: str, _command: str, _cases: Cases) -> Iterator[str]:
    lines = text.split("\n")
    for place in _places(lines):
        yield "\n".join([*lines[:place], _SENTENCE, *lines[place:]])


def _log_in_a_gap(text: str, _command: str, cases: Cases) -> Iterator[str]:
    lines = text.split("\n")
    for number, place in enumerate(_places(lines)):
        yield "\n".join([*lines[:place], cases.syslog[number % len(cases.syslog)], *lines[place:]])


def _log_glued(text: str, _command: str, cases: Cases) -> Iterator[str]:
    lines = text.split("\n")
    for number, place in enumerate(_places(lines)):
        # The first digits of `1w2d: ` cannot be told from the end of what it is glued to.
        messages = [each for each in cases.syslog if not re.match(r"\d+[:/a-z]", each)]
        if place and lines[place - 1].strip():
            message = messages[number % len(messages)]
            yield "\n".join([*lines[: place - 1], lines[place - 1].rstrip() + message, *lines[place:]])


def _other_case(text: str, _command: str, _cases: Cases) -> Iterator[str]:
    yield text.upper()
    yield text.lower()


def _column(text: str, _command: str, _cases: Cases) -> Iterator[str]:
    """Yield each table below a ruled header a column more."""
    lines = text.replace("\r", "").split("\n")
    widened, inside = list(lines), False
    for number, (line, below) in enumerate(pairwise([*lines, ""])):
        if _RULE.fullmatch(below) and line.strip():
            widened[number] = f"{line.rstrip()}  Glow"
        elif _RULE.fullmatch(line) and number and widened[number - 1] != lines[number - 1]:
            widened[number], inside = f"{line.rstrip()} ------", True
        elif inside and line.strip():
            widened[number] = f"{line.rstrip()}  amber"
        else:
            inside = False
    if widened != lines:
        yield "\n".join(widened)


def _echo(text: str, command: str, cases: Cases) -> Iterator[str]:
    if not _has_echo(text, cases):
        for prompt in cases.prompts:
            yield f"{prompt}{command}\r\n{text}\r\n{prompt}"
        yield f"{command}\n{text}"


TWISTS: Mapping[str, Twist] = {
    "blanks doubled": _doubled,
    "blanks single": _single,
    "blank before punctuation": _before_punctuation,
    "blanks at line ends": _at_line_ends,
    "tabs": _tabs,
    "CR LF": _crlf,
    "blank lines added": _blank_lines,
    "blank lines removed": _no_blank_lines,
    "unknown line above": _line_above,
    "unknown line below": _line_below,
    "unknown table below": _table_below,
    "unknown line between": _line_between,
    "log message in a gap": _log_in_a_gap,
    "log message glued": _log_glued,
    "other case": _other_case,
    "unknown column": _column,
    "echo and prompt": _echo,
}
# A line that stands between others may stand where a needed fact must stand; without its blanks a column may be lost;
# a state in other letters may be another's.
HARMLESS = frozenset(TWISTS) - {"blanks single", "unknown line between", "other case"}


def _has_echo(text: str, cases: Cases) -> bool:
    """Return whether an output was caught with a prompt in it: then nothing may stand outside of the prompts."""
    return any(line.rstrip().endswith(("#", ">")) or _PROMPTED.match(line) for line in text.split("\n")) or any(
        prompt.strip() in text for prompt in cases.prompts
    )


def _places(lines: Sequence[str]) -> Iterator[int]:
    step = max(1, len(lines) // _PLACES)
    yield from range(len(lines) % step, len(lines) + 1, step)


def comparable(facts: Any, cases: Cases, *, fold: bool) -> Any:
    """Return facts as plain values: runs of blanks are one, letters small where asked, and `aside` ones are out."""
    if is_dataclass(facts) and not isinstance(facts, type):
        kept = [each.name for each in fields(facts) if each.name not in cases.aside]
        return type(facts).__name__, {name: comparable(getattr(facts, name), cases, fold=fold) for name in kept}
    if isinstance(facts, Mapping):
        items = facts.items()
        return {comparable(key, cases, fold=fold): comparable(value, cases, fold=fold) for key, value in items}
    if isinstance(facts, list | tuple):
        return tuple(comparable(each, cases, fold=fold) for each in facts)
    if isinstance(facts, str):
        text = " ".join(facts.split())
        return text.casefold() if fold else text
    return facts
