"""A report as one HTML page: no script, nothing from elsewhere, and all that a device said is text. Pure."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from swimctl import __version__
from swimctl.models import Job
from swimctl.report import words
from swimctl.report.documents import facts_digest
from swimctl.report.facts import Decision, DeviceRecord, Difference, Record
from swimctl.report.results import SUCCESS, remark, seconds_between
from swimctl.report.sealing import blank, sealed
from swimctl.report.sentences import decided, event_line, facts_of, headline, now_of, releases_of, subline
from swimctl.report.timeline import timeline

_HERE: Final = Path(__file__).parent
_LEGEND: Final = {
    "waiting": "waits", "readiness": "readiness", "distribution": "copy", "activation": "activation",
    "post-checks": "post-checks", "own": "own steps", "away": "does not answer",
}  # fmt: skip
# So many devices need no folding; and so many are named as what needs attention.
_FEW: Final = 50
_ATTENTION: Final = 20
_NAMED: Final = 8  # of those that failed for one reason


@dataclass(frozen=True, slots=True)
class _Attention:
    """Devices that ended alike for the same reason: those that are named, and how many more there are."""

    result: str
    why: str
    named: tuple[DeviceRecord, ...]
    more: int


@dataclass(frozen=True, slots=True)
class _Tile:
    kind: str
    value: str
    label: str


def page(record: Record) -> str:
    """Write a record as HTML, with its seal."""
    seal, style = blank(record), _style()
    ordered = record.worst_first
    attention = _attention(ordered)
    shown = [one for one in ordered if one.result != SUCCESS or len(ordered) <= _FEW]
    first = shown[:_FEW] or list(ordered[:_FEW])
    text = _template().render(
        batch=record.batch,
        style=Markup(style),  # noqa: S704 - it is a file of the package
        style_hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
        headline=headline(record),
        subline=subline(record),
        tiles=list(_tiles(record)),
        facts=list(facts_of(record)),
        attention=attention[:_ATTENTION],
        more_attention=sum(len(each.named) + each.more for each in attention[_ATTENTION:]),
        timeline=timeline(record),
        legend=_LEGEND,
        first_rows=first,
        other_rows=_others(ordered, first),
        differences=list(_differences(ordered)),
        unmet=record.unmet,
        decisions=list(_decisions(record)),
        few=len(ordered) <= _FEW,
        head=record.head,
        digest=facts_digest(record),
        made_at=record.made_at,
        made_by=record.made_by,
        version=__version__,
        seal=seal,
    )
    return sealed(text, seal)


@cache
def _style() -> str:
    return (_HERE / "page.css").read_text(encoding="utf-8")


@cache
def _template() -> Any:  # noqa: ANN401 - a template of jinja2
    # Each value is made safe where it is written, whatever it is: no control character, and no markup.
    surroundings = Environment(
        loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, finalize=_finalize
    )
    surroundings.filters |= {
        "word": words.word,
        "moment": words.moment,
        "clock": words.clock,
        "length_of": words.length,
        "shown": words.shown,
        "size": words.size,
        "now": now_of,
        "releases": releases_of,
        "away": _away,
        "took": _took,
        "because": _because,
        "told": event_line,
        "typed": _typed,
    }
    return surroundings.get_template("page.html.j2")


def _finalize(value: object) -> object:
    return value if isinstance(value, Markup | int | float) else words.shown(value)


def _tiles(record: Record) -> Iterator[_Tile]:
    counts = record.counts
    for result, count in counts.items():
        if count or result in {SUCCESS, "failed"} or (result == "unknown" and counts["failed"]):
            label = "upgraded" if result == SUCCESS else words.word(result)
            yield _Tile(result if count else "none", str(count), label)
    gone = [(one.away, one.job.device_name) for one in record.devices if one.away is not None]
    if gone:
        longest, name = max(gone)
        yield _Tile("away", words.length(longest), f"longest away, {name}")
    yield _Tile("took", words.length(record.seconds), "from first to last")


def _attention(ordered: Sequence[DeviceRecord]) -> list[_Attention]:
    alike: dict[tuple[str, str], list[DeviceRecord]] = {}
    for one in ordered:
        if one.result != SUCCESS:
            alike.setdefault((one.result, remark(one.job)), []).append(one)
    return [
        _Attention(result, why, tuple(found[:_NAMED]), len(found) - len(found[:_NAMED]))
        for (result, why), found in alike.items()
    ]


def _others(ordered: Sequence[DeviceRecord], first: Sequence[DeviceRecord]) -> list[DeviceRecord]:
    shown = {one.job.id for one in first}
    return [one for one in ordered if one.job.id not in shown]


def _differences(devices: Sequence[DeviceRecord]) -> Iterator[tuple[str, Difference]]:
    found = [(one.job.device_name, each) for one in devices for each in one.differences]
    order = {"broken": 0, "not read": 1, "waived": 2, "tolerated": 3}
    yield from sorted(found, key=lambda pair: order.get(pair[1].standing, 4))


def _decisions(record: Record) -> Iterator[Decision]:
    yield from sorted(decided(record), key=lambda one: one.at)


def _away(one: DeviceRecord) -> str:
    if one.still_away:
        return "no answer"
    return words.length(one.away)


def _took(job: Job) -> str:
    return words.length(seconds_between(job.started_at, job.finished_at))


def _because(one: Difference) -> str:
    by = f"by {one.by}" if one.by else ""
    needed = f"needed {one.needed}" if one.needed and one.standing != "tolerated" else ""
    return "; ".join(filter(None, (one.why, by, needed)))


def _typed(text: str) -> Markup:
    """Return a sentence in which what stands in backquotes is shown as what is typed."""
    whole, code = words.shown(text), Markup("<code>{}</code>")
    parts = whole.split("`")
    if len(parts) % 2 == 0:  # one of them has no other
        parts = [whole]
    return Markup("").join(code.format(part) if number % 2 else part for number, part in enumerate(parts))
