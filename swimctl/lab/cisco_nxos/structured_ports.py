"""What a lab Nexus answers to `show … | json` of its ports, neighbours, routes and vPC partner; see structured.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

from swimctl.lab.cisco_nxos import shows_ports
from swimctl.lab.cisco_nxos.structured import table
from swimctl.lab.plain_commands import Model

if TYPE_CHECKING:
    from swimctl.lab.cisco_nxos.device import Nexus

_HOLD_TIME = ("9.3", "10.")
"""Releases that call the hold time of LLDP so, and write types as words; older ones: `ttl`, and numbers."""


def interfaces(switch: Nexus) -> Model:
    """Show interface."""
    up = set(shows_ports.linked(switch))
    rows: list[Model] = [
        {
            "interface": "mgmt0",
            "state": "up",
            "admin_state": "up",
            "eth_hw_desc": "Ethernet",
            "eth_hw_addr": shows_ports.mac(0),
            "eth_bia_addr": shows_ports.mac(0),
            "eth_ip_addr": "192.0.2.10",
            "eth_ip_mask": 24,
            "eth_ip_prefix": "192.0.2.0",
            "eth_mtu": 1500,
            "eth_bw": 1_000_000,
            "eth_duplex": "full",
            "eth_speed": "1000 Mb/s",
            "medium": "broadcast",
        }
    ]
    for at, port in enumerate(switch.spec.hardware.port_names(), 1):
        linked = port in up
        rows.append(
            {
                "interface": shows_ports.long_name(port),
                "state": "up" if linked else "down",
                **({} if linked else {"state_rsn_desc": "Link not connected"}),
                "admin_state": "up",
                "share_state": "Dedicated",
                "eth_hw_desc": "100/1000/10000/25000 Ethernet",
                "eth_hw_addr": shows_ports.mac(at),
                "eth_bia_addr": shows_ports.mac(at),
                **({"desc": "in use"} if port in switch.spec.ports_up() else {}),
                "eth_mtu": 1500,
                "eth_bw": 10_000_000,
                "eth_dly": 10,
                "medium": "broadcast",
                "eth_mode": "access",
                "eth_duplex": "full" if linked else "auto",
                "eth_speed": "10 Gb/s" if linked else "auto-speed",
            }
        )
    return table("interface", rows)


def status(switch: Nexus) -> Model:
    """Show interface status."""
    up = set(shows_ports.linked(switch))
    own = {"interface": "mgmt0", "state": "connected", "vlan": "routed", "duplex": "full", "speed": 1000, "type": "--"}
    rows: list[Model] = [own]
    for port in switch.spec.hardware.port_names():
        state, duplex, speed = ("connected", "full", "10G") if port in up else ("notconnect", "auto", "auto")
        name, media = shows_ports.long_name(port), "10Gbase-SR"
        rows.append({"interface": name, "state": state, "vlan": 1, "duplex": duplex, "speed": speed, "type": media})
    return table("interface", rows)


def brief(switch: Nexus) -> Model:
    """Show interface brief."""
    up = set(shows_ports.linked(switch))
    rows: list[Model] = [{"interface": "mgmt0", "state": "up", "ip_addr": "192.0.2.10", "speed": 1000, "mtu": 1500}]
    for port in switch.spec.hardware.port_names():
        state, reason, speed = ("up", "none", "10G") if port in up else ("down", "Link not connected", "auto")
        rows.append(_brief(shows_ports.long_name(port), "access", state, reason, speed))
    if switch.spec.vpc is not None:
        state, reason = ("up", "none") if shows_ports.vpc_up(switch) else ("down", "No operational members")
        bundles = [_brief(f"port-channel{number}", "trunk", state, reason, "a-10G") for number in (11, 999)]
        rows += [{**bundle, "proto": "lacp"} for bundle in bundles]
    rows.append({"interface": "loopback0", "state": "up", "desc": "--"})
    return table("interface", rows)


def _brief(name: str, mode: str, state: str, reason: str, speed: str) -> Model:
    return {
        "interface": name,
        "vlan": 1,
        "type": "eth",
        "portmode": mode,
        "state": state,
        "state_rsn_desc": reason,
        "speed": speed,
        "ratemode": "D",
    }


def routes(_switch: Nexus) -> Model:
    """Show ip route summary."""
    rows: list[Model] = []
    for vrf, sources in shows_ports.ROUTES.items():
        total = sum(sources.values())
        summary = {
            "routes": total,
            "paths": total,
            **table("unicast", [{"clientnameuni": name, "best-paths": count} for name, count in sources.items()]),
            **table("route_count", [{"mask_len": 24, "count": total}]),
        }
        family = {"addrf": "ipv4", **table("summary", [summary])}
        rows.append({"vrf-name-out": vrf, **table("addrf", [family])})
    return table("vrf", rows)


def cdp(switch: Nexus) -> Model:
    """Show cdp neighbors."""
    rows = [
        {
            "ifindex": 436_207_616 + 512 * at,
            "device_id": name,
            "intf_id": shows_ports.long_name(port),
            "ttl": 150,
            "capability": ["router", "switch", "IGMP_cnd_filtering", "Supports-STP-Dispute"],
            "platform_id": "N9K-C9504",
            "port_id": shows_ports.long_name(other),
        }
        for at, (port, name, other) in enumerate(shows_ports.neighbours(switch))
    ]
    return {"neigh_count": len(rows), **table("cdp_neighbor_brief_info", rows)}


def cdp_detail(switch: Nexus) -> Model:
    """Show cdp neighbors detail."""
    rows = [
        {
            "ifindex": 436_207_616 + 512 * at,
            "device_id": name,
            "sysname": name,
            "numaddr": 1,
            "v4addr": "192.0.2.77",
            "platform_id": "N9K-C9504",
            "capability": ["router", "switch", "IGMP_cnd_filtering", "Supports-STP-Dispute"],
            "intf_id": shows_ports.long_name(port),
            "port_id": shows_ports.long_name(other),
            "ttl": 150,
            "version": "Cisco Nexus Operating System (NX-OS) Software, Version 10.3(4a)",
            "version_no": "v2",
            "duplexmode": "full",
            "mtu": 1500,
            "num_mgmtaddr": 1,
            "v4mgmtaddr": "192.0.2.77",
        }
        for at, (port, name, other) in enumerate(shows_ports.neighbours(switch))
    ]
    return {"neigh_count": len(rows), **table("cdp_neighbor_detail_info", rows)}


def lldp(switch: Nexus) -> Model:
    """Show lldp neighbors, by the names of the release that runs."""
    newer = switch.release.startswith(_HOLD_TIME)
    rows = [
        {
            "chassis_type": "Locally Assigned" if newer else 7,
            "chassis_id": name,
            "l_port_id": port,
            "hold_time" if newer else "ttl": 120,
            "system_capability": "BR",
            "enabled_capability": "BR",
            "port_type": "Interface Name" if newer else 5,
            "port_id": shows_ports.long_name(other),
            "mgmt_addr_type": "IPV4",
            "mgmt_addr": "192.0.2.77",
        }
        for port, name, other in shows_ports.neighbours(switch)
    ]
    return {"neigh_hdr": "neigh_hdr", **table("nbor", rows), "neigh_count": len(rows)}


def vpc(switch: Nexus) -> Model:
    """Show vpc.

    Of the words for a partner that is not there one is known from a source, `peer-link-down`.
    """
    spec, up = switch.spec, shows_ports.vpc_up(switch)
    alive = shows_ports.partner(switch)[1] == "peer is alive"
    good, well = ("consistent", "SUCCESS") if up else ("inconsistent", "FAILED")
    role = "none-established" if not up else "primary-secondary" if switch.booted_at > 0 else "primary"
    return {
        "vpc-domain-id": spec.vpc,
        "vpc-peer-status": "peer-ok" if up else "peer-link-down",
        "vpc-peer-status-reason": "SUCCESS" if up else "SYSERR_MCECM_PEER_UNRCH",
        "vpc-peer-keepalive-status": "peer-alive" if alive else "peer-not-alive",
        "vpc-peer-consistency": good,
        "vpc-per-vlan-peer-consistency": good,
        "vpc-peer-consistency-status": well,
        "vpc-type-2-consistency": good,
        "vpc-type-2-consistency-status": well,
        "vpc-role": role,
        "num-of-vpcs": 1,
        "peer-gateway": 1,
        "dual-active-excluded-vlans": "-",
        "vpc-graceful-consistency-check-status": "enabled",
        "vpc-auto-recovery-status": "Disabled",
        "vpc-delay-restore-status": "Timer is off.(timeout = 30s)",
        "vpc-delay-restore-svi-status": "Timer is off.(timeout = 10s)",
        "operational-l3-peer": "Disabled",
        "vpc-peer-link-hdr": "Start of VPC peer-link table",
        **table(
            "peerlink",
            [
                {
                    "peer-link-id": 1,
                    "peerlink-ifindex": "Po999",
                    "peer-link-port-state": int(up),
                    "peer-up-vlan-bitset": "1,10" if up else "-",
                }
            ],
        ),
        "vpc-end": ["End of table", "End of table"],
        "vpc-hdr": "Start of vPC table",
        "vpc-not-es": "vPC complex",
        **table(
            "vpc",
            [
                {
                    "vpc-id": 11,
                    "vpc-ifindex": "Po11",
                    "vpc-port-state": int(up),
                    "phy-port-if-removed": "disabled",
                    "vpc-thru-peerlink": 0,
                    "vpc-consistency": good,
                    "vpc-consistency-status": well,
                    "up-vlan-bitset": "10" if up else "-",
                    "es-attr": "DF: Invalid",
                }
            ],
        ),
    }
