"""Waivers on real sessions: what a refusal shows is pasted, and lets through exactly that, before and after."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest
from support.upgrades import lab_folder

from swimctl.cli import main
from swimctl.cli.context import Context
from swimctl.models import Job, Outcome

Capture = pytest.CaptureFixture[str]
# What checks by rules miss behind a lost uplink may be a doubt, which nobody can waive.
NO_CHECKS = {"checks": {"defaults": "none"}}
REASON = ("--reason", "CHG77: agreed")


def typed(folder: Path, *words: str) -> int:
    return main(["-c", str(folder / "config.yaml"), *words])


def last(folder: Path) -> Job:
    with Context(folder / "config.yaml").open() as opened:
        return opened.store.jobs()[-1]


def offered(error: str | None) -> list[str]:
    """Return what an error shows to be pasted."""
    shown = re.search(r"to accept exactly this: `(.*) --reason WHY`", error or "")
    assert shown is not None, error
    return shlex.split(shown[1])


@pytest.mark.parametrize("accepted", ["what was seen", "another port", "half of it"])
def test_a_device_that_comes_back_with_less_is_kept_only_by_a_waiver_of_just_that(
    tmp_path: Path, accepted: str
) -> None:
    with lab_folder(tmp_path, ssh=False, faults={"sw1": ["interface-lost"]}, settings=NO_CHECKS) as lab:
        assert typed(tmp_path, "upgrade", "--all", "--yes") == 1
        first = last(tmp_path)
        assert (first.outcome, first.waived) == (Outcome.ROLLED_BACK, ())
        shown = offered(first.error)
        assert len(shown) >= 4, "the uplink, the neighbour behind it, and what checks miss"
        pasted = {
            "what was seen": shown,
            "another port": [re.sub(r"/(\d+)(?= →| =)", r"/9\1", each) for each in shown],
            "half of it": shown[:2],
        }[accepted]
        code = typed(tmp_path, "retry", "--batch", first.batch_id, "--yes", *pasted, *REASON)
        job = last(tmp_path)
        assert job.id != first.id
        if accepted == "what was seen":
            assert (code, job.outcome) == (0, Outcome.UPGRADED), job.error
            assert {waiver.seen for waiver in job.waived} >= {"not back"}
            assert len(job.waived) == len(shown) // 2
            assert all(waiver.reason == "CHG77: agreed" and waiver.by for waiver in job.waived)
            assert lab.switch(job.device_name).install.committed == lab.switch(job.device_name).install.running
        else:
            assert (code, job.outcome, job.waived) == (1, Outcome.ROLLED_BACK, ())


def test_what_a_plan_shows_lets_through_an_older_image_on_just_that_device(tmp_path: Path, capsys: Capture) -> None:
    with lab_folder(tmp_path, ssh=False, devices=2, version="17.15.01"):
        assert typed(tmp_path, "--json", "plan", "--all") == 1
        lacks = {one["device_hostname"]: one["lacks"] for one in json.loads(capsys.readouterr().out)["devices"]}
        name, other = lacks
        (lack,) = lacks[name]
        assert lack["rule"] == "not a downgrade"
        code = typed(tmp_path, "--json", "upgrade", "--all", "--yes", *shlex.split(lack["waive"]), *REASON)
        jobs = {job["device_hostname"]: job for job in json.loads(capsys.readouterr().out)["jobs"]}
        assert (code, jobs[name]["outcome"], jobs[other]["outcome"]) == (1, "upgraded", "untouched")
        assert [each["finding"] for each in jobs[name]["waived"]] == ["not a downgrade"]
        assert f"--waive '{other}: not a downgrade = 17.15.01 to " in jobs[other]["error"]
