"""Records of batches that never ran, for the forms of a report: as many devices as a test wants, each as it says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from swimctl.clock import rfc3339
from swimctl.models import Batch, Event, ExecutionMode, Job, JobOptions, Outcome, Policy, Step
from swimctl.report.device_facts import device_record
from swimctl.report.facts import AuditHead, Decision, Record, Transcript
from swimctl.states import STEP_NAMES, JobStatus, StepStatus
from swimctl.waivers import Waiver

NIGHT = datetime(2030, 12, 5, 22, 0, tzinfo=UTC)
OLD, NEW = "17.09.05", "17.12.04"
BATCH = Batch(
    "5f0c2c1e-0000-4000-8000-000000000001",
    ExecutionMode.PARALLEL,
    1,
    JobOptions(),
    NIGHT - timedelta(hours=6),
    requested_by="anna",
    policy=Policy(waves=("2", "100%"), soak=300.0, ticket="CHG-1042", comment="Winter maintenance"),
    needs_approval=True,
    approved_by="bob",
    approved_at=NIGHT - timedelta(hours=2),
)
WAIVED = Waiver("sw3", "redundancy group", "none in the inventory", "there is no second one", "anna")


@dataclass(frozen=True)
class Told:
    """How one device's night went."""

    name: str
    outcome: Outcome = Outcome.UPGRADED
    error: str = ""
    begins: float = 0.0
    away: float = 420.0
    members: int = 1
    waived: tuple[Waiver, ...] = ()
    more: tuple[tuple[str, str, dict[str, Any]], ...] = ()
    transcript: str = ""
    wave: int = 1


def record(*devices: Told, batch: Batch = BATCH, **fields: Any) -> Record:
    """Make the record of a batch with these devices."""
    jobs = [_job(number, told) for number, told in enumerate(devices, 1)]
    made = Record(
        batch=batch,
        devices=tuple(_device(job, told) for job, told in zip(jobs, devices, strict=True)),
        decisions=(Decision(NIGHT - timedelta(hours=6), "anna", "asked for it", "", "10.0.0.7"),),
        head=AuditHead(17, "ab" * 32),
        made_at=NIGHT + timedelta(hours=9),
        made_by="carol",
        seconds=max((job.finished_at - NIGHT).total_seconds() for job in jobs if job.finished_at),
        until_event=len(jobs) * 20,
    )
    return replace(made, **fields)


def fleet(count: int, bad: int = 0) -> Record:
    """Make a batch of so many devices, the first ones `bad`."""
    return record(
        *(
            Told(
                f"access-{number:04d}",
                Outcome.ROLLED_BACK if number <= bad else Outcome.UPGRADED,
                "1 uplinks lost (tolerated 0): TenGigabitEthernet1/1/1" if number <= bad else "",
                begins=(number // 50) * 900 + number % 50 * 7,
                away=300 + number % 90,
                wave=1 + number // 50,
            )
            for number in range(1, count + 1)
        )
    )


def _at(told: Told, seconds: float) -> datetime:
    return NIGHT + timedelta(seconds=told.begins + seconds)


def _times(told: Told) -> Sequence[tuple[float, float]]:
    back = 500 + told.away
    return (0, 40), (40, 400), (400, back), (back, back + 120)


def _job(number: int, told: Told) -> Job:
    good = told.outcome is Outcome.UPGRADED
    steps = [
        Step(kind, StepStatus.SUCCESS, "done", _at(told, begin), _at(told, end))
        for kind, (begin, end) in zip(STEP_NAMES, _times(told), strict=True)
    ]
    if not good:
        steps[-1] = replace(steps[-1], status=StepStatus.FAILED, message=told.error)
    return Job(
        id=number,
        batch_id=BATCH.id,
        device_id=number,
        device_name=told.name,
        image_id=1,
        image_filename="cat9k_iosxe.17.12.04.SPA.bin",
        image_version=NEW,
        status=JobStatus.SUCCESS if good else JobStatus.FAILED,
        progress=100,
        steps=tuple(steps),
        created_at=BATCH.created_at,
        started_at=_at(told, 0),
        finished_at=steps[-1].finished_at,
        error=told.error or None,
        attempted=True,
        outcome=told.outcome,
        wave=told.wave,
        image_family="cat9k_iosxe",
        waived=told.waived,
    )


def _events(job: Job, told: Told) -> list[Event]:
    names = [str(number) for number in range(1, told.members + 1)]
    gone, back = _at(told, 470), _at(told, 470 + told.away)
    after = NEW if told.outcome is Outcome.UPGRADED else OLD
    facts: list[tuple[datetime, str, str, dict[str, Any]]] = [
        (_at(told, 2), "runs", f"runs {OLD}", {"members": dict.fromkeys(names, OLD)}),
        (_at(told, 420), "sent", "install activate", {}),
        (_at(told, 470), "answered", "install activate: SUCCESS", {"succeeded": True}),
        (_at(told, 475), "away", "it does not answer any more", {"since": rfc3339(gone)}),
        (back, "back", "it answers again", {"since": rfc3339(gone), "until": rfc3339(back)}),
        *((_at(told, 600), *one) for one in told.more),
        (_at(told, 480 + told.away), "runs", f"runs {after}", {"members": dict.fromkeys(names, after)}),
    ]
    return [Event(job.id * 20 + n, job.id, at, kind, said, data) for n, (at, kind, said, data) in enumerate(facts)]


def _device(job: Job, told: Told) -> Any:
    text = told.transcript
    transcript = Transcript(text, len(text.encode(errors="surrogatepass")), "cd" * 32) if text else None
    return device_record(job, _events(job, told), BATCH.created_at, OLD, transcript)
