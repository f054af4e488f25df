"""What a lab switch shows of its hardware, stack, load and log. Pure; one function a command."""

from __future__ import annotations

from typing import TYPE_CHECKING

from swimctl.lab.cisco_xe.forms import STACK
from swimctl.lab.cisco_xe.models import Shape
from swimctl.lab.cisco_xe.shows_environment import SUPPLY, supply_serial
from swimctl.lab.routing import busy

if TYPE_CHECKING:
    from swimctl.lab.cisco_xe.device import Switch


def role(switch: Switch, number: int) -> str:
    """Return what a member is to the others."""
    return {switch.active: "Active", switch.standby: "Standby"}.get(number, "Member")


def stack(switch: Switch) -> str:
    """Show switch."""
    lines = [
        f"Switch/Stack Mac Address : {switch.spec.members[0].mac} - Local Mac Address",
        "Mac persistency wait time: Indefinite",
        "                                             H/W   Current",
        "Switch#   Role    Mac Address     Priority Version  State ",
        "-" * STACK.of(switch.spec, switch.install.running.padded),
    ]
    for number in switch.members:
        spec = switch.spec.members[number - 1]
        star = "*" if number == switch.active else " "
        lines.append(
            f"{star}{number}       {role(switch, number):<8} {spec.mac}     {max(16 - number, 1):<6} "
            f"{spec.hardware.revision:<7} {switch.member_state(number):<20}"
        )
    return "\n".join(lines) + "\n\n"


def chassis(switch: Switch) -> str:
    """Show chassis: the same of a wireless controller, with the address of each on the line between them."""
    lines = stack(switch).replace("Switch/Stack", "Chassis/Stack").replace("Switch#", "Chassis#").splitlines()
    lines[3] += "                IP"
    rows = [f"{line.rstrip():<62}169.254.10.{number}" for number, line in enumerate(lines[5:], 1) if line]
    return "\n".join([*lines[:5], *rows]) + "\n\n"


def _ring(switch: Switch) -> list[tuple[int, int | None, int | None]]:
    """List each member with its neighbours on stack ports 1 and 2; a ring closes where there are two or more."""
    there = switch.members
    if len(there) < 2:
        return [(number, None, None) for number in there]
    return [
        (number, there[at - 1], there[(at + 1) % len(there)])
        for at, number in enumerate(there)
    ]  # fmt: skip


def stack_detail(switch: Switch) -> str:
    """Show switch detail."""
    lines = [
        "",
        "         Stack Port Status             Neighbors     ",
        "Switch#  Port 1     Port 2           Port 1   Port 2 ",
    ]
    lines.append("-" * 56)
    for number, first, second in _ring(switch):
        states = [f"{'OK' if port else 'DOWN':<10}" for port in (first, second)]
        ends = [f"{port or 'None':<8}" for port in (first, second)]
        lines.append(f"{number:>3}      {states[0]} {states[1]}       {ends[0]} {ends[1]}")
    return stack(switch) + "\n".join(lines) + "\n\n"


def stack_ports(switch: Switch) -> str:
    """Show switch stack-ports summary."""
    rule = "-" * 115
    lines = [
        (
            "Sw#/Port#  Port Status  Neighbor  Cable Length   Link OK   Link Active   Sync OK   "
            "#Changes to LinkOK  In Loopback"
        ),
        rule,
    ]
    for number, first, second in _ring(switch):
        for port, other in ((1, first), (2, second)):
            status, yes = ("OK", "Yes") if other else ("DOWN", "No")
            lines.append(
                f"{number}/{port:<9}{status:<13}{other or 'NONE':<10}{'50cm' if other else 'No Cable':<15}"
                f"{yes:<10}{yes:<14}{yes:<10}{1 if other else 0:<20}{'No' if other else 'Yes'}"
            )
    return "\n".join(lines) + "\n\n"


def inventory(switch: Switch) -> str:
    """Show inventory."""
    items: list[tuple[str, str, str, str, str]] = []
    first = switch.spec.members[0]
    shape = first.hardware.shape
    if shape is Shape.STACK:
        series = first.model[:5].lower().replace("c93", "c93xx").replace("c92", "c92xx")[:5]
        items.append((f"{series} Stack", f"{series} Stack", first.model, first.hardware.revision, first.serial))
    if shape is Shape.MODULAR:
        items.append(("Chassis", first.hardware.description, first.model, first.hardware.revision, first.serial))
    for number in switch.members:
        spec = switch.spec.members[number - 1]
        described, pid, serial = spec.hardware.description, spec.model, spec.serial
        if shape is Shape.MODULAR:
            name, supply = f"Slot {number + 2} Supervisor", f"Power Supply Module {number}"
            described, pid, serial = "Supervisor 1 XL Module", spec.hardware.supervisor, f"J{spec.serial[1:]}"
        elif shape is Shape.WIRELESS:
            name, supply = f"Chassis {number}", f"Chassis {number} Power Supply Module 0"
        elif shape is Shape.STACK or switch.spec.is_pair:
            name = f"Switch {number}" if shape is Shape.STACK else f"Switch {number} Chassis"
            supply = f"Switch {number} - Power Supply A"
        else:
            name, supply = "Chassis", "Power Supply Module 0"
        items.append((name, described, pid, spec.hardware.revision, serial))
        items.append((supply, supply, SUPPLY, "V01", supply_serial(switch, number)))
    return "".join(
        f'NAME: "{name}", DESCR: "{description}"\nPID: {pid:<18}, VID: {revision:<4} , SN: {serial}\n\n'
        for name, description, pid, revision, serial in items
    )


def module(switch: Switch) -> str:
    """Show module."""
    lines = [
        "Switch  Ports    Model                Serial No.   MAC address     Hw Ver.       Sw Ver. ",
        "------  -----   ---------             -----------  --------------  -------       --------",
    ]
    for number in switch.members:
        spec = switch.spec.members[number - 1]
        release = switch.install.member_release(number)
        lines.append(
            f" {number:<7}{len(spec.hardware.ports(number)) + 1:<7} {spec.model:<21}{spec.serial:<13}{spec.mac:<16}"
            f"{spec.hardware.revision:<14}{release.padded}"
        )
    return "\n".join(lines) + "\n\n"


def license_summary(switch: Switch) -> str:
    """Show license summary."""
    count = len(switch.members)
    name = switch.spec.members[0].model.partition("P")[0]
    lines = ["Account Information:", "  Smart Account: <none>", "  Virtual Account: <none>", "", "License Usage:"]
    lines += ["  License                 Entitlement Tag               Count Status", f"  {'-' * 77}"]
    lines += [f"  network-advantage       {f'({name} Network Adv...)':<30}{count:>5} IN USE"]
    lines += [f"  dna-advantage           {f'({name} DNA Advantage)':<30}{count:>5} IN USE"]
    return "\n".join(lines) + "\n\n"


def users(switch: Switch) -> str:
    """Show users: the account that logged in first stands for all, as idle times are not kept."""
    name = next(iter(switch.spec.users), "")
    return (
        "    Line       User       Host(s)              Idle       Location\n"
        f"*  1 vty 0     {name:<10} idle                 00:00:00 192.0.2.9\n\n"
        "  Interface    User               Mode         Idle     Peer Address\n\n"
    )


def logging(switch: Switch) -> str:
    """Show logging."""
    count = len(switch.buffer)
    return (
        "Syslog logging: enabled (0 messages dropped, 2 messages rate-limited, 0 flushes, 0 overruns, xml disabled, "
        "filtering disabled)\n\n"
        "No Active Message Discriminator.\n\n\nNo Inactive Message Discriminator.\n\n\n"
        f"    Console logging: level debugging, {count} messages logged, xml disabled,\n"
        "                     filtering disabled\n"
        "    Monitor logging: level debugging, 0 messages logged, xml disabled,\n"
        "                     filtering disabled\n"
        f"    Buffer logging:  level debugging, {count} messages logged, xml disabled,\n"
        "                    filtering disabled\n"
        "    Exception Logging: size (4096 bytes)\n    Count and timestamp logging messages: disabled\n"
        "    Persistent logging: disabled\n\nNo active filter modules.\n\n"
        f"    Trap logging: level informational, {count} message lines logged\n"
        "        Logging Source-Interface:       VRF Name:\n\nLog Buffer (102400 bytes):\n\n"
    ) + "".join(f"{line}\n" for line in switch.buffer)


def clock(switch: Switch) -> str:
    """Show clock."""
    now = switch.clock.wall()
    return f"*{now:%H:%M:%S}.{now.microsecond // 1000:03} UTC {now:%a %b} {now.day} {now.year}\n"


_PROCESSES = (
    "Chunk Manager", "Load Meter", "Deferred Events", "Check heaps", "Pool Manager", "ARP Input", "Net Background",
    "IP Input", "CDP Protocol", "Spanning Tree", "SSH Process", "Virtual Exec",
)  # fmt: skip


def processes_cpu(switch: Switch) -> str:
    """Show processes cpu."""
    load = "86%/9%; one minute: 79%; five minutes: 41%" if busy(switch) else "3%/0%; one minute: 2%; five minutes: 2%"
    lines = [f"CPU utilization for five seconds: {load}"]
    lines.append(" PID Runtime(ms)     Invoked      uSecs   5Sec   1Min   5Min TTY Process ")
    lines += [
        f"{number:>4} {number * 431:>11} {number * 2903:>11} {148:>10}  0.{number:02}%  0.05%  0.05%   0 {name:<16} "
        for number, name in enumerate(_PROCESSES, 1)
    ]
    return "\n".join(lines) + "\n"


def memory(_switch: Switch) -> str:
    """Show memory statistics."""
    return (
        "                Tracekey : 1#5a3cb1d2c5d0b4a8\n\n"
        "                Head    Total(b)     Used(b)     Free(b)   Lowest(b)  Largest(b)\n"
        "Processor  7F5A1C0E2010   1365271848   283442480   1081829368   799148260   1048572540\n"
        "reserve P  7F5A1C0E2068       102404          92       102312       102312       102312\n"
        " lsmpi_io  7F5A1B6A41A8     6295128     6294304         824         824          412\n"
    )
