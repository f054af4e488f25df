"""`show redundancy` and `show redundancy summary`: which processor is active, and whether the other could take over."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.facts import Redundancy
from swimctl.platforms.cisco_xr.terminal import TERMINAL
from swimctl.platforms.text import filled

_ROLE: Final = re.compile(r"Node (\S+) is in (ACTIVE|STANDBY) role")
_PARTNER: Final = re.compile(r"(?:Partner node|Node Redundancy Partner) \((\S+)\) is in (\S+) role")
_ALONE: Final = re.compile(r"Node (\S+) has no valid partner")
_STANDBY: Final = re.compile(r"Standby node in (\S+) is (.+)")
_BOOT_INFO: Final = re.compile(r"Reload and boot info", re.IGNORECASE)
_RELOAD: Final = re.compile(r'(Active|Standby) node reload +(?:"\s*(.*?)\s*"|([^"\s].*))')
_TIMES: Final = re.compile(
    r"(Active node booted|Last switch-over|Standby node boot) +(\w{3} \w{3} +\d+ [\d:]+ \d{4}):.*"
)
_SWITCHOVERS: Final = re.compile(r"There have been (\d+) switch-overs since reload")

_TABLE: Final = re.compile(r"Active(?:/Primary| Node) +Standby(?:/Backup| Node)")
_ROW: Final = re.compile(r"(\d+/\S+?)(?:\((\w)\))? +(\d+/\S+?|N/A)(?:\((\w)\))?(?: +\((.*)\))?")


def parse_show_redundancy(text: str) -> Redundancy:
    """Read both processors. Where the output was asked for more than once, the last answer counts.

    `peer_state` is the partner's role and readiness in the device's words (`STANDBY, ready`), or `no valid partner`.
    `fields` has the names of the nodes, NSR, when and why they booted.
    """
    command = "show redundancy"
    lines = [line.strip() for line in filled(text, command, TERMINAL)]
    starts = [number for number, line in enumerate(lines) if _ROLE.fullmatch(line)]
    if not starts:
        raise UnparsableOutput(command, lines[0], "no node is said to be in a role")
    if any(not _is_head(line) for line in lines[: starts[0]]):
        raise UnparsableOutput(command, lines[0])
    answers = [_answer(command, lines[start:end]) for start, end in zip(starts, [*starts[1:], len(lines)], strict=True)]
    if len({answer.fields["node"] for answer in answers}) > 1:
        raise UnparsableOutput(command, lines[starts[-1]], "it is of more than one node")
    return answers[-1]


def _is_head(line: str) -> bool:
    return set(line) == {"="} or line.startswith("Redundancy information for node ")


def _answer(command: str, lines: list[str]) -> Redundancy:
    own = _ROLE.fullmatch(lines[0])
    partner = next((found for line in lines if (found := _PARTNER.fullmatch(line))), None)
    alone = any(map(_ALONE.fullmatch, lines))
    if own is None or (partner is None and not alone):
        raise UnparsableOutput(command, lines[-1], "it ends before what the partner is")
    if not any(map(_BOOT_INFO.fullmatch, lines)):
        raise UnparsableOutput(command, lines[-1], "it ends before 'Reload and boot info'")
    fields = {"node": own[1]}
    readiness = [found[2] for line in lines if (found := _STANDBY.fullmatch(line))]
    other = "no valid partner"
    if partner is not None:
        fields["partner"] = partner[1]
        other = ", ".join([partner[2], *readiness[:1]])
        if nsr := next((said for said in readiness[1:] if "NSR" in said), None):
            fields["NSR"] = nsr
    for line in lines:
        if time := _TIMES.fullmatch(line):
            fields[time[1]] = time[2]
        elif number := _SWITCHOVERS.fullmatch(line):
            fields["switch-overs since reload"] = number[1]
        elif (why := _RELOAD.fullmatch(line)) and (why[2] or why[3]):
            fields[f"{why[1]} node reload"] = (why[2] or why[3]).removeprefix("Cause: ")
    own_is_active = own[2] == "ACTIVE"
    return Redundancy(
        mode=None,
        active_state=own[2] if own_is_active else other,
        peer_state=other if own_is_active else own[2],
        fields=fields,
    )


def parse_show_redundancy_summary(text: str) -> Redundancy:
    """Read the table. `peer_state` is what stands in brackets behind the standby node, or `no valid partner`."""
    command = "show redundancy summary"
    lines = [line.strip() for line in filled(text, command, TERMINAL)]
    if not _TABLE.fullmatch(lines[0]):
        raise UnparsableOutput(command, lines[0], "there is no header 'Active … Standby …'")
    rows: list[re.Match[str]] = []
    for line in lines[1:]:
        row = _ROW.fullmatch(line)
        if row:
            rows.append(row)
        elif set(line) - set("- "):
            raise UnparsableOutput(command, line)
    node = next((row for row in rows if row[2] in {None, "A"}), None)
    if node is None:
        raise UnparsableOutput(command, lines[-1], "no row is of an active node")
    alone = node[3] == "N/A"
    groups = {f"group {row[1]} {row[3]}": row[5] or "" for row in rows if row[2] == "P"}
    return Redundancy(
        mode=None,
        active_state="ACTIVE",
        peer_state="no valid partner" if alone else node[5] or "STANDBY",
        fields={"node": node[1], **({} if alone else {"partner": node[3]}), **groups},
    )
