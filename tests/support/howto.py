"""A how-to page, and a machine on which its commands are typed as they are printed.

`Page.block` returns a block, and `Page.over` fails where a command of the page was neither typed nor left out with a
reason. What the page calls by a name of its own, such as a device or a folder, has another name on this machine: see
`Machine.names`.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML
from support.upgrades import hosts_of

DOCS: Final = Path(__file__).resolve().parents[2] / "docs"
_BLOCK: Final = re.compile(r"^ *```\w*\n((?:.*\n)*?) *```$|((?:^ {4,}\S.*\n|\n(?= {4,}\S))+)", re.MULTILINE)
_PTY: Final = "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))"
_COMMAND: Final = re.compile(r"(?:swimctl |ssh-keygen |pip |export |\(umask |dask |ansible|import )")


class Page:
    """A page of docs/, and which of its blocks with commands are still to be typed."""

    def __init__(self, name: str) -> None:
        text = (DOCS / name).read_text(encoding="utf-8")
        self.blocks = [_outdented(fenced or indented) for fenced, indented in _BLOCK.findall(text)]
        self.left = [block for block in self.blocks if _COMMAND.match(block)]

    def block(self, part: str) -> str:
        """Return the block that has a text in it, and has not been typed yet."""
        found = [block for block in (self.left if _COMMAND.match(part) else self.blocks) if part in block]
        assert found, f"no block has {part!r}"
        if found[0] in self.left:
            self.left.remove(found[0])
        return found[0]

    def over(self, elsewhere: Mapping[str, str] | None = None) -> None:
        """Check that nothing is left but what begins so; each with the reason, or the test that types it."""
        begun = tuple(elsewhere or ())
        left = [block for block in self.left if not (begun and block.startswith(begun))]
        assert not left, f"nobody typed\n{''.join(left)}"


def _outdented(block: str) -> str:
    lines = block.strip("\n").splitlines()
    edge = min(len(line) - len(line.lstrip()) for line in lines if line.strip())
    return "\n".join(line[edge:] for line in lines) + "\n"


@dataclass
class Machine:
    """A folder in which commands are typed; `names` says what stands here for a text of the page."""

    folder: Path
    names: Mapping[str, str] = field(default_factory=dict)

    def calling(self, **names: str) -> Machine:
        """Return this machine, with more names."""
        return Machine(self.folder, {**self.names, **names})

    def here(self, text: str) -> str:
        """Return a text of the page for this machine."""
        for printed, real in self.names.items():
            text = text.replace(printed, real)
        return text

    @property
    def environment(self) -> dict[str, str]:
        """Return what a terminal gives: the home is the folder, and swimctl is that of this Python."""
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        return {"PATH": path, "HOME": str(self.folder), "LANG": "C.UTF-8", "TZ": "Europe/Berlin", "COLUMNS": "200"}

    def type(self, block: str, code: int = 0, *, terminal: bool = False, **more: str) -> str:
        """Type a block; return what all of it said. The last command ends with this code, those before it with 0.

        `terminal`: what it says goes to a terminal, and not into a file.
        """
        shell = [*([sys.executable, "-c", _PTY] if terminal else []), "sh", "-euc", self.here(block)]
        done = subprocess.run(
            shell, cwd=self.folder, env=self.environment | more, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=300, check=False,
        )  # fmt: skip
        assert done.returncode == code, f"{self.here(block)}\n{done.returncode}: {done.stdout}"
        return done.stdout

    @contextmanager
    def running(self, block: str, until: str, **more: str) -> Iterator[str]:
        """Type a block that goes on; the body begins, with all that it said, when a line has `until` in it."""
        with subprocess.Popen(
            ["sh", "-euc", self.here(block)], cwd=self.folder, env=self.environment | more, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
        ) as process:  # fmt: skip
            try:
                assert process.stdout is not None
                said = ""
                while until not in said:
                    line = process.stdout.readline()
                    assert line, said
                    said += line
                yield said
            finally:
                os.killpg(process.pid, 15)

    def configure(self, block: str, path: str = "config.yaml") -> None:
        """Merge a block of YAML into a file, as a person does who copies it there."""
        yaml, file = YAML(typ="safe", pure=True), self.folder / path
        document = yaml.load(file.read_text(encoding="utf-8")) or {}
        _merge(document, yaml.load(self.here(block)))
        with file.open("w", encoding="utf-8") as opened:
            yaml.dump(document, opened)

    def join(self, **groups: str) -> None:
        """Put devices of the inventory into a group of a page."""
        with hosts_of(self.folder) as hosts:
            for name, group in groups.items():
                hosts[name]["groups"] = [*hosts[name]["groups"], group]

    def jobs(self) -> dict[str, dict[str, Any]]:
        """Return the newest job of each device, the newest of all last."""
        jobs = json.loads(self.type("swimctl job list --json"))["jobs"]
        return {job["device_hostname"]: job for job in sorted(jobs, key=lambda job: job["id"])}

    def events_of(self, device: str) -> str:
        """Return what the newest job of a device told."""
        return self.type(f"swimctl job events {self.jobs()[device]['id']}")


def _merge(document: dict[str, object], more: Mapping[str, object]) -> None:
    for key, value in more.items():
        below = document.get(key)
        if isinstance(below, dict) and isinstance(value, dict) and "plugin" not in value:
            _merge(below, value)
        else:
            document[key] = value
