"""`swimctl lab` as a program: it says ready, runs until a signal, and leaves a folder to work in."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from support.forked import Forked

from swimctl.cli import main
from swimctl.platforms import PLATFORM_NAMES


@pytest.fixture
def read(capsys: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    """Return how swimctl is asked in a lab's folder, and what it prints read."""

    def read(*arguments: str, folder: Path) -> Any:
        with contextlib.chdir(folder):
            assert main([*arguments, "--json"]) == 0
        return json.loads(capsys.readouterr().out)

    return read


def forked(folder: Path, *arguments: str) -> Forked:
    return Forked(["lab", "up", *arguments], folder, os.environ, None)


def started(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    """Start a lab in a Python of its own, whose two streams stay apart."""
    code = "import sys; from swimctl.cli import main; sys.exit(main())"
    command = [sys.executable, "-c", code, "lab", "up", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    return subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


@contextmanager
def lab_up(program: Forked | subprocess.Popen[str]) -> Iterator[list[str]]:
    """Wait for a lab and give the lines that it printed up to `ready`; then kill it."""
    with program as lab:
        assert lab.stdout is not None
        lines: list[str] = []
        try:
            for line in lab.stdout:
                lines.append(line)
                if line == "ready\n":
                    break
            yield lines
        finally:
            lab.kill()


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_without_a_folder_it_prints_the_inventory_and_runs_until_a_signal(tmp_path: Path, end: signal.Signals) -> None:
    lab = forked(tmp_path, "--devices", "2")
    with lab_up(lab) as lines:
        hosts, groups, defaults = YAML(typ="safe").load_all("".join(lines[:-1]))
        assert list(hosts) == ["sw1", "sw2"]
        assert set(groups) == {"access"}
        assert defaults["username"] == "admin"
        for host in hosts.values():
            with socket.create_connection((host["hostname"], host["port"]), timeout=5) as client:
                assert client.recv(64).startswith(b"SSH-2.0-Cisco")
        lab.send_signal(end)
        assert lab.wait(timeout=60) == 0
    assert list(tmp_path.iterdir()) == []


def test_a_folder_is_ready_to_work_in_and_keeps_its_store_and_faults(tmp_path: Path, read: Callable[..., Any]) -> None:
    lab = started(tmp_path, "--devices", "3", "--dir", str(tmp_path / "lab"), "--fault", "sw1=slow-flash")
    with lab_up(lab) as lines:
        assert lines == ["ready\n"]
    hosts = tmp_path / "lab" / "inventory" / "hosts.yaml"
    assert "slow-flash" not in hosts.read_text()  # it was meant for that run alone
    hosts.write_text(hosts.read_text().replace("    site: lab\n", "    site: lab\n    lab_faults: [refuse-login]\n", 1))
    added = read("lab", "add-image", "cat9k_iosxe.17.15.01.SPA.bin", "--dir", "lab", folder=tmp_path)
    assert added["image_id"] == 4
    with lab_up(forked(tmp_path, "--dir", "lab")):
        assert len(read("image", "list", folder=tmp_path / "lab")["images"]) == 4
        found = YAML(typ="safe").load(hosts)
        assert list(found) == ["sw1", "sw2", "sw3"]
        assert found["sw1"]["data"]["lab_faults"] == ["refuse-login"]


def test_a_mixed_fleet_has_every_platform_and_stays_mixed_in_its_folder(
    tmp_path: Path, read: Callable[..., Any]
) -> None:
    hosts = tmp_path / "lab" / "inventory" / "hosts.yaml"
    count = len(PLATFORM_NAMES) + 1
    for arguments in (("--fleet", "mixed", "--devices", str(count)), ()):
        with lab_up(forked(tmp_path, *arguments, "--dir", "lab")):
            found = [host["platform"] for host in YAML(typ="safe").load(hosts).values()]
        assert (len(found), set(found[:-1]), found[-1]) == (count, set(PLATFORM_NAMES), found[0])
    listed = read("image", "list", folder=tmp_path / "lab")["images"]
    assert {image["platform"] for image in listed} == set(PLATFORM_NAMES)


def test_faults_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lab", "faults", "--json"]) == 0
    faults = json.loads(capsys.readouterr().out)
    assert {"no-space", "boots-old-image"} <= {fault["name"] for fault in faults}
    assert main(["lab", "faults"]) == 0
    assert "no-space" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("up", "--fault", "sw1=no-spce"), "did you mean no-space"),
        (("up", "--devices", "2", "--fault", "sw3=no-space"), "there is no switch 'sw3'"),
        (("up", "--dir", "taken"), "is not a folder"),
        (("add-image", "image.bin"), "name it like"),
    ],
)
def test_mistakes_are_one_line_and_exit_code_2(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    said: str,
) -> None:
    (tmp_path / "taken").write_text("")
    monkeypatch.chdir(tmp_path)
    assert main(["lab", *arguments]) == 2
    printed = capsys.readouterr().err
    assert printed.count("\n") == 1
    assert said in printed
