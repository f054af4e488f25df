"""What a person types in the terminal of `swimctl lab up`: a switch is mended while it runs."""

from __future__ import annotations

import os
import pty
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from swimctl.cli import lab_terminal
from swimctl.lab.cisco_xe.fleet import default_fleet
from swimctl.lab.faults import parse_fault
from swimctl.lab.fleet import LabFleet


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_switch_is_mended_and_another_one_keeps_its_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    specs = default_fleet(2, {name: [parse_fault("interface-lost")] for name in ("sw1", "sw2")})
    person, terminal = pty.openpty()
    stop = threading.Event()
    with LabFleet(specs, folder=tmp_path) as lab, os.fdopen(terminal, encoding="utf-8") as typed:
        monkeypatch.setattr(sys, "stdin", typed)
        reader = threading.Thread(target=lab_terminal.follow, args=(lab, stop))
        reader.start()
        try:
            os.write(person, b"\nmend sw7\nreboot\nmend s")
            os.write(person, b"w1\n")
            until(lambda: not lab.switch("sw1").spec.faults)
            assert lab.switch("sw2").spec.fault("interface-lost")
            os.write(person, b"\x04")  # Ctrl-D: nothing more will be typed, and the lab runs on
            assert reader.is_alive()
        finally:
            stop.set()
            reader.join(60)
            os.close(person)
    assert not reader.is_alive()
    said = capsys.readouterr().err
    assert "mend sw7: type `mend SWITCH`, for one of sw1, sw2" in said
    assert "reboot: type" in said
    assert "sw1 has no fault any more" in said


def test_without_a_terminal_it_only_waits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stop = threading.Event()
    with LabFleet(default_fleet(1), folder=tmp_path) as lab, Path(os.devnull).open(encoding="utf-8") as nothing:
        monkeypatch.setattr(sys, "stdin", nothing)
        threading.Timer(0.3, stop.set).start()
        lab_terminal.follow(lab, stop)
    assert stop.is_set()
