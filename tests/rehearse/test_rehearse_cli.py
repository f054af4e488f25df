"""`swimctl rehearse` as people call it: from bundles, with devices that lie or refuse, and ended on its way."""

from __future__ import annotations

import contextlib
import io
import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from support.processes import PROGRAM
from support.upgrades import lab_folder

from swimctl.cli import main
from swimctl.lab.cisco_xe.fleet import default_fleet
from swimctl.lab.fleet import LabFleet
from swimctl.rehearse.home import home, sweep
from swimctl.sessions.session import Session

PASSWORD = "Hunter-2-of-the-network"


def rehearsed(folder: Path, *options: str) -> tuple[int, dict[str, Any]]:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        code = main(["--config", str(folder / "config.yaml"), "--json", "--quiet", "rehearse", *options])
    return code, json.loads(out.getvalue())


@contextlib.contextmanager
def network(folder: Path, count: int) -> Iterator[LabFleet]:
    users = {"netops": (PASSWORD, 15)}
    fleet = [replace(one, users=users) for one in default_fleet(count)]
    with lab_folder(folder, fleet=fleet, at_rest=False) as lab:
        yield lab


@pytest.mark.prove
def test_it_learns_from_bundles_and_asks_no_device(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with network(tmp_path, 3) as lab:
        for name in ("sw1", "sw2"):
            assert main(["device", "capture", name, "--out", f"bundles/{name}", "--quiet"]) == 0
        asked = {name: len(lab.commands(name)) for name in lab.ports}
        code, said = rehearsed(tmp_path, "--all", "--from", "bundles", "--fault", "sw2=install-fails")
        assert {name: len(lab.commands(name)) for name in lab.ports} == asked
    assert said["outcomes"] == {"sw1": "upgraded", "sw2": "untouched"}
    [left_out] = said["not_rehearsed"]
    assert left_out["device"] == "sw3"
    assert "device capture sw3" in left_out["why"]
    assert [(one["device"], one["found"], one["played"]) for one in said["problems"]] == [
        ("sw2", "twin", "install-fails")
    ]
    assert code == 1


@pytest.mark.prove
def test_who_refuses_or_lies_is_named_and_never_made_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with network(tmp_path, 4) as lab:
        really, ports = Session.run, {port: name for name, port in lab.ports.items()}

        def odd(self: Session, command: str, deadline: float, *, quiet: bool = False) -> str:
            text, name = really(self, command, deadline, quiet=quiet), ports.get(self._target.port)
            if name == "sw2" and command == "show file systems":
                return "% Authorization failed.\n\n"
            if name == "sw1" and command == "show version":
                return text.replace("17.06.05", "17.09.09").replace("17.6.5", "17.9.9")
            return text

        monkeypatch.setattr(Session, "run", odd)
        code, said = rehearsed(tmp_path, "sw1", "sw2", "sw4")
        assert not any(line.startswith(("install ", "copy ")) for name in lab.ports for line in lab.commands(name))
    named = {one["device"] for one in said["problems"]} | {one["device"] for one in said["not_rehearsed"]}
    assert named == {"sw1", "sw2"}, said
    assert said["outcomes"]["sw4"] == "upgraded"
    assert code == 1


@pytest.mark.prove
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_it_ends_at_once_leaves_nothing_behind_and_takes_no_password_along(tmp_path: Path, number: int) -> None:
    rooms = tmp_path / "tmp"
    rooms.mkdir()
    with network(tmp_path, 2) as lab:
        environment = {**os.environ, "TMPDIR": str(rooms)}
        command = [*PROGRAM, "--config", str(tmp_path / "config.yaml"), "rehearse", "--all"]
        process = subprocess.Popen(
            command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True
        )
        end = time.monotonic() + 120
        while not [*rooms.glob("*/jobs/*/transcript.log")] and time.monotonic() < end and process.poll() is None:
            time.sleep(0.05)
        assert process.poll() is None, process.communicate()[1]
        kept = [path for path in rooms.rglob("*") if path.is_file() and "images" not in path.parts]
        assert len(kept) > 5
        assert [path for path in kept if PASSWORD.encode() in path.read_bytes()] == []
        process.send_signal(number)
        process.communicate(timeout=20)
        assert process.returncode == (128 + number if number != signal.SIGKILL else -number)
        assert not any(line.startswith("install ") for name in lab.ports for line in lab.commands(name))
    assert bool([*rooms.iterdir()]) is (number == signal.SIGKILL)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("tempfile.tempdir", str(rooms))
        with home() as living:
            sweep()
            assert [*rooms.iterdir()] == [living], "what was left is gone, and what lives stays"
    assert [*rooms.iterdir()] == []


@pytest.mark.parametrize(
    ("fault", "words"), [("sw1=never-return", "did you mean never-returns?"), ("sw9=hot", "no twin of sw9 is upgraded")]
)
def test_a_fault_that_cannot_be_is_refused_before_anything_is_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], fault: str, words: str
) -> None:
    with network(tmp_path, 1) as lab:
        assert main(["--config", str(tmp_path / "config.yaml"), "rehearse", "sw1", "--fault", fault]) == 2
        assert lab.commands("sw1") == []
    assert words in capsys.readouterr().err


def test_its_help_has_what_means_something_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rehearse", "--help"]) == 0
    said = capsys.readouterr().out
    assert "--detach" not in said
    assert "The night begins at this time" in said
    assert main(["upgrade", "--help"]) == 0
    said = capsys.readouterr().out
    assert "--detach" in said
    assert "Make jobs for this time" in said
