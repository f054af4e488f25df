"""Ask lab switches what a readiness check asks, by swimctl, by plain Nornir with nornir-netmiko, and by Ansible.

    python benchmarks/commands.py [DEVICES] [TURNS]

`swimctl device check` logs in, asks, reads the answers and decides; the others are told to type the commands that it
typed on every one of them, and only keep what comes back. Each is a process of its own, with its start; 20 devices at
the same time. CPU is that of the process and of all that it starts, also in the background. Ansible takes part where
`ansible-playbook` and the collection cisco.ios are installed: `pip install ansible`, and `ANSIBLE=` names another
`ansible-playbook`.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

SWIMCTL = (sys.executable, "-c", "from swimctl.cli import main; raise SystemExit(main())")
AT_ONCE = 20  # as many as `swimctl device check` asks at the same time
_LAB, _NORNIR, _MEASURE = "--be-the-lab", "--be-nornir", "--measure"
_SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER: what a child leaves behind becomes a child of this process


class Cost(NamedTuple):
    """Seconds until a program ended, and CPU seconds of all that it started."""

    wall: float
    cpu: float


def be_the_lab(devices: int, folder: Path) -> None:
    """Run the switches; for each line that comes in, print the commands that every one of them has received."""
    from swimctl.cli.lab import register
    from swimctl.lab.cisco_xe.fleet import default_fleet
    from swimctl.lab.fleet import LabFleet

    with LabFleet(default_fleet(devices), speed=1, folder=folder) as lab:
        register(folder, lab.write_folder(folder))
        print(json.dumps(lab.ports), flush=True)
        for _ in sys.stdin:
            others = [set(lab.commands(name)) for name in lab.ports]
            print(
                json.dumps([line for line in lab.commands("sw1") if all(line in each for each in others)]), flush=True
            )


def be_nornir(folder: Path, commands: Sequence[str]) -> None:
    """Type commands on all hosts of a folder, as the documentation of nornir-netmiko has it."""
    from nornir import InitNornir
    from nornir.core.task import Result, Task
    from nornir_netmiko.tasks import netmiko_send_command

    def ask(task: Task) -> Result:
        for command in commands:
            task.run(netmiko_send_command, command_string=command, enable=True, read_timeout=60)
        return Result(host=task.host)

    files = {f"{what}_file": str(folder / f"inventory/{what}s.yaml") for what in ("host", "group")}
    files["defaults_file"] = str(folder / "inventory/defaults.yaml")
    nornir = InitNornir(
        runner={"plugin": "threaded", "options": {"num_workers": AT_ONCE}},
        inventory={"plugin": "SimpleInventory", "options": files},
        logging={"enabled": False},
    )
    raise SystemExit(1 if nornir.run(task=ask).failed else 0)


def measure(words: Sequence[str]) -> None:
    """Run a program in this folder, and print what it cost."""
    ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)
    began = time.monotonic()
    done = subprocess.run(words, check=False, stdout=subprocess.PIPE, text=True)  # noqa: S603 - named by the benchmark
    wall = time.monotonic() - began
    if done.returncode:
        print(done.stdout, file=sys.stderr)
    with suppress(ChildProcessError):
        while True:
            os.wait()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(json.dumps([done.returncode, wall, used.ru_utime + used.ru_stime]))


def cost(words: Sequence[str], folder: Path, **environment: str) -> Cost:
    """Return what a program costs; SystemExit: it failed."""
    done = subprocess.run(  # noqa: S603 - this program
        (sys.executable, str(Path(__file__).resolve()), _MEASURE, *words),
        cwd=folder,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    code, wall, cpu = json.loads(done.stdout)
    if code:
        raise SystemExit(f"{words[0]} ended with {code}")
    return Cost(wall, cpu)


def ansible() -> str | None:
    """Return an `ansible-playbook` that has the collection cisco.ios."""
    program = os.environ.get("ANSIBLE") or shutil.which("ansible-playbook")
    if program is None:
        return None
    doc = str(Path(program).with_name("ansible-doc"))
    found = subprocess.run((doc, "cisco.ios.ios_command"), check=False, capture_output=True)  # noqa: S603
    return program if found.returncode == 0 else None


def play(folder: Path, ports: dict[str, int], commands: Sequence[str]) -> Path:
    """Write an inventory and a playbook that types commands, and return the playbook's path."""
    every = {
        "ansible_host": "127.0.0.1",
        "ansible_user": "admin",
        "ansible_password": "admin",
        "ansible_connection": "ansible.netcommon.network_cli",
        "ansible_network_os": "cisco.ios.ios",
        "ansible_network_cli_ssh_type": "paramiko",
        "ansible_become": True,
        "ansible_become_method": "ansible.netcommon.enable",
        "ansible_become_password": "enable",
    }
    hosts = {name: {"ansible_port": port} for name, port in ports.items()}
    book = folder / "play.json"
    task = {"cisco.ios.ios_command": {"commands": list(commands)}}
    book.write_text(json.dumps([{"hosts": "all", "gather_facts": False, "tasks": [task]}]), encoding="utf-8")
    document = {"all": {"hosts": hosts, "vars": every}}
    (folder / "inventory.json").write_text(json.dumps(document), encoding="utf-8")
    return book


def compare(devices: int, turns: int) -> None:
    """Let all take turns, and print a table."""
    with tempfile.TemporaryDirectory(prefix="swimctl-bench-") as name:
        folder = Path(name)
        started = (sys.executable, __file__, _LAB, str(devices), name)
        with subprocess.Popen(started, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as lab:  # noqa: S603
            if lab.stdin is None or lab.stdout is None:
                raise SystemExit("the lab did not start")
            ports = json.loads(lab.stdout.readline())
            check: tuple[str, ...] = (*SWIMCTL, "device", "check", "--all")
            cost(check, folder)
            lab.stdin.write("\n")
            lab.stdin.flush()
            typed = [line for line in json.loads(lab.stdout.readline()) if line.startswith(("show ", "dir "))]
            ways: dict[str, tuple[tuple[str, ...], dict[str, str]]] = {
                "swimctl device check": (check, {}),
                "Nornir with nornir-netmiko": (
                    (sys.executable, str(Path(__file__).resolve()), _NORNIR, name, json.dumps(typed)),
                    {},
                ),
            }
            if (program := ansible()) is not None:
                book = str(play(folder, ports, typed))
                settings = {
                    "HOME": name,
                    "ANSIBLE_FORKS": str(AT_ONCE),
                    "ANSIBLE_HOST_KEY_CHECKING": "False",
                    "ANSIBLE_PERSISTENT_CONNECT_TIMEOUT": "60",
                    "ANSIBLE_PERSISTENT_CONTROL_PATH_DIR": str(folder / "pc"),
                }
                ways["Ansible, cisco.ios.ios_command"] = ((program, "-i", "inventory.json", book), settings)
            taken: dict[str, list[Cost]] = {way: [] for way in ways}
            for _ in range(turns):
                for way, (words, settings) in ways.items():
                    taken[way].append(cost(words, folder, **settings))
            lab.stdin.close()
    print(f"{devices} devices, {len(typed)} commands each, {turns} turns")
    print("| by | wall | CPU | swimctl's wall, divided by it | swimctl's CPU, divided by it |\n|---|---|---|---|---|")
    own = _median(taken["swimctl device check"])
    for way, costs in taken.items():
        theirs = _median(costs)
        print(
            f"| {way} | {theirs.wall:.1f} s | {theirs.cpu:.1f} s | {own.wall / theirs.wall:.2f} "
            f"| {own.cpu / theirs.cpu:.2f} |"
        )
    if program is None:
        print("Ansible took no part: `pip install ansible`")


def _median(costs: Sequence[Cost]) -> Cost:
    return Cost(statistics.median(each.wall for each in costs), statistics.median(each.cpu for each in costs))


def main() -> int:
    """Do what the command line asks for."""
    kind, *rest = sys.argv[1:] or [""]
    if kind == _LAB:
        be_the_lab(int(rest[0]), Path(rest[1]))
    elif kind == _NORNIR:
        be_nornir(Path(rest[0]), json.loads(rest[1]))
    elif kind == _MEASURE:
        measure(rest)
    else:
        devices, turns = (*(int(each) for each in sys.argv[1:]), *(20, 3)[len(sys.argv) - 1 :])
        compare(devices, turns)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
