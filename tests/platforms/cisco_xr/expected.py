"""Compare facts with the parse that a source keeps beside its capture; each function gives pairs (ours, theirs)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from platforms.comparing import Captured, Json, Pairs, values


def _seconds(words: str) -> int:
    number = 0
    total = 0
    for word in words.replace(",", "").split():
        if word.isdigit():
            number = int(word)
        else:
            seconds = {"year": 31_536_000, "week": 604_800, "day": 86_400, "hour": 3_600, "minute": 60}
            total += number * seconds[word.rstrip("s")]
    return total


def _version(facts: Any, other: Json) -> Pairs:
    row = other[0] if isinstance(other, list) else other
    yield facts.version, row.get("software_version", row.get("version", "")).split("[")[0]
    if "uptime" in row:
        yield facts.uptime, _seconds(row["uptime"])
    model = row.get("device_family", row.get("hardware"))
    yield facts.model, model if model and "(" not in model else facts.model
    if "config_register" in row:
        yield facts.config_register, row["config_register"]
    for key in ("image", "running_image"):
        if row.get(key):
            yield facts.system_image, row[key]


def _platform(facts: Any, other: Json) -> Pairs:
    if isinstance(other, list):
        yield [(s.name, s.state) for s in facts], [(row["node"], row["state"]) for row in other]
        yield all(row["type"].startswith(s.model) for s, row in zip(facts, other, strict=True)), True
        return
    theirs = {}
    for kind in other["slot"].values():
        for name, row in kind.items():
            theirs[row["full_slot"]] = (row["name"], row["state"])
            for number, part in row.get("subslot", {}).items():
                theirs[f"{name}/{number}"] = (part["name"], part["state"])
    yield {s.name: (s.model, s.state) for s in facts}, theirs
    roles = {row["full_slot"]: row["redundancy_state"] for row in other["slot"].get("rp", {}).values()}
    yield {s.name: s.role for s in facts if s.role}, roles


def _inventory(facts: Any, other: Json) -> Pairs:
    if isinstance(other, list):
        yield [(i.name, i.pid, i.serial) for i in facts], [(r["name"], r["pid"], r["sn"]) for r in other]
        return
    ours = {item.name: (item.description, item.pid, item.serial) for item in facts}
    for name, row in other.get("module_name", {}).items():
        yield ours[name][1:], (row["pid"], row.get("sn", ""))
    for row in other.get("inventory_item_index", {}).values():
        yield ours[row["name"]], (row["description"], row["pid"], row["sn"])


def _packages(facts: Any, other: Json) -> Pairs:
    if isinstance(other, list):
        for row in other:
            names = [p.name for p in facts.packages if p.node == row["node"]]
            yield names, [name.split()[0] for name in row["packages"]]
        return
    listed = next(other[key] for key in other if key.endswith("_packages"))
    if isinstance(listed, list):
        yield [p.name for p in facts.packages], [name.split()[0] for name in listed]
        return
    yield {p.name: p.version for p in facts.packages}, other["optional_packages"]
    yield (facts.label, facts.count), (other["label"], int(listed["XR"]))
    fixes = next(other[key] for key in other if key.endswith("_fixes"))
    yield set(facts.fixes), set(fixes) - {"count"}


def _dir(facts: Any, other: Json) -> Pairs:
    theirs = {name.partition(" -> ")[0]: int(row["size"]) for name, row in other["dir"].get("files", {}).items()}
    yield {file.name: file.size for file in facts.files}, theirs
    for ours, key in ((facts.total, "total_bytes"), (facts.free, "total_free_bytes")):
        number, unit = other["dir"][key].split()
        yield ours, int(number) * (1024 if unit == "kbytes" else 1)


def _file_systems(facts: Any, other: Json) -> Pairs:
    theirs = {
        name: [
            (r["total_size"], r["free_size"], r["type"], r["flags"], r["prefixes"])
            for r in node["file_systems"].values()
        ]
        for name, node in other["node"].items()
    }
    ours = {n.node: [(s.size, s.free, s.kind, s.flags, " ".join(s.prefixes)) for s in n.systems] for n in facts}
    yield ours, theirs


def _redundancy(facts: Any, other: Json) -> Pairs:
    node, row = next(iter(other["node"].items()))
    yield facts.fields["node"], node
    yield facts.active_state, row["role"]
    yield facts.fields.get("partner"), row.get("standby_node")
    for key, ours in (
        ("node_uptime_timestamp", "Active node booted"),
        ("last_switchover_timepstamp", "Last switch-over"),
    ):
        if key in row:
            yield facts.fields[ours], row[key]


def _redundancy_summary(facts: Any, other: Json) -> Pairs:
    node, row = next((name, each) for name, each in other["node"].items() if each["type"] == "active")
    yield facts.fields["node"], node.partition("(")[0]
    standby = row["standby_node"].partition("(")[0]
    yield facts.fields.get("partner", "N/A"), standby
    yield facts.peer_state, row.get("node_detail", facts.peer_state)


def _boot(facts: Any, other: Json) -> Pairs:
    for key in ("root", "platform", "boardtype", "cardtype", "chassis_pid", "chassis_serial", "bigphysarea"):
        yield facts.values[key], other["boot_variables"][key]


def _interface_brief(facts: Any, other: Json) -> Pairs:
    theirs = [(r["interface"], f"{r['intf_state']}/{r['linep_state']}") for r in other]
    yield [(i.name, i.status) for i in facts], theirs


def _addresses(facts: Any, other: Json) -> Pairs:
    rows = other["interface"].items()
    theirs = {name: f"{row['interface_status']}/{row['protocol_status']}" for name, row in rows}
    yield {i.name: i.status for i in facts}, theirs


def _sources(node: Json) -> dict[str, int]:
    found = {}
    for name, row in node.items():
        if "routes" in row:
            found[name] = row["routes"]
        else:
            found |= {f"{name} {process}": each["routes"] for process, each in row.items()}
    return found


def _routes(facts: Any, other: Json) -> Pairs:
    yield facts.total, other["total_route_source"]["routes"]
    yield facts.sources, _sources(other["route_source"])


def _route_tables(facts: Any, other: Json) -> Pairs:
    # The source names a VRF `default` where the device names none.
    theirs = {
        (vrf.removeprefix("**"), family): table["total_route_source"]["routes"]
        for vrf, row in other["vrf"].items()
        for family, table in row["address_family"].items()
    }
    named = {vrf for vrf, _ in theirs}
    only = named.pop() if len(named) == 1 else ""
    yield {(table.vrf or only, table.family): table.routes.total for table in facts}, theirs


def _cdp(facts: Any, other: Json) -> Pairs:
    if isinstance(other, list):
        theirs = [(r["chassis_id"], r["local_interface"], r["neighbor_interface"]) for r in other]
        yield [(n.name, n.local_interface, n.remote_interface) for n in facts], theirs
        return
    yield [n.name for n in facts], values(other, "device_id")
    yield (
        [(n.local_interface, n.remote_interface) for n in facts],
        list(zip(values(other, "local_interface"), values(other, "port_id"), strict=True)),
    )


def _lldp(facts: Any, other: Json) -> Pairs:
    theirs = [(r["neighbor_name"], r["local_interface"], r["neighbor_interface"]) for r in other]
    yield [(n.name, n.local_interface, n.remote_interface) for n in facts], theirs


def _lldp_detail(facts: Any, other: Json) -> Pairs:
    if isinstance(other, list):
        theirs = [(r["neighbor"], r["local_interface"], r["neighbor_port_id"]) for r in other]
        yield [(n.name, n.local_interface, n.remote_interface) for n in facts], theirs
        return
    found = {(local, name) for local, row in other["interfaces"].items() for name in values(row, "neighbor_id")}
    yield {(n.local_interface, n.name) for n in facts}, found
    yield len(facts), other.get("total_entries", len(facts))


COMPARERS: dict[str, Callable[[Any, Json], Pairs]] = {
    "show_version": _version,
    "show_version_brief": _version,
    "show_platform": _platform,
    "admin_show_platform": _platform,
    "show_inventory": _inventory,
    "show_inventory_raw": _inventory,
    "admin_show_inventory": _inventory,
    "show_install_active": _packages,
    "show_install_active_summary": _packages,
    "show_install_inactive_summary": _packages,
    "show_install_commit_summary": _packages,
    "dir": _dir,
    "show_filesystem_location_all": _file_systems,
    "show_redundancy": _redundancy,
    "show_redundancy_summary": _redundancy_summary,
    "show_variables_boot": _boot,
    "show_interface_brief": _interface_brief,
    "show_ip_interface_brief": _addresses,
    "show_route_summary": _routes,
    "show_route_all_summary": _route_tables,
    "show_cdp_neighbors_detail": _cdp,
    "show_lldp_neighbors": _lldp,
    "show_lldp_neighbors_detail": _lldp_detail,
}


def _transcripts(name: str) -> str | None:
    return "install" if name.startswith("install_") else None


def _ended(name: str, facts: Any) -> Pairs:
    """Compare with the end of a name; an add that only went into the background has no end yet."""
    failed = "_failed" in name or "_aborted" in name
    yield facts.operation, name.split("_")[1]
    yield facts.succeeded, False if failed else (None if "add_sftp" in name else True)
    yield bool(facts.reason), failed
    if not failed:
        yield (facts.id is not None, facts.in_background), (True, True)
    yield facts.other_in_progress, "other_operation" in name
    yield facts.reload_announced, "reload" in name


CAPTURED = Captured(
    COMPARERS,
    _transcripts,
    _ended,
    asked=frozenset(
        {"show version", "show platform", "dir", "show redundancy", "show variables boot", "install commit"}
    ),
    refused={
        "cisco_xr/show_install_inactive_summary/genie_golden_output_2.txt": (
            "it is a page of a manual: prompts with commands that were never run, and answers of others"
        ),
    },
    # These formats are one and the same on all of Cisco's systems, or on those and on others that took them over.
    shared=frozenset({"show_inventory", "show_inventory_raw", "show_inventory_oid", "show_clock"}),
    nothing=frozenset(
        {"cisco_ios/dir/ntc_cisco_ios_dir_no_files.txt", "cisco_xe/show_lldp_neighbors/genie_golden_output_1.txt"}
    ),
)
