"""The power goes, or the process is killed, at any moment: all that was acknowledged is there, nothing is half-made.

The file system stands in for the disk. The writer is stopped between two system calls, its files are copied, and from
the copy is made what a disk may leave that keeps what it was asked to keep (fsync) and any part of the rest. How much
of the log was synced, SQLite itself says: it counts a commit in its -shm file only after the sync of the log.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import struct
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
from support.store_writers import Fact, Telling, end_all, ended_once, half_made, kept, start
from support.stores import opened

from swimctl.states import RUNNING
from swimctl.store import Store

pytestmark = pytest.mark.prove

COPIES: Final = 24  # for each of five writers
TO_THE_END: Final = 2  # of those copies
KILLS: Final = 20  # for each of four files
SECTOR: Final = 512
LOG_HEADER, FRAME_HEADER = 32, 24


@dataclass(frozen=True)
class Left:
    """The files at one moment. Of the log, the bytes below `synced` are on the disk, whatever happens.

    The pages in `doubtful` a checkpoint is writing to the database; `copied` bytes of the log may be there already.
    """

    database: bytes
    log: bytes
    synced: int
    copied: int
    doubtful: tuple[tuple[int, int], ...] = ()

    @property
    def in_a_commit(self) -> bool:
        """Return whether the log holds more than was synced; what lies behind is of an earlier use."""
        frame = max(self.synced, LOG_HEADER)
        return self.synced < len(self.log) and self.log[frame + 8 : frame + 16] == self.log[16:24]


def _read(path: Path) -> bytes:
    return path.read_bytes() if path.exists() else b""


def look(path: Path) -> Left | None:
    """Copy the files of a writer that stands still; None where it stopped in the middle of telling what is synced."""
    database, log = _read(path), _read(path.with_name(f"{path.name}-wal"))
    index = _read(path.with_name(f"{path.name}-shm"))
    if len(index) < 136 or len(log) < LOG_HEADER or index[32:40] != log[16:24]:
        # No log, or one that is copied, synced and about to be used anew: nothing is being written.
        return Left(database, log, len(log), len(log))
    if index[:48] != index[48:96]:
        return None
    (frames,) = struct.unpack_from("<I", index, 16)
    copied, copying = struct.unpack_from("<I", index, 96)[0], struct.unpack_from("<I", index, 128)[0]
    page = int.from_bytes(log[8:12], "big")
    frame = FRAME_HEADER + page
    starts = range(LOG_HEADER + copied * frame, LOG_HEADER + copying * frame, frame)
    pages = {int.from_bytes(log[start : start + 4], "big") for start in starts}
    doubtful = tuple(((number - 1) * page, number * page) for number in sorted(pages))
    synced = LOG_HEADER + frames * frame if frames else 0
    return Left(database, log, min(synced, len(log)), LOG_HEADER + max(copied, copying) * frame, doubtful)


def torn(data: bytes, start: int, end: int, chance: random.Random) -> bytes:
    """Let each sector between two places be there, be zeros, or be anything."""
    found = bytearray(data)
    place = start
    while place < min(end, len(data)):
        after = min(end, len(data), (place // SECTOR + 1) * SECTOR)
        found[place:after] = chance.choice((found[place:after], bytes(after - place), chance.randbytes(after - place)))
        place = after
    return bytes(found)


def disks(left: Left, chance: random.Random) -> Iterator[tuple[str, bytes, bytes]]:
    """Yield what a disk may leave: its name, the database, the log. Only the last one lost what it promised."""
    yield "whole", left.database, left.log
    yield "cut", left.database, left.log[: chance.randint(left.synced, len(left.log))]
    database = left.database
    for begin, end in left.doubtful:
        # A sector is written whole, so the file's own header, which never changes, is not torn.
        database = torn(database, max(begin, SECTOR), end, chance)
    yield "torn", database, torn(left.log, left.synced, len(left.log), chance)
    if left.copied < left.synced:
        yield "lied", left.database, left.log[: chance.randint(left.copied, left.synced)]


def power_off(writer: Telling, path: Path, chance: random.Random) -> tuple[Left, list[Fact]]:
    """Stop the writer, if it can be in the middle of a write, and look; it stays stopped."""
    pid = writer.process.pid
    assert pid is not None
    for tries in range(40):
        os.kill(pid, signal.SIGSTOP)
        while Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "T":
            time.sleep(0.0002)
        told = writer.hear_out()
        left = look(path)
        if left is not None and (left.in_a_commit or left.doubtful or tries > chance.randrange(30)):
            return left, told
        os.kill(pid, signal.SIGCONT)
        writer.listen(chance.uniform(0, 0.003))
    pytest.fail("it never stood where its files could be read")


def laid(folder: Path, database: bytes, log: bytes) -> Path:
    """Lay the files as they are found after the power came back."""
    folder.mkdir()
    path = folder / "s.db"
    for one, data in ((path, database), (folder / "s.db-wal", log)):
        one.write_bytes(data)
        one.chmod(0o600)
    return path


def assert_all_there(store: Store, told: Sequence[Fact]) -> None:
    assert store.check() == []
    assert half_made(store) == {}
    assert set(told) - kept(store) == set()


def assert_order_kept(store: Store, told: Sequence[Fact]) -> None:
    """Hold that such a disk lost from the end: nothing is there without what went before it."""
    assert store.check() == []
    assert half_made(store) == {}
    there = kept(store)
    lost = [fact not in there for fact in told]
    assert lost == sorted(lost)


@pytest.mark.parametrize("seed", range(5))
def test_power_loss(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 moments, no secret
    seen: Counter[str] = Counter()
    path = tmp_path / "s.db"
    with Telling(path, f"w{seed}", seed) as writer:
        writer.hear_first()
        for copy in range(COPIES):
            writer.listen(chance.uniform(0, 0.06))
            left, told = power_off(writer, path, chance)
            seen["in a commit"] += left.in_a_commit
            seen["in a checkpoint"] += bool(left.doubtful)
            for kind, database, log in disks(left, chance):
                folder = tmp_path / f"{copy}-{kind}"
                with opened(laid(folder, database, log)) as store:
                    (assert_order_kept if kind == "lied" else assert_all_there)(store, told)
                if kind == "torn" and copy % (COPIES // TO_THE_END) == COPIES // TO_THE_END - 1:
                    go_to_the_end(folder / "s.db", told)
                shutil.rmtree(folder)
            assert writer.process.is_alive()
            os.kill(writer.process.pid or 0, signal.SIGCONT)
    assert sum(seen.values()) > COPIES // 4, seen  # else it looked at moments at which nothing can go wrong
    with opened(path) as store:
        assert_all_there(store, writer.told)


def go_to_the_end(path: Path, told: Sequence[Fact]) -> None:
    """Two processes take up what was interrupted; each job ends once."""
    both = [start(end_all, path) for _ in range(2)]
    for process in both:
        process.join(300)
    assert [process.exitcode for process in both] == [0, 0]
    with opened(path) as store:
        assert_all_there(store, told)
        ended_once(store)


@pytest.mark.parametrize("beside", [False, True])
@pytest.mark.parametrize("seed", range(2))
def test_kill_9(tmp_path: Path, seed: int, beside: bool) -> None:
    """One writer after the other is killed on the same file; `beside`, another one writes on all the time."""
    chance = random.Random(seed)  # noqa: S311 moments, no secret
    path, told = tmp_path / "s.db", list[Fact]()
    # It pauses a little, else SQLite lets the new one wait for long.
    others = [Telling(path, "other", seed, pause=0.004)] if beside else []
    try:
        for kill in range(KILLS):
            writer = Telling(path, f"w{kill}", 100 * seed + kill)
            if kill % 4:  # else it may still be making or opening the store
                writer.hear_first()
            writer.listen(chance.uniform(0, 0.05))
            told += writer.kill()
            for other in others:
                other.listen(0.01)
            with opened(path) as store:
                assert_all_there(store, told + [fact for other in others for fact in other.told])
                interrupted = {job.id for job in store.interrupted()}
                assert beside or {job.id for job in store.unfinished() if job.status in RUNNING} <= interrupted
    finally:
        for other in others:
            told += other.kill()
    go_to_the_end(path, told)


WITNESSED = """
import sys
from pathlib import Path
from support.stores import opened, some_jobs
with opened(Path(sys.argv[1])) as store, store.register_runner() as runner:
    for job in some_jobs(store, ["sw1", "sw2", "sw3"]):
        store.claim(job.id, runner)
        print("told", flush=True)
"""


@pytest.mark.skipif(shutil.which("strace") is None, reason="the kernel's own word needs strace")
def test_what_is_told_was_synced_before(tmp_path: Path) -> None:
    """The kernel says it too: after a write to the log, nothing is told before the log is synced."""
    calls = tmp_path / "calls"
    traced = ["strace", "-f", "-y", "-e", "trace=pwrite64,write,fsync,fdatasync", "-o", str(calls)]
    program = [sys.executable, "-c", WITNESSED, str(tmp_path / "s.db")]
    subprocess.run([*traced, *program], check=True, cwd=Path(__file__).parents[1], timeout=60)
    unsynced, told = False, 0
    for call in calls.read_text(encoding="utf-8", errors="replace").splitlines():
        if "s.db-wal>" in call:
            unsynced = "write" in call.split("(")[0]
        elif '"told' in call:
            assert not unsynced, call
            told += 1
    assert told == 3
