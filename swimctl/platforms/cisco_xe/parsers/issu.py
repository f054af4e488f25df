"""`show issu state detail` and `show issu rollback-timer`: whether an upgrade in service is open, and how far it is."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.platforms.cisco_xe.facts import IssuState
from swimctl.platforms.cisco_xe.platform import TERMINAL
from swimctl.platforms.text import filled, is_half, passed_over, plain_words

COMMAND: Final = "show issu state detail"
TIMER: Final = "show issu rollback-timer"

_IDLE: Final = re.compile(
    r"No ISSU operation is in progress\b.*|Rollback: inactive, no ISSU operation .*"
    r"|Rollback Process State = Not in progress|ISSU State = Init",
    re.IGNORECASE,
)
# A Catalyst 6500 tells the state of each slot: `ISSU State = Init` (Genie; the others by Cisco's guide for it).
# A timer that `acceptversion` cancelled is that of an upgrade which waits for its `commitversion`; one that the device
# does not tell there runs all the same (cisco_xe/show_issu_rollback_timer, Genie, and more/ of that).
_OPEN: Final = re.compile(
    r"Current ISSU Status: (In progress)\b.*|Last operation: ((?:load|run|accept|commit|abort)version)"
    r"|Rollback: automatic\b.*|Rollback: inactive, timer cancell?ed by (\w+)"
    r"|Rollback Process State = (In progress)|ISSU State = ((?:Load|Run|Accept|Commit|Abort) ?Version)"
    r"|INFO: Install ISSU operation in progress\b.*",
    re.IGNORECASE,
)
_STATUS: Final = re.compile(
    r"(?:Current ISSU Status:|Rollback Process State =) (\w+(?: in progress| progress)?)\b.*", re.IGNORECASE
)
_STATUSES: Final = (
    "Not in progress",
    "In progress",
    "Disabled",
    "Enabled",
    "loadversion",
    "runversion",
    "acceptversion",
    "commitversion",
    "abortversion",
)
_CHECK: Final = re.compile(
    r"(Platform ISSU Support|Standby Online|Autoboot Enabled|SSO Mode|Install Boot|Valid Boot Media)\b(?: (\S+).*)?",
    re.IGNORECASE,
)
_REACHED: Final = re.compile(r"Current state: (.+?) state\b.*", re.IGNORECASE)
_TERMINAL: Final = re.compile(r"Operating mode:.*\bterminal state (not )?reached\b.*", re.IGNORECASE)
_REMAINING: Final = re.compile(
    r"(?:.*remaining time before rollback|Time remaining)[:=]? ?(\d+):(\d\d):(\d\d)(?!\d).*", re.IGNORECASE
)
_KNOWN: Final = re.compile(
    r"--- Starting .* ---|Finished .*|Previous ISSU Operation: .*|Slot being modified: .*|Loadversion time: .*"
    r"|Original \(rollback\) image: .*|Running image: .*|Notes: .*|Configured Rollback Time = .*|[-= ]+"
    r"|System Check Status\b.*|Operational Mode .*|Operation type: .*|Install type: .*|Last operation: .*"
    r"|Please use '.*|Added Image:|Name Compatible\b.*|\d[\w.]+ (?:Yes|No)|Completed operations:"
    r"|Operation Start time\b.*|\w.* \d{4}-\d\d-\d\d:\d\d:\d\d:\d\d"
    r"|(?:Slot|RP State|Boot Variable|Operating Mode|(?:Primary|Secondary|Current) Version|Variable Store) = .*"
    r"|State transition: .*|Auto abort timer: .*|Abort Reason: .*",
    re.IGNORECASE,
)


def parse_show_issu(text: str, command: str = COMMAND) -> IssuState:
    """Read whether an ISSU is open, and the seconds left of its rollback timer. `status` is in the device's words.

    Needed: that one is open, or that none is; not both; and each check that begins. The rest is None or empty where the
    device does not say.
    """
    lines = [plain_words(line) for line in filled(text, command, TERMINAL)]
    opened = [found for line in lines if (found := _OPEN.fullmatch(line))]
    # Of several slots one may have begun alone.
    idle = next((line for line in lines if _IDLE.fullmatch(line) and not (opened and "=" in line)), None)
    if idle is not None and opened:
        raise UnparsableOutput(command, idle, f"it says that none is open, and '{opened[0][0]}'")
    if idle is None and not opened:
        raise UnparsableOutput(command, lines[-1], "it says neither that an operation runs, nor that none does")
    told = [found[1] for line in lines if (found := _STATUS.fullmatch(line))]
    status = next(iter([*told, *(word for found in opened for word in found.groups() if word)]), "")
    if is_half(status, _STATUSES):
        raise UnparsableOutput(command, lines[-1], "it ends inside the status")
    timer = _first(lines, _REMAINING)
    reached, ended = _first(lines, _REACHED), _first(lines, _TERMINAL)
    _tell_unknown(command, lines)
    return IssuState(
        in_progress=bool(opened),
        rollback=int(timer[1]) * 3600 + int(timer[2]) * 60 + int(timer[3]) if timer else None,
        status=status,
        checks=_checks(command, lines),
        reached=reached[1] if reached else "",
        terminal=None if ended is None else not ended[1],
    )


def _first(lines: list[str], pattern: re.Pattern[str]) -> re.Match[str] | None:
    return next((found for line in lines if (found := pattern.fullmatch(line))), None)


def _checks(command: str, lines: list[str]) -> dict[str, str]:
    found = [check for line in lines if (check := _CHECK.fullmatch(line))]
    odd = next((check[0] for check in found if not check[2] or is_half(check[2], ("Yes", "No"))), None)
    if odd is not None:
        raise UnparsableOutput(command, odd, "this check has no result, or half of one")
    return {check[1]: check[2] for check in found}


def _tell_unknown(command: str, lines: list[str]) -> None:
    read = (_OPEN, _IDLE, _STATUS, _CHECK, _REACHED, _TERMINAL, _REMAINING, _KNOWN)
    for line in lines:
        if not any(pattern.fullmatch(line) for pattern in read):
            passed_over(command, line)
