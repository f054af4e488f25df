"""Devices that print without an end: a deadline is kept, memory and record are bounded, and nobody else waits."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from support.scripted_terminal import PROMPT, PaperTerminal

from swimctl.errors import DeadlineExceeded, SessionLost, UnparsableOutput
from swimctl.sessions import session as session_module
from swimctl.sessions.session import Session

ENDLESS = {
    "lines like a prompt": b"sw1#x\r\n",
    "prompts of another device": b"hall-7#\r\n",
    "prompts in other prompts": b"sw1#sw1#sw1(config)#x",
    "a pager": b" --More-- ",
    "a pager that goes on": b" --More-- \b\b\b\b\b\b\b\b\b\b          \b\b\b\b\b\b\b\b\b\bGi1/0/1 up\r\n",
    "questions": b"Proceed? [confirm]x\r\n",
    "passwords asked for": b"Password: x",
    "never a line's end": b"x",
    "dashes": b"-",
    "dashes behind a keyword": b"key -",
    "backspaces": b"\b",
    "letters taken back": b"xy\b\b",
    "carriage returns": b"\r",
    "blank lines": b"\r\n",
    "the beginning of a colour": b"\x1b[",
    "colours": b"\x1b[1m\x1b[0m",
    "zero bytes": b"\x00",
    "log messages": b"*May  5 02:11:07.201: %LINK-3-UPDOWN: Interface Gi1/0/9, changed state to up\r\n",
    "refusals": b"% Invalid input detected at '^' marker.\r\n",
    "a secret": b"acc0unt-pass",
    "half a letter": b"\xc3",
}


def flooding(folder: Path, monkeypatch: pytest.MonkeyPatch, unit: bytes, size: int = 30_000) -> Session:
    """Open a session to a device that echoes and then prints this again and again."""
    device = PaperTerminal()
    session = device.session(folder)
    chunk = unit * (size // len(unit))
    first = [b"show tech\r\n"]
    monkeypatch.setattr(device.remote_conn, "recv_ready", lambda: not device.remote_conn.closed and bool(device.typed))
    monkeypatch.setattr(device.remote_conn, "recv", lambda _most: first.pop() if first else chunk)
    return session


@pytest.mark.parametrize("kind", ENDLESS)
def test_the_deadline_is_kept_and_the_record_bounded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr(session_module, "_MOST", 400_000)
    session = flooding(tmp_path, monkeypatch, ENDLESS[kind])
    began = time.thread_time()
    with pytest.raises(DeadlineExceeded, match="'show tech' on sw1 did not end within 0s"):
        session.run("show tech", 0.15)
    assert time.thread_time() - began < 5  # of this thread alone, however busy the machine is
    kept = (tmp_path / "transcript.log").read_bytes() if (tmp_path / "transcript.log").exists() else b""
    assert len(kept) < 1_000_000
    assert b"acc0unt-pass" not in kept


LONG = {
    "150,000 backspaces": "x" * 150_000 + "\b" * 150_000,
    "20,000 dashes": "-" * 20_000,
    "20,000 dashes behind a keyword": "key " + "-" * 20_000,
    "20,000 dashes in pairs of brackets": "[--]" * 5_000,
    "100,000 blanks": " " * 100_000 + "x",
    "50,000 carriage returns": "\r" * 50_000,
    "50,000 beginnings of a colour": "\x1b[" * 50_000,
    "20,000 words": "word " * 20_000,
}


@pytest.mark.prove
@pytest.mark.parametrize("kind", LONG)
@pytest.mark.parametrize("size", [1_000, 60_000])
def test_a_long_line_costs_little(tmp_path: Path, kind: str, size: int) -> None:
    line = LONG[kind]
    pieces = [line[at : at + size] for at in range(0, len(line), size)]
    session = PaperTerminal({"show x": ["show x\n", *pieces, "\nthe end", PROMPT]}).session(tmp_path)
    began = time.thread_time()
    assert session.run("show x", 60).endswith("the end")
    assert time.thread_time() - began < 5  # hundredths of a second; what grows with the square takes minutes


@pytest.mark.prove
def test_sixteen_megabytes_are_read_and_no_more(tmp_path: Path) -> None:
    lines = ("Gi1/0/1 is up, line protocol is up\n" * 1_700)[:59_999] + "\n"

    def run(count: int) -> str:
        script = {"show tech": ["show tech\n", *[lines] * count, "the end", PROMPT]}
        return PaperTerminal(script).session(tmp_path).run("show tech", 120)

    assert len(run(200)) > 11_900_000
    with pytest.raises(UnparsableOutput, match=r"it printed 2\d{7} characters; more than 16000000 are not read"):
        run(400)


def test_one_that_floods_slows_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Thirty devices are asked twenty things each, while another one prints without an end or a pause."""
    monkeypatch.setattr(session_module, "_MOST", 400_000)
    flood = flooding(tmp_path, monkeypatch, b"x" * 79 + b"\r\n")
    ended: list[BaseException] = []

    def go_on() -> None:
        try:
            flood.run("show tech", 600)
        except (DeadlineExceeded, SessionLost) as error:
            ended.append(error)

    def work(number: int) -> list[str]:
        folder = tmp_path / str(number)
        folder.mkdir()
        session = PaperTerminal({"show clock": ["show clock\n", f"12:00:{number}\n", PROMPT]}).session(folder)
        return [session.run("show clock", 300).strip() for _ in range(20)]

    thread = threading.Thread(target=go_on)
    thread.start()
    try:
        with ThreadPoolExecutor(30) as pool:
            answers = list(pool.map(work, range(30)))
        assert thread.is_alive(), ended
    finally:
        flood.close()
        thread.join(60)
    assert answers == [[f"12:00:{number}"] * 20 for number in range(30)]
    assert isinstance(ended[0], SessionLost)
