"""The audit as a chain: what somebody changes from outside is found, and what happens of itself is not taken for it."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database, Migrations
from support.stores import StandingClock, at_once, opened, said

from swimctl.errors import ConflictError, StoreError
from swimctl.models import Caller, Role
from swimctl.store import Store, first_tables, schema
from swimctl.store.audit import AuditChain
from swimctl.store.chain import START, link

ROOT = Caller("root", "terminal")
UNGUARDED = "DROP TRIGGER audit_never_changes; DROP TRIGGER audit_never_goes; DROP TRIGGER audit_is_a_chain;"
FORGED = "INSERT INTO audit VALUES ({id}, 't', 'eve', 'o', 'a', 's', '{{}}', printf('%064d', 1));"

SWAPPED = """
    UPDATE audit SET id = 99 WHERE id = 3;
    UPDATE audit SET id = 3 WHERE id = 4;
    UPDATE audit SET id = 4 WHERE id = 99;
    UPDATE sqlite_sequence SET seq = 5 WHERE name = 'audit';
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "s.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with Store.open(path, StandingClock()) as opened_store:
        yield opened_store


def entries(store: Store, count: int) -> list[str]:
    """Make entries; give the last hash after each."""
    hashes = []
    for number in range(count):
        store.enter_audit(ROOT, "tried", f"thing {number}", {"number": number, "who": "Zoë"})
        hashes.append(store.verify_audit().last)
    return hashes


def from_outside(path: Path, script: str) -> None:
    """Do what one does who has the file and takes the guards away."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executescript(UNGUARDED + script)


def test_an_empty_chain_is_whole(store: Store) -> None:
    assert store.verify_audit() == AuditChain(0, START)
    assert store.verify_audit(START).noted == 0
    assert store.verify_audit("f" * 64).noted is None


def test_each_hash_covers_the_one_before_and_every_field(store: Store) -> None:
    entries(store, 3)
    before = START
    for row in store._db.connection.execute("SELECT * FROM audit ORDER BY id").fetchall():
        fields = {key: row[key] for key in ("action", "actor", "at", "data", "id", "origin", "subject")}
        said = json.dumps(fields, separators=(",", ":"))  # the names stand in order here
        before = hashlib.sha256(f"{before}{said}".encode()).hexdigest()
        assert row["hash"] == before
    assert store.verify_audit() == AuditChain(3, before)


def test_a_released_hash_never_changes() -> None:
    fields = {"id": 1, "at": "2031-05-04T12:00:00.000000Z", "actor": "Zoë", "origin": "terminal"}
    fields |= {"action": "login", "subject": "token 1", "data": "{}"}
    assert link(START, fields) == "47fd09aa13a0a34c891d1e2ed1d4b50054bbd6d8b218dbfa7561b24a30883526"


@pytest.mark.parametrize(
    ("script", "misfit", "said"),
    [
        ("UPDATE audit SET actor = 'eve' WHERE id = 3", 3, "changed"),
        ("UPDATE audit SET at = '2031-05-04T12:00:00.000001Z' WHERE id = 1", 1, "changed"),
        ("UPDATE audit SET data = '{}' WHERE id = 5", 5, "changed"),
        ("UPDATE audit SET hash = upper(hash) WHERE id = 4", 4, "changed"),
        ("UPDATE audit SET hash = NULL WHERE id = 4", 4, "changed"),
        ("UPDATE audit SET actor = CAST(actor AS BLOB) WHERE id = 2", 2, "changed"),
        ("UPDATE audit SET subject = CAST(x'ff00fe' AS TEXT) WHERE id = 2", 2, "changed"),
        ("UPDATE audit SET hash = CAST(x'ff' AS TEXT) WHERE id = 2", 2, "changed"),
        ("UPDATE audit SET id = 9 WHERE id = 5", 9, "entries 5 to 8 are missing before it"),
        ("DELETE FROM audit WHERE id = 1", 2, "entry 1 is missing before it"),
        ("DELETE FROM audit WHERE id IN (3, 4)", 5, "entries 3 to 4 are missing before it"),
        ("DELETE FROM audit WHERE id = 5", 5, "entry 5 is missing at the end"),
        ("DELETE FROM audit WHERE id > 3", 4, "entries 4 to 5 are missing at the end"),
        ("DELETE FROM audit", 1, "entries 1 to 5 are missing at the end"),
        (FORGED.format(id=6), 6, "changed"),
        (FORGED.format(id=0), 0, "no such id"),
        (FORGED.format(id=-7), -7, "no such id"),
        (SWAPPED, 3, "changed"),
    ],
)
def test_what_was_done_from_outside_is_found(store: Store, path: Path, script: str, misfit: int, said: str) -> None:
    hashes = entries(store, 5)
    from_outside(path, script)
    found = store.verify_audit()
    assert found.misfit == misfit
    assert said in found.why
    assert found.last in (START, *hashes)


def test_an_entry_whose_own_hash_was_mended_betrays_itself_by_the_next(store: Store, path: Path) -> None:
    entries(store, 3)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.row_factory = sqlite3.Row
        connection.executescript(UNGUARDED)
        first, second, _ = connection.execute("SELECT * FROM audit ORDER BY id").fetchall()
        fields = {key: second[key] for key in second.keys() if key != "hash"} | {"actor": "eve"}  # noqa: SIM118
        connection.execute("UPDATE audit SET actor = 'eve', hash = ? WHERE id = 2", [link(first["hash"], fields)])
    assert store.verify_audit().misfit == 3


def test_a_cut_end_that_the_sequence_hides_shows_by_a_noted_hash_alone(store: Store, path: Path) -> None:
    hashes = entries(store, 4)
    from_outside(path, "DELETE FROM audit WHERE id > 2; UPDATE sqlite_sequence SET seq = 2 WHERE name = 'audit'")
    assert store.verify_audit(hashes[3]) == AuditChain(2, hashes[1])
    assert store.verify_audit(hashes[1]).noted == 2
    assert store.verify_audit(hashes[0]).noted == 1


def test_a_chain_laid_anew_shows_by_a_noted_hash_alone(store: Store, path: Path) -> None:
    noted = entries(store, 3)[2]
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.row_factory = sqlite3.Row
        connection.executescript(UNGUARDED)
        connection.execute("UPDATE audit SET actor = 'eve' WHERE id = 2")
        before = START
        for row in connection.execute("SELECT * FROM audit ORDER BY id").fetchall():
            before = link(before, {key: row[key] for key in row.keys() if key != "hash"})  # noqa: SIM118
            connection.execute("UPDATE audit SET hash = ? WHERE id = ?", [before, row["id"]])
    assert store.verify_audit(noted) == AuditChain(3, before)


def test_after_a_cut_end_the_next_entry_keeps_the_gap(store: Store, path: Path) -> None:
    entries(store, 4)
    from_outside(path, "DELETE FROM audit WHERE id > 2")
    assert store.enter_audit(ROOT, "tried", "later").id == 5
    found = store.verify_audit()
    assert (found.entries, found.misfit, found.why) == (3, 5, "entries 3 to 4 are missing before it")


def test_what_failed_leaves_no_gap(store: Store) -> None:
    store.add_user("alice", Role.OPERATOR, "hash", ROOT)
    with pytest.raises(ConflictError):
        store.add_user("alice", Role.OPERATOR, "hash", ROOT)
    with pytest.raises(KeyError):
        _enter_and_fail(store)
    with pytest.raises(StoreError, match="hash"):
        store._db.write(
            lambda sql: sql.execute(
                "INSERT INTO audit (at, actor, origin, action, subject, data) VALUES ('', '', '', '', '', '')"
            )
        )

    def work(sql: Database) -> None:
        """Let a statement fail within a transaction that succeeds."""
        with pytest.raises(sqlite3.IntegrityError):
            sql.execute(FORGED.format(id=50).replace("'o'", "NULL"))
        sql.execute("INSERT INTO devices (name) VALUES ('sw1')")

    store._db.write(work)
    assert store.enter_audit(ROOT, "tried", "after all that").id == 2
    assert store.verify_audit().misfit is None


def _enter_and_fail(store: Store) -> None:
    def work(sql: Database) -> None:
        sql.execute(FORGED.format(id=7))
        raise KeyError

    store._db.write(work)


def test_processes_that_write_at_once_make_one_chain(path: Path) -> None:
    opened(path).close()
    at_once(*[(_write_entries, (path, 40))] * 3)
    with opened(path) as store:
        found = store.verify_audit()
    assert (found.entries, found.misfit) == (120, None)


def _write_entries(path: Path, count: int) -> None:
    with opened(path) as store:
        for number in range(count):
            store.enter_audit(ROOT, "tried", str(number))


OF_THE_THIRD_SCHEMA = """
    INSERT INTO audit (at, actor, origin, action, subject, data) VALUES
        ('2030-01-01T00:00:00.000000Z', 'ana', 'terminal', 'user-created', 'ana', '{"role": "operator"}'),
        ('2030-01-02T00:00:00.000000Z', 'Zoë', '2001:db8::1', 'login', 'token 1', '{}'),
        ('2030-01-03T00:00:00.000000Z', '', '192.0.2.1', 'login-failed', 'unknown name', '{"wait_seconds": 0}');
"""


def before_the_chain(path: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Make a store of the schema before this one, with entries."""
    old = Migrations("swimctl")
    first = (first_tables.m001_devices_images_jobs, first_tables.m002_accounts)
    for migration in (*first, schema.m003_outcomes_waves_order):
        old()(migration)
    with monkeypatch.context() as patched:
        patched.setattr("swimctl.store.database.migrations", old)
        opened(path).close()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executescript(script)


@pytest.mark.usefixtures("laid_by_swimctl")
def test_entries_of_an_older_store_are_linked_and_guarded_again(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before_the_chain(path, monkeypatch, OF_THE_THIRD_SCHEMA)
    with opened(path) as store:
        assert [(entry.id, entry.actor) for entry in store.audit()] == [(1, "ana"), (2, "Zoë"), (3, "")]
        assert store.audit()[2].data == {"wait_seconds": 0}
        assert store.verify_audit().entries == 3
        assert store.enter_audit(ROOT, "tried", "later").id == 4
        assert store.verify_audit().misfit is None
        for statement in ("UPDATE audit SET hash = ''", "UPDATE audit SET actor = 'eve'", "DELETE FROM audit"):
            with pytest.raises(StoreError, match="never"):
                said(store, statement)
        assert store.check() == []


@pytest.mark.usefixtures("laid_by_swimctl")
def test_what_was_missing_before_the_chain_is_said_and_no_odd_entry_keeps_a_store_shut(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd = "UPDATE audit SET actor = CAST(x'ff' AS TEXT) WHERE id = 1; DELETE FROM audit WHERE id = 2;"
    guards = "DROP TRIGGER audit_never_goes; DROP TRIGGER audit_never_changes;"
    laid = "CREATE TRIGGER audit_never_changes BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'never'); END;"
    before_the_chain(path, monkeypatch, OF_THE_THIRD_SCHEMA + guards + odd + laid)
    with opened(path) as store:
        assert store.verify_audit().misfit == 3
        store.enter_audit(ROOT, "tried", "later")


def test_an_entry_that_cannot_be_read_is_an_error_that_says_what_finds_it(store: Store, path: Path) -> None:
    entries(store, 2)
    from_outside(path, "UPDATE audit SET data = 'no JSON' WHERE id = 2")
    with pytest.raises(StoreError, match="audit verify"):
        store.audit()
    assert [entry.id for entry in store.audit(limit=1)] == [1]
    assert store.audit(after=2**70) == []
