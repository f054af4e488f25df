"""Every readiness rule of IOS-XE refuses with the value seen, the value needed and what to do."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest
from platforms.cisco_xe.scripted_device import (
    ANY,
    BOOT,
    CHASSIS,
    COMMITTED,
    IMAGE,
    IMAGE_FILE,
    INACTIVE,
    INSTALL,
    PAIR,
    PATCH,
    STACK,
    SWITCH,
    VERSION,
    check,
)
from platforms.scripted_device import Refused, changed

from swimctl.config.settings import Readiness

MEMBER_2_ROW = "     2 41    C9300-24T          17.09.05          CAT9K_IOSXE           INSTALL\n"
SECOND = STACK[BOOT][STACK[BOOT].index("Switch 2") :]
NEXT = "on next reload:\nBOOT variable = flash:packages.conf;"
CHASSIS_REGISTER = "Configuration Register is 0x102\n"


@dataclass(frozen=True)
class On(Refused):
    """The same of a device other than the stack."""

    switch: dict[str, str] = field(kw_only=True)


PEER = CHASSIS["show redundancy"][CHASSIS["show redundancy"].index("Peer Processor") :]
COMMIT, SET_BOOT, IGNORE = "`install commit`", "`boot system flash:packages.conf`", "`no system ignore startupconfig"
UNCOMMITTED = (INSTALL, "IMG   C", "IMG   U")
MAKE_ROOM = "run again with --cleanup-flash, or `dir flash:` and `delete`"
REFUSALS: dict[str, Refused] = {
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
    "chassis in bundle mode": On(
        "install mode", "R0 BUNDLE", "INSTALL", "activate commit`",
        ((VERSION, "packages.conf", "cat9k_iosxe.17.09.05.SPA.bin"),), switch=CHASSIS,
    ),
    "supervisor that does not stand by": On(
        "stack members", "R1 STANDBY COLD (ok, standby)", "Ready", "`show redundancy`",
        (("show redundancy", "STANDBY HOT", "STANDBY COLD"),), switch=CHASSIS,
    ),
    "supervisor that is not there": On(
        "stack members", "R1 DISABLED (booting)", "Ready", "`show redundancy`",
        (
            ("show platform", "ok, standby", "booting"),
            ("show redundancy", PEER, "Peer (slot: 4) information is not available because it is in 'DISABLED' state"),
        ),
        switch=CHASSIS, also=("same release on every member",),
    ),
    "supervisor of another release": On(
        "same release on every member", "17.09.05, 17.6.5", "one release", "`install autoupgrade`",
        (("show redundancy", PEER, PEER.replace("Version 17.9.5,", "Version 17.6.5,")),), switch=CHASSIS,
    ),
    "stack without a standby": Refused(
        "stack members", "none is the standby", "one the standby", "`show switch`", ((SWITCH, "Standby", "Member "),)
    ),
    "standby that does not tell what it boots": On(
        "boot variable", "unknown on R1", "packages.conf first", SET_BOOT,
        ((BOOT, CHASSIS[BOOT][CHASSIS[BOOT].index("Standby") :], ""),), switch=CHASSIS,
    ),
    "member that does not tell what it boots": Refused(
        "boot variable", "unknown on member 2", "packages.conf first", SET_BOOT, ((BOOT, "Switch 2\n", "Switch 4\n"),),
    ),
    "link of the pair that is down": On(
        "StackWise Virtual links", "TenGigabitEthernet2/0/11 down, Timeout", "up and", "`show stackwise-virtual link`",
        (("show stackwise-virtual link", "2/0/11  \tU          \tR", "2/0/11  \tD          \tT"),), switch=PAIR,
    ),
    "dual-active detection that is down": On(
        "dual-active detection", "TwentyFiveGigE2/0/24 down", "every port", "dual-active-detection`",
        (("show stackwise-virtual dual-active-detection", "2/0/24            up", "2/0/24            down"),),
        switch=PAIR,
    ),
    "pair in recovery": On(
        "dual-active detection", "in recovery mode", "no recovery", "dual-active-detection`",
        (("show stackwise-virtual dual-active-detection", "mode: No", "mode: Yes"),), switch=PAIR,
    ),
    "pair with four supervisors": On(
        "supervisors of the pair", "1/R1, 2/R1", "one supervisor a chassis", "by hand",
        ((INSTALL, "1/R0 2/R0", "1/R0 1/R1 2/R0 2/R1"),), switch=PAIR,
    ),
    "no room on the active supervisor": On(
        "free flash on R0", "2400.0 MB", "2500.0 MB", MAKE_ROOM, (("show file systems", "2600000000", "2400000000"),),
        switch=CHASSIS,
    ),
    "no room on the other chassis": On(
        "free flash on member 2", "2499.0 MB", "2500.0 MB", MAKE_ROOM,
        (("show file systems", "2700000000", "2499000000"),), switch=PAIR,
    ),
    "patch of another release": Refused(
        "release of the patch", "17.09.05", "17.6.5, which the patch is for", "`swimctl image list`",
        asked={"image": replace(PATCH, version="17.6.5")},
    ),
    "another patch is added": Refused(
        "no other image added", "flash:b.smu.bin", f"none but {PATCH.filename}", "--cleanup-flash",
        ((INSTALL, COMMITTED, f"{COMMITTED}SMU   I    flash:b.smu.bin\n"),), asked={"image": PATCH},
    ),
    "image that waits for its commit": Refused(
        "no uncommitted install", "17.09.05.0.6411 is U", "committed", "`install abort`",
        (UNCOMMITTED,),
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
        ((INSTALL, "inactive", "active on install_activate, time before rollback - 01:49:42"), UNCOMMITTED),
        also=("no uncommitted install",),
    ),
    "timer runs, nobody knows how long": Refused(
        "auto-abort timer", "running", "not running", COMMIT, ((INSTALL, "inactive", "active"), UNCOMMITTED),
        also=("no uncommitted install",),
    ),
    "nobody knows of a timer": Refused(
        "auto-abort timer",
        "may run",
        "not running",
        COMMIT,
        ((INSTALL, "Auto abort timer: inactive", ""), UNCOMMITTED),
        also=("no uncommitted install",),
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
    "standby supervisor boots something else": On(
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
    "nobody says how it boots": On(
        "boots by itself", "unknown", "no manual boot", "`no boot manual`",
        (
            (BOOT, f"{CHASSIS_REGISTER}MANUAL_BOOT variable = no\n", ""),
            (BOOT, "Standby MANUAL_BOOT variable = no\n", ""),
        ),
        switch=CHASSIS,
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
    "startup configuration ignored by the configuration": On(
        "startup configuration", "ignored at the next boot", "read", IGNORE,
        (("show running-config", "hostname", "system ignore startupconfig switch all\nhostname"),), switch=CHASSIS,
    ),
    "nobody says whether the startup configuration is read": On(
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
    "a flash whose free bytes are not told": On(
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


def test_every_rule_is_tried() -> None:
    rules = {finding.rule for switch in (STACK, CHASSIS, PAIR) for finding in check(switch)}
    rules |= {finding.rule for finding in check(STACK, image=PATCH)}
    assert {case.rule for case in REFUSALS.values()} == rules


@pytest.mark.parametrize("name", REFUSALS)
def test_a_refusal_names_what_was_seen_what_is_needed_and_what_to_do(name: str) -> None:
    case = REFUSALS[name]
    switch = case.switch if isinstance(case, On) else STACK
    case.is_told_by(check(changed(switch, *case.changes), **{"device": ANY, **case.asked}))
