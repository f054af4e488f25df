"""Neighbours, interfaces, routes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from platforms.material import sample

from swimctl.errors import NotEnabled, UnparsableOutput
from swimctl.facts import Bundle, Interface, Neighbour
from swimctl.platforms.cisco_xe import parse_network as net


def test_cdp_table() -> None:
    assert net.parse_show_cdp_neighbors(sample("show_cdp_neighbors/mixed")) == (
        Neighbour("dist-1.example.net", "Ten 1/1/1", "Ten 2/0/21"),
        Neighbour("edge-5", "Gig 1/0/3", "Fas 0/15"),
        Neighbour("esx-04", "Gig 1/0/4", "vmnic2"),
        Neighbour("phone-1", "Gig 1/0/5", "Port 1", end_device=True),
        Neighbour("old", "Eth 0", "Eth 0/0"),
        Neighbour("wan-3", "Ser 0/1/0:0", "Ser 0/1/0:0"),
    )


def test_lldp_table() -> None:
    assert net.parse_show_lldp_neighbors(sample("show_lldp_neighbors/mixed")) == (
        Neighbour("dist-1", "Te1/1/1", "Te2/0/21"),
        Neighbour("a_name_of_twenty_let", "Gi1/0/2", "Gi0/0"),
        Neighbour("printer", "Gi1/0/3", "Gi0/1"),
        Neighbour("Desk phone 500", "Gi1/0/4", "0011.2233.4455", end_device=True),
    )


def test_details() -> None:
    assert net.parse_show_cdp_neighbors_detail(sample("show_cdp_neighbors_detail/two")) == (
        Neighbour("dist-1.example.net", "TenGigabitEthernet1/1/1", "TenGigabitEthernet2/0/21"),
        Neighbour("phone-1", "GigabitEthernet1/0/5", "Port 1"),
    )
    assert net.parse_show_lldp_neighbors_detail(sample("show_lldp_neighbors_detail/two")) == (
        Neighbour("dist-1.example.net", "Te1/1/1", "Te2/0/21"),
        Neighbour("0011.2233.9900", "Gi1/0/3", "1"),
    )


def test_an_empty_table_is_an_answer() -> None:
    assert net.parse_show_cdp_neighbors(sample("show_cdp_neighbors/none")) == ()
    assert net.parse_show_lldp_neighbors(sample("show_lldp_neighbors/none")) == ()
    assert net.parse_show_cdp_neighbors_detail("Total cdp entries displayed : 0\n") == ()
    assert net.parse_show_lldp_neighbors_detail("\nTotal entries displayed: 0\n") == ()


@pytest.mark.parametrize(
    ("parser", "text"),
    [
        (net.parse_show_cdp_neighbors, "% CDP is not enabled\n"),
        (net.parse_show_cdp_neighbors_detail, "sw#sh cdp nei det\n% CDP is not enabled\nsw#"),
        (net.parse_show_lldp_neighbors, "% LLDP is not enabled\n"),
        (net.parse_show_lldp_neighbors_detail, "% LLDP is not enabled\n"),
    ],
)
def test_a_protocol_that_is_off_is_not_an_empty_table(parser: Callable[[str], Any], text: str) -> None:
    with pytest.raises(NotEnabled):
        parser(text)


@pytest.mark.parametrize(
    ("parser", "name"),
    [
        (net.parse_show_cdp_neighbors, "show_cdp_neighbors/mixed"),
        (net.parse_show_lldp_neighbors, "show_lldp_neighbors/mixed"),
        (net.parse_show_cdp_neighbors_detail, "show_cdp_neighbors_detail/two"),
        (net.parse_show_lldp_neighbors_detail, "show_lldp_neighbors_detail/two"),
    ],
)
def test_fewer_rows_than_the_device_counts(parser: Callable[[str], Any], name: str) -> None:
    text = sample(name)
    total = text.rstrip().rsplit("\n", 2 if "#" in text else 1)[1]
    with pytest.raises(UnparsableOutput):
        parser(text.replace(total, total.replace(total.strip()[-1], "9")))


def test_interfaces_status() -> None:
    ports = net.parse_show_interfaces_status(sample("show_interfaces_status/switch"))
    assert [(port.name, port.up, port.status, port.mode) for port in ports] == [
        ("Gi1/0/1", False, "notconnect", "access"),
        ("Gi1/0/2", True, "connected", "access"),
        ("Gi1/0/3", False, "err-disabled", "access"),
        ("Te1/1/1", True, "connected", "trunk"),
        ("Te1/1/2", False, "disabled", "access"),
        ("Po10", True, "connected", "trunk"),
        ("Twe1/0/4", True, "monitoring", "routed"),
    ]


def test_etherchannel_summary() -> None:
    assert net.parse_show_etherchannel_summary(sample("show_etherchannel_summary/switch")) == (
        Bundle("Po1", ("Te1/1/1", "Te2/1/1", "Te3/1/1")),
        Bundle("Po7", ()),
        Bundle("Po12", ("Twe1/0/4",)),
        Bundle("Po48", ("Gi1/0/47", "Gi2/0/47")),
    )
    assert net.parse_show_etherchannel_summary(sample("show_etherchannel_summary/router")) == (
        Bundle("Po20", ("Te0/0/4", "Te0/0/5")),
    )
    assert net.parse_show_etherchannel_summary(sample("show_etherchannel_summary/none")) == ()


@pytest.mark.parametrize(
    ("words", "others"),
    [
        ("use: 4", "use: 5"),
        ("Po7(SD)", "Po7 SD "),
        ("Group  Port-channel", "Group  Bundle      "),
        ("Po1(SU)         LACP        Te1/1/1(P)", "Po1(SU)         LACP        Te1/1/1 P "),
    ],
)
def test_a_port_channel_that_does_not_read_is_refused(words: str, others: str) -> None:
    text = sample("show_etherchannel_summary/switch")
    assert words in text
    with pytest.raises(UnparsableOutput):
        net.parse_show_etherchannel_summary(text.replace(words, others))


def test_ip_interface_brief() -> None:
    assert net.parse_show_ip_interface_brief(sample("show_ip_interface_brief/switch")) == (
        Interface("Vlan1", False, "administratively down/down"),
        Interface("Vlan10", True, "up/up"),
        Interface("GigabitEthernet0/0", False, "down/down"),
        Interface("TenGigabitEthernet1/1/1", True, "up/up"),
        Interface("Tunnel3", False, "up/down"),
        Interface("GigabitEthernet1/0/9", False, "reset/down"),
    )


def test_route_summary() -> None:
    facts = net.parse_show_ip_route_summary(sample("show_ip_route_summary/switch"))
    assert facts.sources == {"application": 0, "connected": 12, "static": 4, "ospf 10": 224, "internal": 9}
    assert facts.total == 249


@pytest.mark.parametrize(
    ("parser", "name", "line"),
    [
        (net.parse_show_cdp_neighbors, "show_cdp_neighbors/none", "x   y   z"),
        (net.parse_show_lldp_neighbors, "show_lldp_neighbors/none", "x   y   z"),
        (net.parse_show_interfaces_status, "show_interfaces_status/switch", "Gi1/0/9 what"),
        (net.parse_show_ip_interface_brief, "show_ip_interface_brief/switch", "Vlan2   192.0.2.18   YES"),
        (net.parse_show_ip_route_summary, "show_ip_route_summary/switch", "static some"),
    ],
)
def test_an_odd_line_is_named(parser: Callable[[str], Any], name: str, line: str) -> None:
    with pytest.raises(UnparsableOutput) as caught:
        parser(f"{sample(name)}{line}\n")
    assert caught.value.odd_line == line


def test_a_route_summary_without_total_was_cut_off() -> None:
    lines = sample("show_ip_route_summary/switch").rstrip().split("\n")[:-1]
    with pytest.raises(UnparsableOutput, match="Total"):
        net.parse_show_ip_route_summary("\n".join(lines))
