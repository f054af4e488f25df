"""A disk that takes no more while devices are under way.

The disk fails as the process sees it: a limit on the size of files that is laid on it from outside, where every write
gets an error; and where this machine lets a test mount one, a file system of 8 MB that is full. The store's log alone
may take 4 MB before SQLite writes it anew from its beginning.
"""

from __future__ import annotations

import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

import pytest
from support.processes import PROGRAM, assert_once, come_to, jobs, start
from support.server_process import Served, serving, token_for
from support.upgrades import TARGET, lab_folder

from swimctl.lab.fleet import LabFleet

LONG = pytest.mark.prove
# What people read, by how the disk fails.
SAYS = {"limit": "the disk reports an error; check the disk and its free space", "full": "the disk is full; free some"}


@dataclass
class Disk:
    """The disk with the store, which can be made to fail for a process."""

    kind: str
    folder: Path

    def fail(self, pid: int) -> None:
        """Let the process write no more; what it has open stays open, and can be read."""
        if self.kind == "limit":
            _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, hard))
            return
        with (self.folder / "filler").open("wb", buffering=0) as file, pytest.raises(OSError, match="No space"):
            fill(file)

    def recover(self) -> None:
        """Make room. The limit ended with its process."""
        (self.folder / "filler").unlink(missing_ok=True)


def fill(file: BinaryIO) -> None:
    while True:
        file.write(b"x" * 512)


@contextmanager
def disk(kind: str, folder: Path) -> Iterator[Disk]:
    """Yield a folder for the store, on a file system of its own where the disk is to be full."""
    folder.mkdir()
    if kind == "limit":
        yield Disk(kind, folder)
        return
    mount = shutil.which("mount")
    if mount is None or subprocess.run([mount, "-t", "tmpfs", "-o", "size=8m", "none", folder], check=False).returncode:
        pytest.skip("no file system can be mounted here")
    try:
        yield Disk(kind, folder)
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


@contextmanager
def lab_on(kind: str, folder: Path, speed: float) -> Iterator[tuple[LabFleet, Disk]]:
    with (
        disk(kind, folder / "disk") as one,
        lab_folder(folder, devices=3, speed=speed, settings={"store": "disk/swimctl.db"}) as lab,
    ):
        shutil.move(folder / "swimctl.db", one.folder)  # the lab has put its images into one of the usual name
        yield lab, one


def doing(job: dict[str, object], step: str, what: str) -> bool:
    steps = {one["name"]: one for one in job["steps"]}  # type: ignore[attr-defined]  # JSON
    return steps[step]["status"] == "running" and what in steps[step]["message"]


def wait_until(true: Callable[[], object]) -> None:
    end = time.monotonic() + 240
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.mark.prove
@pytest.mark.timeout(600)
@pytest.mark.parametrize("kind", ["limit", "full"])
def test_a_server_whose_store_cannot_be_written(tmp_path: Path, kind: str) -> None:
    # Once the device is gone, its reload takes some 20 s: time to ask the server much while nothing is recorded.
    with lab_on(kind, tmp_path, 20) as (lab, failing):
        token = token_for(tmp_path)
        with serving(tmp_path, token=token) as served:
            (running,) = served.trigger("sw1")
            tonight = (datetime.now(UTC) + timedelta(hours=8)).isoformat()
            (later,) = served.trigger("sw2", schedule_time=tonight)
            served.wait([running], until=lambda job: doing(job, "Activation", "to come back"))
            before = documents(served, running, later)
            failing.fail(served.process.pid)
            refused_for_the_disk(served, later)
            # What was acknowledged can still be read, and is as it was.
            assert documents(served, running, later) == before
            said = served.said + served.process.communicate(timeout=240)[0]
        assert served.process.returncode == 2, said
        assert said.splitlines()[-1].startswith(f"swimctl: error: the store {failing.folder / 'swimctl.db'} cannot")
        assert SAYS[kind] in said.splitlines()[-1]
        assert "Traceback" not in said
        failing.recover()
        with serving(tmp_path, token=token) as served:
            (job,) = served.wait([running])
            assert (job["status"], job["error"]) == ("success", None)
            assert served.jobs([later])[0]["status"] == "scheduled"
            # The key of a request that was refused was not taken: with it the batch is made now.
            body = {"devices": ["sw3"], "activate_after_distribute": False}
            status, answer = served.ask("/api/upgrade/trigger/", body, **{"Idempotency-Key": "k1"})
            assert (status, answer["job_ids"]) == (201, [later + 1]), "and nothing came between"
            assert served.wait(answer["job_ids"])[0]["status"] == "success"
        assert_once_on(lab, "sw1")
        assert [len(lab.reloads(name)) for name in ("sw2", "sw3")] == [0, 0]


def documents(served: Served, *ids: int) -> list[object]:
    found = []
    for number in ids:
        status, events = served.ask(f"/api/upgrade/jobs/{number}/events/")
        assert status == 200
        found += [served.jobs([number])[0]["id"], events]
    return found


def refused_for_the_disk(served: Served, waiting: int) -> None:
    """Everything that would be written is refused, in one shape, until the server ends."""
    body = {"devices": ["sw3"], "activate_after_distribute": False}
    for path, asked, headers in (
        ("/api/upgrade/trigger/", body, {}),
        ("/api/upgrade/trigger/", body, {"Idempotency-Key": "k1"}),
        ("/api/upgrade/trigger/", {**body, "schedule_time": "2099-01-01T00:00:00Z"}, {}),
        ("/api/upgrade/cancel/", {"job_ids": [waiting]}, {}),
    ):
        status, answer = served.ask(path, asked, **headers)
        assert (status, answer["error"]) == (503, "store unavailable"), answer
        assert "nothing was changed; try again later" in answer["message"]


def assert_once_on(lab: LabFleet, name: str) -> None:
    class One:  # what assert_once looks at, of one switch
        ports = {name: lab.ports[name]}  # noqa: RUF012 - read, not changed
        switch, commands, reloads = lab.switch, lab.commands, lab.reloads

    assert_once(One())  # type: ignore[arg-type]  # all that it asks for


@pytest.mark.prove
@pytest.mark.parametrize("step", [pytest.param(1, marks=LONG), 2, pytest.param(3, marks=LONG)])
def test_in_each_step_a_server_ends_and_the_next_one_goes_on(tmp_path: Path, step: int) -> None:
    with lab_folder(tmp_path, devices=3, speed=100) as lab:
        failing, token = Disk("limit", tmp_path), token_for(tmp_path)
        with serving(tmp_path, token=token) as served:
            ids = served.trigger("sw1", "sw2", "sw3")
            wait_until(lambda: come_to(tmp_path)[1] >= step)
            failing.fail(served.process.pid)
            said = served.said + served.process.communicate(timeout=240)[0]
        assert served.process.returncode == 2, said
        assert SAYS["limit"] in said.splitlines()[-1]
        with serving(tmp_path, token=token) as served:
            assert {job["status"] for job in served.wait(ids)} == {"success"}
        assert_once(lab)


@pytest.mark.parametrize(
    ("kind", "step"),
    [("limit", 2), *(pytest.param(*each, marks=LONG) for each in (("limit", 1), ("full", 2), ("limit", 3)))],
)
def test_an_upgrade_in_a_terminal(tmp_path: Path, kind: str, step: int) -> None:
    with lab_on(kind, tmp_path, 100) as (lab, failing):
        process = start(tmp_path, "upgrade", "--all", "--yes")
        wait_until(lambda: come_to_on(failing) >= step)
        failing.fail(process.pid)
        said, _ = process.communicate(timeout=240)
        assert (process.returncode, "Traceback" in said) == (4, False), said
        assert said.count("swimctl: error: ") == 1
        assert SAYS[kind] in said.splitlines()[-1]
        assert "under way, and left to finish what they were told to do: sw" in said.splitlines()[-1]
        assert "; next: `swimctl resume`" in said.splitlines()[-1]
        failing.recover()
        assert {job["status"] for job in jobs(tmp_path)} & {"distributing", "activating", "verifying"}
        with start(tmp_path, "resume") as process:
            said, _ = process.communicate(timeout=240)
        assert process.returncode == 0, said
        assert {job["status"] for job in jobs(tmp_path)} == {"success"}
        assert_once(lab)


def come_to_on(failing: Disk) -> int:
    return come_to(failing.folder)[1]


@pytest.mark.prove
def test_what_starts_on_a_disk_that_takes_nothing_leaves_nothing(tmp_path: Path) -> None:
    with lab_folder(tmp_path, devices=1, version=TARGET) as lab:
        token = token_for(tmp_path)
        limited = (
            f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY)); {PROGRAM[-1]}"
        )
        for arguments in (
            ["upgrade", "sw1", "--yes"],
            ["upgrade", "sw1", "--yes", "--detach"],
            ["serve", "--port", "0"],
        ):
            done = subprocess.run(
                [sys.executable, "-c", limited, *arguments],
                cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False,
            )  # fmt: skip
            assert done.returncode == 2, done
            assert len(done.stderr.splitlines()) == 1
            assert SAYS["limit"] in done.stderr
        assert jobs(tmp_path) == []
        assert lab.commands("sw1") == []
        with serving(tmp_path, token=token) as served:
            assert served.wait(served.trigger("sw1"))[0]["status"] == "success"
