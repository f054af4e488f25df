"""Thirty devices behind one bastion: looked at, upgraded, stopped and taken up again, and nobody goes beside it.

One of them loses an uplink with its new release, and goes back.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from support.bastion import DOMAIN, NETCONF, USER, Bastion, bastion, behind, with_ssh_config
from support.upgrades import lab_folder, request

from swimctl.cli.context import Context, Opened
from swimctl.cli.doctor import examine
from swimctl.lab.fleet import LabFleet
from swimctl.models import Job, JobOptions, Outcome
from swimctl.requests.looks import check_devices
from swimctl.states import JobStatus

pytestmark = [pytest.mark.prove, pytest.mark.timeout(600), pytest.mark.xdist_group("bastion")]

THROUGH = f"""\
Host bastion
  HostName 127.0.0.1
  Port {{port}}
  User {USER}
  IdentityFile id
  IdentitiesOnly yes
Host *.{DOMAIN}
  ProxyJump bastion
"""

_WATCHING: list[list[tuple[str, int]]] = []
# Threads of the lab and of the bastion, which stand for other machines.
_OTHERS = ("bastion", "lab", "asyncio")


def _hook(event: str, args: tuple[Any, ...]) -> None:
    if event == "socket.connect" and _WATCHING and not threading.current_thread().name.startswith(_OTHERS):
        _WATCHING[-1].append(args[1][:2])


sys.addaudithook(_hook)


@contextmanager
def connections() -> Iterator[list[tuple[str, int]]]:
    """Note where this process connects to, whoever does it and in whatever library."""
    _WATCHING.append([])
    try:
        yield _WATCHING[-1]
    finally:
        _WATCHING.pop()


def places(lab: LabFleet) -> dict[tuple[str, int], tuple[str, int]]:
    found = {(f"{name}.{DOMAIN}", 22): ("127.0.0.1", port) for name, port in lab.ports.items()}
    netconf = {(f"{name}.{DOMAIN}", NETCONF): ("127.0.0.1", port) for name, port in lab.netconf_ports.items()}
    return found | netconf


def run(opened: Opened, jobs: tuple[Job, ...], bastion: Bastion) -> None:
    """Run until the first device is activated, stop, and take up what is left; the bastion dies once meanwhile."""
    stop = threading.Event()
    batch = opened.store.batch(jobs[0].batch_id)
    running = threading.Thread(target=opened.engine.run, args=(batch, jobs, stop))
    running.start()
    end = time.monotonic() + 400
    while time.monotonic() < end and running.is_alive():
        if any(job.status is JobStatus.ACTIVATING for job in opened.store.jobs(batch_id=batch.id)):
            bastion.die()
            stop.set()
            break
        time.sleep(0.1)
    running.join(400)
    assert stop.is_set(), {(job.status, job.error) for job in opened.store.jobs(batch_id=batch.id)}
    left = opened.store.interrupted()
    opened.engine.resume(left, threading.Event())


def test_thirty_devices_are_not_thirty_logins(tmp_path: Path) -> None:
    settings = {"workers": 30, "deadlines": {"down": 1800, "up": 3600, "ready": 1800}}
    with (
        lab_folder(
            tmp_path,
            devices=30,
            faults={"sw30": ["interface-lost"]},
            speed=240,
            settings=settings,
            netconf=True,
            transfer=400_000,
        ) as lab,
        bastion(tmp_path, places(lab)) as way,
        connections() as seen,
    ):
        behind(tmp_path, {name: f"{name}.{DOMAIN}" for name in lab.ports})
        with_ssh_config(tmp_path, THROUGH.format(port=way.port))
        with Context(tmp_path / "config.yaml").open() as opened:
            reached = [one.seen for one in examine(opened, offline=False, deep=False) if one.what == "reachability"]
            assert reached == ["30 of 30 devices answer with SSH"]
            planned = opened.service.plan(request(opened))
            looks = check_devices(
                opened.engine, [(item.device, item.image) for item in planned.accepted], JobOptions(), 15
            )
            assert [look.ready for look in looks] == [True] * 30, looks
            assert way.logins == [USER], "one connection serves all"
            made = opened.service.trigger(request(opened))
            run(opened, made.jobs, way)
            jobs = {job.device_name: job for job in opened.store.jobs(batch_id=made.batch.id)}
        back = jobs.pop("sw30")
        assert (back.status, back.outcome) == (JobStatus.FAILED, Outcome.ROLLED_BACK), back.error
        assert len(lab.reloads("sw30")) == 2
        ends = {(job.status, job.outcome, job.error) for job in jobs.values()}
        assert ends == {(JobStatus.SUCCESS, Outcome.UPGRADED, None)}
        assert {port for _, port in way.asked_for} == {22, NETCONF}
    assert 1 < len(way.logins) <= 4, "opened anew where it had died, and for no other reason"
    assert set(seen) == {("127.0.0.1", way.port)}, "somebody went beside the bastion"
