"""Upgrade a hundred lab switches by one `swimctl upgrade`, and print seconds, peak memory and CPU of that process.

    python benchmarks/hundred_switches.py [DEVICES] [SPEED]

The lab runs in a process of its own on the same machine, so that its work is not counted, but does compete.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SWIMCTL = (sys.executable, "-c", "from swimctl.cli import main; main()")


def measure(devices: int, speed: float) -> None:
    """Run it once and print one line of a table."""
    with tempfile.TemporaryDirectory(prefix="swimctl-bench-") as name:
        folder = Path(name)
        words = ("lab", "up", "--devices", str(devices), "--speed", str(speed), "--dir", str(folder))
        with subprocess.Popen((*SWIMCTL, *words), stdout=subprocess.PIPE, text=True) as lab:  # noqa: S603 - our own program
            if lab.stdout is None or lab.stdout.readline().strip() != "ready":
                raise SystemExit("the lab did not start")
            started = time.monotonic()
            upgrade = subprocess.Popen(  # noqa: S603 - our own program
                (*SWIMCTL, "upgrade", "--all", "--yes", "--workers", str(devices), "--quiet"),
                cwd=folder,
                stdout=subprocess.PIPE,
                text=True,
            )
            last = ""
            for line in upgrade.stdout or ():
                last = line.strip() or last
            _, status, usage = os.wait4(upgrade.pid, 0)
            upgrade.returncode = os.waitstatus_to_exitcode(status)
            seconds = time.monotonic() - started
            lab.send_signal(signal.SIGTERM)
        print(last)
        print("| devices | lab speed | seconds | peak memory | CPU seconds | exit code |")
        print("|---|---|---|---|---|---|")
        memory, cpu = usage.ru_maxrss / 1024, usage.ru_utime + usage.ru_stime
        print(f"| {devices} | {speed:g} | {seconds:.0f} | {memory:.0f} MB | {cpu:.0f} | {upgrade.returncode} |")


if __name__ == "__main__":
    measure(*(int(sys.argv[1]) if len(sys.argv) > 1 else 100, float(sys.argv[2]) if len(sys.argv) > 2 else 60.0))
