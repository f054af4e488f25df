"""What a lab Juniper answers to `| display xml` and `| display json`: the facts of the text, by Junos' names. Pure.

The names are those of devices in public repositories: Juniper/py-junos-eznc (tests/unit/facts/rpc-reply), ksator's
junos-automation-with-ansible (`show lldp neighbors`, and a whole answer as JSON), uptimes of 16.1, 18.3 and 23.2,
routing engines of 20.4. What an element for a waiting release is called no source shows: it is in the text of `show
version` alone. A command of which no source shows the elements gives its text as `output`, as Junos does for those that
have none.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, TypeAlias

from swimctl.lab.juniper_junos import shows, shows_network
from swimctl.lab.juniper_junos.configuration import SPACE
from swimctl.lab.juniper_junos.elements import Element, as_json, as_xml, element, text
from swimctl.lab.plain_commands import Show

if TYPE_CHECKING:
    from swimctl.lab.juniper_junos.device import Juniper

Answer: TypeAlias = Element | None
BANNER = "{master:0}"
ERROR = "error: "


def answered(switch: Juniper, command: Show[Juniper]) -> Element:
    """Return an output as elements: its text as `output` where it has none of its own."""
    found = None if command.model is None else command.model(switch)
    return found if isinstance(found, Element) else _plain(command.text(switch))


def displayed(switch: Juniper, command: Show[Juniper], how: str) -> str:
    """Write an output as data; `how` is `xml` or `json`."""
    answer = answered(switch, command)
    return as_json(answer) if how == "json" else as_xml(answer, release=switch.running[0], banner=BANNER)


def _plain(said: str) -> Element:
    if said.startswith(ERROR):
        message = text("message", said.removeprefix(ERROR).strip())
        return element("xnm:error", message, xmlns=SPACE, xmlns_xnm=SPACE)
    return text("output", f"\n{said}")


def space(switch: Juniper, kind: str = "") -> str:
    """Return the space of an answer's elements; builds of one release share it."""
    return f"http://xml.juniper.net/junos/{switch.running[0].partition('R')[0]}R0/junos{kind}"


def by_member(switch: Juniper, of: Callable[[int], Element]) -> Element:
    """Return a part for each member, under its name or not."""
    if not shows.numbered(switch):
        return of(0)
    items = (
        element("multi-routing-engine-item", text("re-name", f"fpc{number}"), of(number)) for number in switch.members
    )
    return element("multi-routing-engine-results", *items)


def version(switch: Juniper) -> Answer:
    """Show version."""

    def of(number: int) -> Element:
        model = switch.spec.members[number].hardware.name
        return element(
            "software-information",
            text("host-name", switch.hostname),
            text("product-model", model),
            text("product-name", model),
            text("junos-version", switch.running[number]),
            *(
                element("package-information", text("name", name), text("comment", words))
                for name, words in shows.packages(switch, number)
            ),
        )

    return by_member(switch, of)


def virtual_chassis(switch: Juniper) -> Answer:
    """Show virtual-chassis."""
    several = len(switch.running) > 1
    kind = "preprovisioned-virtual-chassis-information" if several else "virtual-chassis-id-information"
    there = switch.members
    return element(
        "virtual-chassis-information",
        element(kind, text("virtual-chassis-id", "0c75.bd00.4a01"), text("virtual-chassis-mode", "Enabled")),
        element(
            "member-list", *(_member(switch, number, number in there) for number in switch.running),
            junos_style="single-slot",
        ),
    )  # fmt: skip


def _member(switch: Juniper, number: int, there: bool) -> Element:
    member, several = switch.spec.members[number], len(switch.running) > 1
    role = ("Master*", "Backup")[number] if number < 2 else "Linecard"
    neighbour = element(
        "neighbor",
        text("neighbor-id", (number + 1) % len(switch.running)),
        text("neighbor-interface", "vcp-255/1/0"),
    )
    present = (
        text("member-priority", 129 if number < 2 else 0),
        text("member-mixed-mode", "N"),
        text("member-route-mode", "VC"),
        text("member-role", role),
        element("neighbor-list", neighbour if several else None),
    )
    return element(
        "member",
        text("member-status", "Prsnt" if there else "NotPrsnt"),
        text("member-id", number),
        text("fpc-slot", f"(FPC {number})"),
        text("member-serial-number", member.serial),
        text("member-model", member.hardware.name),
        *(present if there else ()),
    )


def uptime(switch: Juniper) -> Answer:
    """Show system uptime."""
    return by_member(switch, lambda _number: _uptime(switch))


def _uptime(switch: Juniper) -> Element:
    now, seconds, protocols = switch.clock.wall(), int(switch.uptime), shows.protocols_for(switch)

    def at(name: str, passed: int, *more: Element) -> Element:
        when = now - timedelta(seconds=passed)
        stamp = text("date-time", f"{when:%Y-%m-%d %H:%M:%S} UTC", junos_seconds=int(when.timestamp()))
        return element(name, stamp, text("time-length", shows.ago(passed), junos_seconds=passed), *more)

    stamp = text("date-time", f"{now:%Y-%m-%d %H:%M:%S} UTC", junos_seconds=int(now.timestamp()))
    load = ((1, "0.31"), (5, "0.48"), (15, "0.50"))
    return element(
        "system-uptime-information",
        element("current-time", stamp),
        text("time-source", " NTP CLOCK "),
        None if switch.spec.fault("no-boot-time") else at("system-booted-time", seconds),
        at("protocols-started-time", protocols),
        at("last-configured-time", protocols, text("user", "admin")),
        element(
            "uptime-information",
            text("date-time", f"{now:%I:%M%p}".lstrip("0"), junos_seconds=int(now.timestamp())),
            text("up-time", shows.up_for(switch), junos_seconds=seconds),
            text("active-user-count", 1, junos_format="1 user"),
            *(text(f"load-average-{minutes}", value) for minutes, value in load),
        ),
        xmlns=space(switch),
    )


def routing_engine(switch: Juniper) -> Answer:
    """Show chassis routing-engine."""
    seconds, now = int(switch.uptime), switch.clock.wall()
    booted = now - timedelta(seconds=seconds)
    engines = (
        element(
            "route-engine",
            text("slot", number),
            text("mastership-state", ("master", "backup")[number]),
            text("status", "OK"),
            text("model", f"RE-{switch.spec.members[number].hardware.name.upper()}"),
            text("serial-number", switch.spec.members[number].serial),
            text("start-time", f"{booted:%Y-%m-%d %H:%M:%S} UTC", junos_seconds=int(booted.timestamp())),
            text("up-time", shows.engine_up_for(seconds), junos_seconds=seconds),
            text("last-reboot-reason", switch.reboot_reason),
        )
        for number in switch.members[:2]
    )
    return element("route-engine-information", *engines, xmlns=space(switch, "-chassis"))


def hardware(switch: Juniper) -> Answer:
    """Show chassis hardware."""
    (name, _, _, serial, description), *rest = shows.parts(switch)
    modules: list[tuple[tuple[str, ...], list[Element]]] = []
    for part in rest:
        if part[0].startswith(" "):
            modules[-1][1].append(element("chassis-sub-module", *_part(part)))
        else:
            modules.append((part, []))
    return element(
        "chassis-inventory",
        element(
            "chassis",
            text("name", name),
            text("serial-number", serial),
            text("description", description),
            *(element("chassis-module", *_part(part), *below) for part, below in modules),
            junos_style="inventory",
        ),
        xmlns=space(switch, "-chassis"),
    )


def _part(part: tuple[str, ...]) -> list[Element]:
    names = ("name", "version", "part-number", "serial-number", "description")
    return [text(name, value.strip()) for name, value in zip(names, part, strict=True) if value.strip()]


def interfaces(switch: Juniper) -> Element:
    """Show interfaces terse."""
    up = set(shows_network.ports_up(switch))
    rows = []
    for number in switch.members:
        for name in switch.spec.members[number].hardware.port_names(number):
            link = "up" if name in up else "down"
            unit = element("logical-interface", *states(f"{name}.0", link), family("eth-switch"))
            rows.append(element("physical-interface", *states(name, link), unit))
    for name, address in shows_network.VIRTUAL.items():
        unit = element("logical-interface", *states(name, "up"), family("inet", address))
        rows.append(element("physical-interface", *states(name.partition(".")[0], "up"), unit))
    rows += [element("physical-interface", *states(name, "down")) for name in shows_network.MANAGEMENT]
    return element("interface-information", *rows, xmlns=space(switch, "-interface"), junos_style="terse")


def states(name: str, link: str) -> tuple[Element, ...]:
    """Return the name of an interface and its two states."""
    return text("name", name), text("admin-status", "up"), text("oper-status", link)


def family(name: str, *addresses: str) -> Element:
    """Return one family of a logical interface, with the addresses that it has."""
    own = (element("interface-address", text("ifa-local", each)) for each in addresses)
    return element("address-family", text("address-family-name", name), *own)


def lldp(switch: Juniper) -> Answer:
    """Show lldp neighbors; nothing where it has no such subsystem, as the text is an error then."""
    if not switch.spec.lldp:
        return None
    rows = (
        element(
            "lldp-neighbor-information",
            text("lldp-local-port-id", port),
            text("lldp-local-parent-interface-name", "-"),
            text("lldp-remote-chassis-id-subtype", "Mac address"),
            text("lldp-remote-chassis-id", chassis),
            text("lldp-remote-port-id-subtype", "Interface name"),
            text("lldp-remote-port-id", shows_network.NEIGHBOUR_PORT),
            text("lldp-remote-system-name", name),
        )
        for port, chassis, name in shows_network.neighbours(switch)
    )
    return element("lldp-neighbors-information", *rows, junos_style="brief")


def routes(switch: Juniper) -> Answer:
    """Show route summary."""
    total = sum(shows_network.ROUTES.values())
    counts = (("destination-count", total), ("total-route-count", total), ("active-route-count", total),
              ("holddown-route-count", 0), ("hidden-route-count", 0))  # fmt: skip
    protocols = (
        element(
            "protocols",
            text("protocol-name", name),
            text("protocol-route-count", count),
            text("active-route-count", count),
        )
        for name, count in shows_network.ROUTES.items()
    )
    return element(
        "route-summary-information",
        text("as-number", 64_500),
        text("router-id", "192.0.2.10"),
        element(
            "route-table", text("table-name", "inet.0"), *(text(name, count) for name, count in counts), *protocols
        ),
        xmlns=space(switch, "-routing"),
    )
