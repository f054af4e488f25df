from __future__ import annotations

import io
import os
import pty
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from support.stores import opened, some_jobs, switches

from swimctl.cli import follow, running
from swimctl.cli.context import Context
from swimctl.clock import SystemClock
from swimctl.errors import StoreError, StoreLost
from swimctl.models import Job
from swimctl.states import JobStatus

MakeJob = Callable[..., Job]


class NoStore:
    """A store without a past."""

    def usual_seconds(self) -> dict[tuple[str, str], float]:
        return {}


OPENED = SimpleNamespace(store=NoStore(), clock=SystemClock())


def test_the_work_runs_in_a_thread_and_changes_are_told(make_job: MakeJob, capsys: pytest.CaptureFixture[str]) -> None:
    jobs = [make_job("core-1")]
    threads = []

    def work(_stop: threading.Event) -> None:
        threads.append(threading.current_thread())
        jobs[0] = replace(jobs[0], status=JobStatus.SUCCESS)

    stop = running.run(Context(), OPENED, work, lambda: jobs)  # type: ignore[arg-type]  # as much of Opened as it uses
    assert threads[0] is not threading.main_thread()
    assert stop.signal is None
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.splitlines()[-1].endswith("core-1  success")


def test_quiet_tells_nothing(make_job: MakeJob, capsys: pytest.CaptureFixture[str]) -> None:
    running.run(Context(quiet=True), OPENED, lambda _: None, lambda: [make_job()])  # type: ignore[arg-type]  # as above
    assert capsys.readouterr() == ("", "")


def test_what_the_work_raises_comes_out() -> None:
    def work(_stop: threading.Event) -> None:
        raise LookupError("broken")

    with pytest.raises(LookupError, match="broken"):
        running.run(Context(quiet=True), OPENED, work, list)  # type: ignore[arg-type]  # as above


def fails_in_the_store(_stop: threading.Event) -> None:
    raise StoreError("the store s.db cannot grow, the disk is full; free some space")


def test_where_the_store_fails_those_who_are_under_way_are_named_and_nothing_is_to_be_run_again(
    make_job: MakeJob,
) -> None:
    jobs = [
        make_job(id=1, device_name="sw1", status=JobStatus.ACTIVATING),
        make_job(id=2, device_name="sw2", status=JobStatus.SUCCESS),
        make_job(id=3, device_name="sw3", status=JobStatus.PENDING),
    ]
    with pytest.raises(
        StoreLost, match=r"the disk is full; .*told to do: sw1 \(job 1\); next: `swimctl resume`"
    ) as lost:
        running.run(Context(quiet=True), OPENED, fails_in_the_store, lambda: jobs)  # type: ignore[arg-type]  # as above
    assert lost.value.exit_code == 4
    assert "again" not in str(lost.value)


def test_where_the_store_fails_and_nobody_is_under_way_that_is_all_that_is_said(make_job: MakeJob) -> None:
    jobs = [make_job(status=JobStatus.PENDING)]
    with pytest.raises(StoreError) as failed:
        running.run(Context(quiet=True), OPENED, fails_in_the_store, lambda: jobs)  # type: ignore[arg-type]  # as above
    assert type(failed.value) is StoreError


def test_where_the_store_cannot_be_read_either_nobody_is_said_to_be_untouched() -> None:
    def read() -> list[Job]:
        raise StoreError("the disk reports an error")

    with pytest.raises(StoreLost, match=r"devices that cannot be named, .*; next: `swimctl resume`"):
        running.run(Context(quiet=True), OPENED, fails_in_the_store, read)  # type: ignore[arg-type]  # as above


@pytest.mark.parametrize(
    ("sent", "counts_as"),
    [(signal.SIGINT, signal.SIGINT), (signal.SIGTERM, signal.SIGTERM), (signal.SIGHUP, signal.SIGTERM)],
)
def test_a_first_signal_stops_softly_and_says_what_a_second_does(
    sent: signal.Signals, counts_as: signal.Signals, capsys: pytest.CaptureFixture[str]
) -> None:
    before = signal.getsignal(sent)

    def work(stop: threading.Event) -> None:
        os.kill(os.getpid(), sent)
        assert stop.wait(30)

    stop = running.run(Context(), OPENED, work, list)  # type: ignore[arg-type]  # as above
    assert stop.signal == counts_as
    said = capsys.readouterr().err
    assert "no more jobs are started" in said
    assert "A second signal ends this process at once" in said
    assert signal.getsignal(sent) is before


@pytest.mark.parametrize(("first", "code"), [("SIGINT", 130), ("SIGTERM", 143)])
def test_a_second_signal_ends_hard(first: str, code: int) -> None:
    program = f"""
import os, signal, threading
from types import SimpleNamespace
from swimctl.cli import running
from swimctl.cli.context import Context
from swimctl.clock import SystemClock

def work(stop):
    os.kill(os.getpid(), signal.{first})
    assert stop.wait(30)
    os.kill(os.getpid(), signal.SIGINT)
    threading.Event().wait()  # a device that hangs for ever

running.run(Context(quiet=True), SimpleNamespace(store=None, clock=SystemClock()), work, list)
"""
    ran = subprocess.run([sys.executable, "-c", program], timeout=60, check=False, capture_output=True)
    assert ran.returncode == code


def test_nohup_is_respected() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        stop = running.Stop()
        with stop.listening():
            os.kill(os.getpid(), signal.SIGHUP)
        assert stop.signal is None
    finally:
        signal.signal(signal.SIGHUP, before)


class Told(follow.Silence):
    def __init__(self) -> None:
        self.seen: list[Sequence[Job]] = []

    def show(self, jobs: Sequence[Job], now: object) -> None:  # noqa: ARG002  a view's interface
        self.seen.append(tuple(jobs))


def test_the_last_look_comes_after_the_end(make_job: MakeJob) -> None:
    job = make_job()
    jobs = [job]
    answers = iter([False, True])

    def wait() -> bool:
        over = next(answers)
        if over:
            jobs[0] = replace(job, status=JobStatus.SUCCESS)
        return over

    view = Told()
    follow.follow(lambda: jobs, view, SystemClock(), wait)
    assert [looks[0].status for looks in view.seen] == [JobStatus.PENDING, JobStatus.SUCCESS]


def test_a_terminal_that_goes_away_stops_the_drawing_only(make_job: MakeJob) -> None:
    class Gone(Told):
        def show(self, jobs: Sequence[Job], now: object) -> None:
            super().show(jobs, now)
            raise OSError(5, "Input/output error")

    view = Gone()
    answers = iter([False, False, True])
    follow.follow(lambda: [make_job()], view, SystemClock(), lambda: next(answers))
    assert len(view.seen) == 1


def test_a_live_view_keeps_failures_above_and_draws_totals(make_job: MakeJob, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("LINES", "24")
    jobs = [make_job(at="Activation") for _ in range(199)]
    jobs.append(make_job("edge-9", at="Readiness Check", status=JobStatus.FAILED, error="no room on flash-2"))
    master, slave = pty.openpty()
    received = io.BytesIO()

    def drain() -> None:
        try:
            while chunk := os.read(master, 65_536):
                received.write(chunk)
        except OSError:
            return  # the other end was closed

    reader = threading.Thread(target=drain)
    reader.start()
    with os.fdopen(slave, "w") as terminal:
        view = follow.choose_view(NoStore(), quiet=False, stream=terminal)  # type: ignore[arg-type]  # as above
        assert isinstance(view, follow.LiveView)
        answers = iter([False, True])
        follow.follow(lambda: jobs, view, SystemClock(), lambda: next(answers))
    reader.join(30)
    os.close(master)
    drawn = received.getvalue().decode()
    assert drawn.count("no room on flash-2") == 1
    assert "1/200 done" in drawn
    assert "199 \N{MULTIPLICATION SIGN}" in drawn
    assert drawn.rstrip().endswith("\x1b[?25h")


def test_without_a_terminal_there_are_lines() -> None:
    assert isinstance(follow.choose_view(NoStore(), quiet=False, stream=io.StringIO()), follow.Lines)  # type: ignore[arg-type]  # as above
    assert type(follow.choose_view(NoStore(), quiet=True, stream=io.StringIO())) is follow.Silence  # type: ignore[arg-type]  # as above


def test_of_a_thousand_jobs_only_those_are_read_again_that_changed(tmp_path: Path) -> None:
    with opened(tmp_path / "s.db") as store, store.register_runner() as runner:
        ids = [job.id for job in some_jobs(store, switches(4))]
        some_jobs(store, switches(1), "batch-0002")
        kept = follow.Kept(store, batch_id="batch-0001")
        first = kept()
        assert (list(first), kept()) == (store.jobs(batch_id="batch-0001"), first)
        store.claim(ids[2], runner, "192.0.2.3:22")
        again = kept()
        assert list(again) == store.jobs(batch_id="batch-0001")
        assert [one is other for one, other in zip(first, again, strict=True)] == [True, True, False, True]
        assert [job.id for job in follow.Kept(store, ids=ids[1:3])()] == ids[1:3]


def test_where_nobody_looks_nothing_is_read() -> None:
    answers = iter([False, False, True])
    follow.follow(lambda: pytest.fail("it was read"), follow.Silence(), SystemClock(), lambda: next(answers))
    assert next(answers, None) is None
