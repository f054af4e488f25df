"""What a device of classic IOS shows otherwise than a Catalyst 9000. Pure; one function a command."""

from __future__ import annotations

from typing import TYPE_CHECKING

from swimctl.lab.cisco_ios.forms import BOOT, RESTART
from swimctl.lab.cisco_xe.shows_software import NVRAM, uptime

if TYPE_CHECKING:
    from swimctl.lab.cisco_ios.device import IosSwitch

RULE = "-" * 58
SWITCH_REGISTER, ROUTER_REGISTER = "0xF", "0x2102"


def version(switch: IosSwitch) -> str:
    """Show version."""
    first, release = switch.spec.members[0], switch.install.running
    model, fault = first.hardware, switch.spec.fault("no-boot-time")
    series = model.platform_image.partition("-")[0]
    lines = [
        release.named(model.platform_image),
        "Technical Support: http://www.cisco.com/techsupport",
        "Copyright (c) 1986-2022 by Cisco Systems, Inc.",
        "Compiled Tue 13-Sep-22 10:35 by prod_rel_team",
        "",
        f"ROM: Bootstrap program is {series} boot loader",
        f"BOOTLDR: {series} Boot Loader ({series}-HBOOT-M) Version 15.2(7r)E2, RELEASE SOFTWARE (fc1)",
        "",
    ]
    if not (fault and fault.argument == "uptime"):
        lines.append(f"{switch.hostname} uptime is {uptime(switch.uptime)}")
    lines.append(f"System returned to ROM by {switch.reload_reason.lower()}")
    if not fault and RESTART.of(switch.spec, release.padded):
        booted = switch.clock.at(switch.started_at).strftime("%H:%M:%S UTC %a %b %-d %Y")
        lines.append(f"System restarted at {booted}")
    lines += [f'System image file is "{booted_from(switch)}"', f"Last reload reason: {switch.reload_reason}", "", ""]
    lines += _router(switch) if switch.spec.is_router else _stack(switch)
    register = ROUTER_REGISTER if switch.spec.is_router else SWITCH_REGISTER
    return "\n".join([*lines, "", f"Configuration register is {register}", "", ""])


def booted_from(switch: IosSwitch) -> str:
    """Return what it was booted from."""
    return f"{switch.spec.root}{switch.install.booted_path}"


def _router(switch: IosSwitch) -> list[str]:
    first = switch.spec.members[0]
    return [
        f"Cisco {first.model} (revision 1.0) with {first.hardware.memory_kb}K/32768K bytes of memory.",
        f"Processor board ID {first.serial}",
        f"{len(first.hardware.ports(1))} Gigabit Ethernet interfaces",
        "1 terminal line",
        "DRAM configuration is 64 bits wide with parity disabled.",
        "255K bytes of non-volatile configuration memory.",
        f"{switch.flash(1).capacity // 1024}K bytes of ATA System CompactFlash 0 (Read/Write)",
    ]


def _stack(switch: IosSwitch) -> list[str]:
    members = switch.spec.members
    first = members[0]
    ports = sum(len(member.hardware.ports(1)) for member in members)
    lines = [
        f"cisco {first.model} (APM86XXX) processor (revision D0) with {first.hardware.memory_kb}K bytes of memory.",
        f"Processor board ID {first.serial}",
        "Last reset from power-on",
        "2 Virtual Ethernet interfaces",
        "1 FastEthernet interface",
        f"{ports} Gigabit Ethernet interfaces",
        "The password-recovery mechanism is enabled.",
        "",
        "512K bytes of flash-simulated non-volatile configuration memory.",
        *_block(switch, 1),
        "",
        "",
        "Switch Ports Model                     SW Version            SW Image                 ",
        "------ ----- -----                     ----------            ----------               ",
    ]
    there = [n for n in switch.members if n == 1 or switch.member_state(n) in {"Ready", "V-Mismatch"}]
    for number in there:
        spec, release = members[number - 1], switch.install.member_release(number)
        lines.append(
            f"{'*' if number == 1 else ' '}{number:>5} {len(spec.hardware.ports(number)):<5} {spec.model:<25} "
            f"{release.padded:<21} {spec.hardware.platform_image:<25}"
        )
    for number in there[1:]:
        up = f"Switch Uptime                   : {uptime(switch.uptime)} "
        lines += ["", "", f"Switch {number:02}", "-" * 9, up, *_block(switch, number)]
    return [*lines, ""]


def _block(switch: IosSwitch, number: int) -> list[str]:
    spec = switch.spec.members[number - 1]
    digits = spec.mac.replace(".", "").upper()
    return [
        f"Base ethernet MAC Address       : {':'.join(digits[at : at + 2] for at in range(0, 12, 2))}",
        f"Model number                    : {spec.model}",
        f"System serial number            : {spec.serial}",
    ]


def boot(switch: IosSwitch) -> str:
    """Show boot, of a switch: the list of the active member, then those of the others."""
    text, name = "", BOOT.of(switch.spec, switch.install.running.padded).format
    for number in switch.members:
        text += f"-------------------\nSwitch {number}\n-------------------\n" if number > 1 else ""
        manual = "yes" if switch.configuration.has("boot manual") else "no"
        text += (
            f"{name('BOOT path-list')} {';'.join(switch.boot_paths(number))}\n"
            f"{name('Config file')} flash:/config.text\n{name('Private Config file')} flash:/private-config.text\n"
            f"{name('Enable Break')} no\n{name('Manual Boot')} {manual}\n"
            "Allow Dev Key         : yes\nHELPER path-list    : \nAuto upgrade        : yes\nAuto upgrade path   : \n"
        )
        if number == 1:
            text += (
                "NVRAM/Config file\n      buffer size:   524288\nTimeout for Config\n          Download:    0 seconds\n"
            )
            text += "Config Download \n       via DHCP:       disabled (next boot: disabled)\n"
    return text


def bootvar(switch: IosSwitch) -> str:
    """Show bootvar, of a router: it changes when the configuration is saved."""
    paths = "".join(f"{path},1;" for path in switch.startup.boot_paths)
    return (
        f"BOOT variable = {paths}\nCONFIG_FILE variable = \nBOOTLDR variable = \n"
        f"Configuration register is {ROUTER_REGISTER}\n\n"
    )


def stack(switch: IosSwitch) -> str:
    """Show switch."""
    words = {"V-Mismatch": "Version Mismatch"}
    lines = [
        f"Switch/Stack Mac Address : {switch.spec.members[0].mac}",
        "                                           H/W   Current",
        "Switch#  Role   Mac Address     Priority Version  State ",
        RULE,
    ]
    for number in switch.members:
        state = switch.member_state(number)
        lines.append(
            f"{'*' if number == 1 else ' '}{number}       {'Master' if number == 1 else 'Member'} "
            f"{switch.spec.members[number - 1].mac}     {max(16 - number, 1):<6} {4:<7} {words.get(state, state)}"
        )
    return "\n".join(lines) + "\n\n"


def inventory(switch: IosSwitch) -> str:
    """Show inventory."""
    text = ""
    for number in switch.members:
        spec = switch.spec.members[number - 1]
        name = spec.hardware.description if switch.spec.is_router else str(number)
        text += (
            f'NAME: "{name}", DESCR: "{spec.hardware.description}"\n'
            f"PID: {spec.model:<18}, VID: {spec.hardware.revision:<4} , SN: {spec.serial}\n\n"
        )
    return text


def file_systems(switch: IosSwitch) -> str:
    """Show file systems."""
    kind = "disk" if switch.spec.is_router else "flash"
    lines = ["File Systems:", "", "     Size(b)     Free(b)      Type  Flags  Prefixes"]
    for number in switch.members:
        flash, star = switch.flash(number), "*" if number == 1 else " "
        names = " ".join(f"{name}:" for name in switch.file_systems(number))
        lines.append(f"{star} {flash.capacity:>10}  {flash.free:>10}  {kind:>8}     rw   {names}")
    lines += [
        "           -           -    opaque     rw   system:",
        f"     {NVRAM // 4}      505643     nvram     rw   nvram:",
        "           -           -   network     rw   tftp:",
    ]
    return "\n".join(lines) + "\n\n"
