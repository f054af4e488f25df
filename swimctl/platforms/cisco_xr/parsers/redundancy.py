"""`show redundancy` and `show redundancy summary`: which processor is active, and whether the other could take over."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.platforms.cisco_xr.platform import TERMINAL
from swimctl.platforms.facts import Redundancy
from swimctl.platforms.text import filled, passed_over

_ROLE: Final = re.compile(r"Node +(\S+) +is +in +(ACTIVE|STANDBY) +role(?: .*)?", re.IGNORECASE)
_PARTNER: Final = re.compile(
    r"(?:Partner +node|Node +Redundancy +Partner) +\((\S+)\) +is +in +(\S+) +role(?: .*)?", re.IGNORECASE
)
_ALONE: Final = re.compile(r"Node +(\S+) +has +no +valid +partner(?: .*)?", re.IGNORECASE)
_READY: Final = re.compile(r"Standby +node +in +\S+ +is +((?:not +)?ready)(?: .*)?", re.IGNORECASE)
_NSR: Final = re.compile(r"Standby +node +in +\S+ +is +((?:not +)?NSR-\S+)(?: .*)?", re.IGNORECASE)
_RELOAD: Final = re.compile(r'(Active|Standby) +node +reload +(?:"\s*(.*?)\s*"|([^"\s].*))', re.IGNORECASE)
_CAUSE: Final = re.compile(r"Cause *: *", re.IGNORECASE)
_TIMES: Final = re.compile(
    r"(Active +node +booted|Last +switch-over|Standby +node +boot) +(\w{3} +\w{3} +\d+ +[\d:]+ +\d{4}) *:.*",
    re.IGNORECASE,
)
_SWITCHOVERS: Final = re.compile(r"There +have +been +(\d+) +switch-overs +since +reload(?: .*)?", re.IGNORECASE)
_HEAD: Final = re.compile(r"=+|Redundancy +information +for +node .*", re.IGNORECASE)
_STANDBY: Final = "STANDBY"
_NO_PARTNER: Final = "no valid partner"

_TABLE: Final = re.compile(r"Active(?:/Primary| +Node) +Standby(?:/Backup| +Node)(?: .*)?", re.IGNORECASE)
_ROW: Final = re.compile(
    r"(?P<node>\d+/\S+?)(?:\((?P<role>\w)\))? +(?P<other>\d+/\S+?|N/A)(?:\(\w\))?(?: +\((?P<words>.*)\))?(?: +\w+)?",
    re.IGNORECASE,
)


def parse_show_redundancy(text: str) -> Redundancy:
    """Return both processors. Where the output was asked for more than once, the last answer counts.

    `peer_state` is the partner's role and readiness (`STANDBY, ready`), or `no valid partner`: that, the node and its
    role have to read. `fields` has the names of the nodes, NSR, when and why they booted, as far as these are told.
    """
    command = "show redundancy"
    lines = [line.strip() for line in filled(text, command, TERMINAL)]
    starts = [number for number, line in enumerate(lines) if _ROLE.fullmatch(line)]
    if not starts:
        raise UnparsableOutput(command, lines[0], "no node is said to be in a role")
    for line in lines[: starts[0]]:
        if not _HEAD.fullmatch(line):
            passed_over(command, line)
    answers = [_answer(command, lines[start:end]) for start, end in zip(starts, [*starts[1:], len(lines)], strict=True)]
    if len({answer.fields["node"] for answer in answers}) > 1:
        raise UnparsableOutput(command, lines[starts[-1]], "it is of more than one node")
    return answers[-1]


def _answer(command: str, lines: list[str]) -> Redundancy:
    own = _ROLE.fullmatch(lines[0])
    partner = _first(_PARTNER, lines)
    if own is None or (partner is None and _first(_ALONE, lines) is None):
        raise UnparsableOutput(command, lines[-1], "it does not say what the partner is")
    fields = {"node": own[1]}
    other = _NO_PARTNER
    if partner is not None:
        fields["partner"], other = partner[1], partner[2].upper()
        ready = _first(_READY, lines)
        if ready is None and _STANDBY in (other, own[2].upper()):
            raise UnparsableOutput(command, lines[-1], "it does not say whether the standby is ready")
        other = other if ready is None else f"{other}, {' '.join(ready[1].lower().split())}"
        if nsr := _first(_NSR, lines):
            fields["NSR"] = " ".join(nsr[1].split())
    for line in lines:
        if time := _TIMES.fullmatch(line):
            fields[" ".join(time[1].split())] = " ".join(time[2].split())
        elif number := _SWITCHOVERS.fullmatch(line):
            fields["switch-overs since reload"] = number[1]
        elif (why := _RELOAD.fullmatch(line)) and (why[2] or why[3]):
            fields[f"{why[1]} node reload"] = _CAUSE.sub("", why[2] or why[3], count=1)
    role = own[2].upper()
    own_is_active = role != _STANDBY
    return Redundancy(
        mode=None,
        active_state=role if own_is_active else other,
        peer_state=other if own_is_active else role,
        fields=fields,
    )


def _first(pattern: re.Pattern[str], lines: list[str]) -> re.Match[str] | None:
    return next((found for line in lines if (found := pattern.fullmatch(line))), None)


def parse_show_redundancy_summary(text: str) -> Redundancy:
    """Return what the table says. `peer_state` stands in brackets behind the standby node, or is `no valid partner`."""
    command = "show redundancy summary"
    lines = [line.strip() for line in filled(text, command, TERMINAL)]
    start = next((number for number, line in enumerate(lines) if _TABLE.fullmatch(line)), None)
    if start is None:
        raise UnparsableOutput(command, lines[0], "there is no header 'Active … Standby …'")
    rows: list[re.Match[str]] = []
    for number, line in enumerate(lines):
        row = _ROW.fullmatch(line) if number > start else None
        if row:
            rows.append(row)
        elif number > start and re.match(r"\d+/", line):
            raise UnparsableOutput(command, line, "a node's row cannot be read")
        elif number != start and set(line) - set("- "):
            passed_over(command, line)
    node = next((row for row in rows if row["role"] in {None, "A", "a"}), None)
    if node is None:
        raise UnparsableOutput(command, lines[-1], "no row is of an active node")
    alone = node["other"].upper() == "N/A"
    groups = {f"group {row['node']} {row['other']}": row["words"] or "" for row in rows if row["role"] in {"P", "p"}}
    return Redundancy(
        mode=None,
        active_state="ACTIVE",
        peer_state=_NO_PARTNER if alone else node["words"] or _STANDBY,
        fields={"node": node["node"], **({} if alone else {"partner": node["other"]}), **groups},
    )
