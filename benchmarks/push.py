"""Copy an image to devices by SCP, beside asyncssh, OpenSSH's scp and netmiko's copy: only the ratios say something.

    python benchmarks/push.py [TURNS]

Devices are servers of asyncssh with a window of 64 KB that throw away what comes; a line with a round trip of 2 ms
lies before one of them. OpenSSH's sshd is asked too where it is installed (`SSHD=` names another one). Devices, line
and each copy run in processes of their own, so that CPU is that of the sending process alone, without its start. The
peers take turns. asyncssh is told the cipher that costs it least; netmiko's copy is paramiko and the package `scp`.
"""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import os
import resource
import selectors
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple

import asyncssh

MB = 1_000_000
WINDOW = 65_536
ROUND_TRIP = 0.002
MANY = 30
spawn = multiprocessing.get_context("spawn")


class Goal(NamedTuple):
    """Where copies go: the ports of 127.0.0.1, the path there, and the key that opens the door, if it is closed."""

    ports: tuple[int, ...]
    path: str
    key: str = ""


class Cost(NamedTuple):
    """Seconds of the wall, and CPU seconds of the sending process."""

    wall: float
    cpu: float


class Sink(asyncssh.SSHServerSession[bytes]):
    """A device's end of SCP: takes a file and forgets it."""

    def connection_made(self, chan: Any) -> None:  # noqa: ANN401 - asyncssh's own type is private
        """Keep the channel."""
        self._channel, self._header, self._left = chan, b"", -1

    def exec_requested(self, command: str) -> bool:
        """Take SCP and nothing else."""
        return command.startswith("scp ")

    def session_started(self) -> None:
        """Say that the header may come."""
        self._channel.write(b"\0")

    def data_received(self, data: bytes, _: Any) -> None:  # noqa: ANN401 - asyncssh's signature
        """Read the header, then count what comes; a zero follows the file's last byte."""
        if self._left < 0:
            self._header += data
            if self._header.endswith(b"\n"):
                self._left = int(self._header.split()[1]) + 1
                self._channel.write(b"\0")
            return
        self._left -= len(data)
        if not self._left:
            self._channel.write(b"\0")
            self._channel.exit(0)


class Anybody(asyncssh.SSHServer):
    """Let in whoever comes."""

    def begin_auth(self, username: str) -> bool:
        """Ask for nothing."""
        return not username

    def session_requested(self) -> Sink:
        """Open SCP."""
        return Sink()


def devices(answer: Connection, count: int) -> None:
    """Be so many devices, and send their ports."""

    async def serve() -> None:
        key = asyncssh.generate_private_key("ssh-ed25519")
        ports = []
        for _ in range(count):
            options: dict[str, Any] = {"encoding": None, "window": WINDOW, "server_factory": Anybody}
            acceptor = await asyncssh.listen("127.0.0.1", 0, server_host_keys=[key], **options)
            ports.append(acceptor.get_port())
        answer.send(ports)
        await asyncio.Event().wait()

    asyncio.run(serve())


class OneWay(asyncio.Protocol):
    """Pass on what comes half a round trip later."""

    def __init__(self) -> None:
        self._late: deque[tuple[float, bytes]] = deque()
        self._other: asyncio.Future[asyncio.Transport] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the near end."""
        self.transport = transport

    def leads_to(self, other: Any) -> None:  # noqa: ANN401 - asyncio says less of it than it is
        """Pass on to there."""
        self._other.set_result(other)
        self._pass()

    def data_received(self, data: bytes) -> None:
        """Keep it until its time has come."""
        loop = asyncio.get_running_loop()
        self._late.append((loop.time() + ROUND_TRIP / 2, data))
        if len(self._late) == 1:
            loop.call_later(ROUND_TRIP / 2, self._pass)

    def _pass(self) -> None:
        loop = asyncio.get_running_loop()
        while self._late and self._late[0][0] <= loop.time() and self._other.done():
            self._other.result().write(self._late.popleft()[1])
        if self._late and self._other.done():
            loop.call_at(self._late[0][0], self._pass)

    def connection_lost(self, _: Exception | None) -> None:
        """Close the other end."""
        if self._other.done():
            self._other.result().close()


def line(answer: Connection, port: int) -> None:
    """Be a line to a device, and send the port of its near end. `select` waits by the microsecond, epoll does not."""

    async def serve() -> None:
        loop = asyncio.get_running_loop()
        opened = set()

        class Near(OneWay):
            def connection_made(self, transport: asyncio.BaseTransport) -> None:
                super().connection_made(transport)
                task = loop.create_task(self.reach())
                opened.add(task)
                task.add_done_callback(opened.discard)

            async def reach(self) -> None:
                far, protocol = await loop.create_connection(OneWay, "127.0.0.1", port)
                self.leads_to(far)
                protocol.leads_to(self.transport)

        server = await loop.create_server(Near, "127.0.0.1", 0)
        answer.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    with asyncio.Runner(loop_factory=lambda: asyncio.SelectorEventLoop(selectors.SelectSelector())) as runner:
        runner.run(serve())


@contextmanager
def beside(work: Callable[..., None], *told: object) -> Iterator[Any]:
    """Run this in a process of its own, and give what it sends first."""
    ours, theirs = spawn.Pipe()
    process = spawn.Process(target=work, args=(theirs, *told), daemon=True)
    process.start()
    try:
        yield ours.recv()
    finally:
        process.terminate()
        process.join()


@contextmanager
def sshd(folder: Path) -> Iterator[tuple[int, str] | None]:
    """Run OpenSSH's server, and give its port and the key that it takes; None where it is not installed."""
    program = os.environ.get("SSHD") or shutil.which("sshd") or "/usr/sbin/sshd"
    if not Path(program).exists():
        yield None
        return
    for name in ("id", "host"):
        key = asyncssh.generate_private_key("ssh-ed25519")
        key.write_private_key(folder / name)
        (folder / name).chmod(0o600)
        key.write_public_key(folder / f"{name}.pub")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    lines = (f"Port {port}", "ListenAddress 127.0.0.1", f"HostKey {folder}/host", "PidFile none", "UsePAM no",
             f"AuthorizedKeysFile {folder}/id.pub", "StrictModes no")  # fmt: skip
    (folder / "sshd_config").write_text("\n".join(lines) + "\n", encoding="utf-8")
    with subprocess.Popen([program, "-D", "-f", folder / "sshd_config", "-E", folder / "log"]) as process:  # noqa: S603 - the peer
        while process.poll() is None:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                break
            time.sleep(0.1)
        yield None if process.poll() is not None else (port, str(folder / "id"))
        process.terminate()


def at_once(goal: Goal, copy: Callable[[int], object]) -> None:
    """Copy to all ports, each from a thread of its own."""
    threads = [threading.Thread(target=copy, args=(port,)) for port in goal.ports]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def swimctl(image: Path, goal: Goal) -> None:
    """Copy as a job does."""
    from swimctl.clock import SystemClock
    from swimctl.config.settings import Distribution
    from swimctl.sessions.targets import Ssh, Target
    from swimctl.sessions.transports.scp_push import ScpPush

    clock = SystemClock()
    extras = {"use_keys": True, "key_file": goal.key} if goal.key else {}
    done = []

    def copy(port: int) -> None:
        target = Target("sw1", "127.0.0.1", port, "cisco_xe", os.environ.get("USER", "root"), "secret", extras=extras,
                        ssh=Ssh(host_keys="off"))  # fmt: skip
        ScpPush().send(image, goal.path, target, Distribution(), clock, lambda _: None)
        done.append(port)

    at_once(goal, copy)
    if len(done) != len(goal.ports):
        raise SystemExit("a copy failed")


def netmiko(image: Path, goal: Goal) -> None:
    """Copy as netmiko's SCPConn does: paramiko's client, and `scp` as it comes."""
    import paramiko
    from scp import SCPClient

    def copy(port: int) -> None:
        client = paramiko.SSHClient()
        client.set_missing_host_key_policy(paramiko.AutoAddPolicy())  # noqa: S507 - of this run's own server
        client.connect("127.0.0.1", port, os.environ.get("USER", "root"), "secret", key_filename=goal.key or None,
                       allow_agent=False, look_for_keys=False)  # fmt: skip
        SCPClient(client.get_transport()).put(str(image), goal.path)
        client.close()

    at_once(goal, copy)


def of_asyncssh(image: Path, goal: Goal) -> None:
    """Copy with asyncssh, all from one loop."""

    async def copy(port: int) -> None:
        options: dict[str, Any] = {"username": os.environ.get("USER", "root"), "known_hosts": None, "config": None}
        options["encryption_algs"] = ("aes128-gcm@openssh.com",)  # by itself it takes ChaCha20, which costs it more
        keys = [goal.key] if goal.key else None
        async with asyncssh.connect("127.0.0.1", port, client_keys=keys, agent_path=None, **options) as connection:
            await asyncssh.scp(str(image), (connection, goal.path))

    async def all_of_them() -> None:
        await asyncio.gather(*(copy(port) for port in goal.ports))

    asyncio.run(all_of_them())


def openssh(image: Path, goal: Goal) -> None:
    """Copy with OpenSSH's scp, a process for each."""
    options: tuple[str, ...] = (
        "-F",
        "none",
        "-o",
        "StrictHostKeyChecking=no",
        "-o",
        "UserKnownHostsFile=/dev/null",
        "-o",
        "LogLevel=ERROR",
    )
    keys = ("-i", goal.key) if goal.key else ()
    program = shutil.which("scp") or "scp"
    said = subprocess.run((program,), capture_output=True, text=True, check=False).stderr  # noqa: S603 - the peer
    if "O" in said.partition("[-")[2].partition("]")[0]:  # a newer one copies by SFTP unless it is told not to
        options = (*options, "-O")
    running = [
        subprocess.Popen((program, *options, *keys, "-P", str(port), image, f"127.0.0.1:{goal.path}"))  # noqa: S603 - the peer
        for port in goal.ports
    ]
    if any(code for code in [one.wait() for one in running]):
        raise SystemExit("OpenSSH's scp failed")


PEERS = {"swimctl": swimctl, "asyncssh": of_asyncssh, "OpenSSH": openssh, "netmiko": netmiko}


def copying(answer: Connection, who: str, image: Path, goal: Goal) -> None:
    """Copy, and send what it took. What each imports, and its first login, are not counted."""
    PEERS[who](image.with_name("small"), goal._replace(ports=goal.ports[:1]))
    began, before = time.monotonic(), cpu()
    PEERS[who](image, goal)
    answer.send(Cost(time.monotonic() - began, cpu() - before))


def cpu() -> float:
    """Return the CPU seconds of this process so far, and of those that it started."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def compare(what: str, image: Path, goal: Goal, peers: Sequence[str], turns: int) -> None:
    """Print a line for each peer: its rate, its CPU, and swimctl beside it as the median of the turns."""
    costs: dict[str, list[Cost]] = {who: [] for who in peers}
    for _ in range(turns):
        for who in peers:
            with beside(copying, who, image, goal) as cost:
                costs[who].append(cost)
    size = image.stat().st_size * len(goal.ports)
    for who, theirs in costs.items():
        rate = statistics.median(size / one.wall for one in theirs) / MB
        spent = statistics.median(one.cpu / size for one in theirs) * 1000 * MB
        pace = statistics.median(other.wall / ours.wall for ours, other in zip(costs["swimctl"], theirs, strict=True))
        less = statistics.median(ours.cpu / other.cpu for ours, other in zip(costs["swimctl"], theirs, strict=True))
        print(f"| {what} | {who} | {rate:,.1f} MB/s | {spent:.1f} | {pace:.2f} | {less:.2f} |", flush=True)


def main() -> None:
    """Print the table."""
    turns = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    print("| copy | who | rate | CPU-s/GB | rate: swimctl / who | CPU: swimctl / who |\n|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory(prefix="swimctl-bench-") as name, beside(devices, MANY) as ports:
        folder = Path(name)
        images = {size: folder / f"image-{size}" for size in (20, 30, 300)}
        for size, image in images.items():
            image.write_bytes(os.urandom(MB) * size)
        (folder / "small").write_bytes(b"small")
        usual = tuple(PEERS)
        with beside(line, ports[0]) as near:
            compare("64 KB window, 2 ms", images[30], Goal((near,), "flash:image"), usual, turns)
        compare("64 KB window, 0 ms", images[30], Goal(tuple(ports[:1]), "flash:image"), usual, turns)
        compare(f"64 KB window, {MANY} at once", images[20], Goal(tuple(ports), "flash:image"), usual[:3], turns)
        with sshd(folder) as served:
            if served is not None:
                compare("sshd", images[300], Goal((served[0],), "/dev/null", served[1]), usual, turns)


if __name__ == "__main__":
    main()
