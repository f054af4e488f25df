"""See to it that no account of devices is locked by us: after a few refusals of one password nobody tries it again.

Device by device a wrong password is refused once; to the server that knows the accounts these are as many wrong logins
as there are devices. So all processes of a store count them together, and until a device has taken the account no
more logins are under way than may be refused.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Protocol

from swimctl.accounts.passwords import mark
from swimctl.clock import Clock, Deadline, to_the_minute
from swimctl.config.entering import Login
from swimctl.config.reading import Credentials
from swimctl.config.settings import Settings
from swimctl.errors import AccountRefused, AccountStopped, LoginFailed, Unreachable
from swimctl.inventory.selection import some
from swimctl.models import Device
from swimctl.sessions import way
from swimctl.sessions.targets import Target
from swimctl.store import Refusals, Store

# Real seconds between questions whether the logins before this one were answered.
_POLL: Final = 0.1


@dataclass(frozen=True, slots=True)
class NotTried:
    """An account that is not tried; why, as the end of a sentence."""

    why: str


class LoginStore(Protocol):
    """Where all processes count the logins of an account together; see swimctl/store/logins.py."""

    def begin_login(self, account: str, device: str, *, most: int, pause: timedelta) -> bool:
        """Return whether an account may be tried; then the login counts as under way."""

    def leave_login(self, account: str, device: str) -> object:
        """Forget a login of which nothing came."""

    def login_refusals(self, account: str, *, most: int, pause: timedelta) -> Refusals | None:
        """Return the refusals of an account where they are `most`."""

    def login_proved(self, account: str) -> bool:
        """Return whether a device has taken the account lately."""

    def end_login(self, account: str, device: str, *, taken: bool, pause: timedelta) -> object:
        """Record whether a device took the account."""


class DeviceLogins:
    """Begin and end logins of one process; `account_of` tells with what a device is entered."""

    def __init__(self, store: LoginStore, settings: Login, account_of: Callable[[Device], Credentials]) -> None:
        self._store = store
        self._most = settings.account_refusals
        self._pause = timedelta(seconds=settings.account_pause)
        self._account_of = account_of
        self._marks: dict[tuple[str, str], str] = {}
        self._lock = threading.Lock()

    def wait_for_turn(
        self,
        device: Device,
        greets: Callable[[], bool],
        stop: threading.Event | None = None,
        by: str = "",
        waits: Callable[[str], object] | None = None,
    ) -> NotTried | None:
        """Wait until a device may be logged in to; its login counts as under way then. Returns why it may never.

        A device that does not greet with SSH waits for nobody and keeps nobody waiting: no password gets there.
        `by` as in `login`. `waits` is told the name of the account once, if its turn is not now.
        """
        account = self._account(device, by)
        if account is None:
            return None
        reached: bool | None = None
        stop = stop or threading.Event()
        while not stop.is_set() and not self._store.login_proved(account):
            for one in {account, self._account(device) or account}:
                if (refused := self._store.login_refusals(one, most=self._most, pause=self._pause)) is not None:
                    return NotTried(_why(refused, self._pause))
            reached = greets() if reached is None else reached
            if not reached or self._store.begin_login(account, device.name, most=self._most, pause=self._pause):
                return None
            if waits is not None:
                waits(account.partition(" ")[2])
                waits = None
            stop.wait(_POLL)
        return None

    def leave(self, device: Device) -> None:
        """Undo what `wait_for_turn` counted, where there was no login."""
        if (account := self._account(device)) is not None:
            self._store.leave_login(account, device.name)

    @contextmanager
    def login(self, device: Device, greets: Callable[[], bool], by: str = "") -> Iterator[Callable[[], None]]:
        """Log in within: waits for a turn, and records whether the device took the account.

        What is given is called as soon as the password is accepted: who is killed behind that keeps nobody waiting.
        `by` is another door than the command line, which is counted by itself: where one takes the account, the other
        may refuse it on every device.
        Raises AccountStopped where it was refused too often. Other errors go through; they say nothing of the account.
        """
        account = self._account(device, by)
        if account is None:
            yield _nothing
            return
        if (not_tried := self.wait_for_turn(device, greets, by=by)) is not None:
            raise AccountStopped(f"no login to {device.name}: {not_tried.why}")
        under_way = True

        def accepted() -> None:
            nonlocal under_way
            if under_way and not self._store.login_proved(account):
                under_way = False
                self._store.end_login(account, device.name, taken=True, pause=self._pause)

        try:
            yield accepted
            accepted()
        except AccountRefused:
            under_way = False
            self._store.end_login(account, device.name, taken=False, pause=self._pause)
            raise
        except LoginFailed as error:
            if error.entered:
                accepted()
            raise
        finally:
            if under_way:
                self._store.leave_login(account, device.name)

    def _account(self, device: Device, by: str = "") -> str | None:
        """Return the account of a device; None where there is no password that could be refused, or nobody counts."""
        entry = self._account_of(device)
        if not self._most or not entry.username or not entry.password:
            return None
        key = (entry.username, entry.password)
        with self._lock:
            if key not in self._marks:
                self._marks[key] = mark(entry.password, entry.username)
        whose = f"{entry.username} on {device.name}" if entry.own else entry.username
        return f"{self._marks[key]} {whose}{by and f' by {by}'}"


def _nothing() -> None:
    """Nobody counts."""


def refused_accounts(store: Store, settings: Login) -> list[str]:
    """Return a sentence for each account of this store that is not tried for now."""
    pause = timedelta(seconds=settings.account_pause)
    most = settings.account_refusals
    return [_why(one, pause) for one in store.refused_logins(most=most, pause=pause)] if most else []


def _why(refused: Refusals, pause: timedelta) -> str:
    whose = refused.account.partition(" ")[2]
    return (
        f"the password of '{whose}' was refused {refused.count} times ({some(refused.devices, 3)}), and one more might "
        f"lock the account; needed: another password, or no login until {to_the_minute(refused.last + pause)} "
        "(swimctl.login.account_pause)"
    )


def answers(target: Target, clock: Clock, settings: Settings) -> bool:
    """Return whether a device answers with SSH on its way, within the deadline of a connection.

    Where nobody could ask it may do so in the next moment, and counts as one that does.
    """
    try:
        return way.greets(target, max(1.0, Deadline(clock, settings.deadlines.connect).left_real))
    except Unreachable:
        return True
