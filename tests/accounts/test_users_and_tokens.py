"""Users and tokens as the API meets them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from support.accounts import HERE, PASSWORD, ROOT, fail
from support.stores import NOON, StandingClock

from swimctl.accounts.service import AccountService, Principal, checked_name, life_from
from swimctl.errors import ConflictError, LoginRefused, NotFound, StoreError, TokenRefused, UsageError
from swimctl.models import Role
from swimctl.rights import Rights, granted
from swimctl.store import Store

DAY = timedelta(days=1)


def refusal(accounts: AccountService, text: str) -> str:
    with pytest.raises(TokenRefused) as caught:
        accounts.principal(text)
    assert text not in str(caught.value) or not text
    return caught.value.reason


class TestUsers:
    @pytest.mark.parametrize("name", ["a", "A.b_c-d@example.net", "9" * 64])
    def test_names_that_will_do(self, accounts: AccountService, name: str) -> None:
        assert accounts.create_user(name, PASSWORD, Role.OPERATOR, by=ROOT).name == name
        assert name in [user.name for user in accounts.users()]

    @pytest.mark.parametrize("name", ["", "a" * 65, "a b", "a\n", "ä", "a/b", "a:b", "\ud800", "root\0"])
    def test_names_that_will_not(self, accounts: AccountService, name: str) -> None:
        with pytest.raises(UsageError, match="1 to 64"):
            checked_name(name)
        with pytest.raises(UsageError):
            accounts.create_user(name, PASSWORD, Role.OPERATOR, by=ROOT)
        assert len(accounts.users()) == 2

    @pytest.mark.parametrize(
        ("password", "said"),
        [
            ("", "12 or more"),
            ("elevenchars", "11 characters; give it 12 or more"),
            ("x" * 1025, "longer than 1024 bytes"),
            ("ü" * 513, "longer than 1024 bytes"),
            ("half a character \ud800", "not UTF-8"),
        ],
    )
    def test_passwords_that_will_not(self, accounts: AccountService, password: str, said: str) -> None:
        with pytest.raises(UsageError, match=said) as caught:
            accounts.create_user("carol", password, Role.OPERATOR, by=ROOT)
        assert not password or password not in str(caught.value)
        with pytest.raises(UsageError, match=said):
            accounts.set_password("alice", password, by=ROOT)

    @pytest.mark.parametrize("password", ["twelve chars", "x" * 1024, "ü" * 512, "nul\0 inside it", " spaces around "])
    def test_passwords_that_will_do(self, accounts: AccountService, password: str) -> None:
        accounts.create_user("carol", password, Role.OPERATOR, by=ROOT)
        accounts.login("carol", password, HERE)
        with pytest.raises(LoginRefused):
            accounts.login("carol", password[:-1], HERE)

    def test_a_password_is_the_same_from_every_keyboard(self, accounts: AccountService) -> None:
        accounts.set_password("alice", "gr\u00fcezi mitenand", by=ROOT)
        assert accounts.login("alice", "gru\u0308ezi mitenand", HERE).token.user == "alice"

    def test_a_name_is_taken_once(self, accounts: AccountService) -> None:
        with pytest.raises(ConflictError):
            accounts.create_user("alice", "another password", Role.READ_ONLY, by=ROOT)
        accounts.login("alice", PASSWORD, HERE)

    def test_a_removed_user_and_their_tokens_are_refused_at_once(self, accounts: AccountService) -> None:
        texts = [
            accounts.login("alice", PASSWORD, HERE).text,
            accounts.create_token("alice", by=ROOT, life=None).text,
        ]
        assert len(accounts.remove_user("alice", by=ROOT)) == 2
        assert [refusal(accounts, text) for text in texts] == ["revoked", "revoked"]
        fail(accounts, 1)
        with pytest.raises(LoginRefused):
            accounts.login("alice", PASSWORD, HERE)

    def test_another_password_ends_the_logins_of_the_one_before(self, accounts: AccountService) -> None:
        entered, made = accounts.login("alice", PASSWORD, HERE), accounts.create_token("alice", by=ROOT)
        assert accounts.set_password("alice", "a fresh one for her", by=ROOT) == [entered.token.id]
        assert refusal(accounts, entered.text) == "revoked"
        assert accounts.principal(made.text).user == "alice"
        with pytest.raises(LoginRefused):
            accounts.login("alice", PASSWORD, HERE)
        accounts.login("alice", "a fresh one for her", HERE)


class TestTokens:
    def test_a_token_stands_for_its_user(self, accounts: AccountService) -> None:
        made = accounts.create_token("alice", by=ROOT, role=Role.READ_ONLY, label="dashboard")
        assert accounts.principal(made.text) == Principal(
            "alice", Role.READ_ONLY, made.token.id, Rights((granted(["operator"], {}), granted(["read-only"], {})))
        )
        assert made.token.expires_at == NOON + 90 * DAY
        assert made.text.isascii()
        assert made.text not in repr(made)
        assert accounts.create_token("alice", by=ROOT).text != made.text

    @pytest.mark.parametrize(
        "text", ["", "x", "Token", "swimctl_", "swimctl_" + "é" * 43, "swimctl_" + "a" * 44, "\ud800", "' OR 1=1 --"]
    )
    def test_a_malformed_token(self, accounts: AccountService, text: str) -> None:
        assert refusal(accounts, text) == "malformed"

    def test_an_unknown_token(self, accounts: AccountService) -> None:
        text = accounts.create_token("alice", by=ROOT).text
        other = text[:-1] + ("a" if text[-1] != "a" else "b")
        assert refusal(accounts, other) == "unknown"
        assert refusal(accounts, text + "\n") == "malformed"

    def test_an_expired_token(self, accounts: AccountService, clock: StandingClock) -> None:
        made = accounts.create_token("alice", by=ROOT, life=timedelta(hours=1))
        ever = accounts.create_token("alice", by=ROOT, life=None)
        clock.forward(3599.999)
        assert accounts.principal(made.text).user == "alice"
        clock.forward(0.001)
        assert refusal(accounts, made.text) == "expired"
        assert [token.id for token in accounts.tokens()] == [ever.token.id]
        assert [accounts.end_of(token) for token in accounts.tokens(ended=True)] == ["expired", None]
        clock.forward(DAY.total_seconds() * 20_000)
        assert accounts.principal(ever.text).user == "alice"

    def test_a_revoked_token(self, accounts: AccountService) -> None:
        made, other = accounts.create_token("alice", by=ROOT), accounts.create_token("bob", by=ROOT)
        accounts.revoke_token(made.token.id, by=ROOT)
        assert refusal(accounts, made.text) == "revoked"
        assert accounts.principal(other.text).user == "bob"
        assert [token.user for token in accounts.tokens()] == ["bob"]
        assert accounts.tokens("alice") == []
        assert [token.user for token in accounts.tokens("alice", ended=True)] == ["alice"]
        with pytest.raises(NotFound):
            accounts.tokens("nobody")

    def test_no_token_goes_beyond_its_user(self, accounts: AccountService) -> None:
        with pytest.raises(UsageError, match="read-only"):
            accounts.create_token("bob", by=ROOT, role=Role.OPERATOR)
        assert accounts.create_token("bob", by=ROOT).token.role is Role.READ_ONLY
        assert accounts.login("bob", PASSWORD, HERE).token.role is Role.READ_ONLY
        assert Role.OPERATOR.covers(Role.READ_ONLY)
        assert not Role.READ_ONLY.covers(Role.OPERATOR)

    @pytest.mark.parametrize("life", [timedelta(0), -DAY, timedelta(seconds=59), timedelta(days=3661), timedelta.max])
    def test_a_life_that_will_not_do(self, accounts: AccountService, life: timedelta) -> None:
        with pytest.raises(UsageError, match="a minute to 3660 days"):
            accounts.create_token("alice", by=ROOT, life=life)

    @pytest.mark.parametrize("label", ["x" * 101, "two\nlines", "\x1b[2J", "\ud800"])
    def test_a_label_that_will_not_do(self, accounts: AccountService, label: str) -> None:
        with pytest.raises(UsageError, match="label"):
            accounts.create_token("alice", by=ROOT, label=label)

    def test_last_use_is_written_at_most_once_a_minute(
        self, accounts: AccountService, clock: StandingClock, store: Store, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        text = accounts.create_token("alice", by=ROOT).text
        written = []
        use = store.use_token
        monkeypatch.setattr(store, "use_token", lambda *given: (written.append(clock.now()), use(*given)))
        for _ in range(181):
            accounts.principal(text)
            clock.forward(1)
        assert written == [NOON + timedelta(minutes=minute) for minute in range(4)]
        assert accounts.tokens()[0].last_used_at == NOON + timedelta(minutes=3)

    def test_a_store_that_cannot_be_written_keeps_nobody_from_reading(
        self, accounts: AccountService, store: Store
    ) -> None:
        text = accounts.create_token("alice", by=ROOT).text
        store._db.connection.execute("PRAGMA query_only = ON")
        assert accounts.principal(text).user == "alice"
        with pytest.raises(StoreError):
            accounts.create_token("alice", by=ROOT)


@pytest.mark.parametrize(
    ("text", "life"),
    [
        ("30m", timedelta(minutes=30)),
        ("12h", timedelta(hours=12)),
        ("90d", 90 * DAY),
        ("2w", 14 * DAY),
        ("never", None),
        ("1d 12h", timedelta(hours=36)),
    ],
)
def test_how_a_life_is_written(text: str, life: timedelta | None) -> None:
    assert life_from(text) == life


@pytest.mark.parametrize("text", ["", "90", "d", "-1d", "1y", "Never", "٣d", "10000000d", "1d\n"])
def test_how_a_life_is_not_written(text: str) -> None:
    with pytest.raises(UsageError, match="90d or never"):
        life_from(text)
