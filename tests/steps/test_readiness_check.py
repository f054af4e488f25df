"""What the readiness check records and keeps, and what its questions say where an answer does not read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from support.scripted_steps import BEFORE, IMAGE, NAME, OLD, OLD_RUNS, Scripted, activated, stands

from swimctl.errors import CommandRefused, UnexpectedPrompt
from swimctl.models import Device, Finding, JobOptions
from swimctl.platforms import configured
from swimctl.platforms.base import Driver, Session
from swimctl.platforms.facts import Placement
from swimctl.platforms.journal import Logged
from swimctl.platforms.terminal import Answer, answer
from swimctl.sessions.session import Reply
from swimctl.steps.baseline import keep_baseline, kept_baseline, log_marks
from swimctl.steps.first_look import first_look
from swimctl.steps.others import at_work, told
from swimctl.steps.readiness import FOUND, ReadinessCheck

CONFIGURATION = "hostname sw1\ninterface Gi1/0/1\n shutdown\nend\n"
HOLDS = Finding("rule", ok=True, seen="well", needed="well")
LOOKS: dict[str, Any] = {
    "identity": [[HOLDS]],
    "check": [[HOLDS]],
    "file_size": [None],
    "unready": [None],
    "snapshot": [BEFORE],
    "configuration": [CONFIGURATION],
    "log_mark": ["the newest line"],
}


def first(tmp_path: Path, **script: Any) -> Scripted:
    """Return a job whose device was never looked at."""
    job = Scripted(
        folder=tmp_path,
        installed=[stands(Placement.ABSENT)],
        running=[OLD_RUNS],
        **{**LOOKS, **script},
    )
    for key in ("baseline", "baseline taken", FOUND):
        del job.record.memory[key]
    return job


def test_a_ready_device_has_its_baseline_kept_with_all_that_is_compared_later(tmp_path: Path) -> None:
    job = first(tmp_path)
    job.clock.seconds = 70.0
    outcome = ReadinessCheck().run(job.context)
    assert outcome.message.startswith(f"ready: {OLD} to {IMAGE.version}, ")
    kept = kept_baseline(job.record.recall)
    assert kept is not None
    now = configured("cisco_xe", CONFIGURATION)
    assert (kept.hostname, kept.configuration, kept.blocks) == (NAME, now.digest, now.blocks)
    assert now.digest
    assert (tmp_path / "running-config.txt").read_text(encoding="utf-8") == CONFIGURATION
    found = job.record.memory[FOUND]
    assert {key: found[key] for key in ("uptime", "restarted_at", "version")} == {
        "uptime": BEFORE.uptime, "restarted_at": BEFORE.restarted_at, "version": BEFORE.version,
    }  # fmt: skip
    assert found["seconds"] == 70.0
    assert log_marks(job.record.recall) == ("the newest line", "the newest line")
    assert job.record.said == ["reading the device", "keeping the baseline"]
    assert [kind for kind, _ in job.record.events] == ["readiness", "baseline"]
    assert re.fullmatch(r"(\d+) of \1 rules hold", job.told("readiness")[0])


def test_a_device_without_serial_numbers_is_told_to_be_known_by_its_name(tmp_path: Path) -> None:
    bare = replace(BEFORE, serials=(), unread={"serials": "'show inventory' was refused"})
    job = first(tmp_path, snapshot=[bare])
    ReadinessCheck().run(job.context)
    assert job.told("who") == ["no serial number reads, so its host name is who it is: 'show inventory' was refused"]


def test_once_the_activation_was_sent_nothing_is_checked() -> None:
    job = Scripted(memory=activated())
    outcome = ReadinessCheck().run(job.context)
    assert outcome.message == "the activation was sent before; going on from what the device says"
    assert (job.opened, job.driver.asked) == (0, [])


def test_each_baseline_has_a_place_and_a_log_of_its_own() -> None:
    memory: dict[str, Any] = {}
    clock = Scripted().clock
    for number in (1, 2, 3):
        clock.seconds = number * 1000.0
        keep_baseline(memory.get, memory.setdefault, clock, replace(BEFORE, version=f"17.0{number}"), f"line {number}")
        kept = kept_baseline(memory.get)
        assert kept is not None
        assert kept.version == f"17.0{number}"
        assert log_marks(memory.get) == ("line 1", f"line {number}")
    assert {key for key in memory if key.startswith("baseline") and key.endswith("log")} == {
        "baseline log", "baseline 2 log", "baseline 3 log",
    }  # fmt: skip


def test_what_others_began_is_listed_and_what_was_sent_twice_is_ours() -> None:
    adds = Logged("a", frozenset({"add"}), "install add", "anna adds", ended=True)
    reloads = Logged("r", frozenset({"activate"}), "reload", "anna reloads", ended=False)
    assert told((adds, reloads)) == "'anna adds', 'anna reloads', which has not ended"
    read = Logged("read")
    job = Scripted(memory={"add sent again": {"mark": "read"}}, journal=[(read, adds)])
    assert at_work(job.context, job.driver) == ()
    alone = Scripted(journal=[(read, adds)])
    assert at_work(alone.context, alone.driver) == (adds,)


@dataclass
class Noted:
    """A session that notes what it is given."""

    given: list[Any] = field(default_factory=list)

    def run(self, command: str, deadline: float, *, quiet: bool = False) -> str:
        self.given.append((command, deadline, quiet))
        return "said"

    def converse(
        self, command: str, answers: Sequence[Answer], deadline: float, *, closing: re.Pattern[str] | None = None
    ) -> Reply:
        self.given.append((command, answers, deadline, closing))
        return Reply("said")

    def ended_within(self, seconds: float, *, watch: bool = False) -> bool:
        self.given.append((seconds, watch))
        return watch


@pytest.mark.parametrize(
    ("error", "next_"),
    [
        (
            CommandRefused("it says no"),
            (
                "what its AAA server refuses must be allowed to that account; for a bug report "
                "`swimctl device capture sw1 --out DIR` gathers what it prints"
            ),
        ),
        (UnexpectedPrompt("it asks"), "the rest was not asked"),
    ],
)
def test_what_does_not_read_is_a_finding_with_the_command_and_the_account_that_gave_it(
    error: Exception, next_: str
) -> None:
    answers, closing = (answer("go on", "y"),), re.compile("FAILED")
    session = Noted()

    def make(noting: Session) -> Driver:
        assert noting.run("show version", 5, quiet=True) == "said"
        assert noting.ended_within(3, watch=True)
        assert noting.converse("install x", answers, 7, closing=closing).text == "said"
        raise error

    device = Device(1, NAME, "cisco_xe", "192.0.2.1")
    look = first_look(session, make, device, IMAGE, JobOptions(), username="netops", taken_at="now")
    assert session.given == [("show version", 5, True), (3, True), ("install x", answers, 7, closing)]
    (finding,) = look.findings
    assert (finding.rule, finding.ok, finding.seen) == ("readable what runs", False, str(error))
    assert finding.needed == "an output that can be read"
    assert finding.next_command == f"give `install x` on sw1 as 'netops' and look; {next_}"
    assert look.closed is isinstance(error, UnexpectedPrompt)
