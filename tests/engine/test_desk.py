"""A job that is worked at from another machine: what is asked of the coordinator, who is answered, and what is kept."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from support.icalendars import nights
from support.stores import StandingClock, some_jobs

from swimctl.config.calendars import Calendars
from swimctl.config.settings import Settings
from swimctl.config.windows import Shut
from swimctl.engine.desk import Desk, Order
from swimctl.engine.elsewhere import Elsewhere, settled
from swimctl.engine.far_store import FarStore, untold
from swimctl.errors import ConfigError, NotFound, StaleClaim, StoreError
from swimctl.models import Device, Job, Policy
from swimctl.states import JobStatus, StepStatus
from swimctl.steps.pausing import Pause
from swimctl.store import Runner, Store

NOBODY = cast("Runner", None)
SW1 = Device(1, "sw1", "cisco_xe", "192.0.2.1", site="ber")


@dataclass
class Lent:
    """A claimed job, the coordinator's desk, and where workers keep their journals."""

    store: Store
    runner: Runner
    clock: StandingClock
    job: Job
    desk: Desk
    folder: Path
    lost: list[int] = field(default_factory=list)  # questions whose answers do not arrive
    asked: list[int] = field(default_factory=list)

    def worker(self, stop: threading.Event | None = None) -> FarStore:
        """Lend the job to one more worker."""
        batch = self.store.batch(self.job.batch_id)
        lease = self.desk.lend(batch, self.job, SW1, stop or threading.Event())

        def ask(order: Order, number: int, what: str, given: Sequence[Any], named: Mapping[str, Any]) -> Any:
            self.asked.append(number)
            answer = self.desk.reply(order.job_id, order.lease, number, what, given, named)
            if number in self.lost:
                self.lost.remove(number)
                raise ConnectionResetError("cut")
            return answer

        order = Order("tls://here", "go", batch.id, self.job.id, lease)
        return FarStore(ask, order, self.folder / f"{lease}.jsonl", self.clock, self.folder)


@pytest.fixture
def lent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lent]:
    monkeypatch.setattr("swimctl.engine.far_store._AGAIN", (0.0, 0.0))
    clock = StandingClock()
    with Store.open(tmp_path / "s.db", cast("Any", clock)) as store, store.register_runner() as runner:
        (made,) = some_jobs(store, ["sw1"])
        claimed = store.claim(made.id, runner)
        assert claimed is not None
        settings = Settings(jobs_dir=tmp_path / "jobs")
        yield Lent(store, runner, clock, claimed, Desk(store, runner, settings, cast("Any", clock)), tmp_path)


def test_a_worker_records_as_the_coordinator_would(lent: Lent) -> None:
    far, number = lent.worker(), lent.job.id
    far.move(number, NOBODY, JobStatus.ACTIVATING)
    far.step(number, NOBODY, "readiness", StepStatus.RUNNING)
    far.say(number, NOBODY, "looking")
    far.record(number, "asked", "whether it is there", {"by": "a worker"})
    far.remember(number, "boot", {"uptime": 7})
    far.progress(number, NOBODY, 40, bytes_done=1, bytes_total=2)
    far.permit(number, NOBODY, 0, "install activate", "activate sent", {"mark": "a line"})
    assert far.recall(number, "boot") == lent.store.recall(number, "boot") == {"uptime": 7}
    assert far.recall(number, "activate sent") == {"mark": "a line"}
    assert far.job(number) == lent.store.job(number)
    assert (far.job(number).status, far.job(number).progress) == (JobStatus.ACTIVATING, 40)
    assert far.hold(number, NOBODY, ["serial A"]) is None
    kinds = [event.kind for event in lent.store.events(number)]
    assert kinds[-5:] == ["status", "step", "progress", "asked", "sent"]
    assert len(untold(lent.folder / "1.jsonl")) == 0
    assert (lent.folder / "1.jsonl").stat().st_mode & 0o777 == 0o600
    far.close()
    assert not (lent.folder / "1.jsonl").exists()


def test_the_logins_of_workers_are_counted_with_all_others(lent: Lent) -> None:
    far, pause = lent.worker(), timedelta(minutes=30)
    assert far.begin_login("ab admin", "sw1", most=1, pause=pause)
    assert not far.begin_login("ab admin", "sw2", most=1, pause=pause)
    far.end_login("ab admin", "sw1", taken=False, pause=pause)
    assert far.login_refusals("ab admin", most=1, pause=pause) == lent.store.login_refusals(
        "ab admin", most=1, pause=pause
    )
    assert not far.login_proved("ab admin")
    far.leave_login("ab admin", "sw1")


def test_a_worker_whose_job_was_lent_to_another_one_is_answered_nothing(lent: Lent) -> None:
    """It was frozen, and wakes up."""
    frozen, other = lent.worker(), lent.worker()
    other.say(lent.job.id, NOBODY, "I go on")
    events = len(lent.store.events(lent.job.id))
    for ask in (
        lambda: frozen.permit(lent.job.id, NOBODY, 0, "install activate", "activate sent", {}),
        lambda: frozen.say(lent.job.id, NOBODY, "I go on"),
        lambda: frozen.recall(lent.job.id, "boot"),
        frozen.begin,
    ):
        with pytest.raises(StaleClaim, match=f"lease 1 of job {lent.job.id} is over"):
            ask()
    assert len(lent.store.events(lent.job.id)) == events


def test_a_worker_is_told_the_window_that_the_device_has_here(lent: Lent, monkeypatch: pytest.MonkeyPatch) -> None:
    assert lent.worker().begin().window is None
    monkeypatch.setattr(f"{__name__}.SW1", replace(SW1, window="22:00-04:00"))
    assert lent.worker().begin().window == "22:00-04:00"


def test_only_one_worker_begins_with_a_lease_whatever_the_scheduler_does(lent: Lent) -> None:
    far = lent.worker()
    task = far.begin()
    assert (task.job, task.place, task.image.id) == (lent.job, SW1.place, lent.job.image_id)
    assert far.image(0).path.parent == lent.folder
    assert not {"notify", "credentials_file", "store"} & set(task.settings)
    with pytest.raises(StaleClaim, match="gave it to a second worker"):
        far.begin()
    # Another process with the same order: its first question has the number that the other one's had.
    twin = FarStore(far._ask, far._order, lent.folder / "twin.jsonl", lent.clock, lent.folder)
    with pytest.raises(StaleClaim, match="gave it to a second worker"):
        twin.begin()


def test_a_worker_begins_though_the_first_answer_was_lost(lent: Lent) -> None:
    far = lent.worker()
    lent.lost.append(1)
    assert far.begin().job == lent.job
    assert lent.asked == [1, 1]


def test_no_piece_of_an_image_is_kept_for_who_asks_again(lent: Lent, monkeypatch: pytest.MonkeyPatch) -> None:
    path = lent.folder / "image.bin"
    path.write_bytes(b"0123456789")
    image = replace(lent.store.image(lent.job.image_id), path=path)
    monkeypatch.setattr(lent.store, "image", lambda _ref: image)
    far = lent.worker()
    assert b"".join(far.piece(at, 2) for at in range(0, 10, 2)) == b"0123456789"
    assert lent.desk.take_back(lent.job.id, 1).answered == {}


def test_of_small_answers_the_last_ones_are_kept(lent: Lent) -> None:
    far = lent.worker()
    for _ in range(60):
        far.recall(lent.job.id, "boot")
    assert sorted(lent.desk.take_back(lent.job.id, 1).answered) == list(range(11, 61))


def test_a_worker_of_another_version_does_not_begin(lent: Lent, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("swimctl.engine.far_store.__version__", "0.0.1")
    with pytest.raises(ConfigError, match=r"its worker is swimctl 0\.0\.1"):
        lent.worker().begin()


def test_a_job_that_was_taken_back_answers_nobody(lent: Lent) -> None:
    far = lent.worker()
    assert lent.desk.take_back(lent.job.id, 1).begun is False
    with pytest.raises(StaleClaim):
        far.say(lent.job.id, NOBODY, "I go on")


def test_a_question_whose_answer_was_lost_is_carried_out_once(lent: Lent) -> None:
    far = lent.worker()
    lent.lost.append(1)
    far.record(lent.job.id, "asked", "whether it is there")
    assert lent.asked == [1, 1]
    assert [event.kind for event in lent.store.events(lent.job.id)].count("asked") == 1


def test_with_the_number_of_a_visit_nothing_of_a_job_changes(lent: Lent) -> None:
    batch = lent.store.batch(lent.job.batch_id)
    lease = lent.desk.lend(batch, lent.job, SW1, threading.Event(), ended=True)
    assert lease < 0
    for what in ("permit", "move", "say", "release"):
        error, words = lent.desk.reply(lent.job.id, lease, 1, what, [], {})
        assert (error, "is not answered" in words) == ("ConfigError", True), what
        lent.desk.take_back(lent.job.id, lease)
        lease = lent.desk.lend(batch, lent.job, SW1, threading.Event(), ended=True)
    assert lent.desk.reply(lent.job.id, lease, 1, "record", ["asked", "by a visit"], {})[0] == ""


def test_a_stop_reaches_the_worker(lent: Lent) -> None:
    stop = threading.Event()
    far = lent.worker(stop)
    assert far.stopped() is False
    stop.set()
    assert far.stopped() is True


def test_what_the_store_refuses_is_refused_far_away_with_the_same_words(lent: Lent) -> None:
    far = lent.worker()
    with pytest.raises(NotFound, match=f"job {lent.job.id} has no step 'tea'"):
        far.step(lent.job.id, NOBODY, "tea", StepStatus.RUNNING)
    with pytest.raises(ConfigError, match="asked for 'back_up', which is not answered"):
        far._question("back_up", "/tmp/elsewhere")  # noqa: S108 - refused
    with pytest.raises(ConfigError, match=r"'\.\./x' is no file of a job"):
        far.keep("../x", b"", begin=True)


def test_a_store_that_fails_is_known_to_the_coordinator(lent: Lent, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise StoreError("the disk is full")

    far = lent.worker()
    monkeypatch.setattr(lent.store, "say", fails)
    with pytest.raises(StoreError, match="the disk is full"):
        far.say(lent.job.id, NOBODY, "looking")
    assert str(lent.desk.take_back(lent.job.id, 1).failure) == "the disk is full"


def test_a_worker_that_reaches_nobody_sends_nothing_and_has_what_it_wanted_to_say(lent: Lent) -> None:
    far = lent.worker()
    lent.lost.extend([1, 1, 1])
    with pytest.raises(StoreError, match=r"tls://here does not answer \(cut\); nothing more is sent"):
        far.permit(lent.job.id, NOBODY, 0, "install activate", "activate sent", {"mark": "a line"})
    with pytest.raises(StoreError):
        far.recall(lent.job.id, "boot")
    assert lent.asked == [1, 1, 1]
    far.close()
    (line,) = untold(lent.folder / "1.jsonl")
    assert (line["n"], line["lease"], line["what"]) == (1, 1, "permit")
    assert line["given"] == ["install activate", "activate sent", {"mark": "a line"}]
    other = lent.worker()
    for _ in range(2):
        other.late(lent.job.id, line, "ber")
    late = [event.message for event in lent.store.events(lent.job.id) if event.kind == "late"]
    assert len(late) == 1
    assert "a worker of site ber noted at" in late[0]


def test_an_error_that_is_none_of_the_network_is_no_answer_either(lent: Lent) -> None:
    """So Dask's connections end in a worker that a scheduler lets go."""

    def closed(*_: object) -> Any:
        raise RuntimeError("ConnectionPool is closed")

    far = lent.worker()
    far._ask = closed
    with pytest.raises(StoreError, match=r"does not answer \(ConnectionPool is closed\); nothing more is sent"):
        far.remember(lent.job.id, "activate answered", {"succeeded": True})
    far.close()
    (line,) = untold(lent.folder / "1.jsonl")
    assert (line["what"], line["given"]) == ("remember", ["activate answered", {"succeeded": True}])


def test_a_line_that_a_power_loss_cut_is_no_line(tmp_path: Path) -> None:
    journal = tmp_path / "j"
    journal.write_text('{"n": 1, "what": "say"}\n{"untold": 1}\n{"n": 2, "wh', encoding="utf-8")
    assert [line["n"] for line in untold(journal)] == [1]


def waits(lent: Lent, *, here: bool = True) -> list[Pause]:
    """Return how long its job waits in the process that lent it, or in another one."""
    return list(settled(lent.store, cast("Any", lent.clock), lent.job, cast("Elsewhere", lent.desk) if here else None))


@pytest.mark.parametrize(("gone", "left"), [(0.0, 45.0), (20.0, 25.0), (44.0, 1.0), (46.0, None)])
def test_what_a_silent_worker_was_permitted_is_too_old_before_its_job_goes_on(
    lent: Lent, gone: float, left: float | None
) -> None:
    lent.store.record(lent.job.id, "lent", "to a worker of site ber")
    lent.worker().permit(lent.job.id, NOBODY, 0, "install activate", "activate sent", {})
    lent.clock.forward(gone)
    assert waits(lent) == ([] if left is None else [Pause(left, obeys=True)])
    assert waits(lent, here=False) == [Pause(45.0, obeys=True)]


@pytest.mark.parametrize("step", [timedelta(hours=1), timedelta(hours=-1)])
def test_a_time_of_day_that_is_set_meanwhile_makes_the_wait_no_shorter(
    lent: Lent, monkeypatch: pytest.MonkeyPatch, step: timedelta
) -> None:
    lent.store.record(lent.job.id, "lent", "to a worker of site ber")
    lent.worker().permit(lent.job.id, NOBODY, 0, "install activate", "activate sent", {})
    lent.clock.forward(5)
    monkeypatch.setattr(lent.clock, "now", lambda: lent.clock.at + step)
    assert waits(lent) == [Pause(40.0, obeys=True)]
    assert waits(lent, here=False) == [Pause(45.0, obeys=True)]


def test_a_job_that_was_never_elsewhere_waits_for_nobody(lent: Lent) -> None:
    lent.store.permit(lent.job.id, lent.runner, lent.store.lease(lent.job.id, lent.runner), "add", "add sent", {})
    assert waits(lent) == []


def test_a_worker_asks_for_a_calendar_each_time_and_for_no_other_file(lent: Lent, tmp_path: Path) -> None:
    path = tmp_path / "freezes.ics"
    path.write_bytes(nights())
    lent.desk._settings = Settings(jobs_dir=tmp_path / "jobs", freeze_calendars=[path])
    far = lent.worker()
    assert far.calendar(path) == nights()
    path.write_bytes(nights(days="SA"))
    assert far.calendar(path) == nights(days="SA")
    path.unlink()
    with pytest.raises(ConfigError, match="cannot be read"):
        far.calendar(path)
    with pytest.raises(ConfigError, match=r"config\.yaml names no calendar"):
        far.calendar(tmp_path / "s.db")
    settings = Settings.model_validate(dict(far.begin().settings))
    told = Calendars(settings, far.calendar).gate(lent.clock.now(), timedelta(hours=1), None, None)
    assert isinstance(told, Shut)


def test_a_window_and_a_freeze_of_days_are_on_a_worker_what_they_are_here(
    lent: Lent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    try:
        days = {"from": "2030-12-24", "to": "2030-12-26", "reason": "Christmas"}
        lent.desk._settings = Settings.model_validate({"freeze": [days]})
        batch = replace(lent.store.batch(lent.job.batch_id), policy=Policy(window="22:00-04:00"))
        monkeypatch.setattr(lent.store, "batch", lambda _: batch)
        far = lent.worker()
        task = far.begin()
        asked = far.batch("").policy
        assert (task.zone, task.batch.policy.zone, asked.zone) == ("Europe/Berlin",) * 3
        here = lent.desk._settings.freezes
        monkeypatch.setenv("TZ", "Asia/Tokyo")
        time.tzset()
        there = Calendars(Settings.model_validate(dict(task.settings)), zone=task.zone)
        assert there.freezes(here[0].start) == here
        opens = there.windows("22:00-04:00", here[0].start, asked.zone).opening(here[0].start)
        assert opens is not None
        assert opens.opens.hour == 21
    finally:
        monkeypatch.undo()
        time.tzset()


def test_what_a_worker_sees_is_kept_as_of_the_job_and_not_from_one_whose_lease_is_over(lent: Lent) -> None:
    first, second = lent.worker(), lent.worker()
    with pytest.raises(StaleClaim):
        first.saw_in_job(lent.job.id, "17.9.5", {"1": "17.9.5"}, "", ["FOC1"])
    second.saw_in_job(lent.job.id, "17.12.04", {"1": "17.12.04"}, "", ["FOC1"])
    (seen,) = lent.store.sightings(lent.job.device_id)[lent.job.device_id]
    assert (seen.release, seen.members, seen.by) == ("17.12.04", {"1": "17.12.04"}, f"job {lent.job.id}")
    assert seen.serials == ("FOC1",)
    assert second.seen_of_job(lent.job.id) == seen
