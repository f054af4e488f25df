"""The how-to pages of the morning after, typed to the letter: report, recovering by hand, the store, captures."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest
from support.howto import Machine, Page
from support.upgrades import lab_folder

pytestmark = [pytest.mark.prove, pytest.mark.xdist_group("after a night")]


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """Upgrade two switches; sw2 cannot install."""
    folder = tmp_path_factory.mktemp("night")
    with lab_folder(folder, devices=2, faults={"sw2": ["install-fails"]}):
        made = Machine(folder)
        made.type("swimctl upgrade --all --yes", code=1)
        yield made


def words(said: str) -> list[tuple[str, str]]:
    """Return what `report verify` says was proved and what not."""
    return re.findall(r"^(proved|not proved): +(\w+):", said, re.MULTILINE)


def test_the_report(machine: Machine) -> None:
    page = Page("report.md")
    machine.type(page.block("swimctl report --out night.html\n"))
    assert "<html" in (machine.folder / "night.html").read_text(encoding="utf-8")
    said = machine.type(page.block("swimctl report verify night.html\n"))
    assert words(said) == words(page.block("proved:     file")) != []
    (machine.folder / ".ssh").mkdir(mode=0o700)
    machine.type("ssh-keygen -q -t ed25519 -N '' -f ~/.ssh/id_ed25519")
    machine.type(page.block("swimctl report --out night.html --sign"))
    public = (machine.folder / ".ssh" / "id_ed25519.pub").read_text(encoding="utf-8")
    (machine.folder / "allowed_signers").write_text(f"anna@example.org {public}", encoding="utf-8")
    assert ("proved", "signature") in words(machine.type(page.block("swimctl report verify night.html --signers")))
    assert "anna@example.org" in machine.type(page.block("ssh-keygen -Y verify"))
    program = page.block("import json, sys")
    machine.type("swimctl report --out night.json")
    (machine.folder / "night.py").write_text(program, encoding="utf-8")
    said = machine.type("python night.py night.json")
    assert "sw1 member 1 ran 17.06.05 and runs 17.12.04" in said
    assert re.search(r"^sw1 was away for [\d.]+ s$", said, re.MULTILINE)
    page.over()


def test_recovering_by_hand(machine: Machine) -> None:
    page = Page("recovering-by-hand.md")
    (job,) = [job for job in machine.jobs().values() if job["status"] == "failed"]
    said = machine.calling(ID=str(job["id"])).type(page.block("swimctl status"))
    assert "'install add' failed" in said
    assert "> install add file" in said or "install add file" in said.partition("'install add' failed")[2]
    page.over()


def test_the_store_is_backed_up_and_checked(machine: Machine) -> None:
    page, here = Page("store.md"), Machine(machine.folder, {"/var/backups": str(machine.folder)})
    here.type(page.block("swimctl store backup"))
    (backup,) = machine.folder.glob("swimctl-20*.db")
    with closing(sqlite3.connect(backup)) as copied:
        assert copied.execute("SELECT count(*) FROM jobs").fetchone() == (2,)
    assert "no fault found" in machine.type(page.block("swimctl store check"))
    audit = page.block("swimctl audit list")
    assert (printed := re.search(r"verify --last (\S+)", audit))
    last = re.search(r"last ([0-9a-f]{64})", machine.type("swimctl audit verify"))
    assert last
    assert machine.calling(**{printed[1]: last[1]}).type(audit).count(last[1]) >= 2
    page.over()


def test_what_a_device_prints_is_captured_and_read(machine: Machine) -> None:
    page, here = Page("captures.md"), Machine(machine.folder, {"hall-7 ": "sw1 "})
    here.type(page.block("swimctl device capture"))
    index = json.loads((machine.folder / "hall-7-bundle" / "index.json").read_text(encoding="utf-8"))
    assert index["complete"]
    assert "17.12.04" in machine.type(page.block("swimctl parse"))
    page.over()


def test_a_campaign_is_made_shown_and_its_nights_begin_in_its_window(machine: Machine) -> None:
    page, here = Page("campaigns.md"), Machine(machine.folder, {"--device sw17": "--device sw2"})
    here.type(page.block("swimctl campaign create access"))
    show = page.block("swimctl campaign show access")
    command, _, printed = show.partition("\n")
    said = here.type(command, terminal=True)
    assert said.splitlines()[0].startswith("Campaign access: ")
    for words in ("Tue,Thu 22:00-04:00; 40 a night; waves 2,100%; halts at 10%", "Next window: "):
        assert words in " ".join(printed.split()), "the page"
        assert words in " ".join(said.split()), "the command"
    assert "does not hold back sw2" in here.type(page.block("swimctl campaign continue access"), code=3)
    page.over()


def test_what_runs_where_is_asked_and_compared(machine: Machine) -> None:
    page = Page("compliance.md")
    said = machine.type(page.block("swimctl scan --all\n"), code=1)  # sw2 runs another release
    assert re.search(r"sw2.*17\.0[69]\.05", said)
    (nightly,) = [block for block in page.blocks if block.startswith("30 1 * * *")]
    at_srv = {"/srv/swimctl/.venv/bin/": "", "/srv/swimctl": str(machine.folder)}
    assert not Machine(machine.folder, at_srv).type(nightly.split(maxsplit=5)[5])
    page.over({"swimctl scan sw1 --replaced": "needs another switch: tests/upgrade/test_scan.py"})
