"""What Ansible's facts and pyATS' connect send to lab devices other than a Catalyst, and what they look for in answers.

The lines as those programs sent them, written down from runs: Ansible 12.3 (arista.eos, cisco.nxos, cisco.iosxr,
junipernetworks.junos) and unicon 26.9.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from fleets import arista_eos, cisco_nxos, cisco_xr, juniper_junos
from fleets.fleet import Fleet
from support.lab_terminal import AnyDesk

FLEETS: Mapping[str, Fleet] = {
    "eos": arista_eos.FLEET, "nxos": cisco_nxos.FLEET, "iosxr": cisco_xr.FLEET, "junos": juniper_junos.FLEET,
}  # fmt: skip


@pytest.mark.parametrize(
    ("system", "line", "expected"),
    [
        ("eos", "show configuration sessions", r"^Maximum number of pending sessions: \d+$"),
        ("eos", "bash timeout 5 cat /mnt/flash/boot-config", r"\ASWI=flash:/EOS-4\.28\.3M\.swi\n\Z"),
        ("eos", "bash timeout 5 cat /mnt/flash/none", r"\Acat: /mnt/flash/none: No such file or directory\n\Z"),
        ("eos", "dir all-filesystems", r"^Directory of flash:/\n(?s:.*)^\d+ bytes total \(\d+ bytes free\)$"),
        ("eos", "show interfaces", r"^Ethernet1 is up, line protocol is up \(connected\)\n  Hardware is Ethernet"),
        ("nxos", "show license host-id", r"\ALicense hostid: VDH=\S+\n\Z"),
        ("nxos", "show interface", r"^Ethernet1/1 is up\nadmin state is up, .*\n  Hardware: .*, address: 0011\."),
        ("nxos", "show system resources", r"^Memory usage: +\d+K total, +\d+K used, +\d+K free$"),
        ("nxos", "show processes cpu", r"^CPU utilization for five seconds: \d+%/\d+%; one minute: \d+%; five "),
        ("nxos", "show environment fan", r"^Fan1\(sys_fan1\) +\S+ +-- +front-to-back +Ok$"),
        ("nxos", "show environment power", r"^1 +NXA-PAC-500W-PE +101 W +103 W +500 W +Ok$"),
        ("nxos", "show vlan brief", r"^1    default +active    Eth1/1, Eth1/2"),
        ("nxos", "show cdp neighbors detail", r"^Device ID:server-desk\nSystem Name: server-desk$"),
        ("nxos", "show ipv6 interface vrf all", r'^IPv6 Interface Status for VRF "default"'),
        ("nxos", "terminal session-timeout 0", r"\A\Z"),
        ("iosxr", "show version | utility head -n 3", r"\A\w{3} .*\nCisco IOS XR Software, Version 7\.3\.2\n.*\n\Z"),
        ("iosxr", "show version | utility cut -c 1", r"Invalid input detected"),
        ("iosxr", "show running-config hostname", r"^hostname desk$"),
        ("iosxr", "dir /all", r"^\d+ kbytes total \(\d+ kbytes free\)$"),
        ("iosxr", "show memory summary", r"^Physical Memory: \d+M total \(\d+M"),
        ("iosxr", "show processes cpu | include CPU utilization", r"^CPU utilization for one minute: \d+%; five "),
        ("iosxr", "show interfaces", r"^TenGigE0/0/0/0 is up, line protocol is up \n(?:.*\n)*?  Internet address is "),
        ("iosxr", "show ipv6 interface", r"^Loopback0 is Up, ipv6 protocol is Down"),
        ("iosxr", "show lldp", r"Status: ACTIVE"),
        ("iosxr", "show lldp neighbors detail", r"^Local Interface: TenGigE0/0/0/0\n(?:.*\n)*?System Name: core1$"),
        ("iosxr", "show cdp", r"Sending CDP packets every 60 seconds"),
        ("junos", "set cli timestamp disable", r"CLI timestamp"),
        ("junos", "set cli screen-width 1024", r"Screen width set to 1024"),
    ],
)  # fmt: skip
def test_a_client_finds_what_it_looks_for(tmp_path: Path, system: str, line: str, expected: str) -> None:
    out = AnyDesk(tmp_path, FLEETS[system].make("desk")).type(line)
    assert re.search(expected, out, re.MULTILINE), out


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ("show system resources", "memory_usage_total"),
        ("show processes cpu", "onemin_percent"),
        ("show environment fan", "fandetails"),
        ("show environment power", "powersup"),
        ("show vlan brief", "TABLE_vlanbriefxbrief"),
        ("show ipv6 interface vrf all", "TABLE_intf"),
    ],
)
def test_facts_of_a_nexus_as_data(tmp_path: Path, line: str, key: str) -> None:
    assert key in json.loads(AnyDesk(tmp_path, FLEETS["nxos"].make("desk")).type(f"{line} | json"))


@pytest.mark.parametrize(
    ("system", "lines"),
    [
        ("eos", ("term length 0", "term width 0", "config term", "no logging console", "end")),
        ("nxos", ("term length 0", "term width 511", "terminal session-timeout 0", "config term", "no logging console",
                  "line console", "exec-timeout 0", "line vty", "exec-timeout 0", "absolute-timeout 0",
                  "terminal width 511", "end")),
        ("iosxr", ("terminal length 0", "terminal width 0", "configure terminal", "no logging console",
                   "logging console disable", "line console", "exec-timeout 0 0", "absolute-timeout 0",
                   "session-timeout 0", "line default", "exec-timeout 0 0", "absolute-timeout 0", "session-timeout 0",
                   "commit", "end")),
        ("junos", ("set cli screen-length 0", "set cli screen-width 0")),
    ],
)  # fmt: skip
def test_what_unicon_sets_at_login_is_taken(tmp_path: Path, system: str, lines: tuple[str, ...]) -> None:
    desk = AnyDesk(tmp_path, FLEETS[system].make("desk"))
    prompt = desk.session.prompt
    out = desk.lines(*lines)
    assert not re.search(r"% ?(?:Invalid|Incomplete|Ambiguous)|unknown command|syntax error", out, re.IGNORECASE), out
    assert desk.session.prompt == prompt


def test_a_router_leaves_the_time_away_where_it_was_told_so(tmp_path: Path) -> None:
    desk = AnyDesk(tmp_path, FLEETS["iosxr"].make("desk"))
    assert desk.type("show running-config hostname").count("\n") == 3
    desk.type("terminal exec prompt no-timestamp")
    assert desk.type("show running-config hostname") == "hostname desk\n\n"
    desk.type("terminal exec prompt timestamp")
    assert " UTC\n" in desk.type("show clock").splitlines(keepends=True)[0]


def test_netmiko_looks_below_junos_and_comes_back(tmp_path: Path) -> None:
    desk = AnyDesk(tmp_path, FLEETS["junos"].make("desk", users={"admin": ("admin", 15), "guest": ("guest", 1)}))
    desk.upload("note.txt", b"x" * 700, "/var/tmp/")  # noqa: S108 - the device's
    desk.type("start shell sh")
    assert desk.session.prompt == "$ "
    free = desk.type("/bin/df -k /var/tmp").splitlines()[1].split()[3]
    assert int(free) == desk.switch.flash(0).free // 1024
    assert desk.type("/bin/ls -l /var/tmp/note.txt").split()[4] == "700"
    assert desk.type("/bin/ls /var/tmp/none 2> /dev/null") == ""
    assert desk.type("ls /var/tmp/none") == "ls: /var/tmp/none: No such file or directory\n"
    assert desk.type("cat /var/tmp/note.txt") == "cat: /var/tmp/note.txt: Permission denied\n"
    assert desk.type("request system reboot") == "request: not found\n"
    desk.type("exit")
    assert desk.session.prompt.endswith("admin@desk> ")
    desk.log_in("guest", "guest")
    assert "unknown command" in desk.type("start shell sh")
