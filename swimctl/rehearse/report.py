"""What a rehearsal says: what would go wrong, wave by wave, when the line stops, when the night ends. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from swimctl.clock import rfc3339
from swimctl.models import Job, Outcome
from swimctl.rehearse.faults import written
from swimctl.rehearse.night import Played
from swimctl.states import JobStatus, StepStatus, step_name

UNKNOWABLE: Final[tuple[tuple[str, str], ...]] = (
    ("power supplies, fans, transceivers", "one that dies in the reload shows only then"),
    ("the flash itself", "worn blocks, and files that are not what their length says"),
    ("devices behind its ports", "whether phones, access points and servers come back"),
    ("the release on your hardware", "defects of it, a microcode or FPGA update that reloads once more"),
    ("your configuration", "lines that the new release refuses or reads otherwise; no twin has them"),
    ("your AAA, and the way to the device", "a server that refuses or is slow at that hour; bastions, VRFs"),
    ("other people", "who installs, saves or reloads meanwhile; what changes until the night"),
)
"""What no twin can know, and what that means."""
# An id of the rehearsal's own batch or job means nothing to anybody.
_BATCH: Final = re.compile(r" --batch [0-9a-f]{6,}(?:-[0-9a-f-]+)?")
_NEXT: Final = re.compile(r"next[^:;]*: (?P<next>.+?)(?:; the device was asked.*)?$")
_SHUT: Final = ("window", "freeze", "frozen", "until ")
Found = Literal["plan", "device", "twin"]


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a device would not be upgraded: what was found, where, and the next command.

    `found` is `plan` for one without a job, `device` where the device itself said it, `twin` where a twin showed it.
    `played` is the fault that was asked for, empty where nobody asked.
    """

    device: str
    found: Found
    step: str
    seen: str
    following: str
    outcome: str = ""
    played: str = ""


@dataclass(frozen=True, slots=True)
class WaveOf:
    """A wave: how many devices, how they end, and when."""

    number: int
    devices: int
    upgraded: int
    failed: int
    not_started: int
    starts: datetime | None
    ends: datetime | None


@dataclass(frozen=True, slots=True)
class Stopped:
    """The line: why it stops, when, and which devices are not started then."""

    why: str
    at: datetime | None
    devices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """All of it. `closes`: when the window, or `--until`, ends; None: nothing closes. `unfit` do not fit into it."""

    starts: datetime
    ends: datetime
    devices: int
    rehearsed: int
    problems: tuple[Problem, ...]
    waves: tuple[WaveOf, ...]
    stopped: Stopped | None
    unfit: Mapping[str, str]
    closes: datetime | None
    not_rehearsed: Mapping[str, str]
    unlike: Mapping[str, tuple[str, ...]]
    not_done: tuple[str, ...]
    guessed: tuple[str, ...]
    faults: tuple[str, ...]
    seed: int
    outcomes: Mapping[str, str] = field(default_factory=dict)

    @property
    def spare(self) -> timedelta | None:
        """Return what is left between the end and what closes; less than nothing: it ends behind it."""
        return None if self.closes is None else self.closes - self.ends

    @property
    def holds(self) -> bool:
        """Return whether all fits into the window."""
        return not self.unfit and (self.spare is None or self.spare >= timedelta(0))

    @property
    def not_upgraded(self) -> int:
        """Count the devices that would not be upgraded, for whatever reason."""
        stopped = self.stopped.devices if self.stopped else ()
        return len({*(one.device for one in self.problems), *self.unfit, *stopped})

    @property
    def exit_code(self) -> int:
        """Return 1 where something would go wrong, else 3 where a device was not rehearsed, else 0."""
        if self.problems or self.stopped or not self.holds:
            return 1
        return 3 if self.not_rehearsed or not self.rehearsed else 0

    def document(self) -> dict[str, Any]:
        """Write it as JSON."""
        closes, spare = self.closes, self.spare
        return {
            "starts": rfc3339(self.starts),
            "ends": rfc3339(self.ends),
            "seconds": round((self.ends - self.starts).total_seconds(), 1),
            "devices": self.devices,
            "rehearsed": self.rehearsed,
            "problems": [_renamed(asdict(problem)) for problem in self.problems],
            "waves": [_dated(asdict(wave)) for wave in self.waves],
            "stopped": None if self.stopped is None else _dated(asdict(self.stopped)),
            "window": {
                "closes": None if closes is None else rfc3339(closes),
                "spare_seconds": None if spare is None else round(spare.total_seconds(), 1),
                "fits": self.holds,
                "unfit": [{"device": name, "why": why} for name, why in self.unfit.items()],
            },
            "outcomes": dict(self.outcomes),
            "not_rehearsed": [{"device": name, "why": why} for name, why in self.not_rehearsed.items()],
            "unlike": [{"device": name, "what": list(what)} for name, what in self.unlike.items()],
            "not_done": list(self.not_done),
            "unknowable": [{"what": what, "why": why} for what, why in UNKNOWABLE],
            "guessed": list(self.guessed),
            "faults": list(self.faults),
            "seed": self.seed,
            "exit_code": self.exit_code,
        }


def _dated(row: dict[str, Any]) -> dict[str, Any]:
    return {key: rfc3339(value) if isinstance(value, datetime) else value for key, value in row.items()}


def _renamed(problem: dict[str, Any]) -> dict[str, Any]:
    return {"next" if key == "following" else key: value for key, value in problem.items()}


def report_of(played: Played) -> Report:
    """Return what a rehearsal says."""
    preview, jobs = played.preview, {job.device_name: job for job in played.jobs}
    problems = _of_the_look(played)
    stopped: dict[str, Job] = {}
    unfit: dict[str, str] = {}
    known = {problem.device for problem in problems}
    for name, job in jobs.items():
        if job.status is JobStatus.SUCCESS or name in known:
            continue
        if job.attempted and job.status is JobStatus.FAILED and not _shut(job):
            problems.append(_of_the_twin(played, job))
        elif _shut(job):
            unfit[name] = _why(job)
        else:
            stopped[name] = job
    spans = preview.forecast.spans if preview.forecast else {}
    closes = [one for one in (preview.plan.request.policy.until, _closing(played)) if one is not None]
    cast = [one for one in played.casting.cast if one.name not in played.left_out]
    not_rehearsed = {**played.left_out}
    return Report(
        starts=played.starts,
        ends=played.ends,
        devices=len(preview.rows),
        rehearsed=len([one for one in cast if one.name in jobs]),
        problems=tuple(problems),
        waves=_waves(played.jobs),
        stopped=_stopped(stopped),
        unfit=unfit,
        closes=min(closes, default=None),
        not_rehearsed=not_rehearsed,
        unlike={one.name: one.unlike for one in cast if one.unlike},
        not_done=played.not_done,
        guessed=preview.guessed if spans else (),
        faults=tuple(written(played.faults)),
        seed=played.seed,
        outcomes={name: _outcome(job) for name, job in jobs.items()},
    )


def _closing(played: Played) -> datetime | None:
    opening = played.preview.opening
    return opening.closes if opening is not None else None


def _shut(job: Job) -> bool:
    """Return whether a job did not end well as there was no time for it."""
    untouched = job.outcome in {None, Outcome.UNTOUCHED}
    return untouched and any(word in (job.error or "") for word in _SHUT) and "max_failures" not in (job.error or "")


def _of_the_look(played: Played) -> list[Problem]:
    """Return what the plan and the devices themselves said."""
    found = []
    for row in played.preview.rows:
        if row.item.device.name in played.left_out:
            continue
        kind: Found = "plan" if row.item.refusal is not None else "device"
        found += [
            Problem(
                row.item.device.name, kind, "Readiness Check", _seen(lack.rule, lack.seen, lack.needed), lack.following
            )
            for lack in row.lacks
        ]
    return found


def _seen(rule: str, seen: str, needed: str) -> str:
    if rule in {"gets a job", "can be asked", "is asked"}:
        return seen
    return f"{rule}: {seen}; needed: {needed}"


def _of_the_twin(played: Played, job: Job) -> Problem:
    step = next((step_name(each.name) for each in job.steps if each.status is StepStatus.FAILED), "")
    error = _plain(job.error or "")
    found = _NEXT.search(error)
    following = found["next"] if found else f"swimctl device check {job.device_name}"
    faults = ", ".join(map(str, played.faults.get(job.device_name, ())))
    seen = error[: found.start()].rstrip("; ") if found else error
    return Problem(job.device_name, "twin", step, seen, following, job.outcome.value if job.outcome else "", faults)


def _plain(error: str) -> str:
    return _BATCH.sub("", error)


def _outcome(job: Job) -> str:
    if job.outcome is not None:
        return job.outcome.value
    return job.status.value if job.attempted else "not started"


def _stopped(jobs: Mapping[str, Job]) -> Stopped | None:
    if not jobs:
        return None
    ended = [job for job in jobs.values() if job.finished_at is not None]
    first = min(ended, key=lambda job: str(job.finished_at), default=next(iter(jobs.values())))
    return Stopped(_why(first), first.finished_at, tuple(jobs))


def _why(job: Job) -> str:
    """Return why a job was not started; what to type next would be about the rehearsal's own batch."""
    why = _plain(job.error or "it did not come to its turn").removeprefix("not attempted: ")
    return _NEXT.sub("", why).rstrip("; ")


def _waves(jobs: tuple[Job, ...]) -> tuple[WaveOf, ...]:
    found = []
    for number in sorted({job.wave for job in jobs}):
        these = [job for job in jobs if job.wave == number]
        well = sum(job.status is JobStatus.SUCCESS for job in these)
        begun = [job for job in these if job.attempted]
        found.append(
            WaveOf(
                number,
                len(these),
                well,
                sum(job.status is JobStatus.FAILED for job in begun),
                len(these) - len(begun),
                min((job.started_at for job in begun if job.started_at), default=None),
                max((job.finished_at for job in begun if job.finished_at), default=None),
            )
        )
    return tuple(found)
