"""Gather a report's record from the store and the folders of its jobs, once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from swimctl.clock import Clock
from swimctl.models import AuditEntry, Event, Job
from swimctl.report.device_facts import device_record
from swimctl.report.facts import AuditHead, Decision, Record, Transcript
from swimctl.report.results import run_seconds
from swimctl.steps.base import RUNS
from swimctl.steps.baseline import release_before
from swimctl.store import Store

# Characters of all transcripts in one report: a file that no browser opens is no report.
_MOST: Final = 16_000_000
_LEAST: Final = 4_000  # of each
_LARGEST: Final = 1_000_000  # of each
_FOREVER: Final = 2**62
_WORDS: Final = {
    "trigger": "asked for it",
    "retry": "asked for it again",
    "approve": "approved it",
    "no-pilot": "let all of a kind start at once",
    "pause": "paused it",
    "continue": "let it go on",
    "start-wave": "started a wave",
    "change": "changed its limits",
    "stop": "stopped it",
    "cancel": "cancelled jobs",
}


def gather(
    store: Store,
    clock: Clock,
    batch_id: str,
    *,
    made_by: str = "",
    folder: Path | None = None,
    until_event: int = _FOREVER,
    until_entry: int = _FOREVER,
) -> Record:
    """Read all facts of a batch. Without `folder`, that of the jobs' files, there are no transcripts. NotFound.

    `until_event` and `until_entry` leave out what was recorded later: then it is what an earlier report saw.
    """
    batch = store.batch(batch_id)
    jobs = store.jobs(batch_id=batch.id)
    entry, chain = store.audit_head()
    events: dict[int, list[Event]] = {job.id: [] for job in jobs}
    last = 0
    for event in store.batch_events(batch.id):
        if event.id <= until_event:
            events[event.job_id].append(event)
            last = event.id
    entries = [one for one in store.audit_of(batch.id, [job.id for job in jobs]) if one.id <= until_entry]
    share = min(_LARGEST, max(_LEAST, _MOST // max(1, len(jobs))))
    devices = tuple(
        device_record(
            job,
            events[job.id],
            batch.created_at,
            _release(store, job, events[job.id]),
            None if folder is None else _transcript(folder / str(job.id) / "transcript.log", share),
        )
        for job in jobs
    )
    met = {waiver for job in jobs for waiver in job.waived}
    return Record(
        batch=batch,
        devices=devices,
        decisions=tuple(_decisions(entries)),
        head=AuditHead(entry, chain),
        made_at=clock.now(),
        made_by=made_by,
        seconds=run_seconds(jobs, clock.now()),
        until_event=last,
        pilots=tuple(
            (job.device_name, event.message) for job in jobs for event in events[job.id] if event.kind == "pilot"
        ),
        unmet=tuple(waiver for waiver in batch.options.waivers if waiver not in met),
    )


def _release(store: Store, job: Job, events: Sequence[Event]) -> str:
    """Return the release before, of the baseline; who ended before a baseline was told it by an event."""
    if any(event.kind in {RUNS, "baseline"} for event in events) or job.attempted:
        return release_before(lambda key: store.recall(job.id, key))
    return ""


def _transcript(path: Path, most: int) -> Transcript | None:
    """Read a transcript; of one that is too long, the middle is left out."""
    try:
        raw = path.read_bytes()
    except OSError:
        return None
    text = raw.decode("utf-8", "replace")
    digest = hashlib.sha256(raw).hexdigest()
    if len(text) <= most:
        return Transcript(text, len(raw), digest)
    half, left_out = most // 2, len(text) - 2 * (most // 2)
    gap = f"\n\n… {left_out} characters are left out here; `swimctl job transcript` has them …\n\n"
    return Transcript(f"{text[:half]}{gap}{text[-half:]}", len(raw), digest, left_out)


def _decisions(entries: Sequence[AuditEntry]) -> Iterator[Decision]:
    for entry in entries:
        if entry.action in _WORDS:
            yield Decision(entry.at, entry.actor, _WORDS[entry.action], _told(entry.data), entry.origin)


def _told(data: Mapping[str, Any]) -> str:
    """Return what the audit says beside the action, but for what a report has anyway."""
    return ", ".join(f"{key}: {value}" for key, value in data.items() if key not in {"jobs", "waivers", "requested_by"})
