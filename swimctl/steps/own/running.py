"""Run a program of this machine with its own process group, its input, its time, and none that outlives swimctl."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from swimctl.errors import StepFailed
from swimctl.steps.own import keeper

# Bytes of a script's output that are kept: its end, where it says what became of it.
_MOST: Final = 65_536
# Real seconds for what is in the pipe yet when all is killed.
_LAST: Final = 0.1


@dataclass(frozen=True, slots=True)
class Ran:
    """How a script ended: its exit code, or None where its time was over; the end of what it printed."""

    code: int | None
    output: str


def run(
    words: Sequence[str], environment: Mapping[str, str], given: str, folder: Path, seconds: float, then: str
) -> Ran:
    """Run a program with its own process group, and kill the group when it has ended or its time is over.

    `given` is its standard input, however long. If this process dies, a keeper ends the group. StepFailed: it cannot
    be started.
    """
    here, there = socket.socketpair()
    with here:
        with there:
            process = _start([*words], environment, folder, there.fileno(), then)
        assert process.stdin is not None  # noqa: S101 - pipes were asked for
        assert process.stdout is not None  # noqa: S101 - as above
        with process.stdout as stdout, process.stdin as stdin:
            if (problem := _problem(here)) != 0:
                process.wait()
                raise _not_started(words[0], os.strerror(problem), then)
            talk = _Talk(here, stdin, stdout, given.encode())
            ended = talk.go_on(seconds)
            if not ended:
                _signal(process.pid, signal.SIGTERM)
                talk.go_on(keeper.GRACE)
            _signal(process.pid, signal.SIGKILL)  # it is not reaped yet: its number is that of its group still
            code = process.wait()
            talk.turn(_LAST)
            return Ran(code if ended else None, talk.text)


def _start(
    words: list[str], environment: Mapping[str, str], folder: Path, keeps: int, then: str
) -> subprocess.Popen[bytes]:
    """Start a program under its keeper, whose other end is inherited as `keeps`."""
    try:
        # Its own session: a Ctrl-C at this terminal is not for it, and all that it starts can be killed with it.
        return subprocess.Popen(  # noqa: S603 - the program that the owner of the configuration names
            [sys.executable, "-I", "-S", keeper.__file__, str(keeps), *words],
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            pass_fds=(keeps,),
        )
    except OSError as problem:
        raise _not_started(words[0], problem.strerror or str(problem), then) from None


def _problem(keeper_of_it: socket.socket) -> int:
    """Return the error number with which a program could not be started, 0 where it was."""
    told = keeper_of_it.recv(16)
    return int(told) if told else 0  # a keeper that died says how in its code


def _not_started(program: str, why: str, then: str) -> StepFailed:
    return StepFailed(
        f"{program} cannot be run: {why}; nothing was started; next: correct its path in the "
        f"workflow (from the folder of config.yaml on) or its mode, then {then}"
    )


class _Talk:
    """What a script is given and what it prints, as it comes: one that prints or waits without end stops nothing."""

    def __init__(self, keeps: socket.socket, stdin: IO[bytes], stdout: IO[bytes], given: bytes) -> None:
        self._keeps = keeps
        self._stdin, self._stdout = stdin, stdout
        self._left = memoryview(given)
        self._kept = b""
        self._selector = selectors.DefaultSelector()
        for pipe, event in ((stdin, selectors.EVENT_WRITE), (stdout, selectors.EVENT_READ)):
            os.set_blocking(pipe.fileno(), False)
            self._selector.register(pipe, event)
        self._selector.register(keeps, selectors.EVENT_READ)

    def go_on(self, seconds: float) -> bool:
        """Talk until its keeper has ended; return whether that was in time."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if self.turn(left):
                return True
        return False

    def turn(self, seconds: float) -> bool:
        """Write and read what goes within some seconds at most. Return whether its keeper has ended."""
        ended = False
        for key, _ in self._selector.select(seconds):
            if key.fileobj is self._stdin:
                self._give()
            elif key.fileobj is self._stdout:
                self._read()
            else:
                ended = True  # it says nothing more: its end is closed
        return ended

    def _give(self) -> None:
        try:
            self._left = self._left[os.write(self._stdin.fileno(), self._left) :]
        except BlockingIOError:
            return
        except OSError:  # it reads no more
            self._left = self._left[:0]
        if not self._left:
            self._selector.unregister(self._stdin)
            self._stdin.close()

    def _read(self) -> None:
        piece = os.read(self._stdout.fileno(), _MOST)
        if not piece:
            self._selector.unregister(self._stdout)
        self._kept = (self._kept + piece)[-_MOST:]

    @property
    def text(self) -> str:
        """Return the end of all that was printed."""
        return self._kept.decode("utf-8", "replace")


def _signal(group: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)
