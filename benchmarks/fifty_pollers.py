"""Poll the status of a 1,000-job batch with fifty clients while a hundred lab switches are upgraded.

    python benchmarks/fifty_pollers.py [CLIENTS] [SECONDS]

Beside `swimctl serve` a bare aiohttp handler gives out the very same bytes, from a process of its own, to as many
clients at the same time: the ratio says what the store, the tokens and the upgrades cost, whatever this machine is.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
from aiohttp import web

SWIMCTL = (sys.executable, "-c", "from swimctl.cli import main; main()")
SWITCHES, JOBS, SPEED, EVERY = 100, 1000, 60, 1.0
LINE = 256 * 1024


def spawn(folder: Path, *words: str) -> subprocess.Popen[str]:
    """Start swimctl in the folder."""
    return subprocess.Popen(  # noqa: S603 - our own program
        (*SWIMCTL, *words), cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def wait_for(process: subprocess.Popen[str], pattern: str) -> str:
    """Read a process's lines up to one that fits, and give its first group."""
    for line in process.stdout or ():
        found = re.search(pattern, line)
        if found:
            return found[1]
    raise SystemExit(f"it ended before it said {pattern}")


def prepare(folder: Path) -> str:
    """Add hosts that are only ever asked about, and an operator; gives a token."""
    hosts = folder / "inventory" / "hosts.yaml"
    idle = "".join(f"idle-{number}:\n  hostname: 127.0.0.1\n  platform: ios\n" for number in range(JOBS))
    hosts.write_text(hosts.read_text(encoding="utf-8") + idle, encoding="utf-8")
    words: tuple[str, ...] = ("user", "add", "bench", "--password-stdin")
    subprocess.run((*SWIMCTL, *words), cwd=folder, input="a passphrase of no use\n", text=True, check=True)  # noqa: S603
    words = ("token", "create", "--user", "bench", "--json")
    made = subprocess.run((*SWIMCTL, *words), cwd=folder, capture_output=True, text=True, check=True)  # noqa: S603
    return str(json.loads(made.stdout)["token"])


@contextmanager
def served(switches: int, speed: int) -> Iterator[tuple[str, str]]:
    """Run a lab and `swimctl serve` in a folder of their own; gives the server's URL and a token."""
    with tempfile.TemporaryDirectory(prefix="swimctl-bench-") as name:
        folder = Path(name)
        started = [spawn(folder, "lab", "up", "--devices", str(switches), "--speed", str(speed), "--dir", name)]
        try:
            wait_for(started[0], r"(ready)")
            token = prepare(folder)
            started.insert(0, spawn(folder, "serve", "--port", "0"))
            yield wait_for(started[0], r"listening on (\S+),"), token
        finally:
            for process in started:
                process.send_signal(signal.SIGKILL)
                process.communicate()


def bare(body: bytes, pipe: int) -> None:
    """Give out these bytes for any request, until killed; the port goes through the pipe."""

    async def handle(_: web.Request) -> web.Response:
        return web.Response(body=body, content_type="application/json")

    async def run() -> None:
        app = web.Application()
        app.router.add_get("/{any:.*}", handle)
        runner = web.AppRunner(app, access_log=None, max_line_size=LINE)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        os.write(pipe, f"{runner.addresses[0][1]}\n".encode())
        await asyncio.Event().wait()

    asyncio.run(run())


async def poll(session: aiohttp.ClientSession, url: str, until: float, taken: list[float], wrong: list[str]) -> None:
    """Ask about once a second, and note how long each answer took."""
    await asyncio.sleep(random.uniform(0, EVERY))  # noqa: S311 - no secret
    while time.monotonic() < until:
        began = time.monotonic()
        try:
            async with session.get(url) as response:
                body = await response.read()
                if response.status != 200 or not body:
                    wrong.append(str(response.status))
        except aiohttp.ClientError as error:
            wrong.append(repr(error))
        taken.append(time.monotonic() - began)
        await asyncio.sleep(max(0.0, EVERY - (time.monotonic() - began)))


async def measure(url: str, token: str, clients: int, seconds: float) -> None:
    """Trigger, poll both servers at once, print the table."""
    headers = {"Authorization": f"Token {token}"}
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(headers=headers, connector=connector) as session:

        async def trigger(document: dict[str, object]) -> str:
            async with session.post(f"{url}/api/upgrade/trigger/", json=document) as response:
                answer = await response.json()
                if response.status != 201:
                    raise SystemExit(str(answer))
                return str(answer["batch_id"])

        at = (datetime.now(UTC) + timedelta(days=1)).isoformat()
        batch = await trigger(
            {"devices": [f"idle-{number}" for number in range(JOBS)], "image_id": 1, "schedule_time": at}
        )
        asked = f"/api/upgrade/status/?batch_id={batch}"
        async with session.get(url + asked) as response:
            body = await response.read()
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            bare_in_child(body, writer)
        port = os.read(reader, 16).decode().strip()
        running = await trigger({"devices": [f"sw{number}" for number in range(1, SWITCHES + 1)]})
        until = time.monotonic() + seconds
        ours: list[float] = []
        theirs: list[float] = []
        wrong: list[str] = []
        other = f"http://127.0.0.1:{port}{asked}"
        await asyncio.gather(
            *(poll(session, url + asked, until, ours, wrong) for _ in range(clients)),
            *(poll(session, other, until, theirs, wrong) for _ in range(clients)),
        )
        os.kill(child, signal.SIGKILL)
        await asyncio.to_thread(os.waitpid, child, 0)
        while True:
            async with session.get(f"{url}/api/upgrade/status/?batch_id={running}") as response:
                statuses = [job["status"] for job in (await response.json())["jobs"]]
            if all(status in {"success", "failed"} for status in statuses):
                break
            await asyncio.sleep(1)
    tell(clients, len(body), ours, theirs, wrong, statuses.count("success"))


def bare_in_child(body: bytes, pipe: int) -> None:
    """Run the bare server in a fresh interpreter: a loop does not survive a fork."""
    os.set_inheritable(pipe, True)
    with tempfile.NamedTemporaryFile(delete=False) as file:
        file.write(body)
    os.execv(sys.executable, [sys.executable, __file__, "--bare", file.name, str(pipe)])  # noqa: S606 - ourselves


def tell(clients: int, size: int, ours: list[float], theirs: list[float], wrong: list[str], upgraded: int) -> None:
    """Print the table."""

    def milli(values: list[float]) -> tuple[float, float]:
        cuts = statistics.quantiles(values, n=100)
        return 1000 * cuts[49], 1000 * cuts[98]

    (p50, p99), (bare50, bare99) = milli(ours), milli(theirs)
    print(f"{clients} clients each, an answer of {size / 1000:.0f} kB, {len(ours)} and {len(theirs)} requests, "
          f"{len(wrong)} errors {wrong[:3]}, {upgraded} of {SWITCHES} switches upgraded meanwhile")  # fmt: skip
    print("| | p50 | p99 |")
    print("|---|---|---|")
    print(f"| swimctl serve | {p50:.0f} ms | {p99:.0f} ms |")
    print(f"| bare aiohttp handler, same bytes | {bare50:.0f} ms | {bare99:.0f} ms |")
    print(f"| ratio | {p50 / bare50:.1f} | {p99 / bare99:.1f} |")


def main() -> None:
    """Run the lab, the server and the clients."""
    if sys.argv[1:2] == ["--bare"]:
        path = Path(sys.argv[2])
        body = path.read_bytes()
        path.unlink()
        bare(body, int(sys.argv[3]))
    clients = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 60.0
    with served(SWITCHES, SPEED) as (url, token):
        asyncio.run(measure(url, token, clients, seconds))


if __name__ == "__main__":
    main()
