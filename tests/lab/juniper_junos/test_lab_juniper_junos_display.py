"""What a lab Juniper answers to `| display xml` and `| display json`: the facts of its text, by member."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from support.lab_terminal import AnyDesk, small

from swimctl.lab.juniper_junos.spec import HARDWARE, JunosSpec, MemberSpec

BANNER = "{master:0}"


def desk_of(folder: Path, *faults: str, models: tuple[str, ...] = ("ex3400-24p",), **spec: Any) -> AnyDesk:
    """Return a Juniper that somebody is logged in to."""
    members = tuple(MemberSpec(HARDWARE[model], f"NX021902{at:04d}") for at, model in enumerate(models))
    return AnyDesk(folder, JunosSpec("desk", members=members, **small(*faults, **spec)))


def xml(desk: AnyDesk, command: str) -> ET.Element:
    """Ask for an output as XML; give what is answered, without the names of its spaces."""
    plain = re.sub(r' xmlns="[^"]*"', "", desk.type(f"{command} | display xml"))
    reply = ET.fromstring(plain)  # noqa: S314 - the lab's own
    answer, below = list(reply)
    assert (reply.tag, below.findtext("banner")) == ("rpc-reply", BANNER)
    return answer


def data(node: ET.Element) -> dict[str, Any]:
    """Return an element as Junos makes JSON of it."""
    found: dict[str, Any] = {}
    if not len(node):
        text = node.text or ""
        return {"data": text} if text.strip() or not text else {}
    for each in node:
        found.setdefault(each.tag, []).append(data(each))
    return found


def without_attributes(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: without_attributes(each) for name, each in value.items() if name != "attributes"}
    return [without_attributes(each) for each in value] if isinstance(value, list) else value


COMMANDS = (
    "show version", "show virtual-chassis", "show system uptime", "show chassis hardware", "show interfaces terse",
    "show lldp neighbors", "show route summary", "show chassis routing-engine", "show chassis alarms",
    "show system snapshot",
)  # fmt: skip


@pytest.mark.parametrize("models", [("ex3400-24p",), ("ex4300-48t", "ex4300-48t")], ids=["alone", "two members"])
@pytest.mark.parametrize("command", COMMANDS)
def test_json_has_what_xml_has(tmp_path: Path, command: str, models: tuple[str, ...]) -> None:
    desk = desk_of(tmp_path, models=models)
    answer = xml(desk, command)
    found = json.loads(desk.type(f"{command} | display json"))
    tag = answer.tag.replace("{http://xml.juniper.net/xnm/1.1/xnm}", "xnm:")
    assert without_attributes(found) == {tag: [data(answer)]}


def test_the_layout_is_the_devices(tmp_path: Path) -> None:
    out = desk_of(tmp_path).type("show version | display json")
    assert out.startswith('{\n    "software-information" : [\n    {\n        "host-name" : [\n        {\n')
    assert '            "data" : "20.4R3.8"\n        }\n        ], \n' in out
    told = desk_of(tmp_path).type("show version | display xml")
    assert told.startswith('<rpc-reply xmlns:junos="http://xml.juniper.net/junos/20.4R3.8/junos">\n    <software-info')


def test_members_are_told_apart(tmp_path: Path) -> None:
    desk = desk_of(tmp_path, models=("ex4300-48t",) * 2, version="20.4R3.8", odd_member="18.4R2.7")
    items = xml(desk, "show version").findall("multi-routing-engine-item")
    told = [(item.findtext("re-name"), item.findtext("software-information/junos-version")) for item in items]
    assert told == [("fpc0", "20.4R3.8"), ("fpc1", "18.4R2.7")]
    members = xml(desk, "show virtual-chassis").findall("member-list/member")
    assert [(each.findtext("member-id"), each.findtext("member-role")) for each in members] == [
        ("0", "Master*"),
        ("1", "Backup"),
    ]


def test_a_member_that_is_late_is_not_present(tmp_path: Path) -> None:
    desk = desk_of(tmp_path, models=("ex3400-24p",) * 2)
    desk.type("request system reboot", "yes")
    for reachable in (True, False):
        while desk.switch.reachable is reachable:
            desk.wait(1)
    desk.log_in()
    late = xml(desk, "show virtual-chassis").findall("member-list/member")[1]
    assert (late.findtext("member-status"), late.find("member-role")) == ("NotPrsnt", None)


def test_the_boot_is_told_in_seconds(tmp_path: Path) -> None:
    desk = desk_of(tmp_path)
    times = xml(desk, "show system uptime")
    booted = times.find("system-booted-time")
    assert booted is not None
    assert f"System booted: {booted.findtext('date-time')} ({booted.findtext('time-length')} ago)" in desk.type(
        "show system uptime"
    )
    found = json.loads(desk.type("show system uptime | display json"))["system-uptime-information"][0]
    length = found["system-booted-time"][0]["time-length"][0]
    assert int(length["attributes"]["junos:seconds"]) == int(desk.spec.uptime)
    silent = desk_of(tmp_path, "no-boot-time")
    assert xml(silent, "show system uptime").find("system-booted-time") is None


def test_ports_neighbours_and_parts_are_those_of_the_text(tmp_path: Path) -> None:
    desk = desk_of(tmp_path)
    text = desk.type("show interfaces terse")
    for port in xml(desk, "show interfaces terse"):
        state = f"{port.findtext('name'):<24}{port.findtext('admin-status'):<6}{port.findtext('oper-status')}"
        assert state in text or (port.findtext("name") or "") in {"irb", "lo0"}
    near = [(each.findtext("lldp-local-port-id"), each.findtext("lldp-remote-system-name"))
            for each in xml(desk, "show lldp neighbors")]  # fmt: skip
    assert near == [("ge-0/0/0", "server-1.lab"), ("xe-0/2/0", "core-0.lab")]
    chassis = xml(desk, "show chassis hardware").find("chassis")
    assert chassis is not None
    assert chassis.findtext("serial-number") == "NX0219020000"
    subs = chassis.findall("chassis-module/chassis-sub-module/name")
    assert [sub.text for sub in subs] == ["CPU", "PIC 0"]
    table = xml(desk, "show route summary").find("route-table")
    assert table is not None
    assert f"inet.0: {table.findtext('destination-count')} destinations," in desk.type("show route summary")


def test_errors_and_outputs_without_elements(tmp_path: Path) -> None:
    desk = desk_of(tmp_path, lldp=False)
    refused = desk.type("show lldp neighbors | display xml")
    assert "<xnm:error " in refused
    assert "<message>lldp subsystem not running - not needed by configuration.</message>" in refused
    assert json.loads(desk.type("show system reboot | display json")) == {
        "output": [{"data": "\nNo shutdown/reboot scheduled.\n"}]
    }


def test_filters_follow_what_is_displayed(tmp_path: Path) -> None:
    desk = desk_of(tmp_path)
    assert desk.type("show version | display xml | match junos-version | no-more").strip() == (
        "<junos-version>20.4R3.8</junos-version>"
    )
    assert "set system host-name desk\n" in desk.type("show configuration | display set")
    assert desk.type("show configuration|disp set") == desk.type("show configuration | display set | no-more")
    desk.type("configure")
    assert "<junos-version>" in desk.type("run show version | display xml")


def test_what_cannot_be_displayed_is_a_mistake(tmp_path: Path) -> None:
    desk = desk_of(tmp_path)
    for line in ("request system reboot | display json", "show version | display yaml", "show version | display"):
        assert "syntax error" in desk.type(line)
    assert desk.wait(60) == []
    old = desk_of(tmp_path, structured=False)
    assert "syntax error" in old.type("show version | display json")
    assert "<junos-version>" in old.type("show version | display xml")
