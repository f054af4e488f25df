"""The ways to run an upgrade: its options, its order, its end. What the switches received is the witness."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support.upgrades import Upgraded, lab_folder, upgraded

from swimctl.cli import main
from swimctl.lab.cisco_xe.fleet import default_fleet
from swimctl.lab.fleet import LabFleet
from swimctl.models import ExecutionMode, JobOptions
from swimctl.states import JobStatus, StepStatus

SUCCESS, FAILED = JobStatus.SUCCESS, JobStatus.FAILED


def said(folder: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, Any]:
    """Run a command with --json and give its exit code and what it printed."""
    capsys.readouterr()
    code = main(["--config", str(folder / "config.yaml"), "--json", *arguments])
    return code, json.loads(capsys.readouterr().out)


def verbs(lab: LabFleet, name: str) -> list[str]:
    """List what of `install` a switch was told, in order."""
    return [line.split()[1] for line in lab.commands(name) if line.startswith("install ")]


def step(result: Upgraded, name: str, step_name: str) -> StepStatus:
    return next(step.status for step in result.jobs[name].steps if step.name == step_name)


@pytest.mark.usefixtures("impatient")
def test_one_shot_is_one_command_and_no_commit(tmp_path: Path) -> None:
    settings = {"activation": {"mode": "one-shot"}}
    with upgraded(tmp_path, devices=2, settings=settings, faults={"sw2": ["does-nothing"]}) as result:
        for name, job in result.jobs.items():
            (line,) = [line for line in result.sent(name, "install ") if "remove" not in line]
            assert line.startswith("install add file flash:cat9k_iosxe.17.12.04.SPA.bin activate commit")
            if name == "sw2":
                assert job.status is FAILED
                assert (job.error or "").startswith("sw2 did not reload: it still runs 17.06.05")
            else:
                assert (job.status, job.error) == (SUCCESS, None)
                assert len(result.lab.reloads(name)) == 1
            assert result.runs_target(name) is (name != "sw2")
        assert result.unknown == set()


@pytest.mark.prove
def test_copy_today_activate_tomorrow(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with lab_folder(tmp_path, ssh=False, devices=2) as lab:
        code, copied = said(tmp_path, capsys, "upgrade", "--all", "--yes", "--no-activate")
        assert code == 0
        for job in copied["jobs"]:
            assert (job["status"], job["progress"]) == ("success", 100)
            assert {s["name"]: s["status"] for s in job["steps"]} == {
                "Readiness Check": "success",
                "Distribution": "success",
                "Activation": "skipped",
                "Post-Checks": "skipped",
            }
        assert [verbs(lab, name) for name in lab.ports] == [[], []]
        assert [lab.reloads(name) for name in lab.ports] == [[], []]
        before = {name: len(lab.commands(name)) for name in lab.ports}

        code, done = said(tmp_path, capsys, "upgrade", "--all", "--yes")
        assert (code, {job["status"] for job in done["jobs"]}) == (0, {"success"})
        for name in lab.ports:
            assert verbs(lab, name) == ["add", "activate", "commit"]
        copy = next(s for s in done["jobs"][0]["steps"] if s["name"] == "Distribution")
        assert "already" in copy["message"]

        before = {name: len(lab.commands(name)) for name in lab.ports}
        code, again = said(tmp_path, capsys, "upgrade", "--all", "--yes")
        assert (code, {job["status"] for job in again["jobs"]}) == (0, {"success"})
        assert all(job["current_step"] == "Post-Checks" and job["progress"] == 100 for job in again["jobs"])
        for name in lab.ports:
            assert all(
                line.startswith(("show ", "terminal ", "enable", "dir ")) for line in lab.commands(name)[before[name] :]
            )
            assert len(lab.reloads(name)) == 1


def test_clean_up_comes_before_the_copy(tmp_path: Path) -> None:
    with upgraded(tmp_path, fleet=default_fleet(3)[1:], options=JobOptions(cleanup_flash=True)) as result:
        for name, job in result.jobs.items():
            assert (job.status, job.error) == (SUCCESS, None)
            received = result.lab.commands(name)
            removed = next(i for i, line in enumerate(received) if line.startswith("install remove inactive"))
            copied = next(i for i, line in enumerate(received) if line.startswith("verify /sha512"))
            added = next(i for i, line in enumerate(received) if line.startswith("install add"))
            assert removed < copied < added
            assert result.runs_target(name)


def test_in_service_or_not_at_all(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with lab_folder(tmp_path, ssh=False) as lab:
        code, answer = said(tmp_path, capsys, "upgrade", "sw1", "--yes", "--issu")
        assert code == 1
        assert "in-service upgrade: seen asked for, needed a platform that" in answer["jobs"][0]["error"]
        assert all(line.startswith(("show ", "terminal ", "enable", "dir ")) for line in lab.commands("sw1"))


def test_force_onto_what_runs_is_refused_where_the_system_cannot(tmp_path: Path) -> None:
    with upgraded(tmp_path, options=JobOptions(force=True), version="17.12.04") as result:
        job = result.jobs["sw1"]
        assert job.status is FAILED
        assert "already runs 17.12.04, committed, on every member" in (job.error or "")
        assert step(result, "sw1", "Readiness Check") is StepStatus.FAILED
        assert result.lab.reloads("sw1") == []
        assert result.runs_target("sw1")


def test_one_after_another_and_none_after_a_failure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    faults = {"sw2": ["install-fails"]}
    with upgraded(tmp_path, devices=4, faults=faults, mode=ExecutionMode.SEQUENTIAL) as result:
        ended = [result.jobs[name] for name in ("sw1", "sw2", "sw3", "sw4")]
        assert [job.status for job in ended] == [SUCCESS, FAILED, FAILED, FAILED]
        assert [job.attempted for job in ended] == [True, True, False, False]
        for name in ("sw3", "sw4"):
            error = result.jobs[name].error or ""
            assert error.startswith("not attempted: sw2 failed and max_failures is 1")
            assert f"swimctl retry --batch {result.jobs[name].batch_id[:8]}" in error
            assert result.lab.commands(name) == []
        first, second = ended[0], ended[1]
        assert first.finished_at is not None
        assert second.started_at is not None
        assert first.finished_at <= second.started_at

        # The next night: those that failed or were not attempted, in the same mode; sw2 is as sick as before.
        batch = first.batch_id
        code, again = said(tmp_path, capsys, "retry", "--batch", batch, "--yes")
        assert code == 1
        assert [job["device_hostname"] for job in again["jobs"]] == ["sw2", "sw3", "sw4"]
        assert [job["status"] for job in again["jobs"]] == ["failed"] * 3
        assert "not attempted: sw2" in again["jobs"][2]["error"]


@pytest.mark.prove
@pytest.mark.usefixtures("impatient")
def test_max_failures_zero_goes_on_and_the_unknown_is_exit_code_4(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with lab_folder(tmp_path, ssh=False, devices=2, faults={"sw2": ["never-returns"]}) as lab:
        how = ("--yes", "--sequential", "--max-failures", "0")
        code, ended = said(tmp_path, capsys, "upgrade", "sw2", "sw1", *how)
        assert code == 4
        first, second = ended["jobs"]
        assert (first["device_hostname"], first["status"]) == ("sw2", "failed")
        assert "check its console" in first["error"]
        assert (second["device_hostname"], second["status"]) == ("sw1", "success")
        assert first["finished_at"] <= second["started_at"]
        assert (len(lab.reloads("sw2")), len(lab.reloads("sw1"))) == (1, 1)
