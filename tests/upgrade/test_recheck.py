"""A device is held by processes that are killed meanwhile: nothing said is lost, and nothing is sent twice."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.processes import jobs, look, start
from support.upgrades import QUICK, TARGET, lab_folder

from swimctl.lab.fleet import LabFleet

# What checks by rules miss behind a lost uplink may be a doubt, which nobody can waive.
SETTINGS = {"activation": {**QUICK["activation"], "hold_minutes": 600}, "checks": {"defaults": "none"}}


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[LabFleet]:
    with lab_folder(tmp_path, faults={"sw1": ["interface-lost"]}, settings=SETTINGS) as fleet:
        yield fleet


def held(folder: Path) -> dict[str, Any]:
    """Wait until the job is held, and return it."""
    end = time.monotonic() + 100
    while time.monotonic() < end:
        for job in jobs(folder):
            if (job["waiting"] or {}).get("kind") == "held":
                return job
            assert job["status"] not in {"success", "failed"}, job
        time.sleep(0.05)
    raise AssertionError("it is not held")


def typed(lab: LabFleet) -> list[str]:
    """Return the verbs of the commands that change the install state of the device."""
    return [line.split()[1] for line in lab.commands("sw1") if line.startswith("install ")]


def ended(folder: Path) -> dict[str, Any]:
    (job,) = jobs(folder)
    return job


def test_killed_while_it_is_held_it_is_held_again_until_the_same_time_and_what_was_said_is_heard(
    tmp_path: Path, lab: LabFleet
) -> None:
    process = start(tmp_path, "upgrade", "--all", "--yes", "--on-failed-checks", "hold")
    first = held(tmp_path)
    assert first["waiting"]["until"]
    process.kill()
    process.communicate(timeout=60)
    assert ended(tmp_path)["interrupted"]
    process = start(tmp_path, "resume")
    again = held(tmp_path)
    assert abs(_seconds(again["waiting"]["until"]) - _seconds(first["waiting"]["until"])) < 5
    process.kill()
    process.communicate(timeout=60)
    reason = ("--reason", "the cable is pulled on purpose")
    assert again["waiting"]["look"] == first["waiting"]["look"] != "", "it found the same"
    code, said = look(tmp_path, "recheck", str(first["id"]), "--keep", "--look", again["waiting"]["look"], *reason)
    assert code == 0, said
    assert f"next: `swimctl resume {first['id']}`" in said
    assert look(tmp_path, "resume")[0] == 0
    job = ended(tmp_path)
    assert (job["status"], job["outcome"]) == ("success", "upgraded")
    assert {each["reason"] for each in job["waived"]} == {"the cable is pulled on purpose"}
    assert {each["seen"] for each in job["waived"]} >= {"not back"}
    assert typed(lab) == ["add", "activate", "commit"]
    assert lab.switch("sw1").install.member_release("1").padded == TARGET


def test_who_wants_it_back_has_it_back_and_a_recheck_before_that_changes_nothing(tmp_path: Path, lab: LabFleet) -> None:
    process = start(tmp_path, "upgrade", "--all", "--yes", "--on-failed-checks", "hold")
    job = held(tmp_path)
    asked = len(lab.commands("sw1"))
    assert look(tmp_path, "recheck", str(job["id"]))[0] == 0
    end = time.monotonic() + 100
    while len(lab.commands("sw1")) == asked:
        assert time.monotonic() < end, "nobody looks again"
        time.sleep(0.05)
    assert held(tmp_path)["id"] == job["id"]
    assert look(tmp_path, "recheck", str(job["id"]), "--back", "--reason", "not tonight")[0] == 0
    process.communicate(timeout=120)
    assert process.returncode == 1
    after = ended(tmp_path)
    assert (after["status"], after["outcome"]) == ("failed", "rolled back")
    assert "decided that it goes back; not tonight; 1 uplinks lost" in after["error"]
    assert typed(lab) == ["add", "activate", "abort"]


def _seconds(text: str) -> float:
    return time.mktime(time.strptime(text[:19], "%Y-%m-%dT%H:%M:%S"))
