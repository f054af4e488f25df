"""Rows by TextFSM: the community's templates (ntc-templates), and those that stand in a rule.

A template that meets a line that it does not know gives up the whole output. Here that line is left out and told: a new
release may print one more line, and no row is invented by that. A row that is lost with it is missing, which tells.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from io import StringIO
from threading import Lock
from typing import Any, Final

from swimctl.checks.rows import Row
from swimctl.config.patterns import Bounded
from swimctl.errors import UnparsableOutput
from swimctl.platforms.text import passed_over

# Whose templates a platform's outputs are read by.
_NTC_PLATFORMS: Final = {
    "cisco_xe": "cisco_ios",
    "cisco_ios": "cisco_ios",
    "cisco_nxos": "cisco_nxos",
    "cisco_xr": "cisco_xr",
    "arista_eos": "arista_eos",
    "juniper_junos": "juniper_junos",
}
_ODD_LINE: Final = "Input Line: "
_MOST_ODD: Final = 20
_BETWEEN_WORDS: Final = re.compile(r"[^\w-]+")
_NAME: Final = re.compile(r"[a-z0-9][\w-]*", re.ASCII)


@cache
def community(name: str, platform: str, command: str) -> str:
    """Return a template of ntc-templates by its name, or by a platform and the words of a command. LookupError."""
    words = _BETWEEN_WORDS.sub("_", command.partition("|")[0].strip())
    wanted = name or f"{_NTC_PLATFORMS[platform]}_{words}"
    found = files("ntc_templates").joinpath("templates", f"{wanted}.textfsm") if _NAME.fullmatch(wanted) else None
    if found is None or not found.is_file():
        raise LookupError(f"ntc-templates has no template {wanted!r}; name another one: `parse: {{ntc: NAME}}`")
    return found.read_text(encoding="utf-8")


@cache
def _ready(source: str, *, own: bool) -> tuple[Lock, Any]:
    import textfsm

    template = textfsm.TextFSM(StringIO(source))
    for rule in (each for rules in template.states.values() for each in rules if own):
        rule.regex_obj = Bounded(rule.regex)
    return Lock(), template


def _read(source: str, lines: Sequence[str], *, own: bool) -> list[dict[str, Any]]:
    """Return the rows that a template reads; raises what textfsm raises.

    The expressions of an `own` one have their time; those of the community are tried.

    A template keeps state while it reads, so one output at a time. To make it anew for each costs more than to read.
    """
    lock, template = _ready(source, own=own)
    with lock:
        template.Reset()
        rows: list[dict[str, Any]] = template.ParseTextToDicts("\n".join(lines) + "\n")
    return rows


def require_template(source: str) -> None:
    """Accept a template that can be read by. ValueError: it is none, and why."""
    import textfsm

    try:
        _read(source, (), own=True)
    except (textfsm.TextFSMTemplateError, ValueError) as error:
        raise ValueError(f"the TextFSM template cannot be read: {error}") from None
    except textfsm.TextFSMError:
        # It reads, and does not like an output without a line.
        return


def read(source: str, lines: Sequence[str], command: str, *, own: bool = False) -> list[Row]:
    """Return the rows of an output; raises UnparsableOutput where too many of its lines are not known."""
    import textfsm

    left = [*lines]
    for _ in range(_MOST_ODD):
        try:
            found = _read(source, left, own=own)
        except textfsm.TextFSMError as error:
            odd = str(error).partition(_ODD_LINE)[2].strip()
            at = next((number for number, line in enumerate(left) if odd and line.strip() == odd), None)
            if at is None:
                raise UnparsableOutput(command, odd, str(error).partition(".")[0]) from None
            passed_over(command, left.pop(at))
            continue
        return [{field.lower(): _value(value) for field, value in row.items()} for row in found]
    raise UnparsableOutput(command, left[0] if left else "", f"{_MOST_ODD} of its lines are not known to the template")


def _value(value: str | list[Any]) -> str:
    return value if isinstance(value, str) else ", ".join(map(str, value))
