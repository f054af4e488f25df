"""Ask lab switches what they run, and what a plan asks, and compare with the time that they take.

    python benchmarks/asking.py                            1,000 devices, 20 at a time: about half an hour
    python benchmarks/asking.py 100 --workers 20           others
    python benchmarks/asking.py 1000 --answer 1.0          devices that take a second for each line

The switches take `--answer` real seconds for each line that is typed, as devices do. The lab runs in a process of its
own on the same machine, so that its work is not counted, but does compete. What devices take is what one of them takes
alone, times their number, divided by those that are asked at the same time. `compliance` asks none: it only reads.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

SWIMCTL = (sys.executable, "-c", "from swimctl.cli import main; main()")
_LAB = "--be-the-lab"
_ALONE = 3


@dataclass(frozen=True)
class Run:
    """What one command took: real seconds, CPU seconds of its process, and its exit code."""

    seconds: float
    cpu: float
    code: int


@dataclass(frozen=True)
class Row:
    """What a command took for so many devices, and what the devices take."""

    command: str
    devices: int
    alone: float
    run: Run
    workers: int

    @property
    def least(self) -> float:
        """Return the seconds that the devices take, so many at a time."""
        return self.alone * -(-self.devices // self.workers)

    def cells(self) -> tuple[str, ...]:
        """Write it as a row of a table."""
        more = 100 * (self.run.seconds / self.least - 1)
        return (
            self.command,
            str(self.devices),
            f"{self.alone:.1f}",
            f"{self.least:.0f}",
            f"{self.run.seconds:.0f}",
            f"{more:+.0f} %",
            f"{self.run.cpu / self.devices:.2f}",
        )


def run(folder: Path, *words: str) -> Run:
    """Run a command of swimctl."""
    began = time.monotonic()
    done = subprocess.Popen((*SWIMCTL, *words), cwd=folder, stdout=subprocess.DEVNULL)  # noqa: S603 - our own program
    _, status, usage = os.wait4(done.pid, 0)
    done.returncode = os.waitstatus_to_exitcode(status)
    return Run(time.monotonic() - began, usage.ru_utime + usage.ru_stime, done.returncode)


def measure(devices: int, workers: int, answer: float) -> list[Row]:
    """Ask so many devices by each command."""
    with tempfile.TemporaryDirectory(prefix="swimctl-bench-") as name:
        folder = Path(name)
        words = (sys.executable, __file__, _LAB, str(devices), str(answer), name)
        with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as lab:  # noqa: S603 - this program
            if lab.stdout is None or lab.stdout.readline().strip() != "ready":
                raise SystemExit("the lab did not start")
            start = run(folder, "--quiet", "compliance", "sw1").seconds
            rows = []
            for command in ("scan", "plan"):
                alone = statistics.median(run(folder, "--quiet", command, "sw1").seconds for _ in range(_ALONE)) - start
                many = (command, "--all", "--workers", str(workers))
                rows.append(Row(command, devices, alone, run(folder, "--quiet", *many), workers))
            read = run(folder, "--quiet", "compliance")
            print(f"`compliance` of {devices} devices: {read.seconds:.1f} s", flush=True)
            print(_seen(folder, devices), flush=True)
            lab.send_signal(signal.SIGTERM)
    return rows


def _seen(folder: Path, devices: int) -> str:
    """Return whether all of it was really asked: a scan that fails at once is fast."""
    words = (*SWIMCTL, "--json", "compliance")
    done = subprocess.run(words, cwd=folder, stdout=subprocess.PIPE, text=True, check=False)  # noqa: S603
    seen = sum(one["runs"] is not None for one in json.loads(done.stdout)["devices"])
    if seen != devices:
        raise SystemExit(f"only {seen} of {devices} devices answered")
    return f"all {devices} devices answered"


def be_the_lab(devices: int, answer: float, folder: Path) -> None:
    """Run the switches until this process is told to end."""
    from swimctl.cli.lab import register
    from swimctl.lab.cisco_xe.fleet import default_fleet
    from swimctl.lab.console import Console
    from swimctl.lab.fleet import LabFleet
    from swimctl.lab.folder import Kept

    at_once = Console.run

    async def slow(self: Console, line: str, length: int) -> None:
        await asyncio.sleep(answer)
        await at_once(self, line, length)

    Console.run = slow  # type: ignore[method-assign]
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})  # in all threads: only `sigwait` takes it
    with LabFleet(default_fleet(devices), speed=1, folder=folder) as lab:
        register(folder, lab.write_folder(folder, Kept()))
        print("ready", flush=True)
        signal.sigwait({signal.SIGTERM})


def table(rows: Sequence[Row]) -> str:
    """Return the rows as a table of Markdown."""
    columns = ("command", "devices", "one alone", "devices take", "seconds", "more", "CPU seconds a device")
    lines = [columns, tuple("---" for _ in columns), *(row.cells() for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def main() -> int:
    """Measure what the command line asks for; 1 where a command took over a fifth more than its devices."""
    if sys.argv[1:2] == [_LAB]:
        devices, answer, folder = sys.argv[2:]
        be_the_lab(int(devices), float(answer), Path(folder))
        return 0
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("devices", type=int, nargs="*", default=[1000])
    parser.add_argument("--workers", type=int, default=20)
    parser.add_argument("--answer", type=float, default=0.5, help="real seconds for each line")
    asked = parser.parse_args()
    rows = [row for devices in asked.devices for row in measure(devices, asked.workers, asked.answer)]
    print(table(rows))
    return 0 if all(row.run.seconds <= 1.2 * row.least for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
