"""What docs/automation.md prints, as it is printed, with nothing but what cron gives; and the systemd units."""

from __future__ import annotations

import configparser
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from ruamel.yaml import YAML
from support import syscall_filter
from support.upgrades import lab_folder

from swimctl.lab.fleet import LabFleet

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "automation.md").read_text(encoding="utf-8")
UNITS = ROOT / "examples" / "systemd"
BIN = Path(sys.executable).parent
ACCOUNT = {"upgrader": ("the password of upgrader", 15)}
# What only root can do, or the network; each stands in a block of its own.
_NOT_HERE = re.compile(r"^(?:git clone|python3\.11 -m venv|install -|systemctl )", re.MULTILINE)

pytestmark = pytest.mark.xdist_group("clean machine")


def blocks(language: str) -> list[str]:
    """Return the blocks of the page in this language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def commands() -> list[str]:
    return [block for block in blocks("sh") if not _NOT_HERE.search(block)]


def block_with(text: str) -> str:
    (found,) = [block for block in commands() if text in block]
    return found


def cron_lines(text: str) -> list[tuple[str, str]]:
    """Return when and what of each line of a crontab."""
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    assert not any("%" in line for line in lines), "cron makes a new line of it"
    return [(" ".join(line.split()[:5]), line.split(maxsplit=5)[5]) for line in lines]


@dataclass
class Machine:
    """A folder in which the paths of the page are, a lab of eight, and what runs a command there."""

    root: Path
    lab: LabFleet
    url: str = "http://127.0.0.1:1"

    def here(self, text: str) -> str:
        """Return a text of the page for this folder."""
        swaps = {
            "/usr/local/bin/swimctl": str(BIN / "swimctl"),
            "/opt/ansible/bin": str(BIN),
            "/opt/swimctl/examples": str(ROOT / "examples"),
            "/etc/swimctl": str(self.root / "etc"),
            "/var/lib/swimctl": str(self.root / "var"),
            "http://127.0.0.1:8080": self.url,
        }
        for printed, path in swaps.items():
            text = text.replace(printed, path)
        return text

    @property
    def environment(self) -> dict[str, str]:
        """Return what cron gives: crontab(5). The home is not where swimctl's files are."""
        home = self.root / "home"
        return {"HOME": str(home), "LOGNAME": "swimctl", "SHELL": "/bin/sh", "PATH": "/usr/bin:/bin"}

    def run(self, command: str) -> subprocess.CompletedProcess[str]:
        """Run a command as cron does: by sh, without a terminal, from the home folder."""
        return subprocess.run(
            ["/bin/sh", "-c", self.here(command)],
            cwd=self.root / "home",
            env=self.environment | {"SWIMCTL_ASK_EVERY": "0.5"},  # nobody waits half a minute here
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=200,
            check=False,
            start_new_session=True,
        )

    def swimctl(self, words: str) -> subprocess.CompletedProcess[str]:
        return self.run(f"/usr/local/bin/swimctl --config /etc/swimctl/config.yaml {words}")


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """Set a machine up as the page says; only the lab's own settings are added."""
    root, folder = tmp_path_factory.mktemp("clean"), tmp_path_factory.mktemp("lab")
    with lab_folder(folder, devices=8, faults={"sw7": ["install-fails"]}, users=ACCOUNT) as lab:
        made = Machine(root, lab)
        for name in ("etc", "var", "home", "var/images"):
            (root / name).mkdir(mode=0o700)
        config, credentials = (made.here(block) for block in blocks("yaml"))
        document, labs = YAML(typ="safe").load(config), json.loads((folder / "config.yaml").read_text())
        document["swimctl"] = labs["swimctl"] | document["swimctl"]
        (root / "etc" / "config.yaml").write_text(json.dumps(document), encoding="utf-8")
        (root / "etc" / "credentials.yaml").write_text(credentials, encoding="utf-8")
        shutil.copytree(folder / "inventory", root / "etc" / "inventory")
        (root / "etc" / "inventory" / "defaults.yaml").write_text("{}\n", encoding="utf-8")  # no account in it
        shutil.copy(folder / "images" / "cat9k_iosxe.17.12.04.SPA.bin", root / "var" / "images")
        yield made


@contextmanager
def served(machine: Machine) -> Iterator[Machine]:
    """Run the command of the unit, with what systemd gives it, under the system calls that it allows."""
    service = unit("swimctl.service")
    command = machine.here(f"{service['ExecStart']} --port 0")
    filtered = [sys.executable, syscall_filter.__file__, service["SystemCallFilter"], *shlex.split(command)]
    environment = machine.environment | {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin"}
    with subprocess.Popen(
        filtered, cwd=machine.root / "var", env=environment, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stderr is not None
            said = ""
            while not (found := re.search(r"listening on (\S+),", said)):
                line = process.stderr.readline()
                assert line, (said, process.wait())
                said += line
            machine.url = found[1]
            yield machine
        finally:
            process.terminate()
            assert process.wait(timeout=100) == 0, "a system call was refused" if process.returncode < 0 else ""


def unit(name: str) -> dict[str, str]:
    """Return the [Service] of a unit; several lines of one name are one."""
    parser = configparser.RawConfigParser(strict=False, dict_type=Joined)
    parser.optionxform = str  # type: ignore[assignment,method-assign] # names of directives keep their case
    parser.read(UNITS / name, encoding="utf-8")
    return dict(parser["Service"])


class Joined(dict):  # type: ignore[type-arg] # of configparser
    """Join the values of lines that come again."""

    def __setitem__(self, key: str, value: object) -> None:
        if isinstance(value, list) and isinstance(self.get(key), list):
            value = [*self[key], *value]
        super().__setitem__(key, value)


def test_every_block_runs_here_or_is_for_root() -> None:
    assert len(commands()) == 5
    assert len(blocks("sh")) == 8
    assert [line for _, line in cron_lines("".join(blocks("crontab")))][:1] == [
        line for _, line in cron_lines((ROOT / "examples" / "cron" / "swimctl.crontab").read_text(encoding="utf-8"))
    ]
    assert "/usr/local/bin/swimctl" in (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")


@pytest.mark.prove
def test_it_is_set_up(machine: Machine) -> None:
    done = machine.run(f"set -e\n{block_with('image golden')}")
    assert done.returncode == 0, done
    assert "upgrader" not in done.stdout


@pytest.mark.prove
def test_cron_runs_what_is_due_and_says_nothing_where_nothing_is(machine: Machine) -> None:
    (when, command), _ = cron_lines("".join(blocks("crontab")))
    assert when == "*/5 * * * *"
    idle = machine.run(command)
    assert (idle.returncode, idle.stdout, idle.stderr) == (0, "", "")
    assert machine.swimctl("upgrade sw8 --yes --detach").returncode == 0
    done = machine.run(command)
    assert done.returncode == 0, done
    assert "success=1" in done.stdout + done.stderr
    assert len(machine.lab.reloads("sw8")) == 1
    assert (machine.root / "var" / "known_hosts").is_file(), "where the service may write"
    assert not [*(machine.root / "home").iterdir()]


@pytest.mark.prove
def test_cron_upgrades_a_group(machine: Machine) -> None:
    _, (when, command) = cron_lines("".join(blocks("crontab")))
    assert when == "0 22 * * 6"
    done = machine.run(f"{command} --exclude 'sw1,sw2,sw5,sw7'")
    assert done.returncode == 0, done
    assert "--until 04:00 is " in done.stderr
    assert re.search(r"swimctl: batch=\S+ success=\d+ failed=0 unknown=0 ", done.stdout), done


@pytest.mark.prove
def test_the_clients_upgrade_through_the_service(machine: Machine) -> None:
    token = machine.run(block_with("token create"))
    assert token.returncode == 0, token
    assert (machine.root / "etc" / "token").stat().st_mode & 0o777 == 0o600
    secret = (machine.root / "etc" / "token").read_text().strip()
    with served(machine):
        for part, word in (("upgrade.sh", "success (100 %)"), ("upgrade.py", "success (100 %)"), (".yml", "ok=")):
            done = machine.run(block_with(part))
            assert done.returncode == 0, done
            assert word in done.stdout
            assert secret not in done.stdout + done.stderr
        assert [len(machine.lab.reloads(name)) for name in ("sw1", "sw2")] == [1, 1]
        failed = machine.run(block_with("upgrade.py").replace("sw1 sw2", "sw7"))
        assert failed.returncode == 1
        assert "sw7: 'install add' failed" in failed.stderr


@pytest.mark.parametrize("name", ["swimctl.service", "swimctl-relay.service"])
def test_systemd_takes_the_units(name: str, tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not here")
    text = (UNITS / name).read_text(encoding="utf-8").replace("/usr/local/bin/swimctl", str(BIN / "swimctl"))
    (tmp_path / name).write_text(text, encoding="utf-8")
    said = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(tmp_path / name)], capture_output=True, text=True, check=False
    )
    assert (said.returncode, name in said.stderr) == (0, False), said.stderr


@pytest.mark.parametrize("name", ["swimctl.service", "swimctl-relay.service"])
def test_the_units_give_little_away(name: str) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not here")
    # Of 100, in systemd's own count; 16 as they are.
    words = ("security", "--offline=yes", "--no-pager", "--threshold=20", str(UNITS / name))
    said = subprocess.run(["systemd-analyze", *words], capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stdout + said.stderr


@pytest.mark.parametrize("name", ["swimctl.service", "swimctl-relay.service"])
def test_the_units_allow_what_swimctl_does(name: str) -> None:
    service = unit(name)
    assert service["SystemCallErrorNumber"] == "EPERM", "else the kernel kills what is in the middle of an upgrade"
    calls = syscall_filter.allowed(service["SystemCallFilter"])
    assert {"setrlimit", "prlimit64", "execve", "wait4", "flock", "fsync", "fchmod", "sched_getaffinity"} <= calls
    assert not {"setuid", "chroot", "mount", "reboot", "ptrace"} & calls


def test_a_system_call_that_a_unit_does_not_allow_would_be_seen(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, syscall_filter.__file__, "@system-service ~@privileged", sys.executable, "-c",
         "import os; os.chroot('.')"],
        cwd=tmp_path, env=dict(os.environ), check=False,
    )  # fmt: skip
    assert ended.returncode == -signal.SIGSYS
