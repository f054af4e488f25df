"""How a job ends with each fault of the lab: the one table, which the tests prove and docs/faults.md shows.

`python tests/fault_matrix.py` writes the page anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from swimctl.lab.cisco_xe.install_words import REASONS
from swimctl.lab.faults import DROP_STEPS, FAULTS, INSTALL_OPERATIONS, INSTALL_REASONS, MOMENTS
from swimctl.models import Outcome
from swimctl.states import STEP_NAMES, JobStatus

PAGE = Path(__file__).parent.parent / "docs" / "faults.md"
READINESS, DISTRIBUTION, ACTIVATION, POST_CHECKS = STEP_NAMES.values()


@dataclass(frozen=True, slots=True)
class End:
    """How a job ends, in which step, what its device then is, and what the message must name."""

    status: JobStatus
    step: str
    outcome: Outcome
    words: str = ""

    def __str__(self) -> str:
        if self.status is JobStatus.SUCCESS:
            return f"`{self.status}`, {self.outcome}"
        return f"`{self.status}` in {self.step}, {self.outcome}"


UPGRADED = End(JobStatus.SUCCESS, POST_CHECKS, Outcome.UPGRADED)


def refused(words: str) -> End:
    return End(JobStatus.FAILED, READINESS, Outcome.UNTOUCHED, words)


def not_activated(words: str) -> End:
    return End(JobStatus.FAILED, ACTIVATION, Outcome.UNTOUCHED, words)


def rolled_back(words: str) -> End:
    return End(JobStatus.FAILED, POST_CHECKS, Outcome.ROLLED_BACK, words)


def uncommitted(words: str) -> End:
    return End(JobStatus.FAILED, POST_CHECKS, Outcome.UNKNOWN, words)


COLUMNS: Mapping[str, str] = {"switch": "on a switch", "stack": "on a stack"}
"""A single switch among many, in a batch that goes on after failures; a stack alone in its batch."""


def _install_failures() -> Iterator[tuple[str, End]]:
    for operation, end in zip(INSTALL_OPERATIONS, (not_activated, not_activated, uncommitted), strict=True):
        for reason in INSTALL_REASONS:
            # The words of a full flash differ by release.
            why = "KB of free space" if reason == "no-space" else REASONS[reason]
            said = f"'install {operation}' failed: " if reason != "no-space" else ""
            yield f"install-fails:{operation}:{reason}", end(f"{said}{why}")


def _rows() -> Iterator[tuple[str, End]]:
    space = "seen 1.5 MB, needed 7.5 MB"
    yield "no-space", refused(space)
    yield "slow-flash", UPGRADED
    yield "corrupt-copy", UPGRADED
    wrong = "still wrong: its sha512 is"
    yield "corrupt-copy:always", End(JobStatus.FAILED, DISTRIBUTION, Outcome.UNTOUCHED, wrong)
    for step in DROP_STEPS:
        yield f"drop-session-at:{step}", UPGRADED
    # Any other line ends so too: tests/upgrade/test_session_loss.py tries each.
    yield "drop-session-before:20", UPGRADED
    yield "drop-session-after:90", UPGRADED
    yield "refuse-login", refused("refused the login of 'admin'")
    yield "login-lockout", UPGRADED
    yield "never-returns", End(JobStatus.FAILED, ACTIVATION, Outcome.UNKNOWN, "did not come back")
    yield "boots-old-image", rolled_back("again: seen")
    yield "member-mismatch", rolled_back("rolled back to")
    yield "member-missing", rolled_back("rolled back to")
    yield "install-fails", not_activated("'install add' failed: Operation could not be completed")
    yield from _install_failures()
    yield "does-nothing", not_activated("answered with success, but")
    yield "no-boot-time", UPGRADED
    yield "no-boot-time:uptime", refused("neither uptime nor restart time")
    yield "interface-lost", rolled_back("uplinks lost")
    yield "access-lost", UPGRADED
    yield "garbled-output", refused("cannot read the output of")
    for model in ("models-refuse", "models-empty", "models-lag", "models-gone"):
        yield model, UPGRADED
    yield "abnormal-reload", rolled_back("calls its last reload abnormal")
    # Release and members are proved: it is committed, and what was not compared is no success.
    yield (
        "unreadable:garbage:show ip route summary",
        End(JobStatus.FAILED, POST_CHECKS, Outcome.UPGRADED, "something could not be compared"),
    )
    for moment in MOMENTS:
        yield (
            f"another-device:{moment}",
            End(JobStatus.FAILED, ACTIVATION, Outcome.UNKNOWN, "another device answers at"),
        )
    yield "somebody-installs", End(JobStatus.FAILED, ACTIVATION, Outcome.UNKNOWN, "somebody else installs on")
    yield "clock-jumps", UPGRADED
    yield "configuration-lost", rolled_back("blocks of the configuration lost")
    yield "new-host-key", End(JobStatus.FAILED, ACTIVATION, Outcome.UNKNOWN, "shows another host key since")
    yield "member-dies", End(JobStatus.FAILED, ACTIVATION, Outcome.UNKNOWN, "no longer ready, nothing was activated")
    yield "busy-install", not_activated("Another install operation is in progress")
    # The images are pushed here; what becomes of a pull, tests/upgrade/test_pull.py shows.
    yield "pull-fails:unreachable", UPGRADED
    # Checks that come with swimctl find these.
    yield "bgp-lost", rolled_back("check bgp-sessions: ")
    yield "ospf-lost", rolled_back("check ospf-neighbors: ")
    yield "isis-lost", rolled_back("check isis-neighbors: ")
    yield "vlan-lost", rolled_back("check vlans: ")
    yield "poe-lost", rolled_back("check poe-faults: ")
    yield "hot", rolled_back("check temperature: ")
    # These run IOS-XE.
    yield "fpd-old", UPGRADED
    # Nobody names an address here.
    yield "ping-lost", UPGRADED
    # These have no partner; tests/upgrade/test_default_checks_at_work.py shows those that have one.
    yield "partner-lost", UPGRADED
    yield "uplink-errors", UPGRADED
    # No switch has access points: tests/upgrade/test_access_points.py.
    yield "access-point-lost", UPGRADED
    yield "predownload-fails:one", UPGRADED


_OTHERWISE: Mapping[str, Mapping[str, End]] = {
    # The only member mismatches with itself: it runs the target, and says that it is not installed.
    "member-mismatch": {"switch": uncommitted("again: seen")},
    # This one has NETCONF: with it the release reads at once, and the next look is that of the post-checks.
    "another-device:after": {
        "stack": End(JobStatus.FAILED, POST_CHECKS, Outcome.UNKNOWN, "another device answers at"),
    },
    # The only member does not go away.
    "member-dies": {"switch": UPGRADED},
}
MATRIX: Mapping[str, Mapping[str, End]] = {
    fault: dict.fromkeys(COLUMNS, end) | dict(_OTHERWISE.get(fault, {})) for fault, end in _rows()
}
"""By fault and column."""


def page() -> str:
    """Write docs/faults.md."""
    lines = [
        "# Faults",
        "",
        "    swimctl lab up --devices 8 --dir lab --fault sw3=no-space",
        "",
        "A lab switch can have these faults. The second table says how a job ends with each of them.",
        "`tests/upgrade/test_fault_matrix.py` proves each cell: it asks the switch itself. The page is written by",
        "`python tests/fault_matrix.py`.",
        "",
        "| fault | what it does |",
        "|---|---|",
        *(f"| `{name}` | {text} |" for name, text in FAULTS.items()),
        "",
        "## How a job ends",
        "",
        "- *on a switch*: one switch among healthy ones and others. It is in a wave, and another wave follows.",
        "- *on a stack*: a stack of three, alone in its batch. A fault of a member hits the last member.",
        "",
        "After the comma is the job's `outcome`. If it is `unknown`, you must look at the device. It was told to",
        "activate, and then one of three things is true: it cannot be asked, its outputs contradict each other, or",
        "it has not committed and will go back when its timer ends.",
        "",
        "`install-fails:WHAT` with only an operation, or only a reason, ends like the row with both.",
        "",
        f"| fault | {' | '.join(COLUMNS.values())} |",
        "|---|---|---|",
        *(f"| `{fault}` | {' | '.join(map(str, row.values()))} |" for fault, row in MATRIX.items()),
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
