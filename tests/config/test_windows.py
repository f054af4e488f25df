"""Windows and freezes: open when a clock on the wall says so, also where it jumps; and what may start when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from swimctl.config.hours import Opening, Window, Windows
from swimctl.config.windows import Freeze, Go, Never, Wait, gate
from swimctl.errors import UsageError

BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
NIGHT = Window.parse("22:00-04:00@Europe/Berlin")


def utc(text: str) -> datetime:
    """Read a time with its offset, or one in UTC."""
    read = datetime.fromisoformat(text)
    return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)


def ends(window: Window | Windows, now: datetime) -> tuple[datetime, datetime]:
    found = window.opening(now)
    assert found is not None
    return found.opens, found.closes


@pytest.mark.parametrize(
    ("text", "window"),
    [
        ("22:00-04:00", Window(time(22), time(4))),
        ("22:00-04:00@Europe/Berlin", Window(time(22), time(4), BERLIN)),
        (" 9:30-17:05 ", Window(time(9, 30), time(17, 5))),
        ("00:00-23:59@UTC", Window(time(0), time(23, 59), ZoneInfo("UTC"))),
    ],
)
def test_a_window_is_read(text: str, window: Window) -> None:
    assert Window.parse(text) == window


def test_a_zone_that_is_passed_in_is_for_a_text_that_names_none() -> None:
    assert Window.parse("22:00-04:00", BERLIN).zone is BERLIN
    assert Window.parse("22:00-04:00@America/New_York", BERLIN).zone is NEW_YORK


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "'' is not a window"),
        ("tonight", "'tonight' is not a window"),
        ("22:00", "'22:00' is not a window"),
        ("22-04", "'22-04' is not a window"),
        ("22:00-04:00@", "'22:00-04:00@' is not a window"),
        ("22:00-04:00 Europe/Berlin", "'22:00-04:00 Europe/Berlin' is not a window"),
        ("22:00\N{EN DASH}04:00", "is not a window"),
        ("\N{ARABIC-INDIC DIGIT TWO}2:00-04:00", "is not a window"),
        ("20:00-24:00", "'20:00-24:00' has no time of day (00:00 to 23:59)"),
        ("22:60-04:00", "'22:60-04:00' has no time of day"),
        ("22:00-22:00", "'22:00-22:00' ends when it starts"),
        ("22:00-22:00@UTC", "'22:00-22:00@UTC' ends when it starts"),
        ("22:00-04:00@europe/berlin", "unknown time zone 'europe/berlin'; did you mean Europe/Berlin?"),
        ("22:00-04:00@Europe/Bern", "unknown time zone 'Europe/Bern'; did you mean Europe/Berlin?"),
        ("22:00-04:00@Europe", "unknown time zone 'Europe'"),
        ("22:00-04:00@/etc/passwd", "unknown time zone '/etc/passwd'"),
        ("22:00-04:00@../zone.tab", "unknown time zone '../zone.tab'"),
        ("22:00-04:00@a\0b", "unknown time zone"),
    ],
)
def test_a_mistake_is_named_with_an_example(text: str, said: str) -> None:
    with pytest.raises(UsageError) as refused:
        Window.parse(text)
    assert said in str(refused.value)
    assert "22:00-04:00@Europe/Berlin" in str(refused.value)


def test_a_machine_without_zones_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("swimctl.times.wall.available_timezones", set)
    with pytest.raises(UsageError, match="this machine knows none: `pip install tzdata`"):
        Window.parse("22:00-04:00@Europe/Nowhere")


@pytest.mark.parametrize(
    ("window", "now", "opens", "closes"),
    [
        # An ordinary night: before it, in it, at its ends.
        ("22:00-04:00@Europe/Berlin", "2030-01-10T12:00", "2030-01-10T21:00", "2030-01-11T03:00"),
        ("22:00-04:00@Europe/Berlin", "2030-01-10T21:00", "2030-01-10T21:00", "2030-01-11T03:00"),
        ("22:00-04:00@Europe/Berlin", "2030-01-11T02:59:59", "2030-01-10T21:00", "2030-01-11T03:00"),
        ("22:00-04:00@Europe/Berlin", "2030-01-11T03:00", "2030-01-11T21:00", "2030-01-12T03:00"),
        ("08:00-12:00@America/New_York", "2030-01-10T12:00", "2030-01-10T13:00", "2030-01-10T17:00"),
        # Spring: 2030-03-31 in Berlin has no 02:00-03:00, 2030-03-10 in New York neither.
        ("22:00-04:00@Europe/Berlin", "2030-03-30T12:00", "2030-03-30T22:00+01:00", "2030-03-31T04:00+02:00"),
        ("02:30-06:00@Europe/Berlin", "2030-03-30T12:00", "2030-03-31T03:00+02:00", "2030-03-31T06:00+02:00"),
        ("02:00-06:00@Europe/Berlin", "2030-03-30T12:00", "2030-03-31T03:00+02:00", "2030-03-31T06:00+02:00"),
        ("23:00-02:30@America/New_York", "2030-03-10T01:00", "2030-03-09T23:00-05:00", "2030-03-10T03:00-04:00"),
        # All of it in the hour that does not exist: that day it does not open.
        ("02:10-02:50@Europe/Berlin", "2030-03-30T12:00", "2030-04-01T02:10+02:00", "2030-04-01T02:50+02:00"),
        # Autumn: 2030-10-27 in Berlin has 02:00-03:00 twice, 2030-11-03 in New York 01:00-02:00.
        ("22:00-04:00@Europe/Berlin", "2030-10-26T23:00", "2030-10-26T22:00+02:00", "2030-10-27T04:00+01:00"),
        ("02:30-06:00@Europe/Berlin", "2030-10-26T23:00", "2030-10-27T02:30+02:00", "2030-10-27T06:00+01:00"),
        ("22:00-02:30@Europe/Berlin", "2030-10-26T23:00", "2030-10-26T22:00+02:00", "2030-10-27T02:30+02:00"),
        ("02:10-02:50@Europe/Berlin", "2030-10-27T01:20", "2030-10-28T02:10+01:00", "2030-10-28T02:50+01:00"),
        ("01:30-05:00@America/New_York", "2030-11-03T06:20", "2030-11-03T01:30-04:00", "2030-11-03T05:00-05:00"),
        # Half an hour, and a whole day that an island left out.
        ("02:15-04:00@Australia/Lord_Howe", "2030-10-05T12:00", "2030-10-06T02:30+11:00", "2030-10-06T04:00+11:00"),
        ("22:00-04:00@Pacific/Apia", "2011-12-30T11:00", "2011-12-31T00:00+14:00", "2011-12-31T04:00+14:00"),
    ],
)
def test_when_a_window_opens(window: str, now: str, opens: str, closes: str) -> None:
    found = Window.parse(window).opening(utc(now))
    assert found == Opening(utc(opens), utc(closes), window)
    assert {found.opens.utcoffset(), found.closes.utcoffset()} == {timedelta(0)}


@pytest.mark.usefixtures("machine_in_berlin")
@pytest.mark.parametrize("hours", ["22:00-04:00", "02:30-06:00", "22:00-02:30", "02:10-02:50"])
def test_without_a_zone_the_machines_own_counts(hours: str) -> None:
    ours, named = Window.parse(hours), Window.parse(f"{hours}@Europe/Berlin")
    for day in (date(2030, 3, 29), date(2030, 10, 25), date(2030, 7, 1)):
        for hour in range(96):
            now = datetime.combine(day, time(), UTC) + hour * HOUR
            assert ends(ours, now) == ends(named, now)


def test_a_night_is_as_long_as_it_really_is() -> None:
    lengths = {}
    for day in ("2030-03-30", "2030-10-26", "2030-06-01"):
        opens, closes = ends(NIGHT, utc(f"{day}T12:00"))
        lengths[day] = (closes - opens) / HOUR
    assert lengths == {"2030-03-30": 5, "2030-10-26": 7, "2030-06-01": 6}


class TestFreeze:
    def test_dates_are_frozen_whole(self) -> None:
        frozen = Freeze.between(date(2030, 12, 20), date(2031, 1, 6), "year end", BERLIN)
        assert (frozen.start, frozen.end) == (utc("2030-12-20T00:00+01:00"), utc("2031-01-07T00:00+01:00"))

    def test_times_are_taken_as_they_are(self) -> None:
        start, end = utc("2030-12-20T00:00+01:00"), utc("2030-12-20T00:01+01:00")
        assert Freeze.between(start, end, "a minute") == Freeze(start, end, "a minute")

    @pytest.mark.parametrize(("hours", "said"), [(0, "must end after it starts"), (-1, "must end after it starts")])
    def test_it_has_a_length(self, hours: int, said: str) -> None:
        start = utc("2030-12-20T00:00")
        with pytest.raises(UsageError, match=said):
            Freeze(start, start + hours * HOUR, "year end")

    def test_a_time_without_an_offset_is_refused(self) -> None:
        with pytest.raises(UsageError, match="needs an offset"):
            Freeze(datetime(2030, 12, 20), datetime(2030, 12, 21), "year end")  # noqa: DTZ001 - that is the mistake


NOT_OPEN, REST_TOO_SHORT = f"the window {NIGHT} is not open", f"the rest of the window {NIGHT} is too short"
# 2030-01-10 in Berlin: the night is open from 21:00 to 03:00 UTC.
EVENING = Freeze(utc("2030-01-10T21:30"), utc("2030-01-10T23:00"), "stocktaking")
LONG = Freeze(utc("2030-01-10T00:00"), utc("2030-04-01T00:30"), "winter")
NIGHTLY = [
    Freeze(utc("2030-01-01T21:30") + day * DAY, utc("2030-01-02T02:30") + day * DAY, "backups") for day in range(99)
]


@pytest.mark.parametrize(
    ("now", "minutes", "until", "freezes", "verdict"),
    [
        ("2030-01-10T21:00", 38, None, [], Go()),
        ("2030-01-11T02:22", 38, None, [], Go()),
        ("2030-01-11T02:22:01", 38, None, [], Never("window too short: needs 38m, 37m left")),
        ("2030-01-11T02:38:30", 37.5, None, [], Never("window too short: needs 38m, 21m left")),
        ("2030-01-10T20:59", 38, None, [], Wait(utc("2030-01-10T21:00"), NOT_OPEN)),
        ("2030-01-11T03:00", 38, None, [], Wait(utc("2030-01-11T21:00"), NOT_OPEN)),
        ("2030-01-11T03:00", 0, None, [], Wait(utc("2030-01-11T21:00"), NOT_OPEN)),
        # until, in the window and before it
        ("2030-01-10T22:00", 38, "2030-01-10T22:38", [], Go()),
        ("2030-01-10T22:00", 38, "2030-01-10T22:21", [], Never("window too short: needs 38m, 21m left")),
        ("2030-01-11T02:50", 38, "2030-01-11T02:55", [], Never("window too short: needs 38m, 5m left")),
        ("2030-01-10T20:00", 38, "2030-01-10T21:21", [], Never("window too short: needs 38m, 21m left")),
        ("2030-01-10T20:00", 38, "2030-01-10T20:40", [], Never("window too short: needs 38m, 0m left")),
        # freezes: before it, through it, over it
        ("2030-01-10T20:50", 30, None, [EVENING], Wait(utc("2030-01-10T21:00"), NOT_OPEN)),
        ("2030-01-10T21:00", 30, None, [EVENING], Go()),
        ("2030-01-10T21:00", 31, None, [EVENING], Wait(utc("2030-01-10T23:00"), "frozen: stocktaking", "stocktaking")),
        (
            "2030-01-10T22:59:59",
            1,
            None,
            [EVENING],
            Wait(utc("2030-01-10T23:00"), "frozen: stocktaking", "stocktaking"),
        ),
        ("2030-01-10T23:00", 38, None, [EVENING], Go()),
        ("2030-01-10T20:00", 38, "2030-01-10T23:20", [EVENING, LONG], Never("window too short: needs 38m, 0m left")),
        ("2030-01-10T21:00", 300, None, [EVENING], Wait(utc("2030-01-11T21:00"), "frozen: stocktaking", "stocktaking")),
        ("2030-01-11T02:50", 38, None, [EVENING], Wait(utc("2030-01-11T21:00"), REST_TOO_SHORT)),
        ("2030-01-10T20:00", 38, None, [LONG], Wait(utc("2030-04-01T00:30"), "frozen: winter", "winter")),
        # nights of which none, or only a longer one, is long enough
        ("2030-10-20T12:00", 420, None, [], Wait(utc("2030-10-26T20:00"), NOT_OPEN)),
        ("2030-10-20T21:00", 420, None, [], Wait(utc("2030-10-26T20:00"), REST_TOO_SHORT)),
        (
            "2030-01-10T22:00",
            420,
            None,
            [],
            Never(f"the window {NIGHT} is never long enough: needs 420m, it is open for 360m at most"),
        ),
        ("2030-01-10T22:00", 38, None, NIGHTLY, Never("")),
    ],
)
def test_what_may_start_when(
    now: str, minutes: float, until: str | None, freezes: Sequence[Freeze], verdict: Go | Wait | Never
) -> None:
    end = None if until is None else utc(until)
    told = gate(utc(now), minutes * MINUTE, window=NIGHT, until=end, freezes=freezes)
    if freezes is NIGHTLY:
        verdict = Never(f"the window {NIGHT} never has 38m outside a freeze; the last one is frozen: backups")
    assert told == verdict


@pytest.mark.parametrize(
    ("until", "freezes", "verdict"),
    [
        (None, [], Go()),
        ("2030-01-10T22:38", [], Go()),
        ("2030-01-10T22:37", [], Never("window too short: needs 38m, 37m left")),
        (None, [EVENING], Wait(utc("2030-01-10T23:00"), "frozen: stocktaking", "stocktaking")),
        ("2030-01-10T23:21", [EVENING], Never("window too short: needs 38m, 21m left")),
    ],
)
def test_without_a_window(until: str | None, freezes: Sequence[Freeze], verdict: Go | Wait | Never) -> None:
    end = None if until is None else utc(until)
    assert gate(utc("2030-01-10T22:00"), 38 * MINUTE, window=None, until=end, freezes=freezes) == verdict
