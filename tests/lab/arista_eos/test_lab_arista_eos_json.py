"""What a lab Arista answers to `| json`: the facts of its text, what has no model, and a device that offers none."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from support.lab_terminal import AnyDesk, small

from swimctl.lab.arista_eos.spec import HARDWARE, AristaSpec

UNCONVERTED = "% This is an unconverted command\n"


def desk_of(folder: Path, *faults: str, **spec: Any) -> AnyDesk:
    """Return an Arista that somebody is logged in to."""
    hardware = HARDWARE["DCS-7050SX3-48YC8"]
    return AnyDesk(folder, AristaSpec("desk", hardware=hardware, number="JPE24000001", **small(*faults, **spec)))


def told(desk: AnyDesk, command: str) -> dict[str, Any]:
    """Ask for a command's output as data."""
    data = json.loads(desk.type(f"{command} | json"))
    assert isinstance(data, dict)
    return data


def test_what_it_says_of_itself_is_what_its_text_says(tmp_path: Path) -> None:
    desk = desk_of(tmp_path)
    version, text = told(desk, "show version"), desk.type("show version")
    assert f"Software image version: {version['version']}\n" in text
    assert f"Serial number: {version['serialNumber']}\n" in text
    assert f"Arista {version['modelName']}\n" in text
    assert f"Total memory: {version['memTotal']} kB\n" in text
    assert version["uptime"] == pytest.approx(desk.spec.uptime)
    assert version["bootupTimestamp"] == pytest.approx(desk.switch.clock.wall().timestamp() - desk.spec.uptime)
    assert f"Software image: {told(desk, 'show boot-config')['softwareImage']}\n" in desk.type("show boot-config")
    (cause,) = told(desk, "show reload cause")["resetCauses"]
    assert f"{cause['description']}\n" in desk.type("show reload cause")
    assert told(desk, "show hostname") == {"hostname": "desk", "fqdn": "desk.lab.example"}
    parts = told(desk, "show inventory")
    assert parts["systemInformation"]["serialNum"] == "JPE24000001"
    assert set(parts["xcvrSlots"]) == {str(number) for number in range(1, 57)}
    assert "interface Ethernet1" in told(desk, "show running-config")["cmds"]


def test_the_new_release_and_why_it_booted_are_told(tmp_path: Path) -> None:
    desk = desk_of(tmp_path)
    desk.type("reload now")
    desk.restart()
    version = told(desk, "show version")
    assert 0 < version["uptime"] < 400
    assert told(desk, "show reload cause")["resetCauses"][0]["description"] == "Reload requested by the user."


@pytest.mark.parametrize(("fault", "there"), [("no-boot-time", True), ("no-boot-time:uptime", False)])
def test_without_a_boot_time_the_data_has_none_either(tmp_path: Path, fault: str, there: bool) -> None:
    version = told(desk_of(tmp_path, fault), "show version")
    assert ("uptime" in version, "bootupTimestamp" in version) == (there, there)


def test_ports_and_neighbours_are_those_of_the_text(tmp_path: Path) -> None:
    desk = desk_of(tmp_path, connected=3)
    desk.lines("configure", "interface Ethernet2", "shutdown", "end")
    text = desk.type("show interfaces status")
    rows = re.findall(r"^(?:Et|Ma)(\S+) .*? (connected|notconnect|disabled) ", text, re.MULTILINE)
    by_text = {f"{'Management' if at == len(rows) - 1 else 'Ethernet'}{name}": s for at, (name, s) in enumerate(rows)}
    by_data = {
        name: row["linkStatus"] for name, row in told(desk, "show interfaces status")["interfaceStatuses"].items()
    }
    assert by_data == by_text
    assert by_data["Ethernet2"] == "disabled"
    for name, row in told(desk, "show interfaces")["interfaces"].items():
        assert by_data.get(name, "connected") == row["interfaceStatus"]
        assert f"{name} is {row['lineProtocolStatus']}, " in desk.type("show interfaces")
    near = told(desk, "show lldp neighbors")["lldpNeighbors"]
    assert [(row["port"], row["neighborDevice"]) for row in near] == [
        ("Ethernet1", "server-desk"),
        ("Ethernet56/1", "spine-1.lab.example"),
    ]
    detail = told(desk, "show lldp neighbors detail")["lldpNeighbors"]
    assert detail["Ethernet1"]["lldpNeighborInfo"][0]["systemName"] == "server-desk"
    assert detail["Ethernet3"]["lldpNeighborInfo"] == []
    total = told(desk, "show ip route summary")["vrfs"]["default"]["totalRoutes"]
    assert re.search(rf"Total Routes +{total}$", desk.type("show ip route summary"), re.MULTILINE)
    addresses = told(desk, "show ip interface brief")["interfaces"]
    assert addresses["Management1"]["interfaceAddress"]["ipAddr"] == {"address": "192.0.2.10", "maskLen": 24}


def test_mlag_waits_after_a_boot_and_is_active_later(tmp_path: Path) -> None:
    desk = desk_of(tmp_path, mlag="pair", reload_delay=300)
    assert (told(desk, "show mlag")["state"], told(desk, "show mlag")["mlagPorts"]["Active-full"]) == ("active", 4)
    desk.type("reload now")
    desk.wait(10 + desk.spec.boot_time)
    desk.log_in()
    early = told(desk, "show mlag")
    assert (early["state"], early["negStatus"], early["portsErrdisabled"]) == ("inactive", "connecting", True)
    assert early["mlagPorts"]["Disabled"] == 4
    assert "portsErrdisabledTime" in early
    desk.wait(400)
    late = told(desk, "show mlag detail")
    assert (late["state"], late["peerLinkStatus"], late["portsErrdisabled"]) == ("active", "up", False)
    assert late["detail"]["mlagState"] == "primary"
    assert late["reloadDelay"] == late["reloadDelayNonMlag"] == 300


def test_without_a_partner_there_is_no_domain(tmp_path: Path) -> None:
    alone = told(desk_of(tmp_path), "show mlag")
    assert alone["state"] == "disabled"
    assert "domainId" not in alone


def test_a_command_without_a_model_says_so(tmp_path: Path) -> None:
    desk = desk_of(tmp_path)
    for command in ("show logging", "show clock", "reload now", "configure"):
        out = desk.type(f"{command} | json")
        assert out.startswith(UNCONVERTED)
        assert json.loads(out.removeprefix(UNCONVERTED)) == {"errors": ["This is an unconverted command"]}
    assert desk.session.mode == ""
    assert desk.wait(60) == []
    assert "% Invalid input" in desk.type("show nonsense | json")
    assert desk.type("show version | json | no-more") == desk.type("show version|json")


def test_who_may_not_ask_is_refused_as_without_json(tmp_path: Path) -> None:
    desk = desk_of(tmp_path, users={"admin": ("admin", 15), "guest": ("guest", 1)})
    desk.log_in("guest", "guest")
    assert "privileged mode required" in desk.type("show boot-config | json")
    assert told(desk, "show version")["version"] == "4.28.3M"


def test_a_switch_that_offers_no_data_gives_its_text_all_the_same(tmp_path: Path) -> None:
    desk = desk_of(tmp_path, structured=False)
    assert desk.type("show version | json").startswith(UNCONVERTED)
    assert "Software image version: 4.28.3M\n" in desk.type("show version")
