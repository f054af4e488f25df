"""Whatever the window, the freezes and the changes of clocks: what is let through fits, and a wait stays as it was."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from swimctl.config.windows import Freeze, Go, Never, Wait, Window, gate

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

zones = st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Havana", "UTC"])
times = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 59]))
# Around the changes of the clocks in Europe, America and Cuba, and a day without one.
days = st.sampled_from(["2030-03-09", "2030-03-30", "2030-10-05", "2030-10-26", "2030-11-02", "2030-07-01"])
moments = st.builds(
    lambda day, minute: datetime.fromisoformat(f"{day}T00:00Z") + minute * MINUTE, days, st.integers(-600, 2400)
)
needs_of = st.builds(lambda minutes: minutes * MINUTE, st.integers(1, 600))


@st.composite
def windows(draw: st.DrawFn) -> Window:
    start, end = draw(st.tuples(times, times).filter(lambda both: both[0] != both[1]))
    return Window(start, end, draw(st.none() | zones.map(ZoneInfo)))


@st.composite
def frozen(draw: st.DrawFn) -> list[Freeze]:
    start, found = draw(moments), []
    for number in range(draw(st.integers(0, 4))):
        start += draw(st.integers(-600, 1500)) * MINUTE
        found.append(Freeze(start, start + draw(st.integers(1, 3000)) * MINUTE, str(number)))
    return found


def shown_open(window: Window, moment: datetime) -> bool:
    """Return by the clock on the wall, which is right wherever it shows a time once."""
    shown = moment.astimezone(window.zone).time()
    if window.start < window.end:
        return window.start <= shown < window.end
    return shown >= window.start or shown < window.end


def unambiguous(window: Window, moment: datetime) -> bool:
    """Return whether no clock is changed within a day and a half."""
    return len({(moment + hours * HOUR).astimezone(window.zone).utcoffset() for hours in range(-36, 37)}) == 1


@given(windows())
def test_a_window_is_read_as_it_is_written(window: Window) -> None:
    assert Window.parse(str(window)) == window


@given(windows(), moments)
def test_openings_follow_one_another(window: Window, now: datetime) -> None:
    opens, closes = window.opening(now)
    assert opens < closes
    assert now < closes
    assert window.opening(opens) == window.opening(closes - MINUTE) == (opens, closes)
    after, _ = window.opening(closes)
    assert closes <= after <= closes + 2 * DAY
    if unambiguous(window, now):
        assert (opens <= now) == shown_open(window, now)
        assert shown_open(window, opens)
        assert not shown_open(window, closes)
        assert not any(shown_open(window, closes + n * MINUTE) for n in range((after - closes) // MINUTE))


@settings(deadline=None)
@given(
    moments, needs_of, st.none() | windows(), st.none() | st.integers(1, 6000).map(lambda m: m * MINUTE), frozen(),
    st.integers(1, 90),
)  # fmt: skip
def test_what_is_let_through_and_what_waits(
    now: datetime, needs: timedelta, window: Window | None, left: timedelta | None, freezes: list[Freeze], stride: int
) -> None:
    until = None if left is None else now + left

    def asked(moment: datetime) -> Go | Wait | Never:
        return gate(moment, needs, window=window, until=until, freezes=freezes)

    def assert_fits(moment: datetime) -> None:
        for minute in range(needs // MINUTE):
            at = moment + minute * MINUTE
            if window is not None:
                opens, closes = window.opening(at)
                assert opens <= at
                assert moment + needs <= closes
                assert shown_open(window, at) or not unambiguous(window, at)
            assert not any(freeze.start <= at < freeze.end for freeze in freezes)
        assert until is None or moment + needs <= until

    told = asked(now)
    if isinstance(told, Go):
        assert_fits(now)
    if isinstance(told, Wait):
        assert told.at > now
        assert_fits(told.at)
        assert asked(told.at) == Go()
        # Whoever asks in between is told the same: not that it may start, nor that it never will.
        minutes = (told.at - now) // MINUTE
        near = {n for n in range(minutes + 1) if n < 90 or n > minutes - 90 or (n % stride == 0 and n < 1500)}
        for minute in near:
            if (at := now + minute * MINUTE) < told.at:
                between = asked(at)
                assert isinstance(between, Wait)
                assert between.at == told.at
