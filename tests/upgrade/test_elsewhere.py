"""Jobs that run on workers of their sites: what the coordinator and the workers do, with threads in place of Dask."""

from __future__ import annotations

import pickle
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from support.crowds import ThreadCrowd, ThreadWork, by_workers, crowd_of
from support.upgrades import lab_folder, request, with_data

from swimctl.cli.context import Opened
from swimctl.engine import elsewhere, workplace
from swimctl.engine.batches import Engine
from swimctl.engine.desk import Order
from swimctl.engine.turns import waits
from swimctl.lab.fleet import LabFleet
from swimctl.models import Batch, Job, JobOptions, Outcome
from swimctl.states import JobStatus, StepStatus
from swimctl.steps import send_once
from swimctl.steps.pausing import see_through
from swimctl.waiting import WaitKind

SENT = ["add", "activate", "commit"]


@dataclass
class Site:
    """A coordinator with a batch for the lab, and the workers of its sites."""

    lab: LabFleet
    opened: Opened
    crowd: ThreadCrowd
    engine: Engine
    batch: Batch

    def go(self, stop: threading.Event | None = None) -> list[Job]:
        """Run what is left of the batch."""
        jobs = self.opened.store.jobs(batch_id=self.batch.id)
        self.engine.run(self.batch, jobs, stop or threading.Event())
        return self.opened.store.jobs(batch_id=self.batch.id)

    def told(self, job: int, kind: str) -> list[str]:
        return [event.message for event in self.opened.store.events(job) if event.kind == kind]

    def sent(self, name: str) -> list[str]:
        return [line.split()[1] for line in self.lab.commands(name) if line.startswith("install ")]


@contextmanager
def site(
    folder: Path,
    of: Sequence[str] = ("ber",),
    *sites: str,
    kind: type[ThreadCrowd] = ThreadCrowd,
    detached: bool = False,
    settings: Mapping[str, Any] | None = None,
    options: JobOptions | None = None,
    places: int | None = None,
) -> Iterator[Site]:
    """Run a lab with one device at each site of `of`, workers at these sites, and a coordinator."""
    with lab_folder(folder, devices=len(of), ssh=False, settings=settings) as lab:
        with_data(folder, **{f"sw{number}": {"site": where} for number, where in enumerate(of, 1)})
        with Opened(folder / "config.yaml") as opened:
            crowd = crowd_of(folder, *(sites or set(of)), kind=kind, places=places)
            devices = list(opened.inventory.devices)
            asked = {"devices": devices, "detached": detached, "options": options or JobOptions()}
            made = opened.service.trigger(request(opened, **asked))
            yield Site(lab, opened, crowd, by_workers(opened, crowd), made.batch)


def test_each_site_is_served_by_its_own_worker_and_the_scheduler_sees_numbers_alone(tmp_path: Path) -> None:
    with site(tmp_path, ("ber", "zrh")) as made:
        jobs = made.go()
        assert [(job.status, job.outcome) for job in jobs] == [(JobStatus.SUCCESS, Outcome.UPGRADED)] * 2
        assert {(work.order.job_id, work.site) for work in made.crowd.given} == {(1, "ber"), (2, "zrh")}
        assert [made.sent(f"sw{number}") for number in (1, 2)] == [SENT] * 2
        seen = pickle.dumps([work.order for work in made.crowd.given])
        assert b"sw1" not in seen
        password = made.opened.inventory.credentials(made.opened.inventory.devices[0]).password
        assert password
        assert password.encode() not in seen
        # The image came to each worker once, and the coordinator has what its jobs left.
        (image,) = {job.image_filename for job in jobs}
        brought = [(where, number) for where, number, what in made.crowd.asked if what == "piece"]
        assert len({where for where, _ in brought}) == len({number for _, number in brought}) == 2
        assert (tmp_path / "worker-ber" / "images" / image).read_bytes() == (tmp_path / "images" / image).read_bytes()
        assert "install activate" in (tmp_path / "jobs" / "1" / "transcript.log").read_text(encoding="utf-8")
        assert (tmp_path / "jobs" / "1" / "running-config.txt").stat().st_mode & 0o777 == 0o600
        assert not list(tmp_path.rglob("journal-*"))
        # What comes after its end is asked from its site, too.
        looks, clock, stop = made.engine._far, made.opened.clock, threading.Event()
        assert looks is not None
        assert see_through(looks.complaint(made.batch, jobs[1], stop), clock, stop) == ""
        assert looks.silent(made.batch, jobs[1], stop) == ""
        assert [(work.order.what, work.site) for work in made.crowd.given[2:]] == [
            ("complaint", "zrh"),
            ("silent", "zrh"),
        ]


def test_steps_of_ones_own_run_on_the_worker(tmp_path: Path) -> None:
    steps = [
        "readiness",
        {"command": {"name": "Clock", "run": "show clock", "must_match": [r"^\*?\d\d:"]}},
        {"script": {"name": "Note", "run": ["/bin/sh", "-c", "cat >> facts"]}},
        "distribution",
        "activation",
        "post-checks",
    ]
    always = [{"script": {"name": "Tell", "run": ["/bin/sh", "-c", "echo $0 >> ends", "{device} {outcome}"]}}]
    flow = {"workflows": {"mine": {"steps": steps, "finally": always}}}
    with site(tmp_path, settings=flow, options=JobOptions(workflow="mine")) as made:
        (job,) = made.go()
        assert (job.status, job.outcome, job.error) == (JobStatus.SUCCESS, Outcome.UPGRADED, None)
        assert {step.status for step in job.steps} == {StepStatus.SUCCESS}
        (where,) = {path.parent for path in tmp_path.rglob("facts")}
        assert (where / "ends").read_text() == "sw1 upgraded\n"


def test_a_device_that_reloads_leaves_its_place_on_its_worker_to_another_one(tmp_path: Path) -> None:
    with site(tmp_path, ("ber", "ber"), places=1) as made:
        jobs = made.go()
        assert [(job.status, job.outcome) for job in jobs] == [(JobStatus.SUCCESS, Outcome.UPGRADED)] * 2
        assert [made.sent(f"sw{number}") for number in (1, 2)] == [SENT] * 2
        logs = [[(one.at, one.line) for one in made.lab.switch(f"sw{number}").log] for number in (1, 2)]
        first, second = sorted(logs)
        committed = next(at for at, line in first if line == "install commit")
        assert second[0][0] < committed


class Freezes(ThreadCrowd):
    """A crowd whose first worker stands still right after it was permitted to activate, and is taken for dead."""

    woken = threading.Event()

    def after(self, work: ThreadWork, what: str, given: Sequence[Any]) -> None:
        if work is self.given[0] and what == "permit" and given[0] == "install activate":
            work.gone = "the worker is gone, or was silent for too long"
            assert self.woken.wait(60)


@pytest.mark.prove
def test_a_worker_that_wakes_up_when_its_job_is_somebody_elses_sends_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(send_once, "FRESH", 1.0)
    monkeypatch.setattr(elsewhere, "FRESH", 1.0)
    monkeypatch.setattr(Freezes, "woken", threading.Event())
    with site(tmp_path, kind=Freezes) as made:
        (job,) = made.go()
        assert job.interrupted
        assert job.error is not None
        assert f"silent for too long; `swimctl resume {job.id}` continues it" in job.error
        assert made.sent("sw1") == ["add"]
        (job,) = made.go()
        assert (job.status, job.outcome) == (JobStatus.SUCCESS, Outcome.UPGRADED)
        assert "never came" in made.told(job.id, "asked")[0]
        before = len(made.opened.store.events(job.id))
        made.crowd.woken.set()
        assert made.crowd.given[0].done.wait(60)
        assert made.sent("sw1") == SENT
        assert len(made.opened.store.events(job.id)) == before


class Dies(ThreadCrowd):
    """A crowd whose first `most` workers die when they were permitted to add."""

    most = 1

    def after(self, work: ThreadWork, what: str, given: Sequence[Any]) -> None:
        if what == "permit" and given[0] == "install add" and work in self.given[: self.most]:
            work.gone = "the worker is gone, or was silent for too long"
        if work.gone:
            raise ConnectionResetError("it is dead")


@pytest.mark.prove
@pytest.mark.parametrize("most", [1, 2])
def test_what_a_worker_left_of_a_batch_that_nobody_waits_for_is_taken_up_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(elsewhere, "FRESH", 1.0)
    monkeypatch.setattr("swimctl.engine.far_store._AGAIN", (0.0, 0.0))
    monkeypatch.setattr(Dies, "most", most)
    with site(tmp_path, kind=Dies, detached=True) as made:
        (job,) = made.go()
        assert len(made.crowd.given) == 2
        assert len(made.told(job.id, "resumed")) == 1
        assert job.interrupted is (most == 2)
        assert made.sent("sw1") == (SENT if most == 1 else [])


class Deaf(ThreadCrowd):
    """A crowd to whose first worker nobody answers any more once it was permitted to activate."""

    def after(self, work: ThreadWork, what: str, given: Sequence[Any]) -> None:
        if work is self.given[0] and what == "permit" and given[0] == "install activate":
            self.unanswered = True

    unanswered = False

    def before(self, work: ThreadWork, what: str, given: Sequence[Any]) -> None:  # noqa: ARG002 - of the crowd
        if self.unanswered and work is self.given[0]:
            raise ConnectionRefusedError("nobody listens")


def test_a_worker_that_reaches_nobody_stops_and_tells_later_what_it_noted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(elsewhere, "FRESH", 1.0)
    monkeypatch.setattr("swimctl.engine.far_store._AGAIN", (0.0, 0.0))
    with site(tmp_path, kind=Deaf) as made:
        (job,) = made.go()
        assert job.interrupted
        assert "the coordinator tls://coordinator does not answer (nobody listens); nothing more is sent" in (
            job.error or ""
        )
        assert made.sent("sw1") == ["add", "activate"]
        (job,) = made.go()
        assert (job.status, job.outcome) == (JobStatus.SUCCESS, Outcome.UPGRADED)
        assert made.sent("sw1") == SENT
        late = made.told(job.id, "late")
        assert len(late) == 1
        assert "when nobody answered it: remember activate answered {'succeeded': True" in late[0]
        made.go()  # it is told once
        assert made.told(job.id, "late") == late


def test_a_job_without_a_site_is_not_attempted_and_one_whose_site_has_no_worker_waits(tmp_path: Path) -> None:
    with site(tmp_path, ("", "ber"), "zrh") as made:
        stop = threading.Event()
        runs = threading.Thread(target=made.go, args=(stop,))
        runs.start()
        while not made.told(2, "waiting"):
            stop.wait(0.05)
        assert made.told(2, "waiting") == [
            "no worker of site ber is there; next: `swimctl worker --site ber` on a machine there"
        ]
        stop.set()
        runs.join()
        first, second = made.opened.store.jobs(batch_id=made.batch.id)
        assert first.status is JobStatus.FAILED
        assert "sw1 has no site in the inventory" in (first.error or "")
        assert second.status is JobStatus.PENDING
        assert made.crowd.given == []


def test_a_worker_that_knows_the_device_at_another_address_does_not_touch_it(tmp_path: Path) -> None:
    with site(tmp_path) as made:
        place = made.crowd.sites["ber"]
        monkey = place._inventory.device("sw1")
        object.__setattr__(monkey, "port", 1)
        (job,) = made.go()
        assert job.interrupted
        assert "sw1 is at 127.0.0.1:1 in the inventory of this worker" in (job.error or "")
        assert made.lab.commands("sw1") == []
        place.stopping.set()
        (job,) = made.go()
        assert "this worker of site ber is being stopped" in (job.error or "")
        assert len(made.crowd.given) == 1 + elsewhere._MOST_GONE


class Stops(ThreadCrowd):
    """A crowd that goes on behind a baseline only when the worker has asked whether it is to stop."""

    stop, heard = threading.Event(), threading.Event()

    def after(self, work: ThreadWork, what: str, given: Sequence[Any]) -> None:  # noqa: ARG002 - of the crowd
        if what == "stopped" and self.stop.is_set():
            self.heard.set()
        if what == "record" and given[0] == "baseline":
            self.stop.set()
            assert self.heard.wait(30)


def test_a_stop_reaches_the_worker_which_comes_to_a_safe_point(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Stops, "stop", threading.Event())
    monkeypatch.setattr(Stops, "heard", threading.Event())
    monkeypatch.setattr(workplace, "_LOOK", 0.1)
    with site(tmp_path, kind=Stops) as made:
        (job,) = made.go(Stops.stop)
        assert job.interrupted
        assert "stopped at a safe point" in (job.error or "")
        assert made.sent("sw1") == []


class Away(ThreadCrowd):
    """A crowd whose scheduler is being started anew."""

    def places(self, site: str) -> int:
        raise TimeoutError(f"nobody knows who is at {site}")

    def submit(self, site: str, order: Order) -> ThreadWork:
        raise RuntimeError(f"the client is closed, so {site} has nobody for job {order.job_id}")


class Unclear(ThreadWork):
    """An order of which nobody can tell whether it has ended."""

    def ended(self) -> bool:
        raise ValueError("no such state")


class Puzzling(ThreadCrowd):
    """A crowd of whose orders nobody can tell anything."""

    def submit(self, site: str, order: Order) -> ThreadWork:
        return Unclear(order, site)


def test_while_a_scheduler_is_away_jobs_wait_and_a_claimed_one_is_left_to_be_resumed(tmp_path: Path) -> None:
    with site(tmp_path, kind=Away) as made:
        far, (job,) = made.engine._far, made.opened.store.jobs(batch_id=made.batch.id)
        assert far is not None
        assert far.hold(job) == waits(WaitKind.WORKER, "ber")
        far.hold = lambda _job: None  # type: ignore[method-assign]  # it went right after that
        stop = threading.Event()
        looked = see_through(far.complaint(made.batch, job, stop), made.opened.clock, stop)
        assert looked.startswith("could not be checked: no worker of site ber can be reached: the client is closed")
        (job,) = made.go()
        assert job.interrupted
        assert "no worker of site ber can be reached: the client is closed" in (job.error or "")
        assert made.crowd.desk is not None
        assert made.crowd.desk._lent == {}


def test_a_defect_of_the_coordinator_leaves_a_job_to_be_resumed_and_its_lease_is_over(tmp_path: Path) -> None:
    with site(tmp_path, kind=Puzzling) as made:
        (job,) = made.go()
        assert job.interrupted
        assert "swimctl failed: ValueError: no such state; please report it" in (job.error or "")
        assert made.crowd.desk is not None
        assert made.crowd.desk._lent == {}


def test_once_a_stop_is_asked_for_no_worker_is_given_a_job(tmp_path: Path) -> None:
    with site(tmp_path) as made:
        stop, store, far = threading.Event(), made.opened.store, made.engine._far
        (job,) = store.jobs(batch_id=made.batch.id)
        claimed = store.claim(job.id, made.engine._runner)
        assert far is not None
        assert claimed is not None
        stop.set()
        see_through(far.go_through(made.batch, claimed, stop), made.opened.clock, stop)
        assert "stopped before a worker began" in (store.job(job.id).error or "")
        assert made.crowd.given == []
