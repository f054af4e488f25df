"""The transcript: what it masks, who may read it, and that it stops nobody."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swimctl.clock import SystemClock
from swimctl.engine.visits import secrets
from swimctl.sessions import transcript as transcript_module
from swimctl.sessions.redaction import Redaction
from swimctl.sessions.targets import Target
from swimctl.sessions.transcript import Transcript

PASSWORD = "acc0unt"
LONGER = "acc0unt-and-more"


def transcript(folder: Path, *known: str) -> Transcript:
    return Transcript(folder / "jobs" / "7" / "transcript.log", SystemClock(), Redaction(known))


def test_what_is_known_to_be_secret_is_masked_in_what_the_device_prints_and_in_notes(tmp_path: Path) -> None:
    kept = transcript(tmp_path, PASSWORD)
    kept.terminal().add(f"sw1>enable\r\nPassword: {PASSWORD}\r\n")
    kept.note(f"refused {PASSWORD}")
    text = kept.path.read_text(encoding="utf-8")
    assert PASSWORD not in text
    assert text.count("********") == 2
    assert "sw1>enable\nPassword: ********\n" in text


@pytest.mark.parametrize("known", [(PASSWORD, LONGER), (LONGER, PASSWORD)])
def test_a_secret_that_begins_like_another_is_masked_whole(tmp_path: Path, known: tuple[str, str]) -> None:
    kept = transcript(tmp_path, *known)
    heard = kept.terminal()
    heard.add(f"{LONGER} {PASSWORD}\n")
    heard.end()
    assert kept.path.read_text(encoding="utf-8") == "******** ********\n"


def test_an_empty_secret_masks_nothing(tmp_path: Path) -> None:
    kept = transcript(tmp_path, "")
    kept.terminal().add("sw1#\n")
    assert kept.path.read_text(encoding="utf-8") == "sw1#\n"


def test_where_nothing_was_heard_there_is_no_file(tmp_path: Path) -> None:
    kept = transcript(tmp_path)
    kept.terminal().add("")
    kept.terminal().end()
    assert not kept.path.exists()


def test_only_its_owner_reads_it(tmp_path: Path) -> None:
    kept = transcript(tmp_path)
    kept.note("connecting")
    assert not kept.broken
    assert kept.path.stat().st_mode & 0o777 == 0o600
    assert kept.path.parent.stat().st_mode & 0o777 == 0o700


def test_a_question_stands_in_it_while_the_device_waits_for_the_answer(tmp_path: Path) -> None:
    kept = transcript(tmp_path, PASSWORD)
    heard = kept.terminal()
    heard.add(f"Is it {PASSWORD}? [y/n] ")
    heard.pause()
    assert kept.path.read_text(encoding="utf-8") == "Is it ********? [y/n] "


def test_a_secret_that_comes_in_two_pieces_is_masked(tmp_path: Path) -> None:
    kept = transcript(tmp_path, PASSWORD)
    heard = kept.terminal()
    heard.add(f"checking {PASSWORD[:3]}")
    heard.add(f"{PASSWORD[3:]} with the server")
    heard.end()
    assert kept.path.read_text(encoding="utf-8") == "checking ******** with the server"


def test_what_another_terminal_prints_between_two_pieces_hides_none(tmp_path: Path) -> None:
    kept = transcript(tmp_path, PASSWORD)
    one, other = kept.terminal(), kept.terminal()
    one.add(PASSWORD[:3])
    other.add("something else\n")
    kept.note("a note")
    one.add(f"{PASSWORD[3:]}\n")
    assert "********\n" in kept.path.read_text(encoding="utf-8")
    assert PASSWORD[:3] not in kept.path.read_text(encoding="utf-8")


def test_a_disk_that_takes_nothing_stops_nobody_and_is_told(tmp_path: Path) -> None:
    (tmp_path / "jobs").write_text("a file where the folder should be", encoding="utf-8")
    kept = transcript(tmp_path)
    kept.note("connecting")
    assert kept.broken


def test_of_what_is_printed_without_an_end_so_much_is_kept_until_something_is_typed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where a device floods its terminal with messages while its reload is waited for, for an hour."""
    monkeypatch.setattr(transcript_module, "_MOST", 1_000)
    transcript = Transcript(tmp_path / "transcript.log", SystemClock(), Redaction(("acc0unt-pass",)))
    heard = transcript.terminal()
    for _ in range(500):
        heard.add("a message of the log and acc0unt")
        heard.add("-pass\r\n")
    heard.pause()
    heard.add("sw1#show clock\r\n")
    heard.end()
    kept = transcript.path.read_text(encoding="utf-8")
    assert len(kept) < 1_200
    assert kept.count("which is not recorded until something is typed") == 1
    assert kept.endswith("sw1#show clock\n")
    assert "acc0unt" not in kept


def test_two_connections_of_a_job_write_whole_pieces(tmp_path: Path) -> None:
    kept = transcript(tmp_path)

    def write(letter: str) -> None:
        heard = kept.terminal()
        for _ in range(200):
            heard.add(letter * 50 + "\n")

    writers = [threading.Thread(target=write, args=(letter,)) for letter in "ab"]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    lines = kept.path.read_text(encoding="utf-8").splitlines()
    assert sorted(set(lines)) == ["a" * 50, "b" * 50]
    assert len(lines) == 400


def test_every_secret_of_a_device_is_one() -> None:
    target = Target("sw1", "192.0.2.1", 22, "cisco_xe", "netops", PASSWORD, "en4ble", {"passphrase": "k3y"})
    assert set(secrets(target)) == {PASSWORD, "en4ble", "k3y"}


def test_a_word_that_stands_in_every_message_is_none() -> None:
    assert secrets(Target("sw1", "192.0.2.1", 22, "cisco_xe", "admin", "admin", "enable", {})) == ()


@given(st.text("ab", min_size=1, max_size=4), st.text("ab\n ", max_size=40))
def test_no_text_gets_a_secret_through(tmp_path_factory: pytest.TempPathFactory, secret: str, text: str) -> None:
    kept = transcript(tmp_path_factory.mktemp("kept"), secret)
    heard = kept.terminal()
    heard.add(text)
    heard.end()
    shown = kept.path.read_text(encoding="utf-8") if kept.path.exists() else ""
    assert secret not in shown
