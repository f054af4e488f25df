"""Batches in waves, in order, within windows: what the switches received, and when they reloaded, is the witness."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from support.notification_server import serving
from support.upgrades import SPEED, Upgraded, at, go, lab_folder, request, with_data

from swimctl.cli import main
from swimctl.cli.context import Context
from swimctl.lab.faults import parse_fault
from swimctl.models import Job, Outcome, Policy
from swimctl.states import JobStatus

SUCCESS, FAILED = JobStatus.SUCCESS, JobStatus.FAILED
ON_TARGET = "17.12.04"


@contextmanager
def night(folder: Path, policy: Policy, **lab_options: Any) -> Iterator[Upgraded]:
    with (
        lab_folder(folder, ssh=False, speed=SPEED, **lab_options) as lab,
        Context(folder / "config.yaml").open() as opened,
    ):
        yield go(opened, lab, policy)


def ends(job: Job) -> datetime:
    assert job.finished_at is not None
    return job.finished_at


def starts(job: Job) -> datetime:
    assert job.started_at is not None
    return job.started_at


def test_a_wave_starts_when_the_one_before_is_through_and_has_soaked(tmp_path: Path) -> None:
    with night(tmp_path, Policy(waves=("1", "2"), soak=600), devices=4) as done:
        jobs = done.jobs
        assert [job.wave for job in jobs.values()] == [1, 2, 2, 3]
        assert {(job.status, job.outcome) for job in jobs.values()} == {(SUCCESS, Outcome.UPGRADED)}
        assert all(done.runs_target(name) for name in jobs)
        soak = timedelta(seconds=600 / SPEED)
        assert starts(jobs["sw2"]) - ends(jobs["sw1"]) >= soak
        assert starts(jobs["sw4"]) - max(ends(jobs["sw2"]), ends(jobs["sw3"])) >= soak
        for name in ("sw1", "sw2", "sw3"):
            (event,) = [event for event in done.opened.store.events(jobs[name].id) if event.kind == "soaked"]
            assert event.message == "all is as before"
            assert event.at > ends(jobs[name])


def test_a_canary_that_fails_stops_all_others(tmp_path: Path) -> None:
    with serving() as server:
        settings = {"notify": [server.url]}
        policy = Policy(waves=("1", "100%"))
        with night(tmp_path, policy, devices=3, faults={"sw1": ["install-fails"]}, settings=settings) as done:
            assert (done.jobs["sw1"].status, done.jobs["sw1"].outcome) == (FAILED, Outcome.UNTOUCHED)
            for name in ("sw2", "sw3"):
                job = done.jobs[name]
                assert (job.status, job.attempted, job.outcome) == (FAILED, False, Outcome.UNTOUCHED)
                assert (job.error or "").startswith(
                    "not attempted: sw1 failed and max_failures is 1; next: `swimctl retry"
                )
                assert done.lab.commands(name) == []
            batch = done.jobs["sw1"].batch_id
            done.opened.engine.close()
            titles = server.titles
            assert len(titles) == 4, titles  # begun, sw1, the line, the end
            assert "sw1" in titles[1]
            # The retry takes up just these.
            plan = done.opened.service.retry_plan(batch)
            assert [item.device.name for item in plan.accepted] == ["sw1", "sw2", "sw3"]


@pytest.mark.prove
def test_a_canary_that_falls_ill_in_its_soak_stops_all_others(tmp_path: Path) -> None:
    with lab_folder(tmp_path, ssh=False, speed=SPEED, devices=2, settings={"tolerances": {"patience": 60}}) as lab:
        with Context(tmp_path / "config.yaml").open() as opened:
            made = opened.service.trigger(request(opened, policy=Policy(waves=("1",), soak=3000)))
            run = threading.Thread(target=opened.engine.run, args=(made.batch, made.jobs, threading.Event()))
            run.start()
            first, second = (job.id for job in made.jobs)
            while opened.store.job(first).status is not SUCCESS:
                time.sleep(0.05)
            switch = lab.switch("sw1")
            switch.spec = replace(switch.spec, faults=(parse_fault("interface-lost"),))
            switch.degraded = True  # a port and its neighbour are gone
            run.join(240)
            assert opened.store.job(first).outcome is Outcome.UPGRADED
            held = opened.store.job(second)
            assert (held.status, held.attempted) == (FAILED, False)
            assert "wave 1 is not healthy after its soak: sw1: " in (held.error or "")
            assert "uplinks lost" in (held.error or "")
        assert lab.commands("sw2") == []


@pytest.mark.prove
def test_a_killed_batch_goes_on_in_its_waves(tmp_path: Path) -> None:
    with lab_folder(tmp_path, ssh=False, speed=SPEED, devices=3) as lab:
        with Context(tmp_path / "config.yaml").open() as opened:
            made = opened.service.trigger(request(opened, policy=Policy(waves=("1",)), detached=True))
            stop = threading.Event()
            threading.Timer(1.0, stop.set).start()
            opened.engine.run(made.batch, made.jobs, stop)
            assert {job.status for job in opened.store.jobs()} != {SUCCESS}
        with Context(tmp_path / "config.yaml").open() as opened:
            opened.engine.resume([job for job in opened.store.interrupted() if job.attempted], threading.Event())
            opened.engine.run_due(threading.Event())
            first, second, third = opened.store.jobs()
            assert [job.status for job in (first, second, third)] == [SUCCESS] * 3
            assert ends(first) <= starts(second)
            assert ends(second) <= starts(third)
        assert [len(lab.reloads(name)) for name in lab.ports] == [1, 1, 1]


@pytest.mark.prove
def test_the_far_one_first_and_never_two_of_a_group(tmp_path: Path) -> None:
    with lab_folder(tmp_path, ssh=False, speed=SPEED, devices=5) as lab:
        with_data(
            tmp_path,
            sw1={"feeds": ["sw3"]},
            sw4={"redundancy_group": "pair"},
            sw2={"redundancy_group": "pair"},
            sw5={"depends_on": ["sw1"]},
        )
        with Context(tmp_path / "config.yaml").open() as opened:
            done = go(opened, lab, Policy())
            jobs = done.jobs
            assert {job.status for job in jobs.values()} == {SUCCESS}
            assert max(ends(jobs["sw3"]), ends(jobs["sw5"])) <= starts(jobs["sw1"])
            one, other = sorted((jobs["sw2"], jobs["sw4"]), key=starts)
            assert ends(one) <= starts(other)


@pytest.mark.prove
def test_a_pair_whose_first_failed_keeps_its_second(tmp_path: Path) -> None:
    with lab_folder(tmp_path, ssh=False, speed=SPEED, devices=2, faults={"sw1": ["boots-old-image"]}) as lab:
        with_data(tmp_path, sw1={"redundancy_group": "pair"}, sw2={"redundancy_group": "pair"})
        with Context(tmp_path / "config.yaml").open() as opened:
            done = go(opened, lab, Policy())
            assert done.jobs["sw1"].outcome is Outcome.ROLLED_BACK
            assert done.jobs["sw2"].attempted is False
            assert "sw1 of redundancy group pair is rolled back, not proved healthy" in (done.jobs["sw2"].error or "")
        assert lab.commands("sw2") == []


@pytest.mark.prove
@pytest.mark.parametrize(("fault", "tried"), [("refuse-login", False), ("install-fails", True)])
def test_a_pair_whose_first_failed_untouched_goes_on_only_where_that_one_answers(
    tmp_path: Path, fault: str, tried: bool
) -> None:
    # Who cannot be entered may be down: then the second would take the whole site with it.
    with lab_folder(tmp_path, ssh=False, speed=SPEED, devices=2, faults={"sw1": [fault]}) as lab:
        with_data(tmp_path, sw1={"redundancy_group": "pair"}, sw2={"redundancy_group": "pair"})
        with Context(tmp_path / "config.yaml").open() as opened:
            done = go(opened, lab, Policy())
            assert (done.jobs["sw1"].status, done.jobs["sw1"].outcome) == (FAILED, Outcome.UNTOUCHED)
            assert (done.jobs["sw2"].status is SUCCESS) is done.jobs["sw2"].attempted is tried
            why = "not attempted: sw1 of redundancy group pair failed and does not answer: "
            assert (done.jobs["sw2"].error or "").startswith(why) is not tried
        assert bool(lab.commands("sw2")) is tried


def test_a_circle_starts_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with lab_folder(tmp_path, ssh=False, speed=SPEED, devices=2) as lab:
        with_data(tmp_path, sw1={"feeds": ["sw2"]}, sw2={"feeds": ["sw1"]})
        assert main(["--config", str(tmp_path / "config.yaml"), "upgrade", "--all", "--yes"]) == 2
        assert "circle: sw1 → sw2 → sw1" in capsys.readouterr().err
        assert [lab.commands(name) for name in lab.ports] == [[], []]


def test_a_plan_shows_waves_and_order(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with lab_folder(tmp_path, ssh=False, speed=SPEED, devices=3):
        with_data(tmp_path, sw1={"feeds": ["sw3"]}, sw2={"redundancy_group": "pair"})
        how = ["--config", str(tmp_path / "config.yaml"), "--json", "plan", "--all", "--offline", "--canary", "2"]
        assert main(how) == 0
        shown = json.loads(capsys.readouterr().out)["devices"]
        assert [(one["device_hostname"], one["wave"], one["after"]) for one in shown] == [
            ("sw2", 1, []),
            ("sw3", 1, []),
            ("sw1", 2, ["sw3"]),
        ]
        assert shown[0]["redundancy_group"] == "pair"


def clock_text(moment: datetime) -> str:
    return moment.strftime("%H:%M")


def test_outside_its_window_a_batch_waits_and_what_does_not_fit_is_told(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    # Open now for two minutes at most, and 300 minutes of lab time are a minute of ours: 700 do not fit.
    window = f"{clock_text(now - timedelta(hours=1))}-{clock_text(now + timedelta(minutes=2))}@UTC"
    settings = {"activation": {"auto_abort_minutes": 900, "usual_minutes": 700}}
    with night(tmp_path, Policy(window=window), devices=1, settings=settings) as done:
        job = done.jobs["sw1"]
        assert (job.status, job.attempted, job.outcome) == (FAILED, False, Outcome.UNTOUCHED)
        assert (job.error or "").startswith("not attempted: window too short: needs 3m, ")
        assert done.lab.commands("sw1") == []


@pytest.mark.prove
def test_copied_before_the_window_and_activated_in_it(tmp_path: Path) -> None:
    # Windows are told to the minute, so the clock is set to shortly before one: time enough for the copy.
    now = datetime.now(UTC)
    opens = (now + timedelta(minutes=2)).replace(second=0, microsecond=0)
    window = f"{clock_text(opens)}-{clock_text(opens + timedelta(hours=2))}@UTC"
    settings = {"activation": {"auto_abort_minutes": 900, "usual_minutes": 30}}
    with (
        lab_folder(tmp_path, ssh=False, speed=SPEED, devices=1, settings=settings) as lab,
        at(tmp_path, opens - timedelta(seconds=12) - now) as opened,
    ):
        done = go(opened, lab, Policy(window=window, stage_now=True))
        job = done.jobs["sw1"]
        assert (job.status, job.error) == (SUCCESS, None)
        copied = next(step for step in job.steps if step.name == "Distribution")
        assert copied.finished_at is not None
        assert copied.finished_at < opens
        (sent,) = [e for e in opened.store.events(job.id) if e.kind == "sent" and e.message == "install activate"]
        assert sent.at >= opens


def test_after_until_nothing_is_activated(tmp_path: Path) -> None:
    until = datetime.now(UTC) + timedelta(seconds=20)
    settings = {"activation": {"auto_abort_minutes": 900, "usual_minutes": 600}}
    with night(tmp_path, Policy(until=until), devices=1, settings=settings) as done:
        assert "window too short: needs 2m, 0m left" in (done.jobs["sw1"].error or "")
        assert done.lab.commands("sw1") == []


@pytest.mark.prove
def test_what_such_devices_took_before_counts(tmp_path: Path) -> None:
    # The setting says a day; the store knows better after the first.
    settings = {"activation": {"auto_abort_minutes": 900, "usual_minutes": 1440}}
    with (
        lab_folder(tmp_path, ssh=False, speed=SPEED, devices=2, settings=settings) as lab,
        Context(tmp_path / "config.yaml").open() as opened,
    ):
        first, second = opened.inventory.devices
        assert go(opened, lab, Policy(), devices=(first,)).jobs["sw1"].status is SUCCESS
        until = datetime.now(UTC) + timedelta(minutes=3)
        assert go(opened, lab, Policy(until=until), devices=(second,)).jobs["sw2"].status is SUCCESS


def test_a_freeze_refuses_what_would_start_in_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    day = timedelta(days=1)
    now = datetime.now(UTC)
    freeze = [{"from": (now - day).isoformat(), "to": (now + day).isoformat(), "reason": "year end"}]
    with lab_folder(tmp_path, ssh=False, speed=SPEED, devices=1, settings={"freeze": freeze}) as lab:
        config = ["--config", str(tmp_path / "config.yaml")]
        assert main([*config, "upgrade", "--all", "--yes"]) == 3
        assert "year end" in capsys.readouterr().err
        assert lab.commands("sw1") == []
        assert main([*config, "upgrade", "--all", "--yes", "--no-activate"]) == 0
        later = (now + 2 * day).isoformat()
        assert main([*config, "upgrade", "--all", "--yes", "--at", later]) == 0


def test_a_batch_waits_for_somebody_elses_approval(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with (
        lab_folder(tmp_path, ssh=False, speed=SPEED, devices=1, version=ON_TARGET, settings={"approval": "required"}),
        Context(tmp_path / "config.yaml").open() as opened,
    ):
        config = ["--config", str(tmp_path / "config.yaml")]
        assert main([*config, "upgrade", "--all", "--yes", "--detach", "--ticket", "CHG-7"]) == 0
        (job,) = opened.store.jobs()
        batch = opened.store.batch(job.batch_id)
        assert (batch.needs_approval, batch.policy.ticket) == (True, "CHG-7")
        assert opened.engine.due() == []
        assert main([*config, "approve", batch.id[:8]]) == 3
        assert "somebody else has to approve it" in capsys.readouterr().err
        assert main([*config, "approve", batch.id[:8], "--as", "ana"]) == 0
        assert main([*config, "approve", batch.id[:8], "--as", "eve"]) == 3
        assert [entry.action for entry in opened.store.audit()][-1] == "approve"
        opened.engine.run_due(threading.Event())
        assert opened.store.job(job.id).status is SUCCESS


@pytest.mark.prove
def test_a_share_of_failures_stops_the_line(tmp_path: Path) -> None:
    faults = {f"sw{n}": ["install-fails"] for n in (2, 4)}
    with (
        lab_folder(tmp_path, ssh=False, speed=SPEED, devices=8, faults=faults) as lab,
        Context(tmp_path / "config.yaml").open() as opened,
    ):
        done = go(opened, lab, Policy(max_failures_percent=30.0), workers=1)
        tried = [job.attempted for job in done.jobs.values()]
        assert tried == [True] * 5 + [False] * 3  # two of five are 40 %
        assert "2 of 5 tried failed (sw2, sw4) and max_failures is 30%" in (done.jobs["sw6"].error or "")
