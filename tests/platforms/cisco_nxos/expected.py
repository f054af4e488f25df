"""Compare facts with the parse that a source keeps beside its capture; each function gives pairs (ours, theirs)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from platforms.comparing import Captured, Json, Pairs, Wrong, values

# Genie spells the short names of ports out.
_LONG = {
    "Eth": "Ethernet",
    "Po": "Port-channel",
    "Lo": "Loopback",
    "Gig": "GigabitEthernet",
    "Gi": "GigabitEthernet",
    "Fas": "FastEthernet",
    "Fa": "FastEthernet",
    "Te": "TenGigabitEthernet",
    "Ten-GigabitEthernet": "TenGigabitEthernet",
}


def long(port: str) -> str:
    """Spell a port as Genie does, which also puts a capital in front."""
    found = re.fullmatch(r"([A-Za-z-]+)(\d.*)", port)
    if not found or found[1] == "mgmt":
        return port
    name = _LONG.get(found[1], found[1])
    return f"{name[:1].upper()}{name[1:]}{found[2]}"


def _version(facts: Any, other: Json) -> Pairs:
    if isinstance(other, list):
        row = other[0]
        yield facts.version, row["os"].split()[0]
        yield (facts.hostname, facts.serial or ""), (row["hostname"], row["serial"])
        yield facts.reload_reason, row["last_reboot_reason"] or facts.reload_reason
        yield row["boot_image"] in {facts.system_image, facts.kickstart_image}, True
        yield row["platform"] in (facts.model or ""), True
        days, hours, minutes, seconds = map(int, re.findall(r"\d+", row["uptime"]))
        yield facts.uptime, ((days * 24 + hours) * 60 + minutes) * 60 + seconds
        return
    platform = other["platform"]
    software, hardware = platform["software"], platform["hardware"]
    yield facts.version, software["system_version"]
    yield facts.system_image, software["system_image_file"]
    yield facts.model, hardware["model"]
    yield (facts.hostname, facts.serial), (hardware["device_name"], hardware["processor_board_id"])
    yield facts.reload_reason, platform["reason"]
    up = platform["kernel_uptime"]
    yield facts.uptime, ((up["days"] * 24 + up["hours"]) * 60 + up["minutes"]) * 60 + up["seconds"]


def _module(facts: Any, other: Json) -> Pairs:
    if isinstance(other, list):
        ours = [(m.name, m.model, m.description) for m in facts]
        yield ours, [(row["module"], row["model"], row["type"]) for row in other]
        yield [m.state + " *" * m.this_terminal for m in facts], [row["status"] for row in other]
        return
    slots = {
        number: (kind, row)
        for table in other["slot"].values()
        for number, kinds in table.items()
        for kind, row in kinds.items()
        if "status" in row and re.fullmatch(r"\d+", number)
    }
    for module in facts:
        # Genie takes the fabric modules' numbers for slots like any other.
        number = module.name.removeprefix("LFM ")
        if number in slots:
            kind, row = slots.pop(number)
            yield (module.description, module.model, module.state), (kind, row["model"], row["status"])
            yield module.serial, row.get("serial_number", module.serial)
            yield module.version, row.get("software", module.version)
            yield module.diagnosis or None, row.get("online_diag_status", module.diagnosis or None)
    yield slots, {}
    for kind in ("xbar", "lem", "lfm"):
        rows = [row for name, table in other.items() if name == kind for row in table.values()]
        named = [m for m in facts if m.name.lower().startswith(f"{kind} ")]
        yield [(m.model, m.serial) for m in named][: len(rows)], [(row["model"], row["serial_number"]) for row in rows]


def _inventory(facts: Any, other: Json) -> Pairs:
    if isinstance(other, list):
        rows = [row for row in other if row["pid"]]
        theirs = [(row["name"].strip('"'), row["pid"], row["sn"]) for row in rows]
        yield [(item.name, item.pid, item.serial) for item in facts], theirs
        return
    ours = {item.name: (item.pid, item.serial) for item in facts}
    for table in (each for key, each in other.items() if key == "name"):
        for name, row in table.items():
            yield ours[name], (row["pid"], row.get("serial_number", ""))
    yield {serial for serial in values(other, "sn") if serial} <= {serial for _, serial in ours.values()}, True


def _boot(facts: Any, other: Json) -> Pairs:
    rows = other["next_reload_boot_variable"]["sup_number"]
    names = ("kickstart_variable", "system_variable", "nxos_variable")
    theirs = {sup: tuple(row[name] for name in names if name in row) for sup, row in rows.items()}
    yield facts.variable, next(iter(theirs.values()))
    yield {sup: each.variable for sup, each in facts.members.items()}, theirs if len(theirs) > 1 else {}


def _dir(facts: Any, other: Json) -> Pairs:
    theirs = {name: int(row["size"]) for name, row in other["files"].items()}
    yield {file.name + "/" * file.is_directory: file.size for file in facts.files}, theirs
    for ours, key in ((facts.free, "disk_free_space"), (facts.total, "disk_total_space")):
        yield ours, int(other.get(key, ours))


def _vpc(facts: Any, other: Json) -> Pairs:
    if isinstance(other, list):
        yield [(p.id, p.port, p.status) for p in facts.peer_links], [(r["id"], r["port"], r["status"]) for r in other]
        return
    yield facts.fields["vPC domain id"], other["vpc_domain_id"]
    for ours, key in (
        (facts.role, "vpc_role"),
        (facts.peer_status, "vpc_peer_status"),
        (facts.keepalive, "vpc_peer_keepalive_status"),
        (facts.consistency, "vpc_configuration_consistency_status"),
        (len(facts.ports), "num_of_vpcs"),
    ):
        yield ours, other[key]
    links = [(r["peer_link_ifindex"], r["peer_link_port_state"]) for r in other.get("peer_link", {}).values()]
    yield [(long(port.port), port.status) for port in facts.peer_links], links
    rows = [(r["vpc_ifindex"], r["vpc_port_state"], r["vpc_consistency"]) for r in other.get("vpc", {}).values()]
    yield [(long(port.port), port.status, port.consistency) for port in facts.ports], rows


def _interface_status(facts: Any, other: Json) -> Pairs:
    if isinstance(other, list):
        yield [(port.name, port.status) for port in facts], [(row["port"], row["status"]) for row in other]
        return
    theirs = {name: row["status"] for name, row in other["interfaces"].items()}
    yield {long(port.name): port.status for port in facts}, theirs


def _interface_brief(facts: Any, other: Json) -> Pairs:
    if isinstance(other, list):
        yield [(port.name, port.status) for port in facts], [(row["interface"], row["status"]) for row in other]
        return
    theirs = {name: row["status"] for kind in other["interface"].values() for name, row in kind.items()}
    yield {long(port.name): port.status for port in facts}, {long(name): status for name, status in theirs.items()}


def _addresses(facts: Any, other: Json) -> Pairs:
    if isinstance(other, list):
        theirs = {row["interface"]: f"{row['proto']}/{row['link']}/{row['status']}" for row in other}
    else:
        theirs = {name: values(row, "interface_status")[0] for name, row in other["interface"].items()}
    ours = {interface.name: interface.status for interface in facts}
    # The template leaves interfaces without an address of their own out.
    yield {name: ours.get(name) for name in theirs}, theirs


def _routes(facts: Any, other: Json) -> Pairs:
    theirs = {vrf: (row["total_routes"], row["best_paths"]) for vrf, row in other["vrf"].items()}
    yield {table.vrf: (table.routes.total, table.routes.sources) for table in facts}, theirs


def _cdp(facts: Any, other: Json) -> Pairs:
    if isinstance(other, list):
        theirs = [
            (row["neighbor_name"] or row.get("chassis_id", ""), row["local_interface"], row["neighbor_interface"])
            for row in other
        ]
        yield [(n.name, n.local_interface, n.remote_interface) for n in facts], theirs
        return
    rows = other.get("cdp", other)["index"].values()
    theirs = [(row["device_id"], row["local_interface"], row["port_id"]) for row in rows]
    yield [(n.name, long(n.local_interface), long(n.remote_interface)) for n in facts], theirs


def _cdp_detail(facts: Any, other: Json) -> Pairs:
    if isinstance(other, list):
        theirs = [(row["chassis_id"], row["local_interface"], row["neighbor_interface"]) for row in other]
        yield [(n.name, n.local_interface, n.remote_interface) for n in facts], theirs
        return
    yield from _cdp(facts, other)


def _lldp(facts: Any, other: Json) -> Pairs:
    # The template loses names that stand on a line of their own.
    for ours, row in zip(facts, other, strict=True):
        yield (ours.local_interface, ours.remote_interface), (row["local_interface"], row["neighbor_interface"])
        yield ours.name, row["neighbor_name"] or ours.name


def _lldp_detail(facts: Any, other: Json) -> Pairs:
    if isinstance(other, list):
        theirs = [(row["neighbor_name"], row["local_interface"], row["neighbor_interface"]) for row in other]
        yield [(n.name, n.local_interface, n.remote_interface) for n in facts], theirs
        return
    theirs = [
        (name, local, port)
        for local, row in other["interfaces"].items()
        for port, each in row["port_id"].items()
        for name in each["neighbors"]
    ]
    yield [(n.name, long(n.local_interface), _long_port(n.remote_interface)) for n in facts], theirs


def _long_port(port: str) -> str:
    """Spell a port as Genie does, where it is one (`PCI-E Slot 1` stays)."""
    return long(port) if re.fullmatch(r"[A-Za-z]{2,3}\d[\d/.]*", port) else port


def _redundancy(facts: Any, other: Json) -> Pairs:
    yield facts.mode, other["redundancy_mode"]["operational"]
    yield facts.fields["mode: administrative"], other["redundancy_mode"]["administrative"]
    states = {other[key]["supervisor_state"] for key in ("supervisor_1", "supervisor_2")}
    yield {facts.active_state, facts.peer_state}, states
    for ours, key in (("System start time", "system_start_time"), ("Kernel uptime", "kernel_uptime")):
        yield facts.fields.get(ours), other.get(key)


def _clock(facts: Any, other: Json) -> Pairs:
    row = other[0]
    yield (facts.moment[11:23], facts.zone), (row["time"], row["timezone"])
    yield (facts.moment[:4], facts.moment[8:10]), (row["year"], row["day"].zfill(2))


def _feature(facts: Any, other: Json) -> Pairs:
    yield (
        [(each.name, each.instance, each.enabled) for each in facts],
        [(row["name"], row["instance"], row["state"] == "enabled") for row in other],
    )


COMPARERS: dict[str, Callable[[Any, Json], Pairs]] = {
    "show_version": _version,
    "show_module": _module,
    "show_inventory": _inventory,
    "show_boot": _boot,
    "dir": _dir,
    "show_vpc": _vpc,
    "show_interface_status": _interface_status,
    "show_interface_brief": _interface_brief,
    "show_ip_interface_brief": _addresses,
    "show_ip_interface_brief_vrf_all": _addresses,
    "show_ip_route_summary": _routes,
    "show_cdp_neighbors": _cdp,
    "show_cdp_neighbors_detail": _cdp_detail,
    "show_lldp_neighbors": _lldp,
    "show_lldp_neighbors_detail": _lldp_detail,
    "show_redundancy_status": _redundancy,
    "show_system_redundancy_status": _redundancy,
    "show_clock": _clock,
    "show_feature": _feature,
}


def _transcripts(name: str) -> str | None:
    if name.startswith("install_all_"):
        return "install all nxos bootflash:x"
    if name.startswith("show_install_all_impact_"):
        return "show install all impact nxos bootflash:x"
    return "copy scp://192.0.2.9/x bootflash:" if name.startswith("copy_") else None


def _ended(name: str, facts: Any) -> Pairs:
    yield facts.succeeded, "_success" in name
    yield facts.reason is None, "_success" in name
    if name.startswith("install_all") and facts.succeeded:
        yield facts.impact.disruptive, "_non_disruptive" not in name
        yield facts.reload_announced, "_success_disruptive" in name
        yield facts.reload_left, "_no_reload" in name
        yield {image.module for image in facts.impact.images}, {each.module for each in facts.impact.modules}


CAPTURED = Captured(
    COMPARERS,
    _transcripts,
    _ended,
    asked=frozenset({"show version", "dir", "show boot", "show module", "install all x", "show interface status"}),
    refused={
        "cisco_nxos/show_lldp_neighbors_detail/genie_golden_output2.txt": "it counts 22 neighbours and shows 7",
        "cisco_nxos/dir/genie_aci_golden_output_ls.txt": "it is the `ls` of a Linux shell, without an end or bytes",
        "transcripts/cisco_nxos/show_install_all_impact_failed_other_install_in_progress.txt": "the device refused",
    },
    wrong={
        "cisco_nxos/show_lldp_neighbors_detail/genie_golden_output5.txt": Wrong(
            5, '"TenGigE0/1/0/4/0": {', "spells one `Te` as IOS-XR does, the next as IOS does"
        ),
    },
    # These formats are one and the same on all of Cisco's systems.
    shared=frozenset(
        {"show_inventory", "show_inventory_raw", "show_inventory_oid", "show_inventory_all", "show_clock"}
    ),
    nothing=frozenset({"cisco_xe/show_lldp_neighbors/genie_golden_output_1.txt"}),
)
