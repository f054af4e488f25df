"""The timeline of a report: lanes of bars, in per cent of its width; devices that went alike share a lane. Pure."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from swimctl.report.facts import DeviceRecord, Record, Span
from swimctl.report.results import SUCCESS
from swimctl.report.words import clock, length, one_line, word

# So many lanes can be read. With more devices, those that went well share one for each wave.
_LANES: Final = 30
# So many that did not go well have a lane of their own; the others share one for each result.
_OWN: Final = 40
_TICKS: Final = 6
_MINUTES: Final = (1, 2, 5, 10, 15, 20, 30, 60, 120, 180, 360, 720, 1440)
AWAY: Final = "away"
_KNOWN: Final = frozenset({"readiness", "distribution", "activation", "post-checks", "waiting"})
OWN_STEP: Final = "own"
"""What the steps that people wrote themselves are drawn as."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A part of a lane: where it begins and how wide it is. `range`: where others of its lane were, a band behind."""

    kind: str
    x: float
    width: float
    title: str
    range: bool = False
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Lane:
    """One device, or several that went alike."""

    label: str
    note: str
    result: str
    bars: tuple[Bar, ...]
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Tick:
    """A time on the axis; every second one may be left out where there is little room."""

    x: float
    label: str
    minor: bool


@dataclass(frozen=True, slots=True)
class Timeline:
    """All lanes with their axis. `kinds` are those that are drawn, for the legend."""

    lanes: tuple[Lane, ...]
    ticks: tuple[Tick, ...]
    kinds: tuple[str, ...]
    since: datetime
    until: datetime


def timeline(record: Record) -> Timeline | None:
    """Return the timeline of a batch; None where nothing has begun."""
    begun = [one for one in record.worst_first if one.job.started_at is not None]
    if not begun:
        return None
    since = min(one.job.started_at for one in begun if one.job.started_at)
    until = max(_ends(begun, record.made_at))
    axis = _Axis(since, max(until, since + timedelta(seconds=1)), record.made_at)
    lanes = tuple(_lanes(axis, begun))
    there = {bar.kind for lane in lanes for bar in lane.bars}
    order = ("waiting", "readiness", "distribution", "activation", "post-checks", OWN_STEP, AWAY)
    return Timeline(lanes, tuple(axis.ticks()), tuple(kind for kind in order if kind in there), since, axis.until)


def _ends(begun: Sequence[DeviceRecord], now: datetime) -> Iterator[datetime]:
    for one in begun:
        yield one.job.finished_at or now
        yield from (each.until for each in one.outages if each.until is not None)


@dataclass(frozen=True, slots=True)
class _Axis:
    since: datetime
    until: datetime
    now: datetime

    def x(self, at: datetime | None) -> float:
        at = min(max(at or self.now, self.since), self.until)
        return round(100 * (at - self.since) / (self.until - self.since), 3)

    def ticks(self) -> Iterator[Tick]:
        minutes = (self.until - self.since).total_seconds() / 60
        if minutes < 2:
            yield Tick(0.0, clock(self.since), minor=False)
            return
        days = [1440 * day for day in (2, 7, 30, 365)]
        step = next((each for each in (*_MINUTES, *days) if minutes / each <= _TICKS), 3650 * 1440)
        local = self.since.astimezone()
        first = local.replace(hour=0, minute=0, second=0, microsecond=0)
        steps = int((local - first).total_seconds() // (step * 60)) + 1
        at, number = first + timedelta(minutes=step * steps), 0
        while at <= self.until:
            label = f"{at:%H:%M}" if step < 1440 else f"{at:%d %b}"
            yield Tick(self.x(at), label, minor=bool(number % 2))
            at, number = at + timedelta(minutes=step), number + 1


def _lanes(axis: _Axis, begun: Sequence[DeviceRecord]) -> Iterator[Lane]:
    good = [one for one in begun if one.result == SUCCESS]
    bad = [one for one in begun if one.result != SUCCESS]
    if len(begun) <= _LANES:
        yield from (_own(axis, one) for one in begun)
        return
    yield from (_own(axis, one) for one in bad[:_OWN])
    for result in dict.fromkeys(one.result for one in bad[_OWN:]):
        yield _shared(axis, [one for one in bad[_OWN:] if one.result == result], "more")
    for key in sorted({(one.job.wave, one.job.image_version) for one in good}):
        alike = [one for one in good if (one.job.wave, one.job.image_version) == key]
        yield _own(axis, alike[0]) if len(alike) == 1 else _shared(axis, alike, f"wave {key[0]}")


def _own(axis: _Axis, one: DeviceRecord) -> Lane:
    bars = []
    for span in one.spans:
        x = axis.x(span.since)
        said = f"{span.name} {clock(span.since)} to {clock(span.until) or 'now'}, {length(_seconds(axis, span))}"
        title = one_line(f"{said}: {span.why}" if span.why else said)
        width = axis.x(span.until) - x
        if width > 0 or span.kind != "waiting":
            bars.append(Bar(_drawn(span.kind), x, max(width, 0.15), title, failed=span.status == "failed"))
    for outage in one.outages:
        x = axis.x(outage.since)
        lasted = length(outage.seconds) if outage.until else "no answer since"
        title = f"away {clock(outage.since)} to {clock(outage.until) or 'now'}, {lasted}"
        bars.append(Bar(AWAY, x, max(axis.x(outage.until) - x, 0.15), title))
    note = f"away {length(one.away)}" if one.away is not None else ""
    if one.still_away:
        note = "no answer"
    return Lane(one_line(one.job.device_name), note or word(one.result), one.result, tuple(bars), f"job-{one.job.id}")


def _seconds(axis: _Axis, span: Span) -> float:
    return ((span.until or axis.now) - span.since).total_seconds()


def _drawn(kind: str) -> str:
    return kind if kind in _KNOWN else OWN_STEP


def _shared(axis: _Axis, alike: Sequence[DeviceRecord], what: str) -> Lane:
    """Return the lane of several: where the median one was, and a band from the first to the last."""
    bars: list[Bar] = []
    by_kind: dict[str, list[tuple[float, float]]] = {}
    for span in (span for one in alike for span in one.spans if span.kind != "waiting"):
        by_kind.setdefault(_drawn(span.kind), []).append((axis.x(span.since), axis.x(span.until)))
    if outages := [(axis.x(each.since), axis.x(each.until)) for one in alike for each in one.outages]:
        by_kind[AWAY] = outages
    gone = sorted((one.away, one.job.device_name) for one in alike if one.away is not None)
    note = word(alike[0].result)
    longest = ""
    if gone:
        middle, (most, name) = statistics.median(seconds for seconds, _ in gone), gone[-1]
        note = f"away {length(middle)}, at most {length(most)}"
        longest = f"; {one_line(name)} for {length(most)}"
    for kind, times in by_kind.items():
        first, last = min(x for x, _ in times), max(x for _, x in times)
        begin, end = (statistics.median(each) for each in zip(*times, strict=True))
        title = f"{len(alike)} devices: {kind}{longest if kind == AWAY else ''}"
        bars.append(Bar(kind, first, max(last - first, 0.15), title, range=True))
        bars.append(Bar(kind, begin, max(end - begin, 0.15), f"{title} (the median)"))
    return Lane(f"{len(alike)} devices, {what}", note, alike[0].result, tuple(bars))
