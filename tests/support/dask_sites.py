"""A Dask scheduler and `swimctl worker` of some sites, as processes on this machine, all with TLS."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from support.certificates import self_signed
from support.processes import start


@dataclass
class DaskSites:
    """A scheduler, and the workers that were started for it, newest last."""

    folder: Path
    address: str
    proofs: tuple[str, str]
    stack: ExitStack
    workers: dict[str, Any] = field(default_factory=dict)  # by the name of its folder

    def start_worker(self, site: str, places: int = 4) -> Any:
        """Start one more worker of a site."""
        name = f"worker-{site}-{len(self.workers)}"
        cert, key = self.proofs
        worker = start(
            self.folder, "worker", "--scheduler", self.address, "--site", site, "--places", str(places),
            "--tls-ca", cert, "--tls-cert", cert, "--tls-key", key, "--dir", name,
        )  # fmt: skip
        self.stack.callback(_end, worker)
        self.workers[name] = worker
        return worker

    def at(self, job: int) -> str:
        """Return the name of the worker that last noted something of a job; empty where it has just ended."""
        found: list[tuple[float, str]] = []
        for path in self.folder.glob(f"worker-*/*-*-*/{job}/journal-*.jsonl"):
            with suppress(FileNotFoundError):
                found.append((path.stat().st_mtime, path.parts[len(self.folder.parts)]))
        return max(found, default=(0.0, ""))[1]

    def served(self, site: str) -> set[int]:
        """Return the jobs at which the workers of a site have worked."""
        found = self.folder.glob(f"worker-{site}-*/*-*-*/*/transcript.log")
        return {int(path.parent.name) for path in found}


def _listens(port: int) -> bool:
    with socket.socket() as sock:
        return sock.connect_ex(("127.0.0.1", port)) == 0


def _end(worker: Any) -> None:
    for number in (signal.SIGCONT, signal.SIGKILL):
        worker.send_signal(number)
    worker.communicate()


def free_port() -> int:
    """Return a port that was free a moment ago."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@contextmanager
def dask_sites(folder: Path, allowed_failures: int = 0, ttl: int = 15) -> Iterator[DaskSites]:
    """Run a scheduler, and have config.yaml name it. A worker that is silent for `ttl` seconds counts as gone."""
    cert, key = map(str, self_signed(folder))
    address = f"tls://127.0.0.1:{(port := free_port())}"
    env = {
        **os.environ,
        "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": str(allowed_failures),
        "DASK_DISTRIBUTED__SCHEDULER__WORKER_TTL": f"{ttl}s",
    }
    options = ["--protocol", "tls", "--host", "127.0.0.1", "--no-dashboard", "--port", str(port)]
    proofs = ["--tls-ca-file", cert, "--tls-cert", cert, "--tls-key", key]
    path = folder / "config.yaml"
    document = json.loads(path.read_text(encoding="utf-8"))
    runner = {"scheduler": address, "ca": cert, "cert": cert, "key": key, "listen": "tls://127.0.0.1:0"}
    document["runner"] = {"plugin": "swimctl_dask", "options": runner}
    path.write_text(json.dumps(document), encoding="utf-8")
    with ExitStack() as stack, (folder / "dask.log").open("w") as log:
        program = [sys.executable, "-m", "distributed.cli.dask_scheduler", *options, *proofs]
        scheduler = subprocess.Popen(program, env=env, cwd=folder, stdout=log, stderr=log)
        stack.callback(scheduler.wait)
        stack.callback(scheduler.kill)
        while scheduler.poll() is None and not _listens(port):
            time.sleep(0.1)
        yield DaskSites(folder, address, (cert, key), stack)
