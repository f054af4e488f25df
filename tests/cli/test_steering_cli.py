"""pause, continue, stop and change, as they are typed and as they are sent."""

from __future__ import annotations

import json
from typing import Any

import pytest

from swimctl.cli import main
from swimctl.config.flows import Flow
from swimctl.config.own_steps import Hold
from swimctl.models import ExecutionMode, Policy
from swimctl.states import StepStatus
from swimctl.waiting import Waiting, WaitKind

Capture = pytest.CaptureFixture[str]
Place = Any  # conftest.py's: folders of tests are no packages


def test_pause_and_continue(place: Place, capsys: Capture) -> None:
    (job,) = place.batch("sw1", detached=True)
    short = job.batch_id[:8]
    assert main(["pause", short]) == 0
    assert capsys.readouterr().out == (
        f"batch {job.batch_id}: paused; running jobs go on, `swimctl continue {short}` ends it\n"
    )
    assert main(["status"]) == 0
    assert f"the batch is paused: `swimctl continue {short}`" in capsys.readouterr().out
    assert main(["pause", short]) == 3
    assert main(["continue", short, "--wave"]) == 3
    assert "no wave waits for a soak" in capsys.readouterr().err
    assert main(["continue", short, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["paused_by"] is None
    assert main(["continue", short]) == 3


def test_change(place: Place, capsys: Capture) -> None:
    (job,) = place.batch("sw1", detached=True, policy=Policy(ticket="CHG-7"))
    assert main(["change", job.batch_id]) == 2
    assert "give what to change" in capsys.readouterr().err
    assert main(["change", job.batch_id, "--max-failures", "10%", "--until", "2031-05-04T05:00Z"]) == 0
    assert capsys.readouterr().out == (
        f"batch {job.batch_id}: workers 3, max-failures 10%, until 2031-05-04 05:00:00+00:00\n"
    )
    assert main(["change", job.batch_id, "--workers", "0"]) == 2
    capsys.readouterr()
    assert main(["change", job.batch_id, "--until", "2001-05-04T05:00Z"]) == 2
    assert "is in the past" in capsys.readouterr().err
    assert place.store.batch(job.batch_id).policy.until.year == 2031
    assert place.store.batch(job.batch_id).policy.ticket == "CHG-7"


def test_release(place: Place, capsys: Capture) -> None:
    flow = Flow(("readiness", Hold(name="Board")))
    (job,) = place.batch("sw1", detached=True, flow=flow.text())
    assert main(["release", str(job.id), "--reason", "yes"]) == 3
    assert f"job {job.id} does not wait for a person" in capsys.readouterr().err
    assert main(["release", "--reason", "yes"]) == 2
    assert main(["release", str(job.id), "--reason", " "]) == 2
    assert main(["release", str(job.id), "--reason", "yes", "--as", " "]) == 2
    assert main(["approve", job.batch_id, "--as", ""]) == 2
    assert main(["release", "--batch", job.batch_id, "--reason", "yes"]) == 3
    capsys.readouterr()
    with place.store.register_runner() as runner:
        assert place.store.claim(job.id, runner) is not None
        place.store.step(job.id, runner, "Board", StepStatus.RUNNING)
        place.store.say(job.id, runner, "waiting", Waiting(WaitKind.PERSON, "Board: well?", job.id))
        assert main(["status", "--batch", job.batch_id]) == 0
        assert f"Board: well?: `swimctl release {job.id}`" in capsys.readouterr().out
        assert main(["release", str(job.id), "--reason", "not tonight", "--refuse", "--as", "anna"]) == 0
        assert capsys.readouterr().out == f"refused by anna: job {job.id}\n"
        assert main(["release", str(job.id), "--reason", "yes"]) == 3
    entry = next(each for each in place.store.audit() if each.action == "refuse")
    assert (entry.actor, entry.data["reason"]) == ("anna", "not tonight")


def test_stop_says_for_each_job_where_it_stops(place: Place, capsys: Capture) -> None:
    first, second, third = place.batch("sw1", "sw2", "sw3")
    store = place.store
    with store.register_runner() as runner:
        for job, kind in ((first, "distribution"), (second, "activation")):
            assert store.claim(job.id, runner) is not None
            store.step(job.id, runner, kind, StepStatus.RUNNING)
        short = first.batch_id[:8]
        assert main(["stop", "--after-step", "--batch", short]) == 0
        told = capsys.readouterr()
        assert told.out.splitlines() == [
            f"batch {first.batch_id}: no more jobs start, 2 running",
            f"job {first.id}, sw1: stops after Distribution",
            f"job {second.id}, sw2: goes on to its end: from the activation on, the device's own timer runs",
        ]
        assert f"`swimctl continue {short}`" in told.err
        assert main(["status", str(first.id)]) == 0
        assert "stops after Distribution; " in capsys.readouterr().out
        assert main(["status", str(third.id), "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["jobs"][0]["waiting"]["kind"] == "stop"
        assert main(["stop", "--after-step", "--batch", short]) == 3
        assert main(["stop", "--after-step", str(third.id)]) == 3
        capsys.readouterr()
        assert main(["continue", short]) == 0
        capsys.readouterr()
        assert store.job(first.id).stop_by == ""
        assert main(["stop", "--after-step", str(first.id), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["jobs"] == [
        {"id": first.id, "device_hostname": "sw1", "stops_after": "Distribution"}
    ]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (["--batch", "x"], "add --after-step"),
        (["--after-step"], "give ids of jobs, or --batch"),
        (["--after-step", "--batch", "x", "7"], "give ids of jobs, or --batch"),
    ],
)
@pytest.mark.usefixtures("place")
def test_what_stop_needs(capsys: Capture, typed: list[str], words: str) -> None:
    assert main(["stop", *typed]) == 2
    assert words in capsys.readouterr().err


def test_continue_says_what_waits_for_resume(place: Place, capsys: Capture) -> None:
    (job,) = place.batch("sw1")
    with place.store.register_runner() as runner:
        assert place.store.claim(job.id, runner) is not None
        assert main(["stop", "--after-step", "--batch", job.batch_id]) == 0
        place.store.release(job.id, runner, "stopped between two steps by anna")
    capsys.readouterr()
    assert main(["continue", job.batch_id]) == 0
    assert "1 job waits for `swimctl resume`" in capsys.readouterr().err


def test_workers_of_a_sequential_batch_are_refused(place: Place, capsys: Capture) -> None:
    (job,) = place.batch("sw1", detached=True, mode=ExecutionMode.SEQUENTIAL)
    assert main(["change", job.batch_id, "--workers", "5"]) == 3
    assert "is sequential: it runs one device at a time, in order" in capsys.readouterr().err
    assert main(["change", job.batch_id, "--max-failures", "3"]) == 0
    assert f"batch {job.batch_id}: workers 1, max-failures 3, until no limit" in capsys.readouterr().out
