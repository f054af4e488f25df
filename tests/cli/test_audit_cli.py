"""swimctl audit: the entries, and the walk along their chain."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest
from support.projects import Project

from swimctl.cli import main
from swimctl.models import Caller

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(project: Project, capfd: pytest.CaptureFixture[str]) -> Run:
    """Run one command line in the project; give exit code, output and errors."""

    def call(*arguments: str) -> tuple[int, str, str]:
        code = main(["--config", str(project.path), *arguments])
        return code, *capfd.readouterr()

    return call


def document(answer: tuple[int, str, str]) -> tuple[int, Any]:
    assert answer[2] == ""
    return answer[0], json.loads(answer[1])


def entries(project: Project, count: int) -> None:
    with project.store() as store:
        for number in range(1, count + 1):
            store.enter_audit(Caller("ana", "192.0.2.1"), "tried", f"thing {number}", {"number": number})


def from_outside(project: Project, script: str) -> None:
    with closing(sqlite3.connect(project.folder / "swimctl.db")) as connection, connection:
        connection.executescript(f"DROP TRIGGER audit_never_changes; DROP TRIGGER audit_never_goes; {script}")


def test_entries_are_listed_oldest_first_and_page_by_page(project: Project, run: Run) -> None:
    entries(project, 5)
    code, out, err = run("audit", "list", "--limit", "2")
    lines = [line.split("\t") for line in out.splitlines()]
    assert (code, lines[0]) == (0, ["id", "at", "who", "from", "action", "subject", "data"])
    assert [line[0] for line in lines[1:]] == ["1", "2"]
    assert lines[1][2:] == ["ana", "192.0.2.1", "tried", "thing 1", '{"number": 1}']
    assert err == "swimctl: there are more: --after 2\n"
    code, out, err = run("audit", "list", "--after", "2", "--limit", "3")
    assert ([line.split("\t")[0] for line in out.splitlines()], err) == (["id", "3", "4", "5"], "")
    code, said = document(run("audit", "list", "--after", "4", "--json"))
    assert (code, said["count"]) == (0, 1)
    [entry] = said["entries"]
    assert entry.pop("at").endswith("Z")
    assert entry == {
        "id": 5,
        "actor": "ana",
        "origin": "192.0.2.1",
        "action": "tried",
        "subject": "thing 5",
        "data": {"number": 5},
    }
    assert run("audit", "list", "--after", str(2**70)) == (0, "", "swimctl: no such entries\n")
    assert run("audit", "list", "--limit", str(2**70))[0] == 0
    assert run("audit", "list", "--limit", "0")[0] == 2


def test_a_whole_chain_and_a_hash_that_was_noted(project: Project, run: Run) -> None:
    entries(project, 2)
    code, out, err = run("audit", "verify")
    assert (code, err) == (0, "")
    count, _, last = out.rstrip("\n").rpartition(" ")
    assert count == "2 entries, chain whole, last"
    entries(project, 1)
    assert run("audit", "verify", "--last", f" {last.upper()}\n")[0] == 0
    code, said = document(run("audit", "verify", "--last", last, "--json"))
    assert code == 0
    assert (said["ok"], said["entries"], said["misfit"], said["noted"], said["problem"]) == (True, 3, None, 2, None)
    for odd in (last[:-1], "", "x" * 64):
        code, out, err = run("audit", "verify", "--last", odd)
        assert (code, out) == (2, "")
        assert "64 hexadecimal digits" in err


def test_the_first_entry_that_does_not_fit(project: Project, run: Run) -> None:
    entries(project, 4)
    from_outside(project, "UPDATE audit SET actor = 'eve' WHERE id = 3")
    code, out, err = run("audit", "verify")
    assert (code, err, len(out.splitlines())) == (1, "", 1)
    assert out.startswith("entry 3 does not fit: ")
    assert "from entry 2 on" in out
    code, said = document(run("audit", "verify", "--json"))
    assert (code, said["ok"], said["entries"], said["misfit"]) == (1, False, 4, 3)
    assert said["problem"] == out.rstrip("\n")


def test_a_cut_end_shows_by_the_noted_hash(project: Project, run: Run) -> None:
    entries(project, 4)
    noted = document(run("audit", "verify", "--json"))[1]["last"]
    from_outside(project, "DELETE FROM audit WHERE id > 2; UPDATE sqlite_sequence SET seq = 2 WHERE name = 'audit'")
    assert run("audit", "verify")[0] == 0
    code, out, _ = run("audit", "verify", "--last", noted)
    assert code == 1
    assert noted in out
    assert "cut off" in out
    code, said = document(run("audit", "verify", "--last", noted, "--json"))
    assert (code, said["ok"], said["misfit"], said["noted"]) == (1, False, None, None)


def test_an_entry_that_cannot_be_read(project: Project, run: Run) -> None:
    entries(project, 2)
    from_outside(project, "UPDATE audit SET at = 'never' WHERE id = 2")
    code, out, err = run("audit", "list")
    assert (code, out) == (2, "")
    assert "`swimctl audit verify`" in err
    assert run("audit", "verify")[1].startswith("entry 2 does not fit: ")


@pytest.mark.parametrize(
    "command", [("audit", "list"), ("audit", "verify"), ("store", "check"), ("store", "backup", "b")]
)
def test_who_only_looks_makes_no_store(project: Project, run: Run, command: tuple[str, ...]) -> None:
    code, out, err = run(*command)
    assert (code, out) == (2, "")
    assert "there is no store" in err
    assert list(project.folder.glob("*.db*")) == []
