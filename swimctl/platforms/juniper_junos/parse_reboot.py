"""How `request system reboot` and its sisters were answered, and which reboots are planned."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.facts_junos import RebootRequest
from swimctl.platforms.juniper_junos.netconf import cli_text
from swimctl.platforms.juniper_junos.nodes import by_node
from swimctl.platforms.juniper_junos.terminal import TERMINAL
from swimctl.platforms.text import filled

_QUESTION: Final = re.compile(
    r"(?:Reboot|Halt|Power Off) the (?:system|other routing.engine|vmhost)\b.*\? \[yes,no\] \(no\) *(yes|no|y|n)?",
    re.IGNORECASE,
)
_GOES: Final = re.compile(
    r"(?:shutdown: )?Shutdown NOW!.*|Initiating (?:vmhost reboot|Junos shutdown).*|Rebooting \w+.*"
    r"|System going down IMMEDIATELY.*|\*\*\* (?:FINAL )?System shutdown message .*",
    re.IGNORECASE,
)
_AT: Final = re.compile(
    r"(?:shutdown: )?Shutdown at [A-Z][a-z]{2} ([A-Z][a-z]{2}) +(\d{1,2}) (\d\d:\d\d:\d\d) (\d{4})\.?", re.IGNORECASE
)
_ERROR: Final = re.compile(r"error: .*", re.IGNORECASE)
_NONE_PLANNED: Final = re.compile(r"No shutdown/reboot scheduled\.")
_PLANNED: Final = re.compile(r"(?:reboot|halt|shutdown|power-?off) requested by \S+ at \S.*\d{4}", re.IGNORECASE)
_FAILED: Final = re.compile(
    r"error: .*\b(?:reboot|shutdown|halt|power|routing.engine|re\d)\b.*"
    r"|.*\b(?:reboot|shutdown|halt) (?:failed|aborted|cancelled)\b.*",
    re.IGNORECASE,
)


def parse_reboot(text: str, command: str = "request system reboot") -> RebootRequest:
    """Read whether the device goes down, and when where it names a time.

    Raises UnparsableOutput where it says nothing of it.
    """
    lines = [line.strip() for line in filled(cli_text(text), command, TERMINAL)]
    question = next((found for line in lines if (found := _QUESTION.fullmatch(line))), None)
    # Behind the question any error is about it.
    failed = next((each for each in lines if _FAILED.fullmatch(each) or (question and _ERROR.fullmatch(each))), None)
    when = next((found for line in lines if (found := _AT.fullmatch(line))), None)
    goes = when is not None or any(map(_GOES.fullmatch, lines))
    if question is None and failed is None and not goes:
        raise UnparsableOutput(command, lines[0], "it says nothing of a shutdown")
    declined = question is not None and (question[1] or "").lower() in {"n", "no"} and not goes
    reason = failed or ("the question was answered with no" if declined else None)
    return RebootRequest(
        operation=command.split()[2],
        succeeded=False if reason else (True if goes else None),
        reason=reason,
        reload_announced=goes and reason is None,
        at=_moment(command, when) if when else None,
    )


def parse_show_system_reboot(text: str) -> tuple[str, ...]:
    """Read the reboots and halts that are planned, as the device words them; empty only where it says that none is."""
    command = "show system reboot"
    planned: list[str] = []
    for node, lines in by_node([line.strip() for line in filled(text, command, TERMINAL)]):
        odd = next((line for line in lines if not (_NONE_PLANNED.fullmatch(line) or _PLANNED.fullmatch(line))), None)
        if odd is not None or not lines:
            raise UnparsableOutput(command, odd or node, "it does not say whether a reboot is planned")
        planned += [f"{node}: {line}" if node else line for line in lines if _PLANNED.fullmatch(line)]
    return tuple(planned)


def _moment(command: str, when: re.Match[str]) -> str:
    try:
        return datetime.strptime(f"{when[4]} {when[1]} {when[2]} {when[3]}", "%Y %b %d %H:%M:%S").isoformat()  # noqa: DTZ007 - the device names no zone
    except ValueError:
        raise UnparsableOutput(command, when[0], "this is no date") from None
