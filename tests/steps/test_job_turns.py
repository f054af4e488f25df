"""One claimed job: when its activation may start, how far it is, how it ends, and what of its secrets is recorded."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from support.scripted_job import PaperJob, Played, paper_job
from support.scripted_steps import DAY, OLD, STARTED, Scripted, runs, stands

from swimctl.config.windows import Go, Never, Wait
from swimctl.errors import CommandRefused, NotFound, SessionLost, StaleClaim, StoreError, UnparsableOutput, Unreachable
from swimctl.models import JobOptions, Outcome, Policy
from swimctl.platforms.facts import Placement
from swimctl.states import STEP_NAMES, JobStatus, StepStatus
from swimctl.steps import JobContext
from swimctl.steps import StepResult as Ended
from swimctl.store import TOO_LATE

ALL = tuple(STEP_NAMES)
MINUTE = timedelta(minutes=1)


class Meanwhile(threading.Event):
    """A stop while which something happens each time that it is waited for."""

    def __init__(self, act: Callable[[Meanwhile], object]) -> None:
        super().__init__()
        self.act, self.waits = act, 0

    def wait(self, timeout: float | None = None) -> bool:
        assert timeout == 1.0
        self.waits += 1
        assert self.waits < 100, "it waits for ever"
        self.act(self)
        return self.is_set()


def as_before(**script: Any) -> Scripted:
    """Make a device that runs what it ran, on the same boot, with nothing of the image installed."""
    old: dict[str, Any] = {
        "running": [lambda clock: runs(OLD, OLD, uptime=30 * DAY + int(clock.seconds))],
        "installed": [stands(Placement.ABSENT)],
    }
    return Scripted(**{**old, "memory": {"baseline": None}, **script})


def played(*kinds: str) -> list[Played]:
    return [Played(kind) for kind in kinds]


# When an activation may start.


@pytest.mark.parametrize(
    ("window", "usual", "room"),
    [
        (None, {}, Go),
        ("01:00-02:20@UTC", {}, Go),  # it is half past one, and an unknown family is given 45 minutes
        ("01:00-02:10@UTC", {}, Never),
        ("01:00-02:10@UTC", {"activation": 600.0, "post-checks": 900.0}, Go),
        ("01:00-02:10@UTC", {"activation": 600.0}, Never),  # of one step alone nothing is known
        ("01:00-02:10@UTC", {"activation": 1500.0, "post-checks": 1500.0}, Never),
        ("03:00-05:00@UTC", {}, Wait),
    ],
)
def test_there_is_room_for_what_such_devices_took_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, window: str | None, usual: dict[str, float], room: type
) -> None:
    with paper_job(tmp_path, monkeypatch, policy=Policy(window=window)) as job:
        image = job.store.image(job.job.image_id)
        taken = {(kind, image.family): seconds for kind, seconds in usual.items()}
        monkeypatch.setattr(job.store, "usual_seconds", lambda: taken)
        assert type(job.runs.slots.of(job.batch, image, "sw1")) is room


def test_where_time_runs_faster_the_usual_minutes_are_shorter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with paper_job(
        tmp_path, monkeypatch, policy=Policy(until=STARTED + 2 * MINUTE), device=as_before(speed=60.0)
    ) as job:
        assert isinstance(job.runs.slots.of(job.batch, job.store.image(1), "sw1"), Go)


@pytest.mark.parametrize(("minutes", "room"), [(46, Go), (44, Never)])
def test_what_must_be_over_by_a_time_must_fit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, minutes: int, room: type
) -> None:
    with paper_job(tmp_path, monkeypatch, policy=Policy(until=STARTED + minutes * MINUTE)) as job:
        assert type(job.runs.slots.of(job.batch, job.store.image(1), "sw1")) is room


def test_an_activation_waits_for_its_window_says_so_once_and_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps, device = played(*ALL), as_before()
    with paper_job(tmp_path, monkeypatch, steps=steps, device=device, policy=Policy(window="03:00-05:00@UTC")) as job:

        def half_an_hour(_stop: Meanwhile) -> None:
            assert [step.runs for step in steps] == [1, 1, 0, 0]
            device.clock.seconds += 1800

        job.stop = stop = Meanwhile(half_an_hour)
        job.run()
    assert [step.runs for step in steps] == [1, 1, 1, 1]
    assert stop.waits == 3


def test_an_activation_waits_for_the_window_of_its_device_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steps, device = played(*ALL), as_before()
    device.context = replace(device.context, device=replace(device.context.device, window="02:30-06:00@UTC"))
    with paper_job(tmp_path, monkeypatch, steps=steps, device=device, policy=Policy(window="01:00-05:00@UTC")) as job:

        def half_an_hour(_stop: Meanwhile) -> None:
            assert [step.runs for step in steps] == [1, 1, 0, 0]
            device.clock.seconds += 1800

        job.stop = stop = Meanwhile(half_an_hour)
        job.run()
        waiting = [said for said in job.told("progress") if said.startswith("waiting: ")]
    assert [step.runs for step in steps] == [1, 1, 1, 1]
    assert stop.waits == 2
    assert waiting == ["waiting: the window 02:30-06:00@UTC of the device opens at 2031-05-04T02:30Z"]


def test_a_stop_while_an_activation_waits_leaves_the_job_at_a_safe_point(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = played(*ALL)
    with paper_job(tmp_path, monkeypatch, steps=steps, policy=Policy(window="03:00-05:00@UTC")) as job:
        job.stop = Meanwhile(lambda stop: stop.set())
        ended = job.run()
        waiting = [said for said in job.told("progress") if said.startswith("waiting: ")]
    assert steps[2].runs == 0
    assert ended.status is JobStatus.DISTRIBUTING
    assert f"`swimctl resume {ended.id}`" in (ended.error or "")
    assert waiting == ["waiting: the window 03:00-05:00@UTC opens at 2031-05-04T03:00Z"]


def test_an_activation_that_has_no_room_any_more_fails_and_the_device_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps, device = played(*ALL), as_before()
    with paper_job(tmp_path, monkeypatch, steps=steps, device=device, policy=Policy(until=STARTED + MINUTE)) as job:
        entered(job)
        ended = job.run()
        assert "window too short" in job.store.recall(ended.id, TOO_LATE)
    assert steps[2].runs == 0
    assert (ended.status, ended.outcome) == (JobStatus.FAILED, Outcome.UNTOUCHED)
    assert "; nothing was activated, the image is on the device; next: `swimctl retry --until`" in (ended.error or "")
    assert device.driver.times("running") > 0


@pytest.mark.parametrize(
    ("kinds", "options"),
    [(("readiness", "distribution"), JobOptions()), (ALL, JobOptions(activate=False)), (ALL, JobOptions())],
)
@pytest.mark.parametrize("late", [True, False])
def test_no_copy_begins_after_the_end_also_where_nothing_is_activated_and_one_that_began_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kinds: tuple[str, ...], options: JobOptions, late: bool
) -> None:
    device = as_before()

    def takes_long(_context: JobContext) -> None:
        device.clock.seconds += 3 * 3600

    check = Played("readiness", takes_long if late else lambda _context: None)
    steps = [check, Played("distribution", takes_long), *played(*ALL[2:])]
    until = STARTED + 120 * MINUTE
    given = {"kinds": kinds, "options": options, "policy": Policy(until=until)}
    with paper_job(tmp_path, monkeypatch, steps=steps, device=device, **given) as job:
        entered(job)
        ended = job.run()
        why = job.store.recall(ended.id, TOO_LATE)
    assert [step.runs for step in steps] == [1, 0 if late else 1, 0, 0]
    copies_only = kinds != ALL or not options.activate
    assert ended.status is (JobStatus.SUCCESS if copies_only and not late else JobStatus.FAILED)
    if late:
        assert "its batch was to end by" in str(why)
        assert "nothing more is copied; next: `swimctl retry --until`" in (ended.error or "")


def entered(job: PaperJob) -> None:
    """Have the job remember that the device was entered on the boot that it is on."""
    job.remember(entered={"seconds": 0.0, "uptime": 0, "restarted_at": None})


# How far it is, and how it ends.


def test_how_far_a_job_is_grows_with_its_steps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[int, JobStatus, StepStatus]] = []

    def look(_context: JobContext) -> None:
        now = job.now
        running = next(step.status for step in now.steps if step.kind == ALL[len(seen)])
        seen.append((now.progress, now.status, running))

    steps = [Played(kind, look) for kind in ALL]
    with paper_job(tmp_path, monkeypatch, steps=steps, device=as_before()) as job:
        job.run()
    moving, activating = JobStatus.DISTRIBUTING, JobStatus.ACTIVATING
    assert seen == [
        (0, moving, StepStatus.RUNNING), (20, moving, StepStatus.RUNNING),
        (40, activating, StepStatus.RUNNING), (60, activating, StepStatus.RUNNING),
    ]  # fmt: skip


def test_what_a_step_says_is_recorded_without_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steps = [Played("readiness", lambda _context: Ended("the secret is well", finished=True)), *played(*ALL[1:])]
    with paper_job(tmp_path, monkeypatch, steps=steps) as job:
        ended = job.run()
    assert ended.steps[0].message == "the ******** is well"
    assert [step.runs for step in steps] == [1, 0, 0, 0]
    assert (ended.status, ended.outcome) == (JobStatus.SUCCESS, Outcome.UNTOUCHED)


@pytest.mark.parametrize(
    ("device", "status", "outcome"),
    [
        (as_before, JobStatus.SUCCESS, Outcome.UNTOUCHED),
        (lambda: as_before(logins=[Unreachable("no route")]), JobStatus.FAILED, Outcome.UNKNOWN),
        (lambda: as_before(installed=[stands(Placement.NEXT)]), JobStatus.FAILED, Outcome.UNKNOWN),
    ],
)
def test_a_job_that_only_copies_ends_when_that_is_done_and_its_device_is_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, device: Callable[[], Scripted], status: JobStatus, outcome: Outcome
) -> None:
    steps = played(*ALL)
    options = JobOptions(activate=False)
    with paper_job(tmp_path, monkeypatch, steps=steps, device=device(), options=options) as job:
        entered(job)
        ended = job.run()
    assert [step.runs for step in steps] == [1, 1, 0, 0]
    assert (ended.status, ended.outcome) == (status, outcome)
    if status is JobStatus.FAILED:
        assert (ended.error or "").startswith(
            "the image is on the device, verified by its own hash, but it is not proved that the device is as before; "
        )


@pytest.mark.parametrize("error", [StaleClaim("another has it"), StoreError("the disk is full")])
def test_without_its_record_nothing_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fail(_context: JobContext) -> None:
        raise error

    steps = [Played("readiness", fail), *played(*ALL[1:])]
    with paper_job(tmp_path, monkeypatch, steps=steps) as job:
        with pytest.raises(type(error)):
            job.run()
        assert job.now.status is JobStatus.DISTRIBUTING
    assert steps[1].runs == 0


def test_a_job_whose_device_is_not_known_any_more_fails_untouched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object) -> JobContext:
        raise NotFound("there is no device sw1 with the password secret")

    with paper_job(tmp_path, monkeypatch, steps=played(*ALL)) as job:
        monkeypatch.setattr(job.runs, "_context", gone)
        ended = job.run()
    assert (ended.status, ended.outcome) == (JobStatus.FAILED, Outcome.UNTOUCHED)
    assert "there is no device sw1 with the password ********; next: " in (ended.error or "")


def test_a_step_that_fails_has_the_reason_and_so_has_its_job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_context: JobContext) -> None:
        raise SessionLost("the session to sw1 ended")

    steps = [Played("readiness", fail), *played(*ALL[1:])]
    with paper_job(tmp_path, monkeypatch, steps=steps, device=as_before()) as job:
        entered(job)
        ended = job.run()
    first = ended.steps[0]
    assert (first.status, first.message) == (StepStatus.FAILED, ended.error)
    assert (ended.error or "").startswith("the session to sw1 ended; next: ")
    assert [step.status for step in ended.steps[1:]] == [StepStatus.SKIPPED] * 3


# What is recorded.


def test_a_record_masks_what_it_keeps_but_for_the_baseline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def act(context: JobContext) -> Ended:
        context.record.event("found", "a secret", what=["a secret"])
        context.record.remember("activate answered", {"reason": "a secret"})
        context.record.remember("baseline", {"version": "secret"})
        context.record.say("the secret is asked for")
        context.record.progress(7, 70, 1000)
        assert (job.now.progress, job.now.bytes_done, job.now.bytes_total) == (7, 70, 1000)
        return Ended("done", finished=True)

    with paper_job(tmp_path, monkeypatch, steps=[Played("readiness", act)]) as job:
        job.run()
        (event,) = [event for event in job.store.events(job.job.id) if event.kind == "found"]
        assert (event.message, event.data) == ("a ********", {"what": ["a ********"]})
        assert job.store.recall(job.job.id, "activate answered") == {"reason": "a ********"}
        assert job.store.recall(job.job.id, "baseline") == {"version": "secret"}
        assert "the ******** is asked for" in job.told("progress")


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (None, ""),
        (SimpleNamespace(id=7, device_name="sw9", interrupted=False), "job 7 on sw9"),
        (
            SimpleNamespace(id=7, device_name="sw9", interrupted=True),
            "job 7 on sw9, which was interrupted (`swimctl resume 7`),",
        ),
    ],
)
def test_a_device_that_another_job_holds_by_its_serial_number_is_told_with_that_job(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, other: Any, said: str
) -> None:
    def act(context: JobContext) -> Ended:
        held.append(context.record.hold(["FLB1", "FLB2"]))
        return Ended("done", finished=True)

    held: list[str] = []
    asked: list[object] = []
    with paper_job(tmp_path, monkeypatch, steps=[Played("readiness", act)]) as job:
        monkeypatch.setattr(job.store, "hold", lambda *what: asked.append(what) or other)
        job.run()
        assert asked == [(job.job.id, job.runner, ["serial FLB1", "serial FLB2"])]
    assert held == [said]


# Partners.


@pytest.mark.parametrize(
    ("error", "what"),
    [
        (Unreachable("no route for secret"), "does not answer: no route for ********"),
        (UnparsableOutput("show version", "~"), "what it runs cannot be read: cannot read"),
        (CommandRefused("not for you"), "what it runs cannot be read: not for you"),
        (None, ""),
    ],
)
def test_a_partner_that_failed_untouched_must_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception | None, what: str
) -> None:
    asked: list[str] = []

    @contextmanager
    def driver() -> Any:
        asked.append("entered")
        if error is not None:
            raise error
        yield SimpleNamespace(running=lambda: asked.append("running"))

    with paper_job(tmp_path, monkeypatch) as job:
        told: list[object] = []
        monkeypatch.setattr(job.runs, "afterwards", lambda *what: told.append(what) or SimpleNamespace(driver=driver))
        silent = job.runs.silent(job.batch, job.now, job.stop)
        assert told == [(job.batch, job.now, job.stop)]
        assert (asked == ["entered", "running"]) is (error is None)
        assert silent.startswith(what)
        assert bool(silent) is (error is not None)


def test_a_store_that_fails_is_no_word_about_a_partner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> Any:
        raise StoreError("the disk is full")

    with paper_job(tmp_path, monkeypatch) as job:
        monkeypatch.setattr(job.runs, "afterwards", fail)
        with pytest.raises(StoreError):
            job.runs.silent(job.batch, job.job, job.stop)
