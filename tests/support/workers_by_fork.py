"""Workers of pytest-xdist, forked from one process that has read the tests: each would take seconds of CPU to do so.

pytest-xdist starts a Python for each worker and talks with it through its pipes. Here that Python is a stand-in: it
hands its pipes to the process that has read the tests, which forks the worker, and lasts as long as that.
"""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    import pytest

_HERE = Path(__file__)


def fork_them(config: pytest.Config, specs: Sequence[Any]) -> None:
    """Let the workers that a controller is about to start be forked."""
    import shlex
    import subprocess
    from tempfile import TemporaryDirectory

    folder = TemporaryDirectory(prefix="swimctl-tests-")
    place = str(Path(folder.name) / "socket")
    arguments = [str(each) for each in config.invocation_params.args]
    reads = f"import sys; sys.path.insert(0, {str(_HERE.parents[1])!r}); from support import {_HERE.stem} as workers"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(place)
        listener.listen(len(specs))
        # It ends when its input does, with the controller. What it says while it reads, each worker says again.
        reader = subprocess.Popen(
            [sys.executable, "-c", f"{reads}; workers.read_and_fork({listener.fileno()}, {arguments!r})"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=[listener.fileno()],
        )

    def end() -> None:
        reader.communicate()
        folder.cleanup()

    config.add_cleanup(end)
    for spec in specs:
        spec.python = shlex.join([sys.executable, "-S", str(_HERE), place])


def read_and_fork(listening: int, arguments: Sequence[str]) -> None:
    """Read the tests that these arguments of pytest name, then fork a worker for each who comes."""
    import gc
    import select

    import pytest

    pytest.main([*arguments, "-n", "0", "--collect-only"], plugins=[_NoTests()])
    from hypothesis.internal.conjecture import providers  # only now, as pytest reads it in its own way

    providers._get_local_constants()  # each worker would look for them in all that was read
    if "support.forked" in sys.modules:  # one for all, too
        sys.modules["support.forked"].ready()
    gc.collect()
    gc.freeze()
    gc.disable()  # as it is while tests are collected
    listener, workers = socket.socket(fileno=listening), list[int]()
    while True:
        ready, _, _ = select.select([listener, sys.stdin], [], [])
        if sys.stdin in ready:
            break
        stand_in, _ = listener.accept()
        _, streams, _, _ = socket.recv_fds(stand_in, 16, 3)
        workers.append(os.fork())
        if workers[-1] == 0:
            listener.close()
            _work(stand_in, streams)
            return
        stand_in.close()
        for each in streams:
            os.close(each)
    for worker in workers:
        os.waitpid(worker, 0)


class _NoTests:
    """Let pytest read the modules, and make no tests of what is in them."""

    @staticmethod
    def pytest_pycollect_makeitem() -> list[Any]:
        """Find nothing."""
        return []


def _work(stand_in: socket.socket, streams: Sequence[int]) -> None:
    """Do with these streams what a Python does that pytest-xdist starts; the stand-in ends with its socket."""
    import random

    for number, each in enumerate(streams):
        os.dup2(each, number)
        os.close(each)
    sys.stdin, sys.stdout, sys.stderr = _stream(0, "r"), _stream(1, "w"), _stream(2, "w")
    sys.__stdin__, sys.__stdout__, sys.__stderr__ = sys.stdin, sys.stdout, sys.stderr
    sys.argv = ["-c"]
    random.seed()  # else all would draw the same
    with stand_in:
        exec(eval(sys.stdin.readline()), {"__name__": "__main__"})  # noqa: S102, S307 - the line that Python is given


def _stream(number: int, mode: str) -> TextIO:
    return os.fdopen(number, mode, 1, encoding="utf-8", errors="backslashreplace", closefd=False)  # type: ignore[return-value]


def _stand_in(place: str) -> None:
    """Hand the streams of this process to a new worker, and wait for its end."""
    with socket.socket(socket.AF_UNIX) as worker:
        worker.connect(place)
        socket.send_fds(worker, [b"streams"], [0, 1, 2])
        os.close(0)
        os.close(1)
        worker.recv(1)


if __name__ == "__main__":
    _stand_in(sys.argv[1])
