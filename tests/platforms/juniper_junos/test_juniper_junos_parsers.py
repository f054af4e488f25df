"""What each parser reads, and what it refuses."""

from __future__ import annotations

import pytest
from platforms.contract import platform

from swimctl import platforms
from swimctl.errors import CommandRefused, NotEnabled, UnparsableOutput
from swimctl.platforms.facts import (
    File,
    Interface,
    InventoryItem,
    MemberSoftware,
    Neighbour,
    RouteSummary,
    RouteTable,
    Slot,
)
from swimctl.platforms.juniper_junos.commands import find, parse
from swimctl.platforms.juniper_junos.facts import (
    Alarm,
    Authorization,
    ChassisMember,
    FileNames,
    NodeSnapshots,
    NodeUptime,
    RoutingEngine,
    Vlan,
)
from swimctl.platforms.juniper_junos.parsers.version import parse_nodes
from swimctl.platforms.juniper_junos.parsers.vlans import switching
from swimctl.platforms.text import unread

OWN = platform("juniper_junos")
read, sample, command_of = OWN.read, OWN.sample, OWN.cases.command_of


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("show_version/virtual_chassis_older", ("15.1R7-S10", "hall-7", "ex4200-48t")),
        ("show_version/local", ("23.4R2-S4.11", "hall-8", "ex3400-24p")),
        ("show_version/evolved", ("22.3R1.9-EVO", "core-8", "acx7100-48l")),
        ("show_version/branch", ("12.1X46-D86.2", "edge-1", "srx240h2")),
        ("show_version/no_name", ("22.4R3-S2.11", None, "srx345")),
        ("show_version/no_name_members", ("21.4R3-S5.4", None, "ex4300-48t")),
        ("show_version/netconf", ("23.2R2-S1.6", "leaf-9", "qfx5120-48y-8c")),
        ("show_version/containerised", ("22.3R1.8", "route-9", "cRPD")),
        ("show_version/by_packages", ("22.2X2.5", "branch-6", "nfx250_s2")),
        ("show_version_detail/router", ("21.4R3-S2.5", "core-9", "mx480")),
    ],
)
def test_version(name: str, facts: tuple[object, ...]) -> None:
    found = read(name)
    assert (found.version, found.hostname, found.model) == facts


def test_an_early_evolved_device_names_its_only_package_by_its_file() -> None:
    text = (
        "Model: qfx5220-32cd\nJunos: 19.4R2.9-EVO\n"
        "Junos Package: junos-evo-install-qfx-ms-fixed-x86-64-19.4R2.9-EVO.iso\n"
        "Yocto: 2.2.1\nLinux Kernel: 4.8.28-WR2.2.1_standard-g0000000\n"
    )
    found = parse("show version", text)
    assert (found.version, found.hostname, found.model) == ("19.4R2.9-EVO", None, "qfx5220-32cd")
    with pytest.raises(UnparsableOutput, match="before the first package"):
        parse("show version", text.partition("Junos Package")[0])


@pytest.mark.parametrize(("words", "others"), [("Openconfig [22.2X2.5]", "Openconfig [22.2X1.1]"), ("JUNOS na", "")])
def test_packages_that_do_not_agree_or_one_alone_tell_no_release(words: str, others: str) -> None:
    text = sample("show_version/by_packages")
    told = text.replace(words, others) if others else "".join(x for x in text.splitlines(True) if words not in x)
    with pytest.raises(UnparsableOutput, match="no model, or no release"):
        parse("show version", told)


def test_members_of_a_virtual_chassis() -> None:
    assert read("show_version/virtual_chassis_older").members == (
        MemberSoftware(0, "ex4200-48t", "15.1R7-S10", "", None),
        MemberSoftware(1, "ex4200-24t", "15.1R7-S9", "", None),
    )
    assert read("show_version/local").members == ()


def test_a_version_that_is_given_twice_or_above_all_members_is_not_chosen() -> None:
    text = sample("show_version/pending")
    for spoilt, words in (
        (text.replace("fpc1:\n" + "-" * 74 + "\n", ""), "two values of 'Model'"),
        (text.replace("fpc1:\n", ""), "name of a member is missing"),
        (f"Junos: 19.4R1.10\n{text}", "above the first member"),
    ):
        assert spoilt != text
        with pytest.raises(UnparsableOutput, match=words):
            parse("show version", spoilt)


@pytest.mark.parametrize(
    ("name", "cut"),
    [
        ("show_version/virtual_chassis_older", "JUNOS EX  Software Suite [15.1R7-S9]"),
        ("show_version/virtual_chassis_older", "Model: ex4200-24t"),
        ("show_version/local", "JUNOS OS Kernel"),
        ("show_chassis_hardware/router", "Chassis"),
        ("show_chassis_hardware/cluster", "Chassis                                CV0000000002"),
        ("show_chassis_fpc/members", "  0  Offline"),
        ("show_chassis_alarms/cluster", "2024-03-09 18:57:04"),
        ("show_chassis_alarms/cluster", "No alarms"),
        ("show_chassis_routing-engine/two", "  Slot 0"),
        ("show_chassis_routing-engine/two", "er\n    Election"),
        ("show_chassis_routing-engine/two", "    Current state                  Present"),
        ("show_chassis_routing-engine/single_older", "    Uptime"),
        ("show_system_storage/router", "/dev/gpt/junos"),
        ("show_system_storage/router", "2.5G        0%"),
        ("show_system_uptime/members", "System booted: 2024-03-08"),
        ("show_system_snapshot_media_internal/branch", "Information for snapshot on       internal (/dev/da0s2a)"),
        ("show_system_snapshot_media_internal/branch", "1X46-D86.2-domestic\nInformation"),
        ("show_system_snapshot_media_internal/members", "  jbase  : ex-15.1R7.9"),
        ("show_system_snapshot/members", "Total recovery"),
        ("show_system_snapshot/no_volume", " such file"),
        ("request_system_snapshot_recovery/made", "Creating"),
        ("file_list/folder", "cleanup"),
        ("file_list/detail", "total files"),
        ("file_list/detail", "466000001"),
        ("file_checksum/md5", "abcdef\n"),
        ("show_lldp_neighbors/switch", "ge-0/0/1 "),
        ("show_lldp_neighbors/switch", ":02:00   Eth"),
        ("show_route_summary/router", "     Access-internal"),
        ("show_route_summary/router", "               Local"),
        ("show_route_summary/router", "inet.0:"),
    ],
)
def test_what_is_cut_off_is_refused(name: str, cut: str) -> None:
    text = sample(name)
    assert cut in text
    with pytest.raises(UnparsableOutput):
        parse(command_of(name.partition("/")[0]), text[: text.index(cut)])


def test_snapshots() -> None:
    assert read("show_system_snapshot_media_internal/members") == (
        NodeSnapshots("fpc0", recovery=False, releases=("15.1R6.7", "15.1R7.9")),
        NodeSnapshots("fpc1", recovery=False, releases=("15.1R7.9", "15.1R7.9")),
    )
    assert read("show_system_snapshot_media_internal/branch")[0].releases == ("12.1X46-D86.2", "12.1X46-D86.2")
    assert read("show_system_snapshot/members") == (
        NodeSnapshots("fpc0", recovery=True, releases=("20.4R3.8",)),
        NodeSnapshots("fpc1", recovery=True, releases=()),
    )
    assert read("show_system_snapshot/no_volume")[0].unreadable == ("mount: /dev/oam: No such file or directory",)
    text = sample("show_system_snapshot_media_internal/branch")
    stuck = f"{text[: text.index('Information', 9)]}error: cannot mount /dev/da0s2a\n"
    found = parse("show system snapshot media internal", stuck)[0]
    assert (found.releases, found.unreadable) == (("12.1X46-D86.2",), ("error: cannot mount /dev/da0s2a",))


@pytest.mark.parametrize(
    ("words", "others", "reason"),
    [
        ("internal (/dev/da0s2a) (backup)", "hard-disk (ad1)", "neither of two root partitions"),
        ("  junos  : 12.1X46-D86.2-domestic\nI", "  jweb : 12.1X46-D80.1\nI", "has no release"),
        ("  junos  : 12.1X46-D86.2-domestic\nI", "  junos  : ?\nI", "has no release"),
    ],
)
def test_partitions_of_which_nobody_can_tell_the_release(words: str, others: str, reason: str) -> None:
    text = sample("show_system_snapshot_media_internal/branch")
    assert words in text
    with pytest.raises(UnparsableOutput, match=reason):
        parse("show system snapshot media internal", text.replace(words, others))


@pytest.mark.parametrize(
    ("sample_", "line"),
    [
        ("show_system_snapshot_media_internal/members", "Information for snapshot on internal (/dev/da0s1a) (backup)"),
        ("show_system_snapshot/members", "Junos version: 20.4R3.8"),
    ],
)
def test_what_is_kept_by_no_member_is_refused(sample_: str, line: str) -> None:
    command, text = OWN.of(sample_)
    with pytest.raises(UnparsableOutput, match="above the first member") as caught:
        parse(command, f"{line}\n{text}")
    assert caught.value.odd_line == line
    assert parse(command, f"Last login: today\n{text}") == read(sample_)


def test_a_third_snapshot_on_a_disk_of_its_own_is_none_of_two_partitions() -> None:
    text = sample("show_system_snapshot_media_internal/branch")
    external = "Information for snapshot on external (/dev/da1s1a) (primary)"
    with pytest.raises(UnparsableOutput, match="neither of two root partitions nor") as caught:
        parse("show system snapshot media internal", f"{text}\n{external}\n  junos : 15.1R7.9\n")
    assert caught.value.odd_line == external


def test_a_recovery_snapshot_whose_release_does_not_read_is_refused_with_its_line() -> None:
    text = sample("show_system_snapshot/members")
    recovery = text.index("recovery.ufs")
    odd = text[:recovery] + text[recovery:].replace("Junos version: 20.4R3.8", "Junos version: ~", 1)
    with pytest.raises(
        UnparsableOutput, match="'show system snapshot': the release of a snapshot cannot be read"
    ) as caught:
        parse("show system snapshot", odd)
    assert caught.value.odd_line == "Junos version: ~"


def test_one_partition_is_none_of_two() -> None:
    text = sample("show_system_snapshot_media_internal/branch")
    with pytest.raises(UnparsableOutput, match="neither of two root partitions nor") as caught:
        parse("show system snapshot media internal", text[: text.index("Information", 9)])
    assert caught.value.odd_line == "junos: 12.1X46-D86.2-domestic"


def test_what_says_nothing_of_a_snapshot_is_no_answer() -> None:
    with pytest.raises(UnparsableOutput, match="no line is of a snapshot") as caught:
        parse("request system snapshot slice alternate", "Last login: today\nwelcome\n")
    assert caught.value.odd_line == "Last login: today"


def test_a_snapshot_is_made_where_every_member_says_so() -> None:
    command = "request system snapshot slice alternate all-members"
    text = sample("request_system_snapshot_slice_alternate/members")
    assert (parse(command, text).operation, parse(command, text).succeeded) == ("snapshot", True)
    assert read("request_system_snapshot_recovery/made").succeeded is True
    last = text.rindex("The following")
    assert parse(command, text[:last]).succeeded is None
    found = parse(command, f"{text[:last]}error: cannot mount /dev/da0s2a\n")
    assert (found.succeeded, found.reason) == (False, "fpc1: error: cannot mount /dev/da0s2a")
    both = parse(command, text.replace("The following filesystems were archived: /", "error: cannot mount /dev/da0s2a"))
    assert both.reason == "fpc0: error: cannot mount /dev/da0s2a; fpc1: error: cannot mount /dev/da0s2a"
    assert parse(command, f"Creating snapshots\n{text}").succeeded is True, "above the members nobody says so"


@pytest.mark.parametrize("end", ["", " ", "\t ", "\n"])
@pytest.mark.parametrize("name", ["show_system_snapshot_media_internal/branch", "show_system_snapshot/members"])
def test_a_release_that_nothing_follows_may_be_half_of_one(name: str, end: str) -> None:
    command, text = OWN.of(name)
    release = text.rindex("unos version: 20.4R3.8" if "members" in name else "junos  : 12.1X46-D86.2-domestic")
    cut = text[: text.index("\n", release)] + end
    if end == "\n" and "branch" in name:
        assert parse(command, cut) == read(name)
    else:
        with pytest.raises(UnparsableOutput):
            parse(command, cut)


def test_hardware() -> None:
    parts = read("show_chassis_hardware/router")
    assert parts[0] == InventoryItem("Chassis", "MX480", "", "JN0000000001")
    assert [part.name for part in parts[4:]] == [
        "Routing Engine 1",
        "Pseudo CB 0",
        "FPC 0",
        "FPC 0/CPU",
        "FPC 0/MIC 0",
        "FPC 0/MIC 0/PIC 0",
        "FPC 0/MIC 0/PIC 0/Xcvr 0",
        "FPC 0/MIC 0/PIC 0/Xcvr 9",
        "FPC 0/MIC 0/PIC 1",
        "FPC 1",
        "Fan Tray 0",
    ]
    assert parts[11] == InventoryItem("FPC 0/MIC 0/PIC 0/Xcvr 9", "SFP-T", "NON-JNPR", "EXA 0 8")
    cluster = read("show_chassis_hardware/cluster")
    assert [(part.name, part.serial) for part in cluster if "Chassis" in part.name] == [
        ("node0/Chassis", "CV0000000001"),
        ("node1/Chassis", "CV0000000002"),
    ]


def test_a_value_that_is_too_wide_is_told_by_the_part_number_in_front_of_it_or_not_guessed() -> None:
    text = sample("show_chassis_hardware/router")
    wide = text.replace("EXA00001          MX480", "EXA00001000000000XYZ MX480")
    assert parse("show chassis hardware", wide)[1] == InventoryItem(
        "Midplane", "MX480 Midplane", "750-000001", "EXA00001000000000XYZ"
    )
    wide = text.replace("JN0000000001      MX480", "JN0000000001000000XYZ MX480")
    assert parse("show chassis hardware", wide)[0].serial == "JN0000000001000000XYZ"
    wide = text.replace(f"Fan Tray 0{' ' * 47}Fan", f"Fan Tray 0{' ' * 29}FT000000000000000001 Fan")
    assert wide != text
    with pytest.raises(UnparsableOutput, match="columns"):
        parse("show chassis hardware", wide)


def test_lines_that_are_no_part_are_passed_over_and_told() -> None:
    text = sample("show_chassis_hardware/router")
    with unread() as told:
        found = parse("show chassis hardware", f"{text}Some parts of this chassis are not supported any more\n")
    assert found == read("show_chassis_hardware/router")
    assert [line for _, line in told] == ["Some parts of this chassis are not supported any more"]


def test_a_slot_that_is_there_twice_is_refused() -> None:
    text = sample("show_chassis_fpc/router")
    with pytest.raises(UnparsableOutput, match="slot"):
        parse("show chassis fpc", f"{text}  4  Online            27\n")


def test_engines_of_which_little_is_told() -> None:
    """As a backup tells it that is still booting, and an SRX without a serial number."""
    words = "Routing Engine status:\n  Slot 0:\n    Current state                  Backup\n"
    assert parse("show chassis routing-engine", words) == (RoutingEngine("", "0", "Backup"),)
    model = "    Model                          RE-SRX1500\n"
    with pytest.raises(UnparsableOutput, match="neither its state"):
        parse("show chassis routing-engine", f"Routing Engine status:\n{model}")
    with pytest.raises(UnparsableOutput, match="which engine"):
        parse("show chassis routing-engine", f"{words}{model}{model}")


def test_alarms_that_do_not_read_are_not_lost() -> None:
    text = sample("show_chassis_alarms/cluster")
    for words, others, reason in (
        ("2024-03-09 18:57:04 CET  Minor", "2024-03-09 Minor", "cannot be read"),
        ("2 alarms", "3 alarms", "of 3 that it counts"),
        ("2 alarms currently active\n", "", "how many"),
    ):
        assert words in text
        with pytest.raises(UnparsableOutput, match=reason):
            parse("show chassis alarms", text.replace(words, others))


@pytest.mark.parametrize(
    ("row", "neighbour"),
    [
        ("me0                00:11:22:aa:01:00   the core  2        core-9", Neighbour("core-9", "me0", "the core  2")),
        ("et-0/0/50          192.0.2.9           Ethernet1/50", Neighbour("192.0.2.9", "et-0/0/50", "Ethernet1/50")),
        ("ge-0/0/7.0         00:11:22:aa:01:00   Phone on the second floor desk-7",
         Neighbour("desk-7", "ge-0/0/7.0", "Phone on the second floor")),
    ],
)  # fmt: skip
def test_ports_and_names_of_neighbours(row: str, neighbour: Neighbour) -> None:
    head = sample("show_lldp_neighbors/older").partition("\n")[0]
    assert parse("show lldp neighbors", f"{head}\n{row}\n") == (neighbour,)


@pytest.mark.parametrize(
    ("command", "name", "words", "others"),
    [
        ("show interfaces terse", "switch", "ge-0/0/1                up    down", "ge-0/0/1                up"),
        ("show lldp neighbors", "switch", "xe-0/1/1           ae7  ", "xe-0/1/1                "),
        ("show route summary", "router", "12 routes,      7 active", "12 routes, seven active"),
        ("show route summary", "router", "11 destinations, 15 routes", "11 destinations, many routes"),
        ("show chassis fpc", "router", "  2  Offline ", "  2  0ffline "),
    ],
)
def test_a_row_that_does_not_read_is_not_lost(command: str, name: str, words: str, others: str) -> None:
    text = sample(f"{command.replace(' ', '_')}/{name}")
    assert words in text
    with pytest.raises(UnparsableOutput):
        parse(command, text.replace(words, others))


def test_fpc() -> None:
    assert read("show_chassis_fpc/router") == (
        Slot("FPC 0", "", "Online"),
        Slot("FPC 1", "", "Empty"),
        Slot("FPC 2", "", "Offline"),
        Slot("FPC 3", "", "Present"),
        Slot("FPC 4", "", "Announce online"),
    )
    assert read("show_chassis_fpc/members") == (
        Slot("member0 FPC 0", "", "Online"),
        Slot("member1 FPC 0", "", "Offline"),
    )


def test_routing_engines() -> None:
    assert read("show_chassis_routing-engine/two") == (
        RoutingEngine(
            "",
            "0",
            "Master",
            "RE-S-1800x4",
            "9000000001",
            "2024-03-09T18:56:04",
            444_253,
            "Router rebooted after a normal shutdown.",
        ),
        RoutingEngine("", "1", "Present"),
    )
    only = read("show_chassis_routing-engine/single_older")
    assert [(engine.slot, engine.state, engine.model, engine.uptime) for engine in only] == [("", "", "RE-2.0", 6601)]


def test_alarms() -> None:
    assert read("show_chassis_alarms/none") == ()
    assert read("show_chassis_alarms/cluster") == (
        Alarm("node0", "2024-03-09T18:56:04", "Major", "PEM 0 Not OK"),
        Alarm("node0", "2024-03-09T18:57:04", "Minor", "Rescue configuration is not set"),
    )
    assert parse("show system alarms", "No alarms currently active\n") == ()


def test_storage() -> None:
    (only,) = read("show_system_storage/router")
    assert [(system.prefixes, system.kind, system.size, system.free) for system in only.systems] == [
        (("/.mount",), "/dev/gpt/junos", 20 * 1024**3, 17 * 1024**3),
        (("/dev",), "devfs", 1024, 0),
        (("/.mount/tmp",), "tmpfs", 3 * 1024**3, 2_684_354_560),
    ]
    members = read("show_system_storage/members_detail")
    assert [(member.node, member.systems[0].free) for member in members] == [
        ("fpc0", 61_000 * 1024),
        ("fpc1", -9_000 * 1024),
    ]


def test_uptime() -> None:
    assert read("show_system_uptime/router") == (
        NodeUptime(
            "",
            "2024-03-09T18:56:04",
            "CET",
            "2023-08-10T09:02:22",
            (212 * 24 + 8) * 3600 + 53 * 60,
            "2024-03-05T16:04:34",
            "anna",
            synchronised=True,
        ),
    )
    first, second = read("show_system_uptime/members")
    assert (first.node, first.uptime, first.synchronised) == ("fpc0", 1_871, False)
    assert (second.node, second.uptime, second.synchronised, second.configured_by) == ("fpc1", 88_260, None, None)


def test_files() -> None:
    names = ("cleanup-pkgs.log", "install/", "junos-arm-32-22.2R1.9.tgz", "script")
    assert read("file_list/folder") == FileNames("/var/log", names)
    assert read("file_list/paths") == FileNames("", ("/var/log/messages", "/var/log/messages.0.gz"))
    assert read("file_list/detail").files == (
        File("install", 512, is_directory=True),
        File("jinstall-ex-4300-21.4R3-S2.5-signed.tgz", 466_000_001),
        File("link", 11),
    )
    assert read("file_list/detail_none").files == ()


@pytest.mark.parametrize("command", ["file list /var/tmp/x detail", "file checksum md5 /var/tmp/x"])
def test_a_file_that_is_not_there(command: str) -> None:
    with pytest.raises(CommandRefused):
        parse(command, "/var/log/x: No such file or directory\n")


def test_checksum() -> None:
    found = read("file_checksum/md5")
    assert (found.path.rpartition("/")[2], found.algorithm) == ("junos-arm-32-22.2R1.9.tgz", "md5")
    assert found.digest == "0123456789abcdef" * 2
    assert read("file_checksum/sha256").algorithm == "sha256"


def test_neighbours() -> None:
    assert read("show_lldp_neighbors/switch") == (
        Neighbour("core-9.example.net", "ge-0/0/1", "ge-0/0/4"),
        Neighbour("leaf-3", "xe-0/1/1", "Ethernet3/29/1"),
        Neighbour("leaf-4", "ge-0/0/2.0", "a port of its own"),
        Neighbour("00:11:22:aa:04:00", "ge-0/0/3", "00:11:22:aa:04:01"),
        Neighbour("leaf-5", "ge-0/0/4", "GigabitEthernet1/0/48"),
    )
    vlans = read("show_vlans/switch")
    assert vlans == (
        Vlan("default", 1),
        Vlan("desks-7", 107, ("ae0", "ge-0/0/0", "ge-0/0/2", "xe-0/2/1")),
        Vlan("servers", 210, ("ae0", "ge-1/0/7", "xe-0/2/1")),
    )
    assert read("show_vlans/older") == (
        Vlan("default", None),
        Vlan("desks-7", 107, ("ge-0/0/0", "ge-0/0/2", "xe-0/1/0", "ge-0/0/5")),
        Vlan("servers", 210, ("ge-0/0/7", "xe-0/1/0")),
        Vlan("mgmt", None),
    )
    assert {each.name: each.mode for each in switching(vlans)} == {
        "ae0": "trunk", "ge-0/0/0": "access", "ge-0/0/2": "access", "xe-0/2/1": "trunk", "ge-1/0/7": "access",
    }  # fmt: skip
    assert read("show_lldp_neighbors/narrow") == (
        Neighbour("core-9", "ge-0/2/0", "ge-0/0/46.0"),
        Neighbour("leaf-3", "xe-1/0/0", "<to hall 7>"),
    )
    assert read("show_lldp_neighbors/nameless") == (
        Neighbour("00:11:22:aa:01:00", "ge-1/0/46.0", "23"),
        Neighbour("00:11:22:aa:02:00", "ge-0/0/47.0", "port one"),
    )
    assert read("show_lldp_neighbors/older") == (Neighbour("core-9", "me0", "ge-0/0/4"),)


def test_lldp_that_is_off() -> None:
    with pytest.raises(NotEnabled):
        parse("show lldp neighbors", "warning: lldp subsystem not running - not needed by configuration.\n")


def test_routes() -> None:
    assert read("show_route_summary/router") == (
        RouteTable("", "inet.0", RouteSummary({"Direct": 2, "BGP": 7, "Access-internal": 1}, 10)),
        RouteTable("GREEN", "inet6.0", RouteSummary({"Local": 2}, 2)),
        RouteTable("", "bgp.evpn.0", RouteSummary({}, 0)),
    )


@pytest.mark.parametrize(
    ("name", "succeeded", "reason", "reboot", "version"),
    [
        ("add/pending_set", True, None, True, None),
        ("add/older", True, None, True, "15.1R7.9"),
        ("add/vmhost_word", True, None, True, None),
        ("add/reboots", True, None, True, None),
        ("add/cut_off", None, None, False, None),
        ("add/one_member_failed", False, "fpc0: ERROR: insufficient space", True, "21.4R3-S2.5"),
        ("add/already_pending", False, "There is already an install pending.", False, None),
        ("add/host_staged", True, None, True, None),
        ("add/host_pending", False, "There is pending upgrade. upgrade_in_progress=stage", False, None),
        ("add/host_pending_members", False, "fpc0: There is pending upgrade.", True, None),
        ("add/evolved", True, None, True, None),
        ("add/damaged", False, "fpc0: x.tgz: truncated gzip input; ", False, None),
        ("add/certificate", False, "certificate is not yet valid:; ERROR: Package signature", False, None),
        ("add/not_found", False, "is not found or empty", False, None),
        ("add/no_space", False, "Not enough space in /var/tmp", False, None),
        ("validate/noise", True, None, False, None),
        ("validate/failed", False, "error: configuration check-out failed at line 12; Validation failed", False, None),
        ("rollback/members", True, None, True, "21.4R3"),
        ("rollback/host_staged", True, None, True, "21.4R3-S4"),
        ("rollback/host_members", True, None, True, "20.4R3-S7.2"),
        ("rollback/host_taken_back", True, None, False, None),
        ("rollback/no_image", False, "There is NO image for ROLLBACK", False, None),
        ("rollback/no_image_of_one", False, "fpc1: There is NO image for ROLLBACK", True, "21.4R3"),
        ("rollback/aborted", False, "rollback aborted", False, None),
        ("rollback/cannot", False, "WARNING: Cannot rollback, /packages/junos is not valid", False, None),
        ("rollback/package_named", True, None, True, "15.1X49-D70.3"),
    ],
)
def test_software(name: str, succeeded: bool | None, reason: str | None, reboot: bool, version: str | None) -> None:
    outcome = read(f"request_system_software_{name}")
    assert (outcome.operation, outcome.succeeded) == (name.partition("/")[0], succeeded)
    assert (reason or "") in (outcome.reason or "")
    assert (outcome.reason is None) is (reason is None)
    assert (outcome.reboot_required, outcome.added_version) == (reboot, version)
    assert outcome.already_pending is ("pending" in (reason or ""))
    assert outcome.reload_announced is name.endswith("reboots")


@pytest.mark.parametrize(
    "why",
    [
        "mgd: error: configuration check-out failed",
        "WARNING: Current configuration not compatible with /var/tmp/jinstall-9.9R9.9.tgz",
        "jinstall-9.9R9.9.tgz: No such file or directory",
        "cp: /packages/db: Read-only file system",
        "tar: Input/output error",
    ],
)
def test_what_an_addition_failed_of_stands_before_its_verdict(why: str) -> None:
    text = f"Validating against /config/juniper.conf.gz\n{why}\nValidation failed\n"
    outcome = parse("request system software add x", text)
    assert (outcome.succeeded, outcome.reason) == (False, f"{why}; Validation failed")


def test_software_of_each_member() -> None:
    outcome = read("request_system_software_add/one_member_failed")
    assert {node: each.succeeded for node, each in outcome.members.items()} == {"fpc0": False, "fpc1": True}


def test_what_several_say_and_what_is_said_for_all_of_them_counts() -> None:
    command, text = OWN.of("request_system_software_add/one_member_failed")
    good = "JUNOS 21.4R3-S2.5 will become active at next reboot"
    bad = "ERROR: insufficient space for /packages/db/jinstall-ex-4300-21.4R3-S2.5"
    assert parse(command, text.replace(good, bad)).reason == f"fpc0: {bad}; fpc1: {bad}"
    both = text.replace(bad, good)
    assert parse(command, both).succeeded is True
    assert parse(command, f"{good}\n{both}").succeeded is True
    failed = parse(command, f"error: install aborted on fpc2\n{both}")
    assert (failed.succeeded, failed.reason) == (False, "error: install aborted on fpc2")
    assert parse(command, both.replace(good, "Mounting x", 1)).succeeded is None


def test_errors_in_a_validation_are_noise_until_its_verdict_and_elsewhere_they_are_not() -> None:
    command, text = OWN.of("request_system_software_validate/noise")
    begun = text[: text.index("Validation succeeded")]
    assert parse(command, begun).succeeded is None
    assert parse(command, f"{begun}Validation failed\n").succeeded is False
    assert parse(command, f"ERROR: a warning in capitals\n{text}").succeeded is True
    added = "ERROR: insufficient space\nJUNOS 21.4R3 will become active at next reboot\n"
    assert parse("request system software add x", added).succeeded is False
    assert parse(command, "error: cannot read the package\n").succeeded is False
    assert parse("request system software add x", begun).succeeded is False


@pytest.mark.parametrize(("result", "succeeded"), [("0", True), ("1", False)])
def test_the_number_over_netconf_is_the_verdict_where_the_text_has_none(result: str, succeeded: bool) -> None:
    reply = f"<rpc-reply>\n<output>\n</output>\n<package-result>\n{result}\n</package-result>\n</rpc-reply>"
    outcome = parse("request system software add x", reply)
    assert outcome.succeeded is succeeded
    assert (outcome.reason is None) is succeeded


def test_an_error_in_one_reply_is_not_undone_by_a_good_one_behind_it() -> None:
    text = "ERROR: cannot locate jroute-1: rollback aborted\nJUNOS 21.4R3 will become active at next reboot\n"
    assert parse("request system software rollback", text).succeeded is False


@pytest.mark.parametrize(
    ("name", "succeeded", "at"),
    [
        ("request_system_reboot/now", True, None),
        ("request_system_reboot/at", True, "2024-03-09T18:56:04"),
        ("request_system_reboot/question", None, None),
        ("request_system_reboot/declined", False, None),
        ("request_system_reboot/refused", False, None),
        ("request_vmhost_reboot/in_a_minute", True, "2024-03-09T18:57:04"),
    ],
)
def test_reboot(name: str, succeeded: bool | None, at: str | None) -> None:
    outcome = read(name)
    assert (outcome.operation, outcome.succeeded, outcome.at) == ("reboot", succeeded, at)
    assert outcome.reload_announced is (succeeded is True)
    assert (outcome.reason is None) is (succeeded is not False)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("sh ver", "show version"),
        ("show version detail | no-more", "show version detail"),
        ("sh cha hard", "show chassis hardware"),
        ("show chassis routing-engine no-forwarding", "show chassis routing-engine no-forwarding"),
        ("file list /var/tmp detail", "file list"),
        ("file checksum sha-256 /var/tmp/x", "file checksum"),
        ("request system software add /var/tmp/x.tgz no-copy reboot", "request system software add"),
        ("request system reboot at 18:56", "request system reboot"),
        ("request system power-off", "request system power-off"),
    ],
)
def test_commands_as_typed(typed: str, words: str) -> None:
    assert find(typed).words == words


@pytest.mark.parametrize("alias", ["juniper_junos", "junos", "juniper", "junipernetworks.junos.junos", "JUNOS"])
def test_aliases(alias: str) -> None:
    assert platforms.parse(alias, "show version", sample("show_version/local")).version == "23.4R2-S4.11"
    assert platforms.canonical_platform(alias) == "juniper_junos"


@pytest.mark.parametrize(
    ("name", "pending"),
    [
        ("show_version/pending", [("fpc0", "22.2R1.9"), ("fpc1", None)]),
        ("show_version/bootstrap_installer", [("", "18.4R3-S10")]),
        ("show_version/local", [("localre", None)]),
    ],
)
def test_what_waits_for_the_next_reboot(name: str, pending: list[tuple[str, str | None]]) -> None:
    assert [(node.node, node.pending) for node in parse_nodes(sample(name))] == pending


def test_what_waits_for_the_next_reboot_must_be_a_release() -> None:
    with pytest.raises(UnparsableOutput, match="no release"):
        parse_nodes(sample("show_version/pending").replace("Pending: 22.2R1.9", "Pending: yes"))


def test_members_of_a_virtual_chassis_and_one_that_is_missing() -> None:
    assert read("show_virtual-chassis/three") == (
        ChassisMember(0, "Prsnt", "NX0000000001", "ex3400-48p", "Master"),
        ChassisMember(1, "Prsnt", "NX0000000002", "ex3400-24p", "Backup"),
        ChassisMember(2, "NotPrsnt", "NX0000000003", "ex3400-24p"),
    )
    assert [member.role for member in read("show_virtual-chassis/alone")] == ["Master"]


def test_a_switch_that_a_virtual_chassis_does_not_take_in_is_no_member_and_is_told() -> None:
    with unread() as passed:
        found = read("show_virtual-chassis/not_provisioned")
    assert [(member.number, member.role) for member in found] == [(0, "Master"), (1, "Backup")]
    assert ("show virtual-chassis", "-          Unprvsnd PE1234560003 ex4300-24t") in passed
    text = sample("show_virtual-chassis/not_provisioned")
    with pytest.raises(UnparsableOutput):
        parse("show virtual-chassis", text.replace("-          Unprvsnd", "-          Prsnt   "))


def test_what_an_account_may_do() -> None:
    found = read("show_cli_authorization/super_user")
    assert (found.user, found.login_class) == ("anna", "super-user")
    assert found.permissions == ("admin", "admin-control", "maintenance", "view", "view-configuration")
    assert read("show_cli_authorization/remote") == Authorization("anna", "watchers", ("view",))


def test_interfaces() -> None:
    found = {interface.name: interface for interface in read("show_interfaces_terse/switch")}
    assert len(found) == 9
    assert found["ge-0/0/0"] == Interface("ge-0/0/0", up=True, status="up/up")
    assert [name for name, interface in found.items() if not interface.up] == ["ge-0/0/1", "ge-0/0/2"]


def test_reboots_that_are_planned() -> None:
    assert read("show_system_reboot/none") == ()
    numbered = "reboot requested by anna at Sat Mar 9 22:00:00 2024\n[process id 17885]\n"
    assert parse("show system reboot", numbered) == (numbered.partition("\n")[0],)
    for odd in ("reboot scheduled for tomorrow\n", "No shutdown/reboot scheduled.\nhalt requested by anna\n"):
        with pytest.raises(UnparsableOutput, match="may be planned"):
            parse("show system reboot", odd)
    assert read("show_system_reboot/planned") == ("fpc0: reboot requested by anna at Sat Mar 9 22:00:00 2024",)


@pytest.mark.parametrize("name", ["taken_back", "bootstrap"])
def test_a_rollback_that_takes_back_what_waited(name: str) -> None:
    found = read(f"request_system_software_rollback/{name}")
    assert (found.succeeded, found.reboot_required, found.added_version) == (True, False, None)


def test_names_of_links() -> None:
    assert read("file_list/links") == FileNames("/var/home/anna/", (".cshrc", ".profile", "junos-arm-32-22.2R1.9.tgz"))
    found = parse("file list", "> file ls /var/log/m*\n/var/log/messages\n")
    assert found == FileNames("", ("/var/log/messages",))


def test_files_of_a_member() -> None:
    assert [file.name for file in read("file_list/member").files] == ["junos-arm-32-22.2R1.9.tgz"]


def test_the_engines_of_a_base_system() -> None:
    """Juniper/py-junos-eznc (its facts): the engines of a router with guests are `bsys-re0` and `bsys-re1`."""
    text = "".join(
        f"bsys-re{number}:\n{'-' * 74}\nHostname: hall-7\nModel: mx960\nJunos: 21.4R3-S{number + 4}.1\n"
        f"JUNOS OS Kernel 64-bit  [20230901.000000_builder_stable_12_214]\n\n"
        for number in (0, 1)
    )
    assert [(each.member, each.version) for each in parse("show version", text).members] == [
        (0, "21.4R3-S4.1"),
        (1, "21.4R3-S5.1"),
    ]


def test_a_neighbour_at_the_port_for_management_of_a_virtual_chassis() -> None:
    """Juniper's guides call it `vme`, without a number."""
    head = "Local Interface    Parent Interface    Chassis Id          Port info          System Name\n"
    row = "vme                -                   00:11:22:33:44:aa   ge-0/0/3           hall-7-oob\n"
    assert parse("show lldp neighbors", head + row) == (Neighbour("hall-7-oob", "vme", "ge-0/0/3"),)
    for half in ("vme", "vme                -"):
        with pytest.raises(UnparsableOutput):
            parse("show lldp neighbors", head + row.replace("vme", "me0") + half)
