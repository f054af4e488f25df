"""Devices that are away behind a bastion or a command: asked through it, by a few threads for all of them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from support.bastion import DOMAIN, USER, Bastion, bastion
from support.greeting import Device

from swimctl.clock import SystemClock
from swimctl.engine import poller as poller_module
from swimctl.engine.poller import Poller
from swimctl.sessions.targets import Ssh, Target
from swimctl.sessions.way import silent_behind, straight
from swimctl.steps.pausing import Pause

FAST, HOUR = 100.0, 3600.0
NAMES = [f"sw{number}.{DOMAIN}" for number in range(12)]


@pytest.fixture
def poller() -> Iterator[Poller]:
    made = Poller(SystemClock(FAST))
    yield made
    made.close()


@pytest.fixture
def device() -> Iterator[Device]:
    made = Device()
    yield made
    made.close()


@pytest.fixture
def way(tmp_path: Path, device: Device) -> Iterator[Bastion]:
    with bastion(tmp_path, {(name, 22): ("127.0.0.1", device.port) for name in NAMES}) as made:
        yield made


def told(folder: Path, name: str, *lines: str) -> Target:
    config = folder / "ssh_config"
    config.write_text("\n".join(("Host *.invalid", *lines)), encoding="utf-8")
    return Target("sw1", name, 22, "cisco_xe", "ana", "secret", ssh=Ssh(config_file=config))


def through(way: Bastion) -> Target:
    jump = ("Host bastion", "HostName 127.0.0.1", f"Port {way.port}", f"User {USER}", "IdentityFile id")
    return told(way.folder, NAMES[0], "ProxyJump bastion", *jump, "IdentitiesOnly yes")


def watched(poller: Poller, device: Target, most: float = HOUR * 24) -> threading.Event:
    back = threading.Event()
    poller.watch(Pause(1, silent=device, most=most), back.set)
    return back


def test_many_devices_behind_a_bastion_are_left_alone_until_they_greet(
    poller: Poller, device: Device, way: Bastion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(poller_module, "_BEHIND_AT_ONCE", 3)
    others = set(threading.enumerate())
    first = through(way)
    backs = [watched(poller, replace(first, address=name)) for name in NAMES]
    for _ in range(3 * len(NAMES)):
        assert device.asked.acquire(timeout=60)
    assert not any(back.is_set() for back in backs)
    asking = [thread.name for thread in set(threading.enumerate()) - others if thread.name.startswith("poller-behind")]
    assert 1 <= len(asking) <= 3
    device.up.set()
    assert all(back.wait(60) for back in backs)
    assert {name for name, _ in way.asked_for} == set(NAMES)
    assert way.logins == [USER]


def test_a_device_that_stays_away_behind_a_bastion_is_handed_back_at_the_end(
    poller: Poller, device: Device, way: Bastion
) -> None:
    assert watched(poller, through(way), most=50).wait(60)
    assert device.asked.acquire(timeout=60)


def test_where_the_bastion_cannot_be_reached_the_job_looks_itself(poller: Poller, tmp_path: Path) -> None:
    lost = told(tmp_path, NAMES[0], "ProxyJump bastion.invalid")
    assert straight(lost) is None
    assert silent_behind(lost, 3.0) is False
    assert watched(poller, lost).wait(60)


def test_a_device_behind_a_command_is_asked_by_it(poller: Poller, tmp_path: Path) -> None:
    asked, up = tmp_path / "asked", tmp_path / "up"
    says = f"echo x >> {asked}; test -e {up} && echo SSH-2.0-Cisco-1.25; sleep 0.01"
    script = tmp_path / "way"
    script.write_text(f"#!/bin/sh\n{says}\n", encoding="utf-8")
    script.chmod(0o700)
    back = watched(poller, told(tmp_path, NAMES[0], f"ProxyCommand {script} %h %p"))
    while not asked.exists() or len(asked.read_text(encoding="utf-8").split()) < 2:
        assert not back.wait(0.05)
    up.touch()
    assert back.wait(60)


def test_who_is_asked_through_a_bastion_is_handed_back_when_the_poller_closes(way: Bastion, device: Device) -> None:
    made = Poller(SystemClock(FAST))
    back = watched(made, through(way))
    assert device.asked.acquire(timeout=60)
    made.close()
    assert back.is_set()
