"""Any order of all that two processes do with jobs, with deaths and clocks that jump, against the model."""

from __future__ import annotations

import tempfile
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, multiple, precondition, rule
from support.store_model import Known, KnownBatch, Made, Model
from support.stores import STEPS, StandingClock, some_jobs, switches

from swimctl.errors import StaleClaim
from swimctl.models import Event, ExecutionMode, Job, Outcome
from swimctl.states import FINAL, RUNNING, TRANSITIONS, WAITING, JobStatus, StepStatus
from swimctl.store import Runner, Store

PROCESSES = st.sampled_from([0, 1])
HOURS = st.integers(-30, 30)
NEW_JOBS = st.lists(
    st.tuples(st.sampled_from(switches(4)), st.sampled_from([None, "core", "edge"]), st.sampled_from([1, 2])),
    min_size=1,
    max_size=4,
)


class StoreAgainstModel(RuleBasedStateMachine):
    jobs = Bundle("jobs")

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.clock = StandingClock()
        self.model = Model()
        self.stores: dict[int, Store] = {}
        self.runners: dict[int, Runner] = {}
        self.ended: dict[int, Job] = {}
        self.events: list[Event] = []
        for process in (0, 1):
            self._start(process)

    def _start(self, process: int) -> None:
        self.stores[process] = Store.open(Path(self.folder.name) / "s.db", self.clock)
        self._register(process)

    def _register(self, process: int) -> None:
        self.runners[process] = self.stores[process].register_runner()
        self.model.alive[self.runners[process].id] = process

    def teardown(self) -> None:
        """Whatever happened: somebody who comes later ends every job that was ever acknowledged, and each once."""
        for store in self.stores.values():
            store.close()
        self.clock.forward(timedelta(days=365).total_seconds())
        with Store.open(Path(self.folder.name) / "s.db", self.clock) as store, store.register_runner() as runner:
            for _ in self.model.jobs:
                for job in store.interrupted() + store.due(self.clock.now()):
                    if store.claim(job.id, runner) is not None:
                        store.move(job.id, runner, JobStatus.FAILED, "enough")
            assert {job.id: job.status in FINAL for job in store.jobs()} == dict.fromkeys(self.model.jobs, True)
            assert {job_id: store.job(job_id) for job_id in self.ended} == self.ended
            ends = [event.job_id for event in store.all_events(0, None, 10**6) if event.data.get("to") in FINAL]
            assert sorted(ends) == list(self.model.jobs)
            assert store.check() == []
        self.folder.cleanup()

    # What people ask for

    @rule(
        target=jobs,
        process=PROCESSES,
        new=NEW_JOBS,
        made=st.sampled_from(Made),
        mode=st.sampled_from(ExecutionMode),
        hours=HOURS,
    )
    def create(
        self, process: int, new: list[tuple[str, str | None, int]], made: Made, mode: ExecutionMode, hours: int
    ) -> object:
        batch_id = f"batch-{len(self.model.batches) + 1:04}"
        when = self.clock.now() + timedelta(hours=hours) if made is Made.SCHEDULED else None
        devices, groups, waves = zip(*new, strict=True)
        jobs = some_jobs(
            self.stores[process],
            devices,
            batch_id,
            groups=groups,
            waves=waves,
            mode=mode,
            created_at=self.clock.now(),
            schedule_time=when,
            detached=made is Made.DETACHED,
        )
        presence = self.stores[process]._here
        owner = presence.id if made is Made.TERMINAL and presence is not None else None
        if owner is not None:
            self.model.alive[owner] = process
        self.model.batches[batch_id] = KnownBatch(made, mode, self.clock.now(), when, owner)
        for job, (device, group, wave) in zip(jobs, new, strict=True):
            assert job.id not in self.model.jobs
            assert (job.device_name, job.redundancy_group, job.wave) == (device, group, wave)
            self.model.jobs[job.id] = Known(batch_id, device, group, wave, job.status)
        return multiple(*[job.id for job in jobs])

    @rule(job_ids=st.lists(jobs, max_size=4), process=PROCESSES)
    def cancel(self, job_ids: list[int], process: int) -> None:
        expected = {job_id for job_id in job_ids if self.model.jobs[job_id].status in WAITING}
        assert self.stores[process].cancel(job_ids) == sorted(expected)
        for job_id in expected:
            self.model.jobs[job_id].status = JobStatus.CANCELLED

    @rule(job_id=jobs, process=PROCESSES)
    def give_up(self, job_id: int, process: int) -> None:
        waits = self.model.jobs[job_id].status in WAITING
        assert self.stores[process].fail_waiting([job_id], "not today") == ([job_id] if waits else [])
        if waits:
            self.model.jobs[job_id].status = JobStatus.FAILED

    # What runners do

    @rule(job_id=jobs, process=PROCESSES)
    def own(self, job_id: int, process: int) -> None:
        batch = self.model.jobs[job_id].batch
        if self.model.others_own(batch, process):
            with pytest.raises(StaleClaim):
                self.stores[process].own_batch(batch, self.runners[process])
        else:
            self.stores[process].own_batch(batch, self.runners[process])
            self.model.batches[batch].owner = self.runners[process].id

    @rule(job_id=jobs, process=PROCESSES)
    def disown(self, job_id: int, process: int) -> None:
        batch = self.model.jobs[job_id].batch
        self.stores[process].disown_batch(batch, self.runners[process])
        if self.model.batches[batch].owner == self.runners[process].id:
            self.model.batches[batch].owner = None

    @rule(job_id=jobs, process=PROCESSES)
    def claim(self, job_id: int, process: int) -> None:
        known, may = self.model.jobs[job_id], self.model.may_claim(job_id, process)
        blocking = self.stores[process].blocked_by(job_id)
        assert (blocking and blocking.id) == self.model.blocker(job_id)
        job = self.stores[process].claim(job_id, self.runners[process])
        assert (job is not None) == may
        if job is not None:
            kind = "resumed" if known.status in RUNNING else "claimed"
            assert self.stores[process].events(job_id)[-1].kind == kind
            known.status = JobStatus.DISTRIBUTING if known.status in WAITING else known.status
            known.holder, known.attempted = self.runners[process].id, True
            assert job.status is known.status

    @rule(process=PROCESSES)
    def take_up_what_is_interrupted(self, process: int) -> None:
        for job in self.stores[process].interrupted():
            self.claim(job.id, process)

    @rule(process=PROCESSES)
    def run_what_is_due(self, process: int) -> None:
        for job in self.stores[process].due(self.clock.now()):
            self.own(job.id, process)
            self.claim(job.id, process)

    @rule(job_id=jobs, process=PROCESSES, status=st.sampled_from(JobStatus))
    def move(self, job_id: int, process: int, status: JobStatus) -> None:
        known, store, runner = self.model.jobs[job_id], self.stores[process], self.runners[process]
        if self.model.held_by(job_id, runner.id) and status in TRANSITIONS[known.status]:
            store.move(job_id, runner, status, outcome=Outcome.UPGRADED)
            known.status = status
        else:
            with pytest.raises(StaleClaim):
                store.move(job_id, runner, status, outcome=Outcome.UPGRADED)

    @rule(job_id=jobs, process=PROCESSES, name=st.sampled_from(STEPS))
    def step(self, job_id: int, process: int, name: str) -> None:
        if self.model.held_by(job_id, self.runners[process].id):
            self.stores[process].step(job_id, self.runners[process], name, StepStatus.SUCCESS)
        else:
            with pytest.raises(StaleClaim):
                self.stores[process].step(job_id, self.runners[process], name, StepStatus.SUCCESS)

    @rule(job_id=jobs, process=PROCESSES)
    def release(self, job_id: int, process: int) -> None:
        if self.model.held_by(job_id, self.runners[process].id):
            self.stores[process].release(job_id, self.runners[process], "a signal")
            self.model.jobs[job_id].holder = None
        else:
            with pytest.raises(StaleClaim):
                self.stores[process].release(job_id, self.runners[process], "a signal")

    # What happens to them

    @precondition(lambda self: self.model.jobs)
    @rule(process=PROCESSES)
    def the_runner_dies(self, process: int) -> None:
        self.runners[process].close()
        self.model.die(self.runners[process].id)
        self._register(process)

    @precondition(lambda self: self.model.jobs)
    @rule(process=PROCESSES)
    def the_process_dies(self, process: int) -> None:
        self.stores[process].close()
        self.model.die(*[runner for runner, of in self.model.alive.items() if of == process])
        self._start(process)

    @rule(hours=HOURS)
    def the_clock_jumps(self, hours: int) -> None:
        self.clock.forward(3600 * hours)

    # What is true at any time

    @invariant()
    def both_say_what_the_model_says(self) -> None:
        self.clock.forward(1)
        first, second = (store.jobs() for store in self.stores.values())
        assert first == second
        assert [(job.id, job.status, job.attempted) for job in first] == [
            (job_id, known.status, known.attempted) for job_id, known in self.model.jobs.items()
        ]
        for store in self.stores.values():
            assert {job.id for job in store.interrupted()} == self.model.interrupted()
            assert [job.id for job in store.due(self.clock.now())] == self.model.due(self.clock.now())
        assert {job.id for job in first if job.interrupted} == self.model.interrupted()

    @invariant()
    def one_running_job_a_device_and_a_group_each_with_one_holder(self) -> None:
        running = [job for job in self.stores[0].unfinished() if job.status in RUNNING]
        groups = [job.redundancy_group for job in running if job.redundancy_group is not None]
        assert len({job.device_id for job in running}) == len(running)
        assert len(set(groups)) == len(groups)
        with self.stores[1]._db.read() as sql:
            holders = dict(sql.execute("SELECT id, runner_id FROM jobs WHERE status IN ('distributing', 'activating')"))
        assert holders == {job.id: self.model.jobs[job.id].holder for job in running}

    @invariant()
    def what_has_ended_never_changes(self) -> None:
        for job in self.stores[0].jobs():
            assert (job.finished_at is not None) == (job.outcome is not None) == (job.status in FINAL)
            assert (job.progress == 100) == (job.status is JobStatus.SUCCESS)
            assert job.status is not JobStatus.CANCELLED or not job.attempted
            if job.status in FINAL:
                assert self.ended.setdefault(job.id, job) == job
        assert self.ended.keys() == {job_id for job_id, known in self.model.jobs.items() if known.status in FINAL}

    @invariant()
    def histories_only_grow(self) -> None:
        now = self.stores[1].all_events(0, None, 10**6)
        assert now[: len(self.events)] == self.events
        assert {event.job_id for event in now} == self.model.jobs.keys()
        self.events = now


class StoreAgainstModelForLong(StoreAgainstModel):
    """The same, with many more histories."""


def histories(count: int) -> settings:
    """Try so many histories of up to 35 steps."""
    return settings(
        max_examples=count, stateful_step_count=35, deadline=None, suppress_health_check=[HealthCheck.too_slow]
    )


StoreAgainstModel.TestCase.settings = histories(12)
StoreAgainstModelForLong.TestCase.settings = histories(80)
test_the_store_against_a_model = StoreAgainstModel.TestCase
test_the_store_against_a_model_for_long = pytest.mark.prove(StoreAgainstModelForLong.TestCase)
