"""The run says at its end what became of every capture, also where a worker read it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def run(captures: Path, *options: str) -> tuple[int, str]:
    """Run the tests of captures on a folder."""
    tests = [f"tests/platforms/test_captures.py::{name}" for name in ("test_captures", "test_the_captures_are_counted")]
    command = [sys.executable, "-m", "pytest", "-q", *tests, *options]
    environment = {**os.environ, "SWIMCTL_CAPTURES": str(captures)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=100, check=False)
    return done.returncode, re.sub(r" +", " ", done.stdout)


@pytest.fixture
def captures(tmp_path: Path) -> Path:
    """Make three captures: one that reads, one that does not, one of a command without a parser."""
    for name, text in (
        ("show_clock/good", "18:56:04.554 CET Sat Mar 9 2024\n"),
        ("show_clock/bad", "18:56:04.554 CET Sat Mar 9\n"),
        ("show_tea/cup", "hot\n"),
    ):
        path = tmp_path / "cisco_xe" / f"{name}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


def test_every_capture_is_counted_with_a_worker(captures: Path) -> None:
    code, said = run(captures, "-n", "1")
    assert code == 1
    assert "cisco_xe show_clock 1 0 1\ncisco_xe show_tea 0 1 0\ntotal 3 captures 1 1 1\n" in said
    assert "skipped 1: no parser reads the command" in said
    assert "cisco_xe/show_clock/bad.txt: cannot read the output of 'show clock'" in said


def test_where_there_are_no_captures_it_says_so(tmp_path: Path) -> None:
    code, said = run(tmp_path / "none", "-n", "0")
    assert code == 0
    assert f"captures: no captures at {tmp_path}/none; set SWIMCTL_CAPTURES to where they are" in said
