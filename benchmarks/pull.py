"""Let fifty clients fetch one image at once from the image server, and from nginx beside it.

    python benchmarks/pull.py [CLIENTS] [MEGABYTES]

Plain and with TLS, in turns. Each server has one process; all clients are one curl. Needed: `curl`, `openssl`, `nginx`.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from swimctl.config.settings import ImageServing
from swimctl.images.server import ImageServer
from swimctl.models import Image

TURNS = 3
LOOPBACK = "127.0.0.1"
NGINX = """
daemon off; master_process off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 1000; }}
http {{
  access_log off; sendfile on; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  server {{
    listen {place}{tls}; root {folder}; keepalive_timeout 0;
    {certificate}
  }}
}}
"""


def free_port() -> int:
    """Return a port that nobody has."""
    with socket.socket() as one:
        one.bind((LOOPBACK, 0))
        return int(one.getsockname()[1])


def certificate(folder: Path) -> tuple[Path, Path]:
    """Make a certificate for this machine, with the key that most servers have."""
    cert, key = folder / "cert.pem", folder / "key.pem"
    words = f"openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN={LOOPBACK} -keyout {key} -out {cert}"
    subprocess.run(words.split(), check=True, capture_output=True)  # noqa: S603
    return cert, key


@contextmanager
def nginx(folder: Path, tls: tuple[Path, Path] | None) -> Iterator[tuple[int, str]]:
    """Run nginx; gives its process and the URL of the image."""
    port = free_port()
    place = f"{LOOPBACK}:{port}"
    names = "" if tls is None else f"ssl_certificate {tls[0]}; ssl_certificate_key {tls[1]};"
    config = folder / "nginx.conf"
    config.write_text(
        NGINX.format(folder=folder, place=place, tls="" if tls is None else " ssl", certificate=names), encoding="utf-8"
    )
    process = subprocess.Popen(("nginx", "-c", str(config)), stderr=subprocess.DEVNULL)  # noqa: S603, S607
    try:
        while True:
            try:
                socket.create_connection((LOOPBACK, port), 1).close()
                break
            except ConnectionRefusedError:
                time.sleep(0.05)
        yield process.pid, f"http{'s' if tls else ''}://{place}/image.bin"
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()


@contextmanager
def swimctl(folder: Path, tls: tuple[Path, Path] | None) -> Iterator[tuple[int, str]]:
    """Run the image server in a process of its own; gives that and the URL of the image."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        path = folder / "image.bin"
        image = Image(1, path.name, path, "x", "x", "1", path.stat().st_size, "a" * 128, "b" * 32, datetime.now(UTC))
        settings = ImageServing(bind=LOOPBACK, **({} if tls is None else {"tls_cert": tls[0], "tls_key": tls[1]}))
        with ImageServer(settings).offer("sw1", image, LOOPBACK) as offer:
            os.write(writer, f"{offer.url}\n".encode())
            signal.pause()
    try:
        yield child, os.read(reader, 256).decode().strip()
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def processor(pid: int) -> float:
    """Return the CPU seconds that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def fetched(url: str, clients: int) -> None:
    """Fetch the image with so many clients at once."""
    words = ("curl", "-sk", "--fail", "-Z", "--parallel-immediate", "--parallel-max", str(clients))
    files = [word for _ in range(clients) for word in ("-o", "/dev/null", url)]
    subprocess.run((*words, *files), check=True, stderr=subprocess.DEVNULL)  # noqa: S603


def main() -> None:
    """Run both servers, plain and with TLS, and print the table."""
    lacking = [name for name in ("curl", "openssl", "nginx") if shutil.which(name) is None]
    if lacking:
        raise SystemExit(f"not here: {', '.join(lacking)}; install it first")
    clients = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    size = int(sys.argv[2]) if len(sys.argv) > 2 else 100
    gigabytes = clients * size / 1000
    print(f"{clients} clients, an image of {size} MB\n")
    print("| | swimctl | nginx, one worker | ratio of rates |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory(prefix="swimctl-bench-") as name:
        folder = Path(name)
        (folder / "image.bin").write_bytes(os.urandom(size * 1_000_000))
        for what, tls in (("plain", None), ("TLS", certificate(folder))):
            rates: dict[str, list[float]] = {"swimctl": [], "nginx": []}
            cpu: dict[str, list[float]] = {"swimctl": [], "nginx": []}
            with swimctl(folder, tls) as ours, nginx(folder, tls) as theirs:
                for _ in range(TURNS):
                    for who, (pid, url) in (("swimctl", ours), ("nginx", theirs)):
                        began, used = time.monotonic(), processor(pid)
                        fetched(url, clients)
                        rates[who].append(gigabytes / (time.monotonic() - began))
                        cpu[who].append((processor(pid) - used) / gigabytes)
            told = [
                f"{statistics.median(rates[who]):.2f} GB/s, {statistics.median(cpu[who]):.2f} CPU-s/GB" for who in rates
            ]
            ratio = statistics.median(rates["swimctl"]) / statistics.median(rates["nginx"])
            print(f"| {what} | {told[0]} | {told[1]} | {ratio:.2f} |", flush=True)


if __name__ == "__main__":
    main()
