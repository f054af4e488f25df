"""The run says at its end what became of every capture, also where a worker read it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def run(captures: Path, *options: str, tests: Sequence[str] = ()) -> tuple[int, str]:
    """Run the tests of captures on a folder, or others."""
    named = ("test_captures", "test_the_captures_are_counted")
    tests = tests or [f"tests/platforms/test_captures.py::{name}" for name in named]
    command = [sys.executable, "-m", "pytest", "-q", *tests, *options]
    environment = {**os.environ, "SWIMCTL_CAPTURES": str(captures)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=100, check=False)
    return done.returncode, re.sub(r" +", " ", done.stdout)


@pytest.fixture
def captures(tmp_path: Path) -> Path:
    """Make captures: two that read, one that does not, one of a command without a parser."""
    for name, text in (
        ("cisco_xe/show_clock/good", "18:56:04.554 CET Sat Mar 9 2024\n"),
        ("cisco_xe/show_clock/bad", "18:56:04.554 CET Sat Mar 9\n"),
        ("cisco_xe/show_tea/cup", "hot\n"),
        ("more/cisco_xe/show_clock/01", "18:56:04.554 CET Sat Mar 9 2024\n"),
    ):
        path = tmp_path / f"{name}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


@pytest.mark.prove
def test_every_capture_is_counted_with_a_worker(captures: Path) -> None:
    code, said = run(captures, "-n", "1")
    assert code == 1
    assert "cisco_xe show_clock 1 0 0 1\ncisco_xe show_tea 0 0 1 0\n" in said
    assert "more/cisco_xe show_clock 1 0 0 0\n" in said
    assert "cisco_xe 4 captures 2 0 1 1\ntotal 4 captures 2 0 1 1\n" in said
    assert "skipped 1: no parser reads the command" in said
    assert "cisco_xe/show_clock/bad.txt: cannot read the output of 'show clock'" in said


OTHERS = pytest.param(("tests/platforms/test_pieces.py",), marks=pytest.mark.prove)


@pytest.mark.parametrize("tests", [(), OTHERS])
def test_where_there_are_no_captures_it_says_so_loudly(tmp_path: Path, tests: tuple[str, ...]) -> None:
    code, said = run(tmp_path / "none", "-n", "0", "--color=yes", tests=tests)
    assert code == 0
    assert re.search(r"\x1b\[31m\S*!+ NO CAPTURES: no parser was tried on what devices print !+", said)
    assert f"captures: no captures at {tmp_path}/none; set SWIMCTL_CAPTURES to where they are" in said


@pytest.mark.prove
def test_an_empty_folder_is_a_failure(tmp_path: Path) -> None:
    code, _ = run(tmp_path, "-n", "0")
    assert code == 1
