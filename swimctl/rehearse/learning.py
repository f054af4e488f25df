"""From the outputs of a device to what was learned about it. Pure: each fact is what a parser read, or is not there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from swimctl.platforms.facts import Directory, FileSystem, Interface
from swimctl.platforms.versions import same_release
from swimctl.rehearse.learned import Disk, Learned, Pair, Part, Plugged
from swimctl.rehearse.outputs import Outputs, disk_listed, files_of

# Members of a stack or pair, as `show inventory` of IOS and IOS-XE names them; supervisors of one chassis.
_MEMBER: Final = re.compile(r"(?:Switch |Chassis )?(\d+)(?: Chassis)?")
_SUPERVISOR: Final = re.compile(r"Slot (\d+) Supervisor")
_FLASH: Final = re.compile(r"(?:boot)?flash-?(\d*):")
_NODE: Final = re.compile(r"(\d+)$")
# What is committed, and what runs and is not committed yet, in the letters of `show install summary`.
_KEPT: Final = frozenset({"C", "U"})


def learn(name: str, platform: str, texts: Mapping[str, str], failures: Mapping[str, str] | None = None) -> Learned:
    """Return what these outputs tell of a device."""
    outputs = Outputs(platform, texts, failures or {})
    facts = {**_READERS[platform](outputs), **_surroundings(outputs)}
    whole = {key: value for key, value in facts.items() if value is not None}
    return Learned(name, platform, **whole, sources=outputs.sources, unread=outputs.unread)


def _surroundings(outputs: Outputs) -> dict[str, Any]:
    """Return what is plugged in and routed, which all systems tell with commands of their own."""
    ports, neighbours, routes = _ASKED[outputs.platform]
    up: list[Interface] = outputs.told("ports_up", *ports) or []
    found: dict[tuple[str, str], Plugged] = {}
    for command in neighbours:
        for one in outputs.told("neighbours", command) or ():
            found.setdefault((one.name, _port(one.local_interface)), _plugged(one))
    if found:
        outputs.unread.pop("neighbours", None)
    summary = outputs.told("routes", *routes)
    tables: Sequence[Any] = summary if isinstance(summary, tuple) else (summary,) if summary else ()
    totals = [getattr(each, "routes", each).total for each in tables]
    return {
        "ports_up": tuple(port.name for port in up if port.up),
        "neighbours": tuple(found.values()),
        "routes": sum(totals) if totals else None,
    }


def _plugged(one: Any) -> Plugged:  # noqa: ANN401 - Neighbour of any system
    return Plugged(one.local_interface, one.name, one.remote_interface, one.end_device)


def _port(name: str) -> str:
    """Return a port's name so that Gig 1/0/1 and Gi1/0/1 are one."""
    return re.sub(r"^([A-Za-z]{2})[A-Za-z]*\s*", r"\1", name).lower()


def _ios(outputs: Outputs) -> dict[str, Any]:
    version = outputs.told("release", "show version")
    if version is None:
        return {}
    items = outputs.told("parts", "show inventory") or ()
    summary = outputs.told("installed", "show install summary") if outputs.platform == "cisco_xe" else None
    boot = outputs.told("boots", "show boot", "show bootvar")
    releases = {each.member: each.version for each in version.members}
    members = [
        Part(int(found[1]), item.pid, item.serial, releases.get(int(found[1]), version.version))
        for item in items
        if (found := _MEMBER.fullmatch(item.name))
    ]
    second = [item for item in items if _SUPERVISOR.fullmatch(item.name)]
    if not members and version.model and version.serial:
        first = Part(1, version.model, version.serial, version.version)
        others = (Part(2, version.model, item.serial, version.version) for item in second[1:2])
        members = [first, *others]
    states = [(package.name, package.state.value) for package in summary.packages] if summary else []
    return {
        "release": version.version,
        "model": version.model,
        "serial": version.serial,
        "mode": version.mode,
        "uptime": version.uptime,
        "parts": tuple(sorted(members, key=lambda part: part.number)),
        "disks": _flashes(outputs),
        "installed": tuple(states),
        "timer_runs": summary.timer_runs if summary else None,
        "boots": boot.variable if boot else None,
        "by_hand": boot.manual if boot else None,
    }


def _flashes(outputs: Outputs) -> dict[int, Disk]:
    systems: Sequence[FileSystem] = outputs.told("disks", "show file systems") or ()
    listed: Directory | None = outputs.told("files", "dir flash:", "dir bootflash:")
    found: dict[int, Disk] = {}
    for system in systems:
        names = [match for prefix in system.prefixes if (match := _FLASH.fullmatch(prefix.removeprefix("stby-")))]
        if not names or system.size is None or system.free is None:
            continue
        numbered = next((int(match[1]) for match in names if match[1].strip("0")), 1 if system.default else 2)
        found.setdefault(numbered, Disk(system.size, system.free))
    if listed is not None and listed.total is not None and listed.free is not None:
        first = found.get(1, Disk(listed.total, listed.free))
        found[1] = Disk(first.total, first.free, files_of(listed))
        outputs.unread.pop("disks", None)
        outputs.sources.setdefault("disks", outputs.sources["files"])
    return found


def _nxos(outputs: Outputs) -> dict[str, Any]:
    version = outputs.told("release", "show version", "show version | json")
    if version is None:
        return {}
    boot = outputs.told("boots", "show boot", "show boot | json")
    items = outputs.told("parts", "show inventory") or ()
    modules = outputs.told("modules", "show module", "show module | json") or ()
    chassis = next((item for item in items if item.name == "Chassis"), None)
    model, serial = (chassis.pid, chassis.serial) if chassis else (None, version.serial)
    supervisors = [each for each in modules if "Supervisor" in each.description and each.name.isdigit()]
    others = supervisors[1:] if len(supervisors) > 1 else []
    parts = [Part(1, model, serial, version.version)] if model and serial else []
    parts += [Part(2, each.model, each.serial, each.version or version.version) for each in others[:1]]
    first = disk_listed(outputs, "disks", "dir bootflash:")
    second = disk_listed(outputs, "disks of the standby", "dir bootflash://sup-standby/") if others else None
    disks = {number: disk for number, disk in enumerate((first, second), 1) if disk is not None}
    vpc = outputs.told("pair", "show vpc", "show vpc | json")
    return {
        "release": version.version,
        "model": model,
        "serial": serial,
        "uptime": version.uptime,
        "parts": tuple(parts),
        "disks": disks,
        "boots": boot.variable if boot else None,
        "pair": Pair(vpc.domain, vpc.peer_status, vpc.keepalive) if vpc and vpc.domain.isdigit() else None,
    }


def _xr(outputs: Outputs) -> dict[str, Any]:
    version = outputs.told("release", "show version")
    if version is None:
        return {}
    items = outputs.told("parts", "show inventory") or ()
    slots = outputs.told("slots", "show platform") or ()
    rack = next((item for item in items if item.name.startswith("Rack")), None)
    listed = {item.name: item for item in items}
    processors = [slot for slot in slots if slot.role and slot.name.endswith("/CPU0")]
    parts = []
    for number, slot in enumerate(processors, 1):
        item = listed.get(slot.name.removesuffix("/CPU0"))
        parts.append(Part(number, slot.model, item.serial if item else "", version.version))
    nodes = outputs.told("disks", "show filesystem location all") or ()
    files = disk_listed(outputs, "files", "dir harddisk:")
    disks: dict[int, Disk] = {}
    for node in nodes:
        disk = next((each for each in node.systems if "harddisk:" in each.prefixes and each.size), None)
        if disk is not None:
            disks[len(disks) + 1] = Disk(disk.size, disk.free or 0)
    if files is not None:
        first = disks.get(1, files)
        disks[1] = Disk(first.total, first.free, files.files)
    kept, added = (
        outputs.told(fact, command)
        for fact, command in (
            ("installed", "show install committed"),
            ("inactive", "show install inactive summary"),
        )
    )
    states = [*_packages(kept, "C"), *_packages(added, "I")]
    return {
        "release": version.version,
        "model": rack.pid if rack else None,
        "serial": rack.serial if rack else None,
        "mode": version.mode,
        "uptime": version.uptime,
        "parts": tuple(parts),
        "disks": disks,
        "installed": tuple(dict.fromkeys(states)),
    }


def _packages(listed: Any, state: str) -> list[tuple[str, str]]:  # noqa: ANN401 - PackageList of IOS-XR, or None
    packages = listed.packages if listed else ()
    return [(each.name, state) for each in packages if each.boot_image or each.version or state == "I"]


def _eos(outputs: Outputs) -> dict[str, Any]:
    version = outputs.told("release", "show version", "show version | json")
    if version is None:
        return {}
    boot = outputs.told("boots", "show boot-config", "show boot-config | json")
    disk = disk_listed(outputs, "disks", "dir flash:")
    mlag = outputs.told("pair", "show mlag", "show mlag | json")
    delay = outputs.told("hold", "show mlag detail", "show mlag detail | json") if mlag and mlag.domain else None
    lone = version.model and version.serial
    outputs.sources.setdefault("parts", outputs.sources["release"])
    return {
        "release": version.version,
        "model": version.model,
        "serial": version.serial,
        "uptime": version.uptime,
        "parts": (Part(1, version.model, version.serial, version.version),) if lone else (),
        "disks": {1: disk} if disk else {},
        "boots": boot.variable if boot else None,
        "pair": Pair(
            mlag.domain, mlag.state, mlag.negotiation, delay.seconds if delay else 0, delay.others if delay else None
        )
        if mlag and mlag.domain
        else None,
    }


def _junos(outputs: Outputs) -> dict[str, Any]:
    version = outputs.told("release", "show version all-members", "show version")
    if version is None:
        return {}
    members = outputs.told("parts", "show virtual-chassis")
    if members is None:
        items = outputs.told("parts", "show chassis hardware") or ()
        chassis = next((item for item in items if item.name == "Chassis" and item.serial), None)
        parts = [Part(0, version.model or "", chassis.serial, version.version)] if chassis else []
    else:
        runs = {each.member: each.version for each in version.members}
        there = [each for each in members if each.state == "Prsnt"]
        parts = [Part(one.number, one.model, one.serial, runs.get(one.number, version.version)) for one in there]
    uptime = outputs.told("uptime", "show system uptime all-members", "show system uptime")
    nodes = outputs.told("disks", "show system storage detail all-members", "show system storage detail") or ()
    listed = outputs.told("files", "file list /var/tmp detail")
    disks: dict[int, Disk] = {}
    for place, node in enumerate(nodes):
        number = int(found[1]) if (found := _NODE.search(node.node)) else place
        disk = _largest(node.systems)
        if disk is not None:
            disks[number] = Disk(disk.size or 0, disk.free or 0, files_of(listed) if listed and not number else None)
    return {
        "release": version.version,
        "model": version.model,
        "serial": parts[0].serial if parts else None,
        "uptime": uptime[0].uptime if uptime else None,
        "parts": tuple(parts),
        "disks": disks,
    }


def _largest(systems: Iterable[FileSystem]) -> FileSystem | None:
    """Return the file system that packages go to: of those on a disk that is mounted for them, else the first."""
    disks = [each for each in systems if each.kind.startswith("/dev/")]
    named = [each for each in disks if "/var/tmp" in each.prefixes or "/var" in each.prefixes]  # noqa: S108 - the device's
    return next(iter(named or disks), None)


_READERS: Final[Mapping[str, Callable[[Outputs], dict[str, Any]]]] = {
    "cisco_xe": _ios,
    "cisco_ios": _ios,
    "cisco_nxos": _nxos,
    "cisco_xr": _xr,
    "arista_eos": _eos,
    "juniper_junos": _junos,
}
# Of each system the commands that tell ports, neighbours and routes.
_ASKED: Final[Mapping[str, tuple[Sequence[str], Sequence[str], Sequence[str]]]] = {
    "cisco_xe": (
        ("show interfaces status", "show ip interface brief"),
        ("show cdp neighbors", "show lldp neighbors"),
        ("show ip route summary",),
    ),
    "cisco_ios": (
        ("show interfaces status", "show ip interface brief"),
        ("show cdp neighbors", "show lldp neighbors"),
        ("show ip route summary",),
    ),
    "cisco_nxos": (
        ("show interface brief",),
        ("show cdp neighbors", "show lldp neighbors"),
        ("show ip route summary vrf all",),
    ),
    "cisco_xr": (
        ("show interfaces brief",),
        ("show cdp neighbors detail", "show lldp neighbors"),
        ("show route summary",),
    ),
    "arista_eos": (("show interfaces status",), ("show lldp neighbors",), ("show ip route summary",)),
    "juniper_junos": (("show interfaces terse",), ("show lldp neighbors",), ("show route summary",)),
}


def contradictions(learned: Learned) -> tuple[str, ...]:
    """List where outputs of a device do not agree with each other: nobody knows then what it is."""
    found = []
    kept = [name for name, state in learned.installed if state in _KEPT and name[:1].isdigit()]
    if kept and not any(same_release(learned.release, name) for name in kept):
        where = learned.sources.get("installed", "its installer")
        found.append(
            f"'{learned.sources['release']}' says that it runs {learned.release}, '{where}' says {', '.join(kept)}"
        )
    for number, disk in learned.disks.items():
        if not 0 <= disk.free <= disk.total:
            found.append(f"flash of {number}: {disk.free} bytes are free of {disk.total}")
    serials = [part.serial for part in learned.parts]
    if len(set(serials)) < len(serials):
        found.append(f"two of its parts have one serial number: {', '.join(serials)}")
    return tuple(found)
