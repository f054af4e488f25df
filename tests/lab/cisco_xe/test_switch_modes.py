"""A lab switch's terminal: modes, prompts, short words, filters, configuration, Tcl."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.lab_terminal import Desk

USERS = {"admin": ("admin", 15), "guest": ("guest", 1)}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path, users=USERS)


def test_login_needs_the_right_password(desk: Desk) -> None:
    assert desk.switch.login("admin", "wrong") is None
    assert desk.switch.login("nobody", "admin") is None
    assert desk.session.prompt == "desk#"


def test_enable_asks_for_the_secret(desk: Desk) -> None:
    session = desk.log_in("guest", "guest")
    assert session.prompt == "desk>"
    assert "Current privilege level is 1\n" in desk.type("show privilege")
    assert desk.type("enable", "no", "no", "no") == "Password: \n" * 3 + "% Bad secrets\n\n"
    assert session.prompt == "desk>"
    desk.type("en", "no", "enable")
    assert session.prompt == "desk#"
    assert desk.type("sh priv") == "Current privilege level is 15\n"
    desk.type("disable")
    assert session.prompt == "desk>"


def test_secrets_are_masked_in_the_log(desk: Desk) -> None:
    desk.log_in("guest", "guest")
    desk.type("enable", "enable")
    desk.lines("conf t", "enable secret hush", "username bob privilege 15 password 0 hush", "end")
    assert [entry.line for entry in desk.switch.log] == [
        "enable",
        "********",
        "conf t",
        "enable secret ********",
        "username bob privilege 15 password ********",
        "end",
    ]


def test_user_mode_does_not_know_privileged_commands(desk: Desk) -> None:
    desk.log_in("guest", "guest")
    for line in ("configure terminal", "reload", "install commit", "show running-config", "write memory"):
        assert "% Invalid input detected at '^' marker." in desk.type(line)


def test_a_caret_marks_the_odd_word(desk: Desk) -> None:
    assert desk.type("show nonsense") == "          ^\n% Invalid input detected at '^' marker.\n\n"
    assert desk.type("shoow version").startswith("     ^\n")
    assert desk.type("show version extra").splitlines()[0].index("^") == len("desk#show version ")
    assert desk.type("terminal length many").splitlines()[0].index("^") == len("desk#terminal length ")


@pytest.mark.parametrize("line", ["show", "show ip", "install", "install add file", "copy", "terminal length"])
def test_incomplete(desk: Desk, line: str) -> None:
    assert desk.type(line) == "% Incomplete command.\n\n"


@pytest.mark.parametrize("line", ["co", "show c", "install a", "di"])
def test_ambiguous(desk: Desk, line: str) -> None:
    assert desk.type(line) == f'% Ambiguous command:  "{line}"\n'


@pytest.mark.parametrize(
    ("short", "whole"),
    [
        ("sh ver", "show version"),
        ("SH INST SUM", "show install summary"),
        ("sh ip int br", "show ip interface brief"),
        ("sh run", "show running-config"),
        ("sh cdp nei de", "show cdp neighbors detail"),
        ("sh proc cpu | i five", "show processes cpu | include five"),
    ],
)
def test_every_word_may_be_shortened(desk: Desk, short: str, whole: str) -> None:
    assert desk.type(short) == desk.type(whole) != ""


def test_terminal_settings(desk: Desk) -> None:
    assert desk.lines("term len 0", "term width 511", "term mon") == ""
    assert (desk.session.length, desk.session.monitor) == (0, True)
    desk.lines("terminal length 24", "terminal no monitor")
    assert (desk.session.length, desk.session.monitor) == (24, False)


def test_filters(desk: Desk) -> None:
    whole = desk.type("show ip interface brief").splitlines()
    up = [line for line in whole if " up " in line]
    assert desk.type("show ip interface brief | include  up ").splitlines() == up
    assert desk.type("show ip interface brief | exclude  up ").splitlines() == [x for x in whole if x not in up]
    assert desk.type("show ip interface brief | count ^Gig").strip() == "Number of lines which match regexp = 25"
    assert desk.type("show ip interface brief | begin Te1/1/8|TenGigabitEthernet1/1/8").splitlines() == whole[-1:]
    assert desk.type("show running-config | section line vty") == "line vty 0 15\n login local\n transport input ssh\n"
    assert desk.type("show version | include nothing like it") == ""


def test_odd_filters(desk: Desk) -> None:
    assert desk.type("show version | include") == "% Incomplete command.\n\n"
    assert "% Invalid input" in desk.type("show version | redirect flash:x")
    assert "% Invalid input" in desk.type("show version | grep x")
    assert desk.type("show version | include (((") == ""


def test_comments_and_blank_lines_do_nothing(desk: Desk) -> None:
    assert desk.lines("", "   ", "! a note", "  !") == ""


def test_configuration_modes_and_prompts(desk: Desk) -> None:
    desk.type("config term")
    prompts = []
    for line in ("interface gi1/0/3", "description to the attic", "line con 0", "exec-timeout 0", "vlan 20", "exit",
                 "router ospf 1", "hostname attic", "end"):  # fmt: skip
        assert desk.type(line) == ""
        prompts.append(desk.session.prompt)
    assert prompts == [
        "desk(config-if)#",
        "desk(config-if)#",
        "desk(config-line)#",
        "desk(config-line)#",
        "desk(config-vlan)#",
        "desk(config)#",
        "desk(config-router)#",
        "attic(config)#",
        "attic#",
    ]
    shown = desk.type("show running-config")
    assert "interface GigabitEthernet1/0/3\n description to the attic\n" in shown
    assert "hostname attic\n" in shown
    assert "hostname desk" not in shown
    assert "Configured from console by admin" in desk.type("show logging")


def test_a_long_name_is_cut_in_configuration_prompts(desk: Desk) -> None:
    desk.lines("conf t", "hostname a-very-long-name-of-a-switch")
    assert desk.session.prompt == "a-very-long-name-of-(config)#"


def test_do_in_configuration_mode(desk: Desk) -> None:
    desk.type("conf t")
    assert desk.type("do show clock") == "*05:06:07.000 UTC Tue Mar 4 2031\n"
    assert desk.type("do show nonsense").splitlines()[0].index("^") == len("desk(config)#do show ")
    assert desk.session.mode == "config"


@pytest.mark.parametrize("line", ["gibberish 1", "show version", "interface nothing 1", "interface"])
def test_odd_configuration_lines_are_refused(desk: Desk, line: str) -> None:
    desk.type("conf t")
    assert desk.type(line).rstrip().splitlines()[-1].startswith("% In")
    desk.type("end")
    assert not desk.switch.unsaved


def test_no_takes_lines_away(desk: Desk) -> None:
    desk.lines("conf t", "ip ssh version 2", "no lldp run", "interface gi1/0/1", "shutdown", "end")
    assert "lldp run" not in desk.type("show running-config")
    assert "disabled" in desk.type("show interfaces status | include Gi1/0/1 ")
    desk.lines("conf t", "int gi1/0/1", "no shut", "lldp run", "end")
    assert "notconnect" not in desk.type("show interfaces status | include Gi1/0/1 ")
    assert "connected" in desk.out


def test_saving(desk: Desk) -> None:
    desk.lines("conf t", "snmp-server location attic", "end")
    assert "attic" not in desk.type("show startup-config")
    assert "Using " in desk.out
    assert desk.switch.unsaved
    assert desk.type("wr") == "Building configuration...\n[OK]\n"
    assert "attic" in desk.type("show startup-config")
    assert not desk.switch.unsaved
    desk.lines("conf t", "no snmp-server location", "end")
    assert "Destination filename [startup-config]? " in desk.type("copy run start", "")
    assert "[OK]" in desk.out
    assert "attic" not in desk.type("show startup-config")


def test_a_change_taken_back_needs_no_saving(desk: Desk) -> None:
    desk.lines("conf t", "ntp server 192.0.2.3", "no ntp server 192.0.2.3", "end")
    assert not desk.switch.unsaved


def test_tcl_writes_a_file_and_knows_commands(desk: Desk) -> None:
    desk.type("tclsh")
    assert desk.session.prompt == "desk(tcl)#"
    assert "bytes total" in desk.type("dir flash:")
    assert desk.lines('puts [open "flash:note.txt" w+] {', "first", "second", "}") == ""
    desk.type("tclquit")
    assert desk.session.prompt == "desk#"
    assert desk.type("more flash:note.txt") == "\nfirst\nsecond\n\n"


@pytest.mark.parametrize("line", ["exit", "logout", "quit"])
def test_leaving(desk: Desk, line: str) -> None:
    desk.type(line)
    assert desk.session.done
