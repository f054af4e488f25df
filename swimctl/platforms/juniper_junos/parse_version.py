"""`show version`: the release, the model, and those of every member."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.facts import MemberSoftware, SoftwareVersion
from swimctl.facts_junos import NodeSoftware
from swimctl.platforms.juniper_junos.nodes import by_node
from swimctl.platforms.juniper_junos.terminal import TERMINAL
from swimctl.platforms.text import filled

_FIELD: Final = re.compile(r"(Hostname|Model|Junos|Family|Pending): +(\S+).*")
# Before 14 there is no line `Junos:`; the package that all others are made for tells the release.
_PACKAGE: Final = re.compile(r"JUNOS[ -].*\[([^\]]+)\]")
_SUITE: Final = re.compile(
    r"JUNOS (?:EX +Software Suite|Software Release|Base OS boot|Base OS Software Suite) \[([^\]]+)\]"
)
# A package that waits for its reboot, where the device has no line `Pending:`.
_INSTALLER: Final = re.compile(r"JUNOS Installation Software \[([^\]]+)\]")
_RELEASE: Final = re.compile(r"\d+\.\d+[A-Z]\S*")


def parse_show_version(text: str, command: str = "show version") -> SoftwareVersion:
    """Read host name, model and release; `members` where they are numbered (`fpc0`, `node0`).

    The release of the whole is that of the member that is named first.
    """
    nodes = parse_nodes(text, command)
    members = tuple(
        MemberSoftware(int(number[0]), each.model, each.version, "", None)
        for each in nodes
        if (number := re.findall(r"\d+", each.node))
    )
    first = nodes[0]
    return SoftwareVersion(version=first.version, hostname=first.hostname, model=first.model, members=members)


def parse_nodes(text: str, command: str = "show version") -> tuple[NodeSoftware, ...]:
    """Read what runs on each node, and what starts at its next reboot."""
    parts = by_node([line.strip() for line in filled(text, command, TERMINAL)])
    return tuple(_node(command, node, lines) for node, lines in parts)


def _node(command: str, node: str, lines: list[str]) -> NodeSoftware:
    told = _block(command, lines)
    installer = next((found[1] for line in lines if (found := _INSTALLER.fullmatch(line))), None)
    pending = told.get("Pending", installer)
    if pending is not None and not _RELEASE.fullmatch(pending):
        raise UnparsableOutput(command, pending, "what waits for the next reboot is no release")
    return NodeSoftware(node, told["Hostname"], told["Model"], told["Junos"], pending)


def _block(command: str, lines: list[str]) -> dict[str, str]:
    if not lines or not lines[0].startswith("Hostname:"):
        raise UnparsableOutput(command, lines[0] if lines else "", "there is no 'Hostname:'")
    told: dict[str, str] = {}
    for line in lines:
        if found := _FIELD.fullmatch(line):
            told.setdefault(found[1], found[2])
    if "Junos" not in told:
        suite = next((found for line in lines if (found := _SUITE.fullmatch(line))), None)
        if suite:
            told["Junos"] = suite[1]
    if not any(map(_PACKAGE.fullmatch, lines)):
        raise UnparsableOutput(command, lines[-1], "it ends before the first package")
    if not _RELEASE.fullmatch(told.get("Junos", "")) or not {"Hostname", "Model"} <= set(told):
        raise UnparsableOutput(command, lines[-1], "it gives no model, or no release")
    return told
