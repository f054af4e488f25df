"""What is kept of a configuration: the blocks that must not be lost, in each system's words, and never a secret."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from swimctl.platforms import configured, may_be_cut
from swimctl.platforms.configuration import braced, indented

IOS = """\
Building configuration...

Current configuration : 9321 bytes
!
! Last configuration change at 06:12:13 UTC Mon Mar 3 2031 by anna
!
version 17.6
hostname hall-7
!
boot-start-marker
boot system flash:packages.conf
boot-end-marker
!
enable secret 9 $9$VerySecret
aaa new-model
aaa authentication login default group tacacs+ local
aaa group server tacacs+ ADMIN
 server name tac-1
username anna privilege 15 secret 9 $9$AlsoSecret
crypto pki certificate chain TP
 certificate self-signed 01
  30820330 30820218 A0030201 02020101 300D0609 2A864886 F70D0101 05050030
  \tquit
vlan 10,20-22
vlan 30
 name cameras
vlan internal allocation policy ascending
interface GigabitEthernet1/0/1
 description to the core
interface Vlan10
 ip address 192.0.2.7 255.255.255.0
interface Serial0/0/0.1 point-to-point
router ospf 7 vrf CAMPUS
ip route 0.0.0.0 0.0.0.0 192.0.2.1 200 name default
ip route vrf MGMT 198.51.100.0 255.255.255.0 192.0.2.1
ip routing
banner motd ^C
interface GigabitEthernet9/9/9
hostname lies
^C
ntp clock-period 17180025
ntp server 192.0.2.9
end
"""
NXOS = """\
!Command: show running-config
!Running configuration last done at: Mon Mar  3 06:12:13 2031
version 9.3(5) Bios:version 05.42
hostname spine-1
username admin password 5 $5$Secret  role network-admin
vlan 1,10
vrf context management
  ip route 0.0.0.0/0 192.0.2.1
interface port-channel10
interface Ethernet1/1
boot nxos bootflash:/nxos.9.3.5.bin
router bgp 65001
  neighbor 192.0.2.3 remote-as 65002
    password 3 abcdef
"""
XR = """\
Mon Mar  3 06:12:13.123 UTC
!! IOS XR Configuration 7.3.2
!! Last configuration change at Mon Mar  3 06:10:13 2031 by anna
hostname edge-1
username anna
 group root-lr
 secret 10 $6$Secret
!
interface preconfigure TenGigE0/0/0/9
interface MgmtEth0/RSP0/CPU0/0
router static
 address-family ipv4 unicast
  0.0.0.0/0 192.0.2.1
 !
 vrf CAMPUS
  address-family ipv4 unicast
   198.51.100.0/24 192.0.2.5
end
"""
EOS = """\
! Command: show running-config
! device: leaf-1 (DCS-7050SX3-48YC8, EOS-4.28.3M)
!
hostname leaf-1
username admin privilege 15 role network-admin secret sha512 $6$Secret
aaa authorization exec default local
vlan 10
banner motd
interface Ethernet99
EOF
interface Ethernet1
ip route 0.0.0.0/0 192.0.2.1
ip routing
end
"""
JUNOS = """\
## Last commit: 2031-03-03 06:12:13 UTC by anna
version 20.4R3.8;
groups {
    re0 {
        system {
            host-name hall-7-re0;
        }
    }
}
system {
    host-name hall-7;
    root-authentication {
        encrypted-password "$6$Secret"; ## SECRET-DATA
    }
    login {
        user anna {
            uid 2000;
            class super-user;
        }
    }
    tacplus-server {
        192.0.2.9 secret "$9$Secret"; ## SECRET-DATA
    }
    radius-server 192.0.2.8 secret "$9$Secret";
}
interfaces {
    ge-0/0/0 {
        unit 0 {
            family ethernet-switching;
        }
    }
    inactive: xe-0/1/0 {
        unit 0;
    }
}
routing-options {
    static {
        route 0.0.0.0/0 next-hop 192.0.2.1;
    }
}
protocols {
    ospf {
        area 0.0.0.0;
    }
    rstp;
}
vlans {
    cameras {
        vlan-id 30;
    }
}
"""


def test_the_blocks_of_ios() -> None:
    assert indented(IOS).blocks == (
        "hostname hall-7",
        "aaa new-model",
        "aaa authentication login default",
        "aaa group server tacacs+",
        "username anna",
        "vlan 10", "vlan 20", "vlan 21", "vlan 22", "vlan 30",
        "interface GigabitEthernet1/0/1",
        "interface Vlan10",
        "interface Serial0/0/0.1",
        "router ospf 7 vrf CAMPUS",
        "ip route 0.0.0.0 0.0.0.0",
        "ip route vrf MGMT 198.51.100.0 255.255.255.0",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("platform", "text", "blocks"),
    [
        (
            "cisco_nxos",
            NXOS,
            (
                "hostname spine-1|username admin|vlan 1|vlan 10|vrf context management / ip route 0.0.0.0/0|"
                "interface port-channel10|interface Ethernet1/1|router bgp 65001"
            ),
        ),
        (
            "cisco_xr",
            XR,
            (
                "hostname edge-1|username anna|interface preconfigure TenGigE0/0/0/9|interface MgmtEth0/RSP0/CPU0/0|"
                "router static|router static / address-family ipv4 unicast / ip route 0.0.0.0/0|"
                "router static / vrf CAMPUS / address-family ipv4 unicast / ip route 198.51.100.0/24"
            ),
        ),
        (
            "arista_eos",
            EOS,
            (
                "hostname leaf-1|username admin|aaa authorization exec default|vlan 10|interface Ethernet1|"
                "ip route 0.0.0.0/0"
            ),
        ),
        (
            "juniper_junos",
            JUNOS,
            (
                "hostname hall-7-re0 (groups re0)|hostname hall-7|system login user anna|"
                "system radius-server 192.0.2.8|"
                "interfaces ge-0/0/0|interfaces xe-0/1/0|routing-options static route 0.0.0.0/0|protocols ospf|"
                "protocols rstp|vlans cameras"
            ),
        ),
    ],
)
def test_the_blocks_of_the_others(platform: str, text: str, blocks: str) -> None:
    assert configured(platform, text).blocks == tuple(blocks.split("|"))


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        (IOS, IOS.replace("06:12:13", "09:00:00").replace("9321", "9400").replace("17180025", "17180026")),
        (IOS, IOS.replace("version 17.6", "version 17.12").replace("flash:packages.conf", "flash:new.bin")),
        (IOS, IOS.replace("30820330", "30820331")),
        (NXOS, NXOS.replace("9.3(5)", "10.3(4a)").replace("nxos.9.3.5", "nxos64-cs.10.3.4a.M").replace("06:12", "7:1")),
        (XR, XR.replace("Mon Mar  3 06:12:13.123", "Tue Mar  4 01:02:03.004").replace("7.3.2", "7.5.2")),
        (EOS, EOS.replace("EOS-4.28.3M", "EOS-4.31.6M")),
        (JUNOS, JUNOS.replace("20.4R3.8", "22.2R1.9").replace("06:12:13", "07:00:00")),
    ],
)
def test_what_changes_by_itself_is_no_change(text: str, changed: str) -> None:
    assert text != changed
    kept = braced if text is JUNOS else indented
    assert kept(text) == kept(changed)


def test_another_line_is_another_digest_and_loses_no_block() -> None:
    now = IOS.replace("description to the core", "description to core-2")
    assert indented(now).digest != indented(IOS).digest
    assert indented(now).blocks == indented(IOS).blocks


def test_the_same_vlans_in_another_list_are_the_same() -> None:
    other = IOS.replace("vlan 10,20-22\n", "vlan 10\nvlan 20,21\nvlan 22\n")
    assert set(indented(other).blocks) == set(indented(IOS).blocks)


@pytest.mark.parametrize("text", [IOS, NXOS, XR, EOS])
def test_no_secret_is_kept(text: str) -> None:
    assert "ecret" not in "".join(indented(text).blocks)
    assert "abcdef" not in "".join(indented(text).blocks)


def test_no_secret_of_junos_is_kept() -> None:
    assert "ecret" not in "".join(braced(JUNOS).blocks)


@pytest.mark.parametrize("line", ["vlan 1-99999999999", f"vlan {'9' * 5000}", "vlan 1-2-3", "vlan 4000-9999", "vlan ٣"])
def test_no_list_of_vlans_takes_long_or_breaks_it(line: str) -> None:
    assert len(indented(f"hostname hall-7\n{line}\nend\n").blocks) < 200


@given(some.text(alphabet='abc {};!\n interfacevlan0123-,/$"', max_size=400))
def test_no_text_breaks_it(text: str) -> None:
    for kept in (indented, braced):
        assert len(kept(text).digest) == 64


@pytest.mark.parametrize("platform", ["cisco_nxos", "juniper_junos"])
def test_without_a_last_line_of_its_own_what_is_missing_at_the_end_may_only_have_been_cut(platform: str) -> None:
    before = ("hostname hall-7", "vlan 10", "interface Ethernet1/1", "interface mgmt0")
    assert may_be_cut(platform, before, before[:2])
    assert may_be_cut(platform, before, ())
    assert not may_be_cut(platform, before, before)
    assert not may_be_cut(platform, before, ("hostname switch",))
    assert not may_be_cut(platform, before, (*before[:1], *before[2:]))


@pytest.mark.parametrize("platform", ["cisco_xe", "cisco_ios", "cisco_xr", "arista_eos"])
def test_what_ends_with_a_line_of_its_own_was_not_cut(platform: str) -> None:
    assert not may_be_cut(platform, ("hostname hall-7", "vlan 10"), ("hostname hall-7",))


@pytest.mark.parametrize(
    "line", ["aaa root secret {}", "aaa root secret sha512 {}", "aaa group key {}", "aaa password {}"]
)
def test_a_heading_ends_before_a_secret(line: str) -> None:
    text = f"hostname leaf-1\n{line.format('Zq7-geheim')}\nusername bob secret Zq7-geheim\nend\n"
    blocks = configured("arista_eos", text).blocks
    assert len(blocks) == 3
    assert "Zq7-geheim" not in " ".join(blocks)
