"""Secrets that are planted, and the search for them in all that swimctl leaves: files, output, processes."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import os
import pty
import secrets
import select
import subprocess
import threading
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
from support import processes
from support.processes import PROGRAM, look, start

_MARK = "TEST_OF_SECRETS"
_LOOK_EVERY = 0.1


def secret(kind: str) -> str:
    """Make up a secret that every way of writing it changes, and that a terminal of a switch takes as it is.

    Nine signs of it that tell nothing of its kind hold four that are drawn: they are no piece of another secret.
    """
    drawn = secrets.token_hex(6)
    return f'{kind}"{drawn[:4]}/{drawn[4:8]}+&{drawn[8:]}%<\\ö'


def spellings(text: str) -> set[bytes]:
    """Return the ways in which a secret may stand somewhere: plain, and as programs write it into something else."""
    plain = text.encode()
    found = {plain, plain.hex().encode(), plain.hex().upper().encode(), text.encode("utf-16-le")}
    for ascii_only in (True, False):
        found.add(json.dumps(text, ensure_ascii=ascii_only)[1:-1].encode())
    found |= {
        one.encode() for one in (repr(text)[1:-1], ascii(text)[1:-1], html.escape(text), html.escape(text, False))
    }
    found |= {quote(text, safe=safe).encode() for safe in ("", "/")} | {quote_plus(text).encode()}
    for before in range(3):  # where it does not stand first, all its base64 letters are others
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            whole = encode(b"\0" * before + plain)
            found.add(whole[-(-before * 4 // 3) : len(whole) - 4])  # what a neighbour changes is left off
    return found


@dataclass
class Watched:
    """What swimctl did in a folder: all that its processes printed, and what could be seen of them from outside."""

    folder: Path
    hidden: dict[str, str]
    written: Mapping[str, Collection[str]]
    began: float = field(default_factory=time.time)
    printed: list[tuple[str, str]] = field(default_factory=list)
    seen: dict[str, bytes] = field(default_factory=dict)
    clean: set[tuple[str, bytes, int]] = field(default_factory=set)

    def run(self, *arguments: str, stdin: str | None = None) -> tuple[int, str]:
        """Run a command to its end, and give its exit code and all that it printed."""
        with start(self.folder, *arguments, stdin=stdin) as process:
            out, _ = process.communicate(timeout=240)
        self.keep(" ".join(arguments), out)
        return process.returncode, out

    def look(self, *arguments: str) -> tuple[int, str]:
        """Run a command as `processes.look` does, and give its exit code and all that it printed."""
        code, out = look(self.folder, *arguments)
        self.keep(" ".join(arguments), out)
        return code, out

    def run_on_terminal(self, *arguments: str, types: str = "") -> tuple[int, str]:
        """Run a command on a terminal, type an answer at its question, and give its exit code and what was shown."""
        master, slave = pty.openpty()
        with subprocess.Popen([*PROGRAM, *arguments], cwd=self.folder, stdin=slave, stdout=slave, stderr=slave) as one:
            os.close(slave)
            shown = self._read(master, one, types)
        os.close(master)
        self.keep(f"{' '.join(arguments)} (on a terminal)", shown)
        return one.returncode, shown

    def keep(self, what: str, printed: str) -> None:
        """Keep what a process printed."""
        self.printed.append((what, printed))

    def all_kept(self) -> list[tuple[str, bytes]]:
        """List all that there is to search, with a name for it."""
        places = [(f"output of {what}", text.encode(errors="surrogateescape")) for what, text in self.printed]
        places += [(name, content) for name, content in self.seen.items()]
        return places + [(str(path), path.read_bytes()) for path in self._files()]

    def found(self) -> list[str]:
        """List where a secret stands that must not stand there. What had none, images above all, is searched once."""
        found, ways = [], {kind: spellings(text) for kind, text in self.hidden.items()}
        for place, content in self.all_kept():
            same = (place, hashlib.blake2b(content).digest(), len(ways))
            if same not in self.clean:
                kinds = self.hidden.keys() - self.written.get(Path(place).name, ())
                here = [f"{kind} in {place}" for kind in kinds if any(one in content for one in ways[kind])]
                found += here
                if not here:
                    self.clean.add(same)
        return found

    def _files(self) -> Iterator[Path]:
        yield from (path for path in self.folder.rglob("*") if path.is_file())
        # What is made elsewhere than in TMPDIR. Other programs are at work there too.
        for path in Path("/tmp").iterdir():  # noqa: S108 - it is searched, not used
            with suppress(OSError):
                if path.is_file() and path.stat().st_mtime >= self.began - 1 and os.access(path, os.R_OK):
                    yield path

    @staticmethod
    def _read(master: int, process: subprocess.Popen[bytes], types: str) -> str:
        shown = ""
        while True:
            ready, _, _ = select.select([master], [], [], 0.1)
            if ready:
                try:
                    shown += os.read(master, 65536).decode(errors="surrogateescape")
                except OSError:  # the last one who had the terminal open has ended
                    process.wait(60)
                    return shown
            if types and "[y/N]" in shown:
                os.write(master, types.encode())
                types = ""

    def look_at_processes(self, ends: threading.Event) -> None:
        """Keep command line and environment of each process that swimctl is or starts, until told to end."""
        others = _processes()  # they were there before
        while not ends.wait(_LOOK_EVERY):
            here = _processes()
            others &= here
            for proc in (Path("/proc", name) for name in here - others):
                with suppress(OSError):
                    environment = (proc / "environ").read_bytes()
                    if f"{_MARK}={self.folder}".encode() not in environment:
                        continue
                    kept = [one for one in environment.split(b"\0") if not one.startswith(b"SWIMCTL_")]
                    self.seen[f"command line of process {proc.name}"] = (proc / "cmdline").read_bytes()
                    self.seen[f"environment of process {proc.name}"] = b"\0".join(kept)


def _processes() -> set[str]:
    return {name for name in os.listdir("/proc") if name.isdigit()}  # noqa: PTH208 - hundreds of names, ten times a second


@contextmanager
def watched(
    folder: Path, monkeypatch: pytest.MonkeyPatch, hidden: dict[str, str], written: Mapping[str, Collection[str]]
) -> Iterator[Watched]:
    """Watch what swimctl does in a folder. `written` names the files in which the user wrote which kinds himself."""
    for name, where in (("TMPDIR", "temporary"), ("HOME", "home")):
        (folder / where).mkdir()
        monkeypatch.setenv(name, str(folder / where))
    monkeypatch.setenv(_MARK, str(folder))
    monkeypatch.setattr(processes, "MAY_FORK", False)  # it is the environment of a real start that is looked at
    one, ends = Watched(folder, hidden, written), threading.Event()
    looker = threading.Thread(target=one.look_at_processes, args=(ends,))
    looker.start()
    try:
        yield one
    finally:
        ends.set()
        looker.join()


@contextmanager
def with_defect(folder: Path, monkeypatch: pytest.MonkeyPatch, where: str) -> Iterator[None]:
    """Let every Python that starts in here have a defect in one function of swimctl, which raises when it is called."""
    module, _, name = where.partition(":")
    place = folder / "defect"
    place.mkdir(exist_ok=True)
    owner, _, function = name.rpartition(".")
    (place / "sitecustomize.py").write_text(
        f"import {module} as module\n"
        "def fail(*given, **named):\n    raise ZeroDivisionError('a defect made for a test')\n"
        f"setattr(module.{owner}, {function!r}, fail)\n"
    )
    with monkeypatch.context() as patched:
        patched.setenv("PYTHONPATH", os.pathsep.join(filter(None, (str(place), os.environ.get("PYTHONPATH")))))
        yield
