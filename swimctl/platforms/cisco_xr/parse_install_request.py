"""How far an `install …` command got: it works on in the background, and its result comes into any later output."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.facts_xr import InstallRequest
from swimctl.platforms.cisco_xr.terminal import TERMINAL
from swimctl.platforms.text import filled

COMMAND: Final = "install"
# Newer releases write the whole date: `2025-11-04 16:42:33 Install operation 3 started by admin:`.
AT: Final = r"(?:(?:[A-Z][a-z]{2} +\d{1,2}|\d{4}-\d\d-\d\d) \d\d:\d\d:\d\d )?"

_KINDS: Final = (
    r"(?:add|activate|commit|deactivate|remove|prepare|rollback|update|upgrade|replace|apply|package|verify)"
)
# A result is printed behind whatever stands on the line: a prompt, a question for a password.
_GLUED: Final = re.compile(rf"(?<=[#>:])(?=(?:{AT}Install operation (?:\d+ |will )))")
STARTED: Final = re.compile(rf"{AT}Install operation (\d+) (?:started(?: by .*|:)|'(.*))")
_ENDED: Final = re.compile(
    rf"{AT}Install operation (\d+) (?:(finished|completed) successfully|(aborted|failed))(?: at .*)?\.?"
)
_KIND: Final = re.compile(rf"{AT} *(?:.*\(admin\) )?'?(?:.*[#>] *)?(?:admin )?install ({_KINDS})\b.*")
_BACKGROUND: Final = re.compile(
    rf"{AT}(?:Install operation will continue in the background|The install operation will continue asynchronously\.?)"
)
_OTHER: Final = re.compile(
    r"Could not start this install operation\. Install operation (\d+) is still in progress\.?"
    r"|Cannot proceed with the operation as another install command is currently in operation\..*",
    re.IGNORECASE,
)
_ERROR: Final = re.compile(rf"{AT}Error: *(.*)")
_REFUSED: Final = re.compile(rf"{AT}(Could not start this install operation\..*|ERROR! *\S.*)")
# `It is a NO IMPACT OPERATION as all packages have already been added`.
_NO_CHANGE: Final = re.compile(rf"{AT}.*\bNO IMPACT OPERATION\b.*")
_SUGGESTED: Final = re.compile(r" *Suggested steps\b.*")
_RELOADS: Final = re.compile(
    r"This install operation will (?:reload|reboot) the (?:sdr|system|router)\b"
    r"|This operation will reload the following nodes|^\s*Connection closed by foreign host\.",
    re.MULTILINE | re.IGNORECASE,
)


def parse_install_request(text: str, command: str = COMMAND) -> InstallRequest:
    """Read the operation, its id and, where it was seen, its result; `succeeded` is None without one.

    A result of another operation than the one that the text starts is none for it. Raises UnparsableOutput where no
    line is the installer's.
    """
    lines = [line.strip() for line in filled(_GLUED.sub("\n", text), command, TERMINAL)]
    found = read_request(lines, text)
    if found is None:
        raise UnparsableOutput(command, lines[0], "no line is the installer's")
    return found


def read_request(lines: list[str], text: str) -> InstallRequest | None:
    """Read the lines of one operation, `text` as it was printed around them; None where none is the installer's."""
    started = next((found for line in lines if (found := STARTED.fullmatch(line))), None)
    number = int(started[1]) if started else None
    ends = [found for line in lines if (found := _ENDED.fullmatch(line)) and number in {None, int(found[1])}]
    ended = ends[-1] if ends else None
    background = any(map(_BACKGROUND.fullmatch, lines))
    said = _said(lines)
    other = next((found for each in said if (found := _OTHER.fullmatch(each))), None)
    if started is None and ended is None and not background and not said:
        return None
    failed = other is not None or (ended is not None and ended[3] is not None) or (ended is None and bool(said))
    reason = "; ".join(said) or (f"the operation was {ended[3]}" if ended and ended[3] == "aborted" else None)
    return InstallRequest(
        operation=_kind(text, lines),
        succeeded=False if failed else (True if ended is not None else None),
        reason=(reason or "the device gives no reason") if failed else None,
        no_change=any(map(_NO_CHANGE.fullmatch, lines)),
        reload_announced=bool(_RELOADS.search(text)),
        id=number if number is not None or ended is None else int(ended[1]),
        in_background=background,
        other_in_progress=other is not None,
        other_id=int(other[1]) if other and other[1] else None,
    )


def _said(lines: list[str]) -> list[str]:
    """Put the lines `Error:    …` of one sentence together, without what the device suggests to do."""
    said: list[str] = []
    open_end = False
    suggested = False
    for line in lines:
        if refused := _REFUSED.fullmatch(line):
            said.append(refused[1])
        elif error := _ERROR.fullmatch(line):
            suggested = suggested or _SUGGESTED.fullmatch(error[1]) is not None
            if not suggested:
                said[-1:] = [f"{said[-1]} {error[1]}"] if open_end and said else [*said[-1:], error[1]]
                open_end = True
        else:
            open_end = suggested = False
    return said


def _kind(text: str, lines: list[str]) -> str | None:
    """Name the operation as the installer repeats it, else as it was typed."""
    for line in [*lines, *(line.strip() for line in text.splitlines()[:3])]:
        started = STARTED.fullmatch(line)
        found = _KIND.fullmatch(started[2] or "" if started else line)
        if found:
            return found[1]
    return None
