"""What a step works with: the session that several share, what goes on beside it, and how it waits and stops."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import pytest
from support.door import Door, context_of
from support.scripted_steps import LOST, Scripted

from swimctl.errors import SessionLost, Stopped, UnparsableOutput, Unreachable
from swimctl.platforms.text import passed_over
from swimctl.sessions.one_look import age, keep, seen
from swimctl.steps import base


def test_whoever_asks_within_one_session_gets_the_same_one_and_after_an_error_a_new_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    door, context = Door(monkeypatch, None), context_of(Scripted())
    with context.one_session():
        with context.session() as first:
            pass
        with context.session() as second:
            assert second is first
        with pytest.raises(SessionLost), context.session():
            raise SessionLost("the session to sw1 ended in 'show version'")
        with context.session() as third:
            assert third is not first
    assert [session.open for session in door.sessions] == [False, False]
    with context.session() as after:
        assert after.open
    assert [session.open for session in door.sessions] == [False] * 3


def test_a_shared_session_is_parted_before_a_copy_and_outlives_who_shares_it_within(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    door, context = Door(monkeypatch, None), context_of(Scripted())
    with context.one_session():
        with context.session() as first:
            pass
        context.part()
        assert not door.sessions[0].open
        with context.session() as second:
            assert second is not first
        with context.one_session(), context.session() as within:
            assert within is second
        assert not door.sessions[1].open
        with context.session() as third, context.session() as fourth:
            assert third is fourth
    assert [session.open for session in door.sessions] == [False] * 3


def test_who_answers_is_asked_once_in_each_session(monkeypatch: pytest.MonkeyPatch) -> None:
    Door(monkeypatch, None)
    job = Scripted(serials=[("FOC1A",)])
    context = context_of(job)
    with context.one_session():
        for _ in range(3):
            with context.session() as session:
                context.on(session)
        assert job.driver.asked == ["serials"]
        context.part()
        with context.driver():
            pass
        assert job.driver.asked == ["serials"] * 2
    for _ in range(2):
        with context.driver():
            pass
    assert job.driver.asked == ["serials"] * 4


def test_what_was_read_serves_a_whole_session_and_nothing_after_a_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    Door(monkeypatch, None)
    context = context_of(Scripted())
    with context.one_session(), context.session() as session:
        keep(session, "show version", "17.12.04")
        with context.session() as same:
            assert seen(same, "show version") == "17.12.04"
        assert age() >= 0
        context.pause(10)
        assert (seen(session, "show version"), age()) == (None, 0)
        keep(session, "show version", "17.12.04")
        context.part()
        assert seen(session, "show version") is None


# What goes on beside a session, and around it.


def test_a_line_that_no_parser_knew_is_told_once_a_job_and_fifty_of_them_at_most(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Door(monkeypatch, None)
    job = Scripted()
    context = context_of(job)
    for _ in range(2):
        with context.session():
            passed_over("show version", "a new line")
    assert job.told("unread") == ["'show version': a line that swimctl does not know: a new line"]

    def lose() -> None:
        with context.session():
            passed_over("show inventory", "a new line")
            raise LOST

    with pytest.raises(SessionLost):
        lose()
    assert len(job.told("unread")) == 2
    with context.session():
        for number in range(60):
            passed_over("show logging", f"line {number}")
    assert len(job.told("unread")) == 50


def test_the_way_to_the_models_is_beside_a_session_for_as_long_as_it_lasts(monkeypatch: pytest.MonkeyPatch) -> None:
    door, link, left = Door(monkeypatch, None), object(), []

    class Models:
        @contextmanager
        def beside(self) -> Iterator[object]:
            yield link
            left.append(door.sessions[-1].open)

    context = replace(context_of(Scripted()), models=cast("Any", Models()))
    with context.session() as session:
        assert session.netconf is link
        assert left == []
    assert left == [True]


def test_what_is_read_in_a_session_of_its_own_is_read_once_too(monkeypatch: pytest.MonkeyPatch) -> None:
    Door(monkeypatch, None)
    with context_of(Scripted()).session() as session:
        keep(session, "show version", "17.12.04")
        assert seen(session, "show version") == "17.12.04"
    assert seen(session, "show version") is None


def test_who_is_proved_by_a_host_name_is_told_once_a_job(monkeypatch: pytest.MonkeyPatch) -> None:
    Door(monkeypatch, None)
    job = Scripted(serials=[UnparsableOutput("show inventory", "~")])
    context = context_of(job)
    for _ in range(2):
        with context.driver():
            pass
    assert [told.partition(", as ")[0] for told in job.told("who")] == ["it is sw1 by its host name sw1"]


def test_what_may_be_done_twice_is_done_once_more_after_each_of_two_lost_sessions() -> None:
    job, tried = Scripted(), []

    def act(*results: object) -> object:
        tried.append(1)
        result = results[min(len(tried), len(results)) - 1]
        if isinstance(result, Exception):
            raise result
        return result

    assert job.context.again(lambda: act(LOST, LOST, "done")) == "done"
    poll = job.context.settings.login.poll
    assert (job.told("session"), job.waited) == ([f"{LOST}; asking again"] * 2, 2 * poll)
    tried.clear()
    with pytest.raises(SessionLost):
        job.context.again(lambda: act(LOST))
    assert (len(tried), len(job.told("session"))) == (3, 4)
    tried.clear()
    with pytest.raises(Unreachable):
        job.context.again(lambda: act(Unreachable("no route")))
    assert len(tried) == 1


def test_a_device_is_knocked_at_on_the_way_of_its_job(monkeypatch: pytest.MonkeyPatch) -> None:
    knocked: list[tuple[object, ...]] = []
    monkeypatch.setattr(base, "greets", lambda *of: bool(knocked.append(of)) or len(knocked) > 1)
    context = context_of(Scripted())
    assert [context.listening(), context.listening()] == [False, True]
    assert knocked == [(context.target, 3.0)] * 2


@pytest.mark.parametrize(("speed", "asked", "waited"), [(1.0, 0.0, 0.2), (60.0, 1.0, 12.0), (60.0, 13.0, 13.0)])
def test_no_device_is_asked_more_often_than_five_times_a_real_second(speed: float, asked: float, waited: float) -> None:
    job = Scripted(speed=speed)
    job.context.pause(asked)
    assert job.waited == waited


def test_a_stop_is_obeyed_at_a_safe_point_and_says_how_to_go_on() -> None:
    job = Scripted()
    job.context.checkpoint()
    stop = threading.Event()
    stop.set()
    with pytest.raises(Stopped, match="stopped at a safe point; `swimctl resume 7` continues it"):
        replace(job.context, stop=stop).checkpoint()


def test_the_driver_of_a_session_is_made_by_the_settings_and_options_of_its_job(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    door, job, given = Door(monkeypatch, None), Scripted(), []

    def make(*of: object) -> Any:
        given.append(of)
        return job.driver

    context = replace(context_of(job), make_driver=make)
    with context.driver() as driver:
        assert driver is job.driver
    assert given == [(door.sessions[0], context.settings, context.options)]


def test_what_was_last_heard_is_of_the_open_session_too(monkeypatch: pytest.MonkeyPatch) -> None:
    Door(monkeypatch, None)
    context = context_of(Scripted())
    assert context.heard is None
    with context.one_session():
        with context.session() as session:
            assert context.heard == session.last_answer
            session.last_answer += timedelta(seconds=5)
        assert context.heard == session.last_answer, "it is still open, and goes on to be heard"
    assert context.heard == session.last_answer
