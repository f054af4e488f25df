"""Where logins are refused for a minute after a reload, and the third locks the account, it is never locked."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from support.upgrades import Upgraded, lab_folder, request, upgraded

from swimctl.cli.context import Context as Command
from swimctl.errors import StoreError
from swimctl.lab.cisco_xe.spec import MemberSpec, SwitchSpec
from swimctl.lab.faults import parse_fault
from swimctl.lab.fleet import LabFleet
from swimctl.models import Job, Outcome
from swimctl.platforms.facts import Running, Snapshot
from swimctl.states import JobStatus
from swimctl.steps import POST_CHECKS, JobContext, activation
from swimctl.steps.pausing import see_through
from swimctl.steps.post_checks import PostChecks

# A login has to come within the first minute: what a session waits for in real time is short beside that.
SPEED = 60.0
SWITCH = SwitchSpec(
    "sw1",
    (MemberSpec("C9300-24P", "FLB290001Z", "0c75.bd29.0001"),),
    faults=(parse_fault("login-lockout:3"),),
    boot_seconds=30,
    transfer=2_000_000,
)
SETTINGS: dict[str, Any] = {"activation": {"auto_abort_minutes": 900, "settle": 5}, "login": {}}
LAB: dict[str, Any] = {"fleet": [SWITCH], "speed": SPEED, "settings": SETTINGS, "at_rest": True}


def reload(lab: LabFleet) -> None:
    """Let the switch crash, and wait until its port is open again."""
    switch, done = lab.switch("sw1"), threading.Event()

    def crash() -> None:
        switch.reload("Crash")
        lab._serving().port("sw1").look()
        done.set()

    assert lab._loop is not None
    lab._loop.call_soon_threadsafe(crash)
    assert done.wait(240)
    wait_until_up(lab)


def wait_until_up(lab: LabFleet) -> None:
    over = time.monotonic() + 240
    while not lab.switch("sw1").reachable:
        assert time.monotonic() < over
        time.sleep(0.01)


def assert_kept_open(lab: LabFleet) -> None:
    switch = lab.switch("sw1")
    assert 1 <= switch._early_logins < 3, "it was asked in that minute, and not too often"
    assert switch._locked_until <= 0


def assert_upgraded(job: Job) -> None:
    assert (job.status, job.error, job.outcome) == (JobStatus.SUCCESS, None, Outcome.UPGRADED)


def test_a_resume_while_the_device_reloads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def die(*_: object, **__: object) -> Running:
        raise StoreError("the process dies here")

    with lab_folder(tmp_path, **LAB) as lab:
        with Command(tmp_path / "config.yaml").open() as opened, monkeypatch.context() as patched:
            patched.setattr(activation, "wait_for_reload", die)
            made = opened.service.trigger(request(opened))
            with pytest.raises(StoreError):
                opened.engine.run(made.batch, made.jobs, threading.Event())
        wait_until_up(lab)
        with Command(tmp_path / "config.yaml").open() as opened:
            opened.engine.resume(opened.store.interrupted(), threading.Event())
            assert_kept_open(lab)
            assert_upgraded(opened.store.job(made.jobs[0].id))


@pytest.mark.prove
def test_the_post_checks_of_a_device_that_reloads_once_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    look, labs = PostChecks._look, list[LabFleet]()

    def look_after_a_crash(self: PostChecks, context: JobContext, before: Snapshot) -> str:
        reload(labs[0])
        return look(self, context, before)

    monkeypatch.setattr(PostChecks, "_look", look_after_a_crash)
    with lab_folder(tmp_path, **LAB) as lab, Command(tmp_path / "config.yaml").open() as opened:
        labs.append(lab)
        made = opened.service.trigger(request(opened))
        opened.engine.run(made.batch, made.jobs, threading.Event())
        assert_kept_open(lab)
        assert_upgraded(opened.store.job(made.jobs[0].id))


@contextmanager
def soaking(tmp_path: Path) -> Iterator[tuple[Upgraded, JobContext]]:
    """Yield a device that was upgraded, and what the look after the soak works with."""
    with upgraded(tmp_path, **LAB) as result:
        job = result.jobs["sw1"]
        assert_upgraded(job)
        batch = result.opened.store.batch(job.batch_id)
        yield result, result.opened.engine._jobs.afterwards(batch, job, threading.Event())


@pytest.mark.prove
def test_the_look_after_a_soak(tmp_path: Path) -> None:
    with soaking(tmp_path) as (result, context):
        reload(result.lab)
        assert see_through(POST_CHECKS.look_again(context), context.clock, context.stop) == ""
        assert_kept_open(result.lab)
