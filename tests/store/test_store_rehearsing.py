"""A copy of the store for a rehearsal: what was, without who may use it, and without what runs."""

from __future__ import annotations

from pathlib import Path

from support.stores import StandingClock, opened, some_jobs

from swimctl.models import Caller, Role
from swimctl.states import JobStatus
from swimctl.store import Store
from swimctl.store.rehearsing import without_the_present

ROOT = Caller("root", "terminal")


def test_accounts_are_gone_to_the_last_byte_and_nothing_waits_or_runs(
    store: Store, clock: StandingClock, tmp_path: Path
) -> None:
    store.add_user("ana", Role.OPERATOR, "argon2-of-ana", ROOT)
    store.add_token("ana", "5ca1ab1e" * 8, role=None, label="cron", expires_at=None, by=ROOT)
    runs, waits = some_jobs(store, ["sw1", "sw2"], "batch-0001")
    store.claim(runs.id, store.register_runner())
    images, before = store.images(), store.unfinished()
    copy = tmp_path / "copy.db"
    store.back_up(copy)
    without_the_present(copy, clock.now())
    assert b"argon2-of-ana" not in copy.read_bytes()
    assert b"5ca1ab1e" not in copy.read_bytes()
    with opened(copy) as there:
        assert (there.users(), there.tokens(), there.unfinished()) == ([], [], [])
        assert {job.status for job in there.jobs(ids=[runs.id, waits.id])} == {JobStatus.FAILED}
        assert (there.images(), there.check()) == (images, [])
        assert there.device_ids(["sw1", "sw2"]) == store.device_ids(["sw1", "sw2"])
    assert store.unfinished() == before
    assert [user.name for user in store.users()] == ["ana"]
