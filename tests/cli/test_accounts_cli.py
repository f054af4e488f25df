"""swimctl user and swimctl token: from the terminal to the store and back."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from support.person import at_a_terminal
from support.projects import CONFIG, Project

from swimctl.accounts.service import AccountService, Principal
from swimctl.cli import main
from swimctl.clock import SystemClock
from swimctl.models import Role
from swimctl.rights import Rights, granted
from swimctl.store import Store

PASSWORD = "correct horse battery"

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(project: Project, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run one command line in the project, with this standard input; give exit code, output and errors."""

    def call(*arguments: str, stdin: str | bytes = "") -> tuple[int, str, str]:
        piped = io.BytesIO(stdin if isinstance(stdin, bytes) else stdin.encode())
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(piped, encoding="utf-8"))
        code = main(["--config", str(project.path), *arguments])
        return code, *capfd.readouterr()

    return call


@pytest.fixture
def store(project: Project) -> Iterator[Store]:
    """Look into the store from beside."""
    with Store.open(project.folder / "swimctl.db", SystemClock()) as opened:
        yield opened


@pytest.fixture
def accounts(store: Store) -> AccountService:
    return AccountService(store, SystemClock())


def document(answer: tuple[int, str, str]) -> Any:
    code, out, err = answer
    assert code == 0, err
    assert err == ""
    return json.loads(out)


def add(run: Run, name: str, *options: str, password: str = PASSWORD) -> Any:
    return document(run("--json", "user", "add", name, "--password-stdin", *options, stdin=f"{password}\n"))


def test_a_user_from_added_to_removed(run: Run, accounts: AccountService) -> None:
    assert run("user", "list") == (0, "", "swimctl: there is no user yet; `swimctl user add NAME` adds one\n")
    assert document(run("--json", "user", "list")) == {"count": 0, "users": []}
    alice = add(run, "alice")
    assert (alice["id"], alice["name"], alice["role"]) == (1, "alice", "operator")
    assert alice["created_at"].endswith("Z")
    code, out, _ = run("user", "add", "bob", "--role", "read-only", "--password-stdin", stdin=PASSWORD)
    assert (code, out) == (0, "user 2: bob: read-only\n")
    code, out, _ = run("user", "list")
    assert [line.split("\t")[:3] for line in out.splitlines()] == [
        ["id", "user", "role"],
        ["1", "alice", "operator"],
        ["2", "bob", "read-only"],
    ]
    made = accounts.login("alice", PASSWORD, "192.0.2.1")
    code, out, err = run("user", "remove", "alice")
    assert (code, out) == (2, "")
    assert "--yes" in err
    assert document(run("--json", "user", "remove", "alice", "--yes")) == {
        "removed": "alice",
        "tokens_revoked": [made.token.id],
    }
    assert run("user", "remove", "bob", "-y")[:2] == (0, "user bob: removed; 0 tokens revoked\n")
    assert document(run("--json", "user", "list"))["count"] == 0


@pytest.mark.parametrize(
    ("arguments", "stdin", "exit_code", "said"),
    [
        (("add", "alice", "--password-stdin"), PASSWORD, 3, "'alice' already"),
        (("add", "a b", "--password-stdin"), PASSWORD, 2, "1 to 64"),
        (("add", "carol", "--password-stdin"), "short\n", 2, "5 characters; give it 12 or more"),
        (("add", "carol", "--password-stdin"), "", 2, "on one line"),
        (("add", "carol", "--password-stdin"), f"{PASSWORD}\n{PASSWORD}\n", 2, "on one line"),
        (("add", "carol", "--password-stdin"), "x" * 100_000, 2, "1024 bytes"),
        (("add", "carol"), PASSWORD, 2, "--password-stdin"),
        (("add", "carol", "--role", "admin", "--password-stdin"), PASSWORD, 2, "admin"),
        (("add", "carol", "--password", PASSWORD), "", 2, "No such option"),
        (("password", "alice"), PASSWORD, 2, "--password-stdin"),
        (("password", "nobody", "--password-stdin"), PASSWORD, 2, "no user 'nobody'"),
        (("remove", "nobody", "--yes"), "", 2, "user list"),
    ],
)
def test_what_is_refused_is_one_line_without_the_password(
    run: Run, arguments: tuple[str, ...], stdin: str, exit_code: int, said: str
) -> None:
    add(run, "alice")
    code, out, err = run("user", *arguments, stdin=stdin)
    assert (code, out) == (exit_code, "")
    assert said in err
    assert len(err.splitlines()) == 1
    assert PASSWORD not in err
    assert document(run("--json", "user", "list"))["count"] == 1
    code, out, err = run("--json", "user", *arguments, stdin=stdin)
    assert (code, err) == (exit_code, "")
    assert said in json.loads(out)["message"]


def test_standard_input_that_is_no_text(run: Run) -> None:
    code, _, err = run("user", "add", "alice", "--password-stdin", stdin=b"\xff" * 20)
    assert code == 2
    assert "not UTF-8" in err


def test_another_password_ends_the_logins(run: Run, accounts: AccountService) -> None:
    add(run, "alice")
    entered = accounts.login("alice", PASSWORD, "192.0.2.1")
    code, out, _ = run("user", "password", "alice", "--password-stdin", stdin="a fresh one for her\r\n")
    assert (code, out) == (0, "user alice: has another password; 1 token from logins revoked\n")
    assert accounts.tokens() == []
    again = accounts.login("alice", "a fresh one for her", "192.0.2.1")
    answer = run("--json", "user", "password", "alice", "--password-stdin", stdin=PASSWORD)
    assert document(answer) == {"name": "alice", "tokens_revoked": [again.token.id]}
    assert entered.token.id != again.token.id


def test_a_token_from_made_to_revoked(run: Run, accounts: AccountService) -> None:
    add(run, "alice")
    made = document(run("--json", "token", "create", "--user", "alice", "--label", "ansible"))
    assert accounts.principal(made["token"]) == Principal(
        "alice", Role.OPERATOR, made["id"], Rights((granted(["operator"], {}),))
    )
    assert (made["user"], made["role"], made["label"], made["status"]) == ("alice", "operator", "ansible", "valid")
    assert made["expires_at"] > made["created_at"]
    code, out, err = run("token", "create", "--user", "alice", "--role", "read-only", "--expires", "never")
    assert code == 0
    assert accounts.principal(out.removesuffix("\n")).role is Role.READ_ONLY
    assert err == "swimctl: token 2 of alice, read-only, until it is revoked; you see it only once\n"
    listed = run("token", "list")
    assert [line.split("\t")[:5] for line in listed[1].splitlines()] == [
        ["id", "user", "role", "status", "label"],
        ["1", "alice", "operator", "valid", "ansible"],
        ["2", "alice", "read-only", "valid", ""],
    ]
    assert run("token", "revoke", "2")[:2] == (0, "token 2: of alice: revoked\n")
    assert document(run("--json", "token", "revoke", "1"))["status"] == "revoked"
    assert document(run("--json", "token", "list")) == {"count": 0, "tokens": []}
    assert "no such tokens" in run("token", "list", "--user", "alice")[2]
    ended = document(run("--json", "token", "list", "--all"))["tokens"]
    assert [(one["id"], one["status"], one["expires_at"] is None) for one in ended] == [
        (1, "revoked", False),
        (2, "revoked", True),
    ]
    shown = json.dumps(ended) + listed[1]
    assert made["token"] not in shown
    assert "sha256" not in shown


@pytest.mark.parametrize(
    ("arguments", "exit_code", "said"),
    [
        (("create",), 2, "--user"),
        (("create", "--user", "nobody"), 2, "no user 'nobody'"),
        (("create", "--user", "bob", "--role", "operator"), 2, "'bob' is read-only"),
        (("create", "--user", "bob", "--expires", "tomorrow"), 2, "12h, 90d or never"),
        (("create", "--user", "bob", "--expires", "4000d"), 2, "3660 days"),
        (("create", "--user", "bob", "--label", "x" * 101), 2, "100 characters"),
        (("list", "--user", "nobody"), 2, "no user 'nobody'"),
        (("revoke", "99"), 2, "no token 99"),
        (("revoke", "one"), 2, "one"),
        (("revoke", "1"), 3, "revoked already"),
    ],
)
def test_what_is_refused_of_tokens(run: Run, arguments: tuple[str, ...], exit_code: int, said: str) -> None:
    add(run, "bob", "--role", "read-only")
    run("token", "create", "--user", "bob")
    run("token", "revoke", "1")
    code, out, err = run("token", *arguments)
    assert (code, out) == (exit_code, "")
    assert said in err
    assert len(err.splitlines()) == 1
    assert document(run("--json", "token", "list", "--all"))["count"] == 1


def test_what_is_done_at_the_terminal_is_in_the_audit(run: Run, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("getpass.getuser", lambda: "root-of-bern")
    add(run, "alice")
    run("token", "create", "--user", "alice")
    run("token", "revoke", "1")
    run("user", "remove", "alice", "--yes")
    entries = store.audit()
    assert [entry.action for entry in entries] == ["user-created", "token-created", "token-revoked", "user-removed"]
    assert {(entry.actor, entry.origin) for entry in entries} == {("root-of-bern", "terminal")}


def test_on_a_terminal_the_password_is_asked_for_twice_and_never_shown(
    project: Project, accounts: AccountService
) -> None:
    asked = [("Password: ", f"{PASSWORD}\n"), ("confirmation: ", f"{PASSWORD}\n")]
    code, printed, shown = at_a_terminal(project.folder, "user", "add", "alice", answers=asked)
    assert code == 0, shown
    assert "user 1: alice: operator" in printed
    assert PASSWORD not in shown + printed
    assert accounts.login("alice", PASSWORD, "192.0.2.1").token.user == "alice"
    code, _, shown = at_a_terminal(project.folder, "user", "remove", "alice", answers=[("[y/N]", "n\n")])
    assert code == 1
    assert [user.name for user in accounts.users()] == ["alice"]
    code, _, shown = at_a_terminal(project.folder, "user", "remove", "alice", answers=[("[y/N]", "y\n")])
    assert code == 0, shown
    assert accounts.users() == []


def test_on_a_terminal_nothing_is_asked_for_a_name_that_cannot_be(project: Project) -> None:
    code, _, shown = at_a_terminal(project.folder, "user", "add", "a b")
    assert code == 2
    assert "Password" not in shown
    code, _, shown = at_a_terminal(project.folder, "user", "password", "nobody")
    assert code == 2
    assert "Password" not in shown
    code, _, shown = at_a_terminal(project.folder, "user", "add", "alice", "--password-stdin")
    assert code == 2
    assert "standard input is empty" in shown


def test_roles_of_config_yaml_for_users_and_tokens(run: Run, project: Project) -> None:
    project.write("config.yaml", CONFIG + "  roles:\n    ber: {may: [trigger], sites: [bern]}\n")
    made = add(run, "alice", "--role", "ber", "--role", "read-only")
    assert (made["role"], made["roles"]) == ("operator", ["ber", "read-only"])
    made = document(run("--json", "token", "create", "--user", "alice", "--role", "ber"))
    assert (made["role"], made["roles"]) == ("operator", ["ber"])
    assert document(run("--json", "user", "role", "alice", "--role", "read-only"))["roles"] == []
    assert [row.split("\t")[2] for row in run("user", "list")[1].splitlines()] == ["role", "read-only"]
    code, out, _ = run("user", "role", "alice", "--role", "ber")
    assert (code, out) == (0, "user 1: alice: ber\n")
    actions = [one["action"] for one in document(run("--json", "audit", "list"))["entries"]]
    assert actions == ["user-created", "token-created", "role-set", "role-set"]


def test_a_role_that_nobody_knows_is_refused_with_those_that_are_known(run: Run) -> None:
    code, _, err = run("user", "add", "alice", "--role", "bre", "--password-stdin", stdin=PASSWORD)
    assert code == 2
    assert "there is no role 'bre'; known are operator, read-only" in err
    assert run("user", "list")[1] == ""
