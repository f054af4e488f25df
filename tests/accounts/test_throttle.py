"""Failed logins slow down: when, for how long, and in how much memory."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.stores import StandingClock

from swimctl.accounts.throttle import FAILURES, FIRST_WAIT, LONGEST_WAIT, WINDOW, Throttle, by_address, by_name

ALICE, BOB, HERE = by_name("alice"), by_name("bob"), by_address("192.0.2.1")


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


@pytest.fixture
def throttle(clock: StandingClock) -> Throttle:
    return Throttle(clock)


def test_the_fifth_failure_within_five_minutes_makes_a_wait(throttle: Throttle, clock: StandingClock) -> None:
    for _ in range(4):
        assert throttle.failed([ALICE]) == 0
        clock.forward(70)
    assert throttle.wait([ALICE]) == 0
    assert throttle.failed([ALICE]) == 30
    assert throttle.wait([ALICE, HERE]) == 30
    assert throttle.wait([BOB, HERE]) == 0
    clock.forward(29.5)
    assert throttle.wait([ALICE]) == 1  # whole seconds, and never too few
    clock.forward(0.5)
    assert throttle.wait([ALICE]) == 0


def test_failures_further_apart_make_none(throttle: Throttle, clock: StandingClock) -> None:
    for _ in range(50):
        assert throttle.failed([ALICE]) == 0
        clock.forward(76)  # five of them take 304 seconds


def test_each_wait_is_twice_as_long_up_to_a_quarter_of_an_hour(throttle: Throttle, clock: StandingClock) -> None:
    for _ in range(4):
        throttle.failed([ALICE])
    waits = []
    for _ in range(50):
        waits.append(throttle.failed([ALICE]))
        clock.forward(waits[-1])
        assert throttle.wait([ALICE]) == 0
    assert waits[:7] == [30, 60, 120, 240, 480, 900, 900]
    assert set(waits[5:]) == {900}
    clock.forward(WINDOW)  # who then stays away is treated like anybody
    assert [throttle.failed([ALICE]) for _ in range(FAILURES)] == [0, 0, 0, 0, 30]


def test_an_address_is_slowed_whatever_the_name_and_a_name_whatever_the_address(throttle: Throttle) -> None:
    for number in range(5):
        throttle.failed([by_name(f"user{number}"), HERE])
    assert throttle.wait([by_name("another"), HERE]) == 30
    for number in range(5):
        throttle.failed([ALICE, by_address(f"198.51.100.{number}")])
    assert throttle.wait([ALICE, by_address("203.0.113.5")]) == 30


def test_success_forgets_the_name_alone(throttle: Throttle) -> None:
    for _ in range(4):
        throttle.failed([ALICE, HERE])
    throttle.succeeded(ALICE)
    throttle.succeeded(BOB)
    assert throttle.failed([ALICE]) == 0
    assert throttle.failed([HERE]) == 30


@pytest.mark.parametrize(
    ("origin", "same", "other"),
    [
        ("192.0.2.1", "192.0.2.1", "192.0.2.2"),
        ("::ffff:192.0.2.1", "192.0.2.1", "192.0.2.2"),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:3::1"),
        ("fe80::1%eth0", "fe80::2", "fe81::1"),
        ("unix socket", "unix socket", "another"),
    ],
)
def test_what_counts_as_one_address(origin: str, same: str, other: str) -> None:
    assert by_address(origin) == by_address(same)
    assert by_address(origin) != by_address(other)


def test_keys_are_short_whatever_is_sent() -> None:
    assert all(len(key[1]) <= 64 for key in (by_name("n" * 10**6), by_address("a" * 10**6)))
    assert by_name("192.0.2.1") != by_address("192.0.2.1")


def test_a_flood_of_names_does_not_wash_a_wait_away(clock: StandingClock) -> None:
    throttle = Throttle(clock, most_keys=20)
    for _ in range(FAILURES):
        throttle.failed([ALICE])
    for number in range(5000):
        throttle.failed([by_name(f"invented{number}")])
        assert len(throttle) <= 20
    assert throttle.wait([ALICE]) == FIRST_WAIT


def test_a_flood_of_names_after_a_wait_does_not_make_the_next_one_short(clock: StandingClock) -> None:
    throttle = Throttle(clock, most_keys=20)
    for _ in range(FAILURES):
        throttle.failed([ALICE])
    clock.forward(FIRST_WAIT + 1)
    for number in range(200):
        throttle.failed([by_name(f"invented{number}")])
    assert throttle.failed([ALICE]) == 2 * FIRST_WAIT


def test_what_is_over_makes_room_first(clock: StandingClock) -> None:
    throttle = Throttle(clock, most_keys=10)
    for number in range(9):
        throttle.failed([by_name(f"old{number}")])
    clock.forward(WINDOW - 1)
    throttle.failed([ALICE])
    clock.forward(1)
    throttle.failed([BOB])
    assert len(throttle) == 2


def test_waits_are_in_real_seconds_however_fast_the_lab_is(clock: StandingClock) -> None:
    clock.speed = 60.0
    throttle = Throttle(clock)
    for _ in range(FAILURES):
        throttle.failed([ALICE])
    clock.forward(60 * 20)
    assert throttle.wait([ALICE]) == 10


@given(
    most=st.integers(1, 12),
    steps=st.lists(
        st.tuples(
            st.sampled_from(["fail", "fail", "fail", "succeed", "wait"]),
            st.integers(0, 40),
            st.floats(0, 1000, allow_nan=False),
        ),
        max_size=200,
    ),
)
def test_memory_stays_bounded_and_no_wait_is_endless(most: int, steps: list[tuple[str, int, float]]) -> None:
    clock = StandingClock()
    throttle = Throttle(clock, most_keys=most)
    failed: set[int] = set()
    for what, number, seconds in steps:
        key = by_name(f"n{number}")
        if what == "fail":
            failed.add(number)
            assert 0 <= throttle.failed([key]) <= LONGEST_WAIT
        elif what == "succeed":
            throttle.succeeded(key)
            assert throttle.wait([key]) == 0
        else:
            clock.forward(seconds)
        assert len(throttle) <= most
        assert 0 <= throttle.wait([key]) <= LONGEST_WAIT
        assert number in failed or throttle.wait([key]) == 0
    clock.forward(LONGEST_WAIT)
    assert throttle.wait([by_name(f"n{number}") for number in range(41)]) == 0
