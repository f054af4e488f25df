"""Every readiness rule of Junos: when it holds, and when it refuses with what was seen."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from platforms.juniper_junos.scripted_device import DEVICE, IMAGE, PAIR, SAMPLE, SIZE, image, reader
from platforms.scripted_device import lacking

from swimctl.config.settings import Readiness
from swimctl.errors import CommandRefused, DeviceError, UnparsableOutput
from swimctl.platforms.facts import FileSystem
from swimctl.platforms.juniper_junos import reading
from swimctl.platforms.juniper_junos.readiness import FOLDER, State, free_for_packages

VERSION, CHASSIS, STORAGE = "show version all-members", "show virtual-chassis", "show system storage detail all-members"
ROUTER = {
    **{command.removesuffix(" all-members"): text for command, text in PAIR.items()},
    CHASSIS: "                ^\nsyntax error, expecting <command>.\n",
    "show version": SAMPLE("show_version/local"),
    "show system storage detail": PAIR[STORAGE].split("\n", 2)[2].partition("\nfpc1")[0],
}


def test_a_sound_virtual_chassis_is_ready() -> None:
    found = reader(PAIR).check(DEVICE, IMAGE, cleanup=False)
    assert lacking(found) == {}
    assert len(found) == 14


MEMBER = "1 (FPC 1)  Prsnt    NX0000000002 ex3400-24p     129   Backup       N  VC   0  vcp-255/1/0"
BACKUP_ROOT = """\
1 alarms currently active
Alarm time               Class  Description
2024-03-09 14:48:15 CET  Minor  Host 0 Boot from backup root
"""
REBOOT = "reboot requested by anna at Sat Mar 9 22:00:00 2024"


@pytest.mark.parametrize(
    ("command", "words", "others", "broken"),
    [
        (VERSION, "20.4R3.8", "22.4R1.1", {"not a downgrade": "22.4R1.1 to 22.2R1"}),
        (CHASSIS, MEMBER, "1 (FPC 1)  NotPrsnt NX0000000002 ex3400-24p", {"members": "fpc1 NotPrsnt"}),
        (CHASSIS, MEMBER, f"{MEMBER}\n{MEMBER.replace('1', '2', 2)}", {"members": "fpc2 not in 'show version'"}),
        (VERSION, "ex3400-24p", "qfx5100-48s-6q", {"image family": "ex3400-48p, qfx5100-48s-6q"}),
        (
            VERSION,
            "\n\nfpc1:",
            "\nJUNOS Installation Software [21.2R1.1]\n\nfpc1:",
            {"no other install pending": "fpc0 21.2R1.1"},
        ),
        ("show system reboot", "No shutdown/reboot scheduled.", REBOOT, {"no reboot planned": REBOOT}),
        (
            "show chassis alarms",
            "No alarms currently active",
            BACKUP_ROOT,
            {"boots from its own partition": "Host 0 Boot from backup root"},
        ),
        (
            STORAGE,
            "1100000       45%",
            " 700000       63%",
            {"free space on fpc0": "716.8 MB", "free space on fpc1": "716.8 MB"},
        ),
        ("show cli authorization", "super-user", "site-admins", {}),
        ("show cli authorization", "maintenance --", "reset       --", {}),
    ],
)
def test_a_rule_that_does_not_hold(command: str, words: str, others: str, broken: dict[str, str]) -> None:
    assert words in PAIR[command]
    found = reader({**PAIR, command: PAIR[command].replace(words, others)}).check(DEVICE, IMAGE, cleanup=False)
    assert {name: finding.seen for name, finding in lacking(found).items()} == broken


def test_members_on_different_releases() -> None:
    text = PAIR[VERSION][::-1].replace("20.4R3.8"[::-1], "20.4R3.7"[::-1], 1)[::-1]
    broken = lacking(reader({**PAIR, VERSION: text}).check(DEVICE, IMAGE, cleanup=False))
    finding = broken["same release on every member"]
    assert finding.seen == "fpc0 20.4R3.8, fpc1 20.4R3.7"
    assert "member N" in finding.next_command


def test_the_account_must_be_allowed_to_and_is_then_the_only_rule() -> None:
    found = reader({"show cli authorization": SAMPLE("show_cli_authorization/remote")}).check(
        DEVICE, IMAGE, cleanup=False
    )
    assert {finding.rule: finding.seen for finding in found} == {"rights": "'anna' of class watchers"}
    assert not found[0].ok


def test_the_right_device() -> None:
    broken = lacking(reader(PAIR).identity(replace(DEVICE, model="EX3400-24T", serial="NX0000000007")))
    assert {name: finding.seen for name, finding in broken.items()} == {
        "model": "ex3400-48p, ex3400-24p",
        "serial number": "NX0000000001",
    }


def test_an_image_that_waits_already_needs_no_more_room() -> None:
    waits = PAIR[VERSION].replace("Junos: 20.4R3.8\n", "Junos: 20.4R3.8\nPending: 22.2R1.9\n")
    full = {**PAIR, VERSION: waits, STORAGE: PAIR[STORAGE].replace("    1100000 ", "        100 ")}
    assert lacking(reader(full).check(DEVICE, IMAGE, cleanup=False)) == {}


def test_what_is_there_of_the_file_counts_on_the_master_alone() -> None:
    listing = (
        SAMPLE("file_list/detail")
        .replace("466000001", str(SIZE))
        .replace("jinstall-ex-4300-21.4R3-S2.5-signed.tgz", IMAGE.filename)
    )
    tight = {
        **PAIR,
        "file list /var/tmp detail": listing,
        STORAGE: PAIR[STORAGE].replace("    1100000 ", "     700000 "),
    }
    broken = lacking(reader(tight).check(DEVICE, IMAGE, cleanup=False))
    assert {name: finding.needed[:9] for name, finding in broken.items()} == {"free space on fpc1": "1000.0 MB"}
    assert lacking(reader(tight, Readiness(space_factor=1.5)).check(DEVICE, IMAGE, cleanup=False)) == {}


@pytest.mark.parametrize(
    ("lost", "seen"),
    [
        ({"engines": ()}, {"routing engines": "0"}),
        (
            {"free": {"fpc0": None, "fpc1": None}},
            {"free space on fpc0": "unknown", "free space on fpc1": "unknown"},
        ),
    ],
)
def test_a_fact_that_is_not_known_refuses(
    monkeypatch: pytest.MonkeyPatch, lost: dict[str, Any], seen: dict[str, str]
) -> None:
    monkeypatch.setattr(reading, "State", lambda **facts: State(**{**facts, **lost}))
    found = reader(PAIR).check(DEVICE, IMAGE, cleanup=False)
    assert {rule: finding.seen for rule, finding in lacking(found).items()} == seen


def test_a_clean_up_is_refused() -> None:
    assert lacking(reader(PAIR).check(DEVICE, IMAGE, cleanup=True)).keys() == {"clean-up of flash"}


def test_a_router_with_two_engines_a_vm_host_and_a_cluster_are_refused() -> None:
    own = replace(DEVICE, model=None, serial=None)
    broken = lacking(reader(ROUTER).check(own, IMAGE, cleanup=False))
    assert broken["routing engines"].seen == "2"
    assert {"1 present"} == {each.seen for each in reader(ROUTER).identity(own) if each.rule == "members"}
    host = image("junos-vmhost-install-mx-x86-64-21.4R3.15.tgz", "junos-vmhost-install-mx-x86-64", "21.4R3")
    assert "installer" in lacking(reader(ROUTER).check(own, host, cleanup=False))
    cluster = {**ROUTER, "show version": PAIR[VERSION].replace("fpc", "node")}
    with pytest.raises(UnparsableOutput, match="no Virtual Chassis"):
        reader(cluster).check(own, IMAGE, cleanup=False)


def test_one_engine_is_upgraded_and_of_two_in_one_member_none() -> None:
    own = replace(DEVICE, model=None, serial=None)
    engines = "show chassis routing-engine"
    two = SAMPLE("show_chassis_routing-engine/two")
    one = {**ROUTER, engines: SAMPLE("show_chassis_routing-engine/single_older")}
    assert "routing engines" not in lacking(reader(one).check(own, IMAGE, cleanup=False))
    member = {**PAIR, CHASSIS: PAIR[CHASSIS].replace(f"{MEMBER}\n", ""), engines: two}
    member[VERSION] = PAIR[VERSION][: PAIR[VERSION].index("fpc1:")]
    for command in (VERSION, STORAGE):
        member[command.removesuffix(" all-members")] = member[command]
    assert lacking(reader(member).check(own, IMAGE, cleanup=False))["routing engines"].seen == "2"


@pytest.mark.parametrize("command", [command for command in PAIR if "uptime" not in command])
@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", UnparsableOutput),
        ("~#\x07 smand: 1/RP/0:\n", UnparsableOutput),
        ("error: permission denied: show\n", CommandRefused),
    ],
)
def test_a_rule_whose_command_is_broken_refuses(command: str, text: str, error: type[DeviceError]) -> None:
    with pytest.raises(error):
        reader({**PAIR, command: text}).check(DEVICE, IMAGE, cleanup=False)


@pytest.mark.parametrize(
    ("mounted", "free"),
    [
        ({"/.mount": 1, "/.mount/tmp": 2, "/.mount/config": 3}, 1),
        ({"/.mount": 1, "/.mount/var": 2}, 2),
        ({"/": 1, "/var": 2, FOLDER: 3, f"{FOLDER}fs": 4}, 3),
        ({"/config": 1}, None),
    ],
)
def test_where_packages_go(mounted: dict[str, int], free: int | None) -> None:
    assert free_for_packages([FileSystem((path,), "disk", "", 9, size) for path, size in mounted.items()]) == free


READY = {
    "model": "ex3400-48p, ex3400-24p",
    "serial number": "NX0000000001",
    "members": "2 present",
    "same release on every member": "20.4R3.8",
    "image family": "ex3400-24p, ex3400-48p",
    "installer": "request system software",
    "routing engines": "2",
    "no other install pending": "none",
    "no reboot planned": "none",
    "boots from its own partition": "no alarm says otherwise",
    "free space on fpc0": "1126.4 MB",
    "free space on fpc1": "1126.4 MB",
    "not a downgrade": "20.4R3.8 to 22.2R1",
    "rights": "'anna' of class super-user",
}


def test_a_pair_that_is_ready_shows_each_fact_in_these_words() -> None:
    found = reader(PAIR).check(DEVICE, IMAGE, cleanup=False)
    assert {finding.rule: finding.seen for finding in found if finding.ok} == READY
    assert lacking(found) == {}
