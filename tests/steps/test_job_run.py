"""One claimed job through its steps: which run, when a stop or a freeze holds it, and what may be called a success."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from support.scripted_job import NoPatience, Played, paper_job
from support.scripted_steps import NEW, STARTED, PaperTranscript, Scripted, activated, runs, stands

from swimctl import states
from swimctl.config.freezes import FreezePeriod
from swimctl.config.settings import Settings, Transport
from swimctl.engine.visits import Visits
from swimctl.errors import ConfigError, Unreachable
from swimctl.inventory.copies import CopyPolicy
from swimctl.models import JobOptions, Outcome, Policy
from swimctl.platforms.facts import Placement
from swimctl.states import STEP_NAMES, JobStatus, StepStatus
from swimctl.steps import JobContext
from swimctl.steps.first_look import FirstLook
from swimctl.steps.reach import Images

ALL = tuple(STEP_NAMES)
CLOSED = "05:00-09:00@UTC"  # STARTED is half past one


def played(*kinds: str) -> list[Played]:
    return [Played(kind) for kind in kinds]


def send_activation(context: JobContext) -> None:
    for key, value in activated().items():
        context.record.remember(key, value)


def frozen() -> Settings:
    period = {"from": STARTED - timedelta(days=1), "to": STARTED + timedelta(days=1), "reason": "year's end"}
    return Settings(freeze=[FreezePeriod.model_validate(period)])


# Steps are known by their kinds.


def test_a_reworded_name_changes_nothing_for_a_job_that_waited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steps = [*played(*ALL[:2]), Played("activation", send_activation), *played("post-checks")]
    with paper_job(tmp_path, monkeypatch, steps=steps) as job:
        for kind in ALL:
            monkeypatch.setitem(states.STEP_NAMES, kind, f"Reworded {kind}")
        ended = job.run()
    assert [step.runs for step in steps] == [1, 1, 1, 1]
    assert (ended.status, ended.outcome) == (JobStatus.SUCCESS, Outcome.UPGRADED)
    assert [step.name for step in ended.steps] == [f"Reworded {kind}" for kind in ALL]


@pytest.mark.parametrize("kinds", [(*ALL[:3], "post-cheks"), ("Post-Checks",), ("", *ALL)])
def test_a_step_that_nobody_knows_fails_the_job_before_any_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kinds: tuple[str, ...]
) -> None:
    steps = played(*ALL)
    with paper_job(tmp_path, monkeypatch, steps=steps, kinds=kinds) as job:
        ended = job.run()
    assert [step.runs for step in steps] == [0, 0, 0, 0]
    assert (ended.status, ended.outcome) == (JobStatus.FAILED, Outcome.UNTOUCHED)
    assert "steps that this swimctl does not know" in (ended.error or "")
    assert {step.status for step in ended.steps} == {StepStatus.SKIPPED}


# Only the post-checks' proof makes a success of an activation.


@pytest.mark.parametrize("kinds", [ALL[:3], ("readiness", "activation")])
def test_an_activation_that_no_post_checks_proved_is_no_success(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kinds: tuple[str, ...]
) -> None:
    steps = [*played("readiness", "distribution"), Played("activation", send_activation)]
    device = Scripted(running=[runs(NEW, NEW)], installed=[stands(Placement.UNCOMMITTED, 3000)])
    with paper_job(tmp_path, monkeypatch, steps=steps, kinds=kinds, device=device) as job:
        ended = job.run()
    assert (ended.status, ended.outcome) == (JobStatus.FAILED, Outcome.UNKNOWN)
    assert "no post-checks proved its result" in (ended.error or "")


def test_post_checks_that_were_proved_before_an_interruption_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = played(*ALL)
    with paper_job(tmp_path, monkeypatch, steps=steps, device=Scripted(memory=activated())) as job:
        job.store.move(job.job.id, job.runner, JobStatus.ACTIVATING)
        for kind in ALL:
            job.store.step(job.job.id, job.runner, kind, StepStatus.SUCCESS)
        ended = job.run()
    assert [step.runs for step in steps] == [0, 0, 0, 0]
    assert (ended.status, ended.outcome) == (JobStatus.SUCCESS, Outcome.UPGRADED)


# A stop, a window and a freeze.


@pytest.mark.parametrize("closed", ["window", "freeze"])
def test_a_resumed_job_whose_activation_was_sent_waits_for_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, closed: str
) -> None:
    steps = played(*ALL)
    policy = Policy(window=CLOSED) if closed == "window" else Policy()
    settings = frozen() if closed == "freeze" else None
    device = Scripted(memory=activated())
    with paper_job(tmp_path, monkeypatch, steps=steps, device=device, policy=policy, settings=settings) as job:
        for kind in ALL[:2]:
            job.store.step(job.job.id, job.runner, kind, StepStatus.SUCCESS)
        job.store.move(job.job.id, job.runner, JobStatus.ACTIVATING)
        ended = job.run()
    assert ended.outcome is Outcome.UPGRADED
    assert [step.runs for step in steps] == [0, 0, 1, 1]


@pytest.mark.parametrize("closed", ["window", "freeze"])
def test_an_activation_that_was_not_sent_waits_for_its_window_and_for_the_end_of_a_freeze(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, closed: str
) -> None:
    steps = played(*ALL)
    policy = Policy(window=CLOSED) if closed == "window" else Policy()
    settings = frozen() if closed == "freeze" else None
    with paper_job(tmp_path, monkeypatch, steps=steps, policy=policy, settings=settings) as job:
        job.stop = NoPatience()
        with pytest.raises(AssertionError, match="it waits"):
            job.run()
        assert [step.runs for step in steps] == [1, 1, 0, 0]
        assert any(said.startswith("waiting: ") for said in job.told("progress"))


def test_a_freeze_that_begins_during_the_copy_holds_the_activation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = timedelta(days=1)
    begins = FreezePeriod.model_validate({"from": STARTED + day, "to": STARTED + 2 * day, "reason": "audit"})
    device = Scripted(memory={"baseline": None})

    def copy(_context: JobContext) -> None:
        device.clock.seconds += 1.5 * day.total_seconds()

    steps = [*played("readiness"), Played("distribution", copy), *played("activation", "post-checks")]
    settings = Settings(freeze=[begins])
    with (
        paper_job(tmp_path, monkeypatch, steps=steps, device=device, settings=settings) as job,
        pytest.raises(AssertionError, match="it waits"),
    ):
        job.run()
    assert [step.runs for step in steps] == [1, 1, 0, 0]


def test_a_stop_while_the_device_reloads_is_not_obeyed_before_the_post_checks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop = threading.Event()

    def reload(context: JobContext) -> None:
        send_activation(context)
        stop.set()

    steps = [*played("readiness", "distribution"), Played("activation", reload), *played("post-checks")]
    with paper_job(tmp_path, monkeypatch, steps=steps) as job:
        job.stop = stop
        ended = job.run()
    assert steps[3].runs == 1
    assert (ended.status, ended.outcome, ended.interrupted) == (JobStatus.SUCCESS, Outcome.UPGRADED, False)


@pytest.mark.parametrize("last", [0, 1])
def test_a_stop_is_obeyed_before_each_step_that_changes_nothing_yet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, last: int
) -> None:
    stop = threading.Event()
    steps = played(*ALL)
    steps[last].act = lambda _context: stop.set()
    with paper_job(tmp_path, monkeypatch, steps=steps) as job:
        job.stop = stop
        ended = job.run()
    assert [step.runs for step in steps] == [1] * (last + 1) + [0] * (3 - last)
    assert ended.status in {JobStatus.DISTRIBUTING, JobStatus.ACTIVATING}
    assert "stopped at a safe point" in (ended.error or "")
    notes = cast("PaperTranscript", job.device.context.transcript).notes
    assert [note for note in notes if note.startswith("stopped at a safe point; `swimctl resume ")]


# The one session of a job ends before anybody else needs the device.


@pytest.mark.parametrize("how", ["stopped", "failed", "waits"])
def test_the_session_of_a_job_ends_before_another_one_may_begin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    done: list[str] = []

    def ends(_context: JobContext) -> None:
        if how == "failed":
            raise Unreachable("no route to sw1")
        stop.set()

    stop, steps = threading.Event(), [Played("readiness", ends), *played(*ALL[1:])]
    if how == "waits":
        steps[0] = Played("readiness")
        stop.wait = lambda timeout=None: bool(done.append(f"waits {timeout}")) or stop.set() is None  # type: ignore[method-assign]
    with paper_job(tmp_path, monkeypatch, steps=steps, policy=Policy(window=CLOSED)) as job:
        monkeypatch.setattr(JobContext, "part", lambda _context: done.append("parted"))
        monkeypatch.setattr(job.store, "release", lambda *of: done.append(f"released: {of[2]}"))
        monkeypatch.setattr(job.runs, "end_failed", lambda *_: done.append("ended"))
        job.stop = stop
        job.run()
    assert (
        done
        == {
            "stopped": ["parted", "released: stopped at a safe point", "parted"],
            "failed": ["parted", "ended", "parted"],
            "waits": ["parted", "waits 1.0", "parted", "released: stopped at a safe point", "parted"],
        }[how]
    )


@pytest.mark.parametrize(("wished", "tickets"), [("push", 0), (None, 0), ("pull", 1), ("auto", 1)])
def test_who_may_fetch_has_a_ticket_that_is_masked_from_the_first_record_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wished: Transport | None, tickets: int
) -> None:
    with paper_job(tmp_path, monkeypatch) as job:
        inventory = SimpleNamespace(copy_policy=lambda _: CopyPolicy(wished), device=lambda name: name)
        monkeypatch.setattr(job.runs, "_inventory", inventory)
        job.runs.images_of(job.device.context.device)
        made = job.runs.images.tickets("sw1")
        assert len(made) == tickets
        assert set(made) <= set(job.runs.secrets_of(job.device.context.target))


def test_a_look_has_a_ticket_of_its_own_which_is_masked_and_gone_after_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[tuple[str, ...]] = []
    with paper_job(tmp_path, monkeypatch) as job:
        inventory = SimpleNamespace(copy_policy=lambda _: CopyPolicy("pull"), device=lambda name: name)
        monkeypatch.setattr(job.runs, "_inventory", inventory)
        device, target = job.device.context.device, job.device.context.target
        own = job.runs.images.ticket("sw1")

        def checked(_: Visits, *rest: Any) -> FirstLook:
            images = cast("Images", rest[-1])
            tickets = job.runs.images.tickets("sw1")
            assert images.server.ticket(images.whose) in tickets
            assert set(tickets) <= set(job.runs.secrets_of(target))
            looked.append(tickets)
            return FirstLook(())

        monkeypatch.setattr(Visits, "_checked", checked)
        visits = Visits(Settings(), job.device.context.clock, job.runs)
        visits.check(device, job.device.context.image, JobOptions())
        (tickets,) = looked
        assert own in tickets
        assert len(set(tickets)) == 2
        assert job.runs.images.tickets("sw1") == (own,)


def test_where_the_sources_cannot_be_read_the_other_secrets_are_masked_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: object) -> CopyPolicy:
        raise ConfigError("the environment has no IMAGES_PW")

    with paper_job(tmp_path, monkeypatch) as job:
        inventory = SimpleNamespace(copy_policy=refuse, device=lambda name: name)
        monkeypatch.setattr(job.runs, "_inventory", inventory)
        target = replace(job.device.context.target, password="acc0unt", username="netops")
        assert job.runs.secrets_of(target) == ("acc0unt",)
