"""A person at a terminal: swimctl asks there, and prints for programs into a pipe."""

from __future__ import annotations

import os
import pty
import select
from collections.abc import Iterable, Mapping
from pathlib import Path

from support.forked import Forked


def at_a_terminal(
    folder: Path, *words: str, answers: Iterable[tuple[str, str]] = (), environment: Mapping[str, str] | None = None
) -> tuple[int, str, str]:
    """Run swimctl: wait for each question, type its answer. Return exit code, what was printed, and what was shown.

    An answer is typed as it stands, with its end of line.
    """
    person, terminal = pty.openpty()
    given = {**os.environ, "TERM": "dumb", **(environment or {})}
    try:
        with Forked(words, folder, given, terminal=terminal) as process:
            os.close(terminal)
            shown = ""
            try:
                for question, answer in answers:
                    shown += _until(person, question)
                    os.write(person, answer.encode())
                printed, _ = process.communicate(timeout=60)
            finally:
                process.kill()  # if it still asks
            shown += _until(person, None)
    finally:
        os.close(person)
    assert process.returncode is not None
    return process.returncode, printed, shown


def _until(person: int, question: str | None) -> str:
    """Read until the question, or with None until the end."""
    shown = ""
    while question is None or question not in shown:
        ready, _, _ = select.select([person], [], [], 60)
        assert ready, f"no {question!r} after {shown!r}"
        try:
            shown += os.read(person, 4096).decode()
        except OSError:  # the program has ended, and its side of the terminal with it
            assert question is None, f"it ended before {question!r}: {shown}"
            return shown
    return shown
