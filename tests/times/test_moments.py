"""Moments as people write them, in zones whose clocks are changed: one moment, or a refusal that names both."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swimctl.errors import UsageError
from swimctl.times.moments import WEEKDAYS, is_iso, read_moment
from swimctl.times.wall import first_moment, readings

BERLIN = ZoneInfo("Europe/Berlin")
NAMES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC"]
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
zones = st.sampled_from(NAMES).map(ZoneInfo)
# Around the changes of the clocks, the end of a year and a leap day; and any day.
days = st.sampled_from(
    ["2030-03-10", "2030-03-31", "2030-04-07", "2030-10-06", "2030-10-27", "2030-11-03", "2030-12-31", "2032-02-29"]
) | st.dates(datetime(2026, 1, 1).date(), datetime(2036, 1, 1).date()).map(str)  # noqa: DTZ001 - bounds of days
moments = st.builds(
    lambda day, minute: datetime.fromisoformat(f"{day}T00:00Z") + minute * MINUTE, days, st.integers(-2000, 2000)
)
times = st.builds(time, st.integers(0, 23), st.integers(0, 59))
# 2030-01-10 is a Thursday; in Berlin it is 13:00.
NOW = datetime(2030, 1, 10, 12, tzinfo=UTC)


def read(text: str, now: datetime = NOW, zone: ZoneInfo | None = BERLIN) -> str:
    return read_moment(text, now, "--at", zone).isoformat()


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("14:30", "2030-01-10T14:30:00+01:00"),
        ("02:00", "2030-01-11T02:00:00+01:00"),
        ("13:00", "2030-01-11T13:00:00+01:00"),  # that is now
        ("2:00", "2030-01-11T02:00:00+01:00"),
        ("02:00@America/New_York", "2030-01-11T02:00:00-05:00"),
        ("today 22:00", "2030-01-10T22:00:00+01:00"),
        ("today 02:00", "2030-01-10T02:00:00+01:00"),  # which is past, and is refused as such
        ("tomorrow 02:00", "2030-01-11T02:00:00+01:00"),
        ("Sat 02:00", "2030-01-12T02:00:00+01:00"),
        ("saturday 02:00", "2030-01-12T02:00:00+01:00"),
        ("Thu 14:00", "2030-01-10T14:00:00+01:00"),
        ("Thu 12:00", "2030-01-17T12:00:00+01:00"),
        ("2030-07-05 22:00", "2030-07-05T22:00:00+02:00"),
        ("2030-07-05 22:00@America/New_York", "2030-07-05T22:00:00-04:00"),
        ("+2h", "2030-01-10T15:00:00+01:00"),
        ("+ 90m", "2030-01-10T14:30:00+01:00"),
        ("+1d12h", "2030-01-12T01:00:00+01:00"),
        ("2030-05-04T02:00+02:00", "2030-05-04T02:00:00+02:00"),
        ("2030-05-04T00:00Z", "2030-05-04T00:00:00+00:00"),
    ],
)
def test_it_is_read(text: str, moment: str) -> None:
    assert read(text) == moment


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is not a time; give it as 02:00, tomorrow 02:00, Sat 02:00"),
        ("tomorrow", "is not a time"),
        ("noon", "is not a time"),
        ("2030-13-04T02:00Z", "is not a time"),
        ("2030-05-04T02:00", "has no offset from UTC"),
        ("0001-01-01T00:00+10:00", "is not in the years 1 to 9999"),
        ("2030-02-30 02:00", "no calendar has the day 2030-02-30"),
        ("9999-02-28 02:00", "not in the years 1970 to 2999"),
        ("24:00", "no time of day"),
        ("yesterday 02:00", "'yesterday' is no day"),
        ("02:00@Europe/Bern", "did you mean Europe/Berlin?"),
        ("+2", "'2' has no unit; write 2s, 2m, 2h or 2d"),
        ("+", "is not a length of time"),
    ],
)
def test_a_mistake_is_named(text: str, said: str) -> None:
    with pytest.raises(UsageError) as refused:
        read(text)
    assert said in str(refused.value)
    assert str(refused.value).startswith(f"--at {text!r}")


def test_a_time_that_comes_twice_is_refused_with_both() -> None:
    now = datetime(2030, 10, 26, 20, tzinfo=UTC)
    for text in ("02:30", "tomorrow 02:30", "Sun 02:30", "2030-10-27 02:30", "02:30@Europe/Berlin"):
        with pytest.raises(
            UsageError, match="twice on 2030-10-27: 2030-10-27T02:30\\+02:00 and 2030-10-27T02:30\\+01:00"
        ):
            read(text, now)
    assert read("03:00", now) == "2030-10-27T03:00:00+01:00"
    assert read("2030-10-27T02:30+01:00", now) == "2030-10-27T02:30:00+01:00"


def test_a_time_that_is_skipped_is_refused_with_both_readings() -> None:
    now = datetime(2030, 3, 30, 20, tzinfo=UTC)
    for text in ("02:30", "tomorrow 02:30", "Sun 02:30", "2030-03-31 02:30"):
        with pytest.raises(
            UsageError, match="skip 02:30 on 2030-03-31; it may be 2030-03-31T01:30\\+01:00 or 2030-03-31T03:30\\+02:00"
        ):
            read(text, now)
    assert read("03:00", now) == "2030-03-31T03:00:00+02:00"


def test_half_an_hour_of_lord_howe() -> None:
    now, zone = datetime(2030, 10, 5, 12, tzinfo=UTC), ZoneInfo("Australia/Lord_Howe")
    with pytest.raises(UsageError, match="it may be 2030-10-06T01:45\\+10:30 or 2030-10-06T02:45\\+11:00"):
        read("02:15", now, zone)
    assert read("02:30", now, zone) == "2030-10-06T02:30:00+11:00"


def test_tomorrow_is_refused_in_the_small_hours() -> None:
    now = datetime(2030, 1, 9, 23, 30, tzinfo=UTC)  # in Berlin 00:30 on the 10th
    with pytest.raises(UsageError, match="it is 00:30, so that may be 2030-01-10T02:00\\+01:00 or 2030-01-11T02:00"):
        read("tomorrow 02:00", now)
    assert read("02:00", now) == "2030-01-10T02:00:00+01:00"


@pytest.mark.usefixtures("machine_in_berlin")
@pytest.mark.parametrize("text", ["02:00", "tomorrow 02:00", "Sat 02:00", "2030-07-05 22:00", "+2h"])
def test_without_a_zone_the_machines_own_counts(text: str) -> None:
    assert read(text, zone=None) == read(text)


@pytest.mark.usefixtures("machine_in_berlin")
def test_without_a_zone_a_change_of_the_clocks_is_seen_too() -> None:
    with pytest.raises(UsageError, match="on this machine show 02:30 twice"):
        read("2030-10-27 02:30", zone=None)
    with pytest.raises(UsageError, match="on this machine skip 02:30"):
        read("2030-03-31 02:30", zone=None)


@given(moments, times, zones)
def test_a_time_alone_is_the_next_moment_at_which_a_clock_shows_it(now: datetime, at: time, zone: ZoneInfo) -> None:
    try:
        found = read_moment(f"{at:%H:%M}", now, "--at", zone)
    except UsageError:
        near = [(now + n * DAY).astimezone(zone).date() for n in range(3)]
        assert any(len(readings(day, at, zone)) != 1 for day in near)
        return
    assert now < found <= now + 2 * DAY
    assert found.time() == at
    minutes = (found.astimezone(UTC) - now) // MINUTE
    shown = [(now + n * MINUTE).astimezone(zone) for n in range(1, minutes)]
    assert not any((each.hour, each.minute) == (at.hour, at.minute) for each in shown)


@given(moments, times, zones, st.sampled_from(WEEKDAYS))
def test_a_weekday_is_the_next_one(now: datetime, at: time, zone: ZoneInfo, day: str) -> None:
    try:
        found = read_moment(f"{day} {at:%H:%M}", now, "--at", zone)
    except UsageError:
        return
    assert now < found <= now + 8 * DAY
    assert (WEEKDAYS[found.weekday()], found.time()) == (day, at)


@given(days, times, zones)
def test_a_day_and_a_time_are_one_moment_or_refused(day: str, at: time, zone: ZoneInfo) -> None:
    date_ = datetime.fromisoformat(f"{day}T00:00").date()
    moments_ = readings(date_, at, zone)
    text = f"{day} {at:%H:%M}@{zone}"
    if len(moments_) == 1:
        found = read_moment(text, NOW, "--at")
        assert found == moments_[0]
        assert read_moment(found.isoformat(), NOW, "--at") == found  # as it is shown back
        assert is_iso(found.isoformat())
    else:
        with pytest.raises(UsageError):
            read_moment(text, NOW, "--at")


@given(days, times, zones)
def test_the_first_moment_is_the_first_reading_or_the_end_of_the_gap(day: str, at: time, zone: ZoneInfo) -> None:
    date_ = datetime.fromisoformat(f"{day}T00:00").date()
    moments_, first = readings(date_, at, zone), first_moment(date_, at, zone)
    if moments_:
        assert first == moments_[0]
        return
    shown = datetime.combine(date_, at)
    assert first.astimezone(zone).replace(tzinfo=None) > shown
    assert (first - timedelta(seconds=1)).astimezone(zone).replace(tzinfo=None) < shown


@given(moments, st.integers(1, 10**6), zones)
def test_a_time_from_now_is_as_long_whatever_the_clocks_do(now: datetime, seconds: int, zone: ZoneInfo) -> None:
    assert read_moment(f"+{seconds}s", now, "--at", zone) == now + timedelta(seconds=seconds)
