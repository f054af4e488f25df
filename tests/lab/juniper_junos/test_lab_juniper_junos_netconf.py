"""What a lab Juniper answers over NETCONF: the facts of its command line, and its refusals."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET
from xml.sax.saxutils import quoteattr

import paramiko
import pytest
from fleets import juniper_junos
from support.lab_terminal import AnyDesk, small

from swimctl.lab.fleet import LabFleet
from swimctl.lab.juniper_junos.spec import HARDWARE, JunosSpec, MemberSpec
from swimctl.lab.netconf import NetconfSession
from swimctl.lab.vty import Login

BASE = "urn:ietf:params:xml:ns:netconf:base:1.0"
END = b"]]>]]>"
ADMIN, READER = Login("admin", 15), Login("reader", 1)


def desk_of(folder: Path, *models: str, **spec: Any) -> AnyDesk:
    members = tuple(MemberSpec(HARDWARE[model], f"NX021903{at:04d}") for at, model in enumerate(models))
    return AnyDesk(folder, JunosSpec("desk", members=members, netconf=True, **small(**spec)))


def ask(desk: AnyDesk, operation: str, login: Login = ADMIN) -> ET.Element:
    """Ask one thing, as a client that speaks both versions does; give the reply without the names of its spaces."""
    session = NetconfSession(1, desk.switch.netconf(login))
    assert b"base:1.1" not in session.hello()
    hello = f'<hello xmlns="{BASE}"><capabilities><capability>urn:ietf:params:netconf:base:1.1</capability>'
    session.feed(f"{hello}</capabilities></hello>".encode() + END)
    said = session.feed(f'<rpc xmlns="{BASE}" message-id="7">{operation}</rpc>'.encode() + END)
    assert said.endswith(END)
    reply = ET.fromstring(re.sub(r' xmlns="[^"]*"', "", said.removesuffix(END).decode()))  # noqa: S314 - the lab's own
    assert (reply.tag, reply.get("message-id")) == ("rpc-reply", "7")
    return reply


def error(reply: ET.Element) -> tuple[str | None, ...]:
    names = ("error-type", "error-tag", "error-message", "error-info/bad-element")
    return tuple(reply.findtext(f"rpc-error/{name}") for name in names)


@pytest.mark.parametrize(
    ("operation", "command"),
    [
        ("get-software-information", "show version"),
        ("get-chassis-inventory", "show chassis hardware"),
        ("get-virtual-chassis-information", "show virtual-chassis"),
        ("get-lldp-neighbors-information", "show lldp neighbors"),
        ("get-system-storage", "show system storage"),
        ("get-system-memory-information", "show system memory"),
    ],
)
@pytest.mark.parametrize("models", [("ex3400-24p",), ("ex4300-48t", "ex4300-48t")], ids=["alone", "two members"])
def test_an_operation_answers_what_its_command_prints(
    tmp_path: Path, operation: str, command: str, models: tuple[str, ...]
) -> None:
    desk = desk_of(tmp_path, *models)
    printed = desk.type(command)
    assert (ask(desk, f'<{operation} format="text"/>').findtext("output") or "").strip() == printed.strip()
    said = ask(desk, f"<command format={quoteattr('text')}>{command}</command>")
    assert (said.findtext("output") or "").strip() == printed.strip()
    shown = ET.fromstring(re.sub(r' xmlns="[^"]*"', "", desk.type(f"{command} | display xml")))  # noqa: S314 - as above
    assert ET.tostring(shown[0]).split() == ET.tostring(ask(desk, f"<{operation}/>")[0]).split()
    as_json = ask(desk, f'<{operation} format="json"/>').text
    assert json.loads(as_json or "") == json.loads(desk.type(f"{command} | display json"))


def test_memory_and_disks_are_the_same_numbers_as_data(tmp_path: Path) -> None:
    desk = desk_of(tmp_path, "ex3400-24p")
    text, found = desk.type("show system memory"), ask(desk, "<get-system-memory-information/>")
    assert re.findall(r"Free memory: +(\d+) Kbytes", text) == [found.findtext(".//system-memory-free")]
    rows = [line.split() for line in desk.type("show system storage").splitlines()[1:] if line.strip()]
    data = [[each.text for each in row] for row in ask(desk, "<get-system-storage/>").iter("filesystem")]
    assert [[name, size, used] for name, size, used, *_ in rows] == [row[:3] for row in data]


def test_ports_are_up_as_they_are_printed(tmp_path: Path) -> None:
    desk = desk_of(tmp_path, "ex3400-24p", "ex3400-24p")
    printed = [line.split() for line in desk.type("show interfaces terse").splitlines()[1:]]
    links = {name: link for name, _, link, *_ in (row for row in printed if row and "." not in row[0])}
    found = ask(desk, "<get-interface-information><detail/></get-interface-information>")
    told = {row.findtext("name"): row.findtext("oper-status") for row in found.iter("physical-interface")}
    assert {name: told[name] for name in links} == links
    assert len({row.findtext("hardware-physical-address") for row in found.iter("physical-interface")}) == len(told)
    one = ask(desk, "<get-interface-information><interface-name>xe-1/2/0</interface-name></get-interface-information>")
    assert [row.findtext("name") for row in one.iter("physical-interface")] == ["xe-1/2/0"]


def test_the_configuration_is_the_one_that_was_committed(tmp_path: Path) -> None:
    desk = desk_of(tmp_path, "ex3400-24p")
    for line in ("configure", "set system host-name renamed", "set system domain-name lab.example", "commit and-quit"):
        desk.type(line)
    only = "<configuration><system><domain-name/></system></configuration>"
    found = ask(desk, f"<get-configuration>{only}</get-configuration>").find("configuration")
    assert found is not None
    assert (
        ET.tostring(found).split()
        == b"<configuration> <system> <domain-name>lab.example</domain-name> </system> </configuration>".split()
    )
    assert ask(desk, "<get-config><source><running/></source></get-config>").findtext(".//host-name") == "renamed"
    for how, command in (("text", "show configuration"), ("set", "show configuration | display set")):
        said = ask(desk, f"<get-configuration format={quoteattr(how)}/>").findtext(f"configuration-{how}")
        assert (said or "").strip() == desk.type(command).strip()
    refused = ask(desk, "<get-configuration/>", READER)
    assert error(refused)[2:] == ("permission denied", "get-configuration")


@pytest.mark.parametrize(
    ("operation", "message", "element"),
    [
        ("<get-bridge-information/>", "syntax error", "get-bridge-information"),
        ('<get-software-information format="yaml"/>', "syntax error", "get-software-information"),
        ("<command>show nothing</command>", "syntax error, expecting <command>", "nothing"),
        ("<file-show><filename>/etc/passwd</filename></file-show>", "could not resolve file /etc/passwd", None),
        ("<command>show system snapshot</command>", "external media missing or invalid", None),
    ],
)
def test_mistakes_are_told_as_junos_does(tmp_path: Path, operation: str, message: str, element: str | None) -> None:
    desk = desk_of(tmp_path, "ex4300-48t")
    assert error(ask(desk, operation)) == ("protocol", "operation-failed", message, element)


def test_nothing_is_changed_over_netconf(tmp_path: Path) -> None:
    desk = desk_of(tmp_path, "ex3400-24p")
    assert error(ask(desk, "<command>request system reboot</command>"))[1] == "operation-not-supported"
    assert desk.switch.scheduled_reload is None
    assert error(ask(desk, "<load-configuration/>"))[1:3] == ("operation-failed", "syntax error")


def test_json_is_no_format_of_an_old_release(tmp_path: Path) -> None:
    desk = desk_of(tmp_path, "ex4300-48t", structured=False)
    assert error(ask(desk, '<get-software-information format="json"/>'))[2] == "syntax error"


def test_the_subsystem_is_there_where_the_device_offers_it(tmp_path: Path) -> None:
    make = juniper_junos.FLEET.make
    with LabFleet([make("with", netconf=True), make("without")], speed=600, folder=tmp_path) as lab:
        assert list(lab.netconf_ports) == ["with"]
        for name, port in (*lab.ports.items(), ("with", lab.netconf_ports["with"])):
            with paramiko.SSHClient() as client:
                client.set_missing_host_key_policy(paramiko.AutoAddPolicy())
                client.connect("127.0.0.1", port, "admin", "admin", allow_agent=False, look_for_keys=False)
                transport = client.get_transport()
                assert transport is not None
                channel = transport.open_session()
                if name == "without":
                    with pytest.raises(paramiko.SSHException):
                        channel.invoke_subsystem("netconf")
                else:
                    channel.invoke_subsystem("netconf")
                    assert channel.recv(9).decode() == "<?xml ver"
