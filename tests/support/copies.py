"""Many ways of one copy, each on a switch of its own, in one batch that ends behind the copy."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass

from support.oracle import really
from support.upgrades import Upgraded, request

from swimctl.cli.context import Opened
from swimctl.lab.fleet import LabFleet
from swimctl.models import Job, JobOptions, Outcome
from swimctl.states import JobStatus

ONLY_COPIED = JobOptions(activate=False)
IMAGE = "cat9k_iosxe.17.12.04.SPA.bin"
SERVER = {"bind": "127.0.0.1"}
EIGHT = 8  # of these the default fleet has one of each kind


def told(result: Upgraded, job: Job, kind: str) -> list[str]:
    """Return the messages of a job's events of a kind, oldest first."""
    return [event.message for event in result.opened.store.events(job.id) if event.kind == kind]


def run_all(lab: LabFleet, opened: Opened, options: JobOptions = ONLY_COPIED) -> Upgraded:
    """Run a batch with all switches of a lab, to its end."""
    made = opened.service.trigger(request(opened, options=options, max_failures=0))
    opened.engine.run(made.batch, made.jobs, threading.Event())
    return Upgraded(lab, opened, {job.device_name: job for job in opened.store.jobs(batch_id=made.batch.id)})


def require_outcomes_are_true(result: Upgraded) -> None:
    """Hold what each job says of its device against the device itself."""
    for name, job in result.jobs.items():
        assert job.outcome is really(result.lab, name), (name, job)


@dataclass(frozen=True)
class Copies:
    """What became of each case, with the lab still up; `names` are the switches."""

    result: Upgraded
    names: Mapping[str, str]

    def job(self, case: str) -> Job:
        return self.result.jobs[self.names[case]]

    def told(self, case: str, kind: str) -> list[str]:
        return told(self.result, self.job(case), kind)

    def flash(self, case: str) -> set[str]:
        return set(self.result.lab.switch(self.names[case]).flash(1).files)

    def require_copied(self, case: str) -> None:
        """Hold that the image is there and verified, with all its bytes, and no more than that was done."""
        job = self.job(case)
        assert (job.status, job.outcome) == (JobStatus.SUCCESS, Outcome.UNTOUCHED), job.error
        assert IMAGE in self.flash(case)
        assert (job.bytes_done, job.bytes_total) == (self.result.opened.store.image(job.image_id).size,) * 2
