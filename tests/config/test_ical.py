"""What an iCalendar file says takes place, when; and what is no calendar that counts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.icalendars import calendar, event, nights

from swimctl.config.hours import Window
from swimctl.config.ical import Occurrence, occurrences
from swimctl.errors import ConfigError

FIRST, LAST = datetime(2030, 1, 1, tzinfo=UTC), datetime(2031, 1, 1, tzinfo=UTC)
EACH_MINUTE = f"BYMINUTE={','.join(map(str, range(60)))}"
NIGHT = ("DTSTART:20300110T220000Z", "DTEND:20300111T040000Z")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(f"2030-{text}:00+00:00")


def found(text: bytes, first: datetime = FIRST, last: datetime = LAST) -> list[tuple[datetime, datetime]]:
    return [(one.start, one.end) for one in occurrences(text, first, last)]


def test_a_rule_is_followed_by_the_clock_on_the_wall() -> None:
    told = found(nights(days="FR"), utc("03-25T00:00"), utc("04-12T00:00"))
    assert told == [
        (utc("03-29T21:00"), utc("03-30T03:00")),
        (utc("04-05T20:00"), utc("04-06T02:00")),
    ]


@given(st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe"]), st.integers(0, 330))
def test_a_rule_of_each_night_is_the_window_of_each_night(zone: str, day: int) -> None:
    first = FIRST + timedelta(days=day)
    listed = occurrences(nights(days="MO,TU,WE,TH,FR,SA,SU", zone=zone), first, first + timedelta(days=40))
    window = Window.parse(f"22:00/6h@{zone}")  # an event is as long each time, whatever the clocks do
    now = first
    for one in listed[:30]:
        opening = window.opening(now)
        assert opening is not None
        assert (one.start, one.end) == (opening.opens, opening.closes)
        now = opening.closes


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=31",
        "FREQ=DAILY;INTERVAL=7;BYDAY=MO",  # it begins on a Thursday
        "FREQ=YEARLY;INTERVAL=4;BYMONTH=2;BYMONTHDAY=29",  # 2030, 2034 … are no leap years
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;UNTIL=20300301T000000Z",
    ],
)
def test_a_rule_that_is_never_met_is_refused_and_not_looked_for_until_the_year_9999(rule: str) -> None:
    text = calendar(*event("SUMMARY:never", *NIGHT, f"RRULE:{rule}"))
    with pytest.raises(ConfigError, match=r"event 'never' has a rule that is not met once in 40 years"):
        occurrences(text, FIRST, LAST)


def test_a_rule_that_is_met_rarely_counts_and_one_beyond_the_time_that_is_asked_for_costs_nothing() -> None:
    leap = calendar(*event("DTSTART:20280229T220000Z", "DURATION:PT1H", "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29"))
    assert found(leap, datetime(2031, 1, 1, tzinfo=UTC), datetime(2033, 1, 1, tzinfo=UTC)) == [
        (datetime(2032, 2, 29, 22, tzinfo=UTC), datetime(2032, 2, 29, 23, tzinfo=UTC))
    ]
    later = calendar(*event("DTSTART:20500229T220000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY"))
    assert found(later.replace(b"20500229", b"20500228")) == []


def test_rules_that_begin_so_long_ago_that_they_cost_minutes_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("swimctl.config.ical_rules._MOST_STEPS", 10_000)
    old = ("DTSTART:20100101T220000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY")
    assert len(found(calendar(*event(*old)))) == 365
    with pytest.raises(ConfigError, match="more than 10000 days would have to be gone through; let them begin later"):
        occurrences(calendar(*event(*old), *event(*old, uid="b")), FIRST, LAST)


def test_what_is_left_out_moved_added_and_cancelled() -> None:
    zone = "TZID=Europe/Berlin:2030"
    text = calendar(
        *event(
            "SUMMARY:night",
            "DTSTART;TZID=Europe/Berlin:20291228T220000",
            "DTEND;TZID=Europe/Berlin:20291229T040000",
            "RRULE:FREQ=WEEKLY;BYDAY=FR;UNTIL=20300201T210000Z",
            f"EXDATE;{zone}0104T220000",
            f"RDATE;{zone}0306T220000",
        ),
        *event("SUMMARY:moved", f"RECURRENCE-ID;{zone}0111T220000", f"DTSTART;{zone}0112T210000", "DURATION:PT2H"),
        *event("STATUS:CANCELLED", f"RECURRENCE-ID;{zone}0118T220000", f"DTSTART;{zone}0118T220000", "DURATION:PT6H"),
        *event("STATUS:CANCELLED", *NIGHT, uid="another"),
    )
    assert [(f"{one.start:%m-%d %H:%M}", one.summary) for one in occurrences(text, FIRST, LAST)] == [
        ("01-12 20:00", "moved"),
        ("01-25 21:00", "night"),
        ("02-01 21:00", "night"),
        ("03-06 21:00", "night"),
    ]


def test_a_period_that_is_left_out_does_not_take_place() -> None:
    added = "RDATE;VALUE=PERIOD:20300112T220000Z/PT2H,20300114T220000Z/PT2H"
    assert found(calendar(*event(*NIGHT, added, "EXDATE:20300112T220000Z"))) == [
        (utc("01-10T22:00"), utc("01-11T04:00")),
        (utc("01-14T22:00"), utc("01-15T00:00")),
    ]


def test_what_was_moved_is_cancelled_with_its_series_unless_it_is_newer() -> None:
    series = event(*NIGHT, "RRULE:FREQ=DAILY", "STATUS:CANCELLED", "SEQUENCE:2")
    moved = ("RECURRENCE-ID:20300112T220000Z", "DTSTART:20300112T230000Z", "DURATION:PT1H")
    assert found(calendar(*series, *event(*moved, "SEQUENCE:2"))) == []
    assert found(calendar(*event(*moved), *series)) == []
    again = [(utc("01-12T23:00"), utc("01-13T00:00"))]
    assert found(calendar(*series, *event(*moved, "SEQUENCE:3"))) == again
    assert found(calendar(*event(*moved))) == again, "without the series, it stands for itself"


def test_the_latest_version_of_an_event_counts() -> None:
    old = event("SEQUENCE:1", *NIGHT)
    new = event("SEQUENCE:2", "DTSTART:20300210T220000Z", "DTEND:20300211T040000Z")
    for order in ((*old, *new), (*new, *old)):
        assert found(calendar(*order)) == [(utc("02-10T22:00"), utc("02-11T04:00"))]


def test_days_are_whole_by_the_clock_of_the_calendar() -> None:
    days = event("DTSTART;VALUE=DATE:20300330", "DTEND;VALUE=DATE:20300401")
    head = ["X-WR-TIMEZONE:Europe/Berlin"]
    assert found(calendar(*days, head=head)) == [(utc("03-29T23:00"), utc("03-31T22:00"))]
    one = event("SUMMARY:Labour Day", "DTSTART;VALUE=DATE:20200501", "RRULE:FREQ=YEARLY")
    assert found(calendar(*one, head=head)) == [(utc("04-30T22:00"), utc("05-01T22:00"))]


@pytest.mark.usefixtures("machine_in_berlin")
def test_without_a_zone_the_machines_own_counts() -> None:
    assert found(calendar(*event("DTSTART:20300710T220000", "DURATION:PT6H"))) == [
        (utc("07-10T20:00"), utc("07-11T02:00"))
    ]
    assert found(calendar(*event("DTSTART;VALUE=DATE:20300710"))) == [(utc("07-09T22:00"), utc("07-10T22:00"))]


def test_zones_of_outlook_and_of_the_file_itself() -> None:
    windows = event("DTSTART;TZID=W. Europe Standard Time:20300710T220000", "DURATION:PT6H")
    assert found(calendar(*windows)) == [(utc("07-10T20:00"), utc("07-11T02:00"))]
    own = (
        "BEGIN:VTIMEZONE",
        "TZID:Ours",
        "BEGIN:STANDARD",
        "DTSTART:19700101T000000",
        "TZOFFSETFROM:+0300",
        "TZOFFSETTO:+0300",
        "END:STANDARD",
        "END:VTIMEZONE",
    )
    text = calendar(*own, *event("DTSTART;TZID=Ours:20300710T220000", "DURATION:PT6H"))
    assert found(text) == [(utc("07-10T19:00"), utc("07-11T01:00"))]


def test_an_event_that_reaches_into_the_time_counts() -> None:
    (one,) = occurrences(calendar(*event("SUMMARY:long", *NIGHT)), utc("01-11T03:59"), utc("01-12T00:00"))
    assert one == Occurrence(utc("01-10T22:00"), utc("01-11T04:00"), "long")
    assert found(calendar(*event(*NIGHT)), utc("01-11T04:00"), utc("01-12T00:00")) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "not a whole iCalendar file"),
        (b"<html>503</html>", "not a whole iCalendar file"),
        (nights()[:-20], "not a whole iCalendar file"),
        (nights().replace(b"END:VEVENT\r\n", b""), "not a whole iCalendar file"),
        (bytes(range(256)) + b"END:VCALENDAR", "not an iCalendar file"),
        (nights() + nights(), "not an iCalendar file"),
        (calendar(), "has no event"),
        (calendar(*event(*NIGHT), head=["METHOD:CANCEL"]), "METHOD:CANCEL"),
        (calendar(*event(*NIGHT), head=["X-WR-TIMEZONE:Mars/Olympus"]), "unknown time zone 'Mars/Olympus'"),
        (calendar(*event("SUMMARY:x", "DTSTART:2030")), "its event 'x' cannot be read"),
        (calendar(*event("SUMMARY:x")), "its event 'x' cannot be read"),
        (calendar(*event(*NIGHT, "garbage")), "cannot be read"),
        (calendar(*event("DTSTART;TZID=Foo/Bar:20300110T220000", "DURATION:PT1H")), "unknown time zone 'Foo/Bar'"),
        (calendar(*event("DTSTART:20300110T220000Z")), "has no length"),
        (calendar(*event("DTSTART:20300110T220000Z", "DTEND:20300110T210000Z")), "has no length"),
        (calendar(*event(*NIGHT, "RRULE:FREQ=SOMETIMES")), "cannot be read"),
        (calendar(*event(*NIGHT, "RRULE:BYDAY=FR")), "cannot be read"),
        (calendar(*event(*NIGHT, "RRULE:FREQ=MINUTELY")), "is MINUTELY"),
        (calendar(*event(*NIGHT, "EXRULE:FREQ=DAILY")), "EXRULE"),
        (calendar(*event(*NIGHT, "EXDATE:never")), "cannot be read"),
        (calendar(*event(*NIGHT, f"RRULE:FREQ=DAILY;{EACH_MINUTE}")), "more than 24 times a day"),
        # What is left out, moved or added at a time that nobody knows: then nobody knows what is left.
        (calendar(*event(*NIGHT, "EXDATE;TZID=Foo/Bar:20300110T230000")), "unknown time zone 'Foo/Bar'"),
        (calendar(*event(*NIGHT, "RDATE;TZID=Foo/Bar:20300112T220000")), "unknown time zone 'Foo/Bar'"),
        (calendar(*event(*NIGHT, "RDATE;VALUE=PERIOD;TZID=Foo/Bar:20300112T220000/PT1H")), "zone 'Foo/Bar'"),
        (
            calendar(*event(*NIGHT), *event(*NIGHT, "RECURRENCE-ID;TZID=Foo/Bar:20300110T230000")),
            "unknown time zone 'Foo/Bar'",
        ),
        (calendar(*event(*NIGHT, "STATUS:CONFIRMED", "STATUS:CANCELLED")), "has STATUS more than once"),
        (calendar(*event(*NIGHT, "SEQUENCE:1", "SEQUENCE:2"), *event(*NIGHT)), "has SEQUENCE more than once"),
        (
            calendar(*event(*NIGHT, "RECURRENCE-ID:20300110T220000Z", "RECURRENCE-ID:20300111T220000Z")),
            "has RECURRENCE-ID more than once",
        ),
        (
            calendar(*event(*NIGHT), *event(*NIGHT, "RECURRENCE-ID;RANGE=THISANDFUTURE:20300110T220000Z")),
            "RANGE",
        ),
    ],
)
def test_what_cannot_be_read_whole_does_not_count(text: bytes, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        occurrences(text, FIRST, LAST)


@given(st.integers(0, len(nights()) - 17))
def test_no_part_of_a_file_counts(length: int) -> None:
    with pytest.raises(ConfigError):
        occurrences(nights()[:length], FIRST, LAST)


@given(st.binary(max_size=60), st.integers(0, 400))
def test_whatever_stands_in_it_is_read_or_refused(noise: bytes, at: int) -> None:
    text = nights()
    try:
        told = occurrences(text[:at] + noise + text[at:], FIRST, LAST)
    except ConfigError:
        return
    assert all(one.start < one.end for one in told)
