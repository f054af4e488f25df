"""What a lab switch shows of its software: release, boot settings, install states, configuration. Pure."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from swimctl.lab.cisco_xe.configuration import IGNORED
from swimctl.lab.cisco_xe.forms import CHASSIS_BOOT, CURRENT_BOOT, RESTART, TIMER
from swimctl.lab.cisco_xe.models import Shape
from swimctl.lab.cisco_xe.release import Release
from swimctl.lab.configuration import Configuration

if TYPE_CHECKING:
    from swimctl.lab.cisco_xe.device import Switch

RULE = "-" * 80
INSTALL_FORMS = {
    "summary": ("Installed", "UCID"),
    "active": ("Active", "UC"),
    "committed": ("Committed", "C"),
    "inactive": ("Inactive", "I"),
    "uncommitted": ("Uncommitted", "U"),
}
"""Form of `show install` -> the word in its title, and the states it lists."""
REGISTER = "0x102"
NVRAM = 2_097_152
"""Bytes of it."""


def uptime(seconds: float) -> str:
    """Write a time as `show version` does."""
    minutes = int(seconds // 60)
    parts: list[str] = []
    for name, size in (("year", 525_600), ("week", 10_080), ("day", 1_440), ("hour", 60), ("minute", 1)):
        count, minutes = divmod(minutes, size)
        if count or (name == "minute" and not parts):
            parts.append(f"{count} {name}{'s' if count != 1 else ''}")
    return ", ".join(parts)


def image_line(switch: Switch, release: Release) -> str:
    """Write the second line of `show version`, which other commands repeat."""
    return release.named(switch.spec.hardware.platform_image)


def version(switch: Switch) -> str:
    """Show version."""
    release, model = switch.install.running, switch.spec.hardware
    fault = switch.spec.fault("no-boot-time")
    booted = switch.clock.at(switch.started_at).strftime("%H:%M:%S UTC %a %b %-d %Y")
    first = switch.spec.members[0]
    kind = "Flash" if model.stackable else "Bootflash"
    lines = [
        f"Cisco IOS XE Software, Version {release.padded}",
        image_line(switch, release),
        "Technical Support: http://www.cisco.com/techsupport",
        "Copyright (c) 1986-2024 by Cisco Systems, Inc.",
        "Compiled Wed 14-Feb-24 05:46 by mcpre",
        "",
        "",
        "ROM: IOS-XE ROMMON",
        f"BOOTLDR: System Bootstrap, Version {release.major}.{release.minor}.1r, RELEASE SOFTWARE (P)",
    ]
    if not (fault and fault.argument == "uptime"):
        lines += [
            f"{switch.hostname} uptime is {uptime(switch.uptime)}",
            f"Uptime for this control processor is {uptime(switch.active_for + 60)}",
        ]
    lines.append(f"System returned to ROM by {switch.reload_reason}")
    if not fault and RESTART.of(switch.spec, release.padded):
        lines.append(f"System restarted at {booted}")
    lines += [
        f'System image file is "{system_image(switch)}"',
        f"Last reload reason: {switch.reload_reason}",
        "",
        "",
        "Technology Package License Information: ",
        "",
        "-" * 78,
        "Technology-package                                     Technology-package",
        "Current                        Type                       Next reboot  ",
        "-" * 78,
        "network-advantage   \tSmart License                 \t network-advantage   ",
        "dna-advantage       \tSubscription Smart License    \t dna-advantage       ",
        "",
        "",
        "Smart Licensing Status: Smart Licensing Using Policy",
        "",
        f"cisco {first.model} (X86) processor with 1333273K/6147K bytes of memory.",
        f"Processor board ID {first.serial}",
        "2 Virtual Ethernet interfaces",
        *_port_counts(switch),
        "2048K bytes of non-volatile configuration memory.",
        f"{model.memory_kb}K bytes of physical memory.",
        f"{switch.flash(1).capacity // 1024}K bytes of {kind} at {kind.lower()}:.",
        "",
    ]
    if model.shape is Shape.WIRELESS:
        lines += [f"Installation mode is {switch.install.mode} ", "", "", f"Configuration register is {REGISTER}"]
        return "\n".join([*lines, "", ""])
    lines += _member_block(switch, 1)
    if not model.stackable:
        return "\n".join([*lines, "", ""])
    lines += [
        "",
        "",
        "Switch Ports Model              SW Version        SW Image              Mode   ",
        "------ ----- -----              ----------        ----------            ----   ",
    ]
    there = [n for n in switch.members if n == 1 or switch.member_state(n) in {"Ready", "V-Mismatch"}]
    for number in there:
        spec = switch.spec.members[number - 1]
        star = "*" if number == 1 else " "
        lines.append(
            f"{star}{number:>5} {len(spec.hardware.ports(number)) + 1:<5} {spec.model:<18} "
            f"{switch.install.member_release(number).padded:<17} {spec.hardware.platform_image:<21} "
            f"{switch.install.mode:<6} "
        )
    for number in there[1:]:
        lines += [
            "",
            "",
            f"Switch {number:02}",
            "-" * 9,
            f"Switch uptime                      : {uptime(switch.uptime)}",
            "",
        ]
        lines += [*_member_block(switch, number), f"Last reload reason                 : {switch.reload_reason}"]
    lines += ["", f"Configuration register is {REGISTER}", ""]
    return "\n".join(lines) + "\n"


def system_image(switch: Switch) -> str:
    """Return what the switch was booted from."""
    root = "flash" if switch.spec.hardware.stackable else "bootflash"
    return f"{root}:{switch.install.booted_path if switch.install.booted else 'packages.conf'}"


def _port_counts(switch: Switch) -> list[str]:
    words = {
        "GigabitEthernet": "Gigabit Ethernet",
        "TwoGigabitEthernet": "2.5 Gigabit Ethernet",
        "TenGigabitEthernet": "Ten Gigabit Ethernet",
        "TwentyFiveGigE": "TwentyFive Gigabit Ethernet",
        "HundredGigE": "Hundred Gigabit Ethernet",
    }
    counts: dict[str, int] = {}
    for member in switch.members:
        for _name, bank in switch.spec.members[member - 1].hardware.ports(member):
            counts[bank.kind] = counts.get(bank.kind, 0) + 1
    return [f"{count} {words[kind]} interfaces" for kind, count in counts.items()]


def _member_block(switch: Switch, number: int) -> list[str]:
    spec = switch.spec.members[number - 1]
    digits = spec.mac.replace(".", "")
    return [
        f"Base Ethernet MAC Address          : {':'.join(digits[at : at + 2] for at in range(0, 12, 2))}",
        "Motherboard Assembly Number        : 73-19000-05",
        f"Motherboard Serial Number          : M{spec.serial[1:]}",
        f"Model Revision Number              : {spec.hardware.revision}",
        "Motherboard Revision Number        : A0",
        f"Model Number                       : {spec.model}",
        f"System Serial Number               : {spec.serial}",
    ]


def boot(switch: Switch) -> str:
    """Show boot, in the layout of stacks or of chassis."""
    following = ";".join(switch.configuration.boot_paths)
    later = f"BOOT variable = {following};" if following else "BOOT variable does not exist"
    manual = "yes" if switch.configuration.has("boot manual") else "no"
    release = switch.install.running.padded
    if not switch.spec.hardware.stackable:
        register = CHASSIS_BOOT.of(switch.spec, release)
        return "\n".join(
            _chassis_boot(later, manual, whose, register=register) for whose in ("", "Standby ")[: len(switch.members)]
        )
    text, told = "", CURRENT_BOOT.of(switch.spec, release)
    now = f"BOOT variable = {system_image(switch)};" if told else "BOOT variable does not exist"
    for number in switch.members:
        text += (
            f"---------------------------\nSwitch {number}\n---------------------------\nCurrent Boot Variables:\n"
            f"{now}\n\nBoot Variables on next reload:\n{later}\n"
            f"Manual Boot = {manual}\nEnable Break = no\nBoot Mode = DEVICE\niPXE Timeout = 0\n"
        )
    return text


def _chassis_boot(later: str, manual: str, whose: str, *, register: bool) -> str:
    lines = [
        re.sub(r"(?<!boot)flash:", "bootflash:", later),
        *([f"Configuration Register is {REGISTER}"] if register else []),
        f"MANUAL_BOOT variable = {manual}",
        "BAUD variable = 9600",
        "ENABLE_BREAK variable does not exist",
        "BOOTMODE variable does not exist",
        "IPXE_TIMEOUT variable does not exist",
        "CONFIG_FILE variable = ",
    ]
    return "".join(f"{whose}{line}\n" for line in lines)


def romvar(switch: Switch) -> str:
    """Show romvar."""
    first = switch.spec.members[0]
    rule = "-" * 34
    values = {
        "BAUD": "9600",
        "BOOT": "".join(f"{path};" for path in switch.configuration.boot_paths),
        "MAC_ADDR": first.mac.replace(".", "").upper(),
        "MANUAL_BOOT": "yes" if switch.configuration.has("boot manual") else "no",
        "MODEL_NUM": first.model,
        "SWITCH_NUMBER": "1",
        "SYSTEM_SERIAL_NUM": first.serial,
        "SWITCH_IGNORE_STARTUP_CFG": "1" if switch.configuration.has(IGNORED) else "0",
    }
    return f"{rule}\nROMMON variables for Active Switch\n{rule}\n" + "".join(f"{k}={v}\n" for k, v in values.items())


def install(switch: Switch, form: str = "summary") -> str:
    """Show install summary or one of its sisters: a block for each set of members in the same state."""
    title, wanted = INSTALL_FORMS[form]
    blocks: dict[tuple[tuple[str, Release], ...], list[int]] = {}
    for number in switch.members:
        blocks.setdefault(tuple(switch.install.states(number)), []).append(number)
    text = ""
    for rows, numbers in blocks.items():
        text += (
            f"[ {' '.join(filter(None, (switch.spec.unit_word, *map(switch.spec.unit, numbers))))} ] "
            f"{title} Package(s) Information:\n"
            "State (St): I - Inactive, U - Activated & Uncommitted,\n"
            "            C - Activated & Committed, D - Deactivated & Uncommitted\n"
            f"{RULE}\nType  St   Filename/Version    \n{RULE}\n"
        )
        listed = [f"IMG   {state}    {release.full:<70}\n" for state, release in rows if state in wanted]
        patches = switch.install.patches.states.items()
        listed += [f"SMU   {state}    flash:{name:<64}\n" for name, state in patches if state in wanted]
        text += "".join(listed) or f"No {title} Packages\n"
        text += "\n"
    timer = TIMER.of(switch.spec).text(switch.install.timer_left)
    return f"{text}{RULE}\n{timer}\n{RULE}\n\n" if timer else f"{text}\n"


def rollback(switch: Switch) -> str:
    """Show install rollback."""
    rows = [f"{number:<8}{'No Label':<33}No Description" for number, _at, _software in switch.install.points]
    return "\n".join(["ID      Label                            Description", "-" * 55, *rows, ""])


def package(switch: Switch, path: str) -> str:
    """Show install package: what an image file is, before anything is installed."""
    file = switch.find(path)
    software = switch.install.read(file) if file else None
    if file is None or software is None:
        return f"{path}: {'not a valid package' if file else 'No such file or directory'}\n"
    states = {release: letter for letter, release in switch.install.states(1)}
    words = {"C": "Activated & Committed", "U": "Activated & Uncommitted", "I": "Inactive", None: "Not Installed"}
    digest = hashlib.sha1(usedforsecurity=False)
    for block in file.blocks():
        digest.update(block)
    return (
        f"Name: {file.name}\nVersion: {software.release.full}.1708000000..{software.release.codename}\n"
        f"Platform: CAT9K\nPackage Type: IMG\nDefect ID:\nPackage State: {words[states.get(software.release)]}\n"
        f"Supersedes List: {{}}\n"
        f"SMU Fixes List: {{}}\nSMU ID: 0\nSize: {file.size}\n"
        f"Timestamp:\n\nRaw disk-file SHA1sum:\n{digest.hexdigest()}\n"
    )


def packages_conf(switch: Switch) -> str:
    """Write packages.conf, alike on every member: what the next boot starts."""
    software = switch.install.provisioned or switch.install.active
    digest = hashlib.sha1("".join(software.packages).encode(), usedforsecurity=False).hexdigest()
    lines = ["#! /usr/binos/bin/packages_conf.sh", "", f"sha1sum: {digest}", ""]
    lines += ["# sha1sum above - used to verify that this file is not corrupted.", "#"]
    for package in software.packages:
        kind = package.split(".")[0].rpartition("-")[2]
        lines.append(f"{'boot' if kind == 'rpboot' else 'iso':<5} rp 0 0   {kind:<13} {package}")
    return "\n".join(lines) + "\n"


def running_configuration(switch: Switch) -> str:
    """Show running-config."""
    text = written(switch, switch.configuration)
    return f"Building configuration...\n\nCurrent configuration : {len(text)} bytes\n{text}\n"


def startup_configuration(switch: Switch) -> str:
    """Show startup-config."""
    text = written(switch, switch.startup)
    return f"Using {len(text)} out of {NVRAM} bytes\n{text}\n"


def written(switch: Switch, configuration: Configuration) -> str:
    """Write a configuration as the file that it is."""
    release = switch.install.running
    return f"!\nversion {release.major}.{release.minor}\n{configuration.text}"
