"""What the readiness check records and keeps, and what its questions say where an answer cannot be read."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from support.scripted_steps import BEFORE, IMAGE, NAME, NEW, OLD, OLD_RUNS, Scripted, activated, runs, stands

from swimctl.errors import DeadlineExceeded, NotReady, OtherDevice, StepFailed
from swimctl.models import Finding, JobOptions, Outcome
from swimctl.platforms import configured
from swimctl.platforms.driver import Driver
from swimctl.platforms.facts import Placement
from swimctl.platforms.journal import Logged
from swimctl.steps.base import ENTERED
from swimctl.steps.baseline import keep_baseline, kept_baseline, log_marks
from swimctl.steps.ending import outcome_of_failure
from swimctl.steps.others import at_work, told
from swimctl.steps.readiness import FOUND, ReadinessCheck, baseline
from swimctl.steps.who import Met

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
    facts = {"installed": [stands(Placement.ABSENT)], "running": [OLD_RUNS], **LOOKS, **script}
    job = Scripted(folder=tmp_path, **facts)
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
    assert job.record.said == ["reading the device", "saving the baseline"]
    assert [kind for kind, _ in job.record.events] == ["runs", "readiness", "baseline"]
    assert re.fullmatch(r"(\d+) of \1 rules hold", job.told("readiness")[0])


def test_a_device_without_serial_numbers_is_told_to_be_known_by_its_name(tmp_path: Path) -> None:
    bare = replace(BEFORE, serials=(), unread={"serials": "'show inventory' was refused"})
    job = first(tmp_path, snapshot=[bare])
    ReadinessCheck().run(job.context)
    assert job.told("who") == [
        "no serial number can be read, so the host name identifies it: 'show inventory' was refused"
    ]


def test_once_the_activation_was_sent_nothing_is_checked() -> None:
    job = Scripted(memory=activated())
    outcome = ReadinessCheck().run(job.context)
    assert outcome.message == "the activation was sent before; asking the device how far it got"
    assert (job.opened, job.driver.asked) == (0, [])


LACKS = Finding("free flash", ok=False, seen="2 MB", needed="7 MB", next_command="`dir flash:`")


def test_a_device_that_is_not_ready_is_refused_with_every_rule_that_does_not_hold_and_nothing_is_kept(
    tmp_path: Path,
) -> None:
    second = replace(LACKS, rule="boot mode")
    job = first(tmp_path, check=[[HOLDS, LACKS, second]])
    with pytest.raises(NotReady) as refused:
        ReadinessCheck().run(job.context)
    assert str(refused.value) == f"not ready, nothing was changed: {LACKS} | {second}"
    held, all_ = re.fullmatch(r"(\d+) of (\d+) rules hold", job.told("readiness")[0]).groups()  # type: ignore[union-attr]
    assert int(all_) - int(held) == 2
    assert kept_baseline(job.record.recall) is None
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("uptime", "kind"), [(60, StepFailed), (30 * 86_400, NotReady)])
def test_a_device_that_booted_since_the_first_login_and_is_refused_is_asked_once_more_what_it_is(
    tmp_path: Path, uptime: int, kind: type[StepFailed]
) -> None:
    job = first(tmp_path, check=[[LACKS]], running=[runs(OLD, OLD, uptime=uptime)])
    job.record.memory[ENTERED] = {"seconds": 0.0, "uptime": 0, "restarted_at": None}
    job.clock.seconds = 900
    with pytest.raises(StepFailed) as refused:
        ReadinessCheck().run(job.context)
    assert type(refused.value) is kind


def test_a_device_whose_session_had_to_be_closed_is_asked_once_more_what_it_is(tmp_path: Path) -> None:
    job = first(tmp_path, configuration=[DeadlineExceeded("it did not end")])

    def make(session: Any, *_: object) -> Driver:
        session.asked.append("show running-config")  # what closes a session belongs to its last command
        return cast("Driver", job.driver)

    with pytest.raises(StepFailed, match=r"^not ready, nothing was changed: .*it did not end") as refused:
        ReadinessCheck().run(replace(job.context, make_driver=make))
    assert not isinstance(refused.value, NotReady)


def test_another_device_than_a_scan_saw_there_is_refused_before_anything_is_kept_or_recorded_of_it(
    tmp_path: Path,
) -> None:
    job = first(tmp_path, serials=[("FOC7",)])
    job.record.seen_before = Met(("FOC1A",), "job 3", "2031-05-03 22:00")
    seen: list[object] = []
    job.record.saw = lambda *what: seen.append(what)  # type: ignore[method-assign]
    with pytest.raises(
        NotReady, match=r"serial number FOC7.*FOC1A, as job 3 saw at sw1.*`swimctl scan sw1 --replaced`"
    ):
        ReadinessCheck().run(job.context)
    assert (seen, kept_baseline(job.record.recall)) == ([], None)
    assert outcome_of_failure(job.context, NotReady(""))[0] is Outcome.UNTOUCHED


def test_a_device_that_another_job_holds_is_left_to_it(tmp_path: Path) -> None:
    job = first(tmp_path)
    job.record.held_by = "job 3 on core-1"
    with pytest.raises(StepFailed) as refused:
        ReadinessCheck().run(job.context)
    assert str(refused.value) == (
        "job 3 on core-1 has this very device (serial number FOC1A); needed: one job at a time; not ready, nothing was "
        "changed; next: `swimctl doctor` names devices that are in the inventory twice, `swimctl retry` when that "
        "job has ended"
    )
    assert kept_baseline(job.record.recall) is None


ACTIVATES = Logged("a", frozenset({"activate"}), "install activate", "06:13:40: Started install activate", ended=False)


@pytest.mark.parametrize("held", [True, False], ids=["held by another job", "a rule does not hold"])
@pytest.mark.parametrize("ended", [False, True])
def test_a_device_that_is_refused_under_somebody_elses_activation_is_not_untouched(
    tmp_path: Path, held: bool, ended: bool
) -> None:
    """The mark is of the look itself, so what is under way may have begun before it."""
    log = (replace(ACTIVATES, ended=ended), Logged("the newest line"))
    job = first(tmp_path, journal=[log], running=[runs(OLD, OLD, uptime=BEFORE.uptime)])
    del job.record.memory["baseline log"]
    if held:
        job.record.held_by = "job 3 on core-1"
    else:
        job.driver._script["check"] = [[LACKS]]
    with pytest.raises(StepFailed) as refused:
        ReadinessCheck().run(job.context)
    job.record.memory[ENTERED] = {"seconds": 0.0, "uptime": 0, "restarted_at": None}
    outcome, said = outcome_of_failure(job.context, refused.value)
    assert outcome is (Outcome.UNTOUCHED if ended else Outcome.UNKNOWN)
    assert ("06:13:40: Started install activate', which has not ended" in said) is not ended


def test_what_a_device_boots_by_stands_with_its_password_in_a_file_that_only_its_owner_reads(tmp_path: Path) -> None:
    folder = tmp_path / "7"
    boots = "boot system tftp://ops:secret@192.0.2.9/a.bin"
    job = first(folder, snapshot=[replace(BEFORE, boots=boots)])
    ReadinessCheck().run(job.context)
    kept = kept_baseline(job.record.recall)
    assert kept is not None
    assert "secret" not in kept.boots
    assert baseline(job.context) == replace(kept, boots=boots)
    files = {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()}
    assert files == {"boots.txt": 0o600, "running-config.txt": 0o600}
    assert folder.stat().st_mode & 0o777 == 0o700
    (folder / "boots.txt").unlink()
    assert baseline(job.context) == replace(kept, boots="")


def test_what_a_device_boots_by_is_in_no_file_where_it_names_no_secret(tmp_path: Path) -> None:
    job = first(tmp_path, snapshot=[replace(BEFORE, boots="flash:packages.conf")])
    ReadinessCheck().run(job.context)
    assert baseline(job.context).boots == "flash:packages.conf"
    assert [path.name for path in tmp_path.iterdir()] == ["running-config.txt"]


def test_where_what_was_before_cannot_be_kept_nothing_goes_on_and_no_defect_is_told(tmp_path: Path) -> None:
    (folder := tmp_path / "7").write_text("a file where the job's folder should be")
    job = first(folder)
    with pytest.raises(
        StepFailed, match=r"running-config.txt cannot be written: .*`swimctl.jobs_dir`; next: "
    ) as failed:
        ReadinessCheck().run(job.context)
    assert outcome_of_failure(job.context, failed.value)[0] is Outcome.UNTOUCHED
    assert kept_baseline(job.record.recall) is None


def test_a_line_of_the_log_that_names_a_secret_is_not_kept(tmp_path: Path) -> None:
    job = first(tmp_path, log_mark=["login with secret"])
    ReadinessCheck().run(job.context)
    assert log_marks(job.record.recall) == (None, None)


def test_without_a_baseline_nothing_is_compared() -> None:
    job = Scripted(memory={"baseline": None})
    with pytest.raises(StepFailed, match="no baseline was kept, so nothing could be compared; next: `swimctl retry`"):
        baseline(job.context)


def test_what_the_baseline_has_is_told(tmp_path: Path) -> None:
    rich = replace(BEFORE, access_up=("GigabitEthernet1/0/1",))
    job = first(tmp_path, snapshot=[rich])
    ReadinessCheck().run(job.context)
    assert job.told("baseline") == [
        f"{OLD}, 2 members, 2 interfaces up (1 of them access ports), 1 neighbours, 64 routes"
    ]


def test_what_runs_already_ends_the_job_unless_it_is_forced(tmp_path: Path) -> None:
    there: dict[str, Any] = {"installed": [stands(Placement.COMMITTED)], "running": [runs(NEW, NEW)]}
    job = first(tmp_path, **there)
    outcome = ReadinessCheck().run(job.context)
    assert (outcome.message, outcome.finished) == (f"already runs {NEW}, committed, on every member", True)
    forced = first(tmp_path, options=JobOptions(force=True), **there)
    with pytest.raises(NotReady, match="another image than runs"):
        ReadinessCheck().run(forced.context)


# Once more, right before the activation.


def aged(tmp_path: Path, seconds: float, **script: Any) -> Scripted:
    """Return a job whose baseline was kept so many seconds ago."""
    job = Scripted(folder=tmp_path, running=[OLD_RUNS], **{"installed": [stands(Placement.ABSENT)], **LOOKS, **script})
    job.clock.seconds = seconds
    return job


def test_a_fresh_baseline_is_not_taken_anew(tmp_path: Path) -> None:
    job = aged(tmp_path, 600)
    assert ReadinessCheck().once_more(job.context) is None
    assert (job.opened, job.record.events) == (0, [])


def test_an_old_baseline_is_taken_anew_with_the_rules(tmp_path: Path) -> None:
    job = aged(tmp_path, 6000, snapshot=[replace(BEFORE, neighbours=())])
    outcome = ReadinessCheck().once_more(job.context)
    assert outcome is not None
    assert (outcome.finished, baseline(job.context).neighbours) == (False, ())
    assert job.told("stale") == [
        "the device was checked 100 minutes ago; checking it again, right before the activation"
    ]


def test_a_baseline_whose_age_is_not_known_is_old(tmp_path: Path) -> None:
    job = aged(tmp_path, 1)
    del job.record.memory["baseline taken"]
    assert ReadinessCheck().once_more(job.context) is not None
    assert "checked at a time that is not known; checking it again" in job.told("stale")[0]


def test_a_rule_that_holds_no_longer_stops_the_activation(tmp_path: Path) -> None:
    job = aged(tmp_path, 1500, check=[[LACKS]])
    with pytest.raises(StepFailed, match="no longer ready, nothing was activated: free flash"):
        ReadinessCheck().once_more(job.context)


def test_a_member_that_is_gone_since_the_baseline_stops_the_activation(tmp_path: Path) -> None:
    job = aged(tmp_path, 1500, snapshot=[replace(BEFORE, members={"1": "Ready"})])
    with pytest.raises(StepFailed) as refused:
        ReadinessCheck().once_more(job.context)
    assert str(refused.value) == (
        f"no longer ready, nothing was activated: member 2 is gone since {BEFORE.taken_at}; seen 1; needed: every "
        "member that was there; next: its power and cables, then `swimctl retry`, which takes the device as it is then"
    )


def test_a_job_that_is_taken_up_asks_who_answers_before_anything_else(tmp_path: Path) -> None:
    job = aged(tmp_path, 1500, serials=[("FOC9Z",)])
    with pytest.raises(OtherDevice):
        ReadinessCheck().run(job.context)
    assert set(job.driver.asked) == {"serials"}


def test_a_fresh_baseline_of_a_job_that_is_taken_up_stays(tmp_path: Path) -> None:
    job = aged(tmp_path, 60, snapshot=[replace(BEFORE, neighbours=())])
    assert ReadinessCheck().run(job.context).message.startswith(f"ready: {OLD} to {NEW}, ")
    assert baseline(job.context).neighbours == BEFORE.neighbours
    assert job.told("baseline") == []


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
