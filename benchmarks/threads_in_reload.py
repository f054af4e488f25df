"""Upgrade lab switches by one `swimctl upgrade`, and print how many threads that process has while they reload.

    python benchmarks/threads_in_reload.py [DEVICES] [WORKERS] [UNDER_WAY] [SPEED]

The lab runs in a process of its own on the same machine. A device counts as away while it reads `activating`.
"""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing, suppress
from pathlib import Path

from ruamel.yaml import YAML

SWIMCTL = (sys.executable, "-c", "from swimctl.cli import main; main()")


def measure(devices: int, workers: int, under_way: int, speed: float) -> None:
    """Run it once and print one line of a table."""
    with tempfile.TemporaryDirectory(prefix="swimctl-bench-") as name:
        folder = Path(name)
        words = ("lab", "up", "--devices", str(devices), "--speed", str(speed), "--dir", str(folder))
        with subprocess.Popen((*SWIMCTL, *words), stdout=subprocess.PIPE, text=True) as lab:  # noqa: S603 - our own program
            if lab.stdout is None or lab.stdout.readline().strip() != "ready":
                raise SystemExit("the lab did not start")
            _wide(folder / "config.yaml", under_way)
            started = time.monotonic()
            upgrade = subprocess.Popen(  # noqa: S603 - our own program
                (*SWIMCTL, "upgrade", "--all", "--yes", "--workers", str(workers), "--quiet"),
                cwd=folder,
                stdout=subprocess.DEVNULL,
            )
            most_threads, most_away, ended, cpu = _watched(upgrade.pid, folder / "swimctl.db")
            upgrade.returncode = os.waitstatus_to_exitcode(ended)
            seconds = time.monotonic() - started
            lab.send_signal(signal.SIGTERM)
    print("| devices | workers | under way | most activating | most threads | seconds | CPU seconds | exit code |")
    print("|---|---|---|---|---|---|---|---|")
    print(
        f"| {devices} | {workers} | {under_way} | {most_away} | {most_threads} | {seconds:.0f} | {cpu:.0f} | "
        f"{upgrade.returncode} |"
    )


def _wide(config: Path, under_way: int) -> None:
    yaml = YAML()
    settings = yaml.load(config)
    if under_way:
        settings["swimctl"]["under_way"] = under_way
    yaml.dump(settings, config)


def _watched(process: int, store: Path) -> tuple[int, int, int, float]:
    """Return the most threads, the most jobs that were activating at once, the process's status, its CPU seconds."""
    threads = away = 0
    while True:
        gone, status, usage = os.wait4(process, os.WNOHANG)
        if gone:
            return threads, away, status, usage.ru_utime + usage.ru_stime
        with suppress(OSError, sqlite3.Error), closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True)) as base:
            threads = max(threads, len(os.listdir(f"/proc/{process}/task")))  # noqa: PTH208 - only counted
            (now,) = base.execute("SELECT count(*) FROM jobs WHERE status = 'activating'").fetchone()
            away = max(away, now)
        time.sleep(0.2)


if __name__ == "__main__":
    given = [float(word) for word in sys.argv[1:]]
    devices, workers, under_way, speed = (*given, *(100, 10, 100, 60)[len(given) :])
    measure(int(devices), int(workers), int(under_way), speed)
