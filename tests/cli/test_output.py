from __future__ import annotations

import fcntl
import io
import os
import pty
import struct
import sys
import termios
import time
from datetime import UTC, datetime

import pytest

from swimctl.cli import output
from swimctl.report.words import size


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(None, ""), (0, "0s"), (44.6, "45s"), (59.7, "1m"), (3120, "52m"), (3899, "1h05m"), (86_400, "24h00m")],
)
def test_durations(seconds: float | None, text: str) -> None:
    assert output.duration(seconds) == text


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (999_999, "1.0 MB"), (1_234_567_890, "1.2 GB"), (9e15, "9000.0 TB")],
)
def test_sizes(count: float, text: str) -> None:
    assert size(count) == text


def test_times_are_local_with_their_offset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Kathmandu")
    time.tzset()
    assert output.local_time(datetime(2031, 3, 4, 1, 0, tzinfo=UTC)) == "2031-03-04 06:45:00+05:45"


def test_without_a_terminal_a_table_is_tab_separated_lines(capsys: pytest.CaptureFixture[str]) -> None:
    output.print_table(("Job", "Remark"), [(1, "two\nlines\tand a tab"), (2, None)])
    assert capsys.readouterr().out == "job\tremark\n1\ttwo lines and a tab\n2\t\n"


def on_terminal(*, no_color: bool, monkeypatch: pytest.MonkeyPatch) -> str:
    if no_color:
        monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "80")
    master, slave = pty.openpty()
    with os.fdopen(slave, "w") as terminal:
        output.print_table(("Job", "Result"), [(1, "success"), (2, "failed [y/n] \x1b[31m")], to=terminal)
        reader = os.fdopen(os.dup(master), "rb", buffering=0)
        printed = b""
        while b"failed" not in printed or not printed.endswith(b"\n"):
            printed += reader.read(10_000) or b""
    reader.close()
    os.close(master)
    return printed.decode()


def test_on_a_terminal_a_table_has_colour_and_device_text_cannot_add_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    printed = on_terminal(no_color=False, monkeypatch=monkeypatch)
    assert "\x1b[32msuccess" in printed
    assert "[y/n]" in printed
    assert "\x1b[31m" not in printed


def test_no_color_is_honoured(monkeypatch: pytest.MonkeyPatch) -> None:
    printed = on_terminal(no_color=True, monkeypatch=monkeypatch)
    assert "success" in printed
    assert "\x1b[3" not in printed


@pytest.mark.parametrize(("width", "shown"), [("80", False), ("140", True)])
def test_a_narrow_terminal_leaves_columns_out(width: str, shown: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", width)
    monkeypatch.setenv("LINES", "24")
    master, slave = pty.openpty()
    with os.fdopen(slave, "w") as terminal:
        output.print_table(("Job", "Batch", "Step"), [(1, "5f0c", "Post-Checks")], to=terminal, roomy=("Batch",))
        printed = os.read(master, 10_000).decode()
    os.close(master)
    assert ("Batch" in printed) is shown
    assert ("5f0c" in printed) is shown


def test_a_dumb_terminal_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    master, slave = pty.openpty()
    with os.fdopen(slave, "w") as terminal:
        assert output.is_terminal(terminal)
        monkeypatch.setenv("TERM", "dumb")
        assert not output.is_terminal(terminal)
    os.close(master)
    assert not output.is_terminal(io.StringIO())
    assert not output.is_terminal(terminal)


def test_closed_streams_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("stdin", "stdout", "stderr"):
        monkeypatch.setattr(sys, name, None)
    output.print_line("nobody reads this")
    output.note("nor this")
    output.print_table(("Job",), [(1,)])
    assert not output.can_ask()
    assert not output.is_terminal(sys.stderr)


def test_a_sentence_is_broken_between_words_and_what_follows_is_indented() -> None:
    text = "swimctl: the catalogue is empty, so nothing is golden"
    assert output.broken(text, 30) == "swimctl: the catalogue is\n  empty, so nothing is golden"
    assert output.broken(text, 200) == text
    assert output.broken("", 30) == ""


def test_what_is_to_be_copied_stays_in_one_line() -> None:
    assert output.broken("look; `swimctl retry --batch 9d` tries", 20) == "look;\n  `swimctl retry --batch 9d`\n  tries"
    shown = "type:\n  swimctl job transcript 3 and more of it"
    assert output.broken(shown, 12) == shown


def test_a_note_is_broken_on_a_terminal_alone(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sentence = " ".join(["word"] * 40)
    output.note(sentence)
    assert capsys.readouterr().err == f"{sentence}\n"
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 60, 0, 0))
    with os.fdopen(slave, "w") as terminal:
        monkeypatch.setattr(sys, "stderr", terminal)
        output.note(sentence)
        printed = os.read(master, 10_000).decode().splitlines()
    os.close(master)
    assert len(printed) > 1
    assert max(map(len, printed)) <= 60
    assert " ".join(" ".join(printed).split()) == sentence
