"""How often a job logs in: once where it is refused before the activation, and with patience after it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, cast

import pytest
from support.door import Door, context_of
from support.scripted_steps import Scripted, activated

from swimctl.config.entering import Login
from swimctl.config.settings import Settings
from swimctl.errors import LoginFailed, Unreachable
from swimctl.models import Device
from swimctl.steps import base
from swimctl.steps.base import ENTERED

REFUSED = LoginFailed("sw1 refused the login of 'netops'")


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


# What a login is given, how long it waits, and when it is given up.


def test_a_login_is_given_its_own_limits_and_nobody_to_tell_where_nobody_counts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    door, context = Door(monkeypatch, None), context_of(Scripted())
    with context.session():
        pass
    limits = context.settings.deadlines
    assert door.given == (context.target, context.clock, context.transcript, limits.connect, limits.setup, None)


def test_a_line_that_drops_each_time_is_tried_as_often_as_asked_and_longer_apart_each_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    dropped = Unreachable("no route to sw1")
    door, job = Door(monkeypatch, dropped), Scripted()
    context = context_of(job)
    with pytest.raises(Unreachable), context.session():
        raise AssertionError
    poll = context.settings.login.poll
    assert (door.tried, job.waited) == (3, poll + 2 * poll)
    assert job.told("session") == [f"{dropped}; trying again"] * 2
    with pytest.raises(Unreachable), context.session(attempts=1):
        raise AssertionError
    with context.one_session(), pytest.raises(Unreachable), context.session(attempts=1):
        raise AssertionError
    assert (door.tried, job.waited, len(job.told("session"))) == (5, 3 * poll, 2)


@pytest.mark.parametrize(("most", "waited"), [(300.0, 20 + 40 + 80 + 160), (50.0, 20 + 40 + 50 + 50)])
def test_after_each_refusal_it_waits_longer_and_after_the_last_one_nobody_logs_in_again(
    monkeypatch: pytest.MonkeyPatch, most: float, waited: float
) -> None:
    settings = Settings(login=Login(backoff_most=most))
    door, job = Door(monkeypatch, REFUSED), Scripted(memory=activated(), settings=settings)
    context = context_of(job)
    with pytest.raises(LoginFailed, match="refused the login of"), context.session():
        raise AssertionError
    assert (door.tried, job.waited) == (5, waited)
    assert job.told("session") == [f"{REFUSED}; waiting, so that the account does not lock"] * 4
    with pytest.raises(LoginFailed, match="sw1 refused 5 logins; one more might lock the account"), context.session():
        raise AssertionError
    assert door.tried == 5


def test_one_look_after_the_activation_is_refused_once_and_waits_before_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    door, job = Door(monkeypatch, REFUSED, None), Scripted(memory=activated())
    context = context_of(job)
    with pytest.raises(LoginFailed), context.session(attempts=1):
        raise AssertionError
    assert (door.tried, job.waited, job.told("session")) == (1, 0, [])
    job.clock.sleep(15)
    with context.session(attempts=1):
        assert job.waited == context.settings.login.backoff_first


def test_a_login_that_is_taken_makes_good_for_those_refused_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    door, job = Door(monkeypatch, REFUSED, None, None, REFUSED), Scripted(memory=activated())
    context = context_of(job)
    for _ in range(2):
        with context.session():
            assert job.waited == context.settings.login.backoff_first
    with pytest.raises(LoginFailed), context.session():
        raise AssertionError
    assert door.tried == 3 + context.settings.login.refusals


class Counting:
    """What counts the logins of all devices: it notes for which device it was asked, and whether that greets."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, object]] = []

    @contextmanager
    def login(self, device: Device, greets: Callable[[], object]) -> Iterator[Callable[[], None]]:
        self.asked.append((device.name, greets()))
        yield self.accepted

    def accepted(self) -> None:
        raise AssertionError("nobody entered")


def test_a_login_counts_with_those_of_all_devices_before_the_activation_and_not_behind_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(base, "answers", lambda *of: of)
    door, counting, job = Door(monkeypatch, None), Counting(), Scripted()
    context = replace(context_of(job), logins=cast("Any", counting))
    with context.session():
        assert counting.asked == [("sw1", (context.target, context.clock, context.settings))]
        assert door.given[-1] == counting.accepted
    job.record.memory.update(activated())
    with context.session():
        assert len(counting.asked) == 1
        assert door.given[-1] is None
