"""A site of fifty switches behind one relay: what crosses the WAN, and what becomes of them when the relay dies."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from support.oracle import really
from support.relays import TOKEN, running_relay
from support.upgrades import Upgraded, lab_folder, with_data
from support.upgrades import request as ask

from swimctl.cli.context import Context, Opened
from swimctl.inventory.relays import IN_ENVIRONMENT
from swimctl.lab.cisco_xe.fleet import default_fleet
from swimctl.models import Image, JobOptions, Outcome
from swimctl.states import JobStatus

pytestmark = pytest.mark.prove

SITE, SOME = 50, 12
EIGHT = 8  # of these the default fleet has one of each kind
IMAGE = "cat9k_iosxe.17.12.04.SPA.bin"
PUSHED = "; next: the image is pushed"


# A kernel sends on what a dead process has given it: with its own buffers, a whole image of the lab.
SMALL_BUFFERS = """
import socket, sys, swimctl.connections
listener = swimctl.connections.listener
def small(*where):
    made = listener(*where)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65_536)
    return made
swimctl.connections.listener = small
from swimctl.cli import main
sys.exit(main())
"""


@contextmanager
def copied(
    folder: Path, url: str, switches: int, meanwhile: Callable[[Opened], object] = lambda _: None, **lab: Any
) -> Iterator[tuple[Upgraded, Image, int]]:
    """Copy the image to all switches of a site with a relay; gives the image and what left the main server.

    What is done `meanwhile` is done in a thread of its own.
    """
    settings = {
        "image_server": {"bind": "127.0.0.1"},
        "workers": 10,
        "under_way": switches,
        "distribution": {"minimum_rate": 0.0005},
    }
    fleet = default_fleet(EIGHT * switches)[::EIGHT]
    said = {"site": "ber", "swimctl": {"distribution": {"relay": url}}}
    with lab_folder(folder, fleet=fleet, settings=settings, ssh=False, **lab) as made:
        with_data(folder, **{spec.name: said for spec in fleet})
        with Context(folder / "config.yaml").open() as opened:
            batch = opened.service.trigger(ask(opened, options=JobOptions(activate=False), max_failures=0))
            beside = threading.Thread(target=meanwhile, args=(opened,))
            beside.start()
            opened.engine.run(batch.batch, batch.jobs, threading.Event())
            beside.join()
            jobs = {job.device_name: job for job in opened.store.jobs(batch_id=batch.batch.id)}
            assert len(jobs) == switches
            (image,) = [each for each in opened.store.images() if each.filename == IMAGE]
            yield Upgraded(made, opened, jobs), image, opened.engine._jobs.images.sent


def all_end_right(result: Upgraded) -> list[str]:
    """Hold that each switch has the image, verified, and return what the jobs say of the relay, one line a job."""
    for name, job in result.jobs.items():
        assert (job.status, job.outcome) == (JobStatus.SUCCESS, Outcome.UNTOUCHED), job.error
        assert job.outcome is really(result.lab, name)
        assert IMAGE in result.lab.switch(name).flash(1).files
    events = {job.id: result.opened.store.events(job.id) for job in result.jobs.values()}
    return [" | ".join(each.message for each in found if each.kind == "relay") for found in events.values()]


@pytest.fixture(autouse=True)
def token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(IN_ENVIRONMENT, TOKEN)


def test_fifty_switches_get_an_image_that_crossed_the_wan_once(tmp_path: Path) -> None:
    with running_relay(tmp_path / "relay") as relay, copied(tmp_path, relay.relay.url, SITE) as (result, image, sent):
        assert [line for line in all_end_right(result) if PUSHED in line] == []
        assert image.size <= sent <= 1.02 * image.size
        assert relay.server.sent == SITE * image.size


@pytest.mark.parametrize("at", ["its fetch", "their copies"])
def test_a_relay_that_is_killed_leaves_no_switch_without_the_image(tmp_path: Path, at: str) -> None:
    words = ("relay", "--folder", str(tmp_path / "relay"), "--bind", "127.0.0.1", "--port", "0")
    with subprocess.Popen([sys.executable, "-c", SMALL_BUFFERS, *words], stderr=subprocess.PIPE, text=True) as relay:
        assert relay.stderr is not None
        said = iter(relay.stderr.readline, "")
        url = next(said).split()[-1]

        def kill(opened: Opened) -> None:
            if at == "its fetch":
                assert any("is to fetch" in line for line in said)
            while at == "their copies" and not any(job.bytes_done for job in opened.store.jobs()):
                time.sleep(0.05)
            relay.kill()

        with copied(tmp_path, url, SOME, kill, transfer=1_500) as (result, image, sent):
            lines = all_end_right(result)
    left = [line for line in lines if PUSHED in line]
    assert left
    assert all(f"the relay {url}" in line for line in left)
    if at == "their copies":
        assert image.size <= sent <= 1.02 * image.size
        assert any("did not fetch" in line for line in left)
    else:
        assert len(left) == SOME
