"""Compare facts with the parse that a source keeps beside its capture, field by field where both have it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from platforms.comparing import Captured, Json, Pairs, Wrong, values

from swimctl.platforms.versions import same_release


def _version(facts: Any, other: Json) -> Pairs:
    if isinstance(other, list):
        row = other[0]
        # A special build has a label of its own; the template gives the release it is made from.
        yield same_release(facts.version, row["version"]) or not facts.version[0].isdigit(), True
        yield facts.hostname, row["hostname"]
        yield facts.config_register, row["config_register"]
        yield facts.system_image, row["running_image"] if ":" in row["running_image"] else facts.system_image
        yield facts.model in row["hardware"] or not row["hardware"], True
        yield facts.serial in row["serial"] or not row["serial"], True
        return
    if "pid" in other:  # the source's short form
        yield same_release(facts.version, other["version"]), True
        yield facts.model in {other["pid"], None}, True
        return
    theirs = other["version"]
    yield any(same_release(facts.version, theirs.get(key, "")) for key in ("xe_version", "version", "label")), True
    for ours, key in (
        (facts.hostname, "hostname"),
        (facts.config_register, "curr_config_register"),
        (facts.next_config_register, "next_config_register"),
        (facts.system_image, "system_image"),
        (facts.model, "chassis"),
    ):
        yield ours, theirs.get(key, ours)
    rows = theirs.get("switch_num", {})
    with_software = {number: row for number, row in rows.items() if "sw_ver" in row}
    by_number = {str(member.member): member for member in facts.members}
    yield set(by_number), set(with_software) or set(by_number)
    for number, row in with_software.items():
        member = by_number[number]
        yield (member.model, member.version, member.image), (row["model"], row["sw_ver"], row["sw_image"])
        yield member.mode, row.get("mode", member.mode)
        yield member.active, row.get("active", member.active)


def _switch(facts: Any, other: Json) -> Pairs:
    ours = {str(m.number): (m.role.lower(), m.state.lower(), str(m.priority), m.mac) for m in facts}
    rows = {row["switch"]: row for row in other} if isinstance(other, list) else other["switch"]["stack"]
    yield (
        ours,
        {n: (r["role"].lower(), r["state"].lower(), r["priority"], r["mac_address"].lower()) for n, r in rows.items()},
    )


def _chassis(facts: Any, other: Json) -> Pairs:
    ours = {str(m.number): (m.role, m.state, m.priority, m.mac) for m in facts}
    rows = other["chassis_index"].items()
    yield ours, {n: (r["role"], r["current_state"], r["priority"], r["mac_address"]) for n, r in rows}


def _install(facts: Any, other: Json) -> Pairs:
    theirs = sorted(
        (p["type"], p["state"], p["filename_version"]) for table in values(other, "pkg_state") for p in table.values()
    )
    kept = [table for key in ("committed", "inactive") for table in values(other, key) if isinstance(table, dict)]
    for table in kept:
        theirs += [(p["type"], p["state"], name) for name, p in table.get("version", table).items()]
    yield sorted((p.kind, p.state.value, p.name) for p in facts.packages), sorted(theirs)
    for timer in values(other, "auto_abort_timer"):
        yield facts.abort_timer is None, timer == "inactive"
    for left in values(other, "time_before_rollback"):
        hours, minutes, seconds = map(int, left.split(":"))
        yield facts.abort_timer, hours * 3600 + minutes * 60 + seconds


def _rollback(facts: Any, other: Json) -> Pairs:
    theirs = [(row["id"], row["label"], row["description"]) for row in other["install_rollback"].values()]
    yield [(point.id, point.label, point.description) for point in facts], theirs


def _boot(facts: Any, other: Json) -> Pairs:
    if isinstance(other, list):
        yield facts.variable, tuple(path for path in other[0]["boot_path"].split(";") if path)
        yield facts.manual, other[0]["manual_boot"] == "yes"
        return
    manual = [flag for flag in values(other, "manual_boot") if isinstance(flag, bool)]
    yield facts.manual, True in manual if manual else facts.manual
    wanted = values(other, "next_reload_boot_variable")
    named = [text for text in wanted if isinstance(text, str) and text and "not exist" not in text]
    if named:
        yield facts.variable, tuple(part.partition(",")[0] for part in named[0].split(";") if part)


def _romvar(facts: Any, other: Json) -> Pairs:
    boot = values(other, "boot")
    if boot:
        parts = boot[0] if isinstance(boot[0], list) else boot[0].split(";")
        yield facts.variable, tuple(part.partition(",")[0] for part in parts if part)
    for flag in values(other, "manual_boot")[:1]:
        yield facts.manual, flag in {True, "yes"}
    for flag in values(other, "switch_ignore_startup_cfg")[:1]:
        yield facts.ignore_startup, bool(int(flag))


def _dir(facts: Any, other: Json) -> Pairs:
    if isinstance(other, list):
        yield [(f.name, str(f.size)) for f in facts.files], [(r["name"], r["size"]) for r in other if r["name"]]
        yield str(facts.free), other[0]["total_free"]
        return
    theirs = {name: int(row["size"]) for table in values(other, "files") for name, row in table.items()}
    yield {file.name: file.size for file in facts.files}, theirs
    for key, number in (("bytes_free", facts.free), ("bytes_total", facts.total)):
        for value in values(other, key):
            yield number, int(value)


def _file_systems(facts: Any, other: Json) -> Pairs:
    def number(value: object) -> int | None:
        return int(str(value)) if str(value).isdigit() else None

    rows = other if isinstance(other, list) else list(other["file_systems"].values())
    ours = {" ".join(s.prefixes): (s.size, s.free, s.kind, s.flags) for s in facts}
    for row in rows:  # the template leaves some out
        size, free = row.get("size", row.get("total_size")), row.get("free", row.get("free_size"))
        yield ours[" ".join(row["prefixes"].split())], (number(size), number(free), row["type"], row["flags"])


def _redundancy(facts: Any, other: Json) -> Pairs:
    if isinstance(other, list):
        row = other[0]
        yield facts.mode, row["operating_redundancy_mode"]
        yield (
            (facts.active_state, facts.peer_state) == (row["active_software_state"], row["standby_software_state"]),
            True,
        )
        return
    for ours, key in ((facts.mode, "oper_red_mode"), (facts.last_switchover_reason, "last_switchover_reason")):
        for value in values(other, key):
            yield ours, value
    states = {value.strip() for value in values(other, "curr_sw_state")}
    yield states <= {facts.active_state, facts.peer_state}, True


def _virtual_link(facts: Any, other: Json) -> Pairs:
    ours = {link.port: ("Up" if link.up else "Down", link.protocol) for link in facts}
    ports = {name: port for table in values(other, "ports") for name, port in table.items()}
    yield ours, {name: (port["link_status"], port["protocol_status"]) for name, port in ports.items()}


def _dual_active(facts: Any, other: Json) -> Pairs:
    rows = other["dad_port"]["switches"]
    theirs = [(int(n), name, port["status"] == "up") for n, ports in rows.items() for name, port in ports.items()]
    yield list(facts.ports), theirs


def _states(facts: Any, other: Json) -> Pairs:
    yield facts.mode, other["redundancy_mode_operational"]
    yield other["my_state"].endswith(f"-{facts.active_state}"), True
    yield other["peer_state"].endswith(f"-{facts.peer_state}"), True


def _issu(facts: Any, other: Json) -> Pairs:
    for flag in values(other, "issu_in_progress"):
        yield facts.in_progress, flag
    for text in values(other, "rollback_state") + values(other, "rollback_timer_state"):
        # Without a timer one may be open all the same: it waits for its commitversion.
        yield facts.rollback is not None, text not in {"inactive", "Not in progress"}


def _inventory(facts: Any, other: Json) -> Pairs:
    ours = {item.serial for item in facts}
    rows = other if isinstance(other, list) else []
    if rows:
        yield [(i.name, i.pid) for i in facts], [(row["name"], row["pid"]) for row in rows]
    yield {serial for serial in values(other, "sn") if serial} - ours, set()


def _neighbours(facts: Any, other: Json) -> Pairs:
    if isinstance(other, list):
        yield (
            [(n.name, n.local_interface) for n in facts],
            [(row["neighbor_name"] or row.get("chassis_id", ""), row["local_interface"]) for row in other],
        )
        return
    names = values(other, "device_id") or values(other, "neighbor_id")
    yield sorted(n.name for n in facts if n.name), sorted(name for name in names if name)


def _lldp_detail(facts: Any, other: Json) -> Pairs:
    if isinstance(other, list):
        yield from _neighbours(facts, other)
        return
    yield len(facts), other.get("total_entries", len(facts))


def _interfaces_status(facts: Any, other: Json) -> Pairs:
    if isinstance(other, list):
        yield [(port.name, port.status) for port in facts], [(row["port"], row["status"]) for row in other]
        return
    yield sorted(port.status for port in facts), sorted(row["status"] for row in other["interfaces"].values())


def _bundles(facts: Any, other: Json) -> Pairs:
    if isinstance(other, list):
        yield (
            [(bundle.name, list(bundle.members)) for bundle in facts],
            [(row["bundle_name"], row["member_interface"]) for row in other],
        )
        return
    channels = [row for row in other["interfaces"].values() if "bundle_id" in row]
    yield [bundle.name for bundle in facts], [f"Po{row['bundle_id']}" for row in channels]
    yield [len(bundle.members) for bundle in facts], [len(row.get("members", {})) for row in channels]


def _addresses(facts: Any, other: Json) -> Pairs:
    if isinstance(other, list):
        theirs = {row["interface"]: f"{row['status']}/{row['proto']}" for row in other}
    else:
        theirs = {
            name: f"{row['interface_status']}/{row['protocol_status']}" for name, row in other["interface"].items()
        }
    yield {interface.name: interface.status for interface in facts}, theirs


def _routes(facts: Any, other: Json) -> Pairs:
    if isinstance(other, list):
        theirs = {r["route_source"]: int(r["networks"] or 0) + int(r["subnets"] or 0) for r in other}
        yield {**facts.sources, "Total": facts.total}, theirs
        return
    for total in values(other, "total_route_source"):
        yield facts.total, total["networks"] + total["subnets"]


def _clock(facts: Any, other: Json) -> Pairs:
    yield facts.moment[:4], other["year"]
    yield facts.moment[11:23], other["time"]
    yield facts.zone, other["timezone"]


def _slots(facts: Any, other: Json) -> Pairs:
    serials = {s.upper() for key in ("sn", "serial", "serial_number") for s in values(other, key) if s}
    ours = {slot.serial.upper() for slot in facts if slot.serial}
    if ours:
        yield ours - serials - {"N/A"}, set()


COMPARERS: dict[str, Callable[[Any, Json], Pairs]] = {
    "show_version": _version,
    "show_switch": _switch,
    "show_chassis": _chassis,
    "show_switch_detail": _switch,
    "show_install_summary": _install,
    "show_install_active": _install,
    "show_install_committed": _install,
    "show_install_inactive": _install,
    "show_install_state": _install,
    "show_install_rollback": _rollback,
    "show_boot": _boot,
    "show_bootvar": _boot,
    "show_boot_system": _boot,
    "show_romvar": _romvar,
    "dir": _dir,
    "show_file_systems": _file_systems,
    "show_redundancy": _redundancy,
    "show_redundancy_states": _states,
    "show_stackwise_virtual_link": _virtual_link,
    "show_stackwise_virtual_dual_active_detection": _dual_active,
    "show_issu_state_detail": _issu,
    "show_issu_rollback_timer": _issu,
    "show_inventory": _inventory,
    "show_inventory_oid": _inventory,
    "show_cdp_neighbors": _neighbours,
    "show_cdp_neighbors_detail": _neighbours,
    "show_lldp_neighbors": _neighbours,
    "show_lldp_neighbors_detail": _lldp_detail,
    "show_etherchannel_summary": _bundles,
    "show_interfaces_status": _interfaces_status,
    "show_interfaces_status_module": _interfaces_status,
    "show_ip_interface_brief": _addresses,
    "show_ip_route_summary": _routes,
    "show_clock": _clock,
    "show_platform": _slots,
    "show_module": _slots,
}


def _transcripts(name: str) -> str | None:
    if name.startswith("install_"):
        return "install"
    return "verify /md5 x" if name.startswith("verify_md5") else None


def _ended(name: str, facts: Any) -> Pairs:
    """Compare with the end of a name: `_success`, `_failed`, `_noop`, `_answered_no`, `_prompt`."""
    if name.startswith("verify"):
        yield (facts.algorithm, len(facts.digest), facts.matches), ("md5", 32, None)
        return
    failed = "_failed" in name
    # The question, or a reload, is the end of some.
    open_ended = not failed and ("_prompt_stack3" in name or "reloadfast_commit_success" in name)
    yield facts.succeeded, None if open_ended else not failed
    yield bool(facts.reason), failed
    yield facts.no_change, any(word in name for word in ("_noop", "already_added", "answered_no"))
    if "success" in name and ("c9500x" in name or "c8500x" in name or "reload" in name):
        yield facts.reload_announced, True


CAPTURED = Captured(
    COMPARERS,
    _transcripts,
    _ended,
    asked=frozenset({"show version", "dir", "show boot", "show redundancy", "show install summary", "show switch"}),
    refused={
        "cisco_xe/show_version/unicon_iosxe_mock_cat9k_c9k_exec_relogin.txt": "it is cut off",
        "cisco_xe/show_issu_rollback_timer/genie_golden_output_4.txt": "it is cut off",
    },
    wrong={
        "cisco_xe/show_cdp_neighbors/genie_device_output_7.txt": Wrong(
            36, '"device_id": "xxx010"', "takes a name without a row for a neighbour"
        ),
        "cisco_xe/show_platform/genie_cat9k-c9500_golden_output_1.txt": Wrong(
            4, '"name": "Member"', "has no serial number, and takes roles for names of slots"
        ),
    },
    # These formats are one and the same on all of Cisco's systems, or on IOS-XR.
    shared=frozenset(
        {
            "show_inventory",
            "show_inventory_raw",
            "show_inventory_oid",
            "show_inventory_all",
            "show_clock",
            "show_lldp_neighbors",
        }
    ),
)
