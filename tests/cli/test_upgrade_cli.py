"""The command line from end to end: the real engine against lab switches."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.lab import small_fleet
from support.processes import STEPS, start, stop_in

from swimctl.cli import main
from swimctl.cli.lab import register

Capture = pytest.CaptureFixture[str]
Fleet = Any  # the lab's

TARGET = "17.12.04"


@pytest.fixture
def fleet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[Fleet]:
    faults = getattr(request, "param", {})
    monkeypatch.chdir(tmp_path)
    with small_fleet(tmp_path, faults, n=2) as lab:
        register(tmp_path, sorted((tmp_path / "images").iterdir()))
        yield lab


def said_json(capsys: Capture) -> dict[str, Any]:
    return dict(json.loads(capsys.readouterr().out))


def committed(fleet: Fleet, name: str) -> str:
    """Ask the switch itself what it runs committed; empty where what runs is not."""
    install = fleet.switch(name).install
    return str(install.running.padded) if install.committed == install.running else ""


def test_plan_then_upgrade_then_nothing_left_to_do(fleet: Fleet, capsys: Capture) -> None:
    assert main(["plan", "--all", "--json"]) == 0
    planned = said_json(capsys)
    assert planned["counts"] == {"ready": 2}
    assert [device["ready"] for device in planned["devices"]] == [True, True]
    assert {(device["runs"], device["gets"]) for device in planned["devices"]} == {("17.06.05", "17.12.4")}
    assert planned["bytes"]["to_copy"] == sum(device["to_copy"] for device in planned["devices"]) > 0
    assert set(planned["forecast"]["guessed"]) == {device["model"] for device in planned["devices"]}
    assert main(["upgrade", "--all", "--yes", "--json"]) == 0
    document = said_json(capsys)
    assert document["counts"] == {"success": 2, "failed": 0, "unknown": 0, "not_attempted": 0}
    assert {committed(fleet, name) for name in ("sw1", "sw2")} == {TARGET}
    assert all(job["progress"] == 100 for job in document["jobs"])
    assert main(["job", "transcript", str(document["jobs"][0]["id"])]) == 0
    assert "install commit" in capsys.readouterr().out
    assert main(["upgrade", "--all", "--yes"]) == 0
    printed = capsys.readouterr()
    assert printed.out.count("already runs") == 2
    assert main(["plan", "--all"]) == 0
    planned = capsys.readouterr().out
    assert planned.splitlines()[-1] == "swimctl: plan already-there=2 bytes=0 wan=0"
    assert printed.out.splitlines()[-1].split()[2] == "success=2"


@pytest.mark.parametrize("fleet", [{"sw2": ["no-space"]}], indirect=True)
def test_one_full_flash_is_told_of_and_the_others_go_on(fleet: Fleet, capsys: Capture) -> None:
    assert main(["plan", "--all"]) == 1
    out = capsys.readouterr().out
    assert "\nsw2\tfree flash\t" in out
    assert "swimctl: plan not-ready=1 ready=1 bytes=" in out
    assert main(["upgrade", "--all", "--yes"]) == 1
    printed = capsys.readouterr()
    assert "success=1 failed=1 unknown=0 not-attempted=0" in printed.out.splitlines()[-1]
    assert "free flash: seen" in printed.out
    assert committed(fleet, "sw1") == TARGET
    assert committed(fleet, "sw2") not in {"", TARGET}
    assert main(["report"]) == 0
    report = capsys.readouterr().out
    assert "## What did not succeed" in report
    assert "free flash: seen" in report


@pytest.mark.prove
def test_a_signal_leaves_jobs_that_resume_takes_up(fleet: Fleet, capsys: Capture, tmp_path: Path) -> None:
    process = start(tmp_path, "upgrade", "--all", "--yes", "--workers", "1")
    assert stop_in(tmp_path, process, STEPS.index("Readiness Check"), 0, signal.SIGINT)
    said, _ = process.communicate()
    assert process.returncode == 130, said
    assert "no more jobs are started" in said
    assert "waiting for `swimctl resume`" in said
    assert "sw2 (job 2)" in said
    (summed,) = (line for line in said.splitlines() if line.startswith("swimctl: batch="))
    assert "failed=0 unknown=0 not-attempted=0" in summed
    assert main(["status", "--json"]) == 0
    second = said_json(capsys)["jobs"][1]
    assert second["interrupted"]
    assert main(["resume", "--json"]) == 0
    assert said_json(capsys)["counts"]["failed"] == 0
    assert {committed(fleet, name) for name in ("sw1", "sw2")} == {TARGET}


def test_a_killed_process_leaves_jobs_that_resume_takes_up(fleet: Fleet, capsys: Capture, tmp_path: Path) -> None:
    process = start(tmp_path, "upgrade", "--all", "--yes", "--workers", "1")
    assert stop_in(tmp_path, process, STEPS.index("Activation"), 0)  # of sw1: sw2 has not begun
    assert process.returncode == -signal.SIGKILL
    assert main(["status", "--json"]) == 0
    jobs = said_json(capsys)["jobs"]
    assert any(job["interrupted"] for job in jobs)
    assert all("swimctl resume" in job["error"] for job in jobs if job["interrupted"])
    assert main(["resume", "--quiet"]) == 0
    assert {committed(fleet, name) for name in ("sw1", "sw2")} == {TARGET}
    for name in ("sw1", "sw2"):
        lines = [logged.line for logged in fleet.switch(name).log]
        assert sum(line.startswith("install activate") for line in lines) == 1
