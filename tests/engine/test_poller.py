"""One thread watches all who wait: for a moment, and for devices that greet again."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from support.greeting import Device
from support.stores import StandingClock

from swimctl.clock import SystemClock
from swimctl.engine import poller as poller_module
from swimctl.engine.lanes import Lanes
from swimctl.engine.poller import Poller
from swimctl.sessions.targets import Ssh, Target
from swimctl.steps.pausing import Parts, Pause

FAST = 100.0
HOUR = 3600.0
PLAIN = Ssh()


@pytest.fixture
def poller() -> Iterator[Poller]:
    made = Poller(SystemClock(FAST))
    yield made
    made.close()


def at(port: int, ssh: Ssh = PLAIN) -> Target:
    return Target("sw1", "127.0.0.1", port, "cisco_xe", "admin", "secret", ssh=ssh)


@pytest.fixture
def device() -> Iterator[Device]:
    made = Device()
    yield made
    made.close()


def watched(poller: Poller, pause: Pause, stop: threading.Event | None = None) -> threading.Event:
    back = threading.Event()
    poller.watch(pause, back.set, stop)
    return back


def test_a_pause_ends_in_device_seconds(poller: Poller) -> None:
    assert watched(poller, Pause(20)).wait(60)
    assert not watched(poller, Pause(HOUR * 24)).is_set()


def test_a_clock_that_stands_still_ends_no_pause() -> None:
    clock = StandingClock()
    made = Poller(clock)
    late = watched(made, Pause(0.05))
    assert not late.wait(0.2)
    clock.forward(1)
    assert late.wait(60)
    made.close()


def test_a_device_is_left_alone_until_it_greets(poller: Poller, device: Device) -> None:
    back = watched(poller, Pause(1, silent=at(device.port), most=HOUR))
    for _ in range(3):
        assert device.asked.acquire(timeout=60)
    assert not back.is_set()
    device.up.set()
    assert back.wait(60)


def test_a_device_that_stays_away_is_handed_back_at_the_end(poller: Poller, device: Device) -> None:
    assert watched(poller, Pause(1, silent=at(device.port), most=50)).wait(60)
    assert device.asked.acquire(timeout=60)


def test_a_stop_hands_back_at_once_whoever_obeys_it(poller: Poller) -> None:
    stop, other = threading.Event(), threading.Event()
    obeying = [watched(poller, Pause(HOUR * 24, obeys=True), stop) for _ in range(50)]
    under_way = watched(poller, Pause(HOUR * 24), stop)
    of_others = watched(poller, Pause(HOUR * 24, obeys=True), other)
    assert watched(poller, Pause(1, obeys=True), stop).wait(60), "it ends by itself as well"
    stop.set()
    assert all(back.wait(60) for back in obeying)
    assert not under_way.is_set()
    assert not of_others.is_set()
    assert watched(poller, Pause(HOUR * 24, obeys=True), stop).wait(60), "nobody waits behind a stop"


def test_nobody_looks_for_a_stop_any_more_that_nobody_obeys_nor_when_it_closes() -> None:
    stop, looks, made = threading.Event(), threading.Event(), Poller(SystemClock(FAST))
    assert watched(made, Pause(1, obeys=True), stop).wait(60)
    for _ in range(200):
        if not made._stopping:
            break
        looks.wait(0.02)
    assert (made._stopping, made._obeying) == (set(), {})
    back = watched(made, Pause(HOUR * 24, obeys=True), stop)
    assert watched(made, Pause(1)).wait(60)
    assert len(made._stopping) == 1
    made.close()
    assert back.is_set()
    assert (made._stopping, made._waiting) == (set(), set())


def test_what_could_not_be_asked_is_handed_back(
    poller: Poller, device: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def cannot(*_: object, **__: object) -> None:
        raise OSError(99, "Cannot assign requested address")

    monkeypatch.setattr("asyncio.open_connection", cannot)
    assert watched(poller, Pause(1, silent=at(device.port), most=HOUR * 24)).wait(60)


def test_who_still_waits_is_handed_back_when_it_closes() -> None:
    made = Poller(SystemClock())
    back = watched(made, Pause(HOUR))
    watched(made, Pause(0)).wait(60)
    made.close()
    assert back.is_set()
    made.close()


def test_hundreds_of_devices_that_are_away_need_one_thread(device: Device, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(poller_module, "_AT_ONCE", 20)
    jobs, lanes = 400, 4
    made, before = Poller(SystemClock(FAST)), threading.active_count()
    back, away, all_away, most = list[int](), list[int](), threading.Event(), list[int]()

    def reloads(number: int) -> Parts[None]:
        away.append(number)
        if len(away) == jobs:
            all_away.set()
        yield Pause(20, silent=at(device.port), most=HOUR * 24)
        most.append(threading.active_count())
        back.append(number)

    several = Lanes((reloads(number) for number in range(jobs)), lanes, jobs, SystemClock(FAST), made.watch)
    threads = [threading.Thread(target=several.work) for _ in range(lanes)]
    for thread in threads:
        thread.start()
    assert all_away.wait(30)
    for _ in range(jobs):
        assert device.asked.acquire(timeout=30)
    assert (back, threading.active_count() - before) == ([], lanes + 1)
    device.up.set()
    for thread in threads:
        thread.join(60)
    assert sorted(back) == list(range(jobs))
    assert max(most) - before <= lanes + 1
    made.close()
