"""What the default checks read: each lab device prints it so that ntc-templates, which knows real ones, reads it whole.

Each fault takes away just what it is named for, after a boot everything comes back in its time, and a device that does
not have something says so as a real one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from ntc_templates.parse import parse_output
from support.asked_devices import FLEET, after_activation, desk
from support.lab_terminal import AnyDesk

from swimctl.lab.routing import BGP, BUSY, CONVERGED, ISIS, OSPF

NTC = {platform: platform.replace("cisco_xe", "cisco_ios") for platform in FLEET}
BGP_LINES = dict.fromkeys(FLEET, "show ip bgp summary") | {"juniper_junos": "show bgp summary"}
OSPF_LINES = dict.fromkeys(FLEET, "show ip ospf neighbor") | {
    "cisco_nxos": "show ip ospf neighbors",
    "cisco_xr": "show ospf neighbor",
    "juniper_junos": "show ospf neighbor",
}
ISIS_LINES = dict.fromkeys(FLEET, "show isis neighbors") | {"juniper_junos": "show isis adjacency"}
VLAN_LINES = {
    "cisco_xe": "show vlan brief",
    "cisco_ios": "show vlan brief",
    "cisco_nxos": "show vlan brief",
    "arista_eos": "show vlan",
    "juniper_junos": "show vlans",
}
MACS = {
    "cisco_xe": "show mac address-table",
    "cisco_ios": "show mac address-table",
    "cisco_nxos": "show mac address-table",
    "arista_eos": "show mac address-table",
}
ARPS = dict.fromkeys(FLEET, "show ip arp") | {"cisco_xr": "show arp", "juniper_junos": "show arp no-resolve"}
LOADS = {
    "cisco_xe": ("show processes cpu", "five seconds: 86%", "five seconds: 3%"),
    "cisco_ios": ("show processes cpu", "five seconds: 86%", "five seconds: 3%"),
    "cisco_nxos": ("show system resources", "17.0% idle", "95.0% idle"),
    "cisco_xr": ("show processes cpu", "one minute: 71%", "one minute: 4%"),
    "arista_eos": ("show processes top once", " 8.0 id,", "96.3 id,"),
    "juniper_junos": ("show chassis routing-engine", "11 percent", "85 percent"),
}
PINGS = dict.fromkeys(FLEET, "ping {}") | {"juniper_junos": "ping {} count 5"}
ROUTER = {"cisco_nxos": "198.51.100.2", "cisco_xr": "198.51.100.2", "arista_eos": "198.51.100.2"}


def rows(at: AnyDesk, line: str) -> list[dict[str, Any]]:
    """Return what ntc-templates reads in an output; it raises where the form is another one."""
    return parse_output(platform=NTC[at.spec.platform], command=line, data=at.type(line))


def established(at: AnyDesk) -> Mapping[str, bool]:
    """Return the sessions of BGP, and whether each is up.

    What ntc-templates reads of Junos has no counts of tables, and no session of less than a day: Genie's captures do.
    """
    if at.spec.platform == "juniper_junos":
        shown = at.type(BGP_LINES["juniper_junos"])
        return {row[1]: row[2] == "Establ" for row in re.finditer(r"^(\d\S+) +64512 .* (\S+)$", shown, re.MULTILINE)}
    found = {}
    for row in rows(at, BGP_LINES[at.spec.platform]):
        who = row.get("bgp_neighbor") or row.get("bgp_neigh") or row["peer_ip"]
        state = row.get("state_or_prefixes_received") or row.get("state") or row["state_pfxrcd"]
        found[who] = state.isdecimal() or state.startswith("Estab")
    return found


def neighbours(at: AnyDesk, lines: Mapping[str, str]) -> Sequence[str]:
    """Return the neighbours of OSPF or IS-IS."""
    named = "system_id" if lines is ISIS_LINES else "neighbor_id"
    return [row[named] for row in rows(at, lines[at.spec.platform])]


@pytest.mark.parametrize("platform", FLEET)
def test_sessions_of_bgp_come_back_in_their_time_but_one_that_a_fault_keeps_down(tmp_path: Path, platform: str) -> None:
    at = desk(tmp_path, FLEET[platform], "bgp-lost")
    assert established(at) == {"203.0.113.1": True, "203.0.113.2": True}
    after_activation(at, CONVERGED[BGP] - 10)
    assert not any(established(at).values())
    at.wait(20)
    assert [who for who, up in established(at).items() if up] == ["203.0.113.2"]
    at.switch.spec = replace(at.switch.spec, faults=())  # somebody mended it
    assert all(established(at).values())


@pytest.mark.parametrize("platform", FLEET)
def test_neighbours_of_ospf_come_back_but_one_that_a_fault_keeps_away(tmp_path: Path, platform: str) -> None:
    at = desk(tmp_path, FLEET[platform], "ospf-lost")
    assert neighbours(at, OSPF_LINES) == ["203.0.113.1", "203.0.113.2"]
    after_activation(at, CONVERGED[OSPF] - 10)
    assert "203.0.113" not in at.type(OSPF_LINES[platform])
    at.wait(20)
    assert neighbours(at, OSPF_LINES) == ["203.0.113.2"]


@pytest.mark.parametrize("platform", [name for name in FLEET if name != "cisco_nxos"])
def test_neighbours_of_isis_come_back_but_one_that_a_fault_keeps_away(tmp_path: Path, platform: str) -> None:
    at = desk(tmp_path, FLEET[platform], "isis-lost")
    assert neighbours(at, ISIS_LINES) == ["core1", "core2"]
    after_activation(at, CONVERGED[ISIS] + 10)
    assert neighbours(at, ISIS_LINES) == ["core2"]


def test_a_nexus_lists_its_adjacencies_as_captures_do(tmp_path: Path) -> None:
    at = desk(tmp_path, FLEET["cisco_nxos"], "isis-lost")
    assert at.type("show isis adjacency").count(" UP ") == 2
    after_activation(at)
    assert at.type("show isis adjacency").splitlines()[3:] == [
        "System ID       SNPA            Level  State  Hold Time  Interface",
        "core2           0c75.aa01.0002  2      UP     00:00:24    Ethernet1/4",
    ]


@pytest.mark.parametrize(
    ("platform", "line", "says"),
    [
        ("cisco_xe", "show ip bgp summary", "% BGP not active\n\n"),
        ("cisco_xe", "show ip ospf neighbor", ""),
        ("cisco_xe", "show isis neighbors", ""),
        ("cisco_ios", "show ip bgp summary", "% BGP not active\n\n"),
        ("cisco_nxos", "show ip bgp summary", "% Invalid command at '^' marker.\n"),
        ("cisco_nxos", "show isis adjacency", "% Invalid command at '^' marker.\n"),
        ("cisco_xr", "show bgp summary", "% BGP instance 'default' not active\n"),
        ("arista_eos", "show ip bgp summary", "% BGP inactive\n"),
        ("arista_eos", "show isis neighbors", "% IS-IS is not running\n"),
        ("juniper_junos", "show bgp summary", "BGP is not running\n"),
        ("juniper_junos", "show ospf neighbor", "OSPF instance is not running\n"),
        ("juniper_junos", "show isis adjacency", "IS-IS instance is not running\n"),
    ],
)
def test_a_device_that_does_not_speak_it_says_so(tmp_path: Path, platform: str, line: str, says: str) -> None:
    at = desk(tmp_path, FLEET[platform], routing=frozenset())
    assert at.type(line).endswith(says)
    assert (at.type(line) == says) or says.startswith("%")
    shown = at.type("show configuration" if platform == "juniper_junos" else "show running-config")
    assert not any(word in shown for word in ("router bgp", "router ospf", "router isis", "protocols"))


@pytest.mark.parametrize("platform", VLAN_LINES)
def test_a_fault_takes_one_vlan(tmp_path: Path, platform: str) -> None:
    at = desk(tmp_path, FLEET[platform], "vlan-lost")

    def numbers() -> set[str]:
        return {row.get("vlan_id") or row["tag"] for row in rows(at, VLAN_LINES[platform])}

    before = numbers()
    after_activation(at)
    assert len(before - numbers()) == 1
    assert numbers() < before


@pytest.mark.parametrize("platform", ["cisco_xe", "cisco_ios"])
def test_a_fault_takes_the_power_of_one_port_and_what_is_behind_it(tmp_path: Path, platform: str) -> None:
    spec = FLEET[platform]
    if platform == "cisco_ios":
        members = (replace(spec.members[0], model="WS-C3750X-24P-S"),)  # type: ignore[attr-defined] # a stack has members
        spec = replace(spec, members=members)  # type: ignore[call-arg] # as above
    at = desk(tmp_path, spec, "poe-lost")

    def drawing() -> set[str]:
        return {row["interface"] for row in rows(at, "show power inline") if float(row["power"]) > 0}

    before = drawing()
    assert len(before) == 4
    after_activation(at)
    (port,) = before - drawing()
    states = {row["interface"]: row["operational_status"] for row in rows(at, "show power inline")}
    assert states[port] == "faulty"
    assert any(
        line.split()[0] == port and " notconnect " in line for line in at.type("show int status").splitlines()[2:]
    )


def test_a_juniper_without_power_on_one_port(tmp_path: Path) -> None:
    at = desk(tmp_path, FLEET["juniper_junos"], "poe-lost")

    def drawing() -> set[str]:
        return {line.split()[0] for line in at.type("show poe interface").splitlines() if " ON " in line}

    before = drawing()
    assert len(before) == 2
    after_activation(at)
    (port,) = before - drawing()
    assert at.type(f"show interfaces terse | match {port}.0").split()[2] == "down"


@pytest.mark.parametrize(("platform", "model"), [("cisco_ios", "WS-C2960X-24TS-L"), ("cisco_xe", "C9500-24Y4C")])
def test_a_switch_that_gives_no_power_does_not_know_the_command(tmp_path: Path, platform: str, model: str) -> None:
    spec = FLEET[platform]
    members = (replace(spec.members[0], model=model),)  # type: ignore[attr-defined] # a stack has members
    at = desk(tmp_path, replace(spec, members=members))  # type: ignore[call-arg] # as above
    assert "% Invalid input detected" in at.type("show power inline")


@pytest.mark.parametrize(
    ("platform", "line", "good", "bad"),
    [
        ("cisco_xe", "show environment temperature status", "Temperature State: GREEN", "Temperature State: YELLOW"),
        ("cisco_ios", "show environment temperature status", "SYSTEM TEMPERATURE is OK", "TEMPERATURE is YELLOW"),
        ("cisco_xr", "admin show environment temperatures", "          Inlet", "        ! Inlet"),
        ("arista_eos", "show system environment temperature", "status is: Ok", "status is: Overheating"),
        ("juniper_junos", "show chassis environment", "FPC 0 Intake                   OK", "FPC 0 Intake       "),
    ],
)
def test_a_hot_device_says_so(tmp_path: Path, platform: str, line: str, good: str, bad: str) -> None:
    at = desk(tmp_path, FLEET[platform], "hot")
    assert good in at.type(line)
    after_activation(at)
    assert bad in at.type(line)
    assert at.out.count(good) < at.type(line).count(good) + 1


@pytest.mark.parametrize("platform", ["cisco_nxos", "arista_eos"])
def test_sensors_are_read_one_by_one(tmp_path: Path, platform: str) -> None:
    at = desk(tmp_path, FLEET[platform], "hot")
    line = "show environment temperature"
    before = {row["sensor"]: float(row["current_value"]) for row in rows(at, line)}
    after_activation(at)
    hotter = {row["sensor"]: float(row["current_value"]) for row in rows(at, line)}
    assert hotter.keys() == before.keys()
    assert all(hotter[name] > value for name, value in before.items())


@pytest.mark.parametrize("platform", MACS)
def test_hosts_are_learned_after_a_boot(tmp_path: Path, platform: str) -> None:
    at = desk(tmp_path, FLEET[platform])
    macs, hosts = MACS[platform], ARPS[platform]
    before = len(rows(at, macs)), len(rows(at, hosts))
    assert all(before)
    after_activation(at, 5)
    assert at.type(macs).lower().count("dynamic ") == 0 or platform == "cisco_nxos"
    at.wait(60)
    assert (len(rows(at, macs)), len(rows(at, hosts))) == before


def test_a_juniper_learns_hosts_after_a_boot(tmp_path: Path) -> None:
    """What ntc-templates reads of its table are VLANs that are called Vlan10."""
    at = desk(tmp_path, FLEET["juniper_junos"])
    table = at.type("show ethernet-switching table")
    assert "2 entries, 2 learned" in table
    assert len(rows(at, "show arp no-resolve")) == 2
    after_activation(at, 5)
    assert "0 entries, 0 learned" in at.type("show ethernet-switching table")
    at.wait(60)
    assert at.type("show ethernet-switching table") == table


def test_a_router_of_the_core_lists_who_talks_to_it(tmp_path: Path) -> None:
    at = desk(tmp_path, FLEET["cisco_xr"])
    assert [row["state"] for row in rows(at, "show arp")].count("Dynamic") == 2


@pytest.mark.parametrize("platform", LOADS)
def test_a_device_is_busy_for_some_time_after_a_boot(tmp_path: Path, platform: str) -> None:
    line, busy, usual = LOADS[platform]
    at = desk(tmp_path, FLEET[platform])
    assert usual in at.type(line)
    after_activation(at, BUSY - 10)
    assert busy in at.type(line)
    at.wait(20)
    assert usual in at.type(line)


@pytest.mark.parametrize(
    ("platform", "line"),
    [
        ("cisco_xe", "show interfaces counters errors"),
        ("cisco_ios", "show interfaces counters errors"),
        ("cisco_nxos", "show interface counters errors"),
        ("arista_eos", "show interfaces counters errors"),
        ("juniper_junos", 'show interfaces extensive | match "Physical interface|  Errors:"'),
    ],
)
def test_damaged_frames_are_counted_where_a_fault_makes_them(tmp_path: Path, platform: str, line: str) -> None:
    at = desk(tmp_path, FLEET[platform], "uplink-errors")
    assert "300" not in at.type(line)
    after_activation(at)
    assert sum("300" in row for row in at.type(line).splitlines()) == 1


@pytest.mark.parametrize("platform", FLEET)
def test_a_ping_is_answered_by_who_is_there(tmp_path: Path, platform: str) -> None:
    at = desk(tmp_path, FLEET[platform])
    answered = {
        address: at.type(PINGS[platform].format(address))
        for address in (ROUTER.get(platform, "192.0.2.1"), "203.0.113.99")
    }
    there, absent = answered.values()
    if platform in {"cisco_xe", "cisco_ios", "cisco_xr"}:
        told = [parse_output(platform=NTC[platform], command="ping 192.0.2.1", data=text) for text in (there, absent)]
        assert [each[0]["success_pct"] for each in told] == ["100", "0"]
    else:
        assert [" 0% packet loss" in there or " 0.00% packet loss" in there, "100" in absent] == [True, True]
