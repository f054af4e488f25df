"""Calendars as windows and freezes: a file that is gone, half or empty at night never means that something starts."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from support.icalendars import calendar, event, nights

from swimctl.config.calendars import Calendars, Known
from swimctl.config.reading import load
from swimctl.config.settings import Settings
from swimctl.config.windows import Freeze, Go, Never, Shut, Wait
from swimctl.errors import CalendarUnread, UsageError

HOUR = timedelta(hours=1)
# 2030-01-11 is a Friday: in Berlin, the night of 22:00-04:00 is open from 21:00 to 03:00 UTC.
NIGHT, NOON = datetime(2030, 1, 11, 23, tzinfo=UTC), datetime(2030, 1, 11, 12, tzinfo=UTC)
OPENS = datetime(2030, 1, 11, 21, tzinfo=UTC)


class Place:
    """A folder with a calendar of windows and one of freezes; each question reads them anew."""

    def __init__(self, folder: Path) -> None:
        self.windows, self.freezes = folder / "nights.ics", folder / "freezes.ics"
        self.windows.write_bytes(nights())
        self.freezes.write_bytes(nights("backups", days="MO"))
        self.ticks = 0.0
        settings = Settings(calendars={"nights": self.windows}, freeze_calendars=[self.freezes])
        self.calendars = Calendars(settings, ticks=lambda: self.ticks)

    def gate(
        self, now: datetime, window: str | None = "calendar:nights", needs: timedelta = HOUR
    ) -> Go | Wait | Never | Shut:
        self.ticks += 10
        return self.calendars.gate(now, needs, window, None)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_the_events_of_a_calendar_are_windows(place: Place) -> None:
    assert place.gate(NIGHT) == Go()
    told = place.gate(NOON)
    assert isinstance(told, Wait)
    assert (told.at, told.window) == (OPENS, "calendar:nights (night)")
    assert told.why == "the window calendar:nights is not open"
    assert place.gate(NIGHT, needs=5 * HOUR) == Never("window too short: needs 300m, 240m left")


def test_the_events_of_a_calendar_are_freezes(place: Place) -> None:
    monday = datetime(2030, 1, 14, 22, tzinfo=UTC)
    end = datetime(2030, 1, 15, 3, tzinfo=UTC)
    assert place.gate(monday, None) == Wait(end, "frozen: backups", "backups")
    assert place.gate(NIGHT, None) == Go()
    assert Freeze(monday - HOUR, end, "backups") in place.calendars.freezes(monday)


def test_a_calendar_stands_beside_other_windows(place: Place) -> None:
    place.freezes.write_bytes(nights("backups", days="SU"))
    both = "calendar:nights; Sat 04:00-06:00@Europe/Berlin"  # they touch
    assert place.gate(datetime(2030, 1, 12, 2, 30, tzinfo=UTC), both) == Go()
    told = place.gate(datetime(2030, 1, 12, 12, tzinfo=UTC), both)
    assert isinstance(told, Wait)
    assert told.window == "calendar:nights (night)"


@pytest.mark.parametrize("which", ["windows", "freezes"])
@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (None, "cannot be read: No such file or directory; put it back"),
        (b"", "not a whole iCalendar file"),
        (nights()[:150], "not a whole iCalendar file"),
        (calendar(), "has no event"),
        (b"x" * 10_000_001, "larger than 10 MB"),
    ],
    ids=["gone", "empty", "half", "no event", "too large"],
)
def test_what_becomes_of_it_at_night_opens_nothing(place: Place, which: str, broken: bytes | None, said: str) -> None:
    path: Path = getattr(place, which)
    whole = path.read_bytes()
    assert place.gate(NIGHT) == Go()
    if broken is None:
        path.unlink()
    else:
        path.write_bytes(broken)
    told = place.gate(NIGHT)
    assert isinstance(told, Shut)
    assert str(path) in told.why
    assert said in told.why
    path.write_bytes(whole)
    assert place.gate(NIGHT) == Go()


def test_a_file_that_may_not_be_read_or_is_a_folder_opens_nothing(place: Place) -> None:
    place.windows.unlink()
    place.windows.mkdir()
    assert isinstance(place.gate(NIGHT), Shut)


def test_a_window_that_was_taken_out_at_night_is_closed(place: Place) -> None:
    assert place.gate(NIGHT) == Go()
    place.windows.write_bytes(nights(days="SA"))
    told = place.gate(NIGHT)
    assert isinstance(told, Wait)
    assert told.at == OPENS + timedelta(days=1)


def test_a_freeze_that_was_added_at_night_holds(place: Place) -> None:
    assert place.gate(NIGHT, None) == Go()
    place.freezes.write_bytes(nights("hands off", days="FR"))
    told = place.gate(NIGHT, None)
    assert isinstance(told, Wait)
    assert told.frozen == "hands off"


def test_a_calendar_in_which_nothing_is_to_come_opens_no_more(place: Place) -> None:
    place.windows.write_bytes(calendar(*event("DTSTART:20200101T220000Z", "DURATION:PT6H")))
    assert place.gate(NIGHT) == Never("the window calendar:nights opens no more")


def test_a_calendar_that_config_does_not_name_opens_nothing(place: Place) -> None:
    told = place.gate(NIGHT, "calendar:days")
    assert isinstance(told, Shut)
    assert "config.yaml names no calendar 'days' (swimctl.calendars: nights)" in told.why
    with pytest.raises(UsageError, match="names no calendar"):
        place.calendars.windows("calendar:days", NIGHT)


def test_who_waits_reads_a_file_once_a_minute_and_nobody_starts_by_what_is_that_old(place: Place) -> None:
    read: list[Path] = []
    place.calendars._bytes = lambda path: read.append(path) or path.read_bytes()  # type: ignore[func-returns-value]
    first = place.gate(NOON)
    assert isinstance(first, Wait)
    assert read == [place.windows, place.freezes]
    for _ in range(5):
        assert place.gate(NOON) == first
    assert len(read) == 2
    place.ticks += 10
    assert place.gate(NOON) == first
    assert len(read) == 4
    place.windows.write_bytes(nights(days="SA"))
    told = place.gate(NIGHT)
    assert isinstance(told, Wait), "it would have started by the calendar of before"


def test_all_who_share_what_is_known_read_a_file_once(tmp_path: Path) -> None:
    path = tmp_path / "nights.ics"
    path.write_bytes(nights())
    known, read = Known(), list[str]()

    def reader(name: str) -> Callable[[Path], bytes]:
        return lambda path: read.append(name) or path.read_bytes()  # type: ignore[func-returns-value]

    settings = Settings(calendars={"nights": path})
    shared = [Calendars(settings, reader(name), lambda: 5.0, known=known) for name in "ab"]
    assert [one.gate(NOON, HOUR, "calendar:nights", None) for one in shared * 3] == [
        Wait(OPENS, "the window calendar:nights is not open")
    ] * 6
    assert read == ["a"]


def test_times_without_a_zone_are_of_where_they_were_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "nights.ics"
    path.write_bytes(calendar(*event("DTSTART:20300111T220000", "DURATION:PT6H", "RRULE:FREQ=DAILY")))
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        there = Calendars(Settings(calendars={"nights": path}), zone="Europe/Berlin")
        for window in ("calendar:nights", "22:00-04:00"):
            assert there.windows(window, NOON).opening(NOON).opens == OPENS  # type: ignore[union-attr]
        assert there.windows("22:00-04:00", NOON, "UTC").opening(NOON).opens == OPENS + HOUR  # type: ignore[union-attr]
        here = Calendars(Settings()).windows("22:00-04:00", NOON)
        assert here == Calendars(Settings()).windows("22:00-04:00", NOON, "Asia/Tokyo"), "its own zone needs no name"
        told = there.gate(NOON, HOUR, "22:00-04:00", None, "Nowhere/Town")
        assert isinstance(told, Shut)
        assert "unknown time zone 'Nowhere/Town'" in told.why
    finally:
        monkeypatch.undo()
        time.tzset()


def test_a_file_is_not_read_again_within_a_second(place: Place) -> None:
    assert place.gate(NIGHT) == Go()
    place.windows.unlink()
    place.ticks += 0.5
    assert place.calendars.gate(NIGHT, HOUR, "calendar:nights", None) == Go()
    place.ticks += 1
    assert isinstance(place.calendars.gate(NIGHT, HOUR, "calendar:nights", None), Shut)


def test_each_file_has_its_mark(place: Place) -> None:
    before = place.calendars.marks()
    assert set(before) == {"swimctl.calendars.nights", f"swimctl.freeze_calendars {place.freezes}"}
    place.freezes.write_bytes(nights("backups", days="TU"))
    after = place.calendars.marks()
    assert [name for name in before if before[name] != after[name]] == [f"swimctl.freeze_calendars {place.freezes}"]
    place.freezes.unlink()
    with pytest.raises(CalendarUnread, match="cannot be read"):
        place.calendars.marks()


def test_paths_are_relative_to_the_configuration(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(
        "swimctl:\n  calendars: {nights: in/nights.ics}\n  freeze_calendars: [freezes.ics]\n", encoding="utf-8"
    )
    settings = load(path).settings
    assert settings.calendars == {"nights": tmp_path / "in" / "nights.ics"}
    assert settings.freeze_calendars == [tmp_path / "freezes.ics"]
