"""What the show commands of a lab Juniper print about its software, members and parts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from swimctl.lab.juniper_junos.forms import BUILT_IN, LOAD, NUMBERED, PACKAGES, ROUTE_MODE, TIME_SOURCE
from swimctl.lab.routing import busy

if TYPE_CHECKING:
    from swimctl.lab.juniper_junos.device import Juniper

RULE = "-" * 74
_AT_THE_FACTORY = "15.1R7.9"


def numbered(switch: Juniper) -> bool:
    """Return whether what is of a member stands under its name: always where there are several."""
    return NUMBERED.of(switch.spec)


def by_member(switch: Juniper, of: Callable[[int], str]) -> str:
    """Print a part for each member, under its name or not."""
    if not numbered(switch):
        return of(0)
    return "\n".join(f"fpc{number}:\n{RULE}\n{of(number)}" for number in switch.members)


def version(switch: Juniper) -> str:
    """Show version."""
    return by_member(switch, lambda number: _version(switch, number))


def packages(switch: Juniper, number: int) -> list[tuple[str, str]]:
    """List the packages that a member shows: by name, and as people read it."""
    release, waits = switch.running[number], switch.waits.get(number)
    if switch.spec.members[number].hardware.old:
        suites = {
            "junos": "Base OS boot",
            "jbase": "Base OS Software Suite",
            "jkernel-ex-4300": "Kernel Software Suite",
            "jweb-ex": "Web Management Platform Package",
        }
        found = [(name, f"JUNOS {suite} [{release}]") for name, suite in suites.items()]
        return [*found, *([("jinstall", f"JUNOS Installation Software [{waits}]")] if waits else [])]
    if PACKAGES.of(switch.spec, release).suites:
        titles = ("Base OS boot", "Base OS Software Suite", "Online Documentation", "Kernel Software Suite")
        return [(each.lower().replace(" ", "-"), f"JUNOS {each} [{release}]") for each in titles]
    parts = {
        "os-kernel": "OS Kernel 32-bit ",
        "os-libs": "OS libs",
        "os-runtime": "OS runtime",
        "zoneinfo": "OS time zone information",
    }
    return [(name, f"JUNOS {part} [20220101.{release.lower()}_builder_stable_12]") for name, part in parts.items()]


def _version(switch: Juniper, number: int) -> str:
    hardware, waits = switch.spec.members[number].hardware, switch.waits.get(number)
    behind = PACKAGES.of(switch.spec, switch.running[number]).behind
    text = f"Hostname: {switch.hostname}\nModel: {hardware.name}\nJunos: {switch.running[number]}{behind}\n"
    text += f"Pending: {waits}\n" if waits and not (hardware.old or hardware.on_host) else ""
    return text + "".join(f"{words}\n" for _, words in packages(switch, number))


def virtual_chassis(switch: Juniper) -> str:
    """Show virtual-chassis."""
    several, route_mode = len(switch.running) > 1, ROUTE_MODE.of(switch.spec, switch.running[0])
    text = "\n" + ("Preprovisioned Virtual Chassis\n" if several else "")
    text += (
        "Virtual Chassis ID: 0c75.bd00.4a01\nVirtual Chassis Mode: Enabled\n"
        f"                                                Mstr           Mixed {'Route ' if route_mode else ''}"
        f"Neighbor List\nMember ID  Status   Serial No    Model          prio  Role      Mode  "
        f"{'Mode ' if route_mode else ''}ID  Interface\n"
    )
    for number, member in enumerate(switch.spec.members):
        there = number in switch.members
        row = f"{number} (FPC {number})  {'Prsnt' if there else 'NotPrsnt':<8} {member.serial:<12} "
        row += f"{member.hardware.name:<14}"
        if there:
            role = ("Master*", "Backup")[number] if number < 2 else "Linecard"
            row += f" {129 if number < 2 else 0:>3}   {role:<9}    N{'  VC' if route_mode else ''}"
            row += f"   {(number + 1) % len(switch.running)}  vcp-255/1/0" if several else ""
        text += row.rstrip() + "\n"
    return text + ("" if several else "\nMember ID for next new member: 1 (FPC 1)\n")


def uptime(switch: Juniper) -> str:
    """Show system uptime."""
    return by_member(switch, lambda _number: _uptime(switch))


def protocols_for(switch: Juniper) -> int:
    """Return for how many seconds the protocols have run; the configuration is as old."""
    return max(0, int(switch.uptime) - 75)


def up_for(switch: Juniper) -> str:
    """Return how long it has been up as a Unix does."""
    minutes = int(switch.uptime) // 60
    days = minutes // 1440
    return f"{days} day{'s' * (days > 1)}, {minutes // 60 % 24:>2}:{minutes % 60:02}" if days else f"{minutes} mins"


def _uptime(switch: Juniper) -> str:
    now, seconds = switch.clock.wall(), int(switch.uptime)
    booted, protocols = now - timedelta(seconds=seconds), protocols_for(switch)

    def line(what: str, for_so_long: int) -> str:
        return f"{what}: {now - timedelta(seconds=for_so_long):%Y-%m-%d %H:%M:%S} UTC ({ago(for_so_long)} ago)"

    source = TIME_SOURCE.of(switch.spec, switch.running[0])
    lines = [f"Current time: {now:%Y-%m-%d %H:%M:%S} UTC", *([source] if source else [])]
    if not switch.spec.fault("no-boot-time"):
        lines.append(f"System booted: {booted:%Y-%m-%d %H:%M:%S} UTC ({ago(seconds)} ago)")
    lines += [line("Protocols started", protocols), f"{line('Last configured', protocols)} by admin"]
    lines.append(f"{now:%I:%M%p}  up {up_for(switch)}, 1 user, load averages: 0.31, 0.48, 0.50".lstrip("0"))
    return "\n".join(lines) + "\n"


def ago(seconds: int) -> str:
    """Write a time that has passed as Junos does."""
    days, rest = divmod(seconds, 86_400)
    clock = f"{rest // 3600:02}:{rest // 60 % 60:02}"
    if not days:
        return f"{clock}:{rest % 60:02}"
    return (f"{days // 7}w{days % 7}d" if days > 6 else f"{days}d") + f" {clock}"


def snapshots(switch: Juniper) -> str:
    """Show system snapshot, of the kind of Junos that has recovery snapshots."""

    def of(number: int) -> str:
        text = (
            "Non-recovery snapshots:\nNo non-recovery snapshots available on the Junos volume\n\nRecovery Snapshots:\n"
        )
        if number not in switch.kept:
            return text + "No recovery snapshots available on the OAM volume\n"
        release, at = switch.kept[number]
        return (
            f"{text}Snapshots available on the OAM volume:\nrecovery.ufs\nDate created: {at:%a %b %e %H:%M:%S UTC %Y}\n"
            f"Junos version: {release}\n\nTotal recovery snapshots: 1\n"
        )

    if switch.spec.hardware.on_host:
        return f"error: command is not valid on the {switch.spec.hardware.name}\n"
    if switch.spec.hardware.old:
        return "error: external media missing or invalid\n"
    return by_member(switch, of)


def partitions(switch: Juniper) -> str:
    """Show system snapshot media internal, of the kind of Junos that has two root partitions."""

    def of(number: int) -> str:
        running = (switch.running[number], switch.clock.at(-switch.spec.uptime))
        return _partition("da0s1a", "primary", *running) + _partition(
            "da0s2a", "backup", *switch.kept.get(number, (_AT_THE_FACTORY, switch.clock.at(-9 * switch.spec.uptime)))
        )

    if not switch.spec.hardware.old:
        return f"error: command is not valid on the {switch.spec.hardware.name}\n"
    return by_member(switch, of)


def _partition(name: str, role: str, release: str, at: datetime) -> str:
    packages = ("jdocs-ex", "junos", "junos-ex-4300", "jweb-ex")
    return (
        f"Information for snapshot on       internal (/dev/{name}) ({role})\nCreation date: {at:%b %e %H:%M:%S %Y}\n"
        "JUNOS version on snapshot:\n"
    ) + "".join(f"  {each:<7}: {'ex-' if each == 'junos' else ''}{release}\n" for each in packages)


def parts(switch: Juniper) -> list[tuple[str, str, str, str, str]]:
    """List name, version, part number, serial number and description; of a part of a part, the name is indented."""
    members = switch.spec.members
    several, first = len(switch.running) > 1, members[0]
    model = first.hardware.name.upper()
    rows = [
        ("Chassis", "", "", first.serial, "Virtual Chassis" if several else model),
        ("Routing Engine 0", "REV 10", "650-059887", first.serial, model),
    ]
    if BUILT_IN.of(switch.spec):
        engine = ("Routing Engine 0", "", "BUILTIN", "BUILTIN", f"RE-{model}")
        rows[1:] = [("Pseudo CB 0", "", "", "", ""), engine]
    for number in switch.members:
        member = members[number]
        rows += [
            (f"FPC {number}", "REV 10", "650-059887", member.serial, member.hardware.name.upper()),
            ("  CPU", "", "BUILTIN", "BUILTIN", "FPC CPU"),
            ("  PIC 0", "REV 10", "BUILTIN", "BUILTIN", f"{member.hardware.ports}x10/100/1000 Base-T"),
        ]
    return rows


def hardware(switch: Juniper) -> str:
    """Show chassis hardware."""
    text = "Hardware inventory:\nItem             Version  Part number  Serial number     Description\n"
    return text + "".join(f"{i:<16} {v:<8} {p:<12} {s:<17} {d}".rstrip() + "\n" for i, v, p, s, d in parts(switch))


def routing_engine(switch: Juniper) -> str:
    """Show chassis routing-engine."""
    text = "Routing Engine status:\n"
    for number in switch.members[:2]:
        booted = switch.clock.wall() - timedelta(seconds=int(switch.uptime))
        text += (
            f"  Slot {number}:\n"
            f"    Current state                  {('Master', 'Backup')[number]}\n"
            "    Temperature                 45 degrees C / 113 degrees F\n"
            "    Memory utilization          41 percent\n"
            + "".join(
                f"    {when}CPU utilization:\n"
                f"      User                      {71 if busy(switch) else 7:>2} percent\n"
                f"      Idle                      {11 if busy(switch) else 85:>2} percent\n"
                for when in LOAD.of(switch.spec, switch.running[0])
            )
            + f"    Model                          RE-{switch.spec.members[number].hardware.name.upper()}\n"
            f"    Serial ID                      {switch.spec.members[number].serial}\n"
            f"    Start time                     {booted:%Y-%m-%d %H:%M:%S} UTC\n"
            f"    Uptime                         {engine_up_for(int(switch.uptime))}\n"
            f"    Last reboot reason             {switch.reboot_reason}\n"
            "    Load averages:                 1 minute   5 minute  15 minute\n"
            "                                       0.31       0.48       0.50\n"
        )
    return text


def engine_up_for(seconds: int) -> str:
    """Write for how long an engine is up."""
    days, hours, minutes = seconds // 86_400, seconds // 3600 % 24, seconds // 60 % 60
    up = f"{days} days, " if days else ""
    return f"{up}{hours} hours, {minutes} minutes, {seconds % 60} seconds"


def reboot(switch: Juniper) -> str:
    """Show system reboot."""
    if switch.scheduled_reload is None:
        return "No shutdown/reboot scheduled.\n"
    return f"reboot requested by {switch.plan} at {switch.clock.at(switch.scheduled_reload):%a %b %e %H:%M:%S %Y}\n"


def alarms(_switch: Juniper) -> str:
    """Show chassis alarms, and system alarms."""
    return "No alarms currently active\n"


def fpc(switch: Juniper) -> str:
    """Show chassis fpc."""
    text = (
        "                     Temp  CPU Utilization (%)   Memory    Utilization (%)\n"
        "Slot State            (C)  Total  Interrupt      DRAM (MB) Heap     Buffer\n"
    )
    return text + "".join(
        f"{number:>3}  {'Online':<16}  45     12          0      2048       19         13\n"
        for number in switch.members
    )
