"""What a lab Nexus shows of itself: release, modules, boot variables, features, configuration. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from swimctl.lab.cisco_nxos.device import CARDS_UP, SLOTS
from swimctl.lab.cisco_nxos.forms import BOOT, INVENTORY, LAST_RESET, MODULE, VERSION

if TYPE_CHECKING:
    from swimctl.lab.cisco_nxos.device import Nexus
    from swimctl.lab.configuration import Configuration

FEATURES = {"bgp": "bgp", "lacp": "lacp", "lldp": "lldp", "nxapi": "nxapi", "ospf": "ospf", "scp-server": "scpServer",
             "sftp-server": "sftpServer", "vpc": "vpc"}  # fmt: skip


_LICENCE = """\
The copyrights to certain works contained in this software are
owned by other third parties and used and distributed under their own licences.
"""


def version(switch: Nexus) -> str:
    """Show version."""
    fault, seconds, form = (
        switch.spec.fault("no-boot-time"),
        int(switch.uptime),
        VERSION.of(switch.spec, switch.release),
    )
    days, rest = divmod(seconds, 86_400)
    kind = " [Maintenance Release]" if switch.release.startswith("10.") else ""
    build = f" [build {switch.release}]" if form.build else ""
    up = f"{days} day(s), {rest // 3600} hour(s), {rest // 60 % 60} minute(s), {rest % 60} second(s)"
    booted = switch.clock.at(switch.started_at)
    between = "\n" if form.gap else ""
    return (
        "Cisco Nexus Operating System (NX-OS) Software\nTAC support: http://www.cisco.com/tac\n"
        f"Copyright (C) 2002-2024, Cisco and/or its affiliates.\nAll rights reserved.\n{_LICENCE}{between}"
        f"Software\n  BIOS: version 05.40\n{form.indent}NXOS: version {switch.release}{kind}{build}\n"
        + (f"  Host NXOS: version {switch.release}\n" if form.host else "")
        + f"  BIOS compile time:  01/17/2020\n  NXOS image file is: bootflash:///{switch.file}\n"
        "  NXOS compile time:  9/30/2023 12:00:00 [10/01/2023 05:04:03]\n"
        + ("  NXOS boot mode: LXC\n" if form.host else "")
        + f"{form.gap}Hardware\n"
        f"  cisco {switch.spec.hardware.printed} {'(4 Slot) ' * switch.spec.hardware.modular}Chassis \n"
        "  Intel(R) Xeon(R) CPU D-1528 @ 1.90GHz with 24571568 kB of memory.\n"
        f"  Processor Board ID {switch.spec.serial}\n  Device name: {switch.hostname}\n"
        f"  bootflash:   {switch.flash(1).capacity // 1024} kB\n{between}"
        + ("" if fault and fault.argument == "uptime" else f"Kernel uptime is {up}\n{between}")
        + (
            f"Last reset at 123456 usecs after {booted:%a %b %e %H:%M:%S %Y}\n"
            if tells_reset(switch)
            else "Last reset \n"
        )
        + f"  Reason: {switch.reload_reason}\n  System version: {switch.release}\n  Service: \n{between}"
        f"plugin\n  Core Plugin, Ethernet Plugin\n{between}Active Package(s):\n"
    )


def tells_reset(switch: Nexus) -> bool:
    """Return whether it knows the moment of its last reset."""
    return LAST_RESET.of(switch.spec, switch.release) and switch.spec.fault("no-boot-time") is None


Module: TypeAlias = tuple[str, int, str, str, str, str, str]


def modules(switch: Nexus) -> list[Module]:
    """List what stands in the slots: number, ports, kind, model, state, release, name of the slot."""
    hardware, release = switch.spec.hardware, switch.release
    ports = hardware.ports + hardware.uplinks
    if not hardware.modular:
        return [("1", ports, hardware.description, hardware.name, "active *", release, "NA")]
    late = switch.since_up < CARDS_UP
    first, other = (str(slot) for slot in SLOTS)
    rows = [
        ("1", ports, hardware.description, hardware.card, "powered-up" if late else "ok", release, "LC1"),
        ("22", 0, "4-slot Fabric Module", "N9K-C9504-FM-E", "powered-up" if late else "ok", release, "FM2"),
        (first, 0, "Supervisor Module", hardware.supervisor, "active *", release, "SUP1"),
    ]
    if state := switch.standby:
        rows.append((other, 0, "Supervisor Module", hardware.supervisor, state, switch.standby_release, "SUP2"))
    return rows


def serial_of(switch: Nexus, row: Module) -> str:
    """Return the serial number of a module; the only one of a fixed switch has the switch's."""
    return switch.spec.serial if row[-1] == "NA" else f"F{int(row[0]):02d}{switch.spec.serial[-8:]}"


def addresses_of(number: str) -> str:
    """Return the hardware addresses of a module."""
    mac = f"00-11-22-aa-{int(number):02d}"
    return f"{mac}-00 to {mac}-ff"


def module(switch: Nexus) -> str:
    """Show module."""
    form, rows = MODULE.of(switch.spec, switch.release), modules(switch)
    own = [row for row in rows if form.fabric and "Fabric" in row[2]]
    text = _tables("Mod", [row for row in rows if row not in own], switch, form.kind)
    text += "" if form.fabric else "\n* this terminal session\n"
    text += f"\n{_tables('LFM', own, switch, form.kind)}" if own else ""
    if form.accelerators:
        rule = f"--- ---  {'-' * 48} {'-' * 21} --------\n"
        text += f"Mod SAM                   Module-Type                            Model           Status\n{rule}"
        text += "".join(f"1    {n}     {'Service Accelerator Module':<47} {'N9324C-SE1U-DPU':<21} ok\n" for n in (1, 2))
        text += "\nMod SAM  Sw                      Hw     Serial-Num Online Diag Status\n"
        text += "--- ---  ----------------------- ------ ---------- ------------------\n"
        text += "".join(f"1    {n}    1.99.0-43                     FDO28370{n:03}      Pass\n" for n in (1, 2))
    return text


def _tables(first: str, rows: list[Module], switch: Nexus, kind: int) -> str:
    """Write the four tables of modules; `first` heads the column of slots, `kind` is the width of that of kinds."""
    apart = first != "Mod"
    lines = [f"{first} Ports {'Module-Type'.center(kind)} {'Model'.center(21)} Status"]
    lines.append(f"--- ----- {'-' * kind} {'-' * 21} {'-' * (9 if kind < 48 else 8)}")
    lines += [f"{n:<4} {ports:<5}{words:<{kind}} {model:<21} {state}" for n, ports, words, model, state, _, _ in rows]
    lines += ["", "Mod  Sw                       Hw    Slot", "---  ----------------------- ------ ----"]
    lines += [f"{n:<5}{'NA' if apart or s == 'powered-up' else r:<25}1.1    {slot}" for n, _, _, _, s, r, slot in rows]
    lines += ["", "", f"{first}  MAC-Address(es)                         Serial-Num"]
    lines.append("---  --------------------------------------  ----------")
    lines += [f"{row[0]:<5}{'NA' if apart else addresses_of(row[0]):<40}{serial_of(switch, row)}" for row in rows]
    lines += ["", f"{first}  Online Diag Status", "---  ------------------", *(f"{row[0]:<5}Pass" for row in rows)]
    return "\n".join([*lines, ""])


def parts(switch: Nexus) -> list[tuple[str, str, str, str]]:
    """List what it is made of: name, description, product, serial number."""
    hardware = switch.spec.hardware
    found = [("Chassis", f"{hardware.printed} Chassis", hardware.name, switch.spec.serial)]
    found += [(f"Slot {row[0]}", row[2], row[3], serial_of(switch, row)) for row in modules(switch)]
    return [*found, ("Fan 1", f"{hardware.printed} Chassis Fan Module", "NXA-FAN-30CFM-F", "N/A")]


def inventory(switch: Nexus) -> str:
    """Show inventory."""
    form = INVENTORY.of(switch.spec, switch.release)
    return form.gap.join(
        f'NAME: "{name}",  DESCR: "{words}"  \nPID: {pid:<20},  VID: {form.version},  SN: {number}\n'
        for name, words, pid, number in parts(switch)
    )


def boot(switch: Nexus) -> str:
    """Show boot."""
    form, text = BOOT.of(switch.spec, switch.release), ""
    for title, own in (
        ("Current Boot Variables", switch.configuration),
        ("Boot Variables on next reload", switch.startup),
    ):
        path = next(own.values("boot nxos"), "")
        text += f"{title}:\n{form.below}"
        for number in range(1, switch.spec.supervisors + 1):
            text += (
                f"sup-{number}\n{f'NXOS variable = {path}' if path else 'NXOS variable not set'}\nBoot POAP Disabled\n"
            )
        text += f"{form.end}\n"
    return text


def feature(switch: Nexus) -> str:
    """Show feature."""
    lines = ["Feature Name          Instance  State", "--------------------  --------  --------"]
    for name, shown in FEATURES.items():
        lines.append(f"{shown:<23}1          {'en' if switch.configuration.has(f'feature {name}') else 'dis'}abled")
    return "\n".join([*lines, ""])


def clock(switch: Nexus) -> str:
    """Show clock."""
    now = switch.clock.wall()
    return f"{now:%H:%M:%S}.{now.microsecond // 1000:03} UTC {now:%a %b %d %Y}\nTime source is NTP\n"


def hostname(switch: Nexus) -> str:
    """Show hostname."""
    return f"{switch.hostname}.{switch.spec.domain} \n"


def logging(switch: Nexus) -> str:
    """Show logging."""
    heading = "\nLogging console:                enabled (Severity: critical)\n"
    return heading + "".join(f"{line}\n" for line in switch.buffer)


def redundancy(switch: Nexus) -> str:
    """Show system redundancy status."""
    standby = switch.standby
    words = "HA standby" if standby == "ha-standby" else "Not present" if not standby else "Initializing"
    text = (
        "Redundancy mode\n---------------\n      administrative:   HA\n"
        f"         operational:   {'HA' if standby == 'ha-standby' else 'None'}\n\n"
        f"This supervisor (sup-1)\n-----------------------\n"
        "    Redundancy state:   Active\n    Supervisor state:   Active\n"
        f"      Internal state:   Active with {'HA standby' if standby == 'ha-standby' else 'no standby'}\n\n"
        "Other supervisor (sup-2)\n------------------------\n"
    )
    if not standby:
        return f"{text}    Redundancy state:   Not present\n"
    state = "Standby" if standby == "ha-standby" else "Initializing"
    return text + (
        f"    Redundancy state:   {state}\n\n    Supervisor state:   {words}\n      Internal state:   {words}\n\n"
    )


def running_configuration(switch: Nexus) -> str:
    """Show running-config."""
    return _configuration(switch, switch.configuration, "running")


def startup_configuration(switch: Nexus) -> str:
    """Show startup-config."""
    return _configuration(switch, switch.startup, "startup")


def _configuration(switch: Nexus, own: Configuration, which: str) -> str:
    text = f"\n!Command: show {which}-config\n!Time: {switch.clock.wall():%a %b %e %H:%M:%S %Y}\n\n"
    text += f"version {switch.release} Bios:version 05.40\n"
    for top, below in own.sections.items():
        text += "".join(f"{line}\n" for line in (top, *(f"  {line}" for line in below), *([""] if below else [])))
    return f"{text}\n"


def users(switch: Nexus) -> str:
    """Show users: the first account stands for all."""
    name = next(iter(switch.spec.users), "")
    return (
        "NAME     LINE         TIME         IDLE          PID COMMENT\n"
        f"{name:<8} pts/0        {switch.clock.wall():%b %d %H:%M}   .          8096 (192.0.2.9) session=ssh *\n"
    )


def user_accounts(switch: Nexus) -> str:
    """Show user-account."""
    return "".join(
        f"user:{name}\n        this user account has no expiry date\n"
        f"        roles:network-{'admin' if level >= 15 else 'operator'} \n"
        for name, (_, level) in switch.spec.users.items()
    )
