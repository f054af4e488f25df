"""The examples as they stand, against a real server and the lab; and the Python program of the API's document."""

from __future__ import annotations

import configparser
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.processes import PROGRAM
from support.projects import Project
from support.server_process import Served, serving
from support.upgrades import hosts_of, lab_folder

from swimctl.lab.fleet import LabFleet

HERE = Path(__file__).resolve().parents[2]
EXAMPLES = HERE / "examples"
CAPTURES = Path(os.environ.get("SWIMCTL_CAPTURES", HERE.parent / "shared" / "captures"))
DOCUMENT = CAPTURES.parent / "spec" / "upgrade-api.md"

pytestmark = [pytest.mark.prove, pytest.mark.xdist_group("examples")]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[LabFleet, Served]]:
    """Serve a lab of eight; sw7 cannot install, and no image fits sw6."""
    folder = tmp_path_factory.mktemp("examples")
    with lab_folder(folder, devices=8, faults={"sw7": ["install-fails"]}) as lab:
        with hosts_of(folder) as hosts:
            hosts["sw6"]["platform"] = "juniper_junos"
        with serving(folder) as served:
            yield lab, served


def run(served: Served, *command: str | Path, folder: Path = EXAMPLES) -> subprocess.CompletedProcess[str]:
    """Run a program as a user does, with the server's address and a token in its environment."""
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "SWIMCTL_URL": served.url,
        "SWIMCTL_TOKEN": served.token,
        "SWIMCTL_ASK_EVERY": "0.5",
        "LC_ALL": "C.UTF-8",
    }
    return subprocess.run(
        [str(word) for word in command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


def test_python(house: tuple[LabFleet, Served]) -> None:
    lab, served = house
    ended = run(served, sys.executable, "upgrade.py", "sw1", "sw7")
    assert ended.returncode == 1, ended
    assert "sw1: success (100 %), Post-Checks" in ended.stdout
    assert "sw7: 'install add' failed" in ended.stderr
    assert len(lab.reloads("sw1")) == 1
    assert run(served, sys.executable, "upgrade.py", "sw1").returncode == 0
    refused = run(served, sys.executable, "upgrade.py", "nobody")
    assert refused.returncode == 2
    assert "nobody" in refused.stderr


def test_curl(house: tuple[LabFleet, Served]) -> None:
    lab, served = house
    ended = run(served, "./upgrade.sh", "sw2", "sw7")
    assert ended.returncode == 1, ended
    assert "sw2: success (100 %)" in ended.stdout
    assert "sw7: 'install add' failed" in ended.stderr
    assert len(lab.reloads("sw2")) == 1
    assert run(served, "./upgrade.sh", "sw2").returncode == 0
    refused = run(served, "./upgrade.sh", "nobody")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "refused: not found" in refused.stderr


def test_ansible(house: tuple[LabFleet, Served]) -> None:
    lab, served = house
    playbook = ("ansible-playbook", "ansible/upgrade.yml", "-e", "ask_every=1", "-e")
    ended = run(served, *playbook, '{"devices": ["sw4"]}')
    assert ended.returncode == 0, ended
    assert "sw4 runs cat9k_iosxe.17.12.04.SPA.bin" in ended.stdout
    assert len(lab.reloads("sw4")) == 1
    failed = run(served, *playbook, '{"devices": ["sw4", "sw7"]}')
    assert failed.returncode == 2
    assert "sw7 failed: 'install add' failed" in failed.stdout
    refused = run(served, *playbook, '{"devices": ["nobody"]}')
    assert refused.returncode == 2
    assert "unknown device 'nobody'" in refused.stdout
    assert served.token not in ended.stdout + failed.stdout + refused.stdout


def test_a_device_that_gets_no_job_is_named_and_is_no_success(house: tuple[LabFleet, Served]) -> None:
    _lab, served = house
    for program in ([sys.executable, "upgrade.py"], ["./upgrade.sh"]):
        ended = run(served, *program, "sw8", "sw6")
        assert ended.returncode == 1, ended
        assert "sw8: success (100 %)" in ended.stdout
        assert "sw6: skipped: " in ended.stderr
    playbook = ("ansible-playbook", "ansible/upgrade.yml", "-e", "ask_every=1", "-e", '{"devices": ["sw8", "sw6"]}')
    ended = run(served, *playbook)
    assert ended.returncode == 2, ended
    assert "sw6 was skipped: " in ended.stdout


def test_the_program_of_the_document_ends_by_itself(house: tuple[LabFleet, Served], tmp_path: Path) -> None:
    if not DOCUMENT.is_file():
        pytest.skip(f"the document is not here: {DOCUMENT}")
    lab, served = house
    found = re.search(r"```python\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    program = found[1].replace("https://swim.example.com", served.url).replace("your_token_here", served.token)
    # sw7 takes the place of sw1, so that one job fails; and nobody waits half a minute.
    program = program.replace('"sw1", "sw2"', '"sw5", "sw7"')
    (tmp_path / "sitecustomize.py").write_text(
        "import time\n_sleep = time.sleep\ntime.sleep = lambda seconds: _sleep(seconds / 60)\n", encoding="utf-8"
    )
    ended = run(served, "env", f"PYTHONPATH={tmp_path}", sys.executable, "-c", program, folder=tmp_path)
    assert ended.returncode == 0, ended
    assert ended.stdout.startswith("Started jobs: [")
    assert "sw5: success (100%)" in ended.stdout
    assert "sw7: failed" in ended.stdout
    assert len(lab.reloads("sw5")) == 1


def test_systemd(project: Project) -> None:
    unit = configparser.RawConfigParser(strict=False)
    unit.optionxform = str  # type: ignore[assignment,method-assign] # names of directives keep their case
    unit.read(EXAMPLES / "systemd" / "swimctl.service", encoding="utf-8")
    service = unit["Service"]
    program, *arguments = shlex.split(service["ExecStart"])
    assert Path(program).name == "swimctl"
    assert float(service["TimeoutStopSec"]) > float(arguments[arguments.index("--grace") + 1])
    # The same command line, in another folder and on a free port, serves.
    mine = [word.replace("/etc/swimctl", str(project.folder)) for word in arguments]
    at = mine.index("serve")
    assert mine[:at] == ["--config", f"{project.folder}/config.yaml"]
    with serving(project.folder, *mine[at + 1 :], "--no-runner", token="none") as served:
        assert served.ask("/api/health/") == (200, {"status": "up"})


def test_systemd_of_a_relay(tmp_path: Path) -> None:
    unit = configparser.RawConfigParser(strict=False)
    unit.optionxform = str  # type: ignore[assignment,method-assign] # names of directives keep their case
    unit.read(EXAMPLES / "systemd" / "swimctl-relay.service", encoding="utf-8")
    program, *arguments = shlex.split(unit["Service"]["ExecStart"])
    assert (Path(program).name, arguments[0]) == ("swimctl", "relay")
    folder = arguments[arguments.index("--folder") + 1]
    assert folder == f"/var/lib/{unit['Service']['StateDirectory']}"
    mine = [word.replace(folder, str(tmp_path)) for word in arguments]
    with subprocess.Popen(
        [*PROGRAM, *mine, "--bind", "127.0.0.1", "--port", "0"],
        env={**os.environ, "SWIMCTL_RELAY_TOKEN": "a-token-of-the-site-ber"},
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        assert process.stderr.readline().startswith("swimctl relay: listening on http://127.0.0.1:")
        process.terminate()
        assert process.wait() == 0
