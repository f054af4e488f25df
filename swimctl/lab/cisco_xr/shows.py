"""What a lab router with IOS-XR shows of its hardware and software."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from swimctl.lab.cisco_xr.forms import LABEL, OPTICS, PLATFORM, PROGRESS, REDUNDANCY, VERSION
from swimctl.lab.cisco_xr.nodes import CARD
from swimctl.lab.cisco_xr.shows_network import ports

if TYPE_CHECKING:
    from swimctl.lab.cisco_xr.device import Router
    from swimctl.lab.cisco_xr.nodes import Software

_PACKAGES = ("mgbl", "mpls", "k9sec")
_TASKS = {
    15: {"aaa": 4, "admin": 1, "basic-services": 4, "config-services": 4, "pkg-mgmt": 4, "root-lr": 4, "sysmgr": 4},
    1: {"basic-services": 3, "interface": 1, "pkg-mgmt": 1, "sysmgr": 1},
}
_GROUPS = ("v6-routing", "mcast-routing", "v4-routing", "central-services", "dsc")
_RIGHTS = ("READ", "WRITE", "EXECUTE", "DEBUG")


def version(router: Router) -> str:
    """Show version."""
    name, fault = router.active.version, router.spec.fault("no-boot-time")
    silent = fault is not None and fault.argument == "uptime"
    form = VERSION.of(router.spec, name)
    label = f" Label        : {name}\n" if form.label else ""
    return (
        f"Cisco IOS XR Software, Version {name}\nCopyright (c) 2013-2021 by Cisco Systems, Inc.\n\n"
        f"Build Information:\n Built By     : builder\n Built On     : Thu Sep 30 10:11:12 PDT 2021\n"
        f" {form.host:<13}: iox-lnx-002\n Workspace    : /auto/lab/{name}/{router.spec.hardware.family}/ws\n"
        f" Version      : {name}\n Location     : /opt/cisco/XR/packages/\n{label}\n"
        f"cisco {router.spec.hardware.system} () processor\n"
        + ("" if silent else f"System uptime is {_uptime(int(router.uptime), form.between)}\n")
        + "\n"
    )


def _uptime(seconds: int, between: str) -> str:
    """Write it to the minute; what is none is left out."""
    parts = []
    for name, size in (("year", 31_536_000), ("week", 604_800), ("day", 86_400), ("hour", 3_600), ("minute", 60)):
        number, seconds = divmod(seconds, size)
        if number:
            parts.append(f"{number} {name}{'s' if number > 1 else ''}")
    return between.join(parts) or "0 minutes"


def platform(router: Router) -> str:
    """Show platform."""
    hardware, rows, form = router.spec.hardware, [], PLATFORM.of(router.spec, router.active.version)
    for place, node in enumerate(router.processors):
        role = "Standby" if place else "Active"
        rows.append((node, f"{hardware.processor}({role})", "IOS XR RUN", "NSHUT"))
        if form.controller:
            rows.append((f"{node.removesuffix('CPU0')}BMC0", hardware.processor, "OPERATIONAL", "NSHUT"))
    rows.append((CARD, hardware.card, "IOS XR RUN" if CARD in router.nodes else "OPERATIONAL", "NSHUT"))
    if form.slices:
        rows += [(f"{CARD.removesuffix('CPU0')}NPU{place}", "Slice", "UP", "") for place in range(2)]
    rows += [("0/FT0", "FAN-TRAY", "OPERATIONAL", "NSHUT"), ("0/PM0", "PWR-2KW-AC-V2", "OPERATIONAL", "NSHUT")]
    head = f"{'Node':<18}{'Type':<{form.kind}}{'State':<{form.state}}Config state\n{'-' * 80}\n"
    # A type that is as wide as its column is parted from the state by one blank.
    return head + "".join(
        f"{node:<18}{kind:<{form.kind - 1}} {state:<{form.state}}{config}\n" for node, kind, state, config in rows
    )


def admin_platform(router: Router) -> str:
    """Show platform, as the admin plane does."""
    hardware = router.spec.hardware
    slots = [(node.removesuffix("/CPU0"), hardware.processor) for node in router.processors]
    rows = [*slots, ("0/0", hardware.card)]
    head = f"{'Location':<10}{'Card Type':<24}{'HW State':<14}{'SW State':<14}Config State\n{'-' * 76}\n"
    return head + "".join(f"{at:<10}{kind:<24}{'OPERATIONAL':<14}{'OPERATIONAL':<14}NSHUT\n" for at, kind in rows)


def inventory(router: Router) -> str:
    """Show inventory."""
    spec, hardware = router.spec, router.spec.hardware
    parts = [(node.removesuffix("/CPU0"), "Route Processor", hardware.processor) for node in router.processors]
    parts = [("0/0", "Line Card", hardware.card), *parts]
    text = "".join(
        f'NAME: "{name}", DESCR: "{what}"\nPID: {pid:<18}, VID: V01, SN: F{place:02d}{spec.number[-8:]}\n\n'
        for place, (name, what, pid) in enumerate(parts, 1)
    )
    named = OPTICS.of(spec, router.active.version)
    for place, port in enumerate(port for port in ports(router) if port.neighbour):
        name, what, rest = (
            (port.name, "Cisco SFP+ 10G SR Pluggable Optics Module", f"VID: V03, SN: ACW2521{place:04}")
            if named
            else (f"0/0/{place}", "N/A", "VID: N/A, SN: N/A")
        )
        text += f'NAME: "{name}", DESCR: "{what}"\nPID: {"SFP-10G-SR":<18}, {rest}\n\n'
    return text + (
        f'NAME: "Rack 0", DESCR: "{hardware.description}"\nPID: {hardware.name:<18}, VID: V02, SN: {spec.number}\n\n'
    )


def redundancy(router: Router) -> str:
    """Show redundancy."""
    active, *others = router.processors
    form = REDUNDANCY.of(router.spec, router.active.version)
    text = f"Redundancy information for node {active}:\n{'=' * 42}\nNode {active} is in ACTIVE role\n"
    for other in others:
        ready = "ready" if router.standby_ready else "not ready"
        text += (
            f"{form.partner} ({other}) is in STANDBY role\n"
            f"Standby node in {other} is {ready}\nStandby node in {other} is NSR-not-configured\n"
        )
    if not others:
        text += f"Node {active} has no valid partner\n"
    if form.groups:
        state = "Ready" if others and router.standby_ready else "Not Ready"
        text += f"\n{'Group':<17}{'Primary':<16}{'Backup':<16}Status\n{'---------       ' * 3}---------\n"
        text += "".join(f"{each:<17}{active:<16}{(*others, 'N/A')[0]:<16}{state}\n" for each in _GROUPS)
    booted = router.clock.at(router.started_at)
    return text + (
        f"\nReload and boot info\n----------------------\n{router.spec.hardware.processor} reloaded "
        f"{booted:%a %b %e %H:%M:%S %Y}: some time ago\n"
        f"Active node booted {booted:%a %b %e %H:%M:%S %Y}: some time ago\n"
        f"\nActive node reload  Cause: {router.reload_reason}\n"
    )


def redundancy_summary(router: Router) -> str:
    """Show redundancy summary."""
    active, *others = router.processors
    text = "    Active Node    Standby Node\n    -----------    ------------\n"
    ready = "Ready" if router.standby_ready else "Not Ready"
    for other in others:
        text += f"{active:>15}    {other:>12} (Node {ready}, NSR: Not Configured)\n"
    return text if others else f"{text}{active:>15}             N/A\n"


def packages(router: Router, which: str, *, summary: bool) -> str:
    """Show install active, inactive or committed."""
    if which == "inactive":
        return _inactive(router)
    kept = which == "committed"
    software = router.committed if kept else router.active
    label = f"Label : {software.version}\n\n" if LABEL.of(router.spec, router.active.version) else ""
    if summary:
        return f"{label}    {which.capitalize()} Packages: {len(_PACKAGES) + 1}\n{_listed(router, software)}\n"
    text = label
    for node in router.nodes:
        own = router.committed if kept else router.active_on(node)
        text += (
            f"Node {node} [{'LC' if node == CARD else 'RP'}]\n  Boot Partition: xr_lv{len(own.name) % 40}\n"
            f"  {which.capitalize()} Packages: {len(_PACKAGES) + 1}\n{_listed(router, own)}\n"
        )
    return text


def _listed(router: Router, software: Software) -> str:
    family, number = router.spec.hardware.family, software.version.replace(".", "")
    wide = "-x64" if family == "asr9k" else ""
    optional = "".join(f"        {family}-{name}{wide}-2.0.0.0-r{number}\n" for name in _PACKAGES)
    return f"        {family}-xr-{software.version} version={software.version} [Boot image]\n{optional}"


def _inactive(router: Router) -> str:
    if not router.inactive:
        return "No inactive package(s) in software repository\n"
    rows = "".join(f"    {each.name}\n" for each in router.inactive)
    return f"{len(router.inactive)} inactive package(s) found:\n{rows}"


def install_request(router: Router) -> str:
    """Show install request."""
    current = router.installer.current
    if current is not None:
        rows = (
            f"{'Node ' + node.removesuffix('/CPU0'):<16}:       {'In Progress':<27}{'30%':<21}"
            f"XR {current.kind} in progress\n"
            for node in router.nodes
        )
        return PROGRESS.of(router.spec, router.active.version).format(
            number=current.number,
            kind=current.kind,
            user=current.user,
            command=current.command,
            rule="-" * 80,
            nodes="".join(rows),
        )
    if router.installer.reload_pending:
        return "Install operation completed, pending reload\n"
    return "No install operation in progress\n"


def install_log(router: Router, words: Mapping[str, str]) -> str:
    """Show install log, of one operation or of all."""
    number = words.get("number")
    kept = [each for each in router.installer.operations if number in {None, str(each.number)}]
    return "".join(f"{line}\n" for each in kept for line in each.lines) or f"No log of operation {number}\n"


def tasks(privilege: int) -> str:
    """Show user tasks."""
    own = _TASKS[15 if privilege >= 15 else 1]
    return "".join(
        f"Task: {name:>20}  : {'    '.join(_RIGHTS[:count])}{' (reserved)' if name == 'root-lr' else ''}\n"
        for name, count in own.items()
    )


def clock(router: Router) -> str:
    """Show clock."""
    wall = router.clock.wall()
    return f"{wall:%H:%M:%S}.{wall.microsecond // 1000:03} UTC {wall:%a %b %e %Y}\n"


def logging(router: Router) -> str:
    """Show logging."""
    head = "Syslog logging: enabled (0 messages dropped, 0 flushes, 0 overruns)\n\nLog Buffer (2097152 bytes):\n\n"
    return head + "".join(f"{line}\n" for line in router.buffer)


def running_configuration(router: Router) -> str:
    """Show running-config."""
    lines = ["Building configuration...", f"!! IOS XR Configuration {router.active.version}", "!"]
    for section, below in router.configuration.sections.items():
        lines += [section, *(f" {line}" for line in below), "!"]
    return "\n".join([*lines, "end", "", ""])
