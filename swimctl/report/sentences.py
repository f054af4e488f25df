"""What every form of a report says in words: the outcome, who asked, when, and how a device is now. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Final

from swimctl.config.hours import in_zone
from swimctl.models import Batch, Event
from swimctl.report.facts import Decision, DeviceRecord, Member, Record
from swimctl.report.results import SUCCESS, WORST_FIRST
from swimctl.report.words import clock, devices, length, moment, one_line, word

_SHORT: Final = 3


def headline(record: Record) -> str:
    """Return the outcome in one line: what is not well comes first."""
    counts = Counter(one.result for one in record.devices)
    whole = len(record.devices)
    bad = [f"{counts[result]} {word(result)}" for result in WORST_FIRST if counts[result] and result != SUCCESS]
    good = counts[SUCCESS]
    if not bad:
        return "The device is upgraded" if whole == 1 else f"All {whole} devices are upgraded"
    return f"{', '.join(bad)}; {good} of {devices(whole)} upgraded"


def subline(record: Record) -> str:
    """Return what was done, and when."""
    targets = Counter(one.job.image_version for one in record.devices)
    releases = [release for release, _ in targets.most_common()]
    to = ", ".join(releases[:_SHORT]) + (f" and {len(releases) - _SHORT} more" if len(releases) > _SHORT else "")
    starts = [job.started_at for job in record.jobs if job.started_at]
    ends = [job.finished_at for job in record.jobs if job.finished_at and job.started_at]
    if not starts:
        return f"To {to}. Nothing has begun."
    when = _from_to(min(starts), max(ends)) if record.ended and ends else "still under way"
    return one_line(f"To {to}, {when}, in {length(record.seconds)}. {record.batch.policy.comment}")


def facts_of(record: Record) -> Iterator[tuple[str, str]]:
    """Yield name and value of each fact of the batch that there is."""
    batch, policy = record.batch, record.batch.policy
    approved = batch.approved_by or ("nobody yet" if batch.needs_approval else "")
    if batch.approved_at is not None:
        approved = f"{approved}, {moment(batch.approved_at)}"
    found = (
        ("Asked by", batch.requested_by),
        ("Approved by", approved),
        ("Ticket", policy.ticket),
        ("Created", moment(batch.created_at)),
        ("Scheduled for", moment(batch.schedule_time)),
        ("Waves", f"{', '.join(policy.waves)}; soak {length(policy.soak)}" if policy.waves else ""),
        ("Window", in_zone(policy.window, policy.zone) if policy.window else ""),
        ("Until", moment(policy.until)),
        ("Stop rule", stop_rule(batch)),
        ("Workflow", f"{batch.options.workflow}, {batch.mode.value}"),
        ("Options", ", ".join(options_of(batch))),
        ("First of its kind", "" if policy.pilot else "all at once (--no-pilot)"),
        ("Batch", batch.id),
        ("Times", f"as a clock shows them that is {' and '.join(_offsets(record))} of UTC"),
    )
    yield from ((name, one_line(value)) for name, value in found if value)


def _from_to(first: datetime, last: datetime) -> str:
    """Write both times to the minute, local, with the offset: both offsets, where the clocks were changed between."""
    begin, end = (at.astimezone() for at in (first, last))
    offsets = [at.isoformat()[-6:] for at in (begin, end)]
    before = f" {offsets[0]}" if offsets[0] != offsets[1] else ""
    return f"{begin:%Y-%m-%d %H:%M}{before} to {end:%H:%M} {offsets[1]}"


def _offsets(record: Record) -> Iterator[str]:
    """Yield the offsets of the times in a report: two in a night in which the clocks are changed."""
    times = [record.batch.created_at, *(at for job in record.jobs for at in (job.started_at, job.finished_at) if at)]
    yield from dict.fromkeys(moment(at)[-6:] for at in sorted(times))


def stop_rule(batch: Batch) -> str:
    """Return after how many failures it stops."""
    if batch.policy.max_failures_percent is not None:
        return f"stops at {batch.policy.max_failures_percent:g} % of failures"
    if not batch.max_failures:
        return "never stops for failures"
    return f"stops after {batch.max_failures} failure{'' if batch.max_failures == 1 else 's'}"


def options_of(batch: Batch) -> Iterator[str]:
    """Yield what is not as usual."""
    options = batch.options
    for said, given in (
        ("distributed only", not options.activate),
        ("flash cleaned first", options.cleanup_flash),
        ("forced", options.force),
        ("in service", options.issu),
        ("from bundle to install mode", options.convert),
        ("held for a person if checks fail", options.on_failed_checks == "hold"),
    ):
        if given:
            yield said


def decided(record: Record) -> Iterator[Decision]:
    """Yield who asked for the batch, who approved it, and all that people decided of it and of its devices."""
    batch = record.batch
    if not any(each.what.startswith("asked for it") for each in record.decisions):
        yield Decision(batch.created_at, batch.requested_by, "asked for it", batch.policy.comment)
    if batch.approved_at is not None and not any(each.what == "approved it" for each in record.decisions):
        yield Decision(batch.approved_at, batch.approved_by or "", "approved it")
    yield from record.decisions
    for one in record.devices:
        for each in one.decisions:
            yield replace(each, what=f"{one.job.device_name}: {each.what}")


def releases_of(one: DeviceRecord) -> tuple[Member, ...]:
    """Return the release before and now: of each member, or in one line where all ran and run the same."""
    whole = Member("", one.release_before, one.release_after)
    if not one.members:
        return (whole,)
    if len(one.members) == 1:
        member = one.members[0]
        return (Member("", member.before or whole.before, member.after or whole.after),)
    return one.members


def now_of(one: DeviceRecord) -> str:
    """Return what the device is now, and how long it was away."""
    parts = []
    if one.job.is_now:
        parts.append(f"It is {one.job.is_now}")
    if one.release_after:
        parts.append(f"runs {one.release_after}")
    if one.still_away:
        parts.append(f"has not answered since {moment(one.outages[-1].since)}")
    elif one.away is not None:
        parts.append(f"was away for {length(one.away)}")
    return f"{', '.join(parts)}." if parts else ""


def event_line(event: Event) -> str:
    """Write an event in one line: when, of what kind, what it tells."""
    facts = [str(event.data[key]) for key in ("step", "to", "status") if event.data.get(key)]
    told = ": ".join(dict.fromkeys(part for part in (" ".join(facts), event.message) if part))
    return f"{clock(event.at)}  {event.kind}: {one_line(told)}"
