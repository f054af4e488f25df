"""What is learned about a device of each system is what it is, and its twin is learned to be the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fleets.every import FLEETS
from support.upgrades import lab_folder

from swimctl.cli.context import Context
from swimctl.lab.chassis_spec import ChassisSpec
from swimctl.rehearse.learned import Learned
from swimctl.rehearse.learning import learn
from swimctl.rehearse.making import Conditions, make_twin

SYSTEMS = ("cisco_xe", "cisco_ios", "cisco_nxos", "cisco_xr", "arista_eos", "juniper_junos")


def learned_from(folder: Path, fleet: list[ChassisSpec]) -> dict[str, Learned]:
    with lab_folder(folder, ssh=False, fleet=fleet), Context(folder / "config.yaml").open() as opened:
        found = {}
        for device in opened.inventory.devices:
            told = opened.engine.record(device).recorded
            texts = {each.command: each.text for each in told if not each.failure}
            found[device.name] = learn(device.name, device.platform, texts)
        return found


def seen(one: Learned) -> dict[str, Any]:
    """Return what has to be the same of a device and its twin."""
    parts = [(part.number, part.model, part.serial, part.release) for part in one.parts]
    space = {number: (disk.total, disk.free) for number, disk in one.disks.items()}
    return {
        "release": one.release,
        "model": one.model,
        "serial": one.serial,
        "mode": one.mode,
        "parts": parts,
        "space": space,
        "boots": one.boots,
        "by_hand": one.by_hand,
        "pair": one.pair,
        "installed": one.installed,
    }


@pytest.mark.prove
def test_a_device_of_each_system_is_learned_as_it_is_and_so_is_its_twin(tmp_path: Path) -> None:
    fleet = []
    for system in SYSTEMS:
        one = FLEETS[system]
        fleet.append((one.stack or one.make)(f"d-{system.replace('_', '-')}", **({} if one.stack else one.partner)))
    real = learned_from(tmp_path / "real", fleet)
    for spec in fleet:
        told = real[spec.name]
        assert (told.platform, told.serial, told.missing) == (spec.platform, spec.serial, ()), told
        assert told.model.casefold() == spec.model.casefold()
        assert {disk.free for disk in told.disks.values()} <= {spec.free, spec.free // 1024 * 1024}, told.disks
    conditions = Conditions("admin", "admin", "enable")
    twins = {name: make_twin(told, None, conditions) for name, told in real.items()}
    again = learned_from(tmp_path / "twins", [twin.spec for twin in twins.values()])
    for name, told in real.items():
        assert seen(again[name]) == seen(told), name
        files = told.disks[min(told.disks)].files or {}
        assert files.items() <= (again[name].disks[min(told.disks)].files or {}).items(), name
