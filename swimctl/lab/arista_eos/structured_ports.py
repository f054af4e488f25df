"""What a lab Arista answers to `show … | json` of its ports, neighbours, routes and MLAG partner; see structured.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

from swimctl.lab.arista_eos import shows_ports
from swimctl.lab.arista_eos.device import long_name
from swimctl.lab.arista_eos.structured import colons
from swimctl.lab.plain_commands import Model

if TYPE_CHECKING:
    from swimctl.lab.arista_eos.device import Arista


def interfaces(switch: Arista) -> Model:
    """Show interfaces."""
    return {"interfaces": {port.name: _interface(switch, port) for port in shows_ports.interface_list(switch)}}


def _interface(switch: Arista, port: shows_ports.Port) -> Model:
    since = switch.clock.at(switch.started_at).timestamp()
    address, _, length = port.address.partition("/")
    owned = [{"primaryIp": {"address": address, "maskLen": int(length)}, "secondaryIps": {},
              "secondaryIpsOrderedList": [], "broadcastAddress": "255.255.255.255"}] if address else []  # fmt: skip
    hardware = {} if port.virtual else {"burnedInAddress": colons(port.mac), "physicalAddress": colons(port.mac)}
    return {
        "name": port.name,
        "interfaceStatus": port.state,
        "lineProtocolStatus": "up" if port.state == "connected" else "down",
        "forwardingModel": "routed" if address else "bridged",
        "lastStatusChangeTimestamp": since,
        "hardware": "loopback" if port.name.startswith("Loopback") else "vlan" if port.virtual else "ethernet",
        **hardware,
        "mtu": port.mtu,
        "bandwidth": port.speed,
        "duplex": "duplexFull" if port.state == "connected" else "duplexUnknown",
        "autoNegotiate": "unknown",
        "description": port.description,
        "interfaceAddress": owned,
    }


def _vlan(column: str) -> dict[str, object]:
    """Return in the model's words what the column `Vlan` of the text says: of a trunk it explains, with no number."""
    if column.isdecimal():
        return {"interfaceMode": "bridged", "vlanId": int(column), "interfaceForwardingModel": "bridged"}
    return {"interfaceMode": column, "vlanExplanation": column, "interfaceForwardingModel": "bridged"}


def status(switch: Arista) -> Model:
    """Show interfaces status."""
    rows: dict[str, object] = {}
    for port, state in shows_ports.port_states(switch).items():
        wired, linked = port in switch.spec.ports_up(), state == "connected"
        rows[long_name(port)] = {
            "description": "in use" if wired else "",
            "linkStatus": state,
            "lineProtocolStatus": "up" if linked else "down" if wired else "notPresent",
            "vlanInformation": _vlan(shows_ports.vlan_of(switch, port)),
            "duplex": "duplexFull" if linked else "duplexUnknown",
            "bandwidth": 25_000_000_000 if linked else 0,
            "autoNegotiateActive": False,
            "interfaceType": "25GBASE-SR" if wired else "Not Present",
        }
    rows["Management1"] = {
        "description": "",
        "linkStatus": "connected",
        "lineProtocolStatus": "up",
        "vlanInformation": {"interfaceMode": "routed", "interfaceForwardingModel": "routed"},
        "duplex": "duplexFull",
        "bandwidth": 1_000_000_000,
        "autoNegotiateActive": True,
        "interfaceType": "10/100/1000",
    }
    return {"interfaceStatuses": rows}


def addresses(_switch: Arista) -> Model:
    """Show ip interface brief."""
    rows = {}
    for name, (address, mtu) in shows_ports.ADDRESSES.items():
        network, _, length = address.partition("/")
        rows[name] = {
            "name": name,
            "interfaceStatus": "connected",
            "lineProtocolStatus": "up",
            "mtu": mtu,
            "interfaceAddress": {"ipAddr": {"address": network, "maskLen": int(length)}},
        }
    return {"interfaces": rows}


def lldp(switch: Arista) -> Model:
    """Show lldp neighbors."""
    found = shows_ports.neighbours(switch)
    return {
        "tablesLastChangeTime": switch.clock.at(switch.started_at).timestamp(),
        "tablesInserts": len(found) + 2,
        "tablesDeletes": 2,
        "tablesDrops": 0,
        "tablesAgeOuts": 0,
        "lldpNeighbors": [
            {"port": long_name(port), "neighborDevice": name, "neighborPort": other, "ttl": 120}
            for port, name, other in found
        ],
    }


def lldp_detail(switch: Arista) -> Model:
    """Show lldp neighbors detail."""
    behind = {port: (name, other) for port, name, other in shows_ports.neighbours(switch)}
    rows: dict[str, object] = {}
    for at, port in enumerate(switch.spec.hardware.port_names()):
        told = [behind[port]] if port in behind else []
        rows[long_name(port)] = {
            "lldpNeighborInfo": [
                {
                    "chassisIdType": "macAddress",
                    "chassisId": f"0011.22aa.{at:04x}",
                    "systemName": name,
                    "ttl": 120,
                    "neighborInterfaceInfo": {
                        "interfaceIdType": "interfaceName",
                        "interfaceId": f'"{other}"',
                        "interfaceId_v2": other,
                    },
                }
                for name, other in told
            ]
        }
    return {"lldpNeighbors": rows}


def routes(_switch: Arista) -> Model:
    """Show ip route summary, as revision 3 of the model has it."""
    counts = shows_ports.ROUTES
    total = sum(counts.values())
    table = {
        "connected": counts["connected"],
        "static": counts["static (persistent)"],
        "internal": counts["internal"],
        "attached": counts["attached"],
        "ospfCounts": {"ospfTotal": counts["ospf"], "ospfIntraArea": counts["ospf"], "ospfInterArea": 0},
        "bgpCounts": {"bgpTotal": counts["bgp"], "bgpExternal": counts["bgp"], "bgpInternal": 0},
        "maskLen": {"24": total},
        "totalRoutes": total,
    }
    models = {"configuredProtoModel": "multi-agent", "operatingProtoModel": "multi-agent"}
    return {"protoModelStatus": models, "vrfs": {"default": table}}


def mlag(switch: Arista) -> Model:
    """Show mlag: what is not configured is not there."""
    spec, connected = switch.spec, switch.peer_connected
    told: dict[str, object] = {
        "state": "active" if connected else "inactive" if spec.mlag else "disabled",
        "localInterface": "",
        "peerLink": "",
    }
    if spec.mlag is not None:
        told |= {
            "domainId": spec.mlag,
            "localInterface": "Vlan4094",
            "localIntfStatus": "up",
            "peerAddress": shows_ports.MLAG_PEER,
            "peerLink": "Port-Channel999",
            "peerLinkStatus": "up" if spec.peer else "lowerLayerDown",
            "negStatus": "connected" if connected else "connecting",
            "configSanity": "consistent" if connected else "",
            "systemId": shows_ports.MLAG_SYSTEM if connected else "00:00:00:00:00:00",
        }
    if switch.ports_wait:
        told["portsErrdisabledTime"] = switch.clock.at(switch.booted_at).timestamp() + spec.boot_time
    return told | {
        "reloadDelay": spec.reload_delay,
        "reloadDelayNonMlag": spec.reload_delay,
        "portsErrdisabled": switch.ports_wait,
        "dualPrimaryDetectionState": "disabled",
        "dualPrimaryPortsErrdisabled": False,
        "mlagPorts": shows_ports.mlag_ports(switch),
    }


def mlag_detail(switch: Arista) -> Model:
    """Show mlag detail."""
    connected = switch.peer_connected
    return {
        **mlag(switch),
        "detail": {
            "mlagState": "primary" if connected else "inactive" if switch.spec.mlag else "disabled",
            "peerMlagState": "secondary" if connected else "unknown",
            "stateChanges": 2,
            "mlagHwReady": True,
            "lacpStandby": False,
            "udpHeartbeatsSent": 3131,
            "udpHeartbeatsReceived": 3123,
            "enabled": switch.spec.mlag is not None,
        },
    }
