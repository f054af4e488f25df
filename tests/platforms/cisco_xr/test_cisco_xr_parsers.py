"""What each parser reads, and what it refuses."""

from __future__ import annotations

import re

import pytest
from platforms.contract import platform

from swimctl import platforms
from swimctl.errors import CommandRefused, NotEnabled, UnparsableOutput
from swimctl.platforms.cisco_xr.commands import find, parse
from swimctl.platforms.cisco_xr.facts import InstallActivity, ListedPackage
from swimctl.platforms.cisco_xr.parsers.install_request import is_started
from swimctl.platforms.facts import File, HashResult, Interface, Neighbour, RouteSummary, RouteTable, Slot

OWN = platform("cisco_xr")
read, sample, command_of = OWN.read, OWN.sample, OWN.cases.command_of


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("show_version/classic", ("6.4.2", "hall-7", 33_538_140, "ASR9K Series", "0x2102")),
        ("show_version/evolved", ("7.3.2", None, 82_980, "NCS-5500", None)),
        ("show_version/lnt", ("7.10.2", "hall-8", 432_060, "8201-SYS", None)),
        ("show_version/xrd", ("7.11.2", "hall-9", 7_620, "XRd-VR-C-01", None)),
        ("show_version_brief/classic", ("6.4.2", "hall-7", 720, "ASR9K Series", None)),
    ],
)
def test_version(name: str, facts: tuple[object, ...]) -> None:
    found = read(name)
    assert (found.version, found.hostname, found.uptime, found.model, found.config_register) == facts


def test_image_of_a_classic_device() -> None:
    assert read("show_version/classic").system_image == "disk0:asr9k-os-mbi-6.4.2/0x100305/mbiasr9k-rsp3.vm"
    assert read("show_version/lnt").system_image is None


@pytest.mark.parametrize(
    ("name", "cut"),
    [
        ("show_version/classic", "hall-7 uptime"),
        ("show_version/evolved", "System uptime"),
        ("show_version/evolved", "23 hours"),
        ("show_platform/classic", "0/RSP0"),
        ("show_inventory/evolved", "PID: NCS-5508"),
        ("show_install_active/evolved", "        ncs5500-mgbl"),
        ("show_install_inactive_summary/evolved", "    ncs5500"),
        ("show_install_commit_summary/lnt", "  CSCwa00002"),
        ("show_filesystem_location_all/two", "    480907264"),
        ("show_redundancy/pair", "Standby node in"),
        ("show_redundancy/alone", "Node 0/RSP0/CPU0 has no"),
        ("show_redundancy_summary/pair", "0/RP0/CPU0(A)"),
        ("show_route_summary/router", "Total"),
        ("show_route_all_summary/tables", "Total                            4"),
        ("show_cdp_neighbors_detail/two", "Port ID (outgoing port): Ethernet1/49"),
        ("show_lldp_neighbors/two", "Total"),
        (
            "show_lldp_neighbors_detail/two",
            "------------------------------------------------\nLocal Interface: TenGigE0/0/0/8",
        ),
        ("dir/evolved", "   15 l"),
    ],
)
def test_what_is_cut_off_is_refused(name: str, cut: str) -> None:
    text = sample(name)
    assert cut in text
    shortened = text[: text.index(cut)]
    if name == "show_lldp_neighbors_detail/two" and cut.startswith("---"):
        shortened += "Total entries displayed: 2\n"
    with pytest.raises(UnparsableOutput):
        parse(command_of(name.partition("/")[0]), shortened)


@pytest.mark.parametrize("prompt", ["sysadmin-vm:0_RP0#", "sysadmin-vm:0_RSP0:edge-7#"])
@pytest.mark.parametrize("account", ["", "ztp-user connected from 127.0.0.1 using console on r1\n"])
def test_the_shell_of_admin_takes_its_commands_without_that_word(prompt: str, account: str) -> None:
    told = sample("admin_show_platform/evolved")
    shell = f"{account}{prompt} show platform\nMon Aug  2 02:29:28.260 UTC\n{told}\n{prompt} "
    assert parse("admin show platform", shell) == read("admin_show_platform/evolved")
    assert parse("admin show platform", f"RP/0/RP0/CPU0:edge-7#admin\n\n{shell}") == read("admin_show_platform/evolved")
    with pytest.raises(UnparsableOutput):
        parse("admin show platform", shell.replace(told, ""))


def test_platform() -> None:
    assert read("show_platform/classic")[:4] == (
        Slot("0/RSP0/CPU0", "A9K-RSP440-TR", "IOS XR RUN", role="Standby"),
        Slot("0/RSP1/CPU0", "A9K-RSP440-TR", "IOS XR RUN", role="Active"),
        Slot("0/FT0/SP", "FAN TRAY", "READY"),
        Slot("0/1/CPU0", "A9K-MOD80-SE", "IN-RESET"),
    )
    assert read("show_platform/evolved") == (
        Slot("0/RP0/CPU0", "N540X-16Z4G8Q2C-AB", "IOS XR RUN", role="Active"),
        Slot("0/PM0", "N540-PSU-FIXED-A", "OPERATIONAL"),
        Slot("0/PM1", "N540-PSU-FIXED-A", "POWERED_OFF"),
        Slot("0/FT0", "N540-X-BB-FAN-LONGER-NAME", "OPERATIONAL"),
    )
    assert read("show_platform/crs")[2:4] == (
        Slot("0/1/0", "FP-140G", "OK"),
        Slot("0/RP0/CPU0", "RP", "IOS XR RUN", role="Active"),
    )
    states = [slot.state for slot in read("admin_show_platform/evolved")]
    assert states == ["SW_INACTIVE", "POWERED_OFF", "OPERATIONAL", "OPERATIONAL"]


def test_a_node_that_a_person_took_down_is_down() -> None:
    slots = read("show_platform/early")
    assert [slot.state for slot in slots] == ["OPERATIONAL", "DOWN", "OPERATIONAL", "POWERED_OFF", "N/A"]
    assert slots[2] == Slot("0/RP0", "NC6-RP", "OPERATIONAL", role="Active")
    narrow = re.sub(r" {2,}", " ", sample("show_platform/early"))
    assert parse("show platform", narrow) == slots


@pytest.mark.parametrize("configured", ["NSHUT,PWRDN", "PWR,NSHUT,NMON", "LOCKED", "N/A"])
def test_a_configured_state_that_is_not_known_is_not_needed(configured: str) -> None:
    text = (
        "Node              Type                       State             Config state\n"
        f"{'-' * 80}\n"
        "0/RSP0/CPU0       A9K-RSP880-SE(Active)      IOS XR RUN        NSHUT\n"
        f"0/1/CPU0          A9K-8X100GE-SE             UNPOWERED         {configured}\n"
    )
    assert parse("show platform", text)[1] == Slot("0/1/CPU0", "A9K-8X100GE-SE", "UNPOWERED")


def test_a_state_is_whole_and_never_another_that_it_ends_with() -> None:
    rows = {slot.name: slot.state for slot in read("show_platform/modular")}
    assert rows["0/1/CPU0"] == rows["0/FC0"] == "SHUT DOWN"
    assert (rows["0/2/CPU0"], rows["0/2/NPU0"], rows["0/FC1"]) == ("PLATFORM INITIALIZED", "UP", "WARMING UP")
    narrow = re.sub(r"(?<=\S) {2,}(?=\S)", " ", sample("show_platform/modular").replace("WARMING UP", "OPERATIONAL"))
    assert {slot.name: slot.state for slot in parse("show platform", narrow)} == rows | {"0/FC1": "OPERATIONAL"}


@pytest.mark.parametrize(
    ("name", "row", "instead"),
    [
        ("show_platform/modular", "88-LC0-36FH              SHUT DOWN                NSHUT", ""),
        ("show_platform/modular", "0/1/CPU0          88-LC0", "?/?/?             88-LC0"),
        ("show_inventory/evolved", "PID: NC55-RP ", "NC55-RP "),
        ("show_interface_brief/router", "BE10.20          up          up", "BE10.20          up"),
        ("show_route_summary/router", "local                            5", "local                            ?"),
        ("show_route_summary/router", "local                            5", "local                            4"),
        ("show_redundancy/pair", "is not ready", "is not there"),
        ("show_redundancy_summary/pair", "0/RP0/CPU0(A)    0/RP1/CPU0(S)", "0/RP0/CPU0(A)    ?"),
        ("show_lldp_neighbors/long_names", "HundredGigE0/0/0/2         120", "HundredGigE0/0/0/2"),
        ("show_lldp_neighbors/long_names", "displayed: 3", "displayed: 4"),
        ("show_cdp_neighbors_detail/two", "Interface: HundredGigE0/0/0/1", "Interface"),
    ],
)
def test_a_row_with_a_needed_fact_reads_or_refuses(name: str, row: str, instead: str) -> None:
    text = sample(name)
    assert row in text
    with pytest.raises(UnparsableOutput):
        parse(command_of(name.partition("/")[0]), text.replace(row, instead, 1))


def test_inventory() -> None:
    parts = read("show_inventory/evolved")
    assert [(part.name, part.pid, part.serial) for part in parts][2:] == [
        ("0/FT0-Fan 0", "N/A", ""),
        ("Rack 0", "NCS-5508", "FGE00000001"),
    ]
    rack = read("admin_show_inventory/evolved")[0]
    assert (rack.name, rack.pid, rack.serial) == ("Rack 0", "ASR-9904-AC", "FOX00000001")
    assert rack.description == "ASR 9904 2 Line Card Slot Chassis with V2 AC PEM"


def test_packages() -> None:
    listed = read("show_install_active/evolved")
    assert (listed.which, listed.label, listed.count) == ("active", "7.3.2-EXAMPLE", 3)
    assert listed.packages == (
        ListedPackage("ncs5500-xr-7.3.2", "7.3.2", "0/RP0/CPU0", boot_image=True),
        ListedPackage("ncs5500-mgbl-3.0.0.0-r732", None, "0/RP0/CPU0"),
        ListedPackage("ncs5500-xr-7.3.2", "7.3.2", "0/0/CPU0", boot_image=True),
    )
    assert [package.name for package in read("show_install_active_summary/classic").packages] == [
        "disk0:asr9k-mini-px-6.4.2",
        "disk0:asr9k-mgbl-px-6.4.2",
        "disk0:asr9k-px-6.4.2.CSCvk12345-1.0.0",
    ]
    newest = read("show_install_commit_summary/lnt")
    assert (newest.which, newest.count, newest.fixes) == ("committed", 198, ("CSCwa00001", "CSCwa00002"))
    assert newest.packages[2] == ListedPackage("xr-fib", "7.10.2v1.0.2-1")
    assert read("show_install_inactive_summary/evolved").packages[0].name == "ncs5500-mgbl-3.0.0.0-r722.x86_64"


@pytest.mark.parametrize("name", ["show_install_inactive_summary/nothing", "show_install_inactive/nothing"])
def test_no_packages_only_where_the_device_says_so(name: str) -> None:
    assert read(name).packages == ()
    with pytest.raises(UnparsableOutput):
        parse("show install inactive", "Inactive Packages:\n")


@pytest.mark.parametrize("line", ["Node 0/2/CPU0", "        ncs5500-li", "        ncs5500-xr-7.3.2 version=7.3.2"])
def test_what_should_be_a_node_or_a_package_and_does_not_read_is_refused(line: str) -> None:
    text = sample("show_install_active/evolved")
    with pytest.raises(UnparsableOutput, match=line.split(maxsplit=1)[0]):
        parse("show install active", text.replace("        ncs5500-mgbl", f"{line}\n        ncs5500-mgbl"))
    with pytest.raises(UnparsableOutput, match="as many packages as it counts"):
        parse("show install active", text.replace("Packages: 2", "Packages: 3"))


def test_a_list_that_ends_too_soon_is_refused_at_the_next_heading() -> None:
    heading = "  Active Packages: 1"
    lines = ["Node 0/RP0/CPU0 [RP]", "  Active Packages: 2", "        ncs5500-mgbl-3.0.0.0-r732", heading]
    with pytest.raises(UnparsableOutput, match="as many packages as it counts") as caught:
        parse("show install active", "\n".join([*lines, lines[2], ""]))
    assert caught.value.odd_line.strip() == heading.strip()


def test_that_there_is_none_of_another_kind_is_no_answer() -> None:
    with pytest.raises(UnparsableOutput, match="this is the list of active packages"):
        parse("show install inactive", "No active package(s) in software repository\n")


def test_a_list_that_may_be_empty() -> None:
    assert read("show_install_inactive/by_node").packages == ()
    of_host = read("show_install_active/of_the_host")
    assert [each.name.rpartition(".")[2] for each in of_host.packages] == ["2", "admin", "host"]
    assert [each.boot_image for each in of_host.packages] == [True, False, False]
    newest = read("show_install_active/heading_alone")
    assert (newest.packages, newest.count, newest.label) == ((), 176, "7.3.15")


def test_the_list_of_another_kind_is_refused() -> None:
    with pytest.raises(UnparsableOutput, match="this is the list of active packages"):
        parse("show install commit summary", sample("show_install_active_summary/evolved"))


@pytest.mark.parametrize(
    ("name", "operation", "number", "succeeded", "reason"),
    [
        ("activate_reloads", "activate", 27, True, None),
        ("add_goes_on", "add", 26, None, None),
        ("aborted", "remove", 28, False, "the operation was aborted"),
        ("other_runs", None, None, False, "Install operation 18 is still in progress"),
        ("other_runs_classic", None, None, False, "another install command is currently in operation."),
        ("classic_failed", "commit", 60, False, "Cannot proceed with the operation because the disk is full."),
        ("classic_with_failure", "activate", 72, False, "The package could not be activated on 0/3/CPU0."),
        ("classic_good", "deactivate", 61, True, None),
        ("lnt_failed", "replace", None, False, "Operation vetoed by 2 install clients."),
        ("lnt_committed", "commit", None, True, None),
        ("lnt_added", "package", None, True, None),
        ("lnt_reloads", "replace", None, None, None),
    ],
)
def test_install(name: str, operation: str, number: int, succeeded: bool | None, reason: str | None) -> None:
    outcome = read(f"install/{name}")
    assert (outcome.operation, outcome.id, outcome.succeeded) == (operation, number, succeeded)
    assert (reason or "") in (outcome.reason or "")
    assert (outcome.reason is None) is (reason is None)
    assert outcome.other_in_progress is name.startswith("other")
    assert outcome.reload_announced is (name in {"activate_reloads", "classic_good", "lnt_reloads"})


def test_two_changes_that_say_the_opposite_are_no_verdict() -> None:
    assert parse("install replace", sample("install/lnt_added") + sample("install/lnt_failed")).succeeded is None


def test_install_names_the_operation_that_runs() -> None:
    assert read("install/other_runs").other_id == 18
    assert read("install/add_goes_on").in_background


def test_the_end_of_another_operation_is_none_of_this_one() -> None:
    text = (
        sample("install/add_goes_on") + "RP/0/RP0/CPU0:x#Mar 09 18:58:00 Install operation 25 finished successfully\n"
    )
    assert parse("install add", text).succeeded is None


@pytest.mark.parametrize(
    ("text", "id_", "succeeded", "reason"),
    [
        ("Mar 09 18:33:41 Install operation 25 finished successfully\n", 25, True, None),
        ("Mar 09 18:33:41 Install operation 25 aborted\n", 25, False, "the operation was aborted"),
        ("Mar 09 18:33:41 Install operation 25 failed\n", 25, False, "the device gives no reason"),
        (
            "Install operation 24 aborted\nInstall operation 25 aborted\nInstall operation 26 failed\n",
            26,
            False,
            "the device gives no reason",
        ),
        ("Install operation will continue in the background\n", None, None, None),
        ("Error: the disk is full\nError: Suggested steps: delete\nError: a file\n", None, False, "the disk is full"),
    ],
)
def test_one_line_of_the_installer_is_enough(
    text: str, id_: int | None, succeeded: bool | None, reason: str | None
) -> None:
    outcome = parse("install add", text)
    assert (outcome.id, outcome.succeeded, outcome.reason) == (id_, succeeded, reason)


def test_the_operation_is_what_the_installer_repeats_else_what_was_typed() -> None:
    quoted = "Install operation 61 'install deactivate disk0:x-1.0' started by user 'anna' via CLI at 10:00"
    assert parse("install deactivate disk0:x-1.0", f"{quoted}\n").operation == "deactivate"
    bare = "Install operation 61 started by anna:\n"
    assert parse("install x", f"{bare}  install commit\n").operation == "commit"
    assert parse("install commit", f"RP/0/RP0/CPU0:edge-1#install commit\n{bare}").operation == "commit"


@pytest.mark.parametrize("before", ["", "RP/0/RP0/CPU0:edge-1#", "Password:"])
def test_a_start_is_seen_also_where_it_is_glued_to_what_stood_there(before: str) -> None:
    started = "Mar 09 18:56:04 Install operation 26 started by admin:"
    assert is_started(f"install add\n{before}{started}\n")
    assert not is_started(f"install add\n{before}{started.replace('started by admin:', 'aborted')}\n")


def test_dir() -> None:
    classic = read("dir/classic")
    assert (classic.path, classic.total, classic.free) == ("disk0:", 2_562_719_744, 1_918_621_184)
    assert classic.files == (File("start.cfg", 8909), File("a folder", 4096, is_directory=True))
    evolved = read("dir/evolved")
    assert (evolved.total, evolved.free) == (1_012_660 * 1024, 939_092 * 1024)
    assert [(file.name, file.size) for file in evolved.files][::2] == [
        ("config", 12),
        ("ncs5500-golden-x-7.5.2-v1.iso", 1_520_041_984),
    ]
    assert read("dir/empty").files == ()
    with pytest.raises(CommandRefused):
        parse("dir", "%Error opening disk0:/x (No such file or directory)\n")


def test_filesystems() -> None:
    here = read("show_filesystem/node")
    assert [(system.prefixes, system.free, system.default) for system in here] == [
        (("tftp:",), 0, False),
        (("disk0:", "disk0a:"), 1_918_621_184, False),
        (("harddisk:",), 22_803_652_608, True),
        (("rcp:",), None, False),
    ]
    everywhere = read("show_filesystem_location_all/two")
    assert [(node.node, node.systems[-1].prefixes) for node in everywhere] == [
        ("node0_RP0_CPU0", ("harddisk:",)),
        ("node0_1_CPU0", ("/misc/config",)),
    ]


def test_redundancy() -> None:
    pair = read("show_redundancy/pair")
    assert (pair.active_state, pair.peer_state) == ("ACTIVE", "STANDBY, not ready")
    assert pair.fields["partner"] == "0/RP0/CPU0"
    assert pair.fields["NSR"] == "NSR-not-configured"
    assert pair.fields["Active node reload"] == "Initiating switch-over."
    assert pair.fields["Standby node reload"] == "User initiated graceful reload"
    assert read("show_redundancy/alone").peer_state == "no valid partner"
    twice = sample("show_redundancy/pair") + sample("show_redundancy/pair").replace("is not ready", "is ready")
    assert parse("show redundancy", twice).peer_state == "STANDBY, ready"
    assert read("show_redundancy_summary/pair").peer_state == "Node Ready, NSR: Not Configured"
    assert read("show_redundancy_summary/alone").peer_state == "no valid partner"


def test_boot() -> None:
    evolved = read("show_variables_boot/evolved")
    assert evolved.files is None
    assert (evolved.values["root"], evolved.values["quiet"]) == ("/dev/panini_vol_grp/xr_lv0", "")
    classic = read("show_variables_boot/classic")
    assert classic.files == (
        "disk0:asr9k-os-mbi-6.4.2/0x100305/mbiasr9k-rsp3.vm",
        "disk0:asr9k-os-mbi-6.1.4/0x100305/mbiasr9k-rsp3.vm",
    )


def test_interfaces() -> None:
    assert read("show_interface_brief/router")[2:] == (
        Interface("Nu0", up=True, status="up/up"),
        Interface("Mg0/RP0/CPU0/0", up=False, status="up/down"),
        Interface("Te0/0/0/3", up=False, status="admin-down/admin-down"),
    )
    assert read("show_ip_interface_brief/router")[2:] == (
        Interface("TenGigE0/0/0/3", up=False, status="Shutdown/Down"),
        Interface("TenGigE0/0/0/4.20", up=False, status="Up/Down"),
    )
    assert read("show_ipv4_interface_brief/filtered") == (Interface("Loopback0", up=True, status="Up/Up"),)


def test_routes() -> None:
    expected = {"connected": 3, "local": 5, "ospf CORE": 7, "application fib_mgr": 0}
    assert read("show_route_summary/router") == RouteSummary(expected, 15)
    assert read("show_route_all_summary/tables") == (
        RouteTable("hidden", "IPv4 Unicast", RouteSummary({"local": 2}, 2)),
        RouteTable("hidden", "IPv6 Unicast", RouteSummary({"local-srv6 bgp-1": 0}, 0)),
        RouteTable("GREEN", "IPv4 Unicast", RouteSummary({"bgp 65001": 4}, 4)),
    )


def test_neighbours() -> None:
    assert read("show_cdp_neighbors_detail/two") == (
        Neighbour("core-9.example.net", "MgmtEth0/RP0/CPU0/0", "GigabitEthernet1/9"),
        Neighbour("leaf-3(FOX00000003)", "HundredGigE0/0/0/1", "Ethernet1/49"),
    )
    assert read("show_lldp_neighbors/two") == (
        Neighbour("core-9", "Te0/0/0/3", "Ethernet1/4"),
        Neighbour("edge-1", "Mg0/RP0/CPU0/0", "0011.22aa.0100"),
    )
    assert read("show_lldp_neighbors/long_names") == (
        Neighbour("core-9", "TenGigE0/0/0/1", "TenGigE0/0/0/7"),
        Neighbour("spine-12.example.net", "HundredGigE0/0/0/2", "Ethernet1/1"),
        Neighbour("ONT-7", "GigabitEthernet0/0/0/9", "0011.22aa.0100"),
    )
    assert read("show_lldp_neighbors_detail/two") == (
        Neighbour("core-9.example.net", "TenGigE0/0/0/3", "Ethernet1/4"),
        Neighbour("0011.22aa.0200", "TenGigE0/0/0/8", "0011.22aa.0201"),
    )
    assert read("show_lldp_neighbors/none") == read("show_cdp_neighbors_detail/none") == ()


@pytest.mark.parametrize("command", ["show cdp neighbors detail", "show lldp neighbors", "show lldp neighbors detail"])
def test_a_protocol_that_is_off(command: str) -> None:
    with pytest.raises(NotEnabled):
        parse(command, f"Sat Mar  9 18:56:04.101 UTC\n% {command.split()[1].upper()} is not enabled\n")


def test_clock() -> None:
    time = read("show_clock/synchronised")
    assert (time.moment, time.zone, time.trusted) == ("2024-03-09T18:56:04.554000", "CET", True)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("sh ver", "show version"),
        ("sh ver br", "show version brief"),
        ("admin sh inv", "admin show inventory"),
        ("sh inst act sum", "show install active summary"),
        ("show install commit summary", "show install commit summary"),
        ("admin install remove inactive async", "admin install"),
        ("install activate id 25", "install"),
        ("sh ipv4 int br", "show ipv4 interface brief"),
        ("show route vrf A summary", "show route vrf * summary"),
        ("show route vrf all afi-all safi-all summary", "show route vrf * afi-all safi-all summary"),
        ("show filesystem location all", "show filesystem location *"),
        ("dir harddisk: location 0/RP0/CPU0", "dir"),
    ],
)
def test_commands_as_typed(typed: str, words: str) -> None:
    assert find(typed).words == words


@pytest.mark.parametrize("alias", ["cisco_xr", "iosxr", "cisco_iosxr", "cisco.iosxr.iosxr", "IOS-XR"])
def test_its_output_is_read_and_its_devices_are_upgraded_by_any_of_its_names(alias: str) -> None:
    assert platforms.parse(alias, "show version", sample("show_version/evolved")).version == "7.3.2"
    assert platforms.canonical_platform(alias) == "cisco_xr"


def test_the_log_of_installations() -> None:
    def told(name: str) -> list[tuple[int | None, str | None, bool | None, bool]]:
        return [
            (each.request.id, each.request.operation, each.request.succeeded, each.request.no_change)
            for each in read(name)
        ]

    assert told("show_install_log/three") == [
        (25, "add", True, False),
        (26, "activate", False, False),
        (27, "activate", None, False),
    ]
    first, second, _ = read("show_install_log/three")
    assert first.command == "install add source harddisk:/ ncs5500-golden-x-7.5.2-v1.iso"
    assert second.request.reason == "ERROR! operation 24 is not an install add operation"
    assert told("show_install_log/classic") == [(60, "commit", True, False), (61, "deactivate", False, False)]
    assert read("show_install_log/classic")[0].command == "(admin) install commit"
    assert read("show_install_log/never") == ()
    assert told("show_install_log/newer") == [
        (3, "replace", True, False),
        (4, "commit", True, False),
        (5, "add", True, True),
    ]


@pytest.mark.parametrize(
    ("name", "activity"),
    [
        ("idle", InstallActivity(running=False)),
        ("percent", InstallActivity(running=True, id=27)),
        ("lnt_runs", InstallActivity(running=True, id=None)),
        ("nodes", InstallActivity(running=True, id=27)),
        ("pending", InstallActivity(running=True, pending_reload=True)),
    ],
)
def test_what_the_installer_is_at(name: str, activity: InstallActivity) -> None:
    assert read(f"show_install_request/{name}") == activity


def test_the_hash_of_a_file_and_the_rights_of_an_account() -> None:
    assert read("show_md5_file/plain") == HashResult("", "md5", "00112233445566778899aabbccddeeff", None)
    assert read("show_md5_file/named").path == "/harddisk:/ncs5500-golden-x-7.5.2-v1.iso"
    with pytest.raises(CommandRefused, match="No such file"):
        parse("show md5 file /harddisk:/x.iso", "%Error: md5: '/harddisk:/x.iso': No such file or directory")
    for text in ("0" * 31, "0" * 33, f"{'0' * 32}\n{'1' * 32}\n"):
        with pytest.raises(UnparsableOutput):
            parse("show md5 file /harddisk:/x.iso", text)
    tasks = read("show_user_tasks/admin")
    assert (tasks["admin"], tasks["pkg-mgmt"]) == (("READ",), ("READ", "WRITE", "EXECUTE", "DEBUG"))


@pytest.mark.parametrize(
    ("told", "running"),
    [
        ("State:        Success since 2026-03-09 06:05:00 UTC+01:00\n\nCurrent activity:    Await user input", False),
        ("State:        Failure since 2026-03-09 06:05:00 UTC+01:00", False),
        ("Current activity:    No install operation in progress", False),
        ("State:        In progress since 2026-03-09 06:05:00 UTC+01:00", True),
    ],
)
def test_whether_an_operation_with_several_numbers_runs(told: str, running: bool) -> None:
    text = f"User request: install commit\nOperation ID: 3.1\n{told}\n"
    assert parse("show install request", text) == InstallActivity(running=running)
