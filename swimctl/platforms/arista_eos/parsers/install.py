"""How `install source …` ended: it sets the image that boots next, and may reload."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.platforms.arista_eos.platform import TERMINAL
from swimctl.platforms.facts import InstallOutcome
from swimctl.platforms.text import filled, is_half

COMMAND: Final = "install source"

# `Preparing new boot-config... done.`; on two supervisors `Committing changes on this supervisor... done.`
_STEP: Final = re.compile(
    r"((?:Preparing|Committing|Copying|Verifying|Checking|Downloading|Extracting|Optimizing|Saving|Updating)\b[^.]*"
    r"(?:\.(?!\.\.)[^.]*)*)\.\.\. ?(.*)",
    re.IGNORECASE,
)
_DONE: Final = re.compile(r"done\.?|ok\.?|complete[d]?\.?", re.IGNORECASE)
_WORDS: Final = ("done.", "ok.", "completed.")
_SUCCEEDED: Final = re.compile(r"Installation succeeded\.?", re.IGNORECASE)
_FAILED: Final = re.compile(
    r"(Installation (?:failed|aborted).*|% ?Error.*|Error: *.*|%.*(?:fail|not enough|no such|invalid).*"
    r"|.*No space left.*|.*\(No such file or directory\).*)",
    re.IGNORECASE,
)
_RELOADS: Final = re.compile(
    r"Reloading (?:this|the other|standby|both) supervisors?\b.*|Reloading\.\.\..*", re.IGNORECASE
)
_COMMITTED: Final = re.compile(r"Committing changes\b.*", re.IGNORECASE)


def parse_install_outcome(text: str) -> InstallOutcome:
    """Read the steps. A success is `Installation succeeded.`, or, at a terminal, that all steps to the last are done.

    `succeeded` is None where it ends inside a step. Raises UnparsableOutput where no line is the installer's.
    """
    lines = [" ".join(line.split()) for line in filled(text, COMMAND, TERMINAL)]
    steps = [found for line in lines if (found := _STEP.fullmatch(line))]
    failed = next((line for line in lines if _FAILED.fullmatch(line)), None)
    if failed is None:
        # `do` on the last line is no failure: the word is not at its end.
        ended = [step for step in steps if step[2] and not (step[0] == lines[-1] and is_half(step[2], _WORDS))]
        failed = next((step[0] for step in ended if not _DONE.fullmatch(step[2])), None)
    succeeded = any(map(_SUCCEEDED.fullmatch, lines))
    if not steps and not succeeded and failed is None:
        raise UnparsableOutput(COMMAND, lines[0], "no line is the installer's")
    committed = [step for step in steps if _COMMITTED.fullmatch(step[1])]
    done = bool(committed) and all(_DONE.fullmatch(step[2]) for step in steps)
    return InstallOutcome(
        operation="source",
        succeeded=False if failed is not None else (True if succeeded or done else None),
        reason=failed,
        reload_announced=any(map(_RELOADS.fullmatch, lines)),
    )
