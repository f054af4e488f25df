"""A switch on paper: what it would answer to every command of the readiness check, to be changed word by word."""

from __future__ import annotations

from dataclasses import replace

from platforms.material import sample
from platforms.scripted_device import Paper, image

from swimctl.config.settings import Readiness, Settings
from swimctl.models import Device, Finding, Image, ImageKind
from swimctl.platforms.cisco_ios.choice import install_mode
from swimctl.platforms.cisco_xe.driver import CiscoXe

SIZE = 1_000_000_000
REFUSED = "                 ^\n% Invalid input detected at '^' marker.\n"
UNAUTHORIZED = "% Authorization failed.\n"
VERSION, SWITCH, INSTALL, BOOT = "show version", "show switch", "show install summary", "show boot"
INACTIVE = "IMG   C    17.09.05.0.6411\nIMG   I    17.{}\n"
COMMITTED = "IMG   C    17.09.05.0.6411\n"
IMAGE_FILE = "30531  -rw-        {}  Mar 10 2024 17:20:51 +01:00  cat9k_iosxe.17.12.04.SPA.bin\n\n11353194496"

_VERSION = """\
Cisco IOS XE Software, Version 17.09.05
Cisco IOS Software [Cupertino], Catalyst L3 Switch Software (CAT9K_IOSXE), Version 17.9.5, RELEASE SOFTWARE (fc1)
hall-2 uptime is 3 weeks, 1 day, 4 hours, 9 minutes
System restarted at 22:11:05 CET Sat Mar 9 2024
System image file is "flash:packages.conf"
Last reload reason: Image Install
cisco C9300-48P (X86) processor with 1338842K/6147K bytes of memory.
Processor board ID FLB27010AA1

Switch Ports Model              SW Version        SW Image              Mode
------ ----- -----              ----------        ----------            ----
*    1 65    C9300-48P          17.09.05          CAT9K_IOSXE           INSTALL
     2 41    C9300-24T          17.09.05          CAT9K_IOSXE           INSTALL

Configuration register is 0x102
"""
_SWITCH = """\
Switch/Stack Mac Address : 0011.22aa.0100 - Local Mac Address
                                             H/W   Current
Switch#   Role    Mac Address     Priority Version  State
-------------------------------------------------------------------------------------
*1       Active   0011.22aa.0100     15     V02     Ready
 2       Standby  0011.22aa.0200     1      V02     Ready
 3       Member   0000.0000.0000     0              Provisioned
"""
_INSTALL = """\
[ Switch 1 2 ] Installed Package(s) Information:
State (St): I - Inactive, U - Activated & Uncommitted,
            C - Activated & Committed, D - Deactivated & Uncommitted
--------------------------------------------------------------------------------
Type  St   Filename/Version
--------------------------------------------------------------------------------
IMG   C    17.09.05.0.6411

--------------------------------------------------------------------------------
Auto abort timer: inactive
--------------------------------------------------------------------------------
"""
_BOOT = "".join(
    f"""\
---------------------------
Switch {member}
---------------------------
Current Boot Variables:
BOOT variable = flash:packages.conf;

Boot Variables on next reload:
BOOT variable = flash:packages.conf;
Manual Boot = no
Enable Break = no
"""
    for member in (1, 2)
)
_ROMVAR = """\
ROMMON variables for Active Switch
BAUD=9600
MANUAL_BOOT=no
SWITCH_IGNORE_STARTUP_CFG=0
"""
_INVENTORY = """\
NAME: "c93xx Stack", DESCR: "c93xx Stack"
PID: C9300-48P         , VID: V02  , SN: FLB27010AA1

NAME: "Switch 2", DESCR: "C9300-24T"
PID: C9300-24T         , VID: V02  , SN: FLB27010AA2
"""
_SYSTEMS = """\
File Systems:

       Size(b)       Free(b)      Type  Flags  Prefixes
*  11353194496    2600000000      disk     rw   flash: bootflash: flash-1:
   11353980928    2700000000      disk     rw   flash-2: stby-flash:
"""
_DIR = """\
Directory of flash:/

30530  -rw-            16872  Mar 10 2024 17:20:51 +01:00  bootloader_evt_handle.log

11353194496 bytes total (2600000000 bytes free)
"""
_PLATFORM = """\
Chassis type: C9407R

Slot      Type                State                 Insert time (ago)
--------- ------------------- --------------------- -----------------
1         C9400-LC-48P        ok                    3w1d
R0        C9400-SUP-1         ok, active            3w1d
R1        C9400-SUP-1         ok, standby           3w1d

Slot      CPLD Version        Firmware Version
--------- ------------------- ---------------------------------------
R0        19061022            17.1.1[FC2]
"""
_CONFIGURATION = "Building configuration...\n\nversion 17.9\nhostname hall-2\nend\n"

STACK = {
    "show privilege": "Current privilege level is 15\n",
    "show version": _VERSION,
    "show switch": _SWITCH,
    "show install summary": _INSTALL,
    "show boot": _BOOT,
    "show romvar": _ROMVAR,
    "show inventory": _INVENTORY,
    "show file systems": _SYSTEMS,
    "dir flash:": _DIR,
    "show running-config": _CONFIGURATION,
}
"""Two members and a number that is only provisioned; an image of SIZE fits with the default rule of space."""

CHASSIS = {
    **STACK,
    "show version": sample("show_version/chassis_without_register").replace("17.12.01", "17.09.05"),
    "show switch": REFUSED,
    "show platform": _PLATFORM,
    "show redundancy": sample("show_redundancy/pair").replace("Version 17.9.4a,", "Version 17.9.5,"),
    "show install summary": _INSTALL.replace("Switch 1 2", "R0 R1"),
    "show file systems": _SYSTEMS.replace("flash: bootflash: flash-1:", "bootflash: flash:").replace(
        "flash-2: stby-flash:", "stby-bootflash: stby-flash:"
    ),
    "show boot": sample("show_boot/chassis_with_standby")
    .replace("bootflash:old.bin,12;", "")
    .replace("Standby MANUAL_BOOT variable = yes", "Standby MANUAL_BOOT variable = no"),
    "show romvar": REFUSED,
    "show inventory": _INVENTORY.replace("FLB27010AA1", "FXE2703D0EF"),
}
"""A C9407R, with two supervisors. It has neither `show switch` nor `show romvar`, and its register stands in
`show boot` alone."""

PAIR = {
    **CHASSIS,
    "show version": CHASSIS["show version"].replace("C9407R", "C9500-24Y4C"),
    "show switch": _SWITCH[: _SWITCH.index(" 3 ")],
    "show install summary": _INSTALL.replace("Switch 1 2", "Chassis 1/R0 2/R0"),
    "show file systems": _SYSTEMS.replace("flash-2: stby-flash:", "bootflash-2: stby-bootflash:"),
    "show stackwise-virtual link": sample("show_stackwise-virtual_link/ready").replace(
        "U          \tP", "U          \tR"
    ),
    "show stackwise-virtual dual-active-detection": sample(
        "show_stackwise-virtual_dual-active-detection/one_down"
    ).replace("down", "up"),
}
"""Two C9500: a StackWise Virtual pair, whose `show version` has no table of members."""

DEVICE = Device(1, "hall-2", "cisco_xe", "192.0.2.20", model="C9300-48P", serial="FLB27010AA1")
ANY = replace(DEVICE, model=None, serial=None)
IMAGE = image("cisco_xe", "cat9k_iosxe.17.12.04.SPA.bin", "cat9k_iosxe", "17.12.4", SIZE)
PATCH = replace(IMAGE, filename="cat9k_iosxe.17.09.05.CSCwa00002.SPA.smu.bin", version="17.9.5", kind=ImageKind.PATCH)


def driver(answers: dict[str, str], policy: Readiness | None = None) -> tuple[CiscoXe, Paper]:
    """Put the real driver in front of a switch on paper."""
    session = Paper(answers)
    return install_mode(session, Settings(readiness=policy or Readiness())), session


def check(
    answers: dict[str, str],
    *,
    device: Device = DEVICE,
    image: Image = IMAGE,
    policy: Readiness | None = None,
    cleanup: bool = False,
) -> list[Finding]:
    """Apply all rules to a switch on paper."""
    return driver(answers, policy)[0].check(device, image, cleanup=cleanup)
