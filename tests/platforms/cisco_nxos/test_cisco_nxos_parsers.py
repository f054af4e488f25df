"""What each parser reads, and what it refuses."""

from __future__ import annotations

import pytest
from platforms.contract import platform

from swimctl import platforms
from swimctl.errors import CommandRefused, UnparsableOutput
from swimctl.platforms.cisco_nxos.commands import find, parse
from swimctl.platforms.cisco_nxos.facts import ImageChange, ModuleImpact, VpcPort
from swimctl.platforms.facts import Directory, File, Interface, InventoryItem, Neighbour

OWN = platform("cisco_nxos")
read, sample, command_of = OWN.read, OWN.sample, OWN.cases.command_of


@pytest.mark.parametrize("alias", ["cisco_nxos", "nxos", "nxos_ssh", "cisco.nxos.nxos"])
def test_aliases(alias: str) -> None:
    assert platforms.commands_of(alias).find is find
    assert platforms.canonical_platform(alias) == "cisco_nxos"


def test_version() -> None:
    one = read("show_version/one_image")
    assert (one.version, one.hostname, one.model, one.serial) == (
        "10.3(4a)",
        "hall-7",
        "Nexus9000 C93180YC-FX",
        "FDO24100001",
    )
    assert (one.system_image, one.mode) == ("bootflash:///nxos64-cs.10.3.4a.M.bin", "LXC")
    assert one.uptime == ((41 * 24 + 3) * 60 + 2) * 60 + 9
    assert (one.restarted_at, one.reload_reason) == ("2024-03-09T18:56:04", "Reset Requested by CLI command reload")
    assert (one.kickstart_version, one.kickstart_image) == (None, None)
    two = read("show_version/two_images")
    assert (two.version, two.kickstart_version, two.model) == ("8.4(2)", "8.4(2)", "Nexus7000 C7010")
    assert two.system_image == "bootflash:///n7000-s2-dk9.8.4.2.bin"
    assert two.kickstart_image == "bootflash:///n7000-s2-kickstart.8.4.2.bin"
    assert (two.restarted_at, two.mode) == (None, None)
    card = read("show_version/line_card")
    assert (card.version, card.hostname, card.uptime, card.model) == ("9.3(5)", "lc1", 183_845, None)


@pytest.mark.parametrize(
    ("name", "cut"),
    [
        ("show_version/one_image", "Kernel uptime"),
        ("show_version/line_card", "lc1 "),
        ("show_module/chassis", "Mod  Sw"),
        ("show_inventory/switch", "PID: QSFP"),
        ("show_boot/one_image", "Boot Variables on next"),
        ("show_boot/two_supervisors", "sup-2\nkickstart variable = bootflash:/n7000-s2-kickstart.8.4.2.bin\nsystem"),
        ("dir/bootflash", "Usage"),
        ("copy/complete", "Copy complete, now"),
        ("copy_running-config_startup-config/saved", "Copy complete, now"),
        ("show_vpc/pair", "13    Po13"),
        ("show_vpc/pair", "vPC role"),
        ("show_interface_status/switch", "mgmt0"),
        ("show_interface_brief/switch", "mgmt0"),
        ("show_ip_route_summary/two_vrfs", "  static"),
        ("show_ip_route_summary/two_vrfs", "  ospf-1         : 4"),
        ("show_cdp_neighbors_detail/two", "Interface: "),
        ("show_lldp_neighbors_detail/two", "System Name"),
        ("dir/bootflash", " 3000000000 bytes"),
        ("show_lldp_neighbors/wrapped", "                     Eth1/49"),
        ("show_redundancy_status/two", "Other supervisor"),
        ("show_system_redundancy_status/alone", "    Redundancy state:   Not"),
        ("show_clock/without_server", "18:56"),
        ("show_install_all_impact/non_disruptive", "    27        nxos"),
        ("show_install_all_impact/disruptive", "Compatibility check"),
    ],
)
def test_what_is_cut_off_is_refused(name: str, cut: str) -> None:
    text = sample(name)
    assert cut in text
    with pytest.raises(UnparsableOutput):
        parse(command_of(name.partition("/")[0]), text[: text.rindex(cut)])


def test_module() -> None:
    chassis = {module.name: module for module in read("show_module/chassis")}
    assert list(chassis) == ["1", "2", "3", "22", "27", "28", "29"]
    assert (chassis["27"].state, chassis["27"].this_terminal, chassis["28"].state) == ("active", True, "ha-standby")
    assert (chassis["2"].state, chassis["2"].version, chassis["2"].diagnosis) == ("powered-dn", "NA", "")
    assert (chassis["1"].model, chassis["1"].serial) == ("N9K-X9736C-FX", "FOC24100001")
    assert (chassis["1"].version, chassis["1"].diagnosis) == ("9.3(5)", "Pass")
    assert (chassis["3"].description, chassis["3"].model, chassis["3"].state) == ("Unknown Module", "", "powered-dn")
    fabric = read("show_module/with_fabric")
    assert [(m.name, m.model, m.serial) for m in fabric][-1] == ("Xbar 1", "N7K-C7010-FAB-2", "JAF24100011")
    accelerator = read("show_module/with_accelerators")[-1]
    assert (accelerator.name, accelerator.serial, accelerator.diagnosis) == ("SAM 1/2", "FDO24100012", "Fail")


def test_cards_without_power_or_a_place_in_the_software_have_no_serial_number() -> None:
    cards = {each.name: each for each in read("show_module/without_power")}
    assert [(cards[at].state, cards[at].model, cards[at].serial) for at in ("3", "4")] == [
        ("pwr-denied", "", ""),
        ("present", "", ""),
    ]
    assert (cards["5"].state, cards["5"].version, cards["5"].serial) == ("initializing", "9.3(12)", "FOC24100005")
    assert (cards["27"].model, cards["27"].this_terminal) == ("N9K-SUP-A+", True)
    assert [each.name for each in read("show_module/with_dpus")][-2:] == ["DPU 1/1", "DPU 1/2"]
    dpu = read("show_module/with_dpus_of_a_revision")[-1]
    assert (dpu.name, dpu.version, dpu.serial, dpu.diagnosis) == ("DPU 1/2", "1.6.20", "FDO24200012", "Pass")


def test_the_last_word_of_a_description_is_no_model() -> None:
    text = sample("show_module/without_power").replace("Unknown Module     ", "Supervisor Module-2")
    card = {each.name: each for each in parse("show module", text)}["4"]
    assert (card.model, card.description, card.state) == ("", "Supervisor Module-2", "present")


@pytest.mark.parametrize("row", ["27   9.3(12)                  1.1    SUP1\n", "27   0    Supervisor Module "])
def test_a_module_at_work_without_a_release_or_a_state_refuses(row: str) -> None:
    text = sample("show_module/without_power")
    assert text.count(row) == 1
    with pytest.raises(UnparsableOutput, match="27 "):
        parse("show module", text.replace(row, "" if "SUP1" in row else "27   0    "[:4] + "  ??  "))


def test_a_narrow_terminal_breaks_rows() -> None:
    text = sample("show_module/chassis")
    for status in ("ok", "powered-dn", "active *", "ha-standby", "active"):
        text = text.replace(f"  {status}\n", f"  \n {status}\n")
    assert text.count("\n ok") == 2
    assert parse("show module", text.replace("  Status\n", "  \n  Status\n")) == read("show_module/chassis")


def test_inventory() -> None:
    parts = read("show_inventory/switch")
    assert parts[0] == InventoryItem("Chassis", "Nexus9000 C93180YC-FX Chassis", "N9K-C93180YC-FX", "FDO24100001")
    assert parts[-1] == InventoryItem("Ethernet1/49", "CISCO-EXAMPLE", "QSFP-100G-SR4", "AVF24100049")


def test_a_slot_without_a_card_breaks_its_line() -> None:
    parts = [(part.name, part.pid, part.serial) for part in read("show_inventory/empty_slot")]
    assert parts[1:] == [("Slot 27", "N9K-SUP-A", "SAL24100027"), ("Slot 28", "", ""), ("Fan 1", "N9K-C9508-FAN", "")]


def test_boot() -> None:
    one = read("show_boot/one_image")
    assert (one.variable, one.members) == (("bootflash:/nxos64-cs.10.3.4a.M.bin",), {})
    two = read("show_boot/two_supervisors")
    assert two.variable == ("bootflash:/n7000-s2-kickstart.8.4.3.bin", "bootflash:/n7000-s2-dk9.8.4.3.bin")
    assert two.members["sup-2"].variable == (
        "bootflash:/n7000-s2-kickstart.8.4.2.bin",
        "bootflash:/n7000-s2-dk9.8.4.2.bin",
    )


def test_dir() -> None:
    listed = read("dir/bootflash")
    assert (listed.path, listed.total, listed.free) == ("bootflash://sup-local", 4_000_000_000, 3_000_000_000)
    assert listed.files == (
        File(".rpmstore", 4096, is_directory=True),
        File("20240202_004818_poap_1234_init.log", 1234),
        File("nxos.9.3.5.bin", 1_978_203_648),
        File("a file.txt", 100),
    )
    assert read("dir/empty") == Directory("slot0://", (), 1000, 1000)
    with pytest.raises(CommandRefused):
        parse("dir bootflash:x", "No such file or directory\n")


def test_a_time_in_another_form_loses_no_file() -> None:
    usage = "\nUsage for bootflash://\n  10 bytes used\n  90 bytes free\n  100 bytes total\n"
    listed = parse("dir bootflash:", f"       123    Mar  9 1:01:02 2026  x.cfg\n{usage}")
    assert listed == Directory("bootflash://", (File("x.cfg", 123),), 100, 90)


def test_copy() -> None:
    assert read("copy/complete").succeeded is True
    failed = read("copy/unknown_host")
    assert failed.succeeded is False
    assert failed.reason.startswith("dcos_ssh: Could not resolve hostname images.example")
    both = parse("copy x y", sample("copy/complete") + "No space left on device\n")
    assert (both.succeeded, both.reason) == (False, "No space left on device")
    assert read("copy_running-config_startup-config/saved").saved is True
    unsaved = parse("copy running-config startup-config", "copy: cannot access file '/bootflash/running-config'\n")
    assert (unsaved.saved, unsaved.reason) == (False, "copy: cannot access file '/bootflash/running-config'")
    late = read("copy_running-config_startup-config/timed_out")
    assert (late.saved, late.reason) == (False, "Configuration update aborted: timed out")


def test_vpc() -> None:
    pair = read("show_vpc/pair")
    assert (pair.domain, pair.role, pair.consistency) == ("7", "secondary, operational primary", "success")
    assert (pair.peer_status, pair.keepalive) == ("peer adjacency formed ok", "peer is alive")
    assert pair.peer_links == (VpcPort("1", "Po999", "up"),)
    assert pair.ports == (
        VpcPort("11", "Po11", "up", "success", "success"),
        VpcPort("12", "Po12", "down*", "failed", "vPC type-1 configuration incompatible - STP"),
        VpcPort("13", "Po13", "down*", "Not Applicable", "Consistency Check Not Performed"),
    )
    alone = read("show_vpc/not_configured")
    assert (alone.domain, alone.peer_links, alone.ports) == ("", (), ())


def test_a_value_that_fills_the_line_goes_on_below() -> None:
    told = read("show_vpc/reason_goes_on")
    assert told.fields["Type-2 inconsistency reason"] == "QoSMgr Network QoS configuration incompatible"
    assert (told.role, told.consistency, told.ports) == (
        "secondary",
        "success",
        (VpcPort("5", "Po5", "down*", "success", "success"),),
    )
    with pytest.raises(UnparsableOutput, match="1 vPCs read, of 2"):
        parse("show vpc", sample("show_vpc/reason_goes_on").replace("configured         : 1", "configured         : 2"))


def test_vpc_with_fabricpath() -> None:
    text = sample("show_vpc/pair")
    plus = text.replace("success               10\n", "success               10           DF: Partial, FP MAC:\n")
    plus = plus.replace("vPC role ", "vPC+ switch id                    : 2\nvPC role ")
    assert plus.count("DF: Partial") == 1
    assert parse("show vpc", plus).ports == read("show_vpc/pair").ports
    assert parse("show vpc", plus).fields["vPC+ switch id"] == "2"


def test_ports_of_a_storage_network_stand_in_sentences_among_the_others() -> None:
    text = sample("show_interface_status/switch")
    told = (
        " fc2/1 is up    Port mode is NP\nfc2/5 is down (SFP not present)\nvfc11 is trunking\n"
        "san-port-channel 3 is down (No operational members)\n"
    )
    found = parse("show interface status", text.replace("Eth1/1 ", f"{told}Eth1/1 ", 1))
    others = [port for port in found if "fc" not in port.name and not port.name.startswith("san")]
    assert others == list(read("show_interface_status/switch"))
    assert [(port.name, port.up) for port in found if port not in others] == [
        ("fc2/1", True),
        ("fc2/5", False),
        ("vfc11", True),
        ("san-port-channel 3", False),
    ]
    with pytest.raises(UnparsableOutput, match="'Eth1/1 is up    Port mode is NP'"):
        parse("show interface status", text.replace("Eth1/1 ", "Eth1/1 is up    Port mode is NP\nEth1/1 ", 1))


def test_tunnels_whose_table_has_no_description() -> None:
    """As one public repository has them, the name with a blank: no tunnel is lost, whatever its name says."""
    found = read("show_interface_status/tunnels_without_description")
    assert [(port.name, port.up, port.status) for port in found] == [
        ("mgmt0", True, "connected"),
        ("Eth1/7", True, "connected"),
        ("Vlan1", False, "down"),
        ("Tunnel5", True, "up"),
        ("Tunnel9", False, "down"),
    ]
    text = sample("show_interface_status/tunnels_without_description")
    blank = parse("show interface status", text.replace("Tunnel5 ", "Tunnel 5"))
    assert [port.name for port in blank][-2:] == ["Tunnel 5", "Tunnel9"]
    assert parse("show interface status", text.replace("to site", "to 3 up")) == found
    with pytest.raises(UnparsableOutput, match="a tunnel's row cannot be read"):
        parse("show interface status", text.replace("up        no", "odd       no"))


def test_interfaces() -> None:
    status = read("show_interface_status/switch")
    assert [(port.name, port.up, port.status) for port in status] == [
        ("mgmt0", True, "connected"),
        ("Eth1/1", False, "notconnec"),
        ("Eth1/2", False, "xcvrAbsen"),
        ("Eth1/3", True, "connected"),
        ("Eth101/1/1", False, "disabled"),
        ("Po11", True, "connected"),
        ("Vlan10", False, "down"),
        ("Tunnel1", True, "connected"),
        ("Tunnel2", False, "down"),
    ]
    brief = read("show_interface_brief/switch")
    modes = {port.name: port.mode for port in brief}
    assert (modes["Eth1/1"], modes["Eth1/2"], modes["Po11"], modes["mgmt0"]) == ("member", "access", "trunk", "")
    assert [port.name for port in brief if port.up] == ["mgmt0", "Eth1/1", "Po11", "Lo0", "nve1"]
    assert [port.name for port in brief if not port.up] == ["Eth1/2", "Vlan1", "Tunnel1"]
    addresses = read("show_ip_interface_brief/all_vrfs")
    assert [(each.name, each.up) for each in addresses] == [
        ("Vlan10", True),
        ("Lo0", True),
        ("Eth1/1", False),
        ("tunnel-te1", True),
        ("mgmt0", True),
    ]
    assert addresses[2] == Interface("Eth1/1", False, "protocol-down/link-down/admin-up")


def test_routes() -> None:
    default, management = read("show_ip_route_summary/two_vrfs")
    assert (default.vrf, default.routes.total, default.routes.sources["ospf-1"]) == ("default", 12, 4)
    assert "static" not in default.routes.sources  # it stands in the column of backup paths
    assert management.routes.sources == {"local": 1, "direct": 1, "static": 1}


def test_neighbours() -> None:
    assert read("show_cdp_neighbors/wrapped") == (
        Neighbour("oob-1", "mgmt0", "Fas1/0/9"),
        Neighbour("hall-8.example.net(FDO24100002)", "Eth1/49", "Eth1/49"),
        Neighbour("server-1", "Eth1/3", "eth0"),
        Neighbour("0011-22aa-0300", "Eth1/4", "Ten-GigabitEthernet1/0/10"),
    )
    assert read("show_cdp_neighbors_detail/two") == (
        Neighbour("oob-1.example.net", "mgmt0", "GigabitEthernet0/20"),
        Neighbour("hall-8(FDO24100002)", "Ethernet1/49", "Ethernet1/49"),
    )
    apart = read("show_lldp_neighbors/capability_apart")
    assert [(each.local_interface, each.remote_interface, each.end_device) for each in apart] == [
        ("Eth1/49", "Ethernet1/49", False),
        ("Eth1/7", "0011.22aa.0041", True),
    ]
    assert read("show_lldp_neighbors/wrapped") == (
        Neighbour("hall-8.example.net", "Eth1/49", "Ethernet1/49"),
        Neighbour("firewall-1", "Eth1/5", "ethernet1/9"),
        Neighbour("0011.22aa.0300", "Eth1/6", "0011.22aa.0301"),
    )
    assert read("show_lldp_neighbors_detail/two") == (
        Neighbour("hall-8.example.net", "Eth1/49", "Ethernet1/49"),
        Neighbour("0011.22aa.0300", "mgmt0", "0011.22aa.0301"),
    )


def test_redundancy() -> None:
    two = read("show_redundancy_status/two")
    assert (two.mode, two.active_state, two.peer_state) == ("HA", "Active", "HA standby")
    assert (two.fields["this"], two.fields["other: Internal state"]) == ("sup-2", "Active with HA standby")
    alone = read("show_system_redundancy_status/alone")
    assert (alone.mode, alone.active_state, alone.peer_state) == ("None", "Active", "Not present")


def test_clock() -> None:
    trusted, untrusted = read("show_clock/ntp"), read("show_clock/without_server")
    assert (trusted.moment, trusted.zone, trusted.trusted) == ("2024-03-09T18:56:04.554000", "CET", True)
    assert untrusted.trusted is False


@pytest.mark.parametrize(("algorithm", "digits"), [("sha512", 128), ("md5", 32)])
def test_hash_of_a_file(algorithm: str, digits: int) -> None:
    result = read(f"show_file/{algorithm}")
    assert (result.algorithm, len(result.digest), result.matches) == (algorithm, digits, None)
    with pytest.raises(CommandRefused, match="No such file"):
        parse(command_of("show_file"), "No such file or directory\n")


@pytest.mark.parametrize("width", [72, 80, 100, 120])
def test_a_hash_that_a_terminal_breaks_is_one(width: int) -> None:
    whole = sample("show_file/sha512").strip()
    rows = [whole[at : at + width] for at in range(0, len(whole), width)]
    assert parse(command_of("show_file"), "\n".join(rows)) == read("show_file/sha512")
    for wrong in (rows[:-1], [rows[0], "a line of another matter", *rows[1:]], [*rows, rows[-1]], rows[::-1]):
        if wrong != rows:
            with pytest.raises(UnparsableOutput):
                parse(command_of("show_file"), "\n".join(wrong))


def test_four_hashes_are_not_one() -> None:
    with pytest.raises(UnparsableOutput):
        parse(command_of("show_file"), 4 * sample("show_file/md5"))


def test_features() -> None:
    enabled = {(each.name, each.instance) for each in read("show_feature/leaf") if each.enabled}
    assert enabled == {("bgp", "1"), ("eigrp", "2"), ("lacp", "1"), ("lldp", "1"), ("scpServer", "1"), ("vpc", "1")}


def test_incompatibilities() -> None:
    assert read("show_incompatibility_nxos/none") == read("show_incompatibility_nxos/one_section") == ()
    strict, loose = read("show_incompatibility_nxos/two")
    assert (strict.service, strict.requirement, loose.requirement) == ("otm", "STRICT", "LOOSE")
    assert strict.description == "Objects with a delay in milliseconds are tracked, which the image does not know"
    assert strict.mend == "Take the delay from all objects"
    with pytest.raises(UnparsableOutput):
        parse(command_of("show_incompatibility_nxos"), sample("show_incompatibility_nxos/two").partition("LOOSE")[0])


def test_strict_findings_below_their_sentence() -> None:
    one, two = read("show_incompatibility_nxos/strict")
    assert (one.requirement, one.mend) == ("STRICT", "Please take the delay from all examples")
    assert (two.service, two.mend) == ("rpm", 'Please remove the lists with "no ip example-list"')
    text = sample("show_incompatibility_nxos/strict")
    for broken in (text.replace("STRICT", "VAGUE", 1), text.replace("2) Service : rpm ,", "2) Service : rpm")):
        with pytest.raises(UnparsableOutput):
            parse(command_of("show_incompatibility_nxos"), broken)


def test_impact() -> None:
    calm, hard = read("show_install_all_impact/non_disruptive"), read("show_install_all_impact/disruptive")
    assert (calm.disruptive, calm.forced_disruptive) == (False, False)
    assert (hard.disruptive, hard.forced_disruptive) == (True, True)
    assert calm.modules[0] == ModuleImpact("1", bootable=True, disruptive=False, install_type="none")
    assert hard.modules[1] == ModuleImpact("27", True, True, "reset", "default upgrade is not hitless")
    assert calm.images[1] == ImageChange("27", "nxos", "9.3(3)", "9.3(5)", required=True)
    assert calm.images[2].required is False


@pytest.mark.parametrize(
    ("name", "succeeded", "reload_announced", "reload_left"),
    [
        ("disruptive", True, True, False),
        ("non_disruptive", True, False, False),
        ("no_reload", True, False, True),
        ("cut_off", None, False, False),
        ("image_check_failed", False, False, False),
        ("other_in_progress", False, False, False),
    ],
)
def test_install(name: str, succeeded: bool | None, reload_announced: bool, reload_left: bool) -> None:
    outcome = read(f"install_all/{name}")
    assert (outcome.operation, outcome.succeeded) == ("all", succeeded)
    assert (outcome.reload_announced, outcome.reload_left) == (reload_announced, reload_left)
    assert (outcome.reason is not None) is (succeeded is False)
    assert outcome.other_in_progress is (name == "other_in_progress")
    assert (outcome.impact is not None) is (succeeded is not False)


def test_install_reason_has_the_step_and_the_words_below_it() -> None:
    reason = read("install_all/image_check_failed").reason
    assert reason.startswith('Verifying image bootflash:/nxos.9.3.5.bin for boot variable "nxos".')
    assert "mismatched digest" in reason
    assert "Pre-upgrade check failed." in reason
    text = sample("install_all/image_check_failed")
    bar = text.replace('Verifying image bootflash:/nxos.9.3.5.bin for boot variable "nxos".\n', "")
    assert parse(command_of("install_all"), bar).reason.startswith("Return code 0x4045001E")


@pytest.mark.parametrize("step", ["Setting boot variables.", "Module 27: Ref", "Performing EPLD/FPGA upgrade ."])
def test_without_a_reload_every_step_has_to_be_there(step: str) -> None:
    text = sample("install_all/no_reload")
    assert step in text
    begun = text.index("\n", text.rindex(step))
    for part in (text[: text.rindex(step)], text[: begun + 1]):
        outcome = parse(command_of("install_all"), part)
        assert (outcome.succeeded, outcome.reload_left) == (None, False)


def test_an_impact_that_breaks_off_in_its_tables_is_none() -> None:
    text = sample("install_all/cut_off")
    row = text.index("    27        bios ")
    assert parse(command_of("install_all"), text[:row]).impact is None
    lacks = text[:row].replace("    27        nxos ", "    28        nxos ") + text[text.index("Install is in") :]
    assert parse(command_of("install_all"), f"{lacks}\nCopy:\n").impact is not None
    impact = sample("show_install_all_impact/disruptive").rstrip()
    for half in ("n", "ye"):
        with pytest.raises(UnparsableOutput, match="it ends inside a row"):
            parse(command_of("show_install_all_impact"), f"{impact[: impact.rindex('no')]}{half}")


@pytest.mark.parametrize("line", ["Install has been aborted.", "User cancelled the installation", "Upgrade failed"])
def test_an_end_that_is_a_failure_is_one_without_a_bar_that_says_so(line: str) -> None:
    outcome = parse(command_of("install_all"), f"{sample('install_all/cut_off')}{line}\n")
    assert (outcome.succeeded, outcome.reason) == (False, line)


def test_a_check_that_did_not_get_to_its_tables_tells_no_impact() -> None:
    text = sample("show_install_all_impact/disruptive")
    for part in (text[: text.index("Compatibility check is done")], text[: text.index("Images will be")]):
        with pytest.raises(
            UnparsableOutput, match="'show install all impact': it has no table of modules, or none of"
        ) as caught:
            parse(command_of("show_install_all_impact"), part)
        assert caught.value.odd_line == " ".join(part.strip().splitlines()[-1].split())


def test_rows_of_another_table_are_none_of_an_impact() -> None:
    text, command = sample("show_install_all_impact/disruptive"), command_of("show_install_all_impact")
    assert parse(command, f"{text}\nAdditional info for this installation:\n1 line\n") == parse(command, text)


def test_the_check_of_an_image_that_fails_has_no_impact() -> None:
    for name in ("image_check_failed", "other_in_progress"):
        with pytest.raises(CommandRefused):
            parse(command_of("show_install_all_impact"), sample(f"install_all/{name}"))
