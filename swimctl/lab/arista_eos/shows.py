"""What a lab Arista shows of itself: release, hardware, boot, configuration, log. Pure; one function a command."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from swimctl.lab.arista_eos.forms import BOOT_CONFIG, INVENTORY, VERSION
from swimctl.lab.images import build_number

if TYPE_CHECKING:
    from swimctl.lab.arista_eos.device import Arista
    from swimctl.lab.configuration import Configuration

BUILD_ID = "5a1bb4f2-0d6e-4a57-9f0e-2c1d3b4a5e6f"
TOTAL_MEMORY, FREE_MEMORY = 8_099_732, 5_735_212


def mac(switch: Arista) -> str:
    """Return the hardware address of the system."""
    number = zlib.crc32(switch.name.encode())
    return f"001c.73{number >> 24:02x}.{number & 0xFFFF:04x}"


def build(switch: Arista) -> str:
    """Return the release as the build system spells it."""
    return f"{switch.release}-{build_number(switch.release)}0001.{switch.release.replace('.', '')}"


def version(switch: Arista) -> str:
    """Show version."""
    hardware, form = switch.spec.hardware, VERSION.of(switch.spec, switch.release)
    fault = switch.spec.fault("no-boot-time")
    return "".join(
        (
            f"Arista {hardware.name}\n",
            form.line("Hardware version", "11.20"),
            form.line("Serial number", switch.spec.serial),
            form.line("Hardware MAC address", mac(switch)),
            form.line("System MAC address", mac(switch)),
            "\n",
            f"Software image version: {switch.release}\n",
            form.line("Architecture", hardware.architecture),
            form.line("Internal build version", build(switch)),
            form.line("Internal build ID", BUILD_ID),
            form.line("Image format version", "3.0"),
            form.line("Image optimization", "None"),
            "\n",
            "" if fault and fault.argument else form.line("Uptime", form.uptime(switch.uptime)),
            form.line("Total memory", f"{TOTAL_MEMORY} kB"),
            form.line("Free memory", f"{FREE_MEMORY} kB"),
            "\n",
        )
    )


def inventory(switch: Arista) -> str:
    """Show inventory."""
    spec, epoch = switch.spec, INVENTORY.of(switch.spec, switch.release)
    names = spec.hardware.port_names()
    slots = "".join(
        f"  {port.removeprefix('Et'):<4} "
        + (f"{'Arista Networks':<16} {'SFP-25G-SR':<16} {f'XLB{at:09d}':<16} 0001\n" if port in up else "Not Present\n")
        for up in [set(spec.ports_up())]
        for at, port in enumerate(names, 1)
    )
    return (
        "System information\n  Model                    Description\n"
        f"  ------------------------ {'-' * 52}\n  {spec.model:<24} {spec.hardware.description}\n\n"
        f"  HW Version  Serial Number  Mfg Date   {'Epoch' * epoch}\n"
        f"  ----------- -------------- ---------- {'-----' * epoch}\n"
        f"  11.20       {spec.serial:<14} 2024-03-09 {'02.00' * epoch}\n\n"
        "System has 2 power supply slots\n  Slot Model            Serial Number\n"
        f"  ---- ---------------- ----------------\n  1    PWR-511-AC-RED   {spec.serial}P1\n"
        f"  2    PWR-511-AC-RED   {spec.serial}P2\n\n"
        "System has 2 fan modules\n  Module  Number of Fans  Model            Serial Number\n"
        "  ------- --------------- ---------------- ----------------\n"
        "  1       2               FAN-7011H-RED    N/A\n  2       2               FAN-7011H-RED    N/A\n\n"
        f"System has {len(names) + 1} ports\n  Type               Count\n  ------------------ ----\n"
        f"  Management         1\n  Switched           {len(names)}\n\n"
        f"System has {len(names)} transceiver slots\n"
        "  Port Manufacturer     Model            Serial Number    Rev\n"
        f"  ---- ---------------- ---------------- ---------------- ----\n{slots}\n"
    )


def boot_config(switch: Arista) -> str:
    """Show boot-config."""
    more = "Aboot password (encrypted): (not set)\nMemory test iterations: (not set)\n"
    text = f"Software image: {switch.boots or '(not set)'}\nConsole speed: (not set)\n"
    return text + (more if BOOT_CONFIG.of(switch.spec, switch.release) else "")


def reload_cause(switch: Arista) -> str:
    """Show reload cause."""
    when = switch.clock.at(switch.booted_at)
    return (
        f"Reload Cause 1:\n-------------------\n{switch.reload_reason}\n\nReload Time:\n------------\n"
        f"Reload occurred at {when:%a %b %e %H:%M:%S %Y} UTC.\n\nRecommended Action:\n-------------------\n"
        "No action necessary.\n\nDebugging Information:\n-------------------------------\nNone available.\n"
    )


def clock(switch: Arista) -> str:
    """Show clock."""
    return f"{switch.clock.wall():%a %b %e %H:%M:%S %Y}\nTimezone: UTC\nClock source: local\n"


def hostname(switch: Arista) -> str:
    """Show hostname."""
    return f"Hostname: {switch.hostname}\nFQDN:     {switch.hostname}.{switch.spec.domain}\n"


def users(switch: Arista) -> str:
    """Show users: the account that logged in first stands for all, as idle times are not kept."""
    name = next(iter(switch.spec.users), "")
    head = "    Line      User        Host(s)       Idle        Location\n"
    return f"{head}*  1 vty 2     {name:<11} idle          00:00:00    192.0.2.9\n"


def logging(switch: Arista) -> str:
    """Show logging."""
    return (
        "Syslog logging: enabled\n    Buffer logging: level debugging\n    Console logging: level errors\n"
        "    Persistent logging: disabled\n    Monitor logging: level errors\n\nLog Buffer:\n"
    ) + "".join(f"{line}\n" for line in switch.buffer)


def sessions(_switch: Arista) -> str:
    """Show configuration sessions: there are none."""
    return (
        "Maximum number of completed sessions: 1\nMaximum number of pending sessions: 5\n\n"
        "  Name    State    User    Terminal\n  ------- -------- ------- --------\n"
    )


def running_configuration(switch: Arista) -> str:
    """Show running-config."""
    return _written(switch, switch.configuration, "running-config")


def startup_configuration(switch: Arista) -> str:
    """Show startup-config."""
    return _written(switch, switch.startup, "startup-config")


def _written(switch: Arista, configuration: Configuration, what: str) -> str:
    head = f"! Command: show {what}\n! device: {switch.hostname} ({switch.spec.model}, EOS-{switch.release})\n!\n"
    boots = f"! boot system {switch.boots}\n!\n" if switch.boots else ""
    sections = (
        "".join([f"{top}\n", *(f"   {line}\n" for line in below), "!\n"])
        for top, below in configuration.sections.items()
    )
    return f"{head}{boots}{''.join(sections)}end\n"
