from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.console import Console, ConsoleDimensions
from rich.text import Text
from support.icalendars import nights

from swimctl.cli.follow import LiveView, Rates
from swimctl.cli.head import Pace, ends_at, head_line
from swimctl.cli.live import failure_line, render
from swimctl.config.calendars import Calendars
from swimctl.config.settings import Settings
from swimctl.models import Batch, ExecutionMode, Job, JobOptions, Outcome, Policy
from swimctl.states import JobStatus
from swimctl.waiting import Waiting, WaitKind

MakeJob = Callable[..., Job]
TIMES = "\N{MULTIPLICATION SIGN}"
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
    drawn = render(fleet(make_job), {}, now, 24, 80, head=Text("the head")).plain.splitlines()
    assert [line.split() for line in drawn] == [
        ["the", "head"],
        ["Readiness", "Check", "1", "in", "it", "59", "through"],
        ["Distribution", "20", "in", "it", "39", "through"],
        ["Activation", "0", "in", "it", "39", "through"],
        ["Post-Checks", "39", "in", "it", "0", "through"],
        ["20", TIMES, "Distribution", "copying,", "5%", "to", "91%", "12m"],
        ["140", TIMES, "pending"],
        ["40/200", "done", "39", "success", "1", "failed", "20", "running", "140", "waiting", "12m"],
    ]


def test_1000_devices_late_ones_first_and_equal_rows_as_one(make_job: MakeJob, now: datetime) -> None:
    """79 come back, two are late, eight wait for ports, the others for their turn or for a wave."""
    usual = {("activation", "cat9k_iosxe"): 900.0}
    away = {"at": "Activation", "status": JobStatus.ACTIVATING, "said": "waiting to come back"}
    jobs = [make_job(**away, began=300 + number) for number in range(79)]
    jobs += [make_job(name, **away, began=-3600.0 * hours) for name, hours in (("late-1", 1), ("late-2", 2))]
    jobs += [make_job(at="Post-Checks", said=f"{ports} of 48 ports are not up") for ports in range(8)]
    jobs += [make_job(waiting=Waiting(WaitKind.TURN, "89 devices")) for _ in range(111)]
    jobs += [make_job(waiting=Waiting(WaitKind.WAVE, "wave 1"), wave=2) for _ in range(800)]
    lines = render(jobs, usual, now, 24, 80).plain.splitlines()
    assert len(lines) == 11
    assert [line.split()[0] for line in lines[4:6]] == ["late-2", "late-1"]
    assert lines[6].split() == [
        "79",
        TIMES,
        "Activation",
        *["waiting", "to", "come", "back", "6m", "to", "7m", "of", "~15m"],
    ]
    assert f"8 {TIMES} Post-Checks     … of … ports are not up" in lines[7]
    assert f"111 {TIMES} pending         its turn: 89 devices at a time" in lines[8]
    assert f"800 {TIMES} pending         wave 1 comes first" in lines[9]
    for height, width in SIZES:
        drawn = render(jobs, usual, now, height, width, head=Text("h" * 300)).plain.splitlines()
        assert 1 <= len(drawn) <= max(1, height - 1)
        assert all(cell_len(line) <= width for line in drawn)


def test_more_kinds_of_lines_than_there_is_room_for_are_counted(make_job: MakeJob, now: datetime) -> None:
    jobs = [make_job(at="Activation", said=f"step {'abcdefghijklmnopqrstuvwxyz'[number]}") for number in range(26)]
    lines = render(jobs, {}, now, 10, 80).plain.splitlines()
    assert len(lines) == 9
    assert lines[-2] == "+19 more: 19 running"


def batch(**given: object) -> Batch:
    made = Batch("d83c2337-aaaa", ExecutionMode.PARALLEL, 0, JobOptions(), datetime(2031, 3, 4, tzinfo=UTC))
    return replace(made, **given)  # type: ignore[arg-type]  # tests give fields of Batch


def test_the_head_has_what_holds_for_the_batch(make_job: MakeJob, now: datetime) -> None:
    policy = Policy(window="00:00-03:00@UTC", ticket="CHG-7")
    line = head_line(batch(policy=policy), [make_job()], now + timedelta(minutes=72), now)
    assert line.plain == "Batch d83c2337  CHG-7  to 17.12.04  ends ~02:24, in 1 h 12 min  closes 03:00"
    assert "red" not in str(line.spans)
    late = head_line(
        batch(policy=replace(policy, until=now + timedelta(hours=1))), [make_job()], now + timedelta(hours=2), now
    )
    assert late.plain.endswith("closes 02:12")
    assert "bold red" in str(late.spans)
    assert "paused" in head_line(batch(paused_by="anna"), [make_job()], None, now).plain


def test_the_head_shows_when_the_window_of_a_calendar_closes(make_job: MakeJob, now: datetime, tmp_path: Path) -> None:
    path = tmp_path / "nights.ics"
    path.write_bytes(nights(days="MO,TU,WE,TH,FR,SA,SU", zone="UTC"))
    ticks = itertools.count(0, 10)
    calendars = Calendars(Settings(calendars={"nights": path}), ticks=lambda: next(ticks))
    theirs = batch(policy=Policy(window="calendar:nights"))
    assert head_line(theirs, [make_job()], None, now, calendars.windows).plain.endswith("closes 04:00")
    path.unlink()
    assert "closes" not in head_line(theirs, [make_job()], None, now, calendars.windows).plain


def test_the_end_is_reckoned_from_what_is_left_of_each_job(make_job: MakeJob, now: datetime) -> None:
    family = "cat9k_iosxe"
    kinds = {"readiness": 60.0, "distribution": 300.0, "activation": 900.0, "post-checks": 60.0}
    usual = {(kind, family): seconds for kind, seconds in kinds.items()}
    begun = (now - make_job().created_at).total_seconds() - 600
    runs = make_job(at="Activation", status=JobStatus.ACTIVATING, began=begun)
    assert ends_at(batch(), [runs], usual, now, Pace()) == now + timedelta(seconds=300 + 60)
    two = [make_job(), make_job()]
    assert ends_at(batch(), two, usual, now, Pace(2)) == now + timedelta(seconds=1320)
    assert ends_at(batch(workers=1), two, usual, now, Pace(2)) == now + timedelta(seconds=2640)
    waves = [make_job(), make_job(wave=2)]
    soak = batch(policy=Policy(waves=("1",), soak=600.0))
    assert ends_at(soak, waves, usual, now, Pace(9)) == now + timedelta(seconds=1320 + 600 + 60 + 1320)
    opens = Waiting(WaitKind.WINDOW, "22:00-04:00", until=now + timedelta(hours=1))
    waits = ends_at(batch(), [make_job(waiting=opens)], usual, now, Pace())
    assert waits == now + timedelta(hours=1, seconds=960)
    assert ends_at(batch(), two, {}, now, Pace()) is None, "nobody knows what such steps take"
    asked = make_job(waiting=Waiting(WaitKind.APPROVAL, "d83c2337"))
    assert ends_at(batch(), [asked], usual, now, Pace()) is None


@pytest.mark.parametrize("kind", [WaitKind.PERSON, WaitKind.HELD])
def test_while_a_person_is_waited_for_nobody_knows_the_end(make_job: MakeJob, now: datetime, kind: WaitKind) -> None:
    usual = {("activation", "cat9k_iosxe"): 900.0, ("post-checks", "cat9k_iosxe"): 60.0}
    runs = make_job(at="Activation", status=JobStatus.ACTIVATING)
    assert ends_at(batch(), [runs], usual, now, Pace()) is not None
    held = make_job(at="Activation", status=JobStatus.ACTIVATING, waiting=Waiting(kind, "1 uplinks lost", runs.id))
    assert ends_at(batch(), [runs, held], usual, now, Pace()) is None


def test_a_resize_begins_on_an_empty_screen_with_the_last_failures(make_job: MakeJob, now: datetime) -> None:
    console = Console(file=StringIO(), force_terminal=True, width=80, height=24)
    jobs = [make_job(at="Activation", error="it broke", status=JobStatus.FAILED), *fleet(make_job)]
    with LiveView(console, {}) as view:
        view.show(jobs, now)
        before = console.file.getvalue()  # type: ignore[attr-defined]  # it is a StringIO
        assert "\x1b[2J" not in before
        console.size = ConsoleDimensions(40, 12)
        view.show(jobs, now)
        after = console.file.getvalue()[len(before) :].rpartition("\x1b[2J")[2]  # type: ignore[attr-defined]
    plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", after)
    assert "it broke" in plain.replace("\n", " ")
    assert all(cell_len(line) <= 40 for line in plain.replace("\r", "\n").splitlines())
    assert plain.count("done") == 1


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
