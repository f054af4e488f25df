"""How far an `install …` command got: it works on in the background, and its result comes into any later output."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.platforms.cisco_xr.facts import InstallRequest
from swimctl.platforms.cisco_xr.platform import TERMINAL
from swimctl.platforms.text import filled

COMMAND: Final = "install"
# Newer releases write the whole date: `2025-11-04 16:42:33 Install operation 3 started by admin:`.
AT: Final = r"(?:(?:[A-Z][a-z]{2} +\d{1,2}|\d{4}-\d\d-\d\d) +\d\d:\d\d:\d\d +)?"

_KINDS: Final = (
    r"(?:add|activate|commit|deactivate|remove|prepare|rollback|update|upgrade|replace|apply|package|verify)"
)
# A result is printed behind whatever stands on the line: a prompt, a question for a password.
_GLUED: Final = re.compile(rf"(?<=[#>:])(?=(?:{AT}Install +operation +(?:\d+ |will )))", re.IGNORECASE)
STARTED: Final = re.compile(rf"{AT}Install +operation +(\d+) +(?:started(?: +by .*| *:)|'(.*))", re.IGNORECASE)
# `completed with failure` is what a public driver of Cisco's own (CSM) waits for beside the others.
_ENDED: Final = re.compile(
    rf"{AT}Install +operation +(\d+) +"
    r"(?:(?:finished|completed) +successfully|(aborted|failed|completed +with +failure))(?: +at .*)?\.?",
    re.IGNORECASE,
)
_KIND: Final = re.compile(rf"{AT} *(?:.*\(admin\) +)?'?(?:.*[#>] *)?(?:admin +)?install +({_KINDS})\b.*", re.IGNORECASE)
_BACKGROUND: Final = re.compile(
    rf"{AT}(?:Install +operation +will +continue +in +the +background|The +install +operation +will +continue +"
    r"asynchronously)\b.*",
    re.IGNORECASE,
)
_OTHER: Final = re.compile(
    r"Could +not +start +this +install +operation\. +Install +operation +(\d+) +is +still +in +progress\b.*"
    r"|Cannot +proceed +with +the +operation +as +another +install +command +is +currently +in +operation\b.*",
    re.IGNORECASE,
)
_ERROR: Final = re.compile(rf"{AT}Error *: *(.*)")  # Junos says ERROR
_REFUSED: Final = re.compile(rf"{AT}(Could +not +start +this +install +operation\..*|ERROR! *\S.*)", re.IGNORECASE)
# IOS-XR 7 with LNT has packaging operations, changes of several of them and transactions of several changes, with ids
# of several numbers (xrdocs/8000, 8000-software-xr7-add-package and cisco-8000-software-upgrade-install-replace):
# `Atomic change 1.1: 'install replace /harddisk:/x.iso' failed - Operation vetoed by 1 install client. …`
# `Transaction 1: 'install commit' completed without error`, `Atomic change 2.1: Pre-reload steps completed …`
_CHANGE: Final = re.compile(
    r"(?:Atomic +change|Packaging +operation|Transaction) +\d[\d.]*"
    r"(?: *: *(?:'.*' +failed *- *(?P<failed>\S.*)|'.*' +(?P<done>completed +without +error)\b.*"
    r"|Pre-reload +steps +completed\b.*))?",
    re.IGNORECASE,
)
# `It is a NO IMPACT OPERATION as all packages have already been added`.
_NO_CHANGE: Final = re.compile(rf"{AT}.*\bNO +IMPACT +OPERATION\b.*", re.IGNORECASE)
_SUGGESTED: Final = re.compile(r" *Suggested +steps\b.*", re.IGNORECASE)
_RELOADS: Final = re.compile(
    r"This +install +operation +will +(?:reload|reboot) +the +(?:sdr|system|router)\b"
    r"|This +operation +will +reload +the +following +nodes|The +whole +system +will +be +reloaded"
    r"|Pre-reload +steps +completed\b.*, *reloading"
    r"|^\s*Connection +closed +by +foreign +host\.",
    re.MULTILINE | re.IGNORECASE,
)


def parse_install_request(text: str, command: str = COMMAND) -> InstallRequest:
    """Return the operation, its id and, where it was seen, its result; `succeeded` is None without one.

    Needed: one line of the installer's. A result of another operation than the one that the text starts is none for
    it, nor are two that say the opposite. An error without an end is a failure only where no operation was started.
    """
    lines = [line.strip() for line in filled(_GLUED.sub("\n", text), command, TERMINAL)]
    found = read_request(lines, text)
    if found is None:
        raise UnparsableOutput(command, lines[0], "no line is the installer's")
    return found


def is_started(text: str) -> bool:
    """Return whether a line says that an operation was started, whatever else is said."""
    return any(STARTED.fullmatch(line.strip()) for line in _GLUED.sub("\n", text).splitlines())


def read_request(lines: list[str], text: str) -> InstallRequest | None:
    """Read the lines of one operation, `text` as it was printed around them; None where none is the installer's."""
    started = next((found for line in lines if (found := STARTED.fullmatch(line))), None)
    number = int(started[1]) if started else None
    ends = [found for line in lines if (found := _ENDED.fullmatch(line)) and number in {None, int(found[1])}]
    background = any(map(_BACKGROUND.fullmatch, lines))
    changes = [found for line in lines if (found := _CHANGE.fullmatch(line))]
    said = _said(lines) + [found["failed"] for found in changes if found["failed"]]
    done = any(found["done"] for found in changes)
    other = next((found for each in said if (found := _OTHER.fullmatch(each))), None)
    if not (started or ends or background or changes or said):
        return None
    verdicts = {found[2] is None for found in ends}
    if done:
        verdicts.add(True)
    if other or (said and not (started or ends)):
        verdicts = {False, *verdicts}
    succeeded = verdicts.pop() if len(verdicts) == 1 else None
    reason = "; ".join(said) or (
        "the operation was aborted" if ends and (ends[-1][2] or "").lower() == "aborted" else ""
    )
    return InstallRequest(
        operation=_kind(text, lines),
        succeeded=succeeded,
        reason=(reason or "the device gives no reason") if succeeded is False else None,
        no_change=any(map(_NO_CHANGE.fullmatch, lines)),
        reload_announced=bool(_RELOADS.search(text)),
        id=number if number is not None or not ends else int(ends[-1][1]),
        in_background=background,
        other_in_progress=other is not None,
        other_id=int(other[1]) if other and other[1] else None,
    )


def _said(lines: list[str]) -> list[str]:
    """Return the lines `Error:    …` as one sentence, without what the device suggests to do."""
    said: list[str] = []
    sentence: list[str] = []
    suggested = False
    for line in lines:
        if error := _ERROR.fullmatch(line):
            suggested = suggested or _SUGGESTED.fullmatch(error[1]) is not None
            sentence += [] if suggested else [error[1]]
        elif refused := _REFUSED.fullmatch(line):
            said.append(refused[1])
    return [" ".join(sentence), *said] if sentence else said


def _kind(text: str, lines: list[str]) -> str | None:
    """Return the operation as the installer repeats it, else as it was typed."""
    for line in [*lines, *(line.strip() for line in text.splitlines()[:3])]:
        started = STARTED.fullmatch(line)
        found = _KIND.fullmatch(started[2] or "" if started else line)
        if found:
            return found[1].lower()
    return None
