"""How `request system reboot` and its sisters were answered, and which reboots are planned."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.platforms.juniper_junos.facts import RebootRequest
from swimctl.platforms.juniper_junos.netconf import cli_text
from swimctl.platforms.juniper_junos.nodes import parts_of
from swimctl.platforms.juniper_junos.platform import TERMINAL
from swimctl.platforms.text import filled, passed_over, plain_words

_QUESTION: Final = re.compile(
    r"(?:Reboot|Halt|Power[ -]?Off) the (?:system|other routing.engine|vmhost)\b.*\? ?\[yes,no\] \(no\) ?(yes|no|y|n)?",
    re.IGNORECASE,
)
_GOES: Final = re.compile(
    r"(?:shutdown: )?Shutdown NOW!.*|Initiating (?:vmhost reboot|Junos shutdown).*|Rebooting \w+.*"
    r"|System going down (?:IMMEDIATELY|in \d+ min).*|\*\*\* (?:FINAL )?System shutdown message .*",
    re.IGNORECASE,
)
_AT: Final = re.compile(
    r"(?:shutdown: )?Shutdown at [A-Z][a-z]{2} ([A-Z][a-z]{2}) (\d{1,2}) (\d\d:\d\d:\d\d) (\d{4})\.?", re.IGNORECASE
)
_ERROR: Final = re.compile(r"error: .*", re.IGNORECASE)
_NONE_PLANNED: Final = re.compile(r"No shutdown ?/ ?reboot scheduled ?\.?", re.IGNORECASE)
# In some releases the number of a process stands behind it: `[process id 17885]`.
_PLANNED: Final = re.compile(
    r"((?:reboot|halt|shutdown|power-?off) requested by \S+ at \S.*\d{4})(?: ?\[.*)?", re.IGNORECASE
)
_LIKE_A_PLAN: Final = re.compile(
    r".*\b(?:reboot|halt|shutdown|power-?off)\b.*\b(?:requested|scheduled|planned|pending)\b.*", re.IGNORECASE
)
_FAILED: Final = re.compile(
    r"error: .*\b(?:reboot|shutdown|halt|power|routing.engine|re\d)\b.*"
    r"|.*\b(?:reboot|shutdown|halt) (?:failed|aborted|cancelled)\b.*",
    re.IGNORECASE,
)


def parse_reboot(text: str, command: str = "request system reboot") -> RebootRequest:
    """Return whether the device goes down, and when where it names a time; other lines of the dialogue do not matter.

    Raises UnparsableOutput where it says nothing of it.
    """
    lines = [plain_words(line) for line in filled(cli_text(text), command, TERMINAL)]
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
    """Return the reboots and halts that are planned, as the device words them; empty only where each node has none.

    Raises UnparsableOutput for a line that speaks of a plan and cannot be read.
    """
    command = "show system reboot"
    planned: list[str] = []
    lines = [plain_words(line) for line in filled(text, command, TERMINAL)]
    for node, part in parts_of(command, lines, _LIKE_A_PLAN.fullmatch):
        told = False
        for line in part:
            if found := _PLANNED.fullmatch(line):
                planned.append(f"{node}: {found[1]}" if node else found[1])
            elif not _NONE_PLANNED.fullmatch(line) and _LIKE_A_PLAN.fullmatch(line):
                raise UnparsableOutput(command, line, "a reboot may be planned, and it cannot be read")
            elif not _NONE_PLANNED.fullmatch(line):
                passed_over(command, line)
                continue
            told = True
        if not told:
            raise UnparsableOutput(command, part[-1] if part else node, "it does not say whether a reboot is planned")
    return tuple(planned)


def _moment(command: str, when: re.Match[str]) -> str:
    try:
        return datetime.strptime(f"{when[4]} {when[1]} {when[2]} {when[3]}", "%Y %b %d %H:%M:%S").isoformat()  # noqa: DTZ007 - the device names no zone
    except ValueError:
        raise UnparsableOutput(command, when[0], "this is no date") from None
