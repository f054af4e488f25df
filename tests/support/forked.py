"""swimctl as a process that is forked from one which has its code already: to read it takes a second of CPU each time.

It is a process of its own, with a pid, streams, limits and an end as any. `forked` gives it with what tests use of
`subprocess.Popen`. That a Python which is started anew comes so far is what tests/cli/test_main.py tries.
"""

from __future__ import annotations

import atexit
import multiprocessing
import os
import resource
import select
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Mapping, Sequence
from multiprocessing import forkserver, reduction
from multiprocessing.context import ForkServerContext, ForkServerProcess
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, NoReturn, Self

_CONTEXT = multiprocessing.get_context("forkserver")
_STARTED_BY: list[int] = []
_LIMITS = (resource.RLIMIT_NOFILE, resource.RLIMIT_FSIZE)


class _Passed:
    """A file descriptor that goes to the new process."""

    def __init__(self, number: int) -> None:
        self.number = number

    def __reduce__(self) -> tuple[Any, ...]:
        return _taken, (reduction.DupFd(self.number),)


def _taken(passed: Any) -> _Passed:
    return _Passed(passed.detach())


def _run(
    words: Sequence[str],
    folder: Path,
    environment: Mapping[str, str],
    limits: Sequence[tuple[int, tuple[int, int]]],
    processors: set[int],
    streams: tuple[_Passed, _Passed, _Passed],
    alone: bool,
) -> NoReturn:
    """Become what `python -c 'sys.exit(main())'` would be in that folder."""
    if alone:
        os.setsid()
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    os.chdir(folder)
    for kind, limit in limits:
        resource.setrlimit(kind, limit)
    if processors:
        os.sched_setaffinity(0, processors)
    numbers = [each.number for each in streams]
    for place, number in enumerate(numbers):
        os.dup2(number, place)
    for number in {*numbers} - {0, 1, 2}:
        os.close(number)
    sys.stdin = sys.__stdin__ = open(0, encoding="utf-8")  # noqa: SIM115 - for the life of the process
    sys.stdout = sys.__stdout__ = open(1, "w", encoding="utf-8")  # noqa: SIM115 - as above
    sys.stderr = sys.__stderr__ = open(2, "w", buffering=1, encoding="utf-8", errors="backslashreplace")  # noqa: SIM115 - as above
    sys.argv = ["swimctl", *words]
    os._exit(_ended())


def _ended() -> int:
    from swimctl.cli import main

    try:
        code: Any = main()
    except SystemExit as end:
        code = end.code
    except BaseException:  # noqa: BLE001 - Python itself prints it and ends with 1
        traceback.print_exc()
        code = 1
    threading._shutdown()  # type: ignore[attr-defined]  # what Python does at its end
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    return int(code or 0)


def ready() -> None:
    """Start the process that all are forked from, once, with all of swimctl read.

    Workers that are forked behind this share it (workers_by_fork.py).
    """
    server = forkserver._forkserver  # type: ignore[attr-defined]
    if server._forkserver_pid is not None and os.getpid() not in _STARTED_BY:
        server.ensure_running = lambda: None  # it looks only for a child of its own
        return
    _STARTED_BY[:] = [os.getpid()]
    here = str(Path(__file__).parents[1])
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = here if before is None else f"{here}{os.pathsep}{before}"
    try:
        _CONTEXT.set_forkserver_preload(["support.all_of_swimctl", "pytest"])
        forkserver.ensure_running()
    finally:
        if before is None:
            del os.environ["PYTHONPATH"]
        else:
            os.environ["PYTHONPATH"] = before


class Processes(ForkServerContext):
    """Make processes that run a function of a test, as `multiprocessing` does, from the one that has swimctl's code."""

    def Process(self, *given: Any, **named: Any) -> BaseProcess:  # type: ignore[override]  # noqa: N802 - its name there
        ready()
        return ForkServerProcess(*given, **named)


class Forked:
    """The new process. What it prints comes in one stream.

    With a terminal it reads from that and complains there, and what it prints for programs comes in the stream. Then it
    has no terminal of the tests' own, which a prompt would open past the given one.
    """

    def __init__(
        self,
        words: Sequence[str],
        folder: Path,
        environment: Mapping[str, str],
        stdin: str | None = None,
        terminal: int | None = None,
    ) -> None:
        ready()
        self.args = ["swimctl", *words]
        self.returncode: int | None = None
        self.stdin = None
        self._read = b""
        out, printed = os.pipe()
        given, into = (os.open(os.devnull, os.O_RDONLY), None) if stdin is None else os.pipe()
        streams = (given, printed, printed) if terminal is None else (terminal, printed, terminal)
        limits = [(kind, resource.getrlimit(kind)) for kind in _LIMITS]
        self._process = _CONTEXT.Process(
            target=_run,
            args=(
                tuple(words),
                folder,
                dict(environment),
                limits,
                os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set(),
                tuple(map(_Passed, streams)),
                terminal is not None,
            ),
            daemon=True,
        )
        self._process.start()
        os.close(given)
        os.close(printed)
        if into is not None and stdin is not None:
            with os.fdopen(into, "w", encoding="utf-8") as pipe:
                pipe.write(stdin)
        assert self._process.pid is not None
        self.pid: int = self._process.pid
        self.stdout = os.fdopen(out, encoding="utf-8")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stdout.close()
        self.wait()

    def poll(self) -> int | None:
        self.returncode = self._process.exitcode
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        self._process.join(timeout)
        if self.poll() is None:
            raise subprocess.TimeoutExpired(self.args, timeout or 0)
        assert self.returncode is not None
        return self.returncode

    def communicate(self, timeout: float | None = None) -> tuple[str, None]:
        """Read all that it prints and wait for its end."""
        end = None if timeout is None else time.monotonic() + timeout
        while not self.stdout.closed:
            left = None if end is None else max(0.0, end - time.monotonic())
            if not select.select([self.stdout], [], [], left)[0]:
                raise subprocess.TimeoutExpired(self.args, timeout or 0)
            news = os.read(self.stdout.fileno(), 65_536)
            self._read += news
            if not news:
                self.stdout.close()
        self.wait(None if end is None else max(0.0, end - time.monotonic()))
        return self._read.decode("utf-8"), None

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)
