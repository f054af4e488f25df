"""What an iCalendar file (RFC 5545) says: the one importer of icalendar. Pure: bytes in, occurrences out.

What cannot be read whole is refused: of half a file, nobody knows which half is missing.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import islice
from math import prod
from typing import Any, Final
from zoneinfo import ZoneInfo

from swimctl.config.ical_rules import Steps, freq_of, last_year, require_met, until_year
from swimctl.errors import ConfigError, UsageError
from swimctl.times.wall import zone_named

_MOST: Final = 20_000  # occurrences in the time that is asked for
_TOO_OFTEN: Final = {"SECONDLY", "MINUTELY", "HOURLY"}
_A_DAY: Final = 24  # times, at most
_ONCE: Final = ("UID", "DTSTART", "DTEND", "DURATION", "RECURRENCE-ID", "SEQUENCE", "STATUS")  # RFC 5545, 3.6.1
_BEGINS: Final = re.compile(rb"^BEGIN:VEVENT[ \t]*\r?$", re.MULTILINE | re.IGNORECASE)
_ENDS: Final = re.compile(rb"^END:VEVENT[ \t]*\r?$", re.MULTILINE | re.IGNORECASE)
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, order=True)
class Occurrence:
    """One event as it takes place, in UTC."""

    start: datetime
    end: datetime
    summary: str


def occurrences(text: bytes, first: datetime, last: datetime, zone: ZoneInfo | None = None) -> tuple[Occurrence, ...]:
    """Return what takes place between two moments, or reaches into that time, in its order.

    Times without a zone, and days, are those of X-WR-TIMEZONE where the file has it, else of `zone`; None is that of
    this machine. ConfigError: the file is not whole, has no event, or has one that cannot be read.
    """
    try:
        from icalendar import Calendar
    except ImportError:
        raise ConfigError("icalendar is not installed; `pip install 'swimctl[calendar]'`") from None
    whole = text.strip()
    if not whole.upper().endswith(b"END:VCALENDAR") or len(_BEGINS.findall(whole)) != len(_ENDS.findall(whole)):
        raise ConfigError("it is not a whole iCalendar file: it does not end with END:VCALENDAR; put a whole one there")
    try:
        calendar = Calendar.from_ical(whole)
        events = list(calendar.walk("VEVENT"))
    except Exception as error:  # noqa: BLE001 - whatever a library raises on somebody's file: then it does not count
        raise ConfigError(f"it is not an iCalendar file: {error}") from None
    if not events:
        raise ConfigError("it has no event; put one into it, or take the file out of config.yaml")
    if str(calendar.get("METHOD", "")).upper() == "CANCEL":
        raise ConfigError("it takes events back (METHOD:CANCEL); put the calendar itself there")
    name = str(calendar.get("X-WR-TIMEZONE", ""))
    try:
        floating = zone_named(name, "X-WR-TIMEZONE", "correct it in the calendar") if name else zone
    except UsageError as error:
        raise ConfigError(str(error)) from None
    found, steps = set[Occurrence](), Steps()
    for event, others in _latest(events):
        try:
            found.update(islice(_Event(event, floating, steps).between(first, last, others), _MOST))
        except ConfigError:
            raise
        except Exception as error:  # noqa: BLE001 - as above
            raise ConfigError(f"its event {_named(event)} cannot be read: {error}") from None
    if len(found) >= _MOST:
        raise ConfigError(f"it has {_MOST} occurrences or more; a calendar for people has fewer")
    return tuple(sorted(found))


def _named(event: Mapping[str, Any]) -> str:
    return repr(str(event.get("SUMMARY", event.get("UID", "without a name")))[:80])


def _latest(events: Sequence[Any]) -> Iterator[tuple[Any, list[Any]]]:
    """Yield each event in its latest version, with those that take the place of one of its occurrences."""
    kept: dict[tuple[str, str], Any] = {}
    for number, event in enumerate(events):
        if event.errors:
            raise ConfigError(f"its event {_named(event)} cannot be read: {event.errors[0][0]}: {event.errors[0][1]}")
        for name in _ONCE:
            if isinstance(event.get(name), list):
                raise ConfigError(f"its event {_named(event)} has {name} more than once; correct it in the calendar")
        instead = event.get("RECURRENCE-ID")
        if instead is not None and "RANGE" in instead.params:
            raise ConfigError(f"its event {_named(event)} changes all that follow (RANGE), which swimctl does not read")
        key = (str(event.get("UID", f"no {number}")), "" if instead is None else str(instead.dt))
        if key not in kept or _version(event) >= _version(kept[key]):
            kept[key] = event
    others = defaultdict[str, list[Any]](list)
    for (uid, instead), event in kept.items():
        if instead:
            others[uid].append(event)
    for (uid, instead), event in kept.items():
        if not instead:
            yield event, others[uid]
        elif not _cancelled(whole := kept.get((uid, ""), {})) or _version(event) > _version(whole):
            yield event, []  # else it was cancelled with all the others


def _cancelled(event: Mapping[str, Any]) -> bool:
    return str(event.get("STATUS", "")).upper() == "CANCELLED"


def _version(event: Mapping[str, Any]) -> int:
    return int(event.get("SEQUENCE", 0))


class _Event:
    """One event: when it is for the first time, how long, and by which rule again."""

    def __init__(self, event: Any, floating: ZoneInfo | None, steps: Steps) -> None:  # noqa: ANN401 - of icalendar
        self._event, self._steps = event, steps
        start = event["DTSTART"].dt
        self._days = not isinstance(start, datetime)
        self._zone: tzinfo | None = floating if self._days or start.tzinfo is None else start.tzinfo
        self._start = self._shown("DTSTART")
        if "DTEND" in event:
            self._end = self._shown("DTEND")
            self._length = self._moment(self._end, self._zone_of(event["DTEND"])) - self._moment(self._start)
        elif "DURATION" in event:
            self._length = event["DURATION"].dt
            self._end = self._start + self._length
        else:
            self._length = _DAY if self._days else timedelta(0)
            self._end = self._start + self._length
        if self._length <= timedelta(0):
            raise ConfigError(f"its event {_named(event)} has no length; give it an end after its start")

    def between(self, first: datetime, last: datetime, others: Sequence[Any]) -> Iterator[Occurrence]:
        """Yield its occurrences that lie between two moments, or reach into that time."""
        if _cancelled(self._event):
            return
        summary = str(self._event.get("SUMMARY", "")) or "without a name"
        for shown, length in self._starts(first, last, others):
            start = self._moment(shown)
            # Of days: so many days of the calendar, also where one of them has 23 hours.
            end = self._moment(shown + (self._end - self._start)) if self._days else start + self._length
            end = end if length is None else start + length
            if start < last and first < end:
                yield Occurrence(start, end, summary)

    def _starts(
        self, first: datetime, last: datetime, others: Sequence[Any]
    ) -> Iterator[tuple[datetime, timedelta | None]]:
        """Yield as the clock shows it when each begins, with its length where that is its own."""
        from dateutil.rrule import rruleset, rrulestr

        if "EXRULE" in self._event:
            raise ConfigError(f"its event {_named(self._event)} has an EXRULE, which swimctl does not read")
        early = first.astimezone(self._zone).replace(tzinfo=None) - (self._end - self._start) - 2 * _DAY
        late = last.astimezone(self._zone).replace(tzinfo=None) + 2 * _DAY
        dates, left_out = rruleset(), set[datetime]()
        dates.rdate(self._start)
        for rule in _all(self._event, "RRULE"):
            often = {str(each).upper() for each in rule.get("FREQ", [])}
            if often & _TOO_OFTEN:
                raise ConfigError(f"its event {_named(self._event)} is {often.pop()}; a window or freeze is not")
            if prod(len(rule.get(part, ())) or 1 for part in ("BYHOUR", "BYMINUTE", "BYSECOND")) > _A_DAY:
                raise ConfigError(f"its event {_named(self._event)} is more than {_A_DAY} times a day")
            until = rule.get("UNTIL", [None])[0]
            words = ";".join(
                part for part in rule.to_ical().decode().split(";") if not part.upper().startswith("UNTIL=")
            )
            made = rrulestr(words, dtstart=self._start)
            year = last_year(late, self._start)
            self._steps.take(freq_of(rule), year - self._start.year, int(rule.get("INTERVAL", [1])[0]))
            require_met(made, self._start, _named(self._event))
            dates.rrule(until_year(made.replace(until=self._until(until)) if until is not None else made, year))
        left_out |= {self._local(each) for each in _times(self._event, "EXDATE")}
        left_out |= {self._local(each) for other in others for each in _times(other, "RECURRENCE-ID")}
        for shown in left_out:
            dates.exdate(shown)
        for value in _times(self._event, "RDATE"):
            if isinstance(value, tuple):
                start, end = value
                if self._local(start) not in left_out:
                    yield self._local(start), end if isinstance(end, timedelta) else end - start
            else:
                dates.rdate(self._local(value))
        for shown in dates.xafter(early, inc=True):
            if shown > late:
                return
            yield shown, None

    def _until(self, until: date) -> datetime:
        """Return the last moment of a rule; a day counts whole."""
        return self._local(until) if isinstance(until, datetime) else datetime.combine(until, time.max)

    def _local(self, value: date) -> datetime:
        """Return what the clock of the event shows at a moment, or at the beginning of a day."""
        if not isinstance(value, datetime):
            return datetime.combine(value, time(self._start.hour, self._start.minute, self._start.second))
        return (value if value.tzinfo is None else value.astimezone(self._zone)).replace(tzinfo=None, fold=0)

    def _zone_of(self, value: Any) -> tzinfo | None:  # noqa: ANN401 - of icalendar
        moment = value.dt
        return moment.tzinfo if isinstance(moment, datetime) and moment.tzinfo is not None else self._zone

    def _shown(self, name: str) -> datetime:
        """Return what a clock shows, whatever its zone."""
        (moment,) = _times(self._event, name)
        return moment.replace(tzinfo=None, fold=0) if isinstance(moment, datetime) else datetime.combine(moment, time())

    def _moment(self, shown: datetime, zone: tzinfo | None = None) -> datetime:
        """Return the moment: of a time that comes twice the first one, else as RFC 5545 (3.3.5) has it."""
        return datetime.fromtimestamp(shown.replace(tzinfo=zone or self._zone).timestamp(), UTC)


def _times(event: Any, name: str) -> list[Any]:  # noqa: ANN401 - of icalendar
    """Return the times and days of a property, periods as pairs. ConfigError: in a zone that nobody knows."""
    found = []
    for said in _all(event, name):
        for value in getattr(said, "dts", [said]):
            moment = value.dt[0] if isinstance(value.dt, tuple) else value.dt
            if isinstance(moment, datetime) and moment.tzinfo is None and "TZID" in said.params:
                raise ConfigError(
                    f"its event {_named(event)} is in the unknown time zone {said.params['TZID']!r}; correct it in the "
                    "calendar"
                )
            found.append(value.dt)
    return found


def _all(event: Any, name: str) -> list[Any]:  # noqa: ANN401 - of icalendar
    found = event.get(name, [])
    return found if isinstance(found, list) else [found]
