"""Every readiness rule: when it holds, and when it refuses with the value seen, the value needed and what to do."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from platforms.paper import (
    CHASSIS,
    DEVICE,
    IMAGE,
    PAIR,
    STACK,
    changed,
    check,
    driver,
    lacking,
)

from swimctl.errors import UnparsableOutput
from swimctl.facts import InstallSummary, Placement
from swimctl.models import ImageKind
from swimctl.platforms.cisco_ios.driver import BUNDLE
from swimctl.platforms.cisco_xe.readiness import space
from swimctl.platforms.rules import kind
from swimctl.settings import Readiness

ANY = replace(DEVICE, model=None, serial=None)
INACTIVE = "IMG   C    17.09.05.0.6411\nIMG   I    17.{}\n"
COMMITTED = "IMG   C    17.09.05.0.6411\n"
MEMBER_2_ROW = "     2 41    C9300-24T          17.09.05          CAT9K_IOSXE           INSTALL\n"
IMAGE_FILE = "30531  -rw-        {}  Mar 10 2024 17:20:51 +01:00  cat9k_iosxe.17.12.04.SPA.bin\n\n11353194496"
VERSION, SWITCH, INSTALL, BOOT = "show version", "show switch", "show install summary", "show boot"
SECOND = STACK[BOOT][STACK[BOOT].index("Switch 2") :]
NEXT = "on next reload:\nBOOT variable = flash:packages.conf;"
CHASSIS_REGISTER = "Configuration Register is 0x102\n"


@dataclass(frozen=True)
class Refused:
    """One way to break one rule: what is changed on paper, and the three things that a refusal must name."""

    rule: str
    seen: str
    needed: str
    next_command: str
    changes: tuple[tuple[str, str, str], ...] = ()
    asked: dict[str, Any] = field(default_factory=dict)
    switch: dict[str, str] = field(default_factory=lambda: STACK)
    also: tuple[str, ...] = ()


PEER = CHASSIS["show redundancy"][CHASSIS["show redundancy"].index("Peer Processor") :]
PATCH = replace(IMAGE, filename="cat9k_iosxe.17.09.05.CSCwa00002.SPA.smu.bin", version="17.9.5", kind=ImageKind.PATCH)
COMMIT, SET_BOOT, IGNORE = "`install commit`", "`boot system flash:packages.conf`", "`no system ignore startupconfig"
MAKE_ROOM = "run again with --cleanup-flash, or `dir flash:` and `delete`"
REFUSALS = {
    "another model": Refused(
        "model", "C9300-48P, C9300-24T", "C9500-24Y4C", "`model`", asked={"device": replace(ANY, model="C9500-24Y4C")}
    ),
    "another serial number": Refused(
        "serial number", "FLB27010AA1", "FLB27019ZZ9", "`serial`", asked={"device": replace(ANY, serial="FLB27019ZZ9")}
    ),
    "image of other hardware": Refused(
        "image family",
        "C9300-24T, C9300-48P",
        "hardware that cat9k_lite_iosxe runs on (does not fit)",
        "`swimctl image list`",
        asked={"image": replace(IMAGE, family="cat9k_lite_iosxe")},
    ),
    "image that nobody knows": Refused(
        "image family", "C9300-48P", "cannot tell", "--image", asked={"image": replace(IMAGE, family="cat10k")}
    ),
    "hardware that nobody knows": Refused(
        "image family", "Z9300-24T", "cannot tell", "--image", ((VERSION, "C9300-24T", "Z9300-24T"),)
    ),
    "member of another release": Refused(
        "stack members", "member 2 V-Mismatch", "every member Ready", "`show switch`",
        ((SWITCH, "1      V02     Ready", "1      V02     V-Mismatch"),),
    ),
    "member that starts": Refused(
        "stack members", "member 2 HA sync in progress", "Ready", "`show switch`",
        ((SWITCH, "1      V02     Ready", "1      V02     HA sync in progress"),),
    ),
    "member that left": Refused(
        "stack members", "member 3 Removed", "every member Ready", "`no switch N provision`",
        ((SWITCH, "Provisioned", "Removed"),), also=("same release on every member", "free flash on member 3"),
    ),
    "member that is prepared and has hardware": Refused(
        "stack members", "member 3 Provisioned", "Ready", "`show switch`",
        ((SWITCH, "0000.0000.0000", "0011.22aa.0300"),), also=("same release on every member",),
    ),
    "member that show switch forgot": Refused(
        "stack members", "member 2 not in 'show switch'", "Ready", "`show switch`",
        ((SWITCH, " 2       Standby  0011.22aa.0200     1      V02     Ready\n", ""),),
    ),
    "members of two releases": Refused(
        "same release on every member", "17.06.05, 17.09.05", "one release", "`install autoupgrade`",
        ((VERSION, "C9300-24T          17.09.05", "C9300-24T          17.06.05"),),
    ),
    "member without a release": Refused(
        "same release on every member", "member 2 without a release", "one release", "`install autoupgrade`",
        ((VERSION, MEMBER_2_ROW, ""),),
    ),
    "one member in bundle mode": Refused(
        "install mode", "member 2 BUNDLE", "INSTALL on every member", "`install add file",
        ((VERSION, MEMBER_2_ROW, MEMBER_2_ROW.replace("INSTALL", "BUNDLE")),),
    ),
    "chassis in bundle mode": Refused(
        "install mode", "R0 BUNDLE", "INSTALL", "activate commit`",
        ((VERSION, "packages.conf", "cat9k_iosxe.17.09.05.SPA.bin"),), switch=CHASSIS,
    ),
    "supervisor that does not stand by": Refused(
        "stack members", "R1 STANDBY COLD (ok, standby)", "Ready", "`show redundancy`",
        (("show redundancy", "STANDBY HOT", "STANDBY COLD"),), switch=CHASSIS,
    ),
    "supervisor that is not there": Refused(
        "stack members", "R1 DISABLED (booting)", "Ready", "`show redundancy`",
        (
            ("show platform", "ok, standby", "booting"),
            ("show redundancy", PEER, "Peer (slot: 4) information is not available because it is in 'DISABLED' state"),
        ),
        switch=CHASSIS, also=("same release on every member",),
    ),
    "supervisor of another release": Refused(
        "same release on every member", "17.09.05, 17.6.5", "one release", "`install autoupgrade`",
        (("show redundancy", PEER, PEER.replace("Version 17.9.5,", "Version 17.6.5,")),), switch=CHASSIS,
    ),
    "stack without a standby": Refused(
        "stack members", "none is the standby", "one the standby", "`show switch`", ((SWITCH, "Standby", "Member "),)
    ),
    "standby that does not tell what it boots": Refused(
        "boot variable", "unknown on R1", "packages.conf first", SET_BOOT,
        ((BOOT, CHASSIS[BOOT][CHASSIS[BOOT].index("Standby") :], ""),), switch=CHASSIS,
    ),
    "member that does not tell what it boots": Refused(
        "boot variable", "unknown on member 2", "packages.conf first", SET_BOOT, ((BOOT, "Switch 2\n", "Switch 4\n"),),
    ),
    "link of the pair that is down": Refused(
        "StackWise Virtual links", "TenGigabitEthernet2/0/11 down, Timeout", "up and", "`show stackwise-virtual link`",
        (("show stackwise-virtual link", "2/0/11  \tU          \tR", "2/0/11  \tD          \tT"),), switch=PAIR,
    ),
    "dual-active detection that is down": Refused(
        "dual-active detection", "TwentyFiveGigE2/0/24 down", "every port", "dual-active-detection`",
        (("show stackwise-virtual dual-active-detection", "2/0/24            up", "2/0/24            down"),),
        switch=PAIR,
    ),
    "pair in recovery": Refused(
        "dual-active detection", "in recovery mode", "no recovery", "dual-active-detection`",
        (("show stackwise-virtual dual-active-detection", "mode: No", "mode: Yes"),), switch=PAIR,
    ),
    "pair with four supervisors": Refused(
        "supervisors of the pair", "1/R1, 2/R1", "one supervisor a chassis", "by hand",
        ((INSTALL, "1/R0 2/R0", "1/R0 1/R1 2/R0 2/R1"),), switch=PAIR,
    ),
    "no room on the active supervisor": Refused(
        "free flash on R0", "2400.0 MB", "2500.0 MB", MAKE_ROOM, (("show file systems", "2600000000", "2400000000"),),
        switch=CHASSIS,
    ),
    "no room on the other chassis": Refused(
        "free flash on member 2", "2499.0 MB", "2500.0 MB", MAKE_ROOM,
        (("show file systems", "2700000000", "2499000000"),), switch=PAIR,
    ),
    "patch of another release": Refused(
        "release of the patch", "17.09.05", "17.6.5, which the patch mends", "`swimctl image list`",
        asked={"image": replace(PATCH, version="17.6.5")},
    ),
    "another patch is added": Refused(
        "no other image added", "flash:b.smu.bin", f"none but {PATCH.filename}", "--cleanup-flash",
        ((INSTALL, COMMITTED, f"{COMMITTED}SMU   I    flash:b.smu.bin\n"),), asked={"image": PATCH},
    ),
    "image that waits for its commit": Refused(
        "no uncommitted install", "17.09.05.0.6411 is U", "committed", "`install abort`",
        ((INSTALL, "IMG   C", "IMG   U"),),
    ),
    "patch that is half removed": Refused(
        "no uncommitted install", "flash:a.smu.bin is D", "committed", COMMIT,
        ((INSTALL, COMMITTED, f"{COMMITTED}SMU   D    flash:a.smu.bin\n"),),
    ),
    "nothing is committed": Refused(
        "no uncommitted install", "no committed image", "committed", COMMIT, ((INSTALL, "IMG   C", "IMG   I"),),
        also=("no other image added",),
    ),
    "timer runs": Refused(
        "auto-abort timer", "running, 109 min left", "not running", COMMIT,
        ((INSTALL, "inactive", "active on install_activate, time before rollback - 01:49:42"),),
    ),
    "another image is added": Refused(
        "no other image added", "17.10.01.0.1444", "none but 17.12.4", "--cleanup-flash",
        ((INSTALL, COMMITTED, INACTIVE.format("10.01.0.1444")),),
    ),
    "boots an image file": Refused(
        "boot variable", "flash:cat9k_iosxe.17.06.01.SPA.bin", "packages.conf first", SET_BOOT,
        ((BOOT, NEXT, NEXT.replace("= ", "= flash:cat9k_iosxe.17.06.01.SPA.bin;")),),
    ),
    "boots nothing": Refused(
        "boot variable", "not set", "packages.conf first", SET_BOOT,
        ((BOOT, NEXT, NEXT.replace("= flash:packages.conf;", "does not exist")),),
    ),
    "second member boots something else": Refused(
        "boot variable", "flash:old.bin on member 2", "packages.conf first", SET_BOOT,
        ((BOOT, SECOND, SECOND.replace(NEXT, NEXT.replace("packages.conf", "old.bin"))),),
    ),
    "standby supervisor boots something else": Refused(
        "boot variable", "bootflash:old.bin on the standby", "packages.conf first", SET_BOOT,
        ((BOOT, "Standby BOOT variable = bootflash:packages.conf", "Standby BOOT variable = bootflash:old.bin"),),
        switch=CHASSIS,
    ),
    "one member waits at its boot prompt": Refused(
        "boots by itself", "manual boot", "no manual boot", "`no boot manual`",
        ((BOOT, SECOND, SECOND.replace("Manual Boot = no", "Manual Boot = yes")),),
    ),
    "register that stays at the boot prompt": Refused(
        "boots by itself", "manual boot (register 0x2100)", "no manual boot", "`config-register 0x2102`",
        ((VERSION, "is 0x102", "is 0x2100"),),
    ),
    "nobody says how it boots": Refused(
        "boots by itself", "unknown", "no manual boot", "`no boot manual`",
        ((BOOT, f"{CHASSIS_REGISTER}MANUAL_BOOT variable = no\n", ""),), switch=CHASSIS,
        also=("startup configuration",),
    ),
    "startup configuration ignored by a variable": Refused(
        "startup configuration", "ignored at the next boot", "read at the next boot", IGNORE,
        (("show romvar", "STARTUP_CFG=0", "STARTUP_CFG=1"),),
    ),
    "startup configuration ignored by the register": Refused(
        "startup configuration", "ignored at the next boot (register 0x142)", "read", "`config-register 0x2102`",
        ((VERSION, "is 0x102", "is 0x142"),),
    ),
    "startup configuration ignored by the next register": Refused(
        "startup configuration", "ignored at the next boot (register 0x2142)", "read", "`config-register 0x2102`",
        ((VERSION, "is 0x102", "is 0x102 (will be 0x2142 at next reload)"),),
    ),
    "startup configuration ignored by the configuration": Refused(
        "startup configuration", "ignored at the next boot", "read", IGNORE,
        (("show running-config", "hostname", "system ignore startupconfig switch all\nhostname"),), switch=CHASSIS,
    ),
    "nobody says whether the startup configuration is read": Refused(
        "startup configuration", "unknown", "read at the next boot", IGNORE, ((BOOT, CHASSIS_REGISTER, ""),),
        switch=CHASSIS,
    ),
    "no room on the active member": Refused(
        "free flash on member 1", "2400.0 MB", "2500.0 MB (2.5 times the image", MAKE_ROOM,
        (("show file systems", "2600000000", "2400000000"),),
    ),
    "no room on another member": Refused(
        "free flash on member 2", "2499.0 MB", "2500.0 MB", MAKE_ROOM,
        (("show file systems", "2700000000", "2499000000"),),
    ),
    "the copy that is there frees no room elsewhere": Refused(
        "free flash on member 2", "1600.0 MB", "2500.0 MB", MAKE_ROOM,
        (("show file systems", "2700000000", "1600000000"), ("dir flash:", "\n11353194496", IMAGE_FILE.format(10**9))),
    ),
    "a member's flash is not listed": Refused(
        "free flash on member 2", "unknown", "2500.0 MB", MAKE_ROOM,
        (("show file systems", "flash-2: stby-flash:", "usb-2:"),),
    ),
    "a flash whose free bytes are not told": Refused(
        "free flash on R1", "unknown", "2500.0 MB", MAKE_ROOM, (("show file systems", "2700000000", "-"),),
        switch=CHASSIS,
    ),
    "added, but no room for its file": Refused(
        "free flash on member 1", "900.0 MB", "1000.0 MB (unpacked already)", MAKE_ROOM,
        (("show file systems", "2600000000", "900000000"), (INSTALL, COMMITTED, INACTIVE.format("12.04.0.4521"))),
    ),
    "more room wanted by the settings": Refused(
        "free flash on member 2", "2700.0 MB", "3000.0 MB (3 times", MAKE_ROOM,
        asked={"policy": Readiness(space_factor=3)}, also=("free flash on member 1",),
    ),
    "older image": Refused(
        "not a downgrade", "17.09.05 to 17.6.5", "17.09.05 or newer", "swimctl.readiness.allow_downgrade: true",
        asked={"image": replace(IMAGE, version="17.6.5")},
    ),
    "images that cannot be compared": Refused(
        "not a downgrade", "17.09.05 to BLD_X", "can be compared", "allow_downgrade",
        asked={"image": replace(IMAGE, version="BLD_X")},
    ),
    "little privilege": Refused(
        "privilege", "level 7", "level 15", "SWIMCTL_ENABLE_SECRET", (("show privilege", "15", "7"),)
    ),
}  # fmt: skip


def test_a_healthy_stack_passes_every_rule() -> None:
    assert lacking(check(STACK)) == {}


def test_a_healthy_chassis_passes_every_rule() -> None:
    assert lacking(check(CHASSIS, device=replace(DEVICE, model="C9407R", serial="FXE2703D0EF"))) == {}


def test_a_healthy_pair_passes_every_rule() -> None:
    assert lacking(check(PAIR, device=ANY)) == {}


def test_one_supervisor_alone_passes_every_rule() -> None:
    alone = changed(
        CHASSIS,
        ("show platform", "R1        C9400-SUP-1         ok, standby           3w1d\n", ""),
        (INSTALL, "R0 R1", "R0"),
    )
    assert lacking(check({**alone, "show redundancy": ""}, device=ANY)) == {}


def test_every_rule_is_tried() -> None:
    rules = {finding.rule for switch in (STACK, CHASSIS, PAIR) for finding in check(switch)}
    rules |= {finding.rule for finding in check(STACK, image=PATCH)}
    assert {case.rule for case in REFUSALS.values()} == rules


@pytest.mark.parametrize("name", REFUSALS)
def test_a_refusal_names_what_was_seen_what_is_needed_and_what_to_do(name: str) -> None:
    case = REFUSALS[name]
    refused = lacking(check(changed(case.switch, *case.changes), **{"device": ANY, **case.asked}))
    assert set(refused) == {case.rule, *case.also}
    finding = refused[case.rule]
    assert case.seen in finding.seen
    assert case.needed in finding.needed
    assert case.next_command in finding.next_command
    assert all(words in str(finding) for words in (case.rule, f"seen {finding.seen}", "needed ", "next: "))


HOLDS: dict[str, tuple[tuple[tuple[str, str, str], ...], dict[str, Any]]] = {
    "the inventory names neither model nor serial number": ((), {"device": ANY}),
    "the inventory names another member's model": ((), {"device": replace(ANY, model="C9300-24T")}),
    "the inventory names another member's serial number": ((), {"device": replace(ANY, serial="FLB27010AA2")}),
    "a downgrade that is allowed": (
        (), {"image": replace(IMAGE, version="17.6.5"), "policy": Readiness(allow_downgrade=True)},
    ),
    "an engineering image that is allowed": (
        (), {"image": replace(IMAGE, version="BLD_X"), "policy": Readiness(allow_downgrade=True)},
    ),
    "the same release once more": ((), {"image": replace(IMAGE, version="17.9.5")}),
    "a release without a letter, whose build may be the image's": (
        ((INSTALL, COMMITTED, INACTIVE.format("12.04.0.4521")),), {"image": replace(IMAGE, version="17.12.4a")},
    ),
    "less room by the settings": (
        (("show file systems", "2600000000", "1600000000"), ("show file systems", "2700000000", "1500000000")),
        {"policy": Readiness(space_factor=1.5)},
    ),
    "the file is there, so the active member needs less": (
        (("show file systems", "2600000000", "1500000000"), ("dir flash:", "\n11353194496", IMAGE_FILE.format(10**9))),
        {},
    ),
    "added already: only the file is needed, and only on the active member": (
        (
            ("show file systems", "2600000000", "1000000000"),
            ("show file systems", "2700000000", "0"),
            (INSTALL, COMMITTED, INACTIVE.format("12.04.0.4521")),
        ),
        {},
    ),
    "another image is added, and will be removed first": (
        ((INSTALL, COMMITTED, INACTIVE.format("10.01.0.1444")),), {"cleanup": True},
    ),
    "no room, but it is measured again after the clean-up": (
        (("show file systems", "2600000000", "1000000"),), {"cleanup": True},
    ),
    "a register that will be right": (((VERSION, "is 0x102", "is 0x142 (will be 0x102 at next reload)"),), {}),
    "less privilege by the settings": ((("show privilege", "15", "7"),), {"policy": Readiness(privilege=7)}),
}  # fmt: skip


@pytest.mark.parametrize("name", HOLDS)
def test_what_is_no_reason_to_refuse(name: str) -> None:
    changes, asked = HOLDS[name]
    assert lacking(check(changed(STACK, *changes), **asked)) == {}


SMU = f"SMU   {{}}    flash:{PATCH.filename}\n"
OF_ONE = STACK[INSTALL].replace("Switch 1 2", "Switch 2")


@pytest.mark.parametrize(
    ("shown", "placement"),
    [
        (STACK[INSTALL], Placement.ABSENT),
        (STACK[INSTALL].replace(COMMITTED, COMMITTED + SMU.format("I")), Placement.ADDED),
        (STACK[INSTALL].replace(COMMITTED, COMMITTED + SMU.format("U")), Placement.UNCOMMITTED),
        (STACK[INSTALL].replace(COMMITTED, COMMITTED + SMU.format("D")), Placement.UNCOMMITTED),
        (STACK[INSTALL].replace(COMMITTED, COMMITTED + SMU.format("C")), Placement.COMMITTED),
        (
            STACK[INSTALL].replace("Switch 1 2", "Switch 1").replace(COMMITTED, COMMITTED + SMU.format("C")) + OF_ONE,
            Placement.UNCOMMITTED,
        ),
    ],
)
def test_a_patch_is_where_every_member_says_that_it_is(shown: str, placement: Placement) -> None:
    assert driver({**STACK, INSTALL: shown})[0].installed(PATCH).placement is placement


def test_a_member_of_which_nothing_is_told_is_not_guessed() -> None:
    with pytest.raises(UnparsableOutput, match="it says nothing of 1"):
        driver({**STACK, INSTALL: OF_ONE})[0].installed(IMAGE)


def test_space_that_is_put_off_says_so() -> None:
    full = changed(STACK, ("show file systems", "2600000000", "1000000"))
    finding = next(f for f in check(full, cleanup=True) if f.rule == "free flash on member 1")
    assert finding.seen == "1.0 MB"
    assert finding.needed.endswith("; measured again after the clean-up")


def test_unknown_space_is_refused_whatever_will_be_cleaned() -> None:
    silent = changed(STACK, ("show file systems", "flash-2: stby-flash:", "usb-2:"))
    assert set(lacking(check(silent, cleanup=True))) == {"free flash on member 2"}


def test_a_device_without_any_flash_is_refused() -> None:
    image = replace(IMAGE, size=1)
    refused = space({}, InstallSummary((), timer_printed=True), image, Readiness())
    assert [(finding.ok, finding.seen) for finding in refused] == [(False, "unknown")]


def test_after_a_clean_up_the_refusal_does_not_name_the_clean_up() -> None:
    full = changed(STACK, ("show file systems", "2600000000", "1000000"))
    refused = lacking(driver(full)[0].space(IMAGE))
    assert set(refused) == {"free flash on member 1"}
    assert refused["free flash on member 1"].next_command.startswith("`dir flash:` and `delete`")


def test_all_that_lacks_is_said_at_once() -> None:
    poor = changed(STACK, (SWITCH, "Provisioned", "Removed"), (VERSION, "is 0x102", "is 0x142"))
    refused = lacking(check(poor, image=replace(IMAGE, version="17.6.5")))
    assert {"stack members", "startup configuration", "not a downgrade"} <= set(refused)


def test_with_little_privilege_nothing_else_is_asked() -> None:
    one, session = driver(changed(STACK, ("show privilege", "15", "1")))
    for findings in (one.check(DEVICE, IMAGE, cleanup=False), one.identity(DEVICE)):
        assert [(finding.rule, finding.ok) for finding in findings] == [("privilege", False)]
    assert set(session.asked) == {"show privilege"}


def test_identity_alone_asks_for_the_device_and_its_stack() -> None:
    broken = changed(STACK, (SWITCH, "Provisioned", "Removed"))
    refused = lacking(driver(broken)[0].identity(replace(DEVICE, model="C9500-24Y4C", serial="FLB27019ZZ9")))
    assert set(refused) == {"model", "serial number", "stack members", "same release on every member"}


def test_a_driver_that_installs_no_patches_refuses_one() -> None:
    (refused,) = kind(PATCH, BUNDLE.kinds)
    assert refused.seen == f"{PATCH.filename}, patch"
    assert list(kind(PATCH, driver(STACK)[0].support.kinds)) == list(kind(IMAGE, BUNDLE.kinds)) == []
