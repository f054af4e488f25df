"""Every readiness rule of IOS-XR: when it holds, and when it refuses with what is seen, needed, and comes next."""

from __future__ import annotations

from dataclasses import replace

import pytest
from platforms.cisco_xr.scripted_device import BUSY, DEVICE, IDLE, IMAGE, ROUTER, SIZE, check, driver, packages
from platforms.scripted_device import Refused, changed, lacking

from swimctl.config.settings import Readiness
from swimctl.errors import CommandRefused, UnparsableOutput
from swimctl.platforms.cisco_xr.readiness import installer, space
from swimctl.platforms.facts import SoftwareVersion

VERSION, NODES, PACKAGES, DISKS = "show version", "show platform", "show install active", "show filesystem location all"
LAGS = ("7.3.2", "7.3.1", "7.3.2")


REFUSALS = {
    "account that may only look": Refused(
        "privilege", "pkg-mgmt: READ", "READ WRITE EXECUTE", "root-lr",
        (("show user tasks", "READ    WRITE    EXECUTE    DEBUG", "READ"),),
    ),
    "IOS XR 7": Refused(
        "kind of IOS XR", "LNT", "64-bit", "`install replace", ((VERSION, "Version 7.3.2", "Version 7.3.2 LNT"),)
    ),
    "classic IOS XR": Refused(
        "kind of IOS XR", "classic", "64-bit", "by hand",
        ((VERSION, "System uptime is 3 weeks, 4 hours",
          'edge-1 uptime is 3 weeks\nSystem image file is "disk0:x.vm"\n1k bytes of disk0: (Sector size 512 bytes).'),),
    ),
    "another model": Refused(
        "model", "ASR-9006-AC-V2", "ASR-9010", "`model`", asked={"device": replace(DEVICE, model="ASR-9010")}
    ),
    "another serial number": Refused(
        "serial number", "FOX24100001", "FOX2", "`serial`", asked={"device": replace(DEVICE, serial="FOX2")}
    ),
    "node of another release": Refused(
        "same release on every node", "7.3.1, 7.3.2", "one release", "hw-module location NODE reload",
        ((PACKAGES, ROUTER[PACKAGES], packages("Active", *LAGS)),
         ("show install committed", ROUTER["show install committed"], packages("Committed", *LAGS))),
    ),
    "image of other hardware": Refused(
        "image family", "ASR-9006-AC-V2", "ncs5500", "--image", asked={"image": replace(IMAGE, family="ncs5500")}
    ),
    "image of classic IOS XR": Refused(
        "image file", "asr9k-mini-px.vm-6.4.2", ".iso", "--image",
        asked={"image": replace(IMAGE, filename="asr9k-mini-px.vm-6.4.2", family="asr9k-px")},
    ),
    "card that starts": Refused(
        "nodes", "0/0/CPU0 OPERATIONAL", "IOS XR RUN", "`show platform`",
        ((NODES, "A9K-24X10GE-1G-SE          IOS XR RUN ", "A9K-24X10GE-1G-SE          OPERATIONAL"),),
    ),
    "power module that failed": Refused(
        "nodes", "0/PM0 FAILED", "in order", "`show platform`", ((NODES, "OPERATIONAL", "FAILED     "),)
    ),
    "standby that is not ready": Refused(
        "standby processor", "STANDBY, not ready", "STANDBY, ready", "`show redundancy`",
        (("show redundancy", "is ready", "is not ready"),),
    ),
    "software that nobody committed": Refused(
        "no uncommitted install", "asr9k-mgbl-x64-2.0.0.0-r732", "committed", "`install commit`",
        (("show install committed", "        asr9k-mgbl-x64-2.0.0.0-r732\n\nNode 0/0/CPU0",
          "        asr9k-mgbl-x64-2.0.0.0-r731\n\nNode 0/0/CPU0"),),
    ),
    "installer at work": Refused(
        "no install operation in progress", "operation 26", "none", "`show install request`",
        (("show install request", IDLE, BUSY),),
    ),
    "installer at work that does not name its operation": Refused(
        "no install operation in progress", "operation in progress", "none", "wait until it has ended",
        (("show install request", IDLE, "The operation is 40% complete"),),
    ),
    "standby without room": Refused(
        "free harddisk: of 0/RSP1/CPU0", "1.0 MB", f"{2.5 * SIZE / 1e6:.1f} MB", "`dir harddisk:`",
        ((DISKS, "4100000000", "1000000"),),
    ),
    "standby without a disk": Refused(
        "free harddisk: of 0/RSP1/CPU0", "unknown", "MB", "`dir harddisk:`",
        ((DISKS, "  24467337216   4100000000    harddisk     rw  harddisk:\n", ""),),
    ),
    "older image": Refused(
        "not a downgrade", "7.3.2 to 7.2.2", "7.3.2 or newer", "allow_downgrade",
        asked={"image": replace(IMAGE, version="7.2.2")},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSALS)
def test_a_rule_that_is_broken_refuses_and_says_what_comes_next(name: str) -> None:
    case = REFUSALS[name]
    case.is_told_by(check(changed(ROUTER, *case.changes), **case.asked))


def test_a_router_that_is_well_is_ready_and_only_looked_at() -> None:
    findings = check(ROUTER)
    assert lacking(findings) == {}
    assert len(findings) > 12
    made, terminal = driver(dict(ROUTER))
    made.check(DEVICE, IMAGE, cleanup=False)
    assert all(line.startswith(("show ", "admin show ", "dir ")) for line in terminal.asked)


def test_what_is_there_of_the_file_counts_for_the_active_processor_alone() -> None:
    there = f"   13 -rw-r--r--. 1 {SIZE} Jun 15 23:36 {IMAGE.filename}\n\n9948012 kbytes"
    answers = changed(ROUTER, ("dir harddisk:", "\n9948012 kbytes", there), (DISKS, "4000000000", "2300000000"))
    assert lacking(check(answers)) == {}
    assert set(lacking(check(changed(answers, (DISKS, "4100000000", "2300000000"))))) == {
        "free harddisk: of 0/RSP1/CPU0"
    }


def test_one_processor_needs_no_standby_and_a_card_that_is_switched_off_no_release() -> None:
    alone = changed(
        ROUTER,
        (NODES, "0/RSP1/CPU0       A9K-RSP880-SE(Standby)     IOS XR RUN        NSHUT\n", ""),
        (NODES, "A9K-24X10GE-1G-SE          IOS XR RUN ", "A9K-24X10GE-1G-SE          ADMIN DOWN "),
        ("show redundancy", "Node Redundancy Partner (0/RSP1/CPU0) is in STANDBY role\n",
         "Node 0/RSP0/CPU0 has no valid partner\n"),
    )  # fmt: skip
    assert lacking(check(alone)) == {}


@pytest.mark.parametrize(
    ("command", "error"),
    [
        ("show install committed", UnparsableOutput),
        ("show redundancy", UnparsableOutput),
        ("show filesystem location all", UnparsableOutput),
        ("admin show platform", CommandRefused),
    ],
)
def test_a_rule_that_cannot_be_applied_has_not_been(command: str, error: type[Exception]) -> None:
    odd = "% This command is not authorized\n" if error is CommandRefused else "something else\n"
    with pytest.raises(error):
        check({**ROUTER, command: odd})


def test_another_kind_of_ios_xr_is_asked_nothing_else() -> None:
    answers = changed(ROUTER, (VERSION, "Version 7.3.2", "Version 7.3.2 LNT"))
    only = {key: answers[key] for key in (VERSION, "show user tasks")}
    assert [finding.ok for finding in driver(dict(only))[0].identity(DEVICE)] == [True, False]
    assert set(lacking(check(only))) == {"kind of IOS XR"}


def test_what_is_not_known_refuses_and_says_where_to_look() -> None:
    (disk,) = space({}, IMAGE, Readiness())
    assert (disk.rule, disk.ok, disk.seen) == ("free harddisk:", False, "unknown")
    kind = installer(SoftwareVersion("7.3.2"))
    assert (kind.ok, kind.seen, kind.next_command) == (False, "unknown", "`show version` on the device")
    assert set(lacking([disk, kind])) == {disk.rule, kind.rule}


READY = {
    "kind of IOS XR": "64-bit",
    "model": "ASR-9006-AC-V2",
    "serial number": "FOX24100001",
    "same release on every node": "7.3.2",
    "image family": "ASR-9006-AC-V2",
    "image file": "asr9k-golden-x64-7.5.2-v1.iso",
    "nodes": "3 running",
    "standby processor": "STANDBY, ready",
    "no uncommitted install": "none",
    "no install operation in progress": "none",
    "free harddisk: of 0/RSP0/CPU0": "4000.0 MB",
    "free harddisk: of 0/RSP1/CPU0": "4100.0 MB",
    "not a downgrade": "7.3.2 to 7.5.2",
    "privilege": "task pkg-mgmt: READ WRITE EXECUTE DEBUG",
}


def test_a_router_that_is_ready_shows_each_fact_in_these_words() -> None:
    found = check(ROUTER)
    assert {finding.rule: finding.seen for finding in found if finding.ok} == READY
    assert lacking(found) == {}
