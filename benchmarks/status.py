"""Ask for the status of few and of many jobs, beside a bare aiohttp handler that gives out the very same bytes.

    python benchmarks/status.py [SECONDS]

Both servers run in processes of their own; they are asked in turns, so that what else this machine does hits both.
"""

from __future__ import annotations

import asyncio
import os
import signal
import statistics
import sys
import time

import aiohttp
from fifty_pollers import bare_in_child, served

TURNS = 6


async def batch_of(session: aiohttp.ClientSession, url: str, jobs: int) -> str:
    """Make a batch for tomorrow, and return what asks for it."""
    document = {
        "devices": [f"idle-{number}" for number in range(jobs)],
        "image_id": 1,
        "schedule_time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 86_400)),
    }
    began = time.monotonic()
    async with session.post(f"{url}/api/upgrade/trigger/", json=document) as response:
        answer = await response.json()
        if response.status != 201:
            raise SystemExit(str(answer))
    print(f"a trigger of {jobs} devices took {time.monotonic() - began:.2f} s", flush=True)
    return f"/api/upgrade/status/?batch_id={answer['batch_id']}"


async def ask(session: aiohttp.ClientSession, url: str, until: float, taken: list[float], every: float) -> None:
    """Ask one after the other, and note how long each answer took."""
    while time.monotonic() < until:
        began = time.monotonic()
        async with session.get(url) as response:
            if response.status != 200 or not await response.read():
                raise SystemExit(f"{response.status}: {await response.text()}")
        taken.append(time.monotonic() - began)
        await asyncio.sleep(max(0.0, every - (time.monotonic() - began)) if every else 0)


async def compare(url: str, token: str, jobs: int, clients: int, every: float, seconds: float) -> None:
    """Print one line of the table."""
    headers = {"Authorization": f"Token {token}"}
    async with aiohttp.ClientSession(headers=headers, connector=aiohttp.TCPConnector(limit=0)) as session:
        asked = await batch_of(session, url, jobs)
        async with session.get(url + asked) as response:
            body = await response.read()
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            bare_in_child(body, writer)
        other = f"http://127.0.0.1:{os.read(reader, 16).decode().strip()}{asked}"
        times: dict[str, list[float]] = {url + asked: [], other: []}
        for _ in range(TURNS):
            for place, taken in times.items():
                until = time.monotonic() + seconds / TURNS
                await asyncio.gather(*(ask(session, place, until, taken, every) for _ in range(clients)))
        os.kill(child, signal.SIGKILL)
        await asyncio.to_thread(os.waitpid, child, 0)
    ours, theirs = times.values()
    p50, bare50 = (1000 * statistics.median(taken) for taken in (ours, theirs))
    print(f"| {jobs} jobs, {len(body) / 1000:,.0f} kB, {clients} clients "
          f"| {len(ours) / seconds:,.0f}/s, p50 {p50:.1f} ms "
          f"| {len(theirs) / seconds:,.0f}/s, p50 {bare50:.1f} ms "
          f"| {len(ours) / len(theirs):.2f}, {p50 / bare50:.1f} |",
          flush=True)  # fmt: skip


def main() -> None:
    """Run the server and ask it."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 12.0
    with served(1, 60) as (url, token):
        print("| what | swimctl | bare aiohttp | ratio of rates, of p50 |\n|---|---|---|---|")
        asyncio.run(compare(url, token, 3, 10, 0, seconds))
        asyncio.run(compare(url, token, 1000, 50, 1.0, seconds))


if __name__ == "__main__":
    main()
