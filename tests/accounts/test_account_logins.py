"""Logins: what they cost, who is slowed down, and what changes beside them."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from argon2 import extract_parameters
from argon2.exceptions import HashingError, VerificationError
from support.accounts import HERE, PASSWORD, ROOT, Counting, fail
from support.stores import NOON, StandingClock

from swimctl.accounts.passwords import Passwords
from swimctl.accounts.service import AccountService, Principal
from swimctl.errors import LoginRefused, StoreError, SwimctlError, TooManyLogins
from swimctl.models import Role
from swimctl.rights import Rights, granted
from swimctl.store import Store

DAY = timedelta(days=1)


class TestLogins:
    def test_a_login_makes_a_token_for_half_a_day(self, accounts: AccountService) -> None:
        first, second = (accounts.login("alice", PASSWORD, HERE) for _ in range(2))
        assert first.text != second.text
        assert first.token.expires_at == NOON + timedelta(hours=12)
        assert first.token.from_login
        assert accounts.principal(first.text) == Principal(
            "alice", Role.OPERATOR, first.token.id, Rights((granted(["operator"], {}),))
        )
        assert accounts.login("alice", PASSWORD, HERE, DAY).token.expires_at == NOON + DAY

    @pytest.mark.parametrize(
        ("name", "password"),
        [
            ("alice", "not the password"),
            ("alice", ""),
            ("alice", PASSWORD + "x" * 2000),
            ("alice", "\ud800" * 20),
            ("nobody", PASSWORD),
            ("", ""),
            ("alice ", PASSWORD),
            ("ALICE", PASSWORD),
            ("n" * 100_000, PASSWORD),
            ("\ud800", PASSWORD),
            ("alice\0", PASSWORD),
        ],
    )
    def test_every_wrong_login_costs_one_comparison_and_says_the_same(
        self, accounts: AccountService, hasher: Counting, name: str, password: str
    ) -> None:
        fail(accounts, 1, "bob", "198.51.100.1")  # whatever is done only once was done
        hasher.compared.clear()
        hashed: list[None] = []
        hasher.before_hash = lambda: hashed.append(None)
        with pytest.raises(LoginRefused) as caught:
            accounts.login(name, password, HERE)
        assert str(caught.value) == "the user name or the password is wrong; check both"
        assert hashed == []
        [compared] = hasher.compared
        assert extract_parameters(compared) == extract_parameters(hasher.hash("whatever it is"))

    def test_the_first_login_of_a_process_is_no_slower_for_a_name_that_nobody_has(
        self, accounts: AccountService, store: Store, clock: StandingClock
    ) -> None:
        assert len(accounts.users()) == 2
        costs = []
        for name in ("alice", "nobody"):
            hasher = Counting()
            hashed: list[None] = []
            hasher.before_hash = lambda hashed=hashed: hashed.append(None)
            fail(AccountService(store, clock, Passwords(hasher)), 1, name)
            costs.append((len(hashed), len(hasher.compared)))
        assert costs == [(1, 1), (1, 1)]

    def test_five_failures_shut_the_door_for_a_while(
        self, accounts: AccountService, clock: StandingClock, hasher: Counting
    ) -> None:
        fail(accounts, 5)
        hasher.compared.clear()
        for name, origin in (("alice", HERE), ("alice", "198.51.100.1"), ("bob", HERE), ("nobody", HERE)):
            with pytest.raises(TooManyLogins) as caught:
                accounts.login(name, PASSWORD, origin)
            assert caught.value.retry_after == 30
            assert "30 s" in str(caught.value)
        assert hasher.compared == []
        accounts.login("bob", PASSWORD, "198.51.100.1")
        clock.forward(30)
        accounts.login("alice", PASSWORD, HERE)
        fail(accounts, 1, "bob")
        with pytest.raises(TooManyLogins) as caught:
            accounts.login("carol", PASSWORD, HERE)
        assert caught.value.retry_after == 60  # her success did not clear her address

    def test_a_name_that_nobody_has_is_slowed_like_another(self, accounts: AccountService) -> None:
        for number in range(5):
            fail(accounts, 1, "nobody", f"198.51.100.{number}")
        with pytest.raises(TooManyLogins):
            accounts.login("nobody", PASSWORD, HERE)

    def test_who_fails_now_and_then_is_not_slowed(self, accounts: AccountService, clock: StandingClock) -> None:
        for _ in range(20):
            fail(accounts, 2)
            accounts.login("alice", PASSWORD, HERE)
            clock.forward(151)

    def test_those_who_stand_in_line_are_refused_unseen(self, accounts: AccountService, hasher: Counting) -> None:
        start = threading.Barrier(24)

        def attempt(_: int) -> type[Exception]:
            start.wait(20)
            with pytest.raises((LoginRefused, TooManyLogins)) as caught:
                accounts.login("alice", "not the password", HERE)
            return caught.type

        with ThreadPoolExecutor(24) as pool:
            answers = list(pool.map(attempt, range(24)))
        assert 5 <= answers.count(LoginRefused) <= 6  # two at a time
        assert len(hasher.compared) == answers.count(LoginRefused)

    def test_two_passwords_at_most_are_checked_at_once(self, accounts: AccountService, hasher: Counting) -> None:
        lock, pair, now, most = threading.Lock(), threading.Barrier(2), [0], [0]

        def together() -> None:
            with lock:
                now[0] += 1
                most[0] = max(most[0], now[0])
            pair.wait(20)
            with lock:
                now[0] -= 1

        hasher.after_verify = together
        with ThreadPoolExecutor(8) as pool:
            for done in [pool.submit(accounts.login, "alice", PASSWORD, HERE) for _ in range(8)]:
                assert done.result().token.user == "alice"
        assert most == [2]

    @pytest.mark.usefixtures("accounts")
    def test_a_hash_of_old_parameters_is_renewed(self, store: Store, clock: StandingClock) -> None:
        def cost() -> int:
            found = store.user_and_hash("alice")
            assert found is not None
            return extract_parameters(found[1]).time_cost

        newer = AccountService(store, clock, Passwords(Counting(time_cost=2)))
        fail(newer, 1)
        assert cost() == 1
        newer.login("alice", PASSWORD, HERE)
        assert cost() == 2
        renewed = store.user_and_hash("alice")
        newer.login("alice", PASSWORD, HERE)
        assert store.user_and_hash("alice") == renewed

    @pytest.mark.usefixtures("accounts")
    def test_two_logins_that_renew_the_same_hash_both_succeed(self, store: Store, clock: StandingClock) -> None:
        slow, quick = Counting(time_cost=2), Counting(time_cost=2)
        beside = []

        def overtaken() -> None:
            slow.after_verify = lambda: None
            beside.append(AccountService(store, clock, Passwords(quick)).login("alice", PASSWORD, HERE))

        slow.after_verify = overtaken
        mine = AccountService(store, clock, Passwords(slow)).login("alice", PASSWORD, HERE)
        assert [mine.token.id, beside[0].token.id] == [2, 1]

    def test_a_password_replaced_during_the_login_lets_nobody_in(
        self, accounts: AccountService, store: Store, hasher: Counting
    ) -> None:
        def replace() -> None:
            hasher.after_verify = lambda: None
            accounts.set_password("alice", "a fresh one for her", by=ROOT)

        hasher.after_verify = replace
        with pytest.raises(LoginRefused):
            accounts.login("alice", PASSWORD, HERE)
        assert store.tokens() == []

    def test_a_damaged_hash_is_said_to_be_one(self, accounts: AccountService, store: Store) -> None:
        store.set_password_hash("alice", "no hash at all", ROOT)
        with pytest.raises(StoreError, match="swimctl user password"):
            accounts.login("alice", PASSWORD, HERE)

    def test_no_memory_for_a_check_is_not_a_wrong_password(
        self, accounts: AccountService, hasher: Counting, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def verify_fails(*_: object) -> bool:
            raise VerificationError("Memory allocation error")

        def hash_fails(*_: object) -> str:
            raise HashingError("Memory allocation error")

        accounts.login("alice", PASSWORD, HERE)
        monkeypatch.setattr(hasher, "verify", verify_fails)
        monkeypatch.setattr(hasher, "hash", hash_fails)
        for _ in range(10):  # nor does it count as a failed login
            with pytest.raises(SwimctlError, match="memory") as caught:
                accounts.login("alice", PASSWORD, HERE)
            assert caught.type is SwimctlError
        with pytest.raises(SwimctlError, match="memory"):
            accounts.set_password("alice", PASSWORD, by=ROOT)
