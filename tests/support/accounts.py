"""Accounts for tests: a cheap hasher that remembers what it did, and logins that fail."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from argon2 import PasswordHasher

from swimctl.accounts.service import AccountService
from swimctl.errors import LoginRefused
from swimctl.models import Caller

ROOT = Caller("root", "terminal")
PASSWORD = "correct horse battery"
HERE = "192.0.2.10"


class Counting(PasswordHasher):
    """A cheap hasher that remembers which hashes it compared with, and calls back."""

    def __init__(self, time_cost: int = 1) -> None:
        super().__init__(time_cost=time_cost, memory_cost=8, parallelism=1)
        self.compared: list[str] = []
        self.after_verify: Callable[[], None] = lambda: None
        self.before_hash: Callable[[], None] = lambda: None

    def verify(self, hash: str | bytes, password: str | bytes) -> bool:  # noqa: A002 - argon2's name
        self.compared.append(str(hash))
        right = super().verify(hash, password)
        self.after_verify()
        return bool(right)

    def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
        self.before_hash()
        return super().hash(password, salt=salt)


def fail(accounts: AccountService, times: int, name: str = "alice", origin: str = HERE) -> None:
    for _ in range(times):
        with pytest.raises(LoginRefused):
            accounts.login(name, "not the password", origin)
