"""How an `install …` command ended, in the words of both generations of IOS-XE's installer."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.platforms.cisco_xe.facts import RemoveOutcome
from swimctl.platforms.cisco_xe.platform import TERMINAL
from swimctl.platforms.facts import InstallOutcome
from swimctl.platforms.text import filled, plain_words

COMMAND: Final = "install"

_OPERATIONS: Final = (
    r"(?:add_activate_commit|add_activate|add_label|add|activate_commit|activate|commit|abort|rollback|remove|"
    r"deactivate|auto_abort_timer|prepare)"
)
_START: Final = re.compile(rf"install_({_OPERATIONS}): START\b.*", re.IGNORECASE)
# `SUCCESS:` also opens lines that are no end (`SUCCESS: Files deleted.`): only an operation's name makes it one.
_SUCCESS: Final = re.compile(rf"SUCCESS: install_({_OPERATIONS})(?: .*)?", re.IGNORECASE)
_FAILED: Final = re.compile(rf"FAILED: (?:install_)?({_OPERATIONS})(?: ?: ?(\S.*)| (.*))?", re.IGNORECASE)
# What may stand behind the operation's name and is no reason: the file, an exit code, the time.
_NO_REASON: Final = re.compile(
    r"(?:\S*[/:.]\S*|exit\(-?\d+\))?(?: ?\w{3} \w{3} \d+ \d\d:\d\d:\d\d \S+ \d{4}\.?)?", re.IGNORECASE
)
# `FAILED: install_add /flash/x.bin: Improper State. …`: behind the file (Cisco bug CSCwd69880, one source).
_OF_FILE: Final = re.compile(r"\S*[/:]\S+: (\S.*)")
_REASON: Final = re.compile(r"(?:\[\d+\].*? |\(-?\d+\) )?FAILED: (\S.*)", re.IGNORECASE)
_REASON_WORDS: Final = re.compile(r".*\bfailed (?:on .*)?with reason: ?\"?([^\"]+?)\"?", re.IGNORECASE)
_TO_DO_WHAT: Final = re.compile(r"(?:\[[\w/ ]+\] ?)?Failed to [^:]+: (\S.*)", re.IGNORECASE)
_CAUSE: Final = re.compile(
    r".*(?:No space left on device|not enough free disk|requires \d+ KB of free space).*", re.IGNORECASE
)
# Where nothing else says why (general knowledge: an installer of its time may word it so).
_COMPLAINT: Final = re.compile(r"%? ?Error ?: ?(\S.*)", re.IGNORECASE)
_MEMBERS_FAILED: Final = re.compile(r"(\w+): (?:Passed on \[.*?\]\.? ?)?Failed on \[(.*?)\].*", re.IGNORECASE)
_MEMBER_RESULT: Final = re.compile(r"\[\d+\].* (?:succeed|succeeded) .*with reason: ?\"?([^\"]*)\"?", re.IGNORECASE)
_UNCHANGED: Final = re.compile(r"No[- ]Change|User Rejected", re.IGNORECASE)
_CHANGING: Final = re.compile(
    r"-+ Starting (?:SMU )?(?:Activate|Commit|Abort|Rollback)\b.*|Following packages shall be .*", re.IGNORECASE
)
_ADDED: Final = re.compile(r"Image added\. Version: ?(\S+)", re.IGNORECASE)
_RELOADS: Final = re.compile(
    r"Install +will +reload +the +system +now!|SUCCESS *: +Upgrade_Service +finished"
    r"|Chassis +\d+ +reloading *, +reason\b|%\w+-\d-EXITACTION: .*reload"
    r"|%\w+-\d-RELOAD_SYSTEM: |^\s*Initializing +Hardware",
    re.MULTILINE | re.IGNORECASE,
)
_PROGRESS: Final = re.compile(
    r"install_\w+: .*|-+ Starting (?:initial file|Add|Activate|Commit|Abort|Rollback|SMU|\w*_).*|Performing \w+ on .*"
    r"|Checking status of [A-Z]\w+ on .*|\w+: Passed on \[.*"
    r"|Finished (?:Add|Activate|Commit|Abort|Rollback|Deactivate|SMU|initial file)\b.*|Image added\. .*"
    r"|This operation may require a reload .*|Following packages shall be .*|Install will reload the system now!",
    re.IGNORECASE,
)
# Those of `request platform software package install`, which ends in other words.
_REQUEST: Final = re.compile(
    r"(?:\[[\d ]+\]: ?)?(?:(?:install|rollback) package\(s\) on switch \d+|Expanding image file: .*)", re.IGNORECASE
)
_TO_REMOVE: Final = re.compile(r"The following files will be\b.*", re.IGNORECASE)
_ASKS: Final = re.compile(r"Do you want\b.*", re.IGNORECASE)
_LISTED: Final = re.compile(r"(?:\[[^\]]+\]: ?)?((?:\S*/|\w+:)\S+)")
_DELETED: Final = re.compile(r"Deleting file (\S+) \.+ ?done\.?", re.IGNORECASE)
_REJECTED: Final = re.compile(r".*\bUser Rejected\b.*", re.IGNORECASE)
_NOTHING_TO_CLEAN: Final = re.compile(
    r".*(?:Nothing to clean|No inactive package|No files? (?:to|will) be|no extra package).*", re.IGNORECASE
)
# more/cisco_xe/install_remove_inactive/b_01, a C9300 with 17.18.3 (one source): no log and no summary tells of it.
_LOCKED: Final = re.compile(r"cannot start new install operation, some operation is already running", re.IGNORECASE)
_UNLOCK: Final = (
    "wait until `show install log` shows its end; where it shows none that runs, a session that ended at a question "
    "left the lock, and only a reload frees it: `write memory`, then `reload`"
)


def parse_install_outcome(text: str, command: str = COMMAND) -> InstallOutcome:
    """Read how an install ended; `succeeded` is None where the text stops before the operation's own last line.

    The operation is the one that the first START line names, else the one of the last line. Raises
    UnparsableOutput where no line is an installer's.
    """
    lines = [plain_words(line) for line in filled(text, command, TERMINAL)]
    if odd := next((line for line in lines if _REQUEST.fullmatch(line)), None):
        raise UnparsableOutput(command, odd, "this is the older package manager's")
    operation = next((found[1].lower() for line in lines if (found := _START.fullmatch(line))), None)
    verdict = _verdict(lines, operation)
    reasons = _reasons(lines)
    succeeded = None if verdict is None else verdict[0]
    if verdict is None and any(_REASON.fullmatch(line) for line in lines):
        succeeded = False
    members_failed = [found for line in lines if (found := _MEMBERS_FAILED.fullmatch(line)) and found[2].strip()]
    if members_failed:
        reasons.append(members_failed[-1][0])
        # The device said both: it has to be asked.
        succeeded = None if succeeded else succeeded
    if operation is None and verdict is None and succeeded is None and not any(map(_PROGRESS.fullmatch, lines)):
        raise UnparsableOutput(command, lines[0], "no line is the installer's")
    # Of a last line nobody knows whether it is whole.
    added = next((found[1] for line in lines[:-1] if (found := _ADDED.fullmatch(line))), None)
    return InstallOutcome(
        operation=operation or (verdict[1] if verdict else None),
        succeeded=succeeded,
        reason=None if succeeded or not reasons else "; ".join(dict.fromkeys(map(_with_cure, reasons))),
        no_change=bool(succeeded) and added is None and _unchanged(lines),
        reload_announced=bool(_RELOADS.search(text)),
        added_version=added,
    )


def _verdict(lines: list[str], operation: str | None) -> tuple[bool, str] | None:
    """Return the last verdict and the operation it is on; a SUCCESS of a part is none for the whole."""
    last: tuple[bool, str] | None = None
    for line in lines:
        if found := _FAILED.fullmatch(line):
            last = (False, found[1].lower())
        elif (found := _SUCCESS.fullmatch(line)) and operation in {None, found[1].lower()}:
            last = (True, found[1].lower())
    return last


def _reasons(lines: list[str]) -> list[str]:
    """Collect what the members said first, then what the last line said; where none does, the words in that line."""
    reasons: list[str] = []
    behind = ""
    for line in lines:
        if found := _FAILED.fullmatch(line):
            behind = found[3] or ""
            of_file = _OF_FILE.fullmatch(behind)
            reasons += [found[2]] if found[2] else [of_file[1]] if of_file else []
        elif (found := _REASON.fullmatch(line)) or (found := _REASON_WORDS.fullmatch(line)):
            inner = _FAILED.fullmatch(f"FAILED: {found[1]}")
            reasons.append(inner[2] if inner and inner[2] else found[1])
        elif found := _TO_DO_WHAT.fullmatch(line):
            reasons.append(found[1])
        elif _CAUSE.fullmatch(line):
            reasons.append(line)
    reasons = reasons or [found[1] for line in lines if (found := _COMPLAINT.fullmatch(line))]
    return reasons or ([] if _NO_REASON.fullmatch(behind) else [behind])


def _with_cure(reason: str) -> str:
    """Add what to do to a reason from which nobody sees it."""
    return f"{reason}; next: {_UNLOCK}" if _LOCKED.search(reason) else reason


def _unchanged(lines: list[str]) -> bool:
    results = [found[1] for line in lines if (found := _MEMBER_RESULT.fullmatch(line))]
    return bool(results) and all(map(_UNCHANGED.search, results)) and not any(map(_CHANGING.fullmatch, lines))


def parse_install_remove_outcome(text: str, command: str = "install remove inactive") -> RemoveOutcome:
    """Read what `install remove …` listed and deleted; a SUCCESS alone does not mean that files went away."""
    outcome = parse_install_outcome(text, command)
    lines = [plain_words(line) for line in filled(text, command, TERMINAL)]
    if outcome.operation not in {None, "remove"}:
        raise UnparsableOutput(command, lines[0], "this is another install operation's")
    start = next((number for number, line in enumerate(lines) if _TO_REMOVE.fullmatch(line)), None)
    listed: list[str] = []
    for line in lines[start + 1 : -1] if start is not None else []:
        if _ASKS.fullmatch(line):
            break
        if found := _LISTED.fullmatch(line):
            listed.append(found[1])
    deleted = [found[1] for line in lines if (found := _DELETED.fullmatch(line))]
    rejected = any(map(_REJECTED.fullmatch, lines))
    said_nothing = any(map(_NOTHING_TO_CLEAN.fullmatch, lines))
    return RemoveOutcome(
        succeeded=outcome.succeeded,
        reason=outcome.reason,
        listed=tuple(dict.fromkeys(listed)),
        deleted=tuple(dict.fromkeys(deleted)),
        rejected=rejected,
        nothing_to_remove=said_nothing or (bool(outcome.succeeded) and not listed and not deleted and not rejected),
    )
