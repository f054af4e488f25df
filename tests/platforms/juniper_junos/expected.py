"""Compare facts with the parse that a source keeps beside its capture; each function gives pairs (ours, theirs).

A `ntc_` file is a list of rows, a `genie_` file a nested dictionary.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from platforms.comparing import Captured, Json, Pairs, Wrong, values

from swimctl.platforms.juniper_junos.netconf import cli_text


def _version(facts: Any, other: Json) -> Pairs:
    if isinstance(other, list):
        row = other[0]
        theirs = (row["hostname"], row["model"], row["junos_version"])
    else:
        row = other["software-information"]
        theirs = (row["host-name"], row["product-model"], row["junos-version"])
    yield (facts.hostname, facts.model, facts.version), theirs


def _modules(node: Json) -> Iterator[Json]:
    for key, child in node.items():
        if key.startswith("chassis-") and isinstance(child, list):
            for module in child:
                yield module
                yield from _modules(module)


def _hardware(facts: Any, other: Json) -> Pairs:
    ours = [(part.name.split("/")[-1], part.pid, part.serial, part.description) for part in facts]
    if isinstance(other, list):
        chassis = next(row for row in other if row["chassis_serial_number"])
        yield ours[0][2:], (chassis["chassis_serial_number"], chassis["chassis_description"])
        rows = [row for row in other if row["xcvr_serial_number"]]
        theirs = [
            (f"Xcvr {row['xcvr_number']}", row["xcvr_part"], row["xcvr_serial_number"], row["xcvr_description"].strip())
            for row in rows
        ]
        yield [part for part in ours if part[0].startswith("Xcvr")], theirs
        return
    chassis = other["chassis-inventory"]["chassis"]
    expected = [
        tuple(module.get(key, "") for key in ("name", "part-number", "serial-number", "description"))
        for module in [chassis, *_modules(chassis)]
    ]
    yield ours, expected


def _vlans(facts: Any, other: Json) -> Pairs:
    for row in other:
        row["ports"] = [each.rstrip("*").rpartition(".")[0] for each in row["interfaces"]]
    yield (
        [(vlan.name, str(vlan.tag), list(vlan.ports)) for vlan in facts],
        [(row["vlan_name"], row["tag"], row["ports"]) for row in other],
    )


def _fpc(facts: Any, other: Json) -> Pairs:
    theirs = [(f"FPC {row['slot']}", row["state"]) for row in other["fpc-information"]["fpc"]]
    yield [(slot.name, slot.state) for slot in facts], theirs


def _routing_engine(facts: Any, other: Json) -> Pairs:
    rows = other["route-engine-information"]["route-engine"]
    rows = rows if isinstance(rows, list) else [rows]
    for ours, row in zip(facts, rows, strict=True):
        yield (
            (ours.slot, ours.state, ours.model, ours.serial, ours.reload_reason),
            (
                row.get("slot", ""),
                row.get("mastership-state", ""),
                row.get("model", ""),
                row.get("serial-number", ""),
                row.get("last-reboot-reason"),
            ),
        )
        if "start-time" in row:
            yield (ours.started_at or "").replace("T", " ") == row["start-time"]["#text"][:19], True


def _storage(facts: Any, other: Json) -> Pairs:
    rows = values(other, "filesystem")[0]
    systems = [system for node in facts for system in node.systems]
    yield (
        [(system.kind, system.prefixes) for system in systems],
        [(row["filesystem-name"], (row["mounted-on"].strip(),)) for row in rows],
    )
    units = {"B": 1, "K": 1024, "M": 1024**2, "G": 1024**3, "T": 1024**4}
    free = [row["available-blocks"]["junos:format"] for row in rows]
    yield [system.free for system in systems], [int(float(size[:-1]) * units[size[-1]]) for size in free]


def _file_list(facts: Any, other: Json) -> Pairs:
    folders = other["dir"]
    theirs = [f"/{folder}/{name}" for folder, row in folders.items() for name in row.get("files", {})]
    yield list(facts.names), theirs


def _file_list_detail(facts: Any, other: Json) -> Pairs:
    rows = values(other, "file-information")[0]
    rows = rows if isinstance(rows, list) else [rows]
    yield [(file.name, str(file.size)) for file in facts.files], [(r["file-name"], r["file-size"]) for r in rows]


def _uptime(facts: Any, other: Json) -> Pairs:
    if isinstance(other, list):
        row = other[0]
        yield (
            (facts[0].now, facts[0].zone),
            (f"{row['year']}-{row['month']}-{row['day']}T{row['time']}", row["timezone"]),
        )
        yield facts[0].booted_at, f"{row['boot_year']}-{row['boot_month']}-{row['boot_day']}T{row['boot_time']}"
        yield (facts[0].configured_by, facts[0].synchronised), (row["last_config_user"], "NTP" in row["time_source"])
    else:
        booted = [row["date-time"]["#text"][:19] for row in values(other, "system-booted-time")]
        yield [each.booted_at.replace("T", " ") for each in facts], booted
        yield [each.configured_by for each in facts], [row["user"] for row in values(other, "last-configured-time")]
    for each in facts:
        passed = (datetime.fromisoformat(each.now) - datetime.fromisoformat(each.booted_at)).total_seconds()
        yield abs(passed - each.uptime) < 3_700, True  # the clock may have been put to summer time between


def _alarms(facts: Any, other: Json) -> Pairs:
    rows = [row for found in values(other, "alarm-detail") for row in (found if isinstance(found, list) else [found])]
    yield (
        [(alarm.severity, alarm.description, alarm.at) for alarm in facts],
        [(r["alarm-class"], r["alarm-description"], r["alarm-time"]["#text"][:19].replace(" ", "T")) for r in rows],
    )


def _lldp(facts: Any, other: Json) -> Pairs:
    if not isinstance(other, list):
        rows = values(other, "lldp-neighbor-information")[0]
        names = [row.get("lldp-remote-system-name", row.get("lldp-remote-chassis-id")) for row in rows]
        yield [neighbour.name for neighbour in facts], names
        return
    theirs = [(row["neighbor_name"], row["local_interface"], row["neighbor_interface"]) for row in other]
    yield [(n.name, n.local_interface, n.remote_interface) for n in facts], theirs


def _routes(facts: Any, other: Json) -> Pairs:
    ours = {
        (f"{table.vrf}.{table.family}".strip("."), source, number)
        for table in facts
        for source, number in table.routes.sources.items()
    }
    if isinstance(other, list):
        yield ours, {(row["table_name"], row["route_src"], int(row["active_routes"])) for row in other}
        return
    rows = values(other, "route-table")[0]
    yield (
        [(f"{table.vrf}.{table.family}".strip("."), table.routes.total) for table in facts],
        [(row["table-name"], int(row["active-route-count"])) for row in rows],
    )


COMPARERS: dict[str, Callable[[Any, Json], Pairs]] = {
    "show_version": _version,
    "show_version_detail": _version,
    "show_chassis_hardware": _hardware,
    "show_chassis_fpc": _fpc,
    "show_chassis_routing_engine": _routing_engine,
    "show_chassis_alarms": _alarms,
    "show_system_alarms": _alarms,
    "show_system_storage": _storage,
    "show_system_uptime": _uptime,
    "file_list": _file_list,
    "file_list_detail": _file_list_detail,
    "show_lldp_neighbors": _lldp,
    "show_vlans": _vlans,
    "show_route_summary": _routes,
}


_ASKED = {
    "request_system_software_add": "request system software add x",
    "request_system_software_validate": "request system software validate x",
    "request_system_software_rollback": "request system software rollback",
    "request_vmhost_software_add": "request vmhost software add x",
    "request_system_software_check_pending_install": "request system software add x",
    "request_system_reboot": "request system reboot",
    "request_system_halt": "request system halt",
    "request_vmhost_reboot": "request vmhost reboot",
    "file_checksum_md5": "file checksum md5 x",
}


def _transcripts(name: str) -> str | None:
    ways = ("success", "failed", "at_")
    return next(
        (asked for start, asked in _ASKED.items() if name.startswith(tuple(f"{start}_{way}" for way in ways))), None
    )


def _ended(name: str, facts: Any) -> Pairs:
    if name.startswith("file_checksum"):
        yield (facts.algorithm, len(facts.digest), facts.matches), ("md5", 32, None)
        return
    failed = "_failed" in name
    yield facts.succeeded, not failed
    yield facts.reason is None, not failed
    if "reboot" in name or "halt" in name:
        yield facts.reload_announced, True
    elif "pending" in name:
        yield facts.already_pending, failed
    else:
        yield facts.reboot_required, "validate" not in name and "not_found" not in name
        yield bool(facts.members), "virtual_chassis" in name or "one_member" in name


CAPTURED = Captured(
    COMPARERS,
    _transcripts,
    _ended,
    asked=frozenset(
        {
            "show version",
            "show chassis hardware",
            "show chassis routing-engine",
            "show system uptime",
            "show lldp neighbors",
            "show route summary",
            "file list",
            "request system software add x",
            "request system reboot",
        }
    ),
    refused={
        "juniper_junos/file_list/genie_golden_output3.txt": "the device has no such file; its source reads no files",
    },
    wrong={
        "juniper_junos/show_chassis_hardware/ntc_juniper_junos_show_chassis_hardware3.txt": Wrong(
            14, '"chassis_serial_number": "JNP204"', "takes a word of the model for the serial number"
        ),
        "juniper_junos/show_chassis_hardware/ntc_juniper_junos_show_chassis_hardware_dac_no_revision.txt": Wrong(
            14, '"chassis_serial_number": "Virtual"', "takes a word of the model for the serial number"
        ),
    },
    # A reply comes over NETCONF, or as the text inside it.
    forms=lambda text: (text, cli_text(text)),
)
