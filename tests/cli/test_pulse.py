from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from swimctl.cli.follow import Lines
from swimctl.cli.live import render
from swimctl.cli.pulse import Overdue, standing
from swimctl.cli.status import what_of
from swimctl.models import Job, Pulse
from swimctl.waiting import Waiting, WaitKind

MakeJob = Callable[..., Job]
USUAL = {("activation", "cat9k_iosxe"): 100.0}


def at(job: Job, seconds: float) -> datetime:
    return job.created_at + timedelta(seconds=seconds)


def told(job: Job, looks: Sequence[float]) -> dict[float, list[str]]:
    overdue = Overdue(USUAL)
    lines = {seconds: list(overdue.look([job], at(job, seconds))) for seconds in looks}
    return {seconds: found for seconds, found in lines.items() if found}


def test_a_late_step_is_told_at_twice_its_usual_time_and_at_each_doubling(make_job: MakeJob) -> None:
    lines = told(make_job("core-1", at="Activation", said="at work"), [*range(0, 1700, 7)])
    assert list(lines) == [203, 406, 805, 1603]
    assert lines[203] == [
        "2031-03-04 01:03:23+00:00  core-1  Activation  takes long, 3m of ~2m, since 2031-03-04 01:00:00+00:00: at work"
    ]


@pytest.mark.parametrize("kind", [WaitKind.PERSON, WaitKind.HELD])
def test_a_person_who_is_waited_for_is_not_late(make_job: MakeJob, kind: WaitKind) -> None:
    assert told(make_job(at="Activation", waiting=Waiting(kind, "1 uplinks lost", 7)), [150, 900, 9000]) == {}


def test_a_look_that_comes_late_is_one_line_and_a_clock_set_back_none(make_job: MakeJob) -> None:
    assert list(told(make_job(at="Activation"), [900, 901, 250, 500, 902, 1599, 1600])) == [900, 1600]


def test_a_step_that_is_begun_once_more_is_told_of_once_more(make_job: MakeJob) -> None:
    first = make_job(at="Activation")
    again = replace(make_job(at="Activation", began=1000), id=first.id)
    overdue = Overdue(USUAL)
    seen = [(first, 300), (again, 1100), (again, 1201), (again, 1202)]
    assert [len(list(overdue.look([job], at(job, seconds)))) for job, seconds in seen] == [1, 0, 1, 0]


def test_what_has_no_past_or_does_not_run_is_not_late(make_job: MakeJob) -> None:
    for job in (
        make_job(at="Distribution"),
        make_job(),
        make_job(at="Activation", image_family="cat9k_lite_iosxe"),
        make_job(at="Activation", interrupted=True, error="interrupted: process 4242 died"),
    ):
        assert told(job, [100_000]) == {}


def test_lines_tell_it_between_the_changes(make_job: MakeJob) -> None:
    job, stream = make_job("core-1", at="Activation"), io.StringIO()
    with Lines(stream, USUAL) as view:
        for seconds in (1, 150, 250, 300):
            view.show([job], at(job, seconds))
    assert [line.split("  ", 1)[1] for line in stream.getvalue().splitlines()][-1].startswith(
        "core-1  Activation  takes long, 4m of ~2m, since "
    )
    assert stream.getvalue().count("takes long") == 1


def test_a_running_job_says_how_long_what_is_usual_and_when_it_last_spoke(make_job: MakeJob) -> None:
    job = make_job(at="Activation", said="waiting for the device")
    pulse = Pulse(USUAL, {job.id: at(job, 30)})
    assert standing(job, pulse, at(job, 240)) == "waiting for the device; 4m of ~2m; last event 4m ago"
    assert what_of(job, pulse, at(job, 240)) == standing(job, pulse, at(job, 240))
    assert standing(make_job(at="Activation"), Pulse(), at(job, 45)) == "45s"
    assert standing(make_job(), pulse, at(job, 45)) == ""


@pytest.mark.parametrize(("seconds", "coloured"), [(199, False), (200, True)])
def test_the_live_view_colours_what_is_late(make_job: MakeJob, seconds: float, coloured: bool) -> None:
    job = make_job(at="Activation")
    drawn = render([job], USUAL, at(job, seconds), 24, 80)
    assert "3m of ~2m" in drawn.plain
    late = [span for span in drawn.spans if span.style == "yellow" and "of ~" in drawn.plain[span.start : span.end]]
    assert bool(late) is coloured
