"""What proves each decision after the point of no return: the rules of the steps, and the commands of each driver.

`python tests/evidence_page.py` writes docs/evidence.md anew.
"""

from __future__ import annotations

from pathlib import Path

from support_matrix import supported

from swimctl.platforms.base import Support
from swimctl.platforms.evidence import Decision
from swimctl.steps.evidence import RULES

PAGE = Path(__file__).parent.parent / "docs" / "evidence.md"
_HEAD = """\
# Evidence after the point of no return

A device was told to activate. Now `show version` reads well, but `show install summary` has a line that swimctl does
not know. Must the device go back? No: one output decides nothing here. For each decision there is a first evidence and
a second one, and a rule for the case that neither can be read.

The first table has the rules for all systems. The other tables name the commands of each system.
`python tests/evidence_page.py` writes this page.

## What you may find at 2 AM

**Release and members are proved. The install state cannot be read.**

1. swimctl commits, and reads the install state again for a minute.
2. If it can be read now, it decides.
3. If not, the answer to the commit counts, and the target must still run on every member. The job ends `success`. Its
   message says what proved it.

**Release and members are proved. A part of the comparison cannot be read** (refused, garbled, empty, cut).

1. swimctl asks again for `deadlines.ready`, but stops 5 minutes before the device's own timer ends.
2. Then it commits. A good upgrade does not go back because a neighbour table cannot be read.
3. The job ends `failed` and the device is `upgraded`. The message names what was not compared, and why. Check that on
   the device. You do not need a retry.

**An output can be read, and it is worse than before.** The device goes back, whatever else cannot be read.

**The release of a member cannot be read**, not even by the second evidence. swimctl sends no commit and does not go
back. The job ends `unknown`.

**After the way back, the install state cannot be read.** The release that runs on every member, on a newer boot, proves
it.

A job can end while the device still waits: its timer runs, its next reload would start something else, or its release
is not committed. Then the job tells you until when (in the time of the machine that runs swimctl), what happens then,
and what to type to keep the release or to leave it. It tells you this also if the device cannot be reached, or if it
refuses `install commit` or `install abort` to the account.

## The rules
"""


def _cell(text: str) -> str:
    return text.replace("|", "\\|") or "none"


def _of(support: Support) -> list[str]:
    rows = [
        f"| {decision} | {_cell(found.first)} | {_cell(found.second)} |"
        for decision, found in ((each, support.evidence[each]) for each in Decision)
    ]
    return [f"## {support.name}", "", "| decision | first | second |", "|---|---|---|", *rows, ""]


def page() -> str:
    """Write docs/evidence.md."""
    return "\n".join(
        [
            _HEAD,
            "| decision | first evidence | second evidence | if neither can be read |",
            "|---|---|---|---|",
            *(
                f"| {decision} | {_cell(rule.first)} | {_cell(rule.second)} | {_cell(rule.neither)} |"
                for decision, rule in RULES.items()
            ),
            "",
            *(line for _, support in supported() for line in _of(support)),
        ]
    )


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
