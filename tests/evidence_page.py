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

Once a device was told to activate, no single output decides what becomes of it: one blank in a line that swimctl does
not know must neither take a good upgrade back nor pass for one. For each decision there is a first evidence, a second
one, and what happens where neither reads. The first table is the rule of all systems, the others name the commands of
each (`python tests/evidence_page.py` writes this page anew).

## What you find at 2 AM

- **Release and members are proved, the install state does not read**: it is committed, and read again for a minute. If
  it reads, it decides. If not, the commit's own word of success counts, with the target still running on every member;
  the job is a `success` whose message says by what.
- **Release and members are proved, a part of the comparison does not read** (refused, garbled, empty, cut): it is asked
  again for `deadlines.ready`, but never into the last 5 minutes of the device's own timer. Then it is committed: a good
  upgrade is not taken back, and no timer runs out, because a neighbour table does not read. The job ends `failed`, the
  device `upgraded`, and the message names what was not compared and why. It needs no retry: look at that on the device.
- **What reads is worse than before**: it goes back, whatever else does not read.
- **The release of a member does not read**, by the second evidence either: nothing is committed and nothing is taken
  back. The job ends `unknown`.
- **The way back does not read**: what runs on every member, on a newer boot, proves it.

Any job that ends while the device still waits (its timer runs, its next reload starts something else, what runs is not
committed) says until when by the clock on the wall of this machine, what happens then, and what to type to keep or to
leave it; also where the device cannot be reached, and where it refuses `install commit` or `install abort` to the
account.

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
            "| decision | first evidence | second evidence | where neither reads |",
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
