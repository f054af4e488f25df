"""What is written down: the audit, and never a secret."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.accounts import HERE, PASSWORD, ROOT, fail
from support.stores import StandingClock

from swimctl.accounts.service import AccountService
from swimctl.errors import LoginRefused, TooManyLogins
from swimctl.models import Caller
from swimctl.store import Store


class TestAudit:
    def test_every_login_is_recorded_and_refused_floods_are_not(self, accounts: AccountService, store: Store) -> None:
        begun = store.audit()[-1].id
        accounts.login("alice", PASSWORD, HERE)
        fail(accounts, 5)
        for _ in range(100):
            with pytest.raises(TooManyLogins):
                accounts.login("alice", PASSWORD, HERE)
        entries = store.audit(after=begun)
        assert [(entry.actor, entry.origin, entry.action, entry.subject) for entry in entries] == [
            ("alice", HERE, "login", "token 1"),
            *[("alice", HERE, "login-failed", "alice")] * 5,
        ]
        assert [entry.data for entry in entries[1:]] == [*[{"wait_seconds": 0}] * 4, {"wait_seconds": 30}]

    def test_a_name_that_nobody_has_is_not_recorded(self, accounts: AccountService, store: Store) -> None:
        """People type passwords and tokens into the wrong field."""
        text = accounts.create_token("alice", by=ROOT).text
        for number, name in enumerate((PASSWORD, text, "n" * 100_000, "Tr0ub4dor.and.more")):
            fail(accounts, 1, name, f"198.51.100.{number}")
        entries = store.audit()[-4:]
        assert [(entry.actor, entry.subject) for entry in entries] == [("", "unknown name")] * 4
        assert [entry.origin for entry in entries] == [f"198.51.100.{number}" for number in range(4)]

    def test_others_record_what_they_do(self, accounts: AccountService, store: Store) -> None:
        entry = accounts.audit("batch-created", Caller("alice", HERE), "batch 7", {"jobs": 3})
        assert store.audit()[-1] == entry
        assert (entry.actor, entry.action, entry.subject, entry.data) == (
            "alice",
            "batch-created",
            "batch 7",
            {"jobs": 3},
        )


def test_the_files_hold_neither_a_password_nor_a_token(
    accounts: AccountService, store: Store, tmp_path: Path, clock: StandingClock
) -> None:
    fresh, wrong, as_name = "another fine password", "a wrong password typed", "Password.in.the-name-field"
    texts = [
        accounts.login("alice", PASSWORD, HERE).text,
        accounts.create_token("alice", by=ROOT, label="for a test").text,
        accounts.create_token("bob", by=ROOT, life=None).text,
    ]
    for text in texts:
        accounts.principal(text)
    accounts.set_password("alice", fresh, by=ROOT)
    texts.append(accounts.login("alice", fresh, HERE).text)
    for name in ("alice", as_name, texts[0]):
        with pytest.raises(LoginRefused):
            accounts.login(name, wrong, HERE)
    clock.forward(120)
    accounts.principal(texts[1])
    accounts.remove_user("bob", by=ROOT)
    secrets = [PASSWORD, fresh, wrong, as_name, *texts, *(text.removeprefix("swimctl_") for text in texts)]

    def looked_through() -> list[str]:
        files = [path for path in tmp_path.rglob("*") if path.is_file()]
        content = {path.name: path.read_bytes() for path in files}
        assert any(b"for a test" in data for data in content.values())  # this does find what was written
        assert not [name for name, data in content.items() for secret in secrets if secret.encode() in data]
        return sorted(content)

    assert "s.db-wal" in looked_through()
    store.close()
    assert "s.db" in looked_through()
