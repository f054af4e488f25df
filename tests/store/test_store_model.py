"""Any order of create, claim, move, cancel, release and death, against a model in a few lines."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, multiple, precondition, rule
from stores import StandingClock, some_jobs, switches

from swimctl.errors import StaleClaim
from swimctl.models import Outcome
from swimctl.states import FINAL, RUNNING, TRANSITIONS, WAITING, JobStatus
from swimctl.store import Store

DEVICES = switches(3)
PROCESSES = st.sampled_from([0, 1])


@dataclass
class Known:
    """What the model knows of a job."""

    device: str
    status: JobStatus
    holder: int | None = None
    attempted: bool = False


class StoreAgainstModel(RuleBasedStateMachine):
    jobs = Bundle("jobs")

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.clock = StandingClock()
        path = Path(self.folder.name) / "s.db"
        self.stores = [Store.open(path, self.clock), Store.open(path, self.clock)]
        self.runners = [store.register_runner() for store in self.stores]
        self.known: dict[int, Known] = {}
        self.histories: dict[int, list[object]] = {}
        self.batches = 0

    def teardown(self) -> None:
        for runner in self.runners:
            runner.close()
        for store in self.stores:
            assert store.check() == []
            store.close()
        self.folder.cleanup()

    @rule(target=jobs, devices=st.lists(st.sampled_from(DEVICES), min_size=1, max_size=3), process=PROCESSES)
    def create(self, devices: list[str], process: int) -> object:
        self.batches += 1
        made = some_jobs(self.stores[process], devices, f"batch-{self.batches:04}")
        for job in made:
            assert job.id not in self.known
            self.known[job.id] = Known(job.device_name, JobStatus.PENDING)
        return multiple(*[job.id for job in made])

    @rule(job_id=jobs, process=PROCESSES)
    def claim(self, job_id: int, process: int) -> None:
        known = self.known[job_id]
        blockers = [
            other_id
            for other_id, other in self.known.items()
            if other_id != job_id and other.device == known.device and other.status in RUNNING
        ]
        blocking = self.stores[process].blocked_by(job_id)
        assert [blocking.id] == blockers if blocking else blockers == []
        may = (known.status in WAITING and not blockers) or (known.status in RUNNING and known.holder is None)
        job = self.stores[process].claim(job_id, self.runners[process])
        assert (job is not None) == may
        if job is not None:
            known.status = JobStatus.DISTRIBUTING if known.status in WAITING else known.status
            known.holder, known.attempted = process, True
            assert job.status is known.status

    @rule(job_id=jobs, process=PROCESSES, status=st.sampled_from(JobStatus))
    def move(self, job_id: int, process: int, status: JobStatus) -> None:
        known = self.known[job_id]
        if known.status in RUNNING and known.holder == process and status in TRANSITIONS[known.status]:
            self.stores[process].move(job_id, self.runners[process], status, outcome=Outcome.UPGRADED)
            known.status = status
        else:
            with pytest.raises(StaleClaim):
                self.stores[process].move(job_id, self.runners[process], status, outcome=Outcome.UPGRADED)

    @rule(job_id=jobs, process=PROCESSES)
    def release(self, job_id: int, process: int) -> None:
        known = self.known[job_id]
        if known.status in RUNNING and known.holder == process:
            self.stores[process].release(job_id, self.runners[process], "a signal")
            known.holder = None
        else:
            with pytest.raises(StaleClaim):
                self.stores[process].release(job_id, self.runners[process], "a signal")

    @rule(job_ids=st.lists(jobs, max_size=4), process=PROCESSES)
    def cancel(self, job_ids: list[int], process: int) -> None:
        expected = {job_id for job_id in job_ids if self.known[job_id].status in WAITING}
        cancelled = self.stores[process].cancel(job_ids)
        assert len(cancelled) == len(expected)
        assert set(cancelled) == expected
        for job_id in expected:
            self.known[job_id].status = JobStatus.CANCELLED

    @rule(job_id=consumes(jobs), process=PROCESSES)
    def give_up(self, job_id: int, process: int) -> None:
        waits = self.known[job_id].status in WAITING
        assert self.stores[process].fail_waiting([job_id], "not today") == ([job_id] if waits else [])
        if waits:
            self.known[job_id].status = JobStatus.FAILED

    @precondition(lambda self: any(known.holder is not None for known in self.known.values()))
    @rule(process=PROCESSES)
    def die_and_start_again(self, process: int) -> None:
        self.runners[process].close()
        self.runners[process] = self.stores[process].register_runner()
        for known in self.known.values():
            if known.holder == process:
                known.holder = None

    @invariant()
    def both_stores_say_what_the_model_says(self) -> None:
        self.clock.forward(1)
        first, second = (store.jobs() for store in self.stores)
        assert first == second
        assert [(job.id, job.status, job.attempted) for job in first] == [
            (job_id, known.status, known.attempted) for job_id, known in self.known.items()
        ]
        interrupted = {
            job_id for job_id, known in self.known.items() if known.status in RUNNING and known.holder is None
        }
        assert {job.id for job in first if job.interrupted} == interrupted
        assert {job.id for job in self.stores[0].interrupted()} == interrupted
        running = [job.device_id for job in first if job.status in RUNNING]
        assert len(running) == len(set(running))
        for job in first:
            assert (job.finished_at is not None) == (job.status in FINAL)
            assert (job.progress == 100) == (job.status is JobStatus.SUCCESS)

    @invariant()
    def histories_only_grow(self) -> None:
        for job_id in self.known:
            before, now = self.histories.get(job_id, []), self.stores[0].events(job_id)
            assert now[: len(before)] == before
            assert now
            self.histories[job_id] = list(now)


StoreAgainstModel.TestCase.settings = settings(
    max_examples=12, stateful_step_count=20, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
test_the_store_against_a_model = StoreAgainstModel.TestCase
