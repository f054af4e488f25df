"""Neighbours, interfaces, routes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from platforms.material import sample

from swimctl.errors import NotEnabled, UnparsableOutput
from swimctl.platforms.cisco_xe.facts import Bundle
from swimctl.platforms.cisco_xe.parsers import (
    interfaces,
    neighbours,
    routes,
)
from swimctl.platforms.facts import Interface, Neighbour
from swimctl.platforms.text import unread


def test_cdp_table() -> None:
    assert neighbours.parse_show_cdp_neighbors(sample("show_cdp_neighbors/mixed")) == (
        Neighbour("dist-1.example.net", "Ten 1/1/1", "Ten 2/0/21"),
        Neighbour("edge-5", "Gig 1/0/3", "Fas 0/15"),
        Neighbour("esx-04", "Gig 1/0/4", "vmnic2"),
        Neighbour("phone-1", "Gig 1/0/5", "Port 1", end_device=True),
        Neighbour("old", "Eth 0", "Eth 0/0"),
        Neighbour("wan-3", "Ser 0/1/0:0", "Ser 0/1/0:0"),
    )


def test_lldp_table() -> None:
    assert neighbours.parse_show_lldp_neighbors(sample("show_lldp_neighbors/mixed")) == (
        Neighbour("dist-1", "Te1/1/1", "Te2/0/21"),
        Neighbour("a_name_of_twenty_let", "Gi1/0/2", "Gi0/0"),
        Neighbour("printer", "Gi1/0/3", "Gi0/1"),
        Neighbour("Desk phone 500", "Gi1/0/4", "0011.2233.4455", end_device=True),
    )


def test_details() -> None:
    assert neighbours.parse_show_cdp_neighbors_detail(sample("show_cdp_neighbors_detail/two")) == (
        Neighbour("dist-1.example.net", "TenGigabitEthernet1/1/1", "TenGigabitEthernet2/0/21"),
        Neighbour("phone-1", "GigabitEthernet1/0/5", "Port 1"),
    )
    assert neighbours.parse_show_lldp_neighbors_detail(sample("show_lldp_neighbors_detail/two")) == (
        Neighbour("dist-1.example.net", "Te1/1/1", "Te2/0/21"),
        Neighbour("0011.2233.9900", "Gi1/0/3", "1"),
    )


def test_an_empty_table_is_an_answer() -> None:
    assert neighbours.parse_show_cdp_neighbors(sample("show_cdp_neighbors/none")) == ()
    assert neighbours.parse_show_lldp_neighbors(sample("show_lldp_neighbors/none")) == ()
    assert neighbours.parse_show_cdp_neighbors_detail("Total cdp entries displayed : 0\n") == ()
    assert neighbours.parse_show_lldp_neighbors_detail("\nTotal entries displayed: 0\n") == ()


@pytest.mark.parametrize(
    ("parser", "text"),
    [
        (neighbours.parse_show_cdp_neighbors, "% CDP is not enabled\n"),
        (neighbours.parse_show_cdp_neighbors_detail, "sw#sh cdp nei det\n% CDP is not enabled\nsw#"),
        (neighbours.parse_show_lldp_neighbors, "% LLDP is not enabled\n"),
        (neighbours.parse_show_lldp_neighbors_detail, "% LLDP is not enabled\n"),
    ],
)
def test_a_protocol_that_is_off_is_not_an_empty_table(parser: Callable[[str], Any], text: str) -> None:
    with pytest.raises(NotEnabled):
        parser(text)


@pytest.mark.parametrize(
    ("parser", "name"),
    [
        (neighbours.parse_show_cdp_neighbors, "show_cdp_neighbors/mixed"),
        (neighbours.parse_show_lldp_neighbors, "show_lldp_neighbors/mixed"),
        (neighbours.parse_show_cdp_neighbors_detail, "show_cdp_neighbors_detail/two"),
        (neighbours.parse_show_lldp_neighbors_detail, "show_lldp_neighbors_detail/two"),
    ],
)
def test_fewer_rows_than_the_device_counts(parser: Callable[[str], Any], name: str) -> None:
    text = sample(name)
    total = text.rstrip().rsplit("\n", 2 if "#" in text else 1)[1]
    with pytest.raises(UnparsableOutput):
        parser(text.replace(total, total.replace(total.strip()[-1], "9")))


def test_interfaces_status() -> None:
    ports = interfaces.parse_show_interfaces_status(sample("show_interfaces_status/switch"))
    assert [(port.name, port.up, port.status, port.mode) for port in ports] == [
        ("Gi1/0/1", False, "notconnect", "access"),
        ("Gi1/0/2", True, "connected", "access"),
        ("Gi1/0/3", False, "err-disabled", "access"),
        ("Te1/1/1", True, "connected", "trunk"),
        ("Te1/1/2", False, "disabled", "access"),
        ("Po10", True, "connected", "trunk"),
        ("Twe1/0/4", True, "monitoring", "routed"),
    ]


def test_a_port_without_its_transceiver() -> None:
    """Programs on GitHub that read this table have `sfpAbsent` and `xcvrAbsen` among the words of its status."""
    (port,) = interfaces.parse_show_interfaces_status(
        "Port      Name               Status       Vlan       Duplex  Speed Type\n"
        "Te1/0/7   hall 7             sfpAbsent    1            auto   auto unknown\n"
    )
    assert (port.name, port.up, port.status) == ("Te1/0/7", False, "sfpAbsent")


def test_etherchannel_summary() -> None:
    assert interfaces.parse_show_etherchannel_summary(sample("show_etherchannel_summary/switch")) == (
        Bundle("Po1", ("Te1/1/1", "Te2/1/1", "Te3/1/1")),
        Bundle("Po7", ()),
        Bundle("Po12", ("Twe1/0/4",)),
        Bundle("Po48", ("Gi1/0/47", "Gi2/0/47")),
    )
    assert interfaces.parse_show_etherchannel_summary(sample("show_etherchannel_summary/router")) == (
        Bundle("Po20", ("Te0/0/4", "Te0/0/5")),
    )
    assert interfaces.parse_show_etherchannel_summary(sample("show_etherchannel_summary/none")) == ()
    assert interfaces.parse_show_etherchannel_summary(sample("show_etherchannel_summary/without_protocol")) == (
        Bundle("Po3", ("Fa2/0", "Fa2/7")),
        Bundle("Po9", ()),
    )


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
        interfaces.parse_show_etherchannel_summary(text.replace(words, others))


def test_ip_interface_brief() -> None:
    assert interfaces.parse_show_ip_interface_brief(sample("show_ip_interface_brief/switch")) == (
        Interface("Vlan1", False, "administratively down/down"),
        Interface("Vlan10", True, "up/up"),
        Interface("GigabitEthernet0/0", False, "down/down"),
        Interface("TenGigabitEthernet1/1/1", True, "up/up"),
        Interface("Tunnel3", False, "up/down"),
        Interface("GigabitEthernet1/0/9", False, "reset/down"),
    )
    assert interfaces.parse_show_ip_interface_brief(sample("show_ip_interface_brief/control_plane")) == (
        Interface("Vlan30", True, "up/up"),
        Interface("GigabitEthernet3/1", False, "down/down"),
        Interface("Control Plane Interface", True, "up/up"),
    )


@pytest.mark.parametrize("protocol", ["up(spoofing)", "up (spoofing)", "up"])
def test_a_dialer_that_only_says_that_it_is_up_is_up(protocol: str) -> None:
    text = (
        "Interface                  IP-Address      OK? Method Status                Protocol\n"
        f"Dialer1                    unassigned      YES manual up                    {protocol}\n"
    )
    found = interfaces.parse_show_ip_interface_brief(text)
    assert [(each.name, each.up, each.status) for each in found] == [("Dialer1", True, "up/up")]


def test_route_summary() -> None:
    facts = routes.parse_show_ip_route_summary(sample("show_ip_route_summary/switch"))
    assert facts.sources == {"application": 0, "connected": 12, "static": 4, "ospf 10": 224, "internal": 9}
    assert facts.total == 249


def test_what_waits_to_be_removed_is_no_source() -> None:
    for system, total, sources in (
        ("cisco_xe", 69, {"application": 0, "connected": 18, "static": 3, "isis Core": 0, "isis": 41, "internal": 7}),
        ("cisco_ios", 113, {"connected": 13, "static": 3, "rip": 7, "ospf 10": 59, "bgp 65010": 25, "internal": 6}),
    ):
        with unread() as told:
            facts = routes.parse_show_ip_route_summary(sample("show_ip_route_summary/removing_queue", system))
        assert (facts.total, facts.sources) == (total, sources)
        assert told == []


@pytest.mark.parametrize(
    ("words", "others"),
    [
        ("static          2", "static          x"),
        ("static          2", "static          ²2"),  # what Python calls a digit, and cannot read as a number
        ("static          2           1           0           288         936", "static          2           1"),
        ("static          2           1           0           288         936\n", ""),
        ("isis Core", "isis     "),
        ("Total  ", "Sum    "),
    ],
)
def test_routes_that_do_not_read_or_add_up_are_refused(words: str, others: str) -> None:
    text = sample("show_ip_route_summary/removing_queue")
    assert words in text
    with pytest.raises(UnparsableOutput):
        routes.parse_show_ip_route_summary(text.replace(words, others))


def test_a_column_more_among_the_routes_changes_none() -> None:
    lines = sample("show_ip_route_summary/removing_queue").split("\n")
    widened = [f"{line.rstrip()}   1" if line[:1].islower() or "Total" in line else line for line in lines]
    text = "\n".join(widened)
    parse = routes.parse_show_ip_route_summary
    assert parse(text.replace("(bytes)", "(bytes)   Age")) == parse("\n".join(lines))
    with pytest.raises(UnparsableOutput, match="Total"):
        parse(text)


def test_cdp_neighbours_without_a_name_or_a_port() -> None:
    with unread() as told:
        found = neighbours.parse_show_cdp_neighbors(sample("show_cdp_neighbors/nameless"))
    assert found == (
        Neighbour("", "Gig 1/0/5", "esw0", end_device=True),
        Neighbour("ap-12", "Gig 1/0/6", "Gig 0.1", end_device=True),
        Neighbour("dist-2.site-of-long-names.example.net", "Ten 1/1/2", "Ten 1/0/41"),
        Neighbour("acc-101", "Two 1/0/9", "0/47"),
        Neighbour("ISR4-77", "Gig 1/0/8", ""),
        Neighbour("wan-opt-3", "Gig 1/0/11", "InlinePort 1/1/lan", end_device=True),
    )
    assert told == [("show cdp neighbors", "gone-7")]


def test_a_message_is_no_name_of_the_row_below() -> None:
    text = sample("show_cdp_neighbors/nameless").replace("acc-101\n", "The table of neighbours is being rebuilt\n")
    with pytest.raises(UnparsableOutput, match="which name belongs"):
        neighbours.parse_show_cdp_neighbors(text)


def test_a_full_column_of_capitals_that_touches_the_port() -> None:
    text = sample("show_lldp_neighbors/mixed").replace("a_name_of_twenty_letGi", "NAME-OF-20-CAPITALSXGi")
    found = neighbours.parse_show_lldp_neighbors(text)
    assert found[1] == Neighbour("NAME-OF-20-CAPITALSX", "Gi1/0/2", "Gi0/0")


def test_an_lldp_block_that_does_not_tell_its_port_or_ends_in_its_name() -> None:
    text = sample("show_lldp_neighbors_detail/two")
    for cut in (text.replace("Port id:", "Port is:"), text[: text.rindex("System Name") + 11]):
        with pytest.raises(UnparsableOutput, match="does not tell"):
            neighbours.parse_show_lldp_neighbors_detail(cut)


def test_names_and_states_of_ports_in_other_words() -> None:
    ports = interfaces.parse_show_interfaces_status(sample("show_interfaces_status/words_in_names", "cisco_ios"))
    assert [(port.name, port.up, port.status, port.mode) for port in ports] == [
        ("Fa0/1", False, "notconnect", "access"),
        ("Fa0/2", True, "connected", "trunk"),
        ("Fa0/3", False, "notconnect", "routed"),
        ("Fa0/4", False, "disabled", "access"),
        ("Gi0/5", True, "connected", "access"),
        ("Gi0/6", False, "notconnect", "access"),
        ("Gi0/7", True, "connected", ""),
        ("Gi0/8", True, "connected", "access"),
        ("Gi0/9", True, "monitoring", ""),
        ("Gi0/10", False, "asleep", "access"),
    ]


@pytest.mark.parametrize(
    ("parser", "name", "line"),
    [
        (neighbours.parse_show_cdp_neighbors, "show_cdp_neighbors/none", "dist-1 gig 1/0/1 120 R S"),
        (neighbours.parse_show_lldp_neighbors, "show_lldp_neighbors/mixed", "dist-1 Gi1/0/9 120 B,"),
        (interfaces.parse_show_interfaces_status, "show_interfaces_status/switch", "Gi1/0/9 what"),
        (interfaces.parse_show_ip_interface_brief, "show_ip_interface_brief/switch", "Vlan2 192.0.2.18 YES"),
    ],
)
def test_a_row_that_does_not_read_is_named(parser: Callable[[str], Any], name: str, line: str) -> None:
    lines = sample(name).rstrip().split("\n")
    place = next((at for at, each in enumerate(lines) if each.startswith("Total")), len(lines))
    with pytest.raises(UnparsableOutput) as caught:
        parser("\n".join([*lines[:place], line, *lines[place:]]))
    assert caught.value.odd_line == line


@pytest.mark.parametrize(
    ("parser", "name"),
    [
        (neighbours.parse_show_cdp_neighbors, "show_cdp_neighbors/none"),
        (neighbours.parse_show_lldp_neighbors, "show_lldp_neighbors/mixed"),
        (neighbours.parse_show_lldp_neighbors, "show_lldp_neighbors/none"),
        (interfaces.parse_show_interfaces_status, "show_interfaces_status/switch"),
        (interfaces.parse_show_ip_interface_brief, "show_ip_interface_brief/switch"),
        (interfaces.parse_show_etherchannel_summary, "show_etherchannel_summary/switch"),
        (routes.parse_show_ip_route_summary, "show_ip_route_summary/switch"),
    ],
)
def test_a_line_that_is_no_row_is_passed_over_and_told(parser: Callable[[str], Any], name: str) -> None:
    text = sample(name).rstrip()
    with unread() as told:
        assert parser(f"{text}\nThe collector is paused\n") == parser(text)
    assert [line for _, line in told] == ["The collector is paused"]


def test_a_route_summary_without_total_was_cut_off() -> None:
    lines = sample("show_ip_route_summary/switch").rstrip().split("\n")[:-1]
    with pytest.raises(UnparsableOutput, match="Total"):
        routes.parse_show_ip_route_summary("\n".join(lines))
