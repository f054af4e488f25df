"""What a lab switch shows of itself: hardware, release, stack, boot, install states. Pure; one function a command."""

from __future__ import annotations

from typing import TYPE_CHECKING

from swimctl.lab.install import rows
from swimctl.lab.models import short_port

if TYPE_CHECKING:
    from swimctl.lab.switch import Switch

RULE = "-" * 80


def _uptime(seconds: float) -> str:
    minutes = int(seconds // 60)
    parts: list[str] = []
    for name, size in (("year", 525_600), ("week", 10_080), ("day", 1_440), ("hour", 60), ("minute", 1)):
        count, minutes = divmod(minutes, size)
        if count or (name == "minute" and not parts):
            parts.append(f"{count} {name}{'s' if count != 1 else ''}")
    return ", ".join(parts)


def version(switch: Switch) -> str:
    """Show version."""
    release, model = switch.install.running, switch.spec.hardware
    fault = switch.spec.fault("no-boot-time")
    booted = switch.clock.at(switch.started_at).strftime("%H:%M:%S UTC %a %b %-d %Y")
    member = switch.spec.members[0]
    lines = [
        f"Cisco IOS XE Software, Version {release.padded}",
        (
            f"Cisco IOS Software [{release.codename}], Catalyst L3 Switch Software ({model.platform_image}), "
            f"Version {release.plain}, RELEASE SOFTWARE (fc2)"
        ),
        "Technical Support: http://www.cisco.com/techsupport",
        "Copyright (c) 1986-2023 by Cisco Systems, Inc.",
        "Compiled Wed 15-Feb-23 05:46 by mcpre",
        "",
        "",
        "ROM: IOS-XE ROMMON",
        f"BOOTLDR: System Bootstrap, Version {release.major}.{release.minor}.1r, RELEASE SOFTWARE (P)",
    ]
    if not (fault and fault.argument == "uptime"):
        lines += [
            f"{switch.hostname} uptime is {_uptime(switch.uptime)}",
            f"Uptime for this control processor is {_uptime(switch.uptime)}",
        ]
    lines.append(f"System returned to ROM by {switch.reload_reason}")
    if not fault:
        lines.append(f"System restarted at {booted}")
    lines += [
        'System image file is "flash:packages.conf"'
        if switch.spec.mode == "INSTALL"
        else f'System image file is "flash:{model.family}.{release.padded}.SPA.bin"',
        f"Last reload reason: {switch.reload_reason}",
        "",
        "",
        "Technology Package License Information: ",
        "",
        "network-advantage   \tSmart License                 \t network-advantage   ",
        "",
        f"cisco {member.model} (X86) processor with 1333273K/6147K bytes of memory.",
        f"Processor board ID {member.serial}",
        "2 Virtual Ethernet interfaces",
        "2048K bytes of non-volatile configuration memory.",
        f"{model.memory_kb}K bytes of physical memory.",
        "",
        f"Base Ethernet MAC Address          : {_mac(member.mac)}",
        f"Model Revision Number              : {model.revision}",
        f"Model Number                       : {member.model}",
        f"System Serial Number               : {member.serial}",
        "",
        "",
        "Switch Ports Model              SW Version        SW Image              Mode   ",
        "------ ----- -----              ----------        ----------            ----   ",
    ]
    for number in switch.members:
        if len(switch.members) > 1 and switch.member_state(number) in {"Initializing", "Removed"}:
            continue
        spec = switch.spec.members[number - 1]
        ports = len(spec.hardware.ports(number)) + 1
        star = "*" if number == 1 else " "
        lines.append(
            f"{star}{number:>5} {ports:<5} {spec.model:<18} {switch.install.member_release(number).padded:<17} "
            f"{spec.hardware.platform_image:<21} {switch.spec.mode:<6} "
        )
    for number in switch.members[1:]:
        if switch.member_state(number) not in {"Initializing", "Removed"}:
            lines += _other_member(switch, number)
    lines += ["", "", "Configuration register is 0x102", ""]
    return "\n".join(lines) + "\n"


def _other_member(switch: Switch, number: int) -> list[str]:
    spec = switch.spec.members[number - 1]
    return [
        "",
        "",
        f"Switch {number:02}",
        "---------",
        f"Switch uptime                      : {_uptime(switch.uptime)} ",
        "",
        f"Base Ethernet MAC Address          : {_mac(spec.mac)}",
        f"Model Revision Number              : {spec.hardware.revision}",
        f"Model Number                       : {spec.model}",
        f"System Serial Number               : {spec.serial}",
        f"Last reload reason                 : {switch.reload_reason}",
    ]


def _mac(text: str) -> str:
    digits = text.replace(".", "")
    return ":".join(digits[at : at + 2] for at in range(0, 12, 2))


def stack(switch: Switch) -> str:
    """Show switch."""
    lines = [
        f"Switch/Stack Mac Address : {switch.spec.members[0].mac} - Local Mac Address",
        "Mac persistency wait time: Indefinite",
        "                                             H/W   Current",
        "Switch#   Role    Mac Address     Priority Version  State ",
        "-" * 85,
    ]
    for number in switch.members:
        spec = switch.spec.members[number - 1]
        role = {1: "Active", 2: "Standby"}.get(number, "Member")
        star = "*" if number == 1 else " "
        lines.append(
            f"{star}{number}       {role:<8} {spec.mac}     {max(16 - number, 1):<6} "
            f"{spec.hardware.revision:<7} {switch.member_state(number):<20}"
        )
    return "\n".join(lines) + "\n\n"


def inventory(switch: Switch) -> str:
    """Show inventory."""
    lines = []
    if switch.spec.hardware.stackable:
        first = switch.spec.members[0]
        lines += [
            'NAME: "c93xx Stack", DESCR: "c93xx Stack"',
            f"PID: {first.model:<18}, VID: V02  , SN: {first.serial}",
            "",
        ]
    for number in switch.members:
        spec = switch.spec.members[number - 1]
        name = f"Switch {number}" if spec.hardware.stackable else "Chassis"
        lines += [f'NAME: "{name}", DESCR: "{spec.hardware.description}"']
        lines += [f"PID: {spec.model:<18}, VID: V02  , SN: {spec.serial}", ""]
        lines += [f'NAME: "{name} - Power Supply A", DESCR: "{name} - Power Supply A"']
        lines += [f"PID: {'PWR-C1-715WAC-P':<18}, VID: V01  , SN: P{spec.serial[1:]}", ""]
    return "\n".join(lines) + "\n"


def boot(switch: Switch) -> str:
    """Show boot, in the layout of stacks or of chassis."""
    variable = ";".join(line.removeprefix("boot system ").removeprefix("switch all ") for line in switch.boot_lines)
    manual = "yes" if switch.manual_boot else "no"
    if not switch.spec.hardware.stackable:
        return (
            f"BOOT variable = {variable.replace('flash:', 'bootflash:')};\nMANUAL_BOOT variable = {manual}\n"
            "BAUD variable = 9600\nENABLE_BREAK variable does not exist\nBOOTMODE variable does not exist\n"
            f"IPXE_TIMEOUT variable does not exist\nCONFIG_FILE variable = \n"
        )
    text = ""
    for number in switch.members:
        text += (
            f"---------------------------\nSwitch {number}\n---------------------------\nCurrent Boot Variables:\n"
            f"BOOT variable = {variable};\n\nBoot Variables on next reload:\nBOOT variable = {variable};\n"
            f"Manual Boot = {manual}\nEnable Break = no\nBoot Mode = DEVICE\niPXE Timeout = 0\n"
        )
    return text


def romvar(switch: Switch) -> str:
    """Show romvar."""
    ignore = 1 if switch.ignore_startup else 0
    return (
        'ROMMON variables:\n SWITCH_NUMBER="1"\n '
        f'MODEL_NUM="{switch.spec.members[0].model}"\n MANUAL_BOOT="{"yes" if switch.manual_boot else "no"}"\n '
        f'BOOT="flash:packages.conf;"\n SWITCH_IGNORE_STARTUP_CFG="{ignore}"\n BAUD="9600"\n'
    )


def install(switch: Switch, form: str = "summary") -> str:
    """Show install summary and its sisters."""
    titles = {
        "summary": "Installed",
        "active": "Active",
        "committed": "Committed",
        "inactive": "Inactive",
        "uncommitted": "Uncommitted",
    }
    wanted = {"summary": "UCID", "active": "UC", "committed": "C", "inactive": "I", "uncommitted": "U"}[form]
    numbers = " ".join(str(number) for number in switch.members)
    text = (
        f"[ Switch {numbers} ] {titles[form]} Package(s) Information:\n"
        "State (St): I - Inactive, U - Activated & Uncommitted,\n"
        "            C - Activated & Committed, D - Deactivated & Uncommitted\n"
        f"{RULE}\nType  St   Filename/Version    \n{RULE}\n"
    )
    for state, name in rows(switch.install):
        if state in wanted:
            text += f"IMG   {state}    {name:<70}\n"
    timer = "inactive"
    if switch.install.timer_ends is not None:
        left = max(0, int(switch.install.timer_ends - switch.clock.now()))
        timer = (
            f"active on install_activate, time before rollback - {left // 3600:02}:{left // 60 % 60:02}:{left % 60:02}"
        )
    return f"{text}\n{RULE}\nAuto abort timer: {timer}\n{RULE}\n\n"


def rollback(_switch: Switch) -> str:
    """Show install rollback."""
    head = "ID      Label                           Description"
    return f"{head}\n{RULE}\n1       No Label                        No Description\n"


def redundancy(switch: Switch) -> str:
    """Show redundancy."""
    peer = len(switch.members) > 1
    mode = "sso" if peer else "Non-redundant"
    text = (
        "Redundant System Information :\n------------------------------\n"
        f"       Available system uptime = {_uptime(switch.uptime)}\nSwitchovers system experienced = 0\n"
        "              Standby failures = 0\n        Last switchover reason = none\n\n"
        f"                 Hardware Mode = {'Duplex' if peer else 'Simplex'}\n    Configured Redundancy Mode = {mode}\n"
        f"     Operating Redundancy Mode = {mode}\n              Maintenance Mode = Disabled\n"
        f"                Communications = {'Up' if peer else 'Down      Reason: Simplex mode'}\n\n"
        "Current Processor Information :\n-------------------------------\n"
        "               Active Location = slot 1\n        Current Software state = ACTIVE\n"
        f"       Uptime in current state = {_uptime(switch.uptime)}\n"
        "                          BOOT = flash:packages.conf;\n        Configuration register = 0x102\n\n"
    )
    if not peer:
        return text + "Peer (slot: 0) information is not available because it is in 'DISABLED' state\n"
    return text + (
        "Peer Processor Information :\n----------------------------\n              Standby Location = slot 2\n"
        "        Current Software state = STANDBY HOT \n       Uptime in current state = 1 day\n"
        "                          BOOT = flash:packages.conf;\n        Configuration register = 0x102\n"
    )


def _lost(switch: Switch) -> str | None:
    ups = switch.spec.ports_up()
    return ups[0] if ups and switch.degraded and switch.spec.fault("interface-lost") else None


def _ports(switch: Switch) -> list[tuple[str, bool, str]]:
    up = set(switch.spec.ports_up()) - {_lost(switch)}
    found = []
    for number in switch.members:
        if switch.member_state(number) == "Ready":
            for name, bank in switch.spec.members[number - 1].hardware.ports(number):
                found.append((name, name in up, bank.media))
    return found


def interfaces_status(switch: Switch) -> str:
    """Show interfaces status."""
    lines = ["", "Port         Name               Status       Vlan       Duplex  Speed Type"]
    for name, up, media in _ports(switch):
        status, duplex, speed = ("connected", "a-full", "a-1000") if up else ("notconnect", "auto", "auto")
        lines.append(f"{short_port(name):<12} {'':<18} {status:<12} {'1':<10} {duplex:>6} {speed:>6} {media}")
    return "\n".join(lines) + "\n"


def ip_interface_brief(switch: Switch) -> str:
    """Show ip interface brief."""
    lines = ["Interface              IP-Address      OK? Method Status                Protocol"]
    lines.append(f"{'Vlan1':<22} {'192.0.2.10':<15} YES NVRAM  {'up':<21} up      ")
    lines.append(f"{'GigabitEthernet0/0':<22} {'unassigned':<15} YES NVRAM  {'administratively down':<21} down    ")
    for name, up, _media in _ports(switch):
        word = "up" if up else "down"
        lines.append(f"{name:<22} {'unassigned':<15} YES unset  {word:<21} {word:<8}")
    return "\n".join(lines) + "\n"


def neighbours(switch: Switch, protocol: str) -> str:
    """Show cdp neighbors or show lldp neighbors."""
    lost = _lost(switch)
    ready = {name for name, _up, _media in _ports(switch)}
    seen = [n for n in switch.spec.plugged_in() if protocol in n.protocols and n.local != lost and n.local in ready]
    if protocol == "cdp":
        lines = [
            "Capability Codes: R - Router, T - Trans Bridge, B - Source Route Bridge",
            "                  S - Switch, H - Host, I - IGMP, r - Repeater, P - Phone, ",
            "                  D - Remote, C - CVTA, M - Two-port Mac Relay ",
            "",
            "Device ID        Local Intrfce     Holdtme    Capability  Platform  Port ID",
        ]
        for n in seen:
            lines.append(n.name)
            lines.append(f"                 {_cdp(n.local):<17} 150             R S I  C9500-24Y {_cdp(n.port)}")
        return "\n".join([*lines, "", f"Total cdp entries displayed : {len(seen)}"]) + "\n"
    lines = [
        "Capability codes:",
        "    (R) Router, (B) Bridge, (T) Telephone, (C) DOCSIS Cable Device",
        "    (W) WLAN Access Point, (P) Repeater, (S) Station, (O) Other",
        "",
        "Device ID           Local Intf     Hold-time  Capability      Port ID",
    ]
    lines += [f"{n.name[:20]:<20}{short_port(n.local):<15}{'120':<11}{'B,R':<16}{short_port(n.port)}" for n in seen]
    return "\n".join([*lines, "", f"Total entries displayed: {len(seen)}"]) + "\n\n"


def _cdp(port: str) -> str:
    kind = port.rstrip("0123456789/.")
    return f"{kind[:3]} {port[len(kind) :]}"


def route_summary(switch: Switch) -> str:
    """Show ip route summary."""
    routes = switch.spec.routes
    head = "Route Source    Networks    Subnets     Replicates  Overhead    Memory (bytes)"
    lines = ["IP routing table name is default (0x0)", "IP routing table maximum-paths is 32", head]
    total = 0
    for source, count in (("connected", routes.connected), ("static", routes.static), ("ospf 1", routes.ospf)):
        total += count
        lines.append(f"{source:<16}{0:<12}{count:<12}{0:<12}{count * 96:<12}{count * 304}")
        if source.startswith("ospf"):
            lines.append(f"  Intra-area: {count} Inter-area: 0 External-1: 0 External-2: 0")
            lines.append("  NSSA External-1: 0 NSSA External-2: 0")
    lines.append(f"{'internal':<16}{2:<12}{'':<12}{'':<12}{'':<12}1216")
    lines.append(f"{'Total':<16}{2:<12}{total:<12}{0:<12}{total * 96:<12}{total * 304}")
    return "\n".join(lines) + "\n"


def logging(switch: Switch) -> str:
    """Show logging."""
    head = (
        "Syslog logging: enabled (0 messages dropped, 2 messages rate-limited, 0 flushes, 0 overruns, xml disabled, "
        "filtering disabled)\n\n"
        "No Active Message Discriminator.\n\n\nNo Inactive Message Discriminator.\n\n\n"
        "    Console logging: level debugging, 41 messages logged, xml disabled,\n"
        "                     filtering disabled\n"
        "    Monitor logging: level debugging, 0 messages logged, xml disabled,\n"
        "                     filtering disabled\n"
        "    Buffer logging:  level debugging, 43 messages logged, xml disabled,\n"
        "                    filtering disabled\n\nLog Buffer (102400 bytes):\n\n"
    )
    return head + "".join(f"{line}\n" for line in switch.buffer)


def clock(switch: Switch) -> str:
    """Show clock."""
    return switch.clock.wall().strftime("%H:%M:%S.%f UTC %a %b %-d %Y\n").replace("000 UTC", " UTC")


def processes_cpu(_switch: Switch) -> str:
    """Show processes cpu."""
    return (
        "CPU utilization for five seconds: 3%/0%; one minute: 2%; five minutes: 2%\n"
        " PID Runtime(ms)     Invoked      uSecs   5Sec   1Min   5Min TTY Process \n"
        "   1          11        1042         10  0.00%  0.00%  0.00%   0 Chunk Manager    \n"
    )


def memory(_switch: Switch) -> str:
    """Show memory statistics."""
    return (
        "                Tracekey : 1#5a3cb1d2c5d0b4a8\n\n"
        "                Head    Total(b)     Used(b)     Free(b)   Lowest(b)  Largest(b)\n"
        "Processor  7F5A1C0E2010   1365271848   283442480   1081829368   799148260   1048572540\n"
    )


def vlan(_switch: Switch) -> str:
    """Show vlan."""
    return (
        "\nVLAN Name                             Status    Ports\n"
        "---- -------------------------------- --------- -------------------------------\n"
        "1    default                          active    Gi1/0/5, Gi1/0/6\n"
        "10   users                            active    \n"
    )


def hosts(switch: Switch) -> str:
    """Show hosts."""
    head = f"Default domain is {switch.spec.domain}\nName servers are 192.0.2.53\n"
    return f"{head}NAME  TTL  CLASS   TYPE      DATA/ADDRESS\n"


def module(switch: Switch) -> str:
    """Show module."""
    lines = ["Switch  Ports    Model                Serial No.   MAC address     Hw Ver.       Sw Ver. "]
    lines.append("------  -----   ---------             -----------  --------------  -------       --------")
    for number in switch.members:
        spec = switch.spec.members[number - 1]
        lines.append(
            f" {number:<7}{len(spec.hardware.ports(number)):<8} {spec.model:<21} {spec.serial:<12} {spec.mac}  "
            f"{spec.hardware.revision:<13} {switch.install.member_release(number).padded}"
        )
    return "\n".join(lines) + "\n"
