"""Whose login waits for whose, until a device has taken the account: over all processes of a store."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from support.stores import opened

from swimctl.config.entering import Login
from swimctl.config.reading import Credentials
from swimctl.errors import AccountRefused, NoPrivilege, SessionLost
from swimctl.models import Device
from swimctl.sessions.logins import DeviceLogins
from swimctl.store import Store

DEVICES = [Device(number, f"sw{number}", "cisco_xe", f"192.0.2.{number}") for number in range(1, 9)]


def process(store: Store) -> DeviceLogins:
    """Make the logins of what stands for a process: who opens the store alone, and dies where it is closed."""
    return DeviceLogins(store, Login(), lambda _: Credentials("netops", "a password"))


@pytest.fixture
def stores(tmp_path: Path) -> list[Store]:
    return [opened(tmp_path / "swimctl.db") for _ in range(3)]


@pytest.fixture
def store(stores: list[Store]) -> Store:
    return stores[0]


class AtTheFirstWait(threading.Event):
    """Set as soon as somebody waits for it: who has no turn is seen without a clock, however busy the machine is."""

    def wait(self, timeout: float | None = None) -> bool:  # noqa: ARG002 - the signature is Event's
        self.set()
        return True


def has_a_turn(logins: DeviceLogins, device: Device) -> bool:
    """Return whether a device may be logged in to at this moment."""
    ends = AtTheFirstWait()
    logins.wait_for_turn(device, lambda: True, ends)
    return not ends.is_set()


def begin(logins: DeviceLogins, *devices: Device, accepted: bool) -> None:
    """Begin logins and be killed: nothing that a process does at its end is done."""
    for device in devices:
        login = logins.login(device, lambda: True)
        if accepted:
            login.__enter__()()
        else:
            assert logins.wait_for_turn(device, lambda: True) is None


def test_who_is_killed_behind_an_accepted_password_keeps_nobody_waiting(stores: list[Store]) -> None:
    begin(process(stores[0]), *DEVICES[:3], accepted=True)
    assert all(has_a_turn(process(stores[1]), device) for device in DEVICES[3:])


def test_three_whose_answer_is_awaited_keep_all_others_waiting(stores: list[Store]) -> None:
    begin(process(stores[0]), *DEVICES[:3], accepted=False)
    assert not has_a_turn(process(stores[1]), DEVICES[3])


def test_after_those_of_a_dead_process_one_alone_tries_what_the_answer_is(stores: list[Store]) -> None:
    begin(process(stores[0]), *DEVICES[:3], accepted=False)
    stores[0].close()
    second, third = map(process, stores[1:])
    with second.login(DEVICES[3], lambda: True):
        assert not has_a_turn(third, DEVICES[4])
    assert has_a_turn(third, DEVICES[4])


def test_those_of_a_dead_process_may_have_been_refused_where_the_next_one_is(stores: list[Store]) -> None:
    begin(process(stores[0]), *DEVICES[:3], accepted=False)
    stores[0].close()
    with pytest.raises(AccountRefused), process(stores[1]).login(DEVICES[3], lambda: True):
        raise AccountRefused("no")
    assert not has_a_turn(process(stores[2]), DEVICES[4])


@pytest.mark.parametrize("behind", [NoPrivilege("no enable"), SessionLost("it ends")], ids=["no privilege", "it ends"])
def test_an_accepted_password_is_one_whatever_happens_behind_it(store: Store, behind: Exception) -> None:
    logins = process(store)

    def enter() -> None:
        with logins.login(DEVICES[0], lambda: True) as accepted:
            accepted()
            raise behind

    with pytest.raises(type(behind)):
        enter()
    begin(logins, *DEVICES[1:5], accepted=False)
    assert has_a_turn(process(store), DEVICES[5])


def test_a_session_that_ends_before_the_answer_says_nothing(store: Store) -> None:
    logins = process(store)
    for device in DEVICES[:4]:
        with pytest.raises(SessionLost), logins.login(device, lambda: True):
            raise SessionLost("it ends")
    begin(logins, *DEVICES[:3], accepted=False)
    assert not has_a_turn(process(store), DEVICES[5])


def test_three_refusals_stop_it_and_one_that_is_taken_begins_anew(store: Store) -> None:
    logins = process(store)
    for device in DEVICES[:2]:
        with pytest.raises(AccountRefused), logins.login(device, lambda: True):
            raise AccountRefused("no")
    with logins.login(DEVICES[2], lambda: True) as accepted:
        accepted()
    for device in DEVICES[3:6]:
        with pytest.raises(AccountRefused), logins.login(device, lambda: True):
            raise AccountRefused("no")
    stopped = process(store).wait_for_turn(DEVICES[6], lambda: True)
    assert stopped is not None
    assert "was refused 3 times" in stopped.why
