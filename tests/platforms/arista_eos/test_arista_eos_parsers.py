"""What each parser reads, and what it refuses."""

from __future__ import annotations

import pytest
from platforms.contract import platform

from swimctl import platforms
from swimctl.errors import CommandRefused, NotEnabled, UnparsableOutput
from swimctl.platforms.arista_eos.commands import find, parse
from swimctl.platforms.arista_eos.facts import MlagDelay
from swimctl.platforms.arista_eos.parsers.install import parse_install_outcome
from swimctl.platforms.facts import Directory, File, Interface, Neighbour, RouteSummary, SaveOutcome

OWN = platform("arista_eos")
read, sample, command_of = OWN.read, OWN.sample, OWN.cases.command_of


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("switch", ("4.28.3M", 32_842_860, "DCS-7050SX3-48YC8-F", "JPE24100001")),
        ("container", ("4.30.1F-31000002.4301F", 420, "cEOSLab", None)),
        ("virtual_older", ("4.21.1.1F", 173_100, "vEOS", None)),
    ],
)
def test_version(name: str, facts: tuple[object, ...]) -> None:
    found = read(f"show_version/{name}")
    assert (found.version, found.uptime, found.model, found.serial) == facts


@pytest.mark.parametrize(
    ("name", "cut"),
    [
        ("show_version/switch", "3 hours"),
        ("show_boot-config/set", "Software image"),
        ("show_reload_cause/two", "Reload requested"),
        ("show_inventory/chassis", " DCS-7504"),
        ("show_mlag/active", "MLAG Status"),
        ("show_mlag/active", "peer-link status"),
        ("show_mlag_detail/ports_wait", "Reload delay"),
        ("show_mlag_detail/ports_wait", "MLAG Detailed"),
        ("show_ip_route_summary/default", "Total Routes"),
        ("show_ip_route_summary/all_vrfs", "static (persistent)"),
        ("write_memory/good", "successfully"),
        ("dir/flash", "7500000000"),
        ("dir/all", "1000000"),
        ("verify/sha512", "0000111"),
        ("verify/md5_broken_line", "0123456789ABCDEF"),
        ("show_lldp_neighbors/two", "Ma1"),
        ("show_lldp_neighbors/two", "Port  "),
        ("show_lldp_neighbors_detail/three", "  Neighbor 0011.22aa.0200"),
        ("show_lldp_neighbors_detail/three", "      Port ID     "),
        ("show_clock/older", "timezone"),
        ("show_interfaces_status/switch", "Et1 "),
        ("show_ip_interface_brief/newer", "Loopback0"),
    ],
)
def test_what_is_cut_off_is_refused(name: str, cut: str) -> None:
    text = sample(name)
    assert cut in text
    with pytest.raises(UnparsableOutput):
        parse(command_of(name.partition("/")[0]), text[: text.index(cut)])


def test_boot() -> None:
    assert read("show_boot-config/set").variable == ("flash:/EOS-4.28.3M.swi",)
    assert read("show_boot-config/not_set").variable == ()


def test_reload_cause() -> None:
    last, before = read("show_reload_cause/two")
    assert (last.cause, last.at) == ("Reload requested by the user.", "2024-03-09T18:56:04")
    assert (last.recommended, last.debugging) == ("No action necessary.", "None available.")
    assert (before.cause, before.at) == ("The system rebooted due to a kernel panic, and wrote what it knew.", None)
    assert before.debugging == "10:00:01 one\n10:00:02 two"


def test_inventory() -> None:
    parts = [(part.name, part.pid, part.serial) for part in read("show_inventory/switch")]
    assert parts == [
        ("System", "DCS-7050SX3-48YC8", "JPE24100001"),
        ("Power supply 1", "PWR-511-AC-RED", "EXA1000000001"),
        ("Fan 1", "FAN-7011H-RED", "N/A"),
        ("Fan 2", "FAN-7011H-RED", "N/A"),
        ("Transceiver 1", "SFP-25G-SR", "EXB000000001"),
        ("Transceiver 3", "A MODEL", "EXB000000003"),
        ("Transceiver 49/1", "QSFP-100G", "EXB000000049"),
    ]
    chassis = read("show_inventory/chassis")
    assert [(part.name, part.pid, part.serial) for part in chassis[:3]] == [
        ("System", "DCS-7504", "HSH24100001"),
        ("Card 1", "DCS-7500-SUP", "JPE24100011"),
        ("Card Linecard3", "7548S-LC", "JPE24100012"),
    ]
    assert chassis[0].description == "4 Slot Chassis"
    assert [(part.description, part.pid, part.serial) for part in chassis[-4:]] == [
        ("Arista Networks", "SFP-10G-SR", "EXC000000001"),
        ("Arista Networks", "SFP-10G-SR", "EXC000000002"),
        ("EXAMPLE", "A10G", "EXC000000003"),
        ("Two Words", "A10G", "EXC000000004"),
    ]
    assert [(part.name, part.pid, part.serial) for part in read("show_inventory/virtual")] == [
        ("System", "vEOS-lab", "A0123456789")
    ]


def test_mlag() -> None:
    pair = read("show_mlag/active")
    assert (pair.domain, pair.state, pair.negotiation) == ("hall-7", "Active", "Connected")
    assert (pair.peer_link, pair.peer_link_status, pair.fields["peer-config"]) == (
        "Port-Channel999",
        "Up",
        "consistent",
    )
    assert pair.ports == {"Disabled": 0, "Configured": 0, "Inactive": 1, "Active-partial": 2, "Active-full": 23}
    alone = read("show_mlag/disabled")
    assert (alone.domain, alone.state, alone.peer_link) == ("", "Disabled", "")


@pytest.mark.parametrize(("name", "waiting"), [("ports_wait", True), ("untold", None)])
def test_the_ports_of_a_pair_that_wait_after_a_boot(name: str, waiting: bool | None) -> None:
    delay = read(f"show_mlag_detail/{name}")
    assert delay == MlagDelay(300, waiting, others=330)
    assert delay.longest == 330


def test_routes() -> None:
    (table,) = read("show_ip_route_summary/default")
    sources = {"connected": 5, "static (persistent)": 2, "ospf": 16, "bgp": 31, "internal": 11, "attached": 4}
    assert (table.vrf, table.routes) == ("default", RouteSummary(sources, 69))
    tables = read("show_ip_route_summary/all_vrfs")
    assert [(each.vrf, each.routes.total) for each in tables] == [("default", 5), ("mgmt", 2)]


def test_what_saving_answers() -> None:
    assert read("write_memory/good") == SaveOutcome(saved=True)
    failed = read("write_memory/failed")
    assert not failed.saved
    assert "No space left on device" in (failed.reason or "")


def test_dir() -> None:
    flash = read("dir/flash")
    assert (flash.path, flash.total, flash.free) == ("flash:/", 7_500_000_000, 3_100_000_000)
    assert flash.files == (
        File("EOS-4.28.3M.swi", 936_000_001),
        File("boot-config", 33),
        File("a folder", 4096, is_directory=True),
        File("link", 12),
    )
    assert read("dir/system") == Directory("system:/", (File("running-config", 3178),), None, None)
    assert [(each.path, len(each.files), each.free) for each in read("dir/all")] == [
        ("flash:/", 1, 3_100_000_000),
        ("file:/", 0, None),
        ("drive:/", 0, 900_000),
    ]
    assert [(each.path, len(each.files)) for each in read("dir/recursive")] == [
        ("flash:/", 2),
        ("flash:/.extensions", 0),
        ("flash:/schedule", 0),
        ("flash:/schedule/tech-support", 1),
    ]


@pytest.mark.parametrize("command", ["dir flash:x", "verify /md5 flash:x"])
def test_a_file_that_is_not_there(command: str) -> None:
    with pytest.raises(CommandRefused):
        parse(command, "% Error listing directory flash:/x (No such file or directory)\n")


def test_verify() -> None:
    found = read("verify/sha512")
    assert (found.path, found.algorithm, found.matches) == ("flash:EOS-4.28.3M.swi", "sha512", None)
    assert len(found.digest) == 128
    assert read("verify/md5_broken_line").digest == "0123456789abcdef" * 2


@pytest.mark.parametrize(
    ("name", "succeeded", "reason", "reloads"),
    [
        ("succeeded", True, None, False),
        ("two_supervisors_reload", True, None, True),
        ("cut_off", None, None, False),
        ("step_failed", False, "the disk is full", False),
        ("no_such_file", False, "No such file or directory", False),
    ],
)
def test_install(name: str, succeeded: bool | None, reason: str | None, reloads: bool) -> None:
    outcome = read(f"install_source/{name}")
    assert (outcome.operation, outcome.succeeded, outcome.reload_announced) == ("source", succeeded, reloads)
    assert (reason or "") in (outcome.reason or "")
    assert (outcome.reason is None) is (reason is None)


def test_interfaces() -> None:
    assert read("show_interfaces_status/switch") == (
        Interface("Et1", up=True, status="connected", mode="member"),
        Interface("Et2", up=False, status="notconnect", mode="access"),
        Interface("Et3/1", up=False, status="errdisabled", mode="trunk"),
        Interface("Et5.2311", up=False, status="disabled", mode="routed"),
        Interface("Ma1", up=True, status="connected", mode="routed"),
        Interface("Po1", up=True, status="connected", mode="trunk"),
    )
    assert read("show_ip_interface_brief/switch") == (
        Interface("Ethernet1", up=True, status="up/up"),
        Interface("Ethernet2", up=False, status="admin down/down"),
        Interface("Vlan10", up=False, status="down/lowerlayerdown"),
        Interface("Port-Channel1.20", up=True, status="up/up"),
    )
    assert [each.name for each in read("show_ip_interface_brief/newer")] == ["Loopback0", "Management0"]
    assert read("show_ip_interface_brief/filtered") == (Interface("Loopback0", up=True, status="up/up"),)


def test_an_address_that_two_switches_share_is_still_one() -> None:
    head = "Interface         IP Address            Status       Protocol            MTU    Owner\n"
    rows = (
        "Vlan11            virtual 192.0.2.1/24  up           up                 9164\n"
        "Vlan12            unassigned            admin down   down               9164\n"
    )
    assert parse("show ip interface brief", head + rows) == (
        Interface("Vlan11", up=True, status="up/up"),
        Interface("Vlan12", up=False, status="admin down/down"),
    )


def test_neighbours() -> None:
    assert read("show_lldp_neighbors/two") == (
        Neighbour("core-9.example.net", "Et1", "Ethernet4/1"),
        Neighbour("an access point", "Et49/1", "0011.22aa.0201"),
        Neighbour("0011.22aa.0300", "Ma1", "a port"),
    )
    assert read("show_lldp_neighbors/older") == (Neighbour("core-9.example.net", "Et1", "Ethernet4"),)
    assert read("show_lldp_neighbors_detail/three") == (
        Neighbour("core-9.example.net", "Ethernet1", "Ethernet4/1"),
        Neighbour("0011.22aa.0200", "Ethernet1", "0011.22aa.0201"),
        Neighbour("edge-1", "Management1", "527"),
    )
    assert read("show_lldp_neighbors/none") == read("show_lldp_neighbors_detail/none") == ()


def test_neighbours_of_a_table_with_one_blank_between_its_columns() -> None:
    # Without a terminal's width the table is as narrow as its widest cells (public notes of a lab of containers).
    head = (
        "Number of table inserts  : 3\nNumber of table deletes  : 0\n\n"
        "Port   Neighbor Device ID        Neighbor Port ID TTL\n------ ------------------------- ---------------- ---\n"
    )
    rows = (
        "Et1    leaf-7                    Ethernet49/1/1-b 120\n"
        "Et2    core-9.dept.example.net   Ethernet4/1      120\n"
        "Et49/1 core-10.dept.example.net1 Ethernet4/2      120\n"
    )
    assert parse("show lldp neighbors", head + rows) == (
        Neighbour("leaf-7", "Et1", "Ethernet49/1/1-b"),
        Neighbour("core-9.dept.example.net", "Et2", "Ethernet4/1"),
        Neighbour("core-10.dept.example.net1", "Et49/1", "Ethernet4/2"),
    )
    with pytest.raises(UnparsableOutput, match="a neighbour's row cannot be read"):
        parse("show lldp neighbors", head + rows.replace("core-9.dept.example.net   E", "core 9 E"))


@pytest.mark.parametrize("command", ["show lldp neighbors", "show lldp neighbors detail"])
def test_lldp_that_is_off(command: str) -> None:
    with pytest.raises(NotEnabled):
        parse(command, "% LLDP is not enabled\n")


@pytest.mark.parametrize(
    ("name", "zone", "trusted"), [("older", "CET", True), ("local", "Europe/Zurich", False), ("ntp", "UTC", True)]
)
def test_clock(name: str, zone: str, trusted: bool) -> None:
    time = read(f"show_clock/{name}")
    assert (time.moment, time.zone, time.trusted) == ("2024-03-09T18:56:04", zone, trusted)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("sh ver", "show version"),
        ("sh boot-c", "show boot-config"),
        ("sh lldp nei", "show lldp neighbors"),
        ("sh int stat", "show interfaces status"),
        ("show interfaces Ethernet1-4 status", "show interfaces * status"),
        ("dir /all flash:", "dir"),
        ("install source flash:EOS-4.28.3M.swi reload now", "install source"),
    ],
)
def test_commands_as_typed(typed: str, words: str) -> None:
    assert find(typed).words == words


@pytest.mark.parametrize("alias", ["arista_eos", "eos", "arista.eos.eos", "EOS"])
def test_its_output_is_read_and_its_devices_are_upgraded(alias: str) -> None:
    assert platforms.parse(alias, "show version", sample("show_version/switch")).version == "4.28.3M"
    assert platforms.canonical_platform(alias) == "arista_eos"


STEPS = "Preparing new boot-config... done.\n"
COMMITS, COPIES = "Committing changes on this supervisor... ", "Copying new EOS image to flash:... "
NO_ROOM = "% Error copying: No space left on device"


@pytest.mark.parametrize(
    ("text", "succeeded", "reason"),
    [
        ("Installation succeeded.", True, None),
        (f"{STEPS}{COMMITS}done.", True, None),
        (f"{STEPS}{COMMITS}do", None, None),
        (STEPS, None, None),
        (f"{STEPS}{COMMITS}failed", False, f"{COMMITS}failed"),
        # Cut off is only what nothing follows.
        (f"{COPIES}do\nInstallation succeeded.", False, f"{COPIES}do"),
        (NO_ROOM, False, NO_ROOM),
    ],
)
def test_how_an_installation_ended(text: str, succeeded: bool | None, reason: str | None) -> None:
    found = parse_install_outcome(text)
    assert (found.succeeded, found.reason) == (succeeded, reason)


def test_what_no_installer_says_is_no_outcome() -> None:
    with pytest.raises(UnparsableOutput, match="no line is the installer's"):
        parse_install_outcome("switch-7 has been up for three days")
