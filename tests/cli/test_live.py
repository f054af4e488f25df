from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from rich.cells import cell_len

from swimctl.cli.follow import Rates
from swimctl.cli.live import failure_line, render
from swimctl.models import Job, Outcome
from swimctl.states import JobStatus

MakeJob = Callable[..., Job]
SIZES = [(24, 80), (10, 80), (24, 40), (3, 20), (2, 10), (1, 1), (60, 200), (250, 132)]


@pytest.fixture
def now(make_job: MakeJob) -> datetime:
    return make_job().created_at + timedelta(minutes=12)


def fleet(make_job: MakeJob) -> list[Job]:
    """Two hundred: 140 wait, 39 are done, one failed, 20 run; the running ones come last by id."""
    jobs = [make_job() for _ in range(140)]
    jobs += [make_job(at="Post-Checks", status=JobStatus.SUCCESS, finished_at=None) for _ in range(39)]
    jobs.append(make_job(at="Readiness Check", status=JobStatus.FAILED, error="no room on flash-2"))
    jobs += [
        make_job(f"running-{number}", at="Distribution", bytes_done=number * 50_000_000, bytes_total=1_100_000_000)
        for number in range(1, 21)
    ]
    return jobs


def test_200_devices_fit_on_80_by_24(make_job: MakeJob, now: datetime) -> None:
    drawn = render(fleet(make_job), {}, now, 24, 80).plain.splitlines()
    assert len(drawn) == 23
    assert all(cell_len(line) <= 80 for line in drawn)
    assert [line.split()[0] for line in drawn[:20]] == [f"running-{number}" for number in range(1, 21)]
    assert drawn[-2].startswith("+179 more: 139 waiting, 40 done")
    assert drawn[-1].split() == [
        "40/200",
        "done",
        "39",
        "success",
        "1",
        "failed",
        "20",
        "running",
        "140",
        "waiting",
        "12m",
    ]


@pytest.mark.parametrize(
    ("height", "width"), [(24, 80), (10, 80), (24, 40), (3, 20), (2, 10), (1, 1), (60, 200), (250, 132)]
)
def test_every_size_holds(make_job: MakeJob, now: datetime, height: int, width: int) -> None:
    drawn = render(fleet(make_job), {}, now, height, width).plain.splitlines()
    assert 1 <= len(drawn) <= max(1, height - 1)
    assert all(cell_len(line) <= width for line in drawn)


def test_what_runs_comes_before_what_waits_and_what_ended(make_job: MakeJob, now: datetime) -> None:
    done = make_job(at="Post-Checks", status=JobStatus.SUCCESS)
    waits = make_job()
    runs = make_job(at="Activation")
    drawn = render([done, waits, runs], {}, now, 24, 80).plain.splitlines()
    assert [line.split()[0] for line in drawn[:3]] == [runs.device_name, waits.device_name, done.device_name]


def test_a_job_whose_device_nobody_knows_is_counted_and_named_as_that(make_job: MakeJob, now: datetime) -> None:
    facts = {"at": "Activation", "status": JobStatus.FAILED, "error": "it did not come back"}
    unknown, failed = make_job(outcome=Outcome.UNKNOWN, **facts), make_job(outcome=Outcome.ROLLED_BACK, **facts)
    first, second, total = render([unknown, failed], {}, now, 24, 80).plain.splitlines()
    assert first.split()[1] == "unknown"
    assert second.split()[1] == "failed"
    assert total.startswith("2/2 done  1 failed  1 unknown")
    assert failure_line(unknown).plain.startswith(f"unknown {unknown.device_name} (job {unknown.id}) in Activation: it")


def test_a_copy_shows_bar_rate_and_time_left(make_job: MakeJob, now: datetime) -> None:
    job = make_job(at="Distribution", bytes_done=275_000_000, bytes_total=1_100_000_000)
    line = render([job], {}, now, 24, 80, rates={job.id: 5_500_000}).plain.splitlines()[0]
    assert "25%" in line
    assert "5.5 MB/s" in line
    assert "2m left" in line
    assert line.endswith("12m")


def test_time_in_the_step_stands_against_what_is_usual(make_job: MakeJob, now: datetime) -> None:
    job = make_job(at="Activation", began=600, said="waiting for the device to come back")
    line = render([job], {("activation", "cat9k_iosxe"): 540.0}, now, 24, 100).plain.splitlines()[0]
    assert "waiting for the device to come back" in line
    assert line.endswith("2m of ~9m")


def test_device_text_cannot_move_the_cursor(make_job: MakeJob, now: datetime) -> None:
    job = make_job(at="Activation", said="50%\x1b[2J\rgone\nnext")
    drawn = render([job], {}, now, 24, 80).plain
    assert "\x1b" not in drawn
    assert len(drawn.splitlines()) == 2
    assert "\x1b" not in failure_line(make_job(at="Activation", error="a\x1b[2Jb")).plain


def test_an_interrupted_job_says_so(make_job: MakeJob, now: datetime) -> None:
    job = make_job(at="Activation", interrupted=True, error="interrupted: process 4242 died")
    drawn = render([job], {}, now, 24, 80).plain
    assert "process 4242 died" in drawn
    assert "1 interrupted" in drawn


def test_rates_are_of_lately_and_start_anew_with_a_second_copy(make_job: MakeJob) -> None:
    rates = Rates()
    job = make_job(at="Distribution", bytes_total=100)
    looks = [(0, 0), (1, 10), (2, 20), (3, 5), (4, 35)]
    seen = [rates.look([replace(job, bytes_done=done)], job.created_at + timedelta(seconds=at)) for at, done in looks]
    assert seen == [{}, {job.id: 10}, {job.id: 10}, {}, {job.id: 30}]
