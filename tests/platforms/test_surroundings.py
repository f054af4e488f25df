"""Which ports are access ports, and which neighbours are one."""

from __future__ import annotations

import pytest

from swimctl.platforms.facts import Interface, Neighbour
from swimctl.platforms.surroundings import (
    absent,
    cdp_codes,
    end_device_of_cdp,
    end_device_of_lldp,
    mode_of_vlan,
    one_each,
    same_name,
    same_neighbour,
    same_port,
    surroundings,
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("sw2.example.net", "sw2"),
        ("SW2", "sw2.example.net"),
        ("sw2(FOX1234)", "sw2"),
        ("hall-8.example.net(FDO24100002)", "hall-8"),
        ("distribution-8.exam", "distribution-8.example.net"),
        ("distribution-switch-", "distribution-switch-8.example.net"),
        ("0011.2233.4455", "0011.2233.4455"),
    ],
)
def test_two_names_of_one_device(one: str, other: str) -> None:
    assert same_name(one, other)
    assert same_name(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("sw2", "sw21"),
        ("sw2", "sw3"),
        ("0011.2233.4455", "0011.2233.4456"),
        ("192.0.2.7", "192.0.2.8"),
        ("sw2(FOX1234)", "sw3(FOX1234)"),
    ],
)
def test_two_devices(one: str, other: str) -> None:
    assert not same_name(one, other)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Gig 1/0/1", "GigabitEthernet1/0/1", True),
        ("Gi1/0/1", "Gig 1/0/1", True),
        ("Twe1/1/1", "TwentyFiveGigE1/1/1", True),
        ("Gi1/0/1", "Gi1/0/11", False),
        ("Te1/1/1", "Gi1/1/1", False),
        ("ge-0/0/1.0", "ge-0/0/1", True),
        ("ge-0/0/1", "xe-0/0/1", False),
        ("Eth1/1", "Ethernet1/1", True),
    ],
)
def test_the_spellings_of_a_port(one: str, other: str, *, same: bool) -> None:
    assert same_port(one, other) is same_port(other, one) is same


def test_cdp_and_lldp_of_one_neighbour_are_one() -> None:
    found = one_each(
        [
            Neighbour("sw2.example.net", "Ten 1/1/1", "Ten 2/0/21"),
            Neighbour("sw3", "Ten 1/1/2", "Ten 2/0/21"),
            Neighbour("SEP001122334455", "Gig 1/0/5", "Port 1", end_device=True),
            Neighbour("sw2", "Te1/1/1", "Te2/0/21"),
            Neighbour("sw2", "Te1/1/2", "Te2/0/22"),
            Neighbour("SEP001122334455", "Gi1/0/5", "001122334455:P1"),
        ]
    )
    assert [(each.local_interface, each.name, each.end_device) for each in found] == [
        ("Ten 1/1/1", "sw2.example.net", False),
        ("Ten 1/1/2", "sw3", False),
        ("Gig 1/0/5", "SEP001122334455", True),
        # Two behind one port, as behind a hub, are two.
        ("Te1/1/2", "sw2", False),
    ]


def test_the_second_neighbour_of_a_port_is_missed() -> None:
    before = ("Ten 1/1/2 → sw3", "Te1/1/2 → sw2.example.net")
    assert absent(before, ["Te1/1/2 → sw2"]) == before[:1]
    assert absent(before, before) == absent((), before) == ()
    assert same_neighbour("Ten 1/1/2 → sw3(FOX1234)", "TenGigabitEthernet1/1/2 → sw3.example.net")


def test_what_serves_end_devices_is_an_access_port_and_all_else_an_uplink() -> None:
    up = [f"GigabitEthernet1/0/{number}" for number in (1, 2, 3, 4, 5, 6)]
    up += ["TwentyFiveGigE1/1/1", "Port-channel7", "Vlan10", "Loopback0"]
    ports = [
        Interface("Gi1/0/1", up=True, mode="access"),
        Interface("Gi1/0/2", up=True, mode="trunk"),
        Interface("Gi1/0/3", up=True, mode="access"),
        Interface("Gi1/0/4", up=True, mode="access"),
        Interface("Gi1/0/5", up=True, mode="access"),
        Interface("Gi1/0/6", up=True, mode=""),
        Interface("Tw1/1/1", up=False, mode="access"),
        Interface("Twe1/1/1", up=True, mode="routed"),
        Interface("Po7", up=True, mode="access"),
    ]
    behind = [
        Neighbour("phone", "Gig 1/0/1", end_device=True),
        Neighbour("sw9", "Gi1/0/3"),
        Neighbour("ap-1", "Gi1/0/2", end_device=True),
    ]
    around = surroundings(up, ports, behind, ["Gi1/0/4"])
    assert around.access_up == ("GigabitEthernet1/0/1", "GigabitEthernet1/0/5")
    assert around.neighbours == ("Gi1/0/2 → ap-1", "Gi1/0/3 → sw9", "Gig 1/0/1 → phone")
    assert around.end_devices == ("Gi1/0/2 → ap-1", "Gig 1/0/1 → phone")
    assert surroundings(up, (), behind).access_up == ()


@pytest.mark.parametrize(
    ("row", "codes", "end_device"),
    [
        ("H P M  420HD_GBE esw0", "HPM", True),
        ("T B I  AIR-CAP27 Gig 0.1", "TBI", True),
        ("R T  AIR-AP280 Gig 0", "RT", True),
        ("H    OE-VWAAS  Virtual 2/0", "H", True),
        ("T S       WS-C3524-XFas 0/13", "TS", False),
        ("R S I  C9500-40X Ten 1/0/21", "RSI", False),
        ("S    VMware ES vmnic2", "S", False),
        ("RP1      Eth 0/0", "", False),
    ],
)
def test_what_cdp_says_that_a_neighbour_is(row: str, codes: str, *, end_device: bool) -> None:
    assert "".join(cdp_codes(row)) == codes
    assert end_device_of_cdp(codes) is end_device


@pytest.mark.parametrize(
    ("codes", "end_device"),
    [("B,T", True), ("T", True), ("W,B", True), ("S", True), ("B,R", False), ("BR", False), ("", False), ("O", False)],
)
def test_what_lldp_says_that_a_neighbour_is(codes: str, *, end_device: bool) -> None:
    assert end_device_of_lldp(codes) is end_device


@pytest.mark.parametrize(
    ("words", "mode"),
    [("8", "access"), ("123,1234", "access"), ("trunk", "trunk"), ("routed", "routed"), ("pvlan prom", ""), ("--", "")],
)
def test_the_column_of_vlans(words: str, mode: str) -> None:
    assert mode_of_vlan(words) == mode
