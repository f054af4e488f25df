"""What a job and its events say of one device: when it was away, what it ran, what was sent, what differed. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from swimctl.checks.tables import of_events
from swimctl.models import Event, Job, Outcome
from swimctl.report.facts import Command, Decision, DeviceRecord, Difference, Member, Outage, Span, Transcript
from swimctl.states import StepStatus
from swimctl.steps.base import RUNS
from swimctl.steps.holding import HELD
from swimctl.steps.outage import AWAY, BACK

# A gap between two steps that is shorter is no wait.
_GAP: Final = timedelta(seconds=2)
_WAITS: Final = "waiting: "
_SAID: Final = frozenset({"recheck", "answer"})


def device_record(
    job: Job, events: Sequence[Event], laid_at: datetime, release: str = "", transcript: Transcript | None = None
) -> DeviceRecord:
    """Return all facts of a job. `release` is what its baseline says of before, `laid_at` when its batch was made."""
    before, after = _read(events, job)
    names = [*dict.fromkeys([*before, *after])]
    checks = tuple(of_events((event.kind, event.data) for event in events))
    return DeviceRecord(
        job=job,
        release_before=release or _release(events, last=False),
        release_after=_release_after(job, events, release),
        members=tuple(Member(name, before.get(name, ""), after.get(name, "")) for name in names),
        spans=tuple(_spans(job, events, laid_at)),
        outages=outages(events),
        commands=tuple(_commands(events)),
        differences=tuple(_differences(job, events, checks)),
        decisions=tuple(_decisions(events)),
        events=tuple(events),
        checks=checks,
        transcript=transcript,
    )


def outages(events: Sequence[Event]) -> tuple[Outage, ...]:
    """Return when a device was away, by what its job recorded; one that is not over is the last."""
    found: list[Outage] = []
    gone: tuple[datetime, bool] | None = None  # since when, and whether that was an answer
    left: datetime | None = None  # where the session was seen to end, or a command took it away
    for event in events:
        if event.kind == AWAY:
            gone = (_moment(event.data, "since"), True) if "since" in event.data else (left or event.at, False)
        elif event.kind == BACK:
            said = (_moment(event.data, "since"), True) if "since" in event.data else gone
            since, exact = gone if gone and gone[1] else (said or (event.at, False))
            found.append(Outage(since, _moment(event.data, "until"), exact))
            gone = left = None
        elif event.kind == "up" and gone is None and left is not None:  # an older record
            found.append(Outage(left, event.at, exact=False))
            left = None
        elif event.kind in {"down", "answered"} and _went(event):
            left = event.at
    if gone is not None:
        found.append(Outage(gone[0], None, gone[1]))
    return tuple(found)


def _went(event: Event) -> bool:
    return bool(event.data.get("dropped")) or event.message == "the session ended"


def _moment(data: Mapping[str, Any], name: str) -> datetime:
    return datetime.fromisoformat(str(data[name]))


def _read(events: Sequence[Event], job: Job) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Return what each member ran first and last; the last where it was read, or follows from what the job proved."""
    before: Mapping[str, str] = {}
    after: Mapping[str, str] = {}
    sent = False
    for event in events:
        if event.kind == "sent":
            sent = True
        if event.kind == AWAY or (event.kind == "down" and _went(event)):
            after = {}  # what it runs when it comes back, nobody has read yet
        if event.kind in {RUNS, "up"} and "members" in event.data:
            said = {str(name): str(release) for name, release in event.data["members"].items()}
            if sent and event.kind == "up":
                after = {}  # it booted: what it ran earlier says nothing
            if sent:
                after = said
            else:
                before = said
    if job.outcome in {Outcome.UNTOUCHED, Outcome.CLEANED}:
        after = after or before
    return before, after


def _release(events: Sequence[Event], *, last: bool) -> str:
    told = [event.message.removeprefix("runs ").partition(" ")[0] for event in events if event.kind in {RUNS, "up"}]
    return told[-1 if last else 0] if told else ""


def _release_after(job: Job, events: Sequence[Event], before: str) -> str:
    if job.outcome is Outcome.UPGRADED:
        return job.image_version
    if job.outcome in {Outcome.UNTOUCHED, Outcome.CLEANED, Outcome.ROLLED_BACK}:
        return before or _release(events, last=job.outcome is Outcome.ROLLED_BACK)
    return ""


def _spans(job: Job, events: Sequence[Event], laid_at: datetime) -> Iterator[Span]:
    """Yield the steps and what was waited for between them, in their order."""
    last = job.schedule_time or laid_at
    for step in job.steps:
        if step.started_at is None:
            continue
        if step.started_at - last > _GAP:
            yield Span("waiting", "waits", last, step.started_at, "", _why(events, last, step.started_at))
        yield Span(step.kind, step.name, step.started_at, step.finished_at, step.status.value, step.message)
        last = step.finished_at or step.started_at
        if step.status is StepStatus.RUNNING:
            return


def _why(events: Sequence[Event], since: datetime, until: datetime) -> str:
    said = [event.message for event in events if since <= event.at <= until and event.message.startswith(_WAITS)]
    return said[-1].removeprefix(_WAITS) if said else ""


def _commands(events: Sequence[Event]) -> Iterator[Command]:
    for number, event in enumerate(events):
        if event.kind != "sent":
            continue
        answer = ""
        for later in events[number + 1 :]:
            if later.kind == "sent":
                break
            if later.kind == "answered":
                answer = later.message.removeprefix(f"{event.message}: ")
                break
        yield Command(event.at, event.message, answer)


def _differences(job: Job, events: Sequence[Event], checks: Sequence[Mapping[str, Any]]) -> Iterator[Difference]:
    """Yield what differed: what people waived, what the comparison and the checks found, and what could not be read."""
    for waiver in job.waived:
        yield Difference("waiver", waiver.finding, "", waiver.seen, "", "waived", waiver.reason, waiver.by)
    waived = {(waiver.finding, waiver.seen) for waiver in job.waived}
    found = [event for event in events if event.kind in {"not as before", HELD} and "found" in event.data]
    # What it was held for was mended or accepted since, where it ended well.
    mended = bool(found) and found[-1].kind == HELD and job.outcome is Outcome.UPGRADED
    for each in found[-1].data["found"] if found and not mended else ():
        if (each["finding"], each["seen"]) not in waived:
            yield Difference("comparison", each["finding"], "", each["seen"], "as before", "broken")
    told = [event.message for event in events if event.kind == "compared"]
    if told:
        yield Difference("comparison", told[-1], "", "", "", "tolerated")
    for check in checks:
        for one in check["differences"]:
            what = f"{one['key']} {one['field']}".strip()
            standing, why = one["standing"], one["why"]
            if standing == "broken" and check["verdict"] != "fail":
                standing, why = "tolerated", why or "the check only warns"
            yield Difference(check["name"], what, one["before"], one["after"], one["needed"], standing, why)
        if check["left_out"]:
            yield Difference(check["name"], f"{check['left_out']} more", "", "", "", check["standing"])
        if check["why"]:
            yield Difference(check["name"], "", "", "", "", check["standing"], check["why"])


def _decisions(events: Sequence[Event]) -> Iterator[Decision]:
    for event in events:
        if event.kind in _SAID:
            why = str(event.data.get("reason") or event.data.get("why") or "")
            yield Decision(event.at, str(event.data.get("by") or ""), event.message, why)
