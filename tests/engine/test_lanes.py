"""Which part of which job runs next, on how many threads."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import pytest
from support.stores import StandingClock

from swimctl.engine.lanes import Lanes
from swimctl.steps.pausing import Parts, Pause, shared, wanted

AWAY = Pause(10)
IN_TURN = Pause(1, begun=False)


@dataclass
class Watched:
    """What waits, in the order in which it began to; `all_wait` is set once so many do."""

    waits: list[tuple[Pause, Callable[[], None]]] = field(default_factory=list)
    many: int = 0
    all_wait: threading.Event = field(default_factory=threading.Event)

    def __call__(self, pause: Pause, back: Callable[[], None]) -> None:
        self.waits.append((pause, back))
        if len(self.waits) == self.many:
            self.all_wait.set()

    def hand_back(self, which: int = 0) -> None:
        self.waits.pop(which)[1]()


@dataclass
class Played:
    """Jobs of which each does what its pauses say, and notes each part that it begins."""

    log: list[str] = field(default_factory=list)

    def job(self, name: str, *pauses: Pause) -> Parts[None]:
        for number, pause in enumerate(pauses):
            self.log.append(f"{name}{number}")
            yield pause
        self.log.append(f"{name} ends")


def ended(threads: list[threading.Thread]) -> None:
    """Wait until no lane waits any more."""
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()


def at_once(pause: Pause, back: Callable[[], None]) -> None:
    assert pause.seconds >= 0
    back()


def run(*jobs: Parts[None], lanes: int = 1, under_way: int = 9, watch: Any = at_once) -> None:
    """Run them on a lane, in this thread; at the end nobody is counted any more."""
    made = Lanes(jobs, lanes, under_way, StandingClock(), watch)
    made.work()
    assert (made._left, made._beginning, made._under_way, made._waiting) == (0, 0, 0, 0)


def test_who_is_under_way_goes_before_who_has_not_begun() -> None:
    played = Played()
    run(played.job("a", AWAY), played.job("b", AWAY), played.job("c"))
    assert played.log == ["a0", "a ends", "b0", "b ends", "c ends"]


def test_those_under_way_are_taken_up_as_they_come() -> None:
    played, watched = Played(), Watched()

    def last() -> Parts[None]:
        watched.hand_back(1)
        watched.hand_back(0)
        yield from ()

    run(played.job("a", AWAY), played.job("b", AWAY), last(), watch=watched)
    assert played.log == ["a0", "b0", "b ends", "a ends"]


def test_who_waits_for_its_turn_comes_back_in_the_order_of_the_jobs() -> None:
    played, watched = Played(), Watched()

    def second() -> Parts[None]:
        watched.hand_back()
        played.log.append("b")
        yield from ()

    run(played.job("a", IN_TURN), second(), played.job("c"), watch=watched)
    assert played.log == ["a0", "b", "a ends", "c ends"]


def test_no_more_jobs_are_under_way_than_may_be() -> None:
    played = Played()
    watched = Watched(many=2)
    lanes = Lanes([played.job(name, AWAY) for name in "abc"], 2, 2, StandingClock(), watched)
    threads = [threading.Thread(target=lanes.work, daemon=True) for _ in range(2)]
    for thread in threads:
        thread.start()
    assert watched.all_wait.wait(60)
    assert sorted(played.log) == ["a0", "b0"]
    watched.many = 2
    watched.all_wait.clear()
    watched.hand_back()  # one of them ends, and c begins
    assert watched.all_wait.wait(60)
    assert "c0" in played.log
    watched.hand_back()
    watched.hand_back()
    ended(threads)
    assert len(played.log) == 6


def test_who_waits_for_its_turn_is_not_under_way() -> None:
    played, watched = Played(), Watched()

    def partner() -> Parts[None]:
        played.log.append("b")
        watched.hand_back()
        yield from ()

    run(played.job("a", IN_TURN), partner(), under_way=1, watch=watched)
    assert played.log == ["a0", "b", "a ends"]


@pytest.mark.parametrize(
    ("lanes", "under_way", "jobs", "begin"),
    [(4, 9, 9, 3), (2, 9, 9, 1), (3, 9, 9, 2), (8, 9, 9, 6), (4, 4, 9, 4), (4, 9, 4, 4), (4, 2, 9, 2)],
)
def test_lanes_are_kept_for_those_that_come_back(lanes: int, under_way: int, jobs: int, begin: int) -> None:
    talk, began, all_here = threading.Event(), list[int](), threading.Event()

    def copying(number: int) -> Parts[None]:
        began.append(number)
        if len(began) == begin:
            all_here.set()
        talk.wait(60)
        yield from ()

    several = Lanes([copying(number) for number in range(jobs)], lanes, under_way, StandingClock(), at_once)
    assert several._most_beginning == (lanes if begin == min(lanes, under_way) else begin)
    threads = [threading.Thread(target=several.work, daemon=True) for _ in range(lanes)]
    for thread in threads:
        thread.start()
    assert all_here.wait(60)
    with several._changed:
        assert len(began) == several._beginning == begin
    talk.set()
    ended(threads)
    assert sorted(began) == list(range(jobs))


def test_what_a_job_reads_stays_with_it_whichever_thread_it_gets() -> None:
    read: ContextVar[str] = ContextVar("read", default="nothing")
    seen, watched = list[str](), Watched()

    def reading(name: str) -> Parts[None]:
        token = read.set(name)
        yield AWAY
        seen.append(read.get())
        read.reset(token)  # raises ValueError in another context

    lanes = Lanes([reading("a"), reading("b")], 1, 9, StandingClock(), watched)
    watched.many = 2
    first = threading.Thread(target=lanes.work, daemon=True)
    first.start()
    assert watched.all_wait.wait(60)
    watched.hand_back()
    second = threading.Thread(target=lanes.work, daemon=True)
    second.start()
    watched.hand_back()
    ended([first, second])
    assert sorted(seen) == ["a", "b"]
    assert read.get() == "nothing"


def test_many_who_wait_for_their_turn_look_less_often() -> None:
    watched = Watched()
    waiting = (Played().job("a", IN_TURN) for _ in range(100))

    def last() -> Parts[None]:
        assert [pause.seconds for pause, _ in watched.waits[:50]] == [1.0] * 50
        assert watched.waits[-1][0].seconds == pytest.approx(2.0)
        while watched.waits:
            watched.hand_back()
        yield from ()

    run(*waiting, last(), watch=watched)
    again = Watched()
    run(*(Played().job("a", AWAY) for _ in range(8)), handing_back(again), under_way=10, watch=again)


def handing_back(watched: Watched) -> Parts[None]:
    """Check that who is under way waits no longer than it said, and let it go on."""
    assert {pause.seconds for pause, _ in watched.waits} == {AWAY.seconds}
    while watched.waits:
        watched.hand_back()
    yield from ()


def test_a_job_that_fails_swimctl_ends_and_counts_no_longer() -> None:
    def breaks() -> Parts[None]:
        yield AWAY
        raise RuntimeError("a defect")

    played = Played()
    lanes = Lanes([breaks(), played.job("a")], 1, 1, StandingClock(), at_once)
    with pytest.raises(RuntimeError, match="a defect"):
        lanes.work()
    lanes.work()  # another lane
    assert played.log == ["a ends"]


def test_a_job_is_told_whether_another_one_needs_its_thread() -> None:
    told, watched = list[tuple[str, bool]](), Watched()

    def asks(name: str) -> Parts[None]:
        assert shared()
        told.append((name, wanted()))
        yield AWAY
        told.append((f"{name} is back", wanted()))

    def last() -> Parts[None]:
        told.append(("all wait", wanted()))
        watched.hand_back()
        watched.hand_back()
        told.append(("they are back", wanted()))
        yield from ()

    run(asks("a"), asks("b"), last(), watch=watched)
    assert told == [
        ("a", False),  # it begins itself, and no more than one may
        ("b", False),
        ("all wait", False),
        ("they are back", True),
        ("a is back", True),
        ("b is back", False),
    ]
    assert not shared()


def test_a_job_that_may_not_begin_yet_needs_no_thread() -> None:
    told = list[bool]()

    def asks() -> Parts[None]:
        told.append(wanted())
        yield from ()

    run(asks(), asks(), under_way=1)
    assert told == [False, False]


EARLY = Pause(1, early=True)


def test_who_waits_for_its_copy_goes_behind_those_that_come_back_and_before_those_that_have_not_begun() -> None:
    played, watched = Played(), Watched()

    def last() -> Parts[None]:
        watched.hand_back(0)
        watched.hand_back(0)
        yield from ()

    run(played.job("a", EARLY), played.job("b", AWAY), last(), played.job("c"), watch=watched)
    assert played.log == ["a0", "b0", "b ends", "a ends", "c ends"]


def test_a_copy_that_had_to_wait_takes_no_lane_of_those_that_come_back() -> None:
    """Four lanes, of which one is kept: three jobs copy, the fourth had to wait, and one comes back."""
    watched, copying, talk = Watched(many=5), threading.Semaphore(0), threading.Event()
    went, back = list[str](), threading.Event()

    def copies(name: str, *pauses: Pause) -> Parts[None]:
        yield from pauses
        copying.release()
        assert talk.wait(60)
        went.append(name)

    def comes_back() -> Parts[None]:
        yield AWAY
        back.set()

    jobs = [*(copies(name, EARLY) for name in "abcd"), comes_back()]
    lanes = Lanes(jobs, 4, 9, StandingClock(), watched)
    threads = [threading.Thread(target=lanes.work, daemon=True) for _ in range(4)]
    for thread in threads:
        thread.start()
    assert watched.all_wait.wait(60)
    returning = next(place for place, (pause, _) in enumerate(watched.waits) if pause == AWAY)
    away = watched.waits.pop(returning)[1]
    for _ in range(4):
        watched.hand_back()
    for _ in range(3):
        assert copying.acquire(timeout=60)
    away()
    assert back.wait(60), "the lane that is kept"
    assert not copying.acquire(blocking=False)
    talk.set()
    ended(threads)
    assert sorted(went) == list("abcd")


def test_how_often_those_look_who_wait_is_counted_in_real_seconds() -> None:
    clock, watched = StandingClock(), Watched()
    clock.speed = 10.0

    def last() -> Parts[None]:
        assert watched.waits[-1][0].seconds == pytest.approx(20.0)
        while watched.waits:
            watched.hand_back()
        yield from ()

    waiting = [Played().job("a", IN_TURN) for _ in range(100)]
    Lanes([*waiting, last()], 1, 9, clock, watched).work()
    assert watched.waits == []


def test_who_waited_for_its_turn_begins_no_sooner_than_others_that_have_not_begun() -> None:
    played, watched = Played(), Watched(many=2)
    lanes = Lanes([played.job("a", IN_TURN), played.job("b", AWAY), played.job("c")], 1, 1, StandingClock(), watched)
    thread = threading.Thread(target=lanes.work, daemon=True)
    thread.start()
    assert watched.all_wait.wait(60)
    watched.hand_back()  # its turn has come, and b is under way
    with lanes._changed:
        assert not lanes._early
    watched.hand_back()
    ended([thread])
    assert played.log == ["a0", "b0", "b ends", "a ends", "c ends"]


def test_many_who_wait_for_their_copy_look_less_often() -> None:
    watched = Watched()

    def last() -> Parts[None]:
        assert [pause.seconds for pause, _ in watched.waits] == [1.0] * 50 + [1.02, 1.04]
        while watched.waits:
            watched.hand_back()
        yield from ()

    run(*(Played().job("a", EARLY) for _ in range(52)), last(), under_way=60, watch=watched)


@pytest.mark.parametrize("pause", [IN_TURN, EARLY])
def test_who_came_back_and_waits_again_counts_once(pause: Pause) -> None:
    watched, rounds = Watched(), list[list[float]]()

    def hands_back() -> Parts[None]:
        rounds.append([one.seconds for one, _ in watched.waits])
        while watched.waits:
            watched.hand_back()
        yield from ()

    several = [Played().job("a", pause, pause) for _ in range(100)]
    run(*several, hands_back(), hands_back(), under_way=200, watch=watched)
    assert len(rounds[0]) == 100
    assert rounds[0] == rounds[1]
    assert max(rounds[1]) == 2.0


def test_a_lane_too_many_stands_still_until_there_are_more_again() -> None:
    begun, go_on = threading.Event(), threading.Event()

    def first() -> Parts[None]:
        begun.set()
        assert go_on.wait(60)
        yield from ()

    def last() -> Parts[None]:
        played.log.append("c ends")
        ended.set()
        yield from ()

    played, ended = Played(), threading.Event()
    lanes = Lanes([first(), played.job("b"), last()], 2, 2, StandingClock(), at_once)
    one = threading.Thread(target=lanes.work)
    one.start()
    assert begun.wait(60)
    lanes.resize(1, 1)
    other = threading.Thread(target=lanes.work)
    other.start()
    assert not lanes.wait(0.05)
    assert played.log == []
    lanes.resize(2, 2)
    assert ended.wait(60)
    assert played.log == ["b ends", "c ends"]
    go_on.set()
    for thread in (one, other):
        thread.join(60)
    assert lanes.wait(0)


LOOKS = Pause(1, early=True, looks=True)
GOES_ON = Pause(0, early=True)


def test_who_only_looks_has_no_lane_and_gets_one_when_it_goes_on() -> None:
    looked, let_go, threads = threading.Event(), threading.Event(), dict[str, str]()

    def fetches() -> Parts[None]:
        threads["told"] = threading.current_thread().name
        yield LOOKS
        while not let_go.is_set():
            threads["looks"] = threading.current_thread().name
            looked.set()
            yield LOOKS
        yield GOES_ON
        threads["goes on"] = threading.current_thread().name

    def another() -> Parts[None]:
        assert looked.wait(60), "the one lane is free while the first job looks"
        let_go.set()
        yield from ()

    made = Lanes([fetches(), another()], 1, 9, StandingClock(), at_once)
    running = [threading.Thread(target=made.work, name="lane"), threading.Thread(target=made.look, name="looks")]
    for thread in running:
        thread.start()
    ended(running)
    assert threads == {"told": "lane", "looks": "looks", "goes on": "lane"}
    assert (made._left, made._beginning, made._under_way, made._waiting, made._busy) == (0, 0, 0, 0, 0)


def test_who_looks_is_under_way_and_lets_no_more_begin_than_may() -> None:
    played, looked, let_go = Played(), threading.Event(), threading.Event()

    def fetches() -> Parts[None]:
        yield LOOKS
        while not let_go.is_set():
            looked.set()
            yield LOOKS

    made = Lanes([fetches(), played.job("b")], 2, 1, StandingClock(), at_once)
    running = [threading.Thread(target=each) for each in (made.work, made.work, made.look)]
    for thread in running:
        thread.start()
    assert looked.wait(60)
    assert not played.log
    let_go.set()
    ended(running)
    assert played.log == ["b ends"]


def test_a_job_that_ends_in_a_look_ends_like_any_other() -> None:
    made = Lanes([Played().job("a", LOOKS)], 1, 1, StandingClock(), at_once)
    running = [threading.Thread(target=each) for each in (made.work, made.look)]
    for thread in running:
        thread.start()
    ended(running)
    assert (made._left, made._under_way, made._busy) == (0, 0, 0)
