"""NETCONF of a lab Juniper: what its command line shows, by the names of Junos' own operations. Pure.

It reads alone. Which operations there are is what PyEZ, and with it NAPALM, and Ansible's collection ask for. Errors as
in Juniper/py-junos-eznc (tests/unit) and in Junos' guide to NETCONF: `operation-failed`, the words of the command line,
and what was wrong as `bad-element`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

from swimctl.lab.grammar import Ambiguous, Incomplete, Invalid
from swimctl.lab.juniper_junos import configuration, ports, structured
from swimctl.lab.juniper_junos.commands import grammar
from swimctl.lab.juniper_junos.elements import Element, as_json, as_reply, space_of, text
from swimctl.lab.juniper_junos.session import SUPER_USER
from swimctl.lab.juniper_junos.structured import ERROR, answered
from swimctl.lab.netconf import VERSION_1, Offered, Refusal, local
from swimctl.lab.plain_commands import Show

if TYPE_CHECKING:
    from swimctl.lab.juniper_junos.device import Juniper
    from swimctl.lab.vty import Login

_CAPABILITIES = (
    VERSION_1,
    "urn:ietf:params:netconf:capability:candidate:1.0",
    "urn:ietf:params:netconf:capability:confirmed-commit:1.0",
    "urn:ietf:params:netconf:capability:validate:1.0",
    "http://xml.juniper.net/netconf/junos/1.0",
    "http://xml.juniper.net/dmi/system/1.0",
)
_COMMANDS = {
    "get-alarm-information": "show chassis alarms",
    "get-chassis-inventory": "show chassis hardware",
    "get-fpc-information": "show chassis fpc",
    "get-lldp-neighbors-information": "show lldp neighbors",
    "get-route-engine-information": "show chassis routing-engine",
    "get-route-summary-information": "show route summary",
    "get-software-information": "show version",
    "get-snapshot-information": "show system snapshot",
    "get-system-alarm-information": "show system alarms",
    "get-system-memory-information": "show system memory",
    "get-system-storage": "show system storage",
    "get-system-uptime-information": "show system uptime",
    "get-virtual-chassis-information": "show virtual-chassis",
    "get-vlan-information": "show vlans",
}
_TERSE = "show interfaces terse"


def offered(switch: Juniper, login: Login) -> Offered:
    """Return what somebody is offered."""
    operations = _Operations(switch, login)
    return Offered(operations.answer, _CAPABILITIES, f' xmlns:junos="{space_of(switch.running[0])}"')


class _Operations:
    def __init__(self, switch: Juniper, login: Login) -> None:
        self._switch = switch
        self._login = login

    def answer(self, asked: ET.Element) -> str:
        name, how = local(asked), asked.get("format", "xml").lower()
        if how not in {"xml", "text", *(("json",) if self._switch.spec.structured else ()), "set"}:
            raise _mistake(name)
        line = " ".join((asked.text or "").split()) if name == "command" else ""
        self._switch.note_command(line or f"<{name}>", self._login.user)
        match name:
            case "command":
                return self._shown(line, how)
            case "get-configuration":
                return self._configuration(asked, how)
            case "get-config":
                return f"<data>{self._configuration(asked, how)}</data>"
            case "file-show":
                return self._file(_argument(asked, "filename"))
            case "get-interface-information" if how == "xml":
                return as_reply(self._interfaces(asked))
            case "get-interface-information":
                return self._shown(_TERSE, how)
            case _ if name in _COMMANDS:
                return self._shown(_COMMANDS[name], how)
        raise _mistake(name)

    def _shown(self, line: str, how: str) -> str:
        """Write what a command shows."""
        try:
            command = grammar().parse(line, self._login.privilege).target
        except (Ambiguous, Incomplete, Invalid):
            raise Refusal("operation-failed", "syntax error, expecting <command>", line.rpartition(" ")[2]) from None
        if not isinstance(command, Show):
            raise Refusal("operation-not-supported", "this lab device shows things alone over NETCONF", line)
        if command.text is configuration.as_text and how in {"text", "set"}:
            said = configuration.as_text(self._switch) if how == "text" else configuration.as_commands(self._switch)
            output = as_reply(text("configuration-output", f"\n{said}"))
            return f"<configuration-information>{output}</configuration-information>"
        said = command.text(self._switch)
        if said.startswith(ERROR):
            raise Refusal("operation-failed", said.removeprefix(ERROR).strip())
        if how == "text":
            return as_reply(text("output", f"\n{said}"))
        answer = answered(self._switch, command)
        return escape(as_json(answer)) if how == "json" else as_reply(answer)

    def _interfaces(self, asked: ET.Element) -> Element:
        if _argument(asked, "routing-instance") == ports.INSIDE:
            return ports.inside(self._switch)
        if any(local(each) == "terse" for each in asked):
            return structured.interfaces(self._switch)
        name = _argument(asked, "interface-name")
        return _only(ports.hardware(self._switch), name) if name else ports.hardware(self._switch)

    def _configuration(self, asked: ET.Element, how: str) -> str:
        if self._login.privilege < SUPER_USER:
            raise Refusal("operation-failed", "permission denied", local(asked))
        if how == "text":
            return as_reply(
                text("configuration-text", f"\n{configuration.as_text(self._switch)}", xmlns=configuration.SPACE)
            )
        if how == "set":
            return as_reply(
                text("configuration-set", f"\n{configuration.as_commands(self._switch)}", xmlns=configuration.SPACE)
            )
        whole = configuration.as_elements(self._switch)
        chosen = next((each for each in asked.iter() if local(each) == "configuration"), None)
        found = whole if chosen is None else _kept(whole, chosen)
        return escape(as_json(found)) if how == "json" else as_reply(found)

    def _file(self, path: str) -> str:
        if path != ports.HOSTS_FILE:
            raise Refusal("operation-failed", f"could not resolve file {path}")
        content = ports.hosts()
        return as_reply(text("file-content", f"\n{content}", filename=path, filesize=len(content), encoding="text"))


def _mistake(name: str) -> Refusal:
    return Refusal("operation-failed", "syntax error", name)


def _argument(asked: ET.Element, name: str) -> str:
    return next(((each.text or "").strip() for each in asked if local(each) == name), "")


def _only(interfaces: Element, name: str) -> Element:
    """Keep the physical interface of a name."""
    assert not isinstance(interfaces.content, str)  # noqa: S101 - what ports.hardware makes
    rows = (each for each in interfaces.content if isinstance(each.content, tuple))
    return Element(
        interfaces.name, tuple(row for row in rows if text("name", name) in row.content), interfaces.attributes
    )


def _kept(node: Element, wanted: ET.Element) -> Element:
    """Keep of an element what a filter names; a filter that names nothing below keeps all."""
    if isinstance(node.content, str) or not len(wanted):
        return node

    def below() -> Iterator[Element]:
        for each in node.content:
            if isinstance(each, Element):
                yield from (_kept(each, filtered) for filtered in wanted if local(filtered) == each.name)

    return Element(node.name, tuple(each for each in below() if each.content or each.content == ""), node.attributes)
