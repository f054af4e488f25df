"""Every readiness rule of NX-OS: when it holds, and when it refuses with what is seen, needed, and comes next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from platforms.cisco_nxos.scripted_device import DEVICE, IMAGE, IMPACT, LACKS, SAMPLE, SIZE, SWITCH, check, driver
from platforms.scripted_device import Refused, changed, lacking

from swimctl.errors import CommandRefused, UnparsableOutput
from swimctl.platforms.cisco_nxos import reading
from swimctl.platforms.cisco_nxos.readiness import State
from swimctl.platforms.facts import BootSettings, Placement

VERSION, MODULES, BOOT, VPC, FILES = "show version", "show module", "show boot", "show vpc", "dir bootflash:"
NEXT = SWITCH[BOOT][SWITCH[BOOT].index("Boot Variables on next") :]
STANDBY = "dir bootflash://sup-standby/"
UNKNOWN = "          ^\n% Invalid command at '^' marker.\n"


REFUSALS = {
    "account that may not configure": Refused(
        "may configure", "% Permission denied for the role", "an account that may", "network-admin",
        (("configure terminal", "Enter configuration commands, one per line. End with CNTL/Z.",
          "% Permission denied for the role"),),
    ),
    "configuration that is replayed": Refused(
        "may configure", "Configuration mode is blocked", "allows it now", "wait",
        (("configure terminal", "Enter configuration commands, one per line. End with CNTL/Z.",
          "Configuration mode is blocked"),),
    ),
    "another model": Refused(
        "model", "N9K-C9504, Nexus9000 C9504", "N9K-C9508", "`model`",
        asked={"device": replace(DEVICE, model="N9K-C9508")},
    ),
    "another serial number": Refused(
        "serial number", "FOX24100001", "FOX2", "`serial`", asked={"device": replace(DEVICE, serial="FOX2")},
    ),
    "module that starts": Refused(
        "modules", "module 1 powered-up", "every module ok", "`show module`",
        ((MODULES, "N9K-X9736C-FX         ok", "N9K-X9736C-FX         powered-up"),),
    ),
    "supervisor of another release": Refused(
        "same release on every module", "module 28 9.3(3)", "one release", "`show install all status`",
        ((MODULES, "28   9.3(5)", "28   9.3(3)"),),
    ),
    "two images": Refused(
        "one image", "kickstart and system", "one image", "`install all kickstart",
        ((VERSION, "  NXOS: version 9.3(5)", "  kickstart: version 9.3(5)\n  NXOS: version 9.3(5)"),),
    ),
    "card that the image does not fit": Refused(
        "image family", "N9K-C9504, N9K-X96136YC-R", "does not fit", "--image",
        ((MODULES, "N9K-X9736C-FX ", "N9K-X96136YC-R"),),
    ),
    "standby that is not hot": Refused(
        "standby supervisor", "Initializing", "HA standby", "`show system redundancy status`",
        (("show system redundancy status", "Supervisor state:   HA standby", "Supervisor state:   Initializing"),),
    ),
    "next boot of another image on one supervisor": Refused(
        "boot variable", "bootflash:nxos.9.3.3.bin on sup-2", "bootflash:nxos.9.3.5.bin", "`boot nxos bootflash:nxos",
        ((BOOT, NEXT, NEXT[: NEXT.index("sup-2")] + NEXT[NEXT.index("sup-2") :].replace("9.3.5", "9.3.3")),),
    ),
    "next boot of another image on each supervisor": Refused(
        "boot variable", "bootflash:nxos.9.3.3.bin on sup-1, bootflash:nxos.9.3.4.bin on sup-2", "runs", "`boot nxos",
        ((BOOT, NEXT, NEXT[: NEXT.index("sup-2")].replace("9.3.5", "9.3.3")
          + NEXT[NEXT.index("sup-2") :].replace("9.3.5", "9.3.4")),),
    ),
    "running file that is gone from both supervisors": Refused(
        "way back", "nxos.9.3.5.bin not in bootflash:, bootflash://sup-standby/", "to go back to", "copy it",
        ((FILES, "nxos.9.3.5.bin", "nxos.9.3.3.bin"), (STANDBY, "nxos.9.3.5.bin", "nxos.9.3.3.bin")),
    ),
    "running file that is gone": Refused(
        "way back", "bootflash:nxos.9.3.5.bin not in bootflash:", "to go back to", "copy it",
        ((FILES, "nxos.9.3.5.bin", "nxos.9.3.3.bin"),),
    ),
    "running file on another disk": Refused(
        "way back", "usb1:nxos.9.3.5.bin not in", "in bootflash", "copy it",
        ((VERSION, "bootflash:///nxos.9.3.5.bin", "usb1:///nxos.9.3.5.bin"),), also=("boot variable",),
    ),
    "no room on the standby": Refused(
        "free space in bootflash://sup-standby", "1000.0 MB", "2500.0 MB", "`dir bootflash://sup-standby/`",
        ((STANDBY, "3000000000 bytes free", "999999999 bytes free"),),
    ),
    "no SCP": Refused(
        "SCP server", "off", "`feature scp-server`", "`feature scp-server`",
        (("show feature", "scpServer              1          enabled", "scpServer              1          disabled"),),
    ),
    "older image": Refused(
        "not a downgrade", "9.3(5) to 9.3(3)", "9.3(5) or newer", "allow_downgrade",
        asked={"image": replace(IMAGE, family="nxos", version="9.3(3)")},
    ),
    "partner that is away": Refused(
        "vPC partner", "peer: peer link is down", "adjacency formed", "`show vpc`",
        ((VPC, "peer adjacency formed ok", "peer link is down"),),
    ),
    "keep-alive that is not heard": Refused(
        "vPC partner", "keep-alive: Suspended", "keep-alive", "`show vpc`", ((VPC, "peer is alive", "Suspended"),),
    ),
    "partner that is configured otherwise": Refused(
        "vPC partner", "consistency: failed", "consistency success", "consistency-parameters",
        ((VPC, "Configuration consistency status  : success", "Configuration consistency status  : failed"),),
    ),
    "partner that the inventory does not know": Refused(
        "redundancy group", "none in the inventory", "vPC domain 7", "`redundancy_group: vpc-7`",
        asked={"device": replace(DEVICE, redundancy_group=None)},
    ),
    "clean-up": Refused(
        "clean-up of flash", "asked for", "knows which files", "without --cleanup-flash", asked={"cleanup": True},
    ),
}  # fmt: skip


def test_a_switch_that_is_well_breaks_no_rule() -> None:
    findings = check(SWITCH)
    assert lacking(findings) == {}
    assert len({finding.rule for finding in findings}) == len(findings) == 16


@pytest.mark.parametrize("name", REFUSALS)
def test_a_broken_rule_says_what_is_seen_needed_and_next(name: str) -> None:
    case = REFUSALS[name]
    case.is_told_by(check(changed(SWITCH, *case.changes), **case.asked))


def test_what_the_image_has_taken_of_its_room_is_not_asked_for_again() -> None:
    there = f"    1234    Mar 09 10:20:08 2024  {IMAGE.filename}\n"
    for size, free, holds in ((SIZE, 1_500_000_000, True), (SIZE, 1_499_999_999, False), (1, 1_500_000_000, False)):
        paper = changed(
            SWITCH,
            (FILES, "        100    Mar 09", there.replace("1234", str(size)) + "        100    Mar 09"),
            (FILES, "3000000000 bytes free", f"{free} bytes free"),
        )
        assert ("free space in bootflash" not in lacking(check(paper))) is holds


def test_without_a_chassis_in_the_inventory_its_own_name_is_the_model() -> None:
    paper = changed(SWITCH, ("show inventory", 'NAME: "Chassis"', 'NAME: "Slot 1"'))
    told = lacking(check(paper, device=replace(DEVICE, model="N9K-C9508")))
    assert told["model"].seen == "Nexus9000 C9504"


def test_a_file_that_is_there_needs_no_scp() -> None:
    there = f"{SIZE:>11}    Mar 09 10:20:08 2024  {IMAGE.filename}\n"
    off = ("show feature", "scpServer              1          enabled", "scpServer              1          disabled")
    paper = changed(SWITCH, (FILES, "        100    Mar 09", f"{there}        100    Mar 09"), off)
    assert lacking(check(paper)) == {}


@pytest.mark.parametrize(
    ("lost", "seen"),
    [
        (
            lambda facts: {"redundancy": replace(facts["redundancy"], peer_state=None)},
            {"standby supervisor": "unknown"},
        ),
        (lambda _: {"boot": BootSettings(None)}, {"boot variable": "nothing"}),
        (
            lambda facts: {"version": replace(facts["version"], system_image=None)},
            {
                "boot variable": "bootflash:nxos.9.3.5.bin on sup-1, bootflash:nxos.9.3.5.bin on sup-2",
                "way back": "no image file not in bootflash:, bootflash://sup-standby/",
            },
        ),
        (
            lambda facts: {"flash": {where: replace(each, free=None) for where, each in facts["flash"].items()}},
            {"free space in bootflash": "unknown", "free space in bootflash://sup-standby": "unknown"},
        ),
        (lambda _: {"features": ()}, {"SCP server": "off"}),
    ],
)
def test_a_fact_that_is_not_known_refuses(
    monkeypatch: pytest.MonkeyPatch, lost: Callable[[dict[str, Any]], dict[str, Any]], seen: dict[str, str]
) -> None:
    monkeypatch.setattr(reading, "State", lambda **facts: State(**{**facts, **lost(facts)}))
    assert {rule: finding.seen for rule, finding in lacking(check(SWITCH)).items()} == seen


def test_without_vpc_nobody_asks_for_a_group() -> None:
    alone = {**SWITCH, VPC: UNKNOWN}
    assert lacking(check(alone, device=replace(DEVICE, redundancy_group=None))) == {}
    assert not {"vPC partner", "redundancy group"} & {finding.rule for finding in check(alone)}
    not_configured = {**SWITCH, VPC: SAMPLE("show_vpc/not_configured")}
    assert lacking(check(not_configured, device=replace(DEVICE, redundancy_group=None))) == {}


@pytest.mark.parametrize("command", [command for command in SWITCH if command.startswith(("show ", "dir "))])
def test_a_command_that_is_refused_or_does_not_read_stops_the_check(command: str) -> None:
    if command in {IMPACT, LACKS}:
        return
    with pytest.raises(CommandRefused):
        check({**SWITCH, command: "% Permission denied for the role\n"})
    with pytest.raises(UnparsableOutput):
        check({**SWITCH, command: "~#\n"})


@pytest.mark.parametrize(
    ("runs", "boots", "placement"),
    [
        ("9.3(5)", "nxos.9.3.5.bin", Placement.ABSENT),
        ("9.3(5)", IMAGE.filename, Placement.NEXT),
        ("10.3(4a)", IMAGE.filename, Placement.COMMITTED),
        ("10.3(4a)", "nxos64-cs.10.3.4a.M.bin.upg", Placement.COMMITTED),
        ("10.3(4a)", "nxos.9.3.5.bin", Placement.UNCOMMITTED),
        ("10.3(4a)", "other.bin", Placement.UNCOMMITTED),
    ],
)
def test_placement_is_what_runs_and_what_boots_next(runs: str, boots: str, placement: Placement) -> None:
    file = "nxos.9.3.5.bin" if runs == "9.3(5)" else IMAGE.filename
    paper = changed(
        SWITCH, (VERSION, "9.3(5)", runs), (VERSION, "nxos.9.3.5.bin", file), (MODULES, "9.3(5)", runs),
        (BOOT, NEXT, NEXT.replace("nxos.9.3.5.bin", boots)),
    )  # fmt: skip
    assert driver(dict(paper))[0].installed(IMAGE).placement is placement


def test_one_supervisor_that_boots_the_image_next_or_does_not_run_it_counts() -> None:
    half = NEXT[: NEXT.index("sup-2")] + NEXT[NEXT.index("sup-2") :].replace("nxos.9.3.5.bin", IMAGE.filename)
    assert driver(dict(changed(SWITCH, (BOOT, NEXT, half))))[0].installed(IMAGE).placement is Placement.NEXT
    lagging = changed(
        SWITCH, (VERSION, "9.3(5)", "10.3(4a)"), (VERSION, "nxos.9.3.5.bin", IMAGE.filename),
        (MODULES, "27   9.3(5)", "27   10.3(4a)"), (BOOT, NEXT, NEXT.replace("nxos.9.3.5.bin", IMAGE.filename)),
    )  # fmt: skip
    assert driver(dict(lagging))[0].installed(IMAGE).placement is Placement.NEXT
    running = driver(dict(lagging))[0].running()
    assert (running.members["module 27"], running.members["module 28"]) == ("10.3(4a)", "9.3(5)")


@pytest.mark.parametrize(
    ("change", "late"),
    [
        ((MODULES, "N9K-SUP-B+            ha-standby", "N9K-SUP-B+            powered-up"), "module 28 powered-up"),
        (("show system redundancy status", "Supervisor state:   HA standby", "Supervisor state:   Down"), "is Down"),
        (("configure terminal", SWITCH["configure terminal"], "Configuration mode is blocked\n"), "blocked"),
        ((VPC, "peer adjacency formed ok", "peer link is down"), "peer: peer link is down"),
    ],
)
def test_what_is_not_back_yet_is_named(change: tuple[str, str, str], late: str) -> None:
    assert driver(dict(SWITCH))[0].unready() is None
    assert late in (driver(dict(changed(SWITCH, change)))[0].unready() or "")


def test_who_leads_may_change_with_a_reload() -> None:
    swapped = changed(
        SWITCH, (MODULES, "N9K-SUP-B+            active *", "N9K-SUP-B+            x"),
        (MODULES, "N9K-SUP-B+            ha-standby", "N9K-SUP-B+            active *"),
        (MODULES, "N9K-SUP-B+            x", "N9K-SUP-B+            ha-standby"),
    )  # fmt: skip
    rest = {
        "show interface brief": SAMPLE("show_interface_brief/switch"),
        "show ip route summary vrf all": SAMPLE("show_ip_route_summary/two_vrfs"),
        "show cdp neighbors": SAMPLE("show_cdp_neighbors/wrapped"),
        "show lldp neighbors": UNKNOWN,
    }
    before, after = (driver({**paper, **rest})[0].snapshot("now") for paper in (SWITCH, swapped))
    assert before == after
    assert before.members == dict.fromkeys(("module 1", "module 22", "module 27", "module 28", "module 29"), "ok")
    assert (before.boots, before.routes["default ospf-1"]) == ("bootflash:nxos.9.3.5.bin", 4)
    assert {"vPC 11 (Po11)", "Eth1/1"} <= set(before.interfaces_up)
    assert "vPC 12 (Po12)" not in before.interfaces_up


READY = {
    "model": "N9K-C9504, Nexus9000 C9504",
    "serial number": "FOX24100001",
    "modules": "5 at work",
    "same release on every module": "9.3(5)",
    "one image": "one image",
    "image family": "N9K-C9504, N9K-X9736C-FX",
    "standby supervisor": "HA standby",
    "boot variable": "bootflash:nxos.9.3.5.bin",
    "way back": "bootflash:nxos.9.3.5.bin is there",
    "free space in bootflash": "3000.0 MB",
    "free space in bootflash://sup-standby": "3000.0 MB",
    "SCP server": "on",
    "not a downgrade": "9.3(5) to 10.3(4a)",
    "vPC partner": "peer adjacency formed ok, peer is alive, role secondary, operational primary",
    "redundancy group": "vpc-7",
    "may configure": "yes",
}


def test_a_switch_that_is_ready_shows_each_fact_in_these_words() -> None:
    found = check(SWITCH)
    assert {finding.rule: finding.seen for finding in found if finding.ok} == READY
    assert lacking(found) == {}
