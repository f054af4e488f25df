"""The working folder of a lab, and the fleet that it is for."""

from __future__ import annotations

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from swimctl.errors import InventoryError, UsageError
from swimctl.lab.cisco_xe.fleet import default_fleet
from swimctl.lab.folder import IMAGES, Kept, read_fault_options, read_hosts, write_folder

SPECS = default_fleet(4)
PORTS = {spec.name: 2200 + place for place, spec in enumerate(SPECS)}


def load(path: Path) -> dict[str, dict[str, object]]:
    return YAML(typ="safe").load(path)


def test_the_fleet_is_mixed_and_always_the_same() -> None:
    assert [spec.name for spec in SPECS] == ["sw1", "sw2", "sw3", "sw4"]
    assert len(SPECS[2].members) == 3
    assert SPECS[3].members[0].model.startswith("C9500")
    many = default_fleet(300)
    assert many == default_fleet(300)
    assert {spec.version for spec in many} == {"17.06.05", "17.09.05"}
    members = [member for spec in many for member in spec.members]
    assert len({member.serial for member in members}) == len({member.mac for member in members}) == len(members)


def test_folder_holds_what_nornir_and_swimctl_need(tmp_path: Path) -> None:
    images = write_folder(tmp_path, SPECS, PORTS, speed=60)
    hosts = load(tmp_path / "inventory" / "hosts.yaml")
    assert hosts["sw2"]["hostname"] == "127.0.0.1"
    assert hosts["sw2"]["port"] == 2201
    assert hosts["sw2"]["platform"] == "cisco_xe"
    assert hosts["sw4"]["groups"] == ["core"]
    assert hosts["sw1"]["data"] == {
        "model": "C9300-48P",
        "serial": SPECS[0].members[0].serial,
        "site": "lab",
        "role": "access",
    }
    assert load(tmp_path / "inventory" / "defaults.yaml")["username"] == "admin"
    assert load(tmp_path / "config.yaml")["swimctl"]["clock_speed"] == 60
    assert [path.name for path in images] == list(IMAGES["cisco_xe"])
    assert all(path.stat().st_size == 3_000_000 for path in images)


def test_folder_is_used_again_without_losing_anything(tmp_path: Path) -> None:
    write_folder(tmp_path, SPECS, PORTS, speed=60)
    config = tmp_path / "config.yaml"
    config.write_text(config.read_text() + "  workers: 7  # mine\n")
    (tmp_path / "swimctl.db").write_text("store")
    extra = tmp_path / "images" / "cat9k_iosxe.17.15.01.SPA.bin"
    extra.write_bytes(b"x")
    write_folder(tmp_path, SPECS, {name: port + 100 for name, port in PORTS.items()}, speed=120)
    assert "workers: 7  # mine" in config.read_text()
    assert load(config)["swimctl"]["clock_speed"] == 120
    assert load(tmp_path / "inventory" / "hosts.yaml")["sw1"]["port"] == 2300
    assert (tmp_path / "swimctl.db").read_text() == "store"
    assert extra.exists()


def test_an_inventory_of_people_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "inventory").mkdir()
    hosts = tmp_path / "inventory" / "hosts.yaml"
    hosts.write_text("core-1:\n  hostname: 192.0.2.1\n")
    with pytest.raises(UsageError, match="not written by the lab"):
        write_folder(tmp_path, SPECS, PORTS, speed=60)
    assert "core-1" in hosts.read_text()
    assert not (tmp_path / "config.yaml").exists()


def test_faults_of_the_inventory_are_read_and_kept(tmp_path: Path) -> None:
    assert read_hosts(tmp_path) == Kept()
    asked = {"sw1": {"lab_netconf": True, "lab_api": False}}
    write_folder(tmp_path, SPECS, PORTS, 60, Kept({"sw3": ("no-space", "drop-session-at:add")}, asked=asked))
    faults = {"sw1": (), "sw2": (), "sw3": ("no-space", "drop-session-at:add"), "sw4": ()}
    assert read_hosts(tmp_path) == Kept(faults, frozenset({"cisco_xe"}), asked)
    kept = read_hosts(tmp_path).given(SPECS[0])
    assert (SPECS[0].name, kept.netconf, kept.web_api) == ("sw1", True, False)


def test_faults_that_are_no_list_are_refused(tmp_path: Path) -> None:
    write_folder(tmp_path, SPECS, PORTS, 60)
    hosts = tmp_path / "inventory" / "hosts.yaml"
    hosts.write_text(hosts.read_text().replace("site: lab", "lab_faults: {a: 1}", 1))
    with pytest.raises(InventoryError, match=r"sw1\.data\.lab_faults"):
        read_hosts(tmp_path)


def test_fault_options() -> None:
    names = ["sw1", "sw2"]
    assert read_fault_options(["sw2=no-space", "all=slow-flash"], names) == {
        "sw1": ("slow-flash",),
        "sw2": ("no-space", "slow-flash"),
    }


@pytest.mark.parametrize(
    ("option", "said"),
    [("no-space", "SWITCH=FAULT"), ("sw9=no-space", "no switch 'sw9'"), ("sw1=no-spce", "no-space")],
)
def test_a_fault_option_with_a_mistake_is_explained(option: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        read_fault_options([option], ["sw1", "sw2"])
