"""What clients not written here send to a lab switch, and what they must find in the answer to go on."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from support.lab_terminal import Desk, all_of

from swimctl.lab.terminal import Keyboard


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Return a C9300 that somebody is logged in to."""
    return Desk(tmp_path)


def kept(desk: Desk, *wanted: str) -> list[bool]:
    """Return which lines the running configuration has."""
    lines = desk.type("show running-config").splitlines()
    return [line in lines for line in wanted]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        # NAPALM's getters
        ("show arp | exclude Incomplete", r"^Internet  192\.0\.2\.10 +-   0c75\.[0-9a-f.]+  ARPA   Vlan1$"),
        ("show ip interface", r"^Vlan1 is up, line protocol is up\n  Internet address is 192\.0\.2\.10/24$"),
        ("show mac-address-table", r"Invalid input"),  # the old word; it then asks with the new one
        ("show mac address-table", r"^Vlan +Mac Address +Type +Ports\n---- .*\n All +[0-9a-f.]+ +STATIC +CPU$"),
        ("show env temperature status", r"^Inlet Temperature Value: \d+ Degree Celsius\n.*\nYellow Threshold : \d+ "),
        ("show memory statistics", r"^Processor +\w+ +\d+ +\d+ .*\n(.*\n)* ?lsmpi_io +\w+ +\d+ +\d+ "),
        ("show proc cpu", r"^CPU utilization for five seconds: .* one minute: \d+%; five minutes"),
        ("show snmp chassis", r"\AFLB\w+\n\Z"),
        ("show vlan id 1", r"^1 +default +active +Gi1/0/\d"),
        ("show vlan all-ports", r"Invalid input"),  # it then asks for one after the other
        ("show hosts", r"^Default domain is "),
        ("show archive", r"Archive feature not enabled"),
        # Ansible's facts
        ("show lldp", r"Status: ACTIVE"),
        ("show cdp", r"Sending CDP packets every"),
        ("show lldp interface", r"^Gi1/0/1:\n    Tx: enabled\n    Rx: enabled$"),
        ("show lacp sys-id", r"\A\d+, 0c75\.[0-9a-f.]+\n\Z"),
        ("show snmp user", r"\A\Z"),
        ("show access-lists | include access list", r"\A\Z"),
        ("show running-config all | section ^service", r"\Aservice timestamps"),
        ("show switch virtual", r"Invalid input"),
        ("show processes cpu | include CPU utilization", r"\ACPU utilization .*\n\Z"),
        ("show startup-config", r"\AUsing \d+ out of \d+ bytes\n"),
        ("show running-config | section ^hostname", r"\Ahostname desk\n\Z"),
        ("show interfaces", r"^Vlan1 is up, .*\n  Hardware is Ethernet SVI, address is [0-9a-f.]{14} \(bia .*\n.*/24$"),
        # pyntc
        ("show bootvar", r"BOOT variable = flash:packages\.conf;"),
        ("show redundancy", r"Available system uptime = "),
        # scrapli and those who type by hand
        ("term width 512", r"\A\Z"),
        ("sh int gi1/0/1", r"\AGigabitEthernet1/0/1 is up, line protocol is up \(connected\)"),
        ("sh int descr", r"^Vl1 +up +up "),
    ],
)
def test_a_client_finds_what_it_looks_for(desk: Desk, line: str, expected: str) -> None:
    """The lines as NAPALM, Ansible, pyntc and scrapli send them."""
    assert re.search(expected, desk.type(line), re.MULTILINE), desk.out


def test_access_lists(tmp_path: Path) -> None:
    """Ansible reads their names, then their entries."""
    lines = ("ip access-list extended vty", " 10 permit tcp any any eq 22", " deny ip any any")
    shown = Desk(tmp_path, config=lines).type("show access-lists")
    assert shown == "Extended IP access list vty\n    10 permit tcp any any eq 22\n    20 deny ip any any\n"


def test_an_interface_that_is_not_there(desk: Desk) -> None:
    """It is pointed at."""
    out = desk.type("show interfaces gi9/0/1")
    assert out.splitlines() == [f"{' ' * len('desk#show interfaces ')}^", "% Invalid input detected at '^' marker.", ""]


def test_interfaces_have_hardware_addresses_of_their_own(desk: Desk) -> None:
    """NAPALM and Ansible key on them."""
    found = re.findall(r"address is (\S+) \(bia", desk.type("show interfaces"))
    assert len(found) > 25
    assert len(set(found)) == len(found)


def test_an_address_that_a_client_configured(desk: Desk) -> None:
    """Interfaces without a plug come and go with their configuration."""
    desk.lines("configure terminal", "interface Loopback0", "ip address 198.51.100.7 255.255.255.255", "end")
    assert all_of(["Loopback0 is up", "Internet address is 198.51.100.7/32"], desk.type("show ip interface"))
    assert re.search(r"^Loopback0 +198\.51\.100\.7 +YES NVRAM +up +up", desk.type("show ip int brief"), re.MULTILINE)
    desk.lines("configure terminal", "no interface Loopback0", "end")
    assert "Loopback0" not in desk.type("show ip interface brief")


def test_napalm_merges_a_configuration(desk: Desk) -> None:
    """Upload, compare, keep what runs, merge, save; and then back again."""
    desk.upload("merge_config.txt", b"interface GigabitEthernet1/0/5\n description printers\nntp server 192.0.2.5\n")
    out = desk.type("show archive config incremental-diffs flash:/merge_config.txt ignorecase")
    wanted = ["interface GigabitEthernet1/0/5", " description printers", "ntp server 192.0.2.5"]
    assert out.splitlines() == ["!List of Commands:", *wanted, "end"]
    desk.lines("configure terminal", "file prompt quiet", "end")
    assert "bytes copied" in desk.type("copy running-config flash:/rollback_config.txt")
    desk.lines("configure terminal", "no file prompt quiet", "end")
    assert re.search(r"^\d+ bytes copied", desk.type("copy flash:/merge_config.txt running-config", ""), re.MULTILINE)
    assert kept(desk, " description printers", "ntp server 192.0.2.5") == [True, True]
    assert "No changes were found" in desk.type("show archive config incremental-diffs flash:/merge_config.txt")
    assert "Rollback Done" in desk.type("configure replace flash:/rollback_config.txt force")
    assert kept(desk, " description printers", "ntp server 192.0.2.5") == [False, False]


def test_a_merge_names_the_line_that_is_wrong(desk: Desk) -> None:
    """NAPALM looks for that, and takes its merge back."""
    desk.upload("merge_config.txt", b"ntp server 192.0.2.5\nfrobnicate 7\n")
    out = desk.type("copy flash:/merge_config.txt running-config", "")
    assert all_of(["frobnicate 7", "% Invalid input detected"], out)
    assert kept(desk, "ntp server 192.0.2.5") == [True]


def test_napalm_replaces_a_configuration(desk: Desk) -> None:
    """With `revert trigger error` it needs the archive; a wrong file changes nothing."""
    text = desk.type("show running-config").partition("bytes\n")[2].replace("desk\n", "desk\nntp server 192.0.2.6\n")
    desk.upload("candidate_config.txt", text.encode())
    out = desk.type("show archive config differences system:/running-config flash:/candidate_config.txt")
    assert out.splitlines() == ["!Contextual Config Diffs:", "+ntp server 192.0.2.6"]
    command = "configure replace flash:/candidate_config.txt force revert trigger error"
    assert "%Please turn config archive on" in desk.type(command)
    desk.lines("configure terminal", "archive", "path flash:kept", "end")
    assert "Archive feature not enabled" not in desk.type("show archive")
    assert "No Rollback Confirmed Change pending" in desk.type("show archive config rollback timer")
    assert "Rollback Done" in desk.type(command)
    assert kept(desk, "ntp server 192.0.2.6", " path flash:kept", "archive") == [True, False, False]
    desk.upload("half.txt", b"hostname half\n")
    assert "not a valid config file" in desk.type("configure replace flash:half.txt force")
    desk.upload("wrong.txt", b"hostname wrong\nfrobnicate\nend\n")
    assert "Rollback failed" in desk.type("configure replace flash:wrong.txt force")
    assert desk.session.prompt == "desk#"


def test_replacing_asks_first(desk: Desk) -> None:
    """Only `force` does without a yes."""
    desk.upload("other.txt", b"hostname other\nend\n")
    desk.type("configure replace flash:other.txt", "")
    assert desk.session.prompt == "desk#"
    assert all_of(["sure you want to proceed. ? [no]: yes", "Rollback Done"],
                  desk.type("configure replace flash:other.txt", "yes"))  # fmt: skip
    assert desk.session.prompt == "other#"


def test_quiet_files(desk: Desk) -> None:
    """`file prompt quiet` spares every question about a file, and no other."""
    assert "Destination filename [keep.cfg]? " in desk.type("copy running-config flash:keep.cfg", "")
    assert "over write? [confirm]" in desk.type("copy running-config flash:keep.cfg", "", "n")
    desk.lines("configure terminal", "file prompt quiet", "end")
    for line in ("copy running-config flash:keep.cfg", "copy null: flash:/keep.cfg", "delete flash:keep.cfg"):
        assert "?" not in desk.type(line)
        assert "[confirm]" not in desk.out
    assert "No such file" in desk.type("dir flash:keep.cfg")
    assert "[confirm]" in desk.type("reload", "n", "n")


def test_pyntc_keeps_and_takes_back_a_configuration(desk: Desk) -> None:
    """Its checkpoint and rollback."""
    desk.type("copy running-config flash:before.cfg", "")
    desk.lines("configure terminal", "hostname changed", "end")
    assert "Rollback Done" in desk.type("configure replace flash:before.cfg force")
    assert desk.session.prompt == "desk#"
    assert "No such file" in desk.type("configure replace flash:nowhere.cfg force")


def test_ansible_sets_a_banner(desk: Desk) -> None:
    """Its text comes in lines of its own, which are no commands."""
    desk.type("configure terminal")
    desk.type("interface GigabitEthernet1/0/1")
    assert "End with the character '@'" in desk.type("banner login @")
    assert desk.session.prompt == ""
    assert desk.lines("only for", "", "show version | those who may", "@") == ""
    assert desk.session.prompt == "desk(config)#"
    desk.lines("banner motd #all on one line#", "end")
    shown = desk.type("show running-config | begin banner login")
    assert shown.startswith("banner login ^C\nonly for\n\nshow version | those who may\n^C\n")
    assert "banner motd ^Call on one line^C\n" in shown
    desk.type("copy running-config flash:banners.cfg", "")
    desk.lines("configure terminal", "no banner login", "end")
    assert "banner login" not in desk.type("show running-config")
    desk.type("configure replace flash:banners.cfg force")
    assert shown == desk.type("show running-config | begin banner login")


def test_netmiko_leaves_the_tcl_shell(desk: Desk) -> None:
    """It ends that with CR and goes on, a second later, with LF: both are Enter."""
    keyboard = Keyboard()
    keyboard.feed("\r")
    keyboard.feed("\n", later=True)
    assert (keyboard.key(), keyboard.key()) == ("\n", "\n")
    desk.type("tclsh")
    desk.lines('puts [open "flash:merge_config.txt" w+] {ntp server 192.0.2.5', "}", "tclquit")
    assert desk.type("more flash:merge_config.txt") == "ntp server 192.0.2.5\n\n"


def test_what_unicon_sets_at_login_is_taken(desk: Desk) -> None:
    """The lines of pyATS' connect, in configuration mode."""
    lines = ("term length 0", "term width 0", "config term", "no logging console", "line console 0", "exec-timeout 0")
    out = desk.lines(*lines, "line vty 0 4", "exec-timeout 0", "absolute-timeout 0", "session-timeout 0", "end")
    assert "%" not in out
    assert desk.session.prompt == "desk#"
