"""Forms of outputs that the checks that come with swimctl read, and that the community's templates pass over.

The outputs are written for these tests; where a form is known from stands beside each.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from swimctl.checks.comparing import Standing, compare
from swimctl.checks.parsing import rows_of
from swimctl.checks.rows import Row, counting
from swimctl.checks.rules import defaults_of
from swimctl.platforms.text import unread

_XE_BGP = """\
BGP router identifier 10.255.0.1, local AS number 64810
BGP table version is 12, main routing table version 12

Neighbor        V           AS MsgRcvd MsgSent   TblVer  InQ OutQ Up/Down  State/PfxRcd
"""
_XR_BGP = """\
BGP router identifier 10.255.2.1, local AS number 64830
Process       RcvTblVer   bRIB/RIB   LabelVer  ImportVer  SendTblVer  StandbyVer
Speaker              45         45         45         45          45          45

Neighbor        Spk    AS MsgRcvd MsgSent   TblVer  InQ OutQ  Up/Down  St/PfxRcd
"""
_NX_BGP = """\
BGP summary information for VRF {vrf}, address family {family}
BGP router identifier 10.255.1.1, local AS number 64820
BGP table version is 9, {family} config peers 2, capable peers 2

Neighbor        V    AS MsgRcvd MsgSent   TblVer  InQ OutQ Up/Down  State/PfxRcd
"""
_JUNOS_BGP = """\
Threading mode: BGP I/O
Groups: 2 Peers: 4 Down peers: 1
Table          Tot Paths  Act Paths Suppressed    History Damp State    Pending
inet.0
                       7          4          0          0          0          0
Peer                     AS      InPkt     OutPkt    OutQ   Flaps Last Up/Dwn State|#Active/Received/Accepted/Damped...
"""

FORMS: Mapping[str, tuple[str, str, str, frozenset[str]]] = {
    # Public logs of DMVPN hubs: a star before what a listen range let in, which comes and goes; another legend
    # and other families below.
    "XE, neighbours of a listen range": (
        "cisco_xe",
        "bgp-sessions",
        (
            f"For address family: IPv4 Unicast\n{_XE_BGP}"
            "*10.70.0.2      4        64811      41      44       12    0    0 00:31:12        3\n"
            "*2001:DB8:70::2\n"
            "                4        64811      41      44       12    0    0 00:31:12        3\n"
            "10.70.9.1       4        64812     900     902       12    0    0 1d02h           7\n"
            "10.70.9.5       4        64813       0       0        1    0    0 never    Idle (Admin)\n"
            "* Dynamically created based on a listen range command\n"
            "Dynamically created neighbors: 1, Subnet ranges: 1\n\n"
            "BGP peergroup SPOKES listen range group members:\n  10.70.0.0/24\n\n"
            f"For address family: VPNv4 Unicast\n{_XE_BGP}"
            "10.70.9.1       4        64812     900     902       12    0    0 1d02h           2\n"
        ),
        frozenset({"IPv4 Unicast 10.70.9.1", "VPNv4 Unicast 10.70.9.1"}),
    ),
    # Short ones: CiscoTestAutomation/genieparser, ShowBgpAllSummary; long ones wrap as IOS-XR's and NX-OS' do.
    "XE, IPv6": (
        "cisco_xe",
        "bgp-sessions",
        (
            f"For address family: IPv6 Unicast\n{_XE_BGP}"
            "2001:DB8::7     4        64812     900     902       12    0    0 1d02h           7\n"
            "2001:DB8:70:9::1\n"
            "                4        64813     900     902       12    0    0 1d02h           7\n"
            "FE80::9%GigabitEthernet2\n"
            "                4          1.9     900     902       12    0    0 3w4d     Active\n"
        ),
        frozenset({"IPv6 Unicast 2001:DB8::7", "IPv6 Unicast 2001:DB8:70:9::1"}),
    ),
    # A virtual link has no dead time: public logs of OSPF over another area. Fast hellos: Cisco's guide of OSPF.
    "XE, OSPF without a dead time, and a short one": (
        "cisco_xe",
        "ospf-neighbors",
        (
            "Neighbor ID     Pri   State           Dead Time   Address         Interface\n"
            "10.255.7.1        0   FULL/  -           -        10.71.0.2       OSPF_VL0\n"
            "10.255.7.1        1   FULL/BDR        00:00:33    10.71.0.2       GigabitEthernet0/0/1\n"
            "10.255.7.2        0   FULL/  -        812 msec    10.71.0.6       TenGigabitEthernet0/1/0\n"
            "10.255.7.3        1   EXSTART/DR      00:00:39    10.71.1.3       Vlan71\n"
        ),
        frozenset(
            {
                "10.255.7.1 OSPF_VL0",
                "10.255.7.1 GigabitEthernet0/0/1",
                "10.255.7.2 TenGigabitEthernet0/1/0",
            }
        ),
    ),
    # captures cisco_nxos/show_bgp_vrf_all_all_summary: both ways to break a line, and families without a neighbour.
    "NX-OS, all families of all VRFs": (
        "cisco_nxos",
        "bgp-sessions",
        (
            f"{_NX_BGP.format(vrf='default', family='IPv4 Unicast')}"
            "10.72.0.1       4 64821   80000   80001        9    0    0     5w6d 12\n"
            "10.72.0.5       4 4210000072\n"
            "                          80000   80001        9    0    0     5w6d 3\n\n"
            "BGP summary information for VRF default, address family IPv6 Unicast\n\n"
            f"{_NX_BGP.format(vrf='default', family='L2VPN EVPN')}"
            "10.72.0.1       4 64821   80000   80001        9    0    0     5w6d 40\n\n"
            f"{_NX_BGP.format(vrf='tenant.7', family='IPv6 Unicast')}"
            "10.72.0.9       4 64822   80000   80001        0    0    0     5w6d 0 (No Cap)\n"
            "2001:db8:72:9:1::5\n\t\t4 64823   80000   80001        9    0    0     5w5d 2\n"
            "2001:db8:72:9:1::9\n\t\t4 64823       0       0        0    0    0     5w5d Shut (Admin)\n"
        ),
        frozenset(
            {
                "default IPv4 Unicast 10.72.0.1",
                "default IPv4 Unicast 10.72.0.5",
                "default L2VPN EVPN 10.72.0.1",
                "tenant.7 IPv6 Unicast 2001:db8:72:9:1::5",
            }
        ),
    ),
    # Cisco's guide of unicast routing for Nexus 9000: a neighbour behind an interface, without an address.
    "NX-OS, neighbours that are interfaces": (
        "cisco_nxos",
        "bgp-sessions",
        (
            f"{_NX_BGP.format(vrf='default', family='IPv4 Unicast')}"
            "Ethernet1/7     4 64821   80000   80001        9    0    0     5w6d 12\n"
            "Eth1/8          4 64822   80000   80001        0    0    0     5w6d Idle\n"
            "port-channel7.100\n                4 64823   80000   80001        9    0    0     5w6d 3\n"
            "10.72.0.1       4 64821   80000   80001        9    0    0     5w6d 40\n"
        ),
        frozenset(
            {
                "default IPv4 Unicast Ethernet1/7",
                "default IPv4 Unicast port-channel7.100",
                "default IPv4 Unicast 10.72.0.1",
            }
        ),
    ),
    # A public output of an IOS-XR route server with neighbours of both kinds.
    "XR, IPv6": (
        "cisco_xr",
        "bgp-sessions",
        (
            f"{_XR_BGP}"
            "10.73.0.1         0 64831   84000   84001       45    0    0    8w2d          5\n"
            "2001:db8:73:101::2\n"
            "                  0 64832   84000   84001       45    0    0 01:38:27         0!\n"
            "2001:db8:73:101::3\n"
            "                  0 64833       0       0        0    0    0 00:00:00 Idle\n"
        ),
        frozenset({"the only one 10.73.0.1", "the only one 2001:db8:73:101::2"}),
    ),
    # captures cisco_xr/show_bgp_instance_summary: each family below its heading, one without a neighbour too.
    "XR, all families": (
        "cisco_xr",
        "bgp-sessions",
        (
            "Address Family: IPv4 Unicast\n-----------------------------\n\n"
            "BGP router identifier 10.255.2.1, local AS number 64830\n\n\n"
            f"Address Family: VPNv4 Unicast\n-----------------------------\n\n{_XR_BGP}"
            "10.255.7.1        0 64830   84000   84001       45    0    0    8w2d          5\n"
            "10.255.7.2        0 64830       0       0        0    0    0    8w2d Active\n\n\n"
            f"Address Family: L2VPN EVPN\n-----------------------------\n\n{_XR_BGP}"
            "10.255.7.1        0 64830   84000   84001       45    0    0    8w2d          9\n"
        ),
        frozenset({"VPNv4 Unicast 10.255.7.1", "L2VPN EVPN 10.255.7.1"}),
    ),
    # captures arista_eos/show_bgp_evpn_summary; with a description in front: public outputs of newer releases.
    "EOS, EVPN": (
        "arista_eos",
        "evpn-sessions",
        (
            "BGP summary information for VRF default\n"
            "Router identifier 10.255.7.1, local AS number 64840\n"
            "Neighbor Status Codes: m - Under maintenance\n"
            "  Description   Neighbor         V  AS         MsgRcvd   MsgSent  InQ OutQ  Up/Down State  PfxRcd PfxAcc\n"
            "  spine 1       10.255.7.11      4  64841         8400      8401    0    0   58d03h Estab  40     40\n"
            "  spine-2       10.255.7.12      4  64841            0         0    0    0   58d03h Idle(NoIf)\n"
            "                2001:db8:7::13   4  4200000007    8400      8401    0    0   58d03h Estab  40     40\n"
        ),
        frozenset({"10.255.7.11", "2001:db8:7::13"}),
    ),
    # The lines above the table say what the signs mean (captures cisco_xr/show_ospf_neighbor).
    "XR, OSPF with signs behind an interface": (
        "cisco_xr",
        "ospf-neighbors",
        (
            "* Indicates MADJ interface\n# Indicates Neighbor awaiting BFD session up\n\nNeighbors for OSPF CORE\n\n"
            "Neighbor ID     Pri   State           Dead Time   Address         Interface\n"
            "10.255.7.7      1     FULL/  -        00:00:37    10.74.0.2       HundredGigE0/0/0/1*\n"
            "    Neighbor is up for 8w2d\n"
            "10.255.7.8      1     FULL/DR         00:00:33    10.74.0.6       Bundle-Ether7.100#\n"
            "    Neighbor is up for 00:00:12\n\nTotal neighbor count: 2\n"
        ),
        frozenset({"10.255.7.7 HundredGigE0/0/0/1", "10.255.7.8 Bundle-Ether7.100"}),
    ),
    # As IOS-XE breaks a long name (captures cisco_xe/show_isis_neighbors).
    "XR, a long name in IS-IS": (
        "cisco_xr",
        "isis-neighbors",
        (
            "IS-IS CORE neighbors:\n"
            "System Id      Interface        SNPA           State Holdtime Type IETF-NSF\n"
            "hall-7         BE7              *PtoP*         Up    25       L2   Capable\n"
            "a-rather-long-name-of-hall-8\n"
            "               Hu0/0/0/1        *PtoP*         Up    22       L1L2 Capable\n\nTotal neighbor count: 2\n"
        ),
        frozenset({"hall-7 BE7 L2", "a-rather-long-name-of-hall-8 Hu0/0/0/1 L1L2"}),
    ),
    # Public notes of a lab with SRv6: an IPv6 address of the link.
    "XE, IS-IS over IPv6 alone": (
        "cisco_xe",
        "isis-neighbors",
        (
            "Tag CORE:\n"
            "System Id       Type Interface     IP Address      State Holdtime Circuit Id\n"
            "hall-7          L2   Gi7           2001:db8:7::1   UP    23       01\n"
            "hall-8          L1L2 Te0/0/9       FE80::1:9FF:FE16:7 UP 24       02\n"
            "hall-9          L2   Tu9                           UP    27       00\n"
            "hall-6          L2   Gi6           10.74.0.2       UP    26       01\n"
            "hall-5          L2   Gi5           2001:db8:5::1   INIT  26       01\n"
        ),
        frozenset({"hall-7 L2 Gi7", "hall-8 L1L2 Te0/0/9", "hall-9 L2 Tu9", "hall-6 L2 Gi6"}),
    ),
    # The same notes: before a neighbour is there, no count of them either.
    "XR, IS-IS without a neighbour": (
        "cisco_xr",
        "isis-neighbors",
        "IS-IS CORE neighbors:\nSystem Id      Interface        SNPA           State Holdtime Type IETF-NSF\n",
        frozenset(),
    ),
    # The legend of the table: a `!` before the name says that a topology lacks a family's level.
    "NX-OS, IS-IS with a mark before a name": (
        "cisco_nxos",
        "isis-neighbors",
        (
            "IS-IS process: UNDERLAY VRF: default\nIS-IS adjacency database:\n"
            "Legend: '!': No AF level connectivity in given topology\n"
            "System ID       SNPA            Level  State  Hold Time  Interface\n"
            "hall-7          N/A             2      UP     00:00:27   Ethernet1/7\n"
            "!hall-8         0016.7e00.0101  1-2    UP     00:00:09   Ethernet1/8\n"
        ),
        frozenset({"hall-7 2 Ethernet1/7", "hall-8 1-2 Ethernet1/8"}),
    ),
    # A chassis with modules counts them, too, once it is one of a pair: Cisco's guide for Catalyst 9400.
    "XE, a link between two chassis with modules": (
        "cisco_xe",
        "svl-links",
        (
            "Stackwise Virtual Link(SVL) Information:\n----------------------------------------\n"
            "Switch  SVL     Ports                           Link-Status     Protocol-Status\n"
            "------  ---     -----                           -----------     ---------------\n"
            "1       1       TenGigabitEthernet1/5/0/7       U               P\n"
            "                TenGigabitEthernet1/6/0/7       D               S\n"
            "2       1       TenGigabitEthernet2/5/0/7       U               P\n"
        ),
        frozenset({"TenGigabitEthernet1/5/0/7", "TenGigabitEthernet2/5/0/7"}),
    ),
    # Both tables: captures cisco_ios/show_power_inline. A device with two classes: IEEE 802.3bt.
    "XE, PoE of devices with two classes, of none, and of none with a name": (
        "cisco_xe",
        "poe-power",
        (
            "Interface Admin  Oper       Power   Device              Class Max\n"
            "                            (Watts)\n"
            "--------- ------ ---------- ------- ------------------- ----- ----\n"
            "Gi7/0/1   auto   on         15.4    a phone             4     60.0\n"
            "Te7/0/2   auto   on         51.0    Ieee PD             4,4   60.0\n"
            "Te7/0/3   auto   off        0.0     n/a                 n/a   90.0\n"
            "Gi7/0/4   static on         4.0     a camera            ?     30.0\n"
            "Gi7/0/5   auto   on         4.0                         0     30.0\n"
            "Gi7/0/6   auto   faulty     0.0     n/a                 n/a   30.0\n"
            "Totals:           4   on   74.4\n"
        ),
        frozenset({"Gi7/0/1", "Te7/0/2", "Gi7/0/4", "Gi7/0/5"}),
    ),
    "XE, PoE of a chassis": (
        "cisco_xe",
        "poe-faults",
        (
            "Available:800(w)  Used:7(w)  Remaining:793(w)\n\n"
            "Interface Admin  Oper            Power(Watts)     Device              Class\n"
            "                            From PS    To Device\n"
            "--------- ------ ---------- ---------- ---------- ------------------- -----\n"
            "Gi7/1     auto   on         7.3        6.9        a phone             2\n"
            "Gi7/2     auto   faulty     0          0          n/a                 n/a\n"
        ),
        frozenset({"Gi7/2"}),
    ),
    # Juniper's validated design of an EVPN fabric without addresses between its switches.
    "Junos, neighbours that are named with their interface": (
        "juniper_junos",
        "bgp-sessions",
        (
            f"{_JUNOS_BGP}"
            "10.75.0.1             64851      84000      84001       0       2 8w2d 3:04:05 4/7/7/0      0/0/0/0\n"
            "10.75.0.5               1.9      84000      84001       0       2     2:03:04 Establ\n  inet.0: 4/7/7/0\n"
            "fe80::1:9ff:fe16:7%et-0/0/9.0       64852      84000      84001       0       0    16:40:06 Establ\n"
            "  inet.0: 6/6/6/0\n"
            "fe80::1:9ff:fe16:8%et-0/0/10.0      64853          0          0       0       0       40:11 Connect\n"
        ),
        frozenset({"10.75.0.1 64851", "10.75.0.5 1.9", "fe80::1:9ff:fe16:7%et-0/0/9.0 64852"}),
    ),
    # Juniper's reference of the command for EX Series, and outputs of 12.x in public repositories.
    "Junos, VLANs of a switch without ELS": (
        "juniper_junos",
        "vlans",
        (
            "Name           Tag     Interfaces\n"
            "default\n                       ge-0/0/0.0, ge-0/0/1.0*\n"
            "desks          70\n                       ge-0/0/2.0*, ge-0/0/3.0\n"
            "phones         71      None\n"
        ),
        frozenset({"the only one desks", "the only one phones"}),
    ),
    # Juniper's guide of PoE for EX switches: a blank before each port.
    "Junos, PoE with a blank before each port": (
        "juniper_junos",
        "poe-power",
        (
            "Interface    Admin       Oper    Max        Priority       Power          Class\n"
            "             status      status  power                     consumption\n"
            " ge-0/0/0    Enabled      ON     15.4W      Low            4.4W            2\n"
            " ge-0/0/1    Enabled     OFF     0.0W       Low            0.0W            not-applicable\n"
        ),
        frozenset({"ge-0/0/0"}),
    ),
    # A column that Juniper's guides do not show (general knowledge), and a maximum that LLDP settled (its reference).
    "Junos, PoE with the pairs of each port": (
        "juniper_junos",
        "poe-power",
        (
            "Interface    Admin       Oper    Pair/Mode  Max        Priority       Power          Class\n"
            "             status      status  status     power                     consumption\n"
            " mge-0/0/7   Enabled      ON     4P/BT      90.0W      Low            12.4W           4\n"
            " mge-0/0/8   Enabled     OFF     NULL       90.0W      Low            0.0W            not-applicable\n"
            " ge-0/0/9    Enabled      ON     16.2W(L)   High           4.4W            2\n"
        ),
        frozenset({"mge-0/0/7", "ge-0/0/9"}),
    ),
    # Each row without a class: then a session's output has lost the blanks before all of them.
    "Junos, parts that are of no class": (
        "juniper_junos",
        "environment",
        (
            "Class Item                           Status     Measurement\n"
            "      Routing Engine 0               OK\n"
            "      CB 0                           OK\n"
            "      PEM 0                          OK\n"
        ),
        frozenset({"Routing Engine 0", "CB 0", "PEM 0"}),
    ),
    # Arista's manual of EOS: `2 WAYS`.
    "EOS, OSPF between routers of one network": (
        "arista_eos",
        "ospf-neighbors",
        (
            "Neighbor ID     Instance VRF      Pri State                  Dead Time   Address         Interface\n"
            "10.255.7.1      1        default  1   FULL/DR                00:00:37    10.76.0.1       Ethernet1/1\n"
            "10.255.7.2      1        blue     1   2 WAYS/DR OTHER        00:00:31    10.76.1.3       Vlan76\n"
            "10.255.7.3      1        blue     1   EXCHG START/BDR        00:00:31    10.76.1.4       Vlan76\n"
        ),
        frozenset({"default 10.255.7.1 Ethernet1/1", "blue 10.255.7.2 Vlan76"}),
    ),
}

NOTHING: Mapping[str, tuple[str, str, str]] = {
    # A leaf of a fabric without a neighbour in a family prints its heading (captures cisco_nxos, as above).
    "NX-OS": (
        "cisco_nxos",
        "bgp-sessions",
        "BGP summary information for VRF default, address family IPv4 Unicast\n",
    ),
    "XE": ("cisco_xe", "bgp-sessions", _XE_BGP),
    "XE, nothing at all": ("cisco_xe", "bgp-sessions", ""),
    "XR": ("cisco_xr", "bgp-sessions", _XR_BGP),
    "Junos": ("juniper_junos", "bgp-sessions", "Groups: 0 Peers: 0 Down peers: 0\n"),
}


@pytest.mark.parametrize("form", FORMS)
def test_each_row_that_counts_is_read(form: str) -> None:
    platform, name, text, wanted = FORMS[form]
    rule = defaults_of(platform)[name]
    rows = counting(rule, rows_of(rule, platform, rule.command_on(platform), text))
    assert {" ".join(str(row[field]) for field in rule.key) for row in rows} == wanted


_TWO_VRFS = "10.70.9.1       4        64812     900     902       12    0    0 {}\n"
_UP, _IDLE = "1d02h           2", "never    Idle"


@pytest.mark.parametrize("platform", ["cisco_xe", "cisco_ios"])
@pytest.mark.parametrize(
    ("now", "said"),
    [
        ((_UP, _UP, _IDLE), ""),
        ((_IDLE, _UP, _UP), ""),
        ((_IDLE, _UP, _IDLE), "VPNv4 Unicast 10.70.9.1 #2: state_or_prefixes_received was up, is Idle (needed up)"),
        ((_UP,), "VPNv4 Unicast 10.70.9.1 #2 is gone"),
        ((_IDLE,), "VPNv4 Unicast 10.70.9.1: state_or_prefixes_received was up, is Idle (needed up), "),
    ],
)
def test_a_neighbour_with_the_same_address_in_several_vrfs_is_counted(
    platform: str, now: Sequence[str], said: str
) -> None:
    """The device does not say which VRF it is in; of three there, two are up."""
    rule = defaults_of(platform)["bgp-sessions"]
    head = f"For address family: VPNv4 Unicast\n{_XE_BGP}"

    def rows(states: Sequence[str]) -> tuple[Row, ...]:
        text = head + "".join(map(_TWO_VRFS.format, states))
        return rows_of(rule, platform, rule.command_on(platform), text)

    compared = compare("bgp-sessions", rule, rows((_UP, _IDLE, _UP)), rows(now))
    assert (compared.standing is Standing.HOLDS) is not bool(said)
    assert said in str(compared)


@pytest.mark.parametrize("form", NOTHING)
def test_a_protocol_without_a_neighbour_is_read(form: str) -> None:
    platform, name, text = NOTHING[form]
    rule = defaults_of(platform)[name]
    assert rows_of(rule, platform, rule.command_on(platform), text) == ()


@pytest.mark.parametrize(
    ("platform", "row"),
    [
        ("cisco_xe", f"{_XE_BGP}10.70.9.1       4        64812     900     9\n"),
        ("cisco_nxos", f"{_NX_BGP.format(vrf='default', family='IPv4 Unicast')}10.72.0.1       4 64821   80000   8\n"),
        ("cisco_xr", f"{_XR_BGP}10.73.0.1         0 64831   84000   8\n"),
    ],
)
def test_half_a_row_is_told(platform: str, row: str) -> None:
    rule = defaults_of(platform)["bgp-sessions"]
    with unread() as odd:
        rows_of(rule, platform, rule.command_on(platform), row)
    assert [line for _, line in odd] == [row.splitlines()[-1]]
