"""What is asked before each job of a batch starts: counters, and those jobs alone that it may wait for."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from support.stores import opened, said, some_jobs, statements, switches

from swimctl.models import Outcome
from swimctl.states import FINAL, JobStatus, StepStatus
from swimctl.store import Store, Tally

WAVES = (1, 1, 1, 2, 2, 2, 2, 3)
GROUPS = ("core", None, "core", None, "edge", None, "core", None)


def some_ends(store: Store) -> None:
    """End jobs in every way, and leave some."""
    jobs = some_jobs(store, switches(len(WAVES)), waves=WAVES, groups=GROUPS)
    with store.register_runner() as runner:
        for job in jobs[:6]:
            if job.redundancy_group != "core" or job.id == 1:
                assert store.claim(job.id, runner)
        store.move(1, runner, JobStatus.FAILED, "broken", Outcome.UNTOUCHED)
        store.move(2, runner, JobStatus.ACTIVATING)
        for kind in [step.kind for step in jobs[1].steps]:
            store.step(2, runner, kind, StepStatus.SUCCESS)
        store.move(2, runner, JobStatus.SUCCESS, outcome=Outcome.UPGRADED)
        store.move(4, runner, JobStatus.FAILED, "broken")
        store.move(5, runner, JobStatus.FAILED, "broken")
        store.release(6, runner, "left")
    store.fail_waiting([3], "not attempted")
    store.cancel([7])


def counted(store: Store) -> dict[int, Tally]:
    """Count as the rule says: what was tried and has ended."""
    tried = [one for one in store.standings("batch-0001") if one.attempted and one.status in FINAL]
    all_of, failed = (
        Counter(one.wave for one in some) for some in (tried, [one for one in tried if one.status is JobStatus.FAILED])
    )
    return {wave: Tally(number, failed[wave]) for wave, number in all_of.items()}


def test_jobs_are_counted_as_they_end(tmp_path: Path) -> None:
    with opened(tmp_path / "s.db") as store:
        some_ends(store)
        assert store.tallies("batch-0001") == counted(store) == {1: Tally(2, 1), 2: Tally(2, 2)}
        assert store.tallies("no-batch") == {}


def test_those_of_an_older_store_are_counted_when_it_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    with opened(path) as store:
        some_ends(store)
        then = store.tallies("batch-0001")
    with opened(path) as store:  # as it was before this migration
        triggers = ("jobs_are_counted", "jobs_change", "steps_change", "events_are_heard", "removals_change")
        for name in (*triggers, "batches_change_hands"):
            said(store, f"DROP TRIGGER {name}")
        for statement in (
            "DROP TABLE tallies", "DROP TABLE changes", "DROP INDEX jobs_by_group", "DROP INDEX jobs_by_batch",
            "ALTER TABLE jobs DROP COLUMN changed", "CREATE INDEX jobs_by_batch ON jobs (batch_id)",
            "DELETE FROM _sqlite_migrations WHERE name = 'm014_counted_and_numbered'",
        ):  # fmt: skip
            said(store, statement)
    with opened(path) as store:
        assert store.tallies("batch-0001") == then
        assert len(store.changed_since(batch_id="batch-0001").jobs) == len(WAVES)
        assert store.check() == []


def test_only_those_are_read_that_a_job_may_wait_for(tmp_path: Path) -> None:
    with opened(tmp_path / "s.db") as store:
        some_ends(store)
        some_jobs(store, switches(3), "batch-0002", groups=["core"] * 3)
        seventh, eighth = store.job(7), store.job(8)
        assert [one.id for one in store.standings("batch-0001", seventh)] == [1, 3, 7]
        assert store.standings("batch-0001", eighth) == []
        whole = {one.id: one for one in store.standings("batch-0001")}
        assert all(one == whole[one.id] for one in store.standings("batch-0001", seventh))
        with statements(store) as seen:
            store.tallies("batch-0001")
            store.standings("batch-0001", seventh)
        for query in (one for one in seen if one.startswith("SELECT") and "sqlite_master" not in one):
            with store._db.read() as sql:
                plan = " ".join(row["detail"] for row in sql.execute(f"EXPLAIN QUERY PLAN {query}"))
            assert re.search(r"SCAN jobs?\b|SCAN j\b", plan) is None, plan
