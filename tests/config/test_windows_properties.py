"""Whatever the window, the freezes and the changes of clocks: what is let through fits, and a wait stays as it was."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from swimctl.config.hours import Window, Windows
from swimctl.config.windows import Freeze, Go, Never, Wait, gate

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

zones = st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Havana", "UTC"])
times = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 59]))
# Around the changes of the clocks in Europe, America and Cuba, and a day without one.
days = st.sampled_from(["2030-03-09", "2030-03-30", "2030-10-05", "2030-10-26", "2030-11-02", "2030-07-01"])
moments = st.builds(
    lambda day, minute: datetime.fromisoformat(f"{day}T00:00Z") + minute * MINUTE, days, st.integers(-600, 2400)
)
needs_of = st.builds(lambda minutes: minutes * MINUTE, st.integers(1, 600))


weekdays = st.sets(st.integers(0, 6), max_size=6).map(lambda found: tuple(sorted(found)))
lengths = st.builds(lambda minutes: minutes * MINUTE, st.integers(1, 23 * 60))
dates = st.sampled_from(["2030-03-09", "2030-03-30", "2030-12-31", "2031-01-01", "2032-02-29", "2030-10-26"])


@st.composite
def windows(draw: st.DrawFn) -> Window:
    start, end = draw(st.tuples(times, times).filter(lambda both: both[0] != both[1]))
    return Window(start, end, draw(st.none() | zones.map(ZoneInfo)))


@st.composite
def any_windows(draw: st.DrawFn) -> Window:
    """Windows of all forms: of days of the week, of one day, with a length, over several nights."""
    start, zone = draw(times), draw(st.none() | zones.map(ZoneInfo))
    form = draw(st.sampled_from(["days", "one day", "weekend", "days on end"]))
    end = draw(times.filter(lambda at: at != start) | lengths)
    if form == "days":
        return Window(start, end, zone, draw(weekdays))
    if form == "one day":
        return Window(start, end, zone, day=date.fromisoformat(draw(dates)))
    last, nights = draw(times), draw(st.integers(1, 6))
    if (nights, last <= start) == (1, True):
        nights = 2
    first = draw(st.integers(0, 6))
    if form == "weekend":
        return Window(start, last, zone, (first,), nights=nights)
    return Window(start, last, zone, day=date.fromisoformat(draw(dates)), nights=nights)


several = st.lists(any_windows(), min_size=1, max_size=4).map(lambda found: Windows(tuple(dict.fromkeys(found))))


@st.composite
def frozen(draw: st.DrawFn) -> list[Freeze]:
    start, found = draw(moments), []
    for number in range(draw(st.integers(0, 4))):
        start += draw(st.integers(-600, 1500)) * MINUTE
        found.append(Freeze(start, start + draw(st.integers(1, 3000)) * MINUTE, str(number)))
    return found


def ends(window: Window, now: datetime) -> tuple[datetime, datetime]:
    found = window.opening(now)
    assert found is not None
    return found.opens, found.closes


def shown_open(window: Window, moment: datetime) -> bool:
    """Return by the clock on the wall, which is right wherever it shows a time once."""
    shown = moment.astimezone(window.zone).time()
    assert isinstance(window.end, time)
    if window.start < window.end:
        return window.start <= shown < window.end
    return shown >= window.start or shown < window.end


def unambiguous(window: Window, moment: datetime) -> bool:
    """Return whether no clock is changed within a day and a half."""
    return len({(moment + hours * HOUR).astimezone(window.zone).utcoffset() for hours in range(-36, 37)}) == 1


@given(any_windows())
def test_a_window_is_read_as_it_is_written(window: Window) -> None:
    assert Window.parse(str(window)) == window


@given(several)
def test_several_windows_are_read_as_they_are_written(found: Windows) -> None:
    assert Windows.parse(str(found)) == found


@settings(deadline=None)
@given(any_windows(), moments)
def test_a_window_opens_on_its_days_alone_and_for_its_length(window: Window, now: datetime) -> None:
    opening = window.opening(now)
    if opening is None:
        assert window.day is not None
        return
    assert opening.opens < opening.closes
    assert now < opening.closes
    began = opening.opens.astimezone(window.zone)
    if window.day is not None:
        assert began.date() == window.day or not unambiguous(window, opening.opens)
    elif window.days and unambiguous(window, opening.opens):
        assert began.weekday() in window.days
    if isinstance(window.end, timedelta):
        assert opening.closes - opening.opens == window.end
    elif unambiguous(window, opening.opens) and unambiguous(window, opening.closes):
        assert opening.closes.astimezone(window.zone).time() == window.end


@settings(deadline=None)
@given(several, moments)
def test_several_are_open_where_one_of_them_is(found: Windows, now: datetime) -> None:
    each = [one for window in found.all if (one := window.opening(now)) is not None]
    whole = found.opening(now)
    if not each:
        assert whole is None
        return
    assert whole is not None
    assert now < whole.closes
    assert (whole.opens <= now) == any(one.opens <= now for one in each)
    if whole.opens > now:
        assert whole.opens == min(one.opens for one in each)
        assert whole.of in {str(window) for window in found.all}
    else:
        assert whole.closes >= max(one.closes for one in each if one.opens <= now)
    if whole.closes - now < 28 * DAY:  # and it is not open right behind its end
        after = found.opening(whole.closes)
        assert after is None or after.opens > whole.closes


@settings(deadline=None)
@given(several, moments, st.integers(1, 4 * 24 * 60))
def test_an_opening_is_the_same_at_every_moment_until_it_closes(found: Windows, now: datetime, minutes: int) -> None:
    whole = found.opening(now)
    if whole is None or whole.closes - now >= 28 * DAY or whole.closes - whole.opens > 7 * DAY:
        return
    later = min(now + minutes * MINUTE, whole.closes - MINUTE)
    again = found.opening(max(later, now))
    assert again is not None
    assert (again.opens, again.closes) == (whole.opens, whole.closes)


@given(windows(), moments)
def test_openings_follow_one_another(window: Window, now: datetime) -> None:
    opens, closes = ends(window, now)
    assert opens < closes
    assert now < closes
    assert ends(window, opens) == ends(window, closes - MINUTE) == (opens, closes)
    after, _ = ends(window, closes)
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
                opens, closes = ends(window, at)
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


@settings(deadline=None)
@given(moments, needs_of, several, st.none() | st.integers(1, 6000).map(lambda m: m * MINUTE), frozen(), st.data())
def test_with_several_windows_what_is_let_through_fits_and_a_wait_stays_as_it_was(
    now: datetime,
    needs: timedelta,
    found: Windows,
    left: timedelta | None,
    freezes: list[Freeze],
    data: st.DataObject,
) -> None:
    until = None if left is None else now + left

    def asked(moment: datetime) -> Go | Wait | Never:
        return gate(moment, needs, window=found, until=until, freezes=freezes)

    def assert_fits(moment: datetime) -> None:
        opening = found.opening(moment)
        assert opening is not None
        assert opening.opens <= moment
        assert moment + needs <= opening.closes
        assert not any(freeze.start < moment + needs and moment < freeze.end for freeze in freezes)
        assert until is None or moment + needs <= until

    told = asked(now)
    if isinstance(told, Go):
        assert_fits(now)
    if isinstance(told, Wait):
        assert told.at > now
        assert_fits(told.at)
        assert asked(told.at) == Go()
        between = now + data.draw(st.integers(0, max(0, (told.at - now) // MINUTE - 1))) * MINUTE
        if between < told.at:
            again = asked(between)
            assert isinstance(again, Wait)
            assert (again.at, again.window) == (told.at, told.window)
