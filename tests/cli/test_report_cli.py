"""swimctl report and report verify: what a file proves, with a store and without, signed and not."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import sqlite3
import subprocess
import threading
from pathlib import Path
from typing import Any

import pytest

from swimctl.cli import main, output
from swimctl.clock import SystemClock
from swimctl.models import Caller, Policy
from swimctl.report.documents import facts_digest
from swimctl.report.gathering import gather
from swimctl.report.hiding import told_as
from swimctl.report.page import page
from swimctl.report.plain_forms import as_json

Capture = pytest.CaptureFixture[str]
Place = Any  # conftest.py's: folders of tests are no packages

needs_ssh_keygen = pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="ssh-keygen is not installed here")


def points(capsys: Capture, *arguments: str) -> tuple[int, dict[str, str]]:
    """Verify, and give the exit code and what became of each point."""
    capsys.readouterr()
    code = main(["report", "verify", *arguments, "--json"])
    return code, {each["what"]: each["verdict"] for each in json.loads(capsys.readouterr().out)["points"]}


@pytest.fixture
def report(place: Place) -> Path:
    """Write the report of a night in which one device failed."""
    place.script.fates = {"sw2": "no room on flash"}
    place.store.enter_audit(Caller("anna", "10.0.0.7"), "login", "anna")
    jobs = place.batch("sw1", "sw2", requested_by="anna", needs_approval=True, policy=Policy(ticket="CHG-1042"))
    batch = place.store.batch(jobs[0].batch_id)
    place.store.approve(batch.id, Caller("bob", "10.0.0.8"))
    place.engine.run(batch, jobs, threading.Event())
    assert main(["report", "--out", "night.html"]) == 0
    return place.folder / "night.html"


def test_the_store_proves_a_report(report: Path, capsys: Capture) -> None:
    assert points(capsys, str(report)) == (
        0, {"file": "proved", "signature": "not proved", "audit": "proved", "facts": "proved"},
    )  # fmt: skip
    assert report.stat().st_mode & 0o777 == 0o600, "it names devices, and what they printed"
    main(["report", "verify", str(report)])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("proved:     file: not one byte was changed"), "as its page shows it"
    assert {line[:12] for line in lines} == {"proved:     ", "not proved: ", " " * 12}
    assert all(len(line) <= 100 for line in lines)


def test_a_file_that_others_could_read_is_its_owners_again(report: Path) -> None:
    report.chmod(0o644)
    assert main(["report", "--out", str(report)]) == 0
    assert report.stat().st_mode & 0o777 == 0o600


def test_without_a_store_only_the_file_is_proved(report: Path, tmp_path: Path, capsys: Capture) -> None:
    for name in ("swimctl.db", "swimctl.db-wal", "swimctl.db-shm"):
        (tmp_path / name).unlink(missing_ok=True)
    code, found = points(capsys, str(report))
    assert (code, found) == (0, {"file": "proved", "signature": "not proved", "store": "not proved"})
    assert not (tmp_path / "swimctl.db").exists()


def test_one_byte_or_a_missing_end_is_noticed(report: Path, capsys: Capture) -> None:
    whole = report.read_text(encoding="utf-8")
    report.write_text(whole.replace("no room on flash", "no room on flesh"), encoding="utf-8")
    assert points(capsys, str(report)) == (1, {"file": "wrong", "signature": "not proved", "store": "not proved"})
    report.write_text(whole[: len(whole) // 2], encoding="utf-8")
    assert points(capsys, str(report)) == (1, {"file": "wrong", "signature": "not proved"})
    assert main(["report", "verify", "nowhere.html"]) == 2


def test_a_report_goes_on_to_hold_while_the_store_goes_on(report: Path, place: Place, capsys: Capture) -> None:
    place.ran("sw3")
    place.store.record(1, "written back", "NetBox was told")
    place.store.enter_audit(Caller("anna", "terminal"), "login", "anna")
    assert points(capsys, str(report))[0] == 0


def test_a_store_that_says_something_else_is_noticed(report: Path, place: Place, capsys: Capture) -> None:
    with sqlite3.connect(place.folder / "swimctl.db") as sql:
        sql.execute("UPDATE jobs SET error = 'the cat did it' WHERE error IS NOT NULL")
    code, found = points(capsys, str(report))
    assert (code, found["facts"], found["audit"]) == (1, "wrong", "proved")


def sealed_again(raw: bytes) -> bytes:
    """Put the right hash into the seal of a file that was changed."""
    bare = re.sub(rb" file=[0-9a-f]{64}", b" file=" + b"0" * 64, raw)
    return re.sub(rb" file=0{64}", b" file=" + hashlib.sha256(bare).hexdigest().encode(), bare)


@pytest.mark.parametrize("name", ["night.html", "night.md", "night.json", "night.xml"])
def test_another_text_over_the_same_facts_is_not_proved_however_it_is_sealed(
    report: Path, name: str, capsys: Capture
) -> None:
    made = report.with_name(name)
    assert main(["report", "--out", str(made), *(["--format", "junit"] if name.endswith("xml") else [])]) == 0
    made.write_bytes(sealed_again(made.read_bytes().replace(b"no room on flash", b"all went well")))
    assert points(capsys, str(made)) == (
        1, {"file": "proved", "signature": "not proved", "audit": "proved", "facts": "not proved"},
    )  # fmt: skip


def test_a_report_that_leaves_out_what_came_before_the_end_is_wrong(
    report: Path, place: Place, capsys: Capture
) -> None:
    batch = place.store.jobs()[0].batch_id
    first = place.store.batch_events(batch)[0].id
    cut = gather(place.store, SystemClock(), batch, until_event=first)
    report.write_text(page(cut), encoding="utf-8")
    assert points(capsys, str(report))[1]["facts"] == "wrong"


def test_what_was_left_out_of_a_report_can_be_guessed_by_no_digest_in_it(
    report: Path, place: Place, capsys: Capture
) -> None:
    whole = gather(place.store, SystemClock(), place.store.jobs()[0].batch_id)
    told = told_as(whole, lambda text, _name: text.replace("no room on flash", "(a device elsewhere)"))
    for write in (page, as_json):
        assert facts_digest(whole) in write(whole)
        assert facts_digest(whole) not in write(told)
    assert told_as(whole, lambda text, _name: text) == whole
    report.write_text(page(told), encoding="utf-8")
    assert points(capsys, str(report)) == (
        1, {"file": "proved", "signature": "not proved", "audit": "proved", "facts": "not proved"},
    )  # fmt: skip


def test_of_a_batch_that_goes_on_nothing_is_proved(place: Place, capsys: Capture) -> None:
    place.batch("sw1")
    assert main(["report", "--out", "night.html"]) == 0
    code, found = points(capsys, "night.html")
    assert (code, found["file"], found["facts"]) == (1, "proved", "not proved")


def test_an_audit_that_was_written_anew_is_noticed(report: Path, place: Place, capsys: Capture) -> None:
    with sqlite3.connect(place.folder / "swimctl.db") as sql:
        for (name,) in sql.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit'"):
            sql.execute(f"DROP TRIGGER {name}")
        sql.execute("DELETE FROM audit")
    code, found = points(capsys, str(report))
    assert (code, found["audit"]) == (1, "wrong")


@pytest.mark.parametrize("name", ["night.md", "night.json", "night.xml"])
def test_every_form_that_has_a_seal_is_proved(report: Path, name: str, capsys: Capture) -> None:
    made = report.with_name(name)
    form = ["--format", "junit"] if name.endswith("xml") else []
    assert main(["report", "--out", str(made), *form]) == 0
    assert points(capsys, str(made))[1]["facts"] == "proved"
    made.write_bytes(made.read_bytes().replace(b"anna", b"ANNA", 1))
    assert points(capsys, str(made))[0] == 1


def test_csv_says_that_it_has_no_seal(report: Path, capsys: Capture) -> None:
    assert main(["report", "--out", "night.csv"]) == 0
    assert points(capsys, "night.csv") == (1, {"file": "wrong", "signature": "not proved"})
    assert report.is_file()


def test_the_file_alone_answers_who_what_and_how_long(report: Path, capsys: Capture) -> None:
    assert main(["report", "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["batch"]["approved_by"] == "bob"
    assert [(each["who"], each["what"]) for each in told["decisions"]] == [("bob", "approved it")]
    assert told["batch"]["ticket"] == "CHG-1042"
    assert report.is_file()


@pytest.mark.usefixtures("report")
def test_a_terminal_gets_a_screen_and_a_pipe_gets_markdown(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    capsys.readouterr()
    assert main(["report"]) == 0
    assert capsys.readouterr().out.startswith("# Upgrade of 2 devices")
    monkeypatch.setattr(output, "is_terminal", lambda _stream: True)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("LINES", "24")
    assert main(["report"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "1 failed; 1 of 2 devices upgraded" in lines[0]
    assert [line.split()[0] for line in lines if line.startswith("sw")] == ["sw2", "sw1"]


@pytest.mark.usefixtures("report")
def test_what_cannot_be_is_refused(capsys: Capture) -> None:
    for arguments, said in (
        (["--sign", "key"], "add --out FILE"),
        (["--out", "nowhere/x.html"], "cannot be written"),
        (["--out", "x.html", "--sign", "nokey"], "there is no such file"),
        (["verify", "night.html", "--signature", "none.sig"], "there is no such file"),
        (["verify", "night.html", "--signers", "none"], "is not there"),
    ):
        assert main(["report", *arguments]) == 2
        assert said in capsys.readouterr().err
    assert main(["--json", "report", "--format", "csv"]) == 2


def key_of(folder: Path, name: str) -> Path:
    path = folder / name
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", path], check=True)
    return path


@needs_ssh_keygen
def test_a_signature_says_who_made_the_file(report: Path, tmp_path: Path, capsys: Capture) -> None:
    anna, eve = key_of(tmp_path, "anna"), key_of(tmp_path, "eve")
    assert main(["report", "--out", str(report), "--sign", str(anna)]) == 0
    assert main(["report", "--out", str(report), "--sign", str(anna)]) == 0, "a second one writes over the first"
    signers = tmp_path / "signers"
    signers.write_text(f"anna@example.org {anna.with_suffix('.pub').read_text()}", encoding="utf-8")
    assert points(capsys, str(report))[1]["signature"] == "not proved", "nobody says whose key it is"
    assert points(capsys, str(report), "--signers", str(signers)) == (
        0, {"file": "proved", "signature": "proved", "audit": "proved", "facts": "proved"},
    )  # fmt: skip
    assert main(["report", "verify", str(report), "--signers", str(signers)]) == 0
    assert "anna@example.org signed exactly this file" in capsys.readouterr().out
    assert main(["report", "--out", str(report), "--sign", str(eve)]) == 0
    assert points(capsys, str(report), "--signers", str(signers))[1]["signature"] == "wrong"


@needs_ssh_keygen
def test_a_report_that_is_written_anew_and_not_signed_keeps_no_old_signature(
    report: Path, tmp_path: Path, capsys: Capture
) -> None:
    mark = Path(f"{report}.sig")
    assert main(["report", "--out", str(report), "--sign", str(key_of(tmp_path, "anna"))]) == 0
    assert mark.is_file()
    capsys.readouterr()
    assert main(["report", "--out", str(report)]) == 0
    assert f"{mark} was the signature of what was there before, and is removed" in capsys.readouterr().err
    assert not mark.exists()
    assert points(capsys, str(report))[1]["signature"] == "not proved"
    mark.write_text("notes of somebody", encoding="utf-8")
    assert main(["report", "--out", str(report)]) == 0
    assert mark.read_text(encoding="utf-8") == "notes of somebody", "it is no signature"


@needs_ssh_keygen
def test_a_signature_of_another_file_or_for_another_purpose_is_none(
    report: Path, tmp_path: Path, capsys: Capture
) -> None:
    anna = key_of(tmp_path, "anna")
    signers = tmp_path / "signers"
    signers.write_text(f"anna@example.org {anna.with_suffix('.pub').read_text()}", encoding="utf-8")
    subprocess.run(["ssh-keygen", "-q", "-Y", "sign", "-f", anna, "-n", "git", report], check=True, capture_output=True)
    assert points(capsys, str(report), "--signers", str(signers))[1]["signature"] == "wrong"
    assert main(["report", "--out", str(report), "--sign", str(anna)]) == 0
    other = report.with_name("other.html")
    other.write_bytes(report.read_bytes() + b"\n")
    code, found = points(capsys, str(other), "--signers", str(signers), "--signature", f"{report}.sig")
    assert (code, found["file"], found["signature"]) == (1, "wrong", "wrong")


@needs_ssh_keygen
def test_a_signature_alone_proves_a_csv(report: Path, tmp_path: Path, capsys: Capture) -> None:
    anna = key_of(tmp_path, "anna")
    signers = tmp_path / "signers"
    signers.write_text(f"anna@example.org {anna.with_suffix('.pub').read_text()}", encoding="utf-8")
    assert report.is_file()
    assert main(["report", "--out", "night.csv", "--sign", str(anna)]) == 0
    assert points(capsys, "night.csv", "--signers", str(signers)) == (0, {"file": "not proved", "signature": "proved"})


def test_without_ssh_keygen_it_says_what_is_missing(
    report: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    (report.parent / "key").write_text("a key", encoding="utf-8")
    monkeypatch.setenv("PATH", os.devnull)
    assert main(["report", "--out", str(report), "--sign", "key"]) == 2
    assert "ssh-keygen is not installed here" in capsys.readouterr().err
