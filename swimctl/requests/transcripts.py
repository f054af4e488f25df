"""The transcript of a job, or parts of it: what belongs to one step, and what stands around a text."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from swimctl.errors import NotFound
from swimctl.models import Job

# As Transcript.note writes it when a step begins.
_STEP: Final = re.compile(r"^----- [0-9T:.-]+Z step: (.+)$", re.MULTILINE)
_AROUND: Final = 2


def path_of(jobs_dir: Path, job: Job) -> Path:
    """Return where the transcript of a job lies."""
    return jobs_dir / str(job.id) / "transcript.log"


def read(jobs_dir: Path, job: Job, step: str | None = None, wanted: str | None = None) -> str:
    """Return what was sent and printed, without passwords: of one step, or around a text, where these are given.

    NotFound: there is nothing, or no such step.
    """
    path = path_of(jobs_dir, job)
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        raise NotFound(
            f"job {job.id} has no transcript: {path} is not there; a job that never logged in has none"
        ) from None
    if step:
        text = of_step(text, job, step)
    return around(text, wanted) if wanted else text


def of_step(text: str, job: Job, name: str) -> str:
    """Return what was recorded in a step, each time that it ran. NotFound: the job has no such step, or not yet."""
    found = [step for step in job.steps if name.casefold() in (step.kind.casefold(), step.name.casefold())]
    if not found:
        known = ", ".join(step.kind for step in job.steps)
        raise NotFound(f"job {job.id} has no step {name!r}; its steps are {known}")
    marks = [*_STEP.finditer(text)]
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    parts = [text[mark.start() : end] for mark, end in zip(marks, ends, strict=False) if mark[1] == found[0].name]
    if not parts:
        raise NotFound(f"nothing was recorded in the step {found[0].name} of job {job.id}")
    return "".join(parts)


def around(text: str, wanted: str) -> str:
    """Return the lines with a text, in any case, and some around each; `--` stands for those left out."""
    lines = text.splitlines()
    hits = [number for number, line in enumerate(lines) if wanted.casefold() in line.casefold()]
    shown = sorted({near for hit in hits for near in range(hit - _AROUND, hit + _AROUND + 1) if 0 <= near < len(lines)})
    found: list[str] = []
    for place, number in enumerate(shown):
        if place and number != shown[place - 1] + 1:
            found.append("--")
        found.append(lines[number])
    return "".join(f"{line}\n" for line in found)
