from __future__ import annotations

import hashlib
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlite_utils import Migrations
from support.stores import NOON, StandingClock, opened, said, some_jobs

from swimctl.errors import ConflictError, NotFound, StoreError, UsageError
from swimctl.models import Caller, ExecutionMode, ImageKind, Outcome, Policy, Role, Token, User
from swimctl.states import STEP_NAMES, JobStatus
from swimctl.store import IdempotencyKey, Store, first_tables

ROOT = Caller("root", "terminal")
DAY = timedelta(days=1)
NEW_TOKEN = "INSERT INTO tokens (user_id, sha256, label, from_login, role, created_at) VALUES"


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def user(store: Store, name: str = "alice", role: Role = Role.OPERATOR) -> User:
    return store.add_user(name, role, f"hash of {name}", ROOT)


def token(store: Store, text: str, name: str = "alice", *, role: Role | None = None, days: float | None = 90) -> Token:
    expires_at = None if days is None else store._clock.now() + timedelta(days=days)
    return store.add_token(name, sha(text), role=role, label="for tests", expires_at=expires_at, by=ROOT)


def login(store: Store, who: User, text: str, verified: str, new_hash: str | None = None) -> Token | None:
    at = store._clock.now() + timedelta(hours=12)
    return store.add_login(who, verified, sha(text), expires_at=at, new_hash=new_hash, by=Caller(who.name, "192.0.2.1"))


def actions(store: Store) -> list[tuple[str, str]]:
    return [(entry.action, entry.subject) for entry in store.audit()]


OF_THE_FIRST_SCHEMA = """
    INSERT INTO images (filename, path, platform, family, version, size, sha512, md5, added_at) VALUES
        ('cat9k_iosxe.17.12.04.SPA.bin', '/srv/a', 'cisco_xe', 'cat9k_iosxe', '17.12.4', 9, 'a', 'b',
            '2030-01-01T00:00:00.000000Z'),
        ('c2960x-universalk9-mz.152-7.E7.bin', '/srv/b', 'cisco_xe', 'c2960x-universalk9', '15.2(7)E7', 9, 'c', 'd',
            '2030-01-01T00:00:00.000000Z');
    INSERT INTO goldens (image_id, platform, family, group_name) VALUES
        (1, 'cisco_xe', 'cat9k_iosxe', NULL), (1, 'cisco_xe', 'cat9k_iosxe', 'access'),
        (2, 'cisco_xe', 'c2960x-universalk9', NULL);
    INSERT INTO batches (id, mode, max_failures, options, created_at, detached, requested_by)
        VALUES ('batch-0001', 'parallel', 0, '{}', '2030-01-01T00:00:00.000000Z', 1, 'ana');
    INSERT INTO jobs (batch_id, device_id, image_id, status, progress, attempted, finished_at) VALUES
        ('batch-0001', 1, 1, 'success', 100, 1, '2030-01-01T01:00:00.000000Z'),
        ('batch-0001', 2, 1, 'failed', 50, 1, '2030-01-01T01:00:00.000000Z'),
        ('batch-0001', 3, 1, 'cancelled', 0, 0, '2030-01-01T01:00:00.000000Z'),
        ('batch-0001', 4, 1, 'pending', 0, 0, NULL);
    INSERT INTO steps (job_id, position, name, status) VALUES (1, 2, 'Activation', 'success'),
        (4, 0, 'Readiness Check', 'pending'), (4, 1, 'Distribution', 'pending'), (4, 2, 'Activation', 'pending'),
        (4, 3, 'Post-Checks', 'pending'), (4, 4, 'A step of later', 'pending');
    INSERT INTO memories (job_id, key, value) VALUES (2, 'activate sent', '{}');
    INSERT INTO events (job_id, at, kind, message, data)
        VALUES (1, '2030-01-01T00:30:00.000000Z', 'x', 'as it was', '{}');
"""


@pytest.mark.usefixtures("laid_by_swimctl")
def test_a_store_of_the_first_schema_keeps_its_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "s.db"
    first = Migrations("swimctl")
    first()(first_tables.m001_devices_images_jobs)
    monkeypatch.setattr("swimctl.store.database.migrations", first)
    with opened(path) as store:
        assert store.device_ids(["sw1", "sw2", "sw3", "sw4"]) == {"sw1": 1, "sw2": 2, "sw3": 3, "sw4": 4}
    with closing(sqlite3.connect(path)) as connection, connection:
        tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        connection.executescript(OF_THE_FIRST_SCHEMA)
    assert "users" not in tables
    monkeypatch.undo()
    with opened(path) as store:
        assert store.check() == []
        batch = store.batch("batch-0001")
        assert (batch.mode, batch.policy, batch.needs_approval) == (ExecutionMode.PARALLEL, Policy(), False)
        jobs = store.jobs()
        assert [step.kind for step in jobs[0].steps] == ["activation"]
        # A job that waited keeps its steps by their kinds; what nobody knows is left for who runs it to refuse.
        assert [step.kind for step in jobs[3].steps] == [*STEP_NAMES, "A step of later"]
        assert [step.name for step in jobs[3].steps] == [*STEP_NAMES.values(), "A step of later"]
        assert [(job.device_name, job.status, job.outcome) for job in jobs] == [
            ("sw1", JobStatus.SUCCESS, Outcome.UPGRADED),
            ("sw2", JobStatus.FAILED, Outcome.UNKNOWN),
            ("sw3", JobStatus.CANCELLED, Outcome.UNTOUCHED),
            ("sw4", JobStatus.PENDING, None),
        ]
        assert {(job.wave, job.after, job.redundancy_group) for job in jobs} == {(1, (), None)}
        assert [event.message for event in store.batch_events("batch-0001")] == ["as it was"]
        assert [image.platform for image in store.images()] == ["cisco_xe", "cisco_ios"]
        assert {image.kind for image in store.images()} == {ImageKind.IMAGE}
        assert {(rule.image_id, rule.platform, rule.whom) for rule in store.goldens()} == {
            (1, "cisco_xe", "all"),
            (1, "cisco_xe", "group access"),
            (2, "cisco_ios", "all"),
        }
        assert user(store).id == 1
    with opened(path) as store:
        assert [one.name for one in store.users()] == ["alice"]


def test_users_from_added_to_removed(store: Store, clock: StandingClock) -> None:
    bob, alice = user(store, "bob", Role.READ_ONLY), user(store)
    assert (bob.role, bob.created_at) == (Role.READ_ONLY, NOON)
    assert store.users() == [alice, bob]
    assert store.user("bob") == bob
    assert store.user_and_hash("bob") == (bob, "hash of bob")
    with pytest.raises(ConflictError, match="'bob' already"):
        user(store, "bob")
    assert store.remove_user("bob", ROOT) == []
    assert store.users() == [alice]
    assert store.user_and_hash("bob") is None
    for asked in (lambda: store.user("bob"), lambda: store.remove_user("bob", ROOT), lambda: token(store, "x", "bob")):
        with pytest.raises(NotFound, match="user list"):
            asked()
    clock.forward(60)
    again = user(store, "bob")
    assert (again.id, again.role) == (3, Role.OPERATOR)
    assert store.user_and_hash("\ud800") is None  # half a character, as JSON may bring it


def test_a_removed_user_leaves_no_password_behind(store: Store, tmp_path: Path) -> None:
    user(store)
    store.remove_user("alice", ROOT)
    with opened(tmp_path / "s.db") as other:
        rows = other._db.connection.execute("SELECT password_hash, removed_at FROM users").fetchall()
    assert [row["password_hash"] for row in rows] == [None]
    assert rows[0]["removed_at"] is not None


def test_a_token_is_found_by_its_hash_alone(store: Store) -> None:
    user(store)
    made = token(store, "one")
    assert store.token_with(sha("one")) == made
    assert (made.user, made.role, made.label, made.from_login) == ("alice", Role.OPERATOR, "for tests", False)
    assert (made.created_at, made.expires_at, made.last_used_at) == (NOON, NOON + 90 * DAY, None)
    assert token(store, "ever", days=None).expires_at is None
    assert store.token_with(sha("other")) is None
    assert store.token_with("one") is None
    with pytest.raises(StoreError, match="UNIQUE"):
        token(store, "one")


def test_a_token_never_goes_beyond_its_user(store: Store) -> None:
    user(store, "bob", Role.READ_ONLY)
    user(store)
    assert token(store, "a", "bob").role is Role.READ_ONLY
    assert token(store, "b", "alice", role=Role.READ_ONLY).role is Role.READ_ONLY
    with pytest.raises(UsageError, match="'bob' is read-only"):
        token(store, "c", "bob", role=Role.OPERATOR)
    assert store.token_with(sha("c")) is None


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE tokens SET role = 'operator' WHERE user_id = 1",
        "UPDATE tokens SET expires_at = NULL",
        "UPDATE tokens SET revoked_at = NULL WHERE id = 2",
        "UPDATE tokens SET sha256 = printf('%064d', 7) WHERE id = 1",
        "UPDATE users SET removed_at = NULL WHERE id = 2",
        "UPDATE users SET password_hash = NULL WHERE id = 1",
        "UPDATE users SET role = 'admin'",
        f"{NEW_TOKEN} (1, printf('%064d', 1), '', 0, 'operator', 'now')",
        f"{NEW_TOKEN} (2, printf('%064d', 1), '', 0, 'read-only', 'now')",
        "UPDATE audit SET actor = 'nobody'",
        "DELETE FROM audit WHERE id = 1",
    ],
)
def test_the_database_itself_refuses_what_must_not_be(store: Store, statement: str) -> None:
    user(store, "bob", Role.READ_ONLY)
    user(store, "gone")
    token(store, "a", "bob")
    token(store, "b", "gone")
    store.remove_user("gone", ROOT)
    before = "\n".join(store._db.connection.iterdump())
    with pytest.raises(StoreError, match="refused"):
        said(store, statement)
    assert "\n".join(store._db.connection.iterdump()) == before


def test_tokens_are_listed_by_user_and_revoked_once(store: Store, clock: StandingClock) -> None:
    user(store)
    user(store, "bob")
    first, second, third = token(store, "1"), token(store, "2", "bob"), token(store, "3")
    assert store.tokens() == [first, second, third]
    assert store.tokens("alice") == [first, third]
    assert store.tokens("nobody") == []
    clock.forward(5)
    revoked = store.revoke_token(first.id, ROOT)
    assert revoked.revoked_at == NOON + timedelta(seconds=5)
    assert store.token_with(sha("1")) == revoked
    assert store.token_with(sha("3")) == third
    with pytest.raises(ConflictError, match="revoked already"):
        store.revoke_token(first.id, ROOT)
    for unknown in (99, 0, -1, 2**70):
        with pytest.raises(NotFound, match="token list"):
            store.revoke_token(unknown, ROOT)


def test_a_removed_user_takes_their_tokens_along(store: Store) -> None:
    alice = user(store)
    user(store, "bob")
    made, kept = token(store, "1"), token(store, "2", "bob")
    entered = login(store, alice, "3", "hash of alice")
    assert entered is not None
    store.revoke_token(made.id, ROOT)
    assert store.remove_user("alice", ROOT) == [entered.id]
    ended = [store.token_with(sha(text)) for text in ("1", "3")]
    assert all(one is not None and one.revoked_at is not None for one in ended)
    assert store.token_with(sha("2")) == kept
    user(store)  # another one of that name has none of them
    assert store.tokens("alice") == []


def test_another_password_ends_the_tokens_of_logins_alone(store: Store) -> None:
    alice = user(store)
    made = token(store, "1")
    entered = login(store, alice, "2", "hash of alice")
    assert entered is not None
    assert entered.from_login
    assert store.set_password_hash("alice", "new hash", ROOT) == [entered.id]
    assert store.token_with(sha("1")) == made
    assert store.user_and_hash("alice") == (alice, "new hash")
    with pytest.raises(NotFound):
        store.set_password_hash("nobody", "new hash", ROOT)


def test_a_login_whose_password_changed_meanwhile_gets_no_token(store: Store) -> None:
    alice = user(store)
    store.set_password_hash("alice", "second hash", ROOT)
    assert login(store, alice, "1", "hash of alice", "renewed") is None
    assert store.user_and_hash("alice") == (alice, "second hash")
    assert login(store, alice, "2", "second hash", "renewed") is not None
    assert store.user_and_hash("alice") == (alice, "renewed")
    store.remove_user("alice", ROOT)
    assert login(store, alice, "3", "renewed") is None
    user(store)
    assert login(store, alice, "4", "hash of alice") is None  # another of the same name and hash
    assert [one.id for one in store.tokens() if one.revoked_at is None] == []
    assert ("login", "token 1") in actions(store)
    assert [action for action, _ in actions(store)].count("login") == 1


def test_the_use_of_a_token_is_noted_at_most_so_often(store: Store, clock: StandingClock) -> None:
    user(store)
    made = token(store, "1")
    store.use_token(made.id, clock.now() - timedelta(minutes=1))
    clock.forward(59)
    store.use_token(made.id, clock.now() - timedelta(minutes=1))
    assert store.tokens()[0].last_used_at == NOON
    clock.forward(1)
    store.use_token(made.id, clock.now() - timedelta(minutes=1))
    assert store.tokens()[0].last_used_at == NOON + timedelta(minutes=1)


def test_tokens_that_ended_long_ago_are_forgotten_and_the_audit_is_not(store: Store, clock: StandingClock) -> None:
    user(store)
    token(store, "short", days=1)
    token(store, "ever", days=None)
    token(store, "revoked", days=None)
    store.revoke_token(3, ROOT)
    clock.forward(29 * 86_400)
    token(store, "later")
    assert [one.id for one in store.tokens()] == [1, 2, 3, 4]
    clock.forward(3 * 86_400)
    token(store, "last")
    assert [one.id for one in store.tokens()] == [2, 4, 5]
    assert ("token-created", "token 1") in actions(store)


def test_what_changes_an_account_is_in_the_audit(store: Store) -> None:
    alice = user(store)
    token(store, "1")
    login(store, alice, "2", "hash of alice")
    store.revoke_token(1, Caller("bob", "192.0.2.7"))
    store.set_password_hash("alice", "new", ROOT)
    store.remove_user("alice", ROOT)
    entries = store.audit()
    assert [(entry.actor, entry.origin, entry.action, entry.subject) for entry in entries] == [
        ("root", "terminal", "user-created", "alice"),
        ("root", "terminal", "token-created", "token 1"),
        ("alice", "192.0.2.1", "login", "token 2"),
        ("bob", "192.0.2.7", "token-revoked", "token 1"),
        ("root", "terminal", "password-set", "alice"),
        ("root", "terminal", "user-removed", "alice"),
    ]
    assert entries[1].data["role"] == "operator"
    assert entries[4].data == {"tokens_revoked": [2]}
    assert {entry.at for entry in entries} == {NOON}
    assert [entry.id for entry in store.audit(after=2, limit=2)] == [3, 4]


def test_what_failed_is_not_in_the_audit(store: Store) -> None:
    user(store)
    before = store.audit()
    with pytest.raises(ConflictError):
        user(store)
    with pytest.raises(NotFound):
        store.remove_user("nobody", ROOT)
    with pytest.raises(NotFound):
        store.revoke_token(5, ROOT)
    assert store.audit() == before


def test_an_entry_of_the_audit_is_cut_to_size(store: Store) -> None:
    entry = store.enter_audit(Caller("n" * 5000, "\ud800" * 5000), "tried", "s" * 5000, {"at": NOON})
    assert entry.actor == "n" * 64
    assert len(entry.subject) == 200
    assert len(entry.origin) <= 64 * len("\\ud800")
    assert entry.data == {"at": str(NOON)}
    assert store.audit() == [entry]


def test_of_many_that_add_the_same_user_one_succeeds(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    with opened(path) as one, opened(path) as other:
        for number in range(25):
            start = threading.Barrier(4)

            def add(store: Store, name: str = f"user{number}", start: threading.Barrier = start) -> int:
                start.wait(20)
                try:
                    user(store, name)
                except ConflictError:
                    return 0
                return 1

            with ThreadPoolExecutor(4) as pool:
                assert sum(pool.map(add, [one, other, one, other])) == 1
        assert len(one.users()) == 25
        assert len(one.audit()) == 25


def test_a_token_made_while_its_user_is_removed_does_not_live(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    with opened(path) as one, opened(path) as other:
        for number in range(25):
            name = f"user{number}"
            user(one, name)
            start = threading.Barrier(2)

            def make(name: str = name, start: threading.Barrier = start) -> None:
                start.wait(20)
                try:
                    token(one, name, name)
                except NotFound:
                    return

            def remove(name: str = name, start: threading.Barrier = start) -> None:
                start.wait(20)
                other.remove_user(name, ROOT)

            with ThreadPoolExecutor(2) as pool:
                for done in (pool.submit(make), pool.submit(remove)):
                    done.result()
        assert [one_token for one_token in one.tokens() if one_token.revoked_at is None] == []


def test_answers_kept_for_a_user_go_with_them(store: Store) -> None:
    user(store)
    some_jobs(store, ["sw1"])
    jobs = some_jobs(store, ["sw1"], "batch-0002", idempotency=IdempotencyKey("alice", "k", "a" * 64))
    assert jobs[0].batch_id == "batch-0002"
    assert store.answer_for("alice", "k") is not None
    store.remove_user("alice", ROOT)
    assert store.answer_for("alice", "k") is None
