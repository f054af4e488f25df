from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.accounts import PASSWORD, ROOT, Counting
from support.stores import StandingClock

from swimctl.accounts.passwords import Passwords
from swimctl.accounts.service import AccountService
from swimctl.models import Role
from swimctl.store import Store


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


@pytest.fixture
def store(tmp_path: Path, clock: StandingClock) -> Iterator[Store]:
    with Store.open(tmp_path / "s.db", clock) as opened:
        yield opened


@pytest.fixture
def hasher() -> Counting:
    return Counting()


@pytest.fixture
def accounts(store: Store, clock: StandingClock, hasher: Counting) -> AccountService:
    service = AccountService(store, clock, Passwords(hasher))
    service.create_user("alice", PASSWORD, Role.OPERATOR, by=ROOT)
    service.create_user("bob", PASSWORD, Role.READ_ONLY, by=ROOT)
    return service
