"""Order, waves and lengths of time: pure, so tried by properties."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swimctl.errors import SelectionError, UsageError
from swimctl.models import Device
from swimctl.requests.order import failures_allowed, in_order, wave_of_each, wave_sizes

NAMES = [f"sw{number}" for number in range(1, 9)]


def device(name: str, depends_on: tuple[str, ...] = (), feeds: tuple[str, ...] = ()) -> Device:
    return Device(int(name[2:]), name, "cisco_xe", "127.0.0.1", depends_on=depends_on, feeds=feeds)


def names(*devices: Device) -> list[str]:
    return [one.name for one in in_order(devices)[0]]


def test_without_a_word_the_order_is_that_of_the_request() -> None:
    assert names(device("sw3"), device("sw1"), device("sw2")) == ["sw3", "sw1", "sw2"]


def test_the_far_one_comes_before_the_one_that_feeds_it() -> None:
    assert names(device("sw1", feeds=("sw2",)), device("sw2")) == ["sw2", "sw1"]
    assert names(device("sw1"), device("sw2", depends_on=("sw1",))) == ["sw2", "sw1"]
    core, distribution, access = device("sw1", feeds=("sw2",)), device("sw2"), device("sw3", depends_on=("sw2",))
    ordered, after = in_order([core, distribution, access])
    assert [one.name for one in ordered] == ["sw3", "sw2", "sw1"]
    assert after == {"sw1": ("sw3", "sw2"), "sw2": ("sw3",), "sw3": ()}


def test_one_hangs_on_another_through_who_is_not_among_them() -> None:
    # A retry has the core and an access switch; the distribution switch between them was upgraded before.
    core, distribution, access = device("sw1", feeds=("sw2",)), device("sw2"), device("sw3", depends_on=("sw2",))
    ordered, after = in_order([core, access], [core, distribution, access])
    assert [one.name for one in ordered] == ["sw3", "sw1"]
    assert after == {"sw1": ("sw3",), "sw3": ()}


def test_who_is_not_among_them_does_not_count() -> None:
    assert names(device("sw1", feeds=("sw9",)), device("sw2", depends_on=("sw8",))) == ["sw1", "sw2"]


def test_a_circle_is_named() -> None:
    circle = [device("sw1", depends_on=("sw2",)), device("sw2", depends_on=("sw3",)), device("sw3", feeds=())]
    assert names(*circle) == ["sw1", "sw2", "sw3"]
    circle[2] = device("sw3", depends_on=("sw1",))
    with pytest.raises(SelectionError, match=r"circle: sw\d → sw\d → sw\d → sw\d; nothing was started"):
        in_order([*circle, device("sw4")])
    # Two of it are enough, and the one between them is named; one alone has nobody to come before.
    with pytest.raises(SelectionError, match="circle: sw1 → sw3 → sw2 → sw1;"):
        in_order([circle[0], circle[2]], circle)
    assert in_order(circle[:1], circle)[0] == circle[:1]


@given(st.permutations(NAMES), st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=20))
def test_nobody_comes_before_one_that_hangs_on_them(order: list[str], pairs: list[tuple[int, int]]) -> None:
    # Far and feeder along one line of names: no circle can be among them.
    hangs: dict[str, set[str]] = {name: set() for name in NAMES}
    for one, other in pairs:
        if one != other:
            hangs[NAMES[max(one, other)]].add(NAMES[min(one, other)])
    devices = [device(name, depends_on=tuple(sorted(hangs[name]))) for name in order]
    ordered, after = in_order(devices)
    few, after_of_few = in_order(devices[:4], devices)  # the others are only known
    assert after_of_few == {
        one.name: tuple(far.name for far in few if far.name in after[one.name]) for one in devices[:4]
    }
    assert sorted(one.name for one in ordered) == sorted(order)
    place = {one.name: number for number, one in enumerate(ordered)}
    for far, feeders in hangs.items():
        for feeder in feeders:
            assert place[far] < place[feeder]
            assert far in after[feeder]


@pytest.mark.parametrize(
    ("words", "total", "sizes"),
    [
        ((), 7, [7]),
        (("3", "100%"), 10, [3, 7]),
        (("5", "20", "100%"), 60, [5, 20, 35]),
        (("10%",), 25, [2] * 12 + [1]),
        (("1%",), 5, [1] * 5),
        (("100%",), 1, [1]),
        (("50",), 3, [3]),
        (("5",), 0, []),
    ],
)
def test_sizes_of_waves(words: tuple[str, ...], total: int, sizes: list[int]) -> None:
    assert wave_sizes(words, total) == sizes
    assert wave_of_each(words, total) == [number for number, size in enumerate(sizes, 1) for _ in range(size)]


@given(st.lists(st.one_of(st.integers(1, 50).map(str), st.integers(1, 100).map("{}%".format))), st.integers(0, 300))
def test_waves_hold_everybody_once(words: list[str], total: int) -> None:
    sizes = wave_sizes(words, total)
    assert sum(sizes) == total
    assert all(size > 0 for size in sizes)


@pytest.mark.parametrize("word", ["", "0", "0%", "101%", "-1", "1.5", "a", "5 %", "٣"])
def test_what_is_no_size(word: str) -> None:
    with pytest.raises(UsageError, match="wave"):
        wave_sizes((word,), 10)


@pytest.mark.parametrize(
    ("text", "allowed"), [("0", (0, None)), ("3", (3, None)), ("10%", (0, 10.0)), ("2.5%", (0, 2.5))]
)
def test_failures_by_number_and_share(text: str, allowed: tuple[int, float | None]) -> None:
    assert failures_allowed(text) == allowed


@pytest.mark.parametrize("text", ["", "-1", "0%", "101%", "ten", "1.5"])
def test_what_is_no_number_of_failures(text: str) -> None:
    with pytest.raises(UsageError, match="max_failures"):
        failures_allowed(text)
