"""What a lab Nexus answers to `| json`: the facts of its text, one row and several, and a device that has no such."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from support.lab_terminal import AnyDesk, small

from swimctl.lab.cisco_nxos.forms import LAST_RESET, WITH_TIME
from swimctl.lab.cisco_nxos.spec import HARDWARE, NexusSpec

FIXED, MODULAR = "N9K-C93180YC-FX", "N9K-C9504"


def desk_of(folder: Path, *faults: str, model: str = FIXED, **spec: Any) -> AnyDesk:
    """Return a Nexus that somebody is logged in to."""
    return AnyDesk(folder, NexusSpec("desk", hardware=HARDWARE[model], number="FDO27010001", **small(*faults, **spec)))


def told(desk: AnyDesk, command: str, pipe: str = "json") -> dict[str, Any]:
    """Ask for a command's output as data."""
    data = json.loads(desk.type(f"{command} | {pipe}"))
    assert isinstance(data, dict)
    return data


def rows(data: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """Return the rows of a table, of which one alone is no list."""
    row = data[f"TABLE_{name}"][f"ROW_{name}"]
    return row if isinstance(row, list) else [row]


def test_what_it_says_of_itself_is_what_its_text_says(tmp_path: Path) -> None:
    desk = desk_of(tmp_path, forms={LAST_RESET: WITH_TIME})
    version, text = told(desk, "show version"), desk.type("show version")
    assert f"NXOS: version {version['nxos_ver_str']}\n" in text
    assert f"image file is: {version['nxos_file_name']}\n" in text
    assert f"Processor Board ID {version['proc_board_id']}\n" in text
    up = " ".join(f"{version[f'kern_uptm_{unit}']} {word}," for unit, word in (("days", "day(s)"), ("hrs", "hour(s)")))
    assert f"Kernel uptime is {up}" in text
    assert f"after {version['rr_ctime']}\n  Reason: {version['rr_reason']}\n" in text
    native = told(desk, "show version", "json native")
    assert native["kern_uptm_days"] == int(version["kern_uptm_days"]) == int(desk.spec.uptime) // 86_400
    assert (version["rr_service"], version["TABLE_package_list"]) == (None, {"ROW_package_list": {"package_id": None}})
    for command in ("show inventory", "show feature"):
        assert told(desk, command)
    assert told(desk, "show hostname") == {"hostname": "desk.lab.example"}


def test_the_release_of_a_new_kind_names_its_kind_apart(tmp_path: Path) -> None:
    version = told(desk_of(tmp_path, version="10.3(4a)"), "show version")
    assert (version["nxos_ver_str"], version["release_type"]) == ("10.3(4a)", "Maintenance Release")


@pytest.mark.parametrize(("fault", "there"), [("no-boot-time", True), ("no-boot-time:uptime", False)])
def test_without_a_boot_time_the_data_has_none_either(tmp_path: Path, fault: str, there: bool) -> None:
    version = told(desk_of(tmp_path, fault), "show version")
    assert ("kern_uptm_secs" in version, "rr_ctime" in version) == (there, False)


def test_one_module_is_a_row_and_several_are_a_list(tmp_path: Path) -> None:
    one = told(desk_of(tmp_path), "show module")
    assert one["TABLE_modinfo"]["ROW_modinfo"] == {
        "modinf": "1", "ports": "54", "modtype": "48x10/25G + 6x40/100G Ethernet Module", "model": "N9K-C93180YC-FX",
        "status": "active *",
    }  # fmt: skip
    assert one["TABLE_modwwninfo"]["ROW_modwwninfo"]["sw"] == "9.3(5)"
    assert one["TABLE_modmacinfo"]["ROW_modmacinfo"]["serialnum"] == "FDO27010001"
    desk = desk_of(tmp_path, model=MODULAR, supervisors=2)
    found = told(desk, "show module", "json-pretty")
    states = {row["modinf"]: row["status"] for row in rows(found, "modinfo")}
    assert states == {"1": "ok", "22": "ok", "27": "active *", "28": "ha-standby"}
    for number, state in states.items():
        assert re.search(rf"^{number} .*{re.escape(state)}$", desk.type("show module"), re.MULTILINE)
    assert [row["mod"] for row in rows(found, "moddiaginfo")] == list(states)
    assert told(desk, "show system redundancy status")["other_sup_rdn_state"] == "Standby"


def test_two_supervisors_share_the_row_of_the_boot_variables(tmp_path: Path) -> None:
    path = "bootflash:/nxos.9.3.5.bin"
    one = told(desk_of(tmp_path), "show boot")
    assert rows(one, "Startup_Bootvar") == [
        {"start_sup_module": "sup-1", "start_image": path, "start_poap_status": "Disabled"}
    ]
    two = told(desk_of(tmp_path, model=MODULAR, supervisors=2), "show boot")
    assert rows(two, "Current_Bootvar") == [
        {"current_sup_module": ["sup-1", "sup-2"], "current_image": [path, path], "current_poap_status": "Disabled"}
    ]


def test_what_the_next_boot_starts_differs_until_it_is_saved(tmp_path: Path) -> None:
    desk = desk_of(tmp_path)
    desk.switch.configuration.top("no boot nxos")
    found = told(desk, "show boot")
    assert "current_image" not in rows(found, "Current_Bootvar")[0]
    assert rows(found, "Startup_Bootvar")[0]["start_image"].endswith("nxos.9.3.5.bin")


def test_ports_and_neighbours_are_those_of_the_text(tmp_path: Path) -> None:
    desk = desk_of(tmp_path, connected=3)
    text = desk.type("show interface status")
    by_text = [port for port, state in re.findall(r"^(Eth\S+) .* (connected|notconnec) ", text, re.MULTILINE)
               if state == "connected"]  # fmt: skip
    for command, up in (
        ("show interface status", "connected"),
        ("show interface brief", "up"),
        ("show interface", "up"),
    ):
        listed = [row for row in rows(told(desk, command), "interface") if row["interface"].startswith("Ethernet")]
        assert len(listed) == 54
        assert [f"Eth{row['interface'][8:]}" for row in listed if row["state"] == up] == by_text
    near = [(row["l_port_id"], row["chassis_id"]) for row in rows(told(desk, "show lldp neighbors"), "nbor")]
    assert near == [("Eth1/1", "server-desk"), ("Eth1/3", "spine-1.lab.example")]
    cdp = told(desk, "show cdp neighbors")
    assert cdp["neigh_count"] == "2"
    assert [(f"Eth{row['intf_id'][8:]}", row["device_id"]) for row in rows(cdp, "cdp_neighbor_brief_info")] == near
    detail = rows(told(desk, "show cdp neighbors detail"), "cdp_neighbor_detail_info")
    assert [row["device_id"] for row in detail] == [name for _, name in near]
    tables = rows(told(desk, "show ip route summary"), "vrf")
    assert [table["vrf-name-out"] for table in tables] == ["default", "management"]
    routes = tables[0]["TABLE_addrf"]["ROW_addrf"]["TABLE_summary"]["ROW_summary"]["routes"]
    assert f'VRF "default"\nTotal number of routes: {routes}\n' in desk.type("show ip route summary")


def test_without_neighbours_the_table_is_not_there(tmp_path: Path) -> None:
    desk = desk_of(tmp_path, connected=0)
    assert told(desk, "show lldp neighbors") == {"neigh_hdr": "neigh_hdr", "neigh_count": "0"}
    assert told(desk, "show cdp neighbors") == {"neigh_count": "0"}


def test_older_releases_name_the_hold_time_otherwise(tmp_path: Path) -> None:
    desk = desk_of(tmp_path, version="9.2(3)")
    assert {"ttl", "hold_time"} & set(rows(told(desk, "show lldp neighbors"), "nbor")[0]) == {"ttl"}


def test_the_partner_is_away_after_a_boot_and_there_later(tmp_path: Path) -> None:
    desk = desk_of(tmp_path, vpc=12)
    desk.type("reload", "y")
    desk.wait(5 + desk.spec.boot_time)
    desk.log_in()
    early = told(desk, "show vpc")
    assert (early["vpc-peer-status"], early["vpc-peer-consistency"]) == ("peer-link-down", "inconsistent")
    assert rows(early, "vpc")[0]["vpc-port-state"] == "0"
    desk.wait(120)
    late = told(desk, "show vpc")
    assert (late["vpc-domain-id"], late["vpc-peer-status"]) == ("12", "peer-ok")
    assert (late["vpc-peer-keepalive-status"], late["vpc-role"]) == ("peer-alive", "primary-secondary")
    assert rows(late, "peerlink")[0]["peerlink-ifindex"] == "Po999"


def test_a_command_without_a_model_prints_its_text(tmp_path: Path) -> None:
    desk = desk_of(tmp_path)
    for command in ("show install all status", "show users"):
        assert desk.type(f"{command} | json") == desk.type(command)
    assert "% Invalid command at '^' marker." in desk.type("show vpc | json")
    for command in ("dir", "reload", "configure"):
        assert "% Invalid command at '^' marker." in desk.type(f"{command} | json")
    assert desk.session.mode == ""
    assert desk.type("show version | json | no-more") == desk.type("show version|JSON")


def test_a_release_without_json_points_at_the_word(tmp_path: Path) -> None:
    desk = desk_of(tmp_path, structured=False)
    out = desk.type("show version | json")
    assert out == f"{' ' * len('desk# show version | ')}^\n% Invalid command at '^' marker.\n"
    assert "NXOS: version 9.3(5)" in desk.type("show version")
