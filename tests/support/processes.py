"""swimctl as processes of its own, to be watched, stopped and killed; and what the lab says of them afterwards."""

from __future__ import annotations

import io
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import chdir, closing, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, cast

from support.forked import Forked
from support.time_at_rest import is_at_rest
from support.upgrades import TARGET

from swimctl.cli import main
from swimctl.lab.fleet import LabFleet

STEPS = ("Readiness Check", "Distribution", "Activation", "Post-Checks")
PROGRAM = (sys.executable, "-c", "import sys; from swimctl.cli import main; sys.exit(main())")
_AS_EVER = PROGRAM
MAY_FORK = True
"""Whether a process may be forked from one that has read swimctl; else Python starts anew, which takes a second."""


def start(folder: Path, *arguments: str, stdin: str | None = None) -> subprocess.Popen[str]:
    """Start swimctl in a folder; what it prints comes in one stream. `stdin` is all that it can read."""
    assert not is_at_rest(), "a process of its own lives by the wall: lab_folder(at_rest=False)"
    environment = {**os.environ, "TZ": "UTC"}
    if MAY_FORK and PROGRAM is _AS_EVER:
        return cast("subprocess.Popen[str]", Forked(arguments, folder, environment, stdin))
    process = subprocess.Popen(
        [*PROGRAM, *arguments],
        cwd=folder,
        stdin=subprocess.DEVNULL if stdin is None else subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environment,
    )
    if process.stdin is not None and stdin is not None:
        with process.stdin as pipe:
            pipe.write(stdin)
        process.stdin = None  # communicate() would write to it
    return process


def look(folder: Path, *arguments: str) -> tuple[int, str]:
    """Run a command of swimctl that takes no time, in this process: Python alone takes longer to start."""
    with chdir(folder), redirect_stdout(io.StringIO()) as said, redirect_stderr(said):
        code = main(arguments)
    return code, said.getvalue()


def jobs(folder: Path, *ids: str) -> list[dict[str, Any]]:
    """Ask `swimctl status` for jobs, those of the latest batch if no id is given; none where there are none."""
    document: dict[str, Any] = json.loads(look(folder, "status", *ids, "--json")[1])
    return list(document.get("jobs", ()))


def come_to(folder: Path) -> tuple[int, int]:
    """Count the events in the store, and number the furthest step that any job is in, from 0; nothing yet is -1."""
    if not (folder / "swimctl.db").exists():
        return 0, -1
    with closing(sqlite3.connect(f"file:{folder / 'swimctl.db'}?mode=ro", uri=True)) as store:
        try:
            (told,) = store.execute("select count(*) from events").fetchone()
            (step,) = store.execute("select max(position) from steps where status <> 'pending'").fetchone()
        except sqlite3.OperationalError:  # the tables are not there yet
            return 0, -1
    return int(told), -1 if step is None else int(step)


def stop_in(
    folder: Path, process: subprocess.Popen[str], step: int, seconds: float, how: signal.Signals = signal.SIGKILL
) -> bool:
    """Send a signal some seconds after the process did something and a job is in a step; False: it ended before."""
    end = time.monotonic() + 120
    (before, furthest), told = come_to(folder), 0
    while told <= before or furthest < step:
        assert time.monotonic() < end, "it stands still"
        if process.poll() is not None:
            return False
        time.sleep(0.01)
        told, furthest = come_to(folder)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.send_signal(how)
        process.communicate(timeout=240)
        return True
    return False


def assert_once(lab: LabFleet) -> None:
    """Every switch was activated once, reloaded once, committed once, and runs the target."""
    for name in lab.ports:
        switch = lab.switch(name)
        sent = [line for line in lab.commands(name) if line.startswith("install ")]
        by_verb = {
            verb: sum(line.split()[1] == verb for line in sent) for verb in ("add", "activate", "commit", "abort")
        }
        assert (name, by_verb) == (name, {"add": 1, "activate": 1, "commit": 1, "abort": 0})
        assert (name, len(lab.reloads(name))) == (name, 1)
        assert switch.install.running == switch.install.committed
        assert {switch.install.member_release(member).padded for member in switch.members} == {TARGET}
