"""How `request system software add`, `validate` and `rollback` ended, on each member that answered."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.platforms.facts import InstallOutcome
from swimctl.platforms.juniper_junos.facts import SoftwareRequest
from swimctl.platforms.juniper_junos.netconf import RESULT, cli_text
from swimctl.platforms.juniper_junos.nodes import sections
from swimctl.platforms.juniper_junos.platform import TERMINAL
from swimctl.platforms.text import filled, plain_words

# Of host-based installers (EX4300-MP, QFX5110, QFX5120) that stage a package on the host: captures/more/juniper_junos,
# request_system_software_add/03 and 04, request_system_software_rollback/01. `NOTE: A reboot …` is Junos Evolved's.
_STAGED: Final = re.compile(
    r".*\bHost OS upgrade staged\b.*|Reboot the system to complete installation\b.*",
    re.IGNORECASE,
)
_REBOOT: Final = re.compile(
    r".*\bwill become active at next reboot\b.*|.*\bset will be activated at next reboot\b.*"
    rf"|(?:WARNING: |NOTE: )*A reboot is required\b.*|{_STAGED.pattern}",
    re.IGNORECASE,
)
# A rollback takes back what waits for its reboot; where nothing does it makes the release before the next one. That of
# a staged upgrade is an SRX1500's, of which one source only is known: shigechika/junos-ops.
_TAKEN_BACK: Final = re.compile(
    r"(?:NOTICE: )?The 'pending' set has been removed\b.*|Deleting bootstrap installer\b.*"
    r"|Rollback of staged upgrade succeeded.*",
    re.IGNORECASE,
)
_VALID: Final = re.compile(r"Validation succeeded\.?", re.IGNORECASE)
_VERDICT: Final = re.compile(r"(?i:Validation failed)\.?.*|ERROR: .*")
_BEGUN: Final = re.compile(
    r"Checking compatibility with configuration|Junos Validation begin\b|Validating against ", re.IGNORECASE
)
_PENDING: Final = re.compile(r"There is (?:already an install pending|(?:a |an )?pending upgrade)\b.*", re.IGNORECASE)
_FAILED: Final = re.compile(
    r"error: (?!reboot |shutdown |halt ).*|Validation failed\.?.*"
    r"|.*\b(?:rollback|install(?:ation)?|upgrade|package) (?:aborted|failed)\b.*"
    # `There is NO image for ROLLBACK`: an SRX4600 that has no older release (device-facts.md).
    # `WARNING: Cannot rollback, /packages/junos is not valid`: Juniper/py-junos-eznc, and Juniper's netdev for Ruby.
    r"|.*\bno image for rollback\b.*|(?:WARNING: )?Cannot rollback\b.*"
    r"|Available space: -\d+ require: .*|.*\bis not found or empty|.*\bAborting install\b.*"
    rf"|{_PENDING.pattern}",
    re.IGNORECASE,
)
# Why it failed stands above the verdict: `22.3.tgz: truncated gzip input`, `certificate is not yet valid:`.
_WHY: Final = re.compile(
    r".*\b(?:truncated|corrupt(?:ed)?|invalid|not (?:yet )?valid|expired|mismatch|cannot|could not|unable to|no space"
    r"|not enough|not supported|exceeds?|incompatible|not compatible|check-?out failed|no such file|read-only file"
    r"|(?:input/output|i/o) error)\b.*",
    re.IGNORECASE,
)
# What only the installer says, good or bad; `mgd: error: …` is the noise of a validation.
_OURS: Final = re.compile(
    r"Verified \S+ signed by .*|Checking compatibility with configuration|Junos Validation begin\..*"
    r"|(?!Adding packages$)(?:Adding|Installing|Mounting|Removing|Registering|Using) (?:package )?\S+.*"
    r"|Validating against .*|upgrade_platform: .*|Install completed|Initiating rollback on the Host.*"
    r"|Pushing (?:bundle|package|Junos image package) .*|Rolling back to \S+ image"
    r"|Saving (?:state for rollback|boot file package|the config files).*|Checking pending install.*"
    r"|Package contains .*|Starting upgrade.*|\[[A-Z][a-z]{2} [^\]]*\]: .*",
)
# `JUNOS 15.1R7.8 will …`, and where a rollback names the package: `junos-vsrx-12.1X46-D30.2-domestic will …`
# (Juniper/py-junos-eznc, tests of `rollback`).
_CHANGES_AT: Final = re.compile(
    r"(?:JUNOS(?: version)? ['\"]?|junos-(?:[a-z]\w*-)*(?=\d))([\w.-]+?)(?:-(?:domestic|export|limited))?['\"]?"
    r" will become active at next reboot.*",
    re.IGNORECASE,
)
# `Rollback staged to image qfx-5e-flex-22.2R2-S1.5.202311221700.`: a date stands behind the release. Only the line
# below it says that the reboot completes it.
_BACK_TO: Final = re.compile(
    r"Rollback staged to image \S*?(\d+\.\d+[A-Z]\d+(?:-[SD]\d+)?(?:\.\d{1,3}(?!\d))?)(?:[.-]\S*)?", re.IGNORECASE
)
_RELOADS: Final = re.compile(r"Shutdown NOW!|Rebooting\b.*|\*\*\* FINAL System shutdown message .*", re.IGNORECASE)


def parse_software(text: str, command: str) -> SoftwareRequest:
    """Return the last verdict of each member; the whole has failed where one has, and is open where one is.

    A reply over NETCONF reads alike; its number is the verdict where the text has none. Which lines an installer prints
    on its way differs from package to package: those that no verdict is made of are not told as unknown. Raises
    UnparsableOutput where no line is the installer's.
    """
    operation = command.split()[3]
    lines = [plain_words(line) for line in filled(cli_text(text), command, TERMINAL)]
    parts = [(node, body) for node, body in sections(command, lines) if body]
    outcomes = [(node, _outcome(operation, body)) for node, body in parts]
    verdicts = [outcome.succeeded for _, outcome in outcomes]
    if not any(map(_is_ours, lines)):
        raise UnparsableOutput(command, lines[0], "no line is the installer's")
    named = {node: outcome for node, outcome in outcomes if node}
    # Above the members the device may speak for all of them (`Checking pending install on fpc0`).
    if named:
        verdicts = [outcome.succeeded for outcome in named.values()]
        verdicts += [False for node, outcome in outcomes if not node and outcome.succeeded is False]
    reasons = [f"{node}: {outcome.reason}" if node else outcome.reason for node, outcome in outcomes if outcome.reason]
    failed = False in verdicts
    return SoftwareRequest(
        operation=operation,
        succeeded=False if failed else (True if verdicts and None not in verdicts else None),
        reason="; ".join(reasons) if failed else None,
        reload_announced=any(map(_RELOADS.fullmatch, lines)),
        added_version=next((outcome.added_version for _, outcome in outcomes if outcome.added_version), None),
        reboot_required=any(map(_REBOOT.fullmatch, lines)),
        already_pending=any(map(_PENDING.fullmatch, lines)),
        on_host=any(map(_STAGED.fullmatch, lines)),
        members=named,
    )


def _is_ours(line: str) -> bool:
    return any(each.fullmatch(line) for each in (_REBOOT, _VALID, _FAILED, _TAKEN_BACK, _OURS)) or line.startswith(
        RESULT
    )


def _is_hard(operation: str, line: str) -> bool:
    return operation != "validate" and line.startswith("ERROR:")


def _outcome(operation: str, lines: Sequence[str]) -> InstallOutcome:
    good = (_VALID,) if operation == "validate" else (_REBOOT, _TAKEN_BACK) if operation == "rollback" else (_REBOOT,)
    said = [(number, line) for number, line in enumerate(lines) if _FAILED.fullmatch(line)]
    why = [line for line in lines if _WHY.fullmatch(line) and not _FAILED.fullmatch(line)]
    last_good = max((n for n, line in enumerate(lines) if any(each.fullmatch(line) for each in good)), default=-1)
    # A validation makes noise before its verdict; elsewhere a good word behind an error is of another member or step.
    said = [(number, line) for number, line in said if number > last_good or _is_hard(operation, line)]
    if (
        operation == "validate"
        and not any(map(_VERDICT.fullmatch, lines[max(0, last_good) :]))
        and any(map(_BEGUN.match, lines))
    ):
        said = []  # noise of a validation that has not ended
    result = next((line.removeprefix(RESULT).strip() for line in lines if line.startswith(RESULT)), None)
    verdict = False if said else (True if last_good >= 0 else None)
    if result is not None:
        verdict = verdict is not False and result == "0"
    version = next(
        (found[1] for line in lines if (found := _CHANGES_AT.fullmatch(line) or _BACK_TO.fullmatch(line))), None
    )
    failed = [line for _, line in said]
    words = failed if operation == "validate" else [*why, *failed]
    reason = "; ".join(dict.fromkeys(words)) or (f"the device's result is {result}" if result else None)
    return InstallOutcome(
        operation, verdict, reason if verdict is False else None, added_version=version if verdict else None
    )
