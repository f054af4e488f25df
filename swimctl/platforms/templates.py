"""The community's TextFSM templates (ntc-templates), for the outputs that they read well. See each parser for which."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from io import StringIO
from typing import Final

from swimctl.errors import UnparsableOutput

_ODD_LINE: Final = "Input Line: "


@cache
def _source(name: str, platform: str) -> str:
    return files("ntc_templates").joinpath("templates", f"{platform}_{name}.textfsm").read_text(encoding="utf-8")


def rows(name: str, lines: Sequence[str], command: str, platform: str = "cisco_ios") -> list[dict[str, str]]:
    """Read lines by a platform's template; raise UnparsableOutput where it stops, or finds nothing at all.

    A template object keeps state while it parses, so each call makes its own.
    """
    import textfsm

    template = textfsm.TextFSM(StringIO(_source(name, platform)))
    try:
        found: list[dict[str, str]] = template.ParseTextToDicts("\n".join(lines) + "\n")
    except textfsm.TextFSMError as error:
        odd = str(error).partition(_ODD_LINE)[2]
        raise UnparsableOutput(command, odd or str(error)) from None
    if not found:
        raise UnparsableOutput(command, lines[0] if lines else "", "no line reads as a row")
    return found
