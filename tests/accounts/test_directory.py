"""Who signs in by a directory, without one: what swimctl makes of its answers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import pytest
from support.accounts import HERE, PASSWORD, ROOT, Counting
from support.directories import Scripted
from support.stores import StandingClock, said, some_jobs

from swimctl.accounts.directory import Outside, Person
from swimctl.accounts.passwords import Passwords
from swimctl.accounts.service import ASKING_AT_ONCE, AccountService
from swimctl.errors import ConflictError, DirectoryAway, LoginRefused, NoRole, TooManyLogins
from swimctl.models import Caller, Role
from swimctl.rights import Act, Grant
from swimctl.store import Store

ROLES = {"ber": Grant(frozenset({Act.TRIGGER}), frozenset({"ber"}))}


@pytest.fixture
def directory() -> Scripted:
    return Scripted({"ana": Person("ana", frozenset({"g1"})), "idle": Person("idle", frozenset({"elsewhere"}))})


@pytest.fixture
def accounts(store: Store, clock: StandingClock, hasher: Counting, directory: Scripted) -> AccountService:
    outside = Outside(directory, {"g1": ("ber",), "g2": ("read-only", "ber")}, timedelta(hours=8))
    service = AccountService(store, clock, Passwords(hasher), ROLES, outside)
    service.create_user("alice", PASSWORD, Role.OPERATOR, by=ROOT)
    return service


def entries(store: Store) -> list[tuple[str, str, Mapping[str, object]]]:
    return [(one.action, one.actor, one.data) for one in store.audit()][1:]


def test_a_first_sign_in_makes_a_user_and_the_audit_names_the_source(accounts: AccountService, store: Store) -> None:
    made = accounts.login("Ana", PASSWORD, HERE)
    assert made.token.expires_at is not None
    assert accounts.principal(made.text).rights.parts[0] == (ROLES["ber"],)
    until = made.token.expires_at.isoformat(timespec="microseconds").replace("+00:00", "Z")
    assert entries(store) == [
        ("user-created", "ana", {"roles": ["ber"], "source": "ldap"}),
        ("login", "ana", {"expires_at": until, "source": "ldap"}),
    ]


def test_other_groups_give_other_roles_to_the_tokens_that_there_are(
    accounts: AccountService, directory: Scripted
) -> None:
    first = accounts.login("ana", PASSWORD, HERE)
    directory.people["ana"] = Person("ana", frozenset({"g2"}))
    accounts.login("ana", PASSWORD, HERE)
    assert accounts.principal(first.text).rights.everywhere(Act.LOOK)
    directory.people["ana"] = Person("ana", frozenset({"g1"}))
    accounts.login("ana", PASSWORD, HERE)
    assert not accounts.principal(first.text).rights.everywhere(Act.LOOK)


def test_who_has_no_role_any_more_is_refused_and_their_tokens_end(
    accounts: AccountService, directory: Scripted, store: Store
) -> None:
    made = accounts.login("ana", PASSWORD, HERE)
    directory.people["ana"] = Person("ana", frozenset())
    with pytest.raises(NoRole, match="none of their groups has a role"):
        accounts.login("ana", PASSWORD, HERE)
    assert accounts.ended([made.token.id]) == {made.token.id}
    assert entries(store)[-1][2]["tokens_revoked"] == [made.token.id]
    # What the store keeps of them allows nothing, not even to look.
    assert not accounts.rights_of(store.tokens_with([made.token.id])[0]).somewhere(Act.LOOK)
    with pytest.raises(NoRole):
        accounts.login("idle", PASSWORD, HERE)
    assert [one.name for one in accounts.users()] == ["alice", "ana"]


def test_guesses_are_slowed_down_in_whatever_case_the_name_is_written(
    accounts: AccountService, directory: Scripted, store: Store
) -> None:
    for number, name in enumerate(("ana", "Ana", "ANA", "aNa", "anA")):
        with pytest.raises(LoginRefused):
            accounts.login(name, "not it", f"192.0.2.{number}")
    with pytest.raises(TooManyLogins):
        accounts.login("AnA", PASSWORD, "192.0.2.99")
    assert len(directory.asked) == 5
    assert {(action, actor) for action, actor, _ in entries(store)} == {("login-failed", "")}
    assert entries(store)[-1][2]["source"] == "ldap"


def test_a_directory_that_is_away_lets_nobody_in_and_is_nobodys_failure(
    accounts: AccountService, directory: Scripted, store: Store
) -> None:
    made = accounts.login("ana", PASSWORD, HERE)
    before = entries(store)
    directory.away = True
    for _ in range(10):
        with pytest.raises(DirectoryAway):
            accounts.login("ana", PASSWORD, HERE)
    assert entries(store) == before
    assert accounts.principal(made.text).user == "ana"
    assert accounts.login("alice", PASSWORD, HERE)


def test_that_a_directory_is_away_is_logged_once_a_minute(
    accounts: AccountService, directory: Scripted, clock: StandingClock, caplog: pytest.LogCaptureFixture
) -> None:
    directory.away = True
    for seconds in (0, 1, 58, 1, 30, -3600):
        clock.forward(seconds)
        with pytest.raises(DirectoryAway):
            accounts.login("ana", PASSWORD, HERE)
    assert (
        caplog.text.count("it has not answered within 10 s") == 3
    )  # at 0 s, at 60 s, and where the clock was set back


def test_two_names_that_differ_in_case_alone_are_one_person(
    accounts: AccountService, directory: Scripted, store: Store
) -> None:
    with pytest.raises(ConflictError, match="there is a user 'alice' already, and 'Alice' is the same name"):
        accounts.create_user("Alice", PASSWORD, Role.OPERATOR, by=ROOT)
    accounts.login("ana", PASSWORD, HERE)
    with pytest.raises(ConflictError, match="there is a user 'ana' already, and 'Ana' is the same name"):
        accounts.create_user("Ana", PASSWORD, Role.OPERATOR, by=ROOT)
    # A store of before may have both; then it is the one of swimctl's own.
    said(store, "UPDATE users SET name = 'Alice' WHERE name = 'alice'")
    directory.people["boss"] = directory.people["alice"] = Person("alice", frozenset({"g1"}))
    for name in ("alice", "boss"):
        with pytest.raises(LoginRefused):
            accounts.login(name, PASSWORD, HERE)
    assert entries(store)[-1][2] == {"source": "ldap", "why": "a user of swimctl's own"}
    assert [one.name for one in accounts.users()] == ["Alice", "ana"]


@pytest.mark.parametrize(("asked", "approves"), [("Ana", "aNa"), ("jürg", "JÜRG")])
def test_who_asked_approves_nothing_under_their_name_in_another_case(asked: str, approves: str, store: Store) -> None:
    some_jobs(store, ["sw1"], requested_by=asked, needs_approval=True)
    with pytest.raises(ConflictError, match="asked for batch"):
        store.approve("batch-0001", Caller(approves, HERE))
    assert store.approve("batch-0001", Caller("bert", HERE)).approved_by == "bert"


def test_an_own_user_is_nobody_of_the_directory(accounts: AccountService, directory: Scripted) -> None:
    directory.people["alice"] = Person("alice", frozenset({"g2"}))
    accounts.set_password("alice", "another long password", by=ROOT)
    for name in ("alice", "ALICE"):
        with pytest.raises(LoginRefused):
            accounts.login(name, PASSWORD, HERE)
    directory.people["boss"] = Person("alice", frozenset({"g2"}))  # another name of the same entry
    with pytest.raises(LoginRefused):
        accounts.login("boss", PASSWORD, HERE)
    assert directory.asked == ["boss"], "nor is that name in another case"
    assert [(one.name, one.source) for one in accounts.users()] == [("alice", "own")]
    assert accounts.tokens("alice") == []


@pytest.mark.parametrize("name", ["*)(uid=*", "ana ", "ana\0", "änä", "a" * 65, "", "ana,ou=people"])
def test_a_name_that_no_user_can_have_is_asked_for_nowhere(
    accounts: AccountService, directory: Scripted, name: str
) -> None:
    with pytest.raises(LoginRefused):
        accounts.login(name, PASSWORD, HERE)
    assert directory.asked == []


@pytest.mark.parametrize("said", ["", "two words", "x" * 65, "ana;--", "änä"])
def test_a_name_of_the_directory_that_no_user_can_have_is_refused(
    accounts: AccountService, directory: Scripted, said: str
) -> None:
    directory.people["ana"] = Person(said, frozenset({"g1"}))
    with pytest.raises(LoginRefused):
        accounts.login("ana", PASSWORD, HERE)
    assert [one.name for one in accounts.users()] == ["alice"]


def test_nobody_but_the_directory_decides_over_its_people(accounts: AccountService) -> None:
    made = accounts.login("ana", PASSWORD, HERE)
    for change in (
        lambda: accounts.set_password("ana", "another long password", by=ROOT),
        lambda: accounts.set_roles("ana", ["operator"], by=ROOT),
        lambda: accounts.create_token("ana", by=ROOT, life=None),
    ):
        with pytest.raises(ConflictError, match="is of the directory"):
            change()
    assert accounts.remove_user("ana", by=ROOT) == [made.token.id]
    with pytest.raises(ConflictError, match="already"):
        accounts.create_user("alice", PASSWORD, Role.OPERATOR, by=ROOT)
    assert accounts.login("ana", PASSWORD, HERE)  # the directory still knows them


def test_without_the_directory_its_people_cannot_sign_in(
    accounts: AccountService, store: Store, clock: StandingClock, hasher: Counting
) -> None:
    accounts.login("ana", PASSWORD, HERE)
    alone = AccountService(store, clock, Passwords(hasher), ROLES)
    for password in (PASSWORD, "!", ""):
        with pytest.raises(LoginRefused):
            alone.login("ana", password, HERE)


def test_a_slow_directory_holds_only_so_many_sign_ins(accounts: AccountService, directory: Scripted) -> None:
    for _ in range(ASKING_AT_ONCE):
        assert accounts._asking.acquire(blocking=False)
    with pytest.raises(DirectoryAway, match="wait for it already"):
        accounts.login("ana", PASSWORD, HERE)
    assert directory.asked == []
    assert accounts.login("alice", PASSWORD, HERE)
