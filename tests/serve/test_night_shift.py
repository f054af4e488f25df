"""Eight hours over the change of the clocks, in Europe and in America, spring and autumn: every batch once, in time.

The hours pass in little more than a minute. What is shown of "in time" does not hang on how busy this machine is: a
batch is taken by the first look of the scheduler after its time, and by none before.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from support.time_at_rest import ClockAtRest, TimeAtRest, time_at_rest
from support.upgrades import TARGET, lab_folder, request

from swimctl.cli.context import Context, Opened
from swimctl.engine import scheduler
from swimctl.engine.scheduler import Scheduler
from swimctl.models import Job
from swimctl.states import FINAL, JobStatus

pytestmark = [
    pytest.mark.prove,
    pytest.mark.timeout(900),
    pytest.mark.xdist_group("night shift"),
]  # one worker, for they share the nights

RATE = 1000.0  # eight hours in 29 seconds in which nothing is done
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
SHIFT, EVERY, DEVICES = 8 * HOUR, 20 * MINUTE, 6
# From its time until its device is worked on: three such seconds. An hour lost or gained by the clocks is more.
LATE = 50 * MINUTE
BERLIN, NEW_YORK = "Europe/Berlin", "America/New_York"
# The zone, the moment of the change, and the hour of the wall that is left out, or comes twice.
CHANGES = {
    "berlin-spring": (BERLIN, "2030-03-31T01:00+00:00", "2030-03-31T02", 0),
    "berlin-autumn": (BERLIN, "2030-10-27T01:00+00:00", "2030-10-27T02", 2),
    "new-york-spring": (NEW_YORK, "2030-03-10T07:00+00:00", "2030-03-10T02", 0),
    "new-york-autumn": (NEW_YORK, "2030-11-03T06:00+00:00", "2030-11-03T01", 2),
}


class Racing(ClockAtRest):
    """A clock that stands until the shift begins, and then shows time that runs many times faster than real time."""

    def __init__(self, at_rest: TimeAtRest, speed: float, begins: datetime) -> None:
        super().__init__(at_rest, speed)
        self._begins = begins
        self._since: float | None = None

    def begin(self) -> None:
        self._since = self.at_rest.monotonic()

    def now(self) -> datetime:
        passed = 0.0 if self._since is None else self.at_rest.monotonic() - self._since
        return self._begins + timedelta(seconds=passed * RATE)


@dataclass
class Shift:
    """What came of a night: every job with the time that was asked for, and the looks that came before and took it."""

    asked: dict[int, str] = field(default_factory=dict)
    looks: dict[int, tuple[datetime, datetime]] = field(default_factory=dict)
    jobs: Sequence[Job] = ()
    claims: Counter[int] = field(default_factory=Counter)
    logins: dict[str, int] = field(default_factory=dict)


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Shift]]:
    """Work all four nights at the same time, each with its own store, scheduler and switches."""
    folder = tmp_path_factory.mktemp("nights")
    with (
        time_at_rest() as at_rest,
        pytest.MonkeyPatch.context() as patch,
        ThreadPoolExecutor(len(CHANGES)) as pool,
    ):
        patch.setattr(scheduler, "LOOK_EVERY", 60 / RATE)  # once a minute of the night
        ends = {name: pool.submit(work, at_rest, folder / name, *CHANGES[name][:2]) for name in CHANGES}
        yield {name: end.result() for name, end in ends.items()}


def work(at_rest: TimeAtRest, folder: Path, zone: str, change: str) -> Shift:
    folder.mkdir()
    begins = datetime.fromisoformat(change).astimezone(UTC) - SHIFT / 2
    with lab_folder(folder, devices=DEVICES, version=TARGET) as lab, Context(folder / "config.yaml").open() as opened:
        clock = Racing(at_rest, opened.config.settings.clock_speed, begins)
        opened.__dict__["clock"] = clock
        shift = Shift()
        ask(opened, shift, begins, ZoneInfo(zone))
        watch(opened, shift)
        run(opened, clock, begins + SHIFT + HOUR)
        shift.jobs = opened.store.jobs()
        for job in shift.jobs:
            shift.claims[job.id] = [event.kind for event in opened.store.events(job.id)].count("claimed")
        # Each job opens one session, and asks this once in it.
        shift.logins = {name: lab.commands(name).count("show privilege") for name in lab.ports}
    return shift


def ask(opened: Opened, shift: Shift, begins: datetime, zone: ZoneInfo) -> None:
    """Ask for batches as people there do: by the clock on their wall, with its offset; the latest of them first."""
    devices = opened.inventory.devices
    for number in reversed(range(SHIFT // EVERY)):
        wall = (begins + EVERY / 2 + number * EVERY).astimezone(zone).isoformat(timespec="minutes")
        picked = [devices[number % DEVICES]]
        if number % 4 == 0:
            picked.append(devices[(number + 3) % DEVICES])
        made = opened.service.trigger(
            request(opened, devices=tuple(picked), schedule_time=datetime.fromisoformat(wall), detached=number % 2 == 0)
        )
        shift.asked.update({job.id: wall for job in made.jobs})


def watch(opened: Opened, shift: Shift) -> None:
    """Note for every job the look that took it and the one before."""
    due, clock = opened.engine.due, opened.clock
    last = clock.now()

    def watched() -> list[Job]:
        nonlocal last
        before = clock.now()
        jobs = due()
        for job in jobs:
            shift.looks.setdefault(job.id, (last, clock.now()))
        last = before
        return jobs

    opened.engine.__dict__["due"] = watched


def run(opened: Opened, clock: Racing, end: datetime) -> None:
    stop = threading.Event()
    serving = Scheduler(opened.engine, opened.store, clock, opened.config.settings.schedule_grace)
    thread = threading.Thread(target=serving.run, args=(stop,))
    clock.begin()
    thread.start()
    try:
        while clock.now() < end and any(job.status not in FINAL for job in opened.store.jobs()):
            time.sleep(0.1)
    finally:
        stop.set()
        thread.join(240)
    assert not thread.is_alive()
    assert serving.failure is None


@pytest.mark.parametrize("name", CHANGES)
def test_every_batch_runs_once_at_its_time(nights: dict[str, Shift], name: str) -> None:
    shift = nights[name]
    assert len({job.batch_id for job in shift.jobs}) == SHIFT // EVERY
    assert {(job.status, job.error) for job in shift.jobs} == {(JobStatus.SUCCESS, None)}
    # None twice: neither by the store's record nor by what the switches saw.
    assert set(shift.claims.values()) == {1}
    assert shift.logins == Counter(job.device_name for job in shift.jobs)
    for job in shift.jobs:
        at = datetime.fromisoformat(shift.asked[job.id])
        assert job.schedule_time == at
        before, taken = shift.looks[job.id]
        assert before < at <= taken
        assert job.started_at is not None
        assert at <= job.started_at < at + LATE


@pytest.mark.parametrize("name", CHANGES)
def test_the_night_has_the_hour_that_is_left_out_or_comes_twice(nights: dict[str, Shift], name: str) -> None:
    _, _, hour, passes = CHANGES[name]
    shift = nights[name]
    walls = sorted({wall for wall in shift.asked.values() if wall.startswith(hour)})
    shown = Counter(wall[:16] for wall in walls)
    assert (len(shown), set(shown.values())) == ((3, {passes}) if passes else (0, set()))
    # Both passes of one time on the wall are an hour apart, and so were their batches.
    started = {shift.asked[job.id]: job.started_at for job in shift.jobs if job.started_at}
    for first, second in zip(walls[::2], walls[1::2], strict=True):
        early, late = sorted((started[first], started[second]))
        assert HOUR - LATE < late - early < HOUR + LATE
