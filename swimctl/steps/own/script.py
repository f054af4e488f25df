"""A program on this machine that a workflow names: no shell, few variables, its facts on its standard input."""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from swimctl.config.flow_rules import filled
from swimctl.config.workflows import Script
from swimctl.errors import StepFailed
from swimctl.sessions.redaction import Redaction
from swimctl.steps.base import JobContext, StepResult
from swimctl.steps.own.facts import KEPT, OwnStep, done_key

# Bytes of a script's output that are kept: its end, where it says what became of it.
_MOST: Final = 65_536
_PATH: Final = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
# Real seconds between two looks at a script, and for what it does when it is asked to end.
_LOOK: Final = 0.1
_GRACE: Final = 5.0


@dataclass(frozen=True, slots=True)
class Ran:
    """How a script ended: its exit code, or None where its time was over; the end of what it printed."""

    code: int | None
    output: str


@dataclass(frozen=True)
class ScriptStep(OwnStep):
    """Run a program once; its exit code decides."""

    said: Script

    def run(self, context: JobContext) -> StepResult:
        """Run it. StepFailed: it cannot be started, took too long, or ended with another code than 0."""
        if (before := self.about.done(context)) is not None:
            return StepResult(before)
        secrets = self.about.secrets(self.said.secrets)
        facts = self.about.facts(context, [*self.said.run, *self.said.env.values()], secrets)
        texts = {name: str(value) for name, value in facts.items()}
        words = [filled(word, texts) for word in self.said.run]
        environment = self._environment({**texts, **secrets})
        hide = Redaction(secrets.values())
        context.part()  # a session would idle out meanwhile
        self.about.once(context, hide, f"script {' '.join(words)}", again=self.said.again)
        ran = run(words, environment, json.dumps(facts), self.about.folder, self.said.timeout, self.about.then)
        output = hide.text(ran.output)
        context.transcript.note(f"{self.kind} printed:\n{output}")
        context.record.event("own", f"{words[0]}: {_ended(ran)}", code=ran.code, output=output[-KEPT:])
        if ran.code != 0:
            said = " ".join(output.split())[-200:]
            last = f"; last words: {said!r}" if said else ""
            limit = f" of {self.said.timeout:g} s" if ran.code is None else ""
            raise StepFailed(
                f"{words[0]}: {_ended(ran)}{limit}; needed: exit code 0{last}; next: see "
                f"`swimctl job transcript {context.job.id}`, then {self.about.then}"
            )
        context.record.remember(done_key(self.kind), f"{words[0]}: exit code 0")
        return StepResult(f"{words[0]}: exit code 0")

    def _environment(self, values: Mapping[str, str]) -> dict[str, str]:
        own = {name: filled(value, values) for name, value in self.said.env.items()}
        return {"PATH": _PATH, "HOME": str(Path.home()), "LANG": "C.UTF-8", **own}


def run(
    words: Sequence[str], environment: Mapping[str, str], facts: str, folder: Path, seconds: float, then: str
) -> Ran:
    """Run a program with its own process group, and kill the group when it has ended or its time is over.

    StepFailed: it cannot be started.
    """
    try:
        # Its own session: a Ctrl-C at this terminal is not for it, and all that it starts can be killed with it.
        process = subprocess.Popen(  # noqa: S603 - the program that the owner of the configuration names
            [*words],
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except OSError as problem:
        raise StepFailed(
            f"{words[0]} cannot be run: {problem.strerror}; nothing was started; next: correct its path in the "
            f"workflow (from the folder of config.yaml on) or its mode, then {then}"
        ) from None
    assert process.stdin is not None  # noqa: S101 - pipes were asked for
    assert process.stdout is not None  # noqa: S101 - as above
    with process.stdout as stdout:
        with contextlib.suppress(BrokenPipeError, OSError), process.stdin as stdin:
            os.set_blocking(stdin.fileno(), False)  # facts fit a pipe; who reads none must not hold this thread
            os.write(stdin.fileno(), facts.encode())
        kept = _Output(stdout)
        ended = _wait(process.pid, kept, time.monotonic() + seconds)
        if not ended:
            _signal(process.pid, signal.SIGTERM)
            _wait(process.pid, kept, time.monotonic() + _GRACE)
        _signal(process.pid, signal.SIGKILL)
        code = process.wait()
        kept.read(_LOOK)
        return Ran(code if ended else None, kept.text)


class _Output:
    """What a script prints, read as it comes: one that prints without end stops nothing and fills nothing."""

    def __init__(self, pipe: IO[bytes]) -> None:
        self._pipe = pipe
        self._kept = b""
        self._selector = selectors.DefaultSelector()
        os.set_blocking(pipe.fileno(), False)
        self._selector.register(pipe, selectors.EVENT_READ)

    def read(self, seconds: float) -> None:
        """Read what comes within some seconds at most."""
        if not self._selector.get_map():
            time.sleep(seconds)
            return
        if self._selector.select(seconds):
            piece = os.read(self._pipe.fileno(), _MOST)
            if not piece:
                self._selector.unregister(self._pipe)
            self._kept = (self._kept + piece)[-_MOST:]

    @property
    def text(self) -> str:
        """Return the end of all that was printed."""
        return self._kept.decode("utf-8", "replace")


def _wait(pid: int, kept: _Output, end: float) -> bool:
    """Read what a process prints until it ends; return whether it did in time. It is not reaped: its group stays."""
    while os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
        if time.monotonic() >= end:
            return False
        kept.read(_LOOK)
    kept.read(0)
    return True


def _signal(group: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


def _ended(ran: Ran) -> str:
    if ran.code is None:
        return "it was killed, as it did not end in time"
    return f"exit code {ran.code}" if ran.code >= 0 else f"it was ended by signal {-ran.code}"
