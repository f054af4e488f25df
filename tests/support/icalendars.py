"""iCalendar files for tests."""

from __future__ import annotations

from collections.abc import Sequence


def event(*lines: str, uid: str = "a") -> tuple[str, ...]:
    """Return the lines of an event."""
    return ("BEGIN:VEVENT", f"UID:{uid}", "DTSTAMP:20260101T000000Z", *lines, "END:VEVENT")


def calendar(*lines: str, head: Sequence[str] = ()) -> bytes:
    """Return a whole file with these lines in it."""
    return "\r\n".join(
        ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//tests//EN", *head, *lines, "END:VCALENDAR", ""]
    ).encode()


def nights(summary: str = "night", *, days: str = "FR", zone: str = "Europe/Berlin", more: Sequence[str] = ()) -> bytes:
    """Return a calendar that lists 22:00-04:00 of some days of each week, from 2021 on."""
    return calendar(
        *event(
            f"SUMMARY:{summary}",
            f"DTSTART;TZID={zone}:20210108T220000",
            f"DTEND;TZID={zone}:20210109T040000",
            f"RRULE:FREQ=WEEKLY;BYDAY={days}",
            *more,
        )
    )
