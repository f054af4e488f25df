"""The Ansible collection of this repository: where it is, and playbooks that use it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from support.server_process import Served

ROOT = Path(__file__).resolve().parents[2]
COLLECTION = ROOT / "ansible_collections" / "swimctl" / "swim"


@cache
def importable() -> None:
    """Let this process import `ansible_collections.swimctl.swim`, as Ansible's own processes do."""
    from ansible.plugins.loader import init_plugin_loader

    init_plugin_loader([str(ROOT)])


@dataclass(frozen=True)
class Played:
    """What a playbook did: its exit code, all that it printed, and the result of each task, by its name."""

    code: int
    text: str
    results: Mapping[str, Any]


def environment(folder: Path, served: Served | None, collections: Path = ROOT) -> dict[str, str]:
    """Return the environment of a program of Ansible that finds the collection, and the server with its token."""
    known = {} if served is None else {"SWIMCTL_URL": served.url, "SWIMCTL_TOKEN": served.token}
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "SWIMCTL_"))}
    return {
        **kept,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(folder),
        "ANSIBLE_COLLECTIONS_PATH": str(collections),
        "ANSIBLE_LOCALHOST_WARNING": "False",
        "ANSIBLE_INVENTORY_UNPARSED_WARNING": "False",
        "LC_ALL": "C.UTF-8",
        **known,
    }


def start(
    folder: Path, served: Served | None, tasks: Sequence[Mapping[str, Any]], *options: str, **more: str
) -> subprocess.Popen[str]:
    """Start a playbook with these tasks on localhost."""
    book = [{"hosts": "localhost", "gather_facts": False, "tasks": list(tasks)}]
    (folder / "play.json").write_text(json.dumps(book), encoding="utf-8")
    return subprocess.Popen(
        ["ansible-playbook", "play.json", *options],
        cwd=folder,
        env={**environment(folder, served), "ANSIBLE_STDOUT_CALLBACK": "ansible.builtin.default", **more},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def play(
    folder: Path, served: Served | None, *tasks: Mapping[str, Any], options: Sequence[str] = (), **more: str
) -> Played:
    """Run tasks on localhost, and return the result of each that has `register`."""
    names = [str(task["register"]) for task in tasks if "register" in task]
    kept, text = folder / "results.json", "{{ {" + ", ".join(f"'{name}': {name}" for name in names) + "} | to_json }}"
    keep = {
        "ansible.builtin.copy": {"content": text, "dest": str(kept), "mode": "0600"},
        "check_mode": False,
        "diff": False,
    }
    with start(folder, served, [*tasks, keep], *options, **more) as process:
        text, _ = process.communicate(timeout=300)
    results = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {}
    kept.unlink(missing_ok=True)
    return Played(process.returncode, text, results)
