"""Windows of days, of one day, with a length, and several of them: as they are read, and when they are open."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from swimctl.api.schemas import WINDOW
from swimctl.config.hours import Opening, Window, Windows
from swimctl.config.windows import Go, Never, Wait, gate
from swimctl.errors import UsageError

BERLIN = ZoneInfo("Europe/Berlin")
HOUR = timedelta(hours=1)
SAT, SUN = 5, 6
DAY = date(2030, 12, 5)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}Z" if len(text) == 16 else text)


@pytest.mark.parametrize(
    ("text", "window", "written"),
    [
        ("Sat 22:00-04:00@Europe/Berlin", Window(time(22), time(4), BERLIN, (SAT,)), None),
        ("Mon-Fri 22:00-04:00", Window(time(22), time(4), days=(0, 1, 2, 3, 4)), None),
        ("Fri-Mon 22:00-04:00", Window(time(22), time(4), days=(0, 4, 5, 6)), None),
        ("Sat,Sun 8:00-12:00", Window(time(8), time(12), days=(SAT, SUN)), "Sat,Sun 08:00-12:00"),
        ("mon,WED,Friday 8:00-12:00", Window(time(8), time(12), days=(0, 2, 4)), "Mon,Wed,Fri 08:00-12:00"),
        ("Mon-Sun 22:00-04:00", Window(time(22), time(4), days=tuple(range(7))), None),
        ("22:00/6h", Window(time(22), timedelta(hours=6)), None),
        ("22:00/90m", Window(time(22), timedelta(minutes=90)), "22:00/1h30m"),
        ("2030-12-05 22:00/6h", Window(time(22), 6 * HOUR, day=date(2030, 12, 5)), None),
        ("2030-12-05 22:00-04:00@Europe/Berlin", Window(time(22), time(4), BERLIN, day=date(2030, 12, 5)), None),
        ("2030-12-05 22:00-2030-12-07 04:00", Window(time(22), time(4), day=date(2030, 12, 5), nights=2), None),
        ("Fri 22:00-Mon 04:00", Window(time(22), time(4), days=(4,), nights=3), None),
        ("Fri 22:00-Fri 04:00", Window(time(22), time(4), days=(4,), nights=7), None),
        # What says the same is the same.
        ("Sat 22:00-Sun 04:00", Window(time(22), time(4), days=(SAT,)), "Sat 22:00-04:00"),
        ("2030-12-05 22:00-2030-12-06 04:00", Window(time(22), time(4), day=DAY), "2030-12-05 22:00-04:00"),
    ],
)  # fmt: skip
def test_a_window_is_read_and_written(text: str, window: Window, written: str | None) -> None:
    assert Window.parse(text) == window
    assert str(window) == (written or text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Sut 22:00-04:00", "'Sut' is no day of a week (Mon, Tue"),
        ("Mon-Wed-Fri 22:00-04:00", "'Mon-Wed-Fri' are no days"),
        ("2030-02-30 22:00/6h", "no calendar has the day 2030-02-30"),
        ("0001-01-01 22:00/6h", "not in the years 1970 to 2999"),
        ("22:00/", "is not a window"),
        ("22:00/6", "'6' has no unit; write 6s, 6m, 6h or 6d"),
        ("22:00/0h", "ends before it starts"),
        ("22:00/24h", "never closes"),
        ("Sat 22:00/7d", "never closes"),
        ("Sat 22:00-Sat 22:00", "never closes"),
        ("2030-12-05 22:00-2030-12-04 04:00", "ends before it starts"),
        ("2030-12-05 22:00-Sat 04:00", "an end with a day needs a start with one day"),
        ("Sat,Sun 22:00-Mon 04:00", "an end with a day needs a start with one day"),
        ("22:00-Sat 04:00", "an end with a day needs a start with one day"),
        ("Sat 22:00-2030-12-05 04:00", "an end with a day needs a start with one day"),
        ("22:00-04:00;", "'' is not a window"),
        ("Sat 22:00-04:00@Europe/Bern", "did you mean Europe/Berlin?"),
    ],
)
def test_a_mistake_is_named(text: str, said: str) -> None:
    with pytest.raises(UsageError) as refused:
        Windows.parse(text)
    assert said in str(refused.value)
    assert "write one as 22:00-04:00" in str(refused.value)


@pytest.mark.parametrize(
    ("text", "now", "opens", "closes", "which"),
    [
        # 2030-12-07 is a Saturday. The week wraps: what began on it is open on Sunday.
        ("Sat 22:00-04:00@UTC", "2030-12-05T12:00", "2030-12-07T22:00", "2030-12-08T04:00", 0),
        ("Sat 22:00-04:00@UTC", "2030-12-08T03:59", "2030-12-07T22:00", "2030-12-08T04:00", 0),
        ("Sat 22:00-04:00@UTC", "2030-12-08T04:00", "2030-12-14T22:00", "2030-12-15T04:00", 0),
        ("Fri 22:00-Mon 04:00@UTC", "2030-12-08T12:00", "2030-12-06T22:00", "2030-12-09T04:00", 0),
        # Tuesday is the last day of the year, and what began on it is open in the next one.
        ("Tue 22:00-04:00@UTC", "2031-01-01T02:00", "2030-12-31T22:00", "2031-01-01T04:00", 0),
        ("2030-12-31 22:00/6h@UTC", "2031-01-01T02:00", "2030-12-31T22:00", "2031-01-01T04:00", 0),
        # Several: the next one; where they touch, both are one.
        ("Sat 22:00-04:00@UTC; Wed 01:00-05:00@UTC", "2030-12-05T12:00", "2030-12-07T22:00", "2030-12-08T04:00", 0),
        ("Sat 22:00-04:00@UTC; Wed 01:00-05:00@UTC", "2030-12-08T12:00", "2030-12-11T01:00", "2030-12-11T05:00", 1),
        ("Sat 22:00-23:00@UTC; Sat 23:00-02:00@UTC", "2030-12-07T23:30", "2030-12-07T22:00", "2030-12-08T02:00", 0),
        ("Sat 22:00-23:00@UTC; 22:30/4h@UTC", "2030-12-07T12:00", "2030-12-07T22:00", "2030-12-08T02:30", 0),
        ("22:00/1h@UTC; 2030-12-07 21:00/3h@UTC", "2030-12-07T12:00", "2030-12-07T21:00", "2030-12-08T00:00", 1),
        # Each has its own zone.
        ("22:00/1h@Europe/Berlin; 22:00/1h@Asia/Tokyo", "2030-12-07T23:00", "2030-12-08T13:00", "2030-12-08T14:00", 1),
        # A length is that long in any night; two times of a clock are not.
        ("2030-03-30 22:00/6h@Europe/Berlin", "2030-03-30T12:00", "2030-03-30T21:00", "2030-03-31T03:00", 0),
        ("2030-03-30 22:00-04:00@Europe/Berlin", "2030-03-30T12:00", "2030-03-30T21:00", "2030-03-31T02:00", 0),
        ("Sat 02:15/1h@Australia/Lord_Howe", "2030-10-05T12:00", "2030-10-11T15:15", "2030-10-11T16:15", 0),
    ],
)  # fmt: skip
def test_when_it_opens(text: str, now: str, opens: str, closes: str, which: int) -> None:
    found = Windows.parse(text)
    assert found.opening(utc(now)) == Opening(utc(opens), utc(closes), str(found.all[which]))


def test_one_that_is_over_opens_no_more() -> None:
    over = Windows.parse("2030-12-05 22:00/6h@UTC; 2030-12-06 22:00/6h@UTC")
    assert over.opening(utc("2030-12-07T03:59")) is not None
    assert over.opening(utc("2030-12-07T04:00")) is None
    told = gate(utc("2030-12-07T04:00"), HOUR, window=over, until=None, freezes=())
    assert told == Never(f"the window {over} opens no more")


def test_an_activation_may_begin_in_one_window_and_end_in_the_one_that_touches_it() -> None:
    both = Windows.parse("Sat 22:00-00:00@UTC; Sun 00:00-02:00@UTC")
    assert gate(utc("2030-12-07T23:30"), HOUR, window=both, until=None, freezes=()) == Go()
    one = Windows.parse("Sat 22:00-00:00@UTC")
    told = gate(utc("2030-12-07T23:30"), HOUR, window=one, until=None, freezes=())
    assert told == Never("window too short: needs 60m, 30m left")


def test_who_waits_is_told_which_window_opens() -> None:
    both = Windows.parse("Wed 01:00-05:00@UTC; Sat 22:00-04:00@Europe/Berlin")
    told = gate(utc("2030-12-05T12:00"), HOUR, window=both, until=None, freezes=())
    assert isinstance(told, Wait)
    assert (told.at, told.window) == (utc("2030-12-07T21:00"), "Sat 22:00-04:00@Europe/Berlin")


def test_windows_that_never_end_together_are_one_for_weeks() -> None:
    always = Windows.parse("08:00-20:00@UTC; 20:00-08:00@UTC")
    found = always.opening(utc("2030-12-07T23:30"))
    assert found is not None
    assert found.opens < utc("2030-12-07T08:01")
    assert found.closes > utc("2031-01-04T00:00")


def test_what_the_page_shows_is_read_and_taken_by_the_api() -> None:
    page = (Path(__file__).parents[2] / "docs" / "times.md").read_text(encoding="utf-8").split("## Windows")[1]
    shown = [
        text
        for line in page.splitlines()
        if line.startswith("| `")
        for text in re.findall("`([^`]+)`", line.split("|")[1])
    ]
    assert len(shown) > 8
    for text in shown:
        assert Windows.parse(text)
    # No calendar: only config.yaml of the server says where one is, and who asks it may not know.
    assert [text for text in shown if not re.search(WINDOW, text)] == ["calendar:nights"]
    assert "no calendar" in page
    lengths = re.findall("`([0-9hm]+)`", page.split("The API takes")[1].splitlines()[0])
    assert lengths == ["6h", "90m", "1h30m"]
    assert all(re.search(WINDOW, f"22:00/{length}") for length in lengths)
