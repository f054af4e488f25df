"""Upgrade 1, 10, 100 and 1,000 lab switches by one `swimctl upgrade --all` each, and print what a device costs.

    python benchmarks/width.py                                   1, 10, 100 and 1,000, with the default settings
    python benchmarks/width.py 100 --workers 20 --under-way 100  others; 20 of them talk at the same time
    python benchmarks/width.py 1000 --under-way 1000 --boot 900  they reload for 900 real seconds: all are down together
    python benchmarks/width.py 60 --under-way 60 --fetch 60      each copy takes 60 real seconds, by pull: all together
    python benchmarks/width.py --picture docs/width.svg          draws it, too

The lab runs in a process of its own on the same machine, so that its work is not counted, but does compete. Threads
and memory are those of the process of `swimctl upgrade`. A device counts as down while its job reads `activating`, and
as fetching while some bytes of its image have come and not all. The start costs the same for any number of devices, so
what one more device costs is told against the first row. A busy machine makes all CPU seconds longer: how much, a fixed
piece of work tells that runs beside it all the time.
"""

from __future__ import annotations

import argparse
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from ruamel.yaml import YAML

SWIMCTL = (sys.executable, "-c", "from swimctl.cli import main; main()")
_LAB = "--be-the-lab"
_SECONDS_A_LOOK = 0.2


@dataclass(frozen=True)
class Row:
    """What the upgrade of so many devices took."""

    devices: int
    succeeded: int
    cpu: float
    memory: float
    threads: int
    down: int
    fetching: int
    seconds: float
    loop: float

    def more(self, first: Row) -> float:
        """Return the CPU seconds of each device more than another row has."""
        return (self.cpu - first.cpu) / max(1, self.devices - first.devices)


@dataclass(frozen=True)
class Asked:
    """How the upgrades run; `boot` and `fetch` are the real seconds of a reload and a copy, 0 leaves the lab's own."""

    workers: int
    under_way: int
    boot: float
    fetch: float
    speed: float


def measure(devices: int, asked: Asked) -> Row:
    """Upgrade so many devices."""
    with tempfile.TemporaryDirectory(prefix="swimctl-bench-") as name:
        folder = Path(name)
        told = (devices, asked.boot * asked.speed, asked.fetch * asked.speed, asked.speed, name)
        words = (sys.executable, __file__, _LAB, *map(str, told))
        with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as lab:  # noqa: S603 - this program
            if lab.stdout is None or lab.stdout.readline().strip() != "ready":
                raise SystemExit("the lab did not start")
            _set(folder / "config.yaml", asked)
            workers = ("--workers", str(asked.workers)) if asked.workers else ()
            started = time.monotonic()
            upgrade = subprocess.Popen(  # noqa: S603 - our own program
                (*SWIMCTL, "upgrade", "--all", "--yes", "--quiet", *workers),
                cwd=folder,
                stdout=subprocess.DEVNULL,
            )
            row = _watched(upgrade, folder / "swimctl.db", devices)
            lab.send_signal(signal.SIGTERM)
    return replace(row, seconds=time.monotonic() - started)


def _set(config: Path, asked: Asked) -> None:
    yaml = YAML()
    settings = yaml.load(config)
    own = settings["swimctl"]
    if asked.under_way:
        own["under_way"] = asked.under_way
    if asked.fetch:
        # A copy's rate is that of the clock of the lab; 0.001 is the least that may be said.
        own.setdefault("distribution", {}).update(transport="pull", minimum_rate=0.001)
        own.setdefault("image_server", {})["copies"] = 1000
    if asked.boot:
        own.setdefault("deadlines", {})["up"] = 2 * asked.boot * asked.speed
        own.setdefault("activation", {})["auto_abort_minutes"] = 1200  # the most: it counts from the activation
        own.setdefault("login", {})["poll"] = 10 * asked.speed  # as often as in life, where seconds are real
    yaml.dump(settings, config)


def _watched(upgrade: subprocess.Popen[bytes], store: Path, devices: int) -> Row:
    threads = down = fetching = looks = 0
    loop = 0.0
    while True:
        gone, status, usage = os.wait4(upgrade.pid, os.WNOHANG)
        if gone:
            upgrade.returncode = os.waitstatus_to_exitcode(status)
            succeeded = _jobs(store, "status = 'success'")
            cpu, memory = usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024
            return Row(devices, succeeded, cpu, memory, threads, down, fetching, seconds=0, loop=loop / looks)
        with suppress(OSError, sqlite3.Error):
            threads = max(threads, len(os.listdir(f"/proc/{upgrade.pid}/task")))  # noqa: PTH208 - only counted
            down = max(down, _jobs(store, "status = 'activating'"))
            fetching = max(fetching, _jobs(store, "bytes_done > 0 AND bytes_done < bytes_total"))
        loop, looks = loop + _loop(), looks + 1
        time.sleep(_SECONDS_A_LOOK)


def _loop() -> float:
    """Return the CPU milliseconds that a fixed piece of work takes now."""
    began = time.process_time()
    sum(len(str(number)) for number in range(20_000))
    return 1000 * (time.process_time() - began)


def _jobs(store: Path, which: str) -> int:
    with closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True)) as base:
        (count,) = base.execute(f"SELECT count(*) FROM jobs WHERE {which}").fetchone()  # noqa: S608 - our own words
        return int(count)


def be_the_lab(devices: int, boot: float, fetch: float, speed: float, folder: Path) -> None:
    """Run the switches until this process is told to end; `boot` and `fetch` are device seconds."""
    from swimctl.cli.lab import register
    from swimctl.lab.cisco_xe.fleet import default_fleet
    from swimctl.lab.fleet import LabFleet
    from swimctl.lab.folder import Kept
    from swimctl.lab.images import DEFAULT_SIZE

    specs = [replace(spec, boot_seconds=boot or None) for spec in default_fleet(devices)]
    if fetch:
        specs = [replace(spec, transfer=DEFAULT_SIZE / fetch) for spec in specs]
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})  # in all threads: only `sigwait` takes it
    with LabFleet(specs, speed=speed, folder=folder) as lab:
        register(folder, lab.write_folder(folder, Kept()))
        print("ready", flush=True)
        signal.sigwait({signal.SIGTERM})


def table(rows: Sequence[Row]) -> str:
    """Return the rows as a table of Markdown."""
    columns = (
        "devices",
        "succeeded",
        "CPU seconds",
        "for one more",
        "fixed work",
        "memory",
        "threads",
        "down",
        "fetching",
        "seconds",
    )
    lines = [
        f"| {' | '.join(columns)} |",
        f"|{'---|' * len(columns)}",
        *(
            f"| {row.devices} | {row.succeeded} | {row.cpu:.1f} | {_more(row, rows[0])} | {row.loop:.1f} ms | "
            f"{row.memory:.0f} MB | {row.threads} | {row.down} | {row.fetching} | "
            f"{row.seconds:.0f} |"
            for row in rows
        ),
    ]
    return "\n".join(lines)


def _more(row: Row, first: Row) -> str:
    return "" if row is first else f"{row.more(first):.2f}"


def main() -> int:
    """Measure what the command line asks for; 1 where not all devices succeeded."""
    if sys.argv[1:2] == [_LAB]:
        devices, boot, fetch, speed, folder = sys.argv[2:]
        be_the_lab(int(devices), float(boot), float(fetch), float(speed), Path(folder))
        return 0
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("devices", type=int, nargs="*", default=[1, 10, 100, 1000])
    parser.add_argument("--workers", type=int, default=0, help="default: that of swimctl")
    parser.add_argument("--under-way", type=int, default=0, help="default: as many as workers")
    parser.add_argument("--boot", type=float, default=0, help="real seconds of a reload; default: 6 to 8")
    parser.add_argument("--fetch", type=float, default=0, help="real seconds of a copy that a device fetches")
    parser.add_argument("--speed", type=float, default=60, help="device seconds per real second")
    parser.add_argument("--picture", type=Path, help="where the picture goes")
    asked = parser.parse_args()
    rows = []
    for devices in asked.devices:
        rows.append(measure(devices, Asked(asked.workers, asked.under_way, asked.boot, asked.fetch, asked.speed)))
        print(table(rows[-1:]) if len(rows) == 1 else table(rows).splitlines()[-1], flush=True)
    if asked.picture is not None:
        asked.picture.write_text(picture(rows), encoding="utf-8")
    return 0 if all(row.succeeded == row.devices for row in rows) else 1


def picture(rows: Sequence[Row]) -> str:
    """Return an SVG with a bar for each row but the first: what one more costs, and a line 20 % above the least."""
    first, rows = rows[0], rows[1:]
    costs = [row.more(first) for row in rows]
    width, height, wide, left, low = 120 * len(rows) + 80, 260, 56, 60, 210
    highest = max(costs) * 1.3
    limit = low - 180 * 1.2 * min(costs) / highest
    size, text = f'width="{width}" height="{height}"', 'font-family="sans-serif" font-size="13" fill="#333"'
    drawn = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {width} {height}" {text}>',
        "<title>CPU seconds of swimctl for one more device in an upgrade</title>",
        '<rect width="100%" height="100%" fill="#fff"/>',
        f'<text x="{left}" y="18">CPU seconds for one more device</text>',
    ]
    for number, (row, cost) in enumerate(zip(rows, costs, strict=True)):
        x, tall = left + 32 + 120 * number, 180 * cost / highest
        drawn += [
            f'<rect x="{x}" y="{low - tall:.1f}" width="{wide}" height="{tall:.1f}" fill="#4a7ab5"/>',
            f'<text x="{x + wide / 2}" y="{low - tall - 6:.1f}" text-anchor="middle">{cost:.2f}</text>',
            f'<text x="{x + wide / 2}" y="{low + 18}" text-anchor="middle">{row.devices:,}</text>',
        ]
    drawn += [
        f'<path d="M{left} {low}H{width - 20}" stroke="#333"/>',
        f'<path d="M{left} {limit:.1f}H{width - 20}" stroke="#b5564a" stroke-dasharray="5 4"/>',
        f'<text x="{left - 6}" y="{limit + 4:.1f}" text-anchor="end" fill="#b5564a">+20 %</text>',
        f'<text x="{width / 2 + 20}" y="{low + 38}" text-anchor="middle">devices in one upgrade</text>',
        "</svg>",
    ]
    return "\n".join(drawn) + "\n"


if __name__ == "__main__":
    raise SystemExit(main())
