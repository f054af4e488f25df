"""What Junos says as data of what runs, since when, and of its members: `… | display xml`, which every release has.

The names are those of devices in public repositories: `show version` of an EX in Juniper/py-junos-eznc
(tests/unit/facts/rpc-reply) and of a PTX (captures/more/juniper_junos/show_version), uptimes of 16.1, 18.3 and 23.2, a
Virtual Chassis of QFX5110, routing engines of 20.4. Which element names a release that waits no source shows: it is
known of the older kind alone, where it is a package; the newer kind tells it in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from lxml import etree

from swimctl.errors import UnparsableOutput
from swimctl.platforms.juniper_junos.facts import ChassisMember, NodeSoftware, NodeUptime, RoutingEngine
from swimctl.platforms.juniper_junos.nodes import moment
from swimctl.platforms.juniper_junos.parsers.members import role_of
from swimctl.platforms.juniper_junos.parsers.version import parse_nodes
from swimctl.platforms.juniper_junos.platform import TERMINAL
from swimctl.platforms.text import clean

PIPE: Final = "display xml"
_REPLY: Final = re.compile(r"^\s*(<(?:\w+:)?rpc-reply\b.*?</(?:\w+:)?rpc-reply>)", re.DOTALL | re.MULTILINE)
_PARSER: Final = {"resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False}
_ERRORS: Final = ("error", "rpc-error")


def nodes_data(text: str) -> tuple[NodeSoftware, ...]:
    """Return what runs on each node; model, release and a package of each have to be there."""
    command = "show version | display xml"
    _nodes(text, command, "software-information")
    return parse_nodes(text, command)


def uptime_data(text: str) -> tuple[NodeUptime, ...]:
    """Return since when each node is up; the time, and that of the boot, have to be there."""
    command = "show system uptime | display xml"
    found = []
    for node, part in _nodes(text, command, "system-uptime-information"):
        now = moment(_text(part, "current-time/{*}date-time"))
        booted = moment(_text(part, "system-booted-time/{*}date-time"))
        if now is None or booted is None:
            raise UnparsableOutput(command, node, "it gives no time, or no time of the boot")
        length = part.find("{*}system-booted-time/{*}time-length")
        passed = (datetime.fromisoformat(now[0]) - datetime.fromisoformat(booted[0])).total_seconds()
        seconds = _seconds(length)
        found.append(NodeUptime(node, *now, booted[0], int(passed) if seconds is None else seconds))
    return tuple(found)


def members_data(text: str) -> tuple[ChassisMember, ...]:
    """Return the members of a Virtual Chassis; number and state of each have to be there, and the role of one that is.

    Serial number and model are empty where they are not told.
    """
    command = "show virtual-chassis | display xml"
    found = []
    for _, part in _nodes(text, command, "virtual-chassis-information"):
        for row in part.iterfind("{*}member-list/{*}member"):
            told = {str(etree.QName(each).localname): " ".join((each.text or "").split()) for each in row}
            number, state, role = (told.get(f"member-{name}", "") for name in ("id", "status", "role"))
            if not number.isdecimal() or not state or (state == "Prsnt" and not role):
                raise UnparsableOutput(command, str(told), "a member cannot be read")
            serial, model = told.get("member-serial-number", ""), told.get("member-model", "")
            found.append(ChassisMember(int(number), state, serial, model, role_of(role)))
    if not found:
        raise UnparsableOutput(command, "", "there is no member")
    return tuple(found)


def engines_data(text: str) -> tuple[RoutingEngine, ...]:
    """Return every engine; each has to tell its state, or how long it is up."""
    command = "show chassis routing-engine | display xml"
    found = []
    for node, part in _nodes(text, command, "route-engine-information"):
        for row in part.iterfind("{*}route-engine"):
            state, uptime = _text(row, "mastership-state").capitalize(), _seconds(row.find("{*}up-time"))
            if not state and uptime is None:
                raise UnparsableOutput(command, node, "an engine tells neither its state nor how long it is up")
            started = moment(_text(row, "start-time"))
            found.append(
                RoutingEngine(
                    node,
                    _text(row, "slot"),
                    state,
                    _text(row, "model"),
                    _text(row, "serial-number"),
                    started[0] if started else None,
                    uptime,
                    _text(row, "last-reboot-reason") or None,
                )
            )
    if not found:
        raise UnparsableOutput(command, "", "there is no engine")
    return tuple(found)


def _nodes(text: str, command: str, name: str) -> Iterator[tuple[str, Any]]:
    """Return the element `name` of each node with the node's name; raises where one has none, or half a reply came."""
    said = "\n".join(clean(text, command, TERMINAL))
    reply = _REPLY.search(said)
    if reply is None:
        raise UnparsableOutput(command, said.strip().partition("\n")[0], "it is no data")
    try:
        root = etree.fromstring(reply[1].encode(), etree.XMLParser(**_PARSER))
    except etree.XMLSyntaxError as error:
        raise UnparsableOutput(command, "", f"its data cannot be read: {error.msg}") from None
    failed = next((each for tag in _ERRORS for each in root.iter(f"{{*}}{tag}")), None)
    if failed is not None:
        why = " ".join("".join(failed.itertext()).split())
        raise UnparsableOutput(command, why, "the device has no data for it")
    items = list(root.iter("{*}multi-routing-engine-item"))
    parts = [(_text(item, "re-name"), next(item.iter(f"{{*}}{name}"), None)) for item in items]
    found = parts or [("", next(root.iter(f"{{*}}{name}"), None))]
    if any(part is None for _, part in found) or not all(node for node, _ in parts):
        raise UnparsableOutput(command, "", f"there is no {name} of a member, or of the device")
    return iter(found)


def _text(node: Any, path: str) -> str:  # noqa: ANN401 - lxml has no types
    return " ".join(str(node.findtext(f"{{*}}{path}") or "").split())


def _seconds(node: Any) -> int | None:  # noqa: ANN401 - as above
    """Return the seconds that Junos writes beside a length of time, in an attribute with or without its space."""
    told = {str(etree.QName(name).localname): value for name, value in node.attrib.items()} if node is not None else {}
    return int(told["seconds"]) if re.fullmatch(r"\d+", told.get("seconds", "")) else None
