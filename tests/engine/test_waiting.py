"""What a job waits for is kept with it while it waits, whatever it is, and no longer than that."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from support.batches import GOOD, WAITS, Looks, Night, night
from support.icalendars import calendar, nights
from support.stores import NOON, said, some_jobs

from swimctl.config.windows import Freeze
from swimctl.engine.jobs import JobRunner
from swimctl.models import Job, Policy
from swimctl.sessions.logins import NotTried
from swimctl.states import JobStatus
from swimctl.steps import POST_CHECKS
from swimctl.steps.pausing import Parts
from swimctl.waiting import Waiting, WaitKind


@pytest.fixture
def tonight(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Night]:
    with night(tmp_path, monkeypatch) as made:
        yield made


def seen(tonight: Night, job: Job, jobs: list[Job] | None = None) -> Waiting | None:
    """Run a batch until it waits, and return what this job waits for then."""
    found: list[Waiting | None] = []
    tonight.stop = Looks(lambda: found.append(tonight.store.job(job.id).waiting))
    tonight.run(jobs or [job])
    assert len(set(found)) == 1, "it is the same at each look"
    return found[0]


def test_before_anybody_runs_it_a_job_waits_as_its_batch_stands(tonight: Night) -> None:
    store, later = tonight.store, NOON + timedelta(hours=9)
    (queued,) = some_jobs(store, ["sw1"], "batch-0001")
    (timed,) = some_jobs(store, ["sw1"], "batch-0002", schedule_time=later)
    (asked,) = some_jobs(store, ["sw1"], "batch-0003", needs_approval=True, schedule_time=later)
    (ours,) = some_jobs(store, ["sw1"], "batch-0004", detached=False)
    assert queued.waiting == Waiting(WaitKind.RUNNER)
    assert timed.waiting == Waiting(WaitKind.SCHEDULE, until=later)
    assert asked.waiting == Waiting(WaitKind.APPROVAL, "batch-0003")
    assert ours.waiting is None
    for job in (queued, timed, asked, ours):
        assert store.job(job.id) == job
    number = store.changed_since(ids=[asked.id]).number
    said(store, "UPDATE batches SET approved_by = 'bert' WHERE id = 'batch-0003'")
    (approved,) = store.changed_since(ids=[asked.id], since=number).jobs
    assert approved.waiting == Waiting(WaitKind.SCHEDULE, until=later)
    store.cancel([asked.id])
    assert store.job(asked.id).waiting is None


def test_a_job_that_was_cancelled_meanwhile_waits_for_nothing(tonight: Night) -> None:
    store = tonight.store
    jobs = some_jobs(store, ["sw1", "sw2"])
    store.own_batch("batch-0001", tonight.engine._runner)
    store.cancel([jobs[1].id])
    comes_first = Waiting(WaitKind.WAVE, "wave 1")
    store.waits([job.id for job in jobs], comes_first)
    assert [store.job(job.id).waiting for job in jobs] == [comes_first, None]
    assert [event.kind for event in store.events(jobs[1].id)] == ["created", "status"]


def test_approval(tonight: Night) -> None:
    (job,) = some_jobs(tonight.store, ["sw1"], needs_approval=True)
    assert seen(tonight, job) == Waiting(WaitKind.APPROVAL, "batch-0001")


def test_window(tonight: Night) -> None:
    (job,) = some_jobs(tonight.store, ["sw1"], policy=Policy(window="20:00-23:00@UTC"))
    assert seen(tonight, job) == Waiting(WaitKind.WINDOW, "20:00-23:00@UTC", until=NOON + timedelta(hours=8))


def test_freeze(tonight: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    (job,) = some_jobs(tonight.store, ["sw1"])
    end = NOON + timedelta(days=2)
    monkeypatch.setattr(type(tonight.engine._settings), "freezes", [Freeze(NOON, end, "end of the year")])
    assert seen(tonight, job) == Waiting(WaitKind.FREEZE, "end of the year", until=end)


def test_of_several_windows_the_one_that_opens(tonight: Night) -> None:
    (job,) = some_jobs(tonight.store, ["sw1"], policy=Policy(window="2001-01-01 20:00/1h@UTC; 20:00-23:00@UTC"))
    assert seen(tonight, job) == Waiting(WaitKind.WINDOW, "20:00-23:00@UTC", until=NOON + timedelta(hours=8))


@pytest.mark.parametrize("text", [None, b"", nights()[:150], calendar()], ids=["gone", "empty", "half", "no event"])
def test_a_calendar_that_is_gone_holds_each_job_until_it_is_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: bytes | None
) -> None:
    freezes = tmp_path / "freezes.ics"
    if text is not None:
        freezes.write_bytes(text)
    with night(tmp_path, monkeypatch, freeze_calendars=[freezes]) as tonight:
        (job,) = some_jobs(tonight.store, ["sw1"])
        waiting = seen(tonight, job)
        assert waiting is not None
        assert (waiting.kind, waiting.until, tonight.ran) == (WaitKind.FREEZE, None, [])
        assert waiting.on.startswith(f"the calendar {freezes} does not count, so nothing is activated: it ")
        tonight.stop = Looks(lambda: freezes.write_bytes(nights("backups", days="MO")))
        assert tonight.run([job]) == [GOOD]


def test_a_window_of_a_calendar(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "nights.ics"
    path.write_bytes(nights(days="MO,TU,WE,TH,FR,SA,SU", zone="UTC"))
    with night(tmp_path, monkeypatch, calendars={"nights": path}) as tonight:
        (job,) = some_jobs(tonight.store, ["sw1"], policy=Policy(window="calendar:nights"))
        opens = Waiting(WaitKind.WINDOW, "calendar:nights (night)", until=NOON + timedelta(hours=10))
        assert seen(tonight, job) == opens
        path.unlink()
        tonight.stop = Looks()
        assert tonight.run([job]) == [WAITS]
        waiting = tonight.store.job(job.id).waiting
        assert waiting is None or waiting.kind is not WaitKind.WINDOW


@pytest.mark.parametrize(
    ("place", "group", "expected"),
    [
        ("sw1", None, Waiting(WaitKind.DEVICE, "sw1", 1)),
        ("sw2", "core", Waiting(WaitKind.PARTNER, "sw2 of redundancy group core", 1)),
    ],
)
def test_a_job_of_another_batch(tonight: Night, place: str, group: str | None, expected: Waiting) -> None:
    (first,) = some_jobs(tonight.store, [place], "batch-0001", groups=[group])
    (second,) = some_jobs(tonight.store, ["sw1"], "batch-0002", groups=[group])
    with tonight.store.register_runner() as other:
        assert tonight.store.claim(first.id, other) is not None
        assert seen(tonight, second) == expected


def test_partner_and_feeder_in_the_same_batch(tonight: Night) -> None:
    jobs = some_jobs(tonight.store, ["sw1", "sw2"], groups=["core", "core"])
    assert seen(tonight, jobs[1], jobs[1:]) == Waiting(WaitKind.PARTNER, "sw1 of redundancy group core", jobs[0].id)
    far, near = some_jobs(tonight.store, ["sw3", "sw4"], "batch-0002")
    said(tonight.store, "UPDATE jobs SET after = ? WHERE id = ?", [f"[{far.id}]", near.id])
    assert seen(tonight, tonight.store.job(near.id)) == Waiting(WaitKind.FEEDER, "sw3", far.id)


def test_a_turn_when_more_wait_than_may_run(tonight: Night) -> None:
    jobs = some_jobs(tonight.store, ["sw1", "sw2", "sw3"], workers=1)
    found: list[Waiting | None] = []
    tonight.ends["sw1"] = lambda: (found.extend(tonight.store.job(job.id).waiting for job in jobs), GOOD)[1]
    assert tonight.run(jobs) == [GOOD] * 3
    assert found == [None, *[Waiting(WaitKind.TURN, "one device")] * 2]


def test_later_waves_the_soak_and_the_look_after_it(tonight: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    jobs = some_jobs(tonight.store, ["sw1", "sw2", "sw3"], waves=[1, 2, 3], policy=Policy(waves=("1",), soak=600.0))
    found: list[list[Waiting | None]] = []

    def look() -> None:
        found.append([tonight.store.job(job.id).waiting for job in jobs])

    tonight.ends["sw1"] = lambda: (look(), GOOD)[1]
    sleep: Callable[..., None] = tonight.clock.sleep
    monkeypatch.setattr(tonight.clock, "sleep", lambda seconds, stop=None: (look(), sleep(seconds, stop)))

    def look_again(_context: object) -> Parts[str]:
        yield from ()
        look()
        return ""

    monkeypatch.setattr(POST_CHECKS, "look_again", look_again)
    monkeypatch.setattr(JobRunner, "afterwards", lambda *_: "")
    assert tonight.run(jobs) == [GOOD] * 3
    third = Waiting(WaitKind.WAVE, "wave 2")
    soak = Waiting(WaitKind.SOAK, "wave 1", until=NOON + timedelta(seconds=1200))
    seen_in_turn = [one for number, one in enumerate(found) if number == 0 or one != found[number - 1]]
    assert seen_in_turn[:3] == [
        [None, Waiting(WaitKind.WAVE, "wave 1"), third],
        [None, soak, third],
        [None, Waiting(WaitKind.WAVE, "one more look at wave 1"), third],
    ]
    assert all(tonight.store.job(job.id).waiting is None for job in jobs)


def test_account(tonight: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    (job,) = some_jobs(tonight.store, ["sw1"])
    found: list[Waiting | None] = []

    def turn(_runs: JobRunner, _name: str, _stop: threading.Event, waits: Callable[[str], None]) -> NotTried | None:
        waits("netops")
        found.append(tonight.store.job(job.id).waiting)
        return None

    monkeypatch.setattr(JobRunner, "wait_to_log_in", turn)
    assert tonight.run([job]) == [GOOD]
    assert found == [Waiting(WaitKind.ACCOUNT, "netops")]


def test_what_a_step_waits_for_holds_until_it_says_something_else(tonight: Night) -> None:
    (job,) = some_jobs(tonight.store, ["sw1"])
    window = Waiting(WaitKind.WINDOW, "20:00-23:00", until=NOON + timedelta(hours=8))
    with tonight.store.register_runner() as runner:
        tonight.store.claim(job.id, runner)
        tonight.store.say(job.id, runner, f"waiting: {window.sentence()}", window)
        assert tonight.store.job(job.id).waiting == window
        tonight.store.waits([job.id], Waiting(WaitKind.RUNNER))
        assert tonight.store.job(job.id).waiting == window, "another process that looked at it says nothing of it"
        tonight.store.say(job.id, runner, "copying")
        assert tonight.store.job(job.id).waiting is None
        tonight.store.say(job.id, runner, "waiting", window)
    left = tonight.store.job(job.id)
    assert (left.interrupted, left.waiting) == (True, None)


def test_what_a_process_said_that_is_gone_counts_no_more(tonight: Night) -> None:
    (job,) = some_jobs(tonight.store, ["sw1"], policy=Policy(window="20:00-23:00@UTC"))
    with tonight.store.register_runner() as runner:
        tonight.store.own_batch(job.batch_id, runner)
        turn = Waiting(WaitKind.TURN, "4 devices")
        tonight.store.waits([job.id], turn, tell=False)
        assert tonight.store.job(job.id).waiting == turn
        assert [event.kind for event in tonight.store.events(job.id)] == ["created"]
    assert tonight.store.job(job.id) == replace(job, waiting=Waiting(WaitKind.RUNNER))
    assert job.status is JobStatus.PENDING
