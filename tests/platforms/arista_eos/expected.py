"""Compare facts with the parse that a source keeps beside its capture; each function gives pairs (ours, theirs)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from platforms.comparing import Captured, Json, Pairs

_UNITS = {"year": 31_536_000, "week": 604_800, "day": 86_400, "hour": 3_600, "minute": 60}


def _version(facts: Any, other: Json) -> Pairs:
    row = other[0]
    yield (facts.version, facts.model or "", facts.serial or ""), (row["image"], row["model"], row["serial_number"])
    words = re.findall(r"(\d+) ([a-z]+?)s?\b", row["uptime"])
    yield facts.uptime, sum(int(number) * _UNITS[unit] for number, unit in words)


def _boot(facts: Any, other: Json) -> Pairs:
    yield facts.variable, (other[0]["version"],)


def _reload_cause(facts: Any, other: Json) -> Pairs:
    row = other[0]
    yield (facts[0].cause, facts[0].recommended) == (row["reload_cause"], row["recommended_action"]), True
    yield facts[0].debugging.split("\n")[0], row["debug_info"]
    yield (facts[0].at or "")[11:] in row["reload_time"], True


def _inventory(facts: Any, other: Json) -> Pairs:
    # The source takes the counts of the ports by kind for parts without a model.
    theirs = [(row["pid"], row["sn"]) for row in other if row["pid"]]
    yield [(item.pid, item.serial) for item in facts], theirs
    yield facts[0].description, other[0]["descr"].strip()


def _mlag(facts: Any, other: Json) -> Pairs:
    row = other[0]
    yield (facts.domain, facts.peer_link, facts.state), (row["domain"].strip(), row["peer_link"], row["state"])
    yield facts.fields["local-interface"], row["interface"]
    yield facts.fields["peer-address"], row["peer_addr"]


def _dir(facts: Any, other: Json) -> Pairs:
    listed = facts if isinstance(facts, tuple) else (facts,)
    ours = [(each.path, file.name, file.size) for each in listed for file in each.files]
    yield ours, [(row["file_system"], row["name"], int(row["size"])) for row in other if row["name"]]
    if not isinstance(facts, tuple):
        yield (str(facts.total), str(facts.free)), (other[0]["total_size"], other[0]["total_free"])


def _interfaces_status(facts: Any, other: Json) -> Pairs:
    yield [(port.name, port.status) for port in facts], [(row["port"], row["status"]) for row in other]


def _addresses(facts: Any, other: Json) -> Pairs:
    yield [(i.name, i.status) for i in facts], [(r["interface"], f"{r['status']}/{r['protocol']}") for r in other]


def _lldp(facts: Any, other: Json) -> Pairs:
    theirs = [(row["neighbor_name"], row["local_interface"], row["neighbor_interface"]) for row in other]
    yield [(n.name, n.local_interface, n.remote_interface) for n in facts], theirs


def _clock(facts: Any, other: Json) -> Pairs:
    row = other[0]
    yield (facts.moment[-8:], facts.zone), (row["time"], row["timezone"])
    yield (facts.moment[:4], facts.moment[8:10]), (row["year"], row["day"].zfill(2))


COMPARERS: dict[str, Callable[[Any, Json], Pairs]] = {
    "show_version": _version,
    "show_boot-config": _boot,
    "show_reload_cause": _reload_cause,
    "show_inventory": _inventory,
    "show_mlag": _mlag,
    "dir": _dir,
    "show_interfaces_status": _interfaces_status,
    "show_ip_interface_brief": _addresses,
    "show_lldp_neighbors": _lldp,
    "show_lldp_neighbors_detail": _lldp,
    "show_clock": _clock,
}


def _transcripts(name: str) -> str | None:
    return "install source flash:x.swi" if name.startswith("install_source_") else None


def _ended(name: str, facts: Any) -> Pairs:
    yield facts.operation, "source"
    yield facts.succeeded, "_success" in name
    yield facts.reason is None, "_success" in name


CAPTURED = Captured(
    COMPARERS,
    _transcripts,
    _ended,
    asked=frozenset(
        {"show version", "dir", "show inventory", "show ip interface brief", "show lldp neighbors", "show clock"}
    ),
    nothing=frozenset({"cisco_ios/dir/ntc_cisco_ios_dir_no_files.txt"}),
)
