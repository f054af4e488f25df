"""`show version`: the release, the model, and those of every member."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.platforms.facts import MemberSoftware, SoftwareVersion
from swimctl.platforms.juniper_junos.facts import NodeSoftware
from swimctl.platforms.juniper_junos.netconf import cli_text
from swimctl.platforms.juniper_junos.nodes import parts_of
from swimctl.platforms.juniper_junos.platform import TERMINAL
from swimctl.platforms.systems import answered_by
from swimctl.platforms.terminal import ZONE
from swimctl.platforms.text import filled, passed_over

_FIELD: Final = re.compile(r"(Hostname|Model|Junos|Family|Pending|Yocto|Linux +Kernel) *: *(\S+).*", re.IGNORECASE)
# `JUNOS Web Management [15.1R7.9]`, `CHEF client bundle [11.10.4]`, `KERNEL 21.4R3-S7.9 #0 built by …`; and the only
# one of early releases of Junos Evolved: `Junos Package: junos-evo-install-…-19.4R1.9-EVO.iso` (an article of Juniper's
# engineers with a QFX5220; no second source).
_PACKAGE: Final = re.compile(
    rf"\S.*\[([^\]]+)\]|KERNEL +\S.*|\S+ +package +version *: *\S.* \d\d:\d\d:\d\d +{ZONE}|Junos +Package *: *\S+\.iso",
    re.IGNORECASE,
)
# Before 14 there is no line `Junos:`; the package that all others are made for tells the release.
_SUITE: Final = re.compile(
    r"JUNOS +(?:EX +Software +Suite|Software +Release|Base +OS +boot|Base +OS +Software +Suite) +\[([^\]]+)\]",
    re.IGNORECASE,
)
# A package that waits for its reboot, where the device has no line `Pending:`.
_INSTALLER: Final = re.compile(r"JUNOS +Installation +Software +\[([^\]]+)\]", re.IGNORECASE)
_RELEASE: Final = re.compile(r"\d{1,2}\.\d+[A-Z]\S*", re.IGNORECASE)
# Most packages of newer releases tell the day of their build alone (`20220419.9889e6f_…`, whose hash may begin with
# digits and a letter as a release does), some the release: `JUNOS Openconfig [21.1X3.3]`. Of an NFX250
# that prints no line `Junos:` (ntc-templates, juniper_junos_show_version_vmhost) nothing else tells it.
_AGREED: Final = 2
# The facts of a node; of any other field a second value does not matter.
_ONCE: Final = ("model", "junos", "pending")


def parse_show_version(text: str, command: str = "show version") -> SoftwareVersion:
    """Return the host name where there is one, model and release; `members` where they are numbered (`fpc0`, `node0`).

    The release of the whole is that of the member that is named first. A reply over NETCONF reads alike.
    """
    nodes = parse_nodes(text, command)
    members = tuple(
        MemberSoftware(int(number[0]), each.model, each.version, "", None)
        for each in nodes
        if (number := re.findall(r"\d+", each.node))
    )
    first = nodes[0]
    return SoftwareVersion(version=first.version, hostname=first.hostname or None, model=first.model, members=members)


def parse_nodes(text: str, command: str = "show version") -> tuple[NodeSoftware, ...]:
    """Return what runs on each node, and what starts at its next reboot.

    Model and release have to be there, and a package below them: before it what waits may not have been told yet.
    """
    lines = [line.strip() for line in filled(cli_text(text), command, TERMINAL)]
    if other := answered_by(lines, "juniper_junos"):
        raise UnparsableOutput(command, *other)
    return tuple(_node(command, node, part) for node, part in parts_of(command, lines, _FIELD.fullmatch))


def _node(command: str, node: str, lines: list[str]) -> NodeSoftware:
    told, packages = _block(command, lines)
    suite = next((found[1] for line in packages if (found := _SUITE.fullmatch(line))), "")
    installer = next((found[1] for line in packages if (found := _INSTALLER.fullmatch(line))), None)
    version, pending = told.get("junos") or suite or _agreed(packages), told.get("pending", installer)
    last = lines[-1] if lines else node
    if pending is not None and not _RELEASE.fullmatch(pending):
        raise UnparsableOutput(command, pending, "what waits for the next reboot is no release")
    if not packages:
        raise UnparsableOutput(command, last, "it ends before the first package")
    if not _RELEASE.fullmatch(version) or "model" not in told:
        raise UnparsableOutput(command, last, "it gives no model, or no release")
    # A device without a name prints no `Hostname:` (an SRX300 of 22.4R3-S2).
    return NodeSoftware(node, told.get("hostname", ""), told["model"], version, pending)


def _agreed(packages: list[str]) -> str:
    """Return the release that all packages name which name one; empty where they are too few, or differ."""
    named = [
        found[1] for line in packages if (found := _PACKAGE.fullmatch(line)) and _RELEASE.fullmatch(found[1] or "")
    ]
    return named[0] if len(named) >= _AGREED and len(set(named)) == 1 else ""


def _block(command: str, lines: list[str]) -> tuple[dict[str, str], list[str]]:
    told: dict[str, str] = {}
    packages = []
    for line in lines:
        if found := _FIELD.fullmatch(line):
            name = found[1].lower()
            if told.setdefault(name, found[2]) != found[2] and name in _ONCE:
                raise UnparsableOutput(command, line, f"it gives two values of '{found[1]}'")
        elif _PACKAGE.fullmatch(line):
            packages.append(line)
        else:
            passed_over(command, line)
    return told, packages
