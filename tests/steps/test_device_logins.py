"""How often a job logs in: once where it is refused before the activation, and with patience after it."""

from __future__ import annotations

from typing import Any, Self

import pytest
from support.scripted_steps import Scripted, activated

from swimctl.errors import LoginFailed, SessionLost, Unreachable
from swimctl.sessions.one_look import age, keep, seen
from swimctl.steps import base
from swimctl.steps.base import ENTERED, JobContext

REFUSED = LoginFailed("sw1 refused the login of 'netops'")


class Door:
    """What stands for the one way to a device: it counts, and answers by its list; the last answer stays."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *answers: Exception | None) -> None:
        self.answers, self.tried = list(answers), 0
        self.sessions: list[_Session] = []
        monkeypatch.setattr(base, "connect", self.open)

    def open(self, *_: object) -> Any:
        self.tried += 1
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if answer is not None:
            raise answer
        self.sessions.append(_Session())
        return self.sessions[-1]


class _Session:
    netconf = None
    hostname = "sw1"
    open = True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.open = False


def context_of(job: Scripted) -> JobContext:
    """Make a context with the sessions that a job has outside of tests."""
    return JobContext(**{name: getattr(job.context, name) for name in JobContext.__dataclass_fields__})


def test_a_login_that_is_refused_before_the_activation_is_tried_once(monkeypatch: pytest.MonkeyPatch) -> None:
    door, job = Door(monkeypatch, REFUSED), Scripted(memory={"baseline": None, "found": None})
    with pytest.raises(LoginFailed), context_of(job).session():
        raise AssertionError
    assert door.tried == 1
    assert ENTERED not in job.record.memory


def test_a_login_that_is_refused_after_the_activation_is_tried_until_it_may_lock_the_account(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    door, job = Door(monkeypatch, REFUSED), Scripted(memory=activated())
    context = context_of(job)
    with pytest.raises(LoginFailed), context.session():
        raise AssertionError
    assert door.tried == context.settings.login.refusals
    assert job.waited > 0


def test_a_line_that_drops_is_tried_again_and_the_first_entry_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    door, job = Door(monkeypatch, Unreachable("no route"), None), Scripted()
    with context_of(job).session():
        pass
    assert door.tried == 2
    first = job.record.memory[ENTERED]
    assert (first["uptime"], first["seconds"]) == (0, job.waited)
    job.clock.seconds += 100
    with context_of(job).session():
        pass
    assert job.record.memory[ENTERED] == first


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
