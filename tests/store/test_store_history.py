"""How long jobs took, as a forecast asks for it."""

from __future__ import annotations

import pytest
from support.stores import StandingClock, some_batch, some_image, some_jobs

from swimctl.models import Outcome
from swimctl.states import JobStatus, StepStatus
from swimctl.store import NewJob, Past, Runner, Store

FAMILY = "cat9k_iosxe"
# Seconds that pass before each step begins, and in it.
COURSE = (("readiness", 1, 5), ("distribution", 0, 100), ("activation", 900, 600), ("post-checks", 2, 30))


def ran(store: Store, clock: StandingClock, runner: Runner, batch: str, *, copied: int, slower: float = 1.0) -> int:
    """Let a job of sw1 run well; before its activation it waits for its window."""
    [job] = some_jobs(store, ["sw1"], batch)
    store.claim(job.id, runner)
    for kind, before, takes in COURSE:
        clock.forward(before)
        if kind == "activation":
            store.move(job.id, runner, JobStatus.ACTIVATING)
        store.step(job.id, runner, kind, StepStatus.RUNNING)
        clock.forward(takes * slower)
        if kind == "distribution" and copied:
            store.progress(job.id, runner, 50, bytes_done=copied, bytes_total=copied)
        store.step(job.id, runner, kind, StepStatus.SUCCESS)
    clock.forward(3)
    store.move(job.id, runner, JobStatus.SUCCESS, outcome=Outcome.UPGRADED)
    return job.device_id


@pytest.mark.parametrize("copied", [0, 12_000])
def test_parts_of_a_job_lie_between_its_steps_and_hold_no_wait_for_the_window(
    store: Store, clock: StandingClock, copied: int
) -> None:
    runner = store.register_runner()
    device = ran(store, clock, runner, "batch-0001", copied=copied)
    steps = {kind: float(takes) for kind, _, takes in COURSE}
    assert store.past([FAMILY]) == [Past(device, FAMILY, steps, copied, 6.0, 100.0, 635.0)]
    assert store.past(["another"]) == store.past([]) == []


def test_the_latest_good_job_of_a_device_counts(store: Store, clock: StandingClock) -> None:
    runner = store.register_runner()
    ran(store, clock, runner, "batch-0001", copied=1)
    ran(store, clock, runner, "batch-0002", copied=2, slower=2.0)
    [failed] = some_jobs(store, ["sw1"], "batch-0003")
    store.claim(failed.id, runner)
    store.step(failed.id, runner, "readiness", StepStatus.RUNNING)
    store.move(failed.id, runner, JobStatus.FAILED, "it is full", Outcome.UNTOUCHED)
    [past] = store.past([FAMILY])
    assert (past.copied, past.check, past.rest) == (2, 11.0, 1265.0)


def test_a_wait_for_a_person_between_the_steps_is_no_part_of_them(store: Store, clock: StandingClock) -> None:
    runner = store.register_runner()
    image = some_image(store)
    device = store.device_ids(["sw1"])["sw1"]
    kinds = ("readiness", "Board", "distribution", "activation", "post-checks", "Tell")
    [job] = store.create_batch(some_batch("batch-0001"), [NewJob(device, "sw1", image.id, kinds)])
    store.claim(job.id, runner)
    for kind in kinds:
        clock.forward(1)
        if kind == "activation":
            store.move(job.id, runner, JobStatus.ACTIVATING)
        store.step(job.id, runner, kind, StepStatus.RUNNING)
        clock.forward(7200 if kind in {"Board", "Tell"} else 10)
        store.step(job.id, runner, kind, StepStatus.SUCCESS)
    store.move(job.id, runner, JobStatus.SUCCESS, outcome=Outcome.UPGRADED)
    [past] = store.past([job.image_family])
    assert (past.check, past.copying, past.rest) == (10.0, 10.0, 21.0)
