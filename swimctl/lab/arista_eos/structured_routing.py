"""What a lab Arista answers to `show ip bgp summary | json`; see structured.py.

The names are those of NAPALM's test/eos/mocked_data (get_bgp_neighbors).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from swimctl.lab import routing
from swimctl.lab.arista_eos.shows_routing import links
from swimctl.lab.plain_commands import Model

if TYPE_CHECKING:
    from swimctl.lab.arista_eos.device import Arista


def bgp_summary(switch: Arista) -> Model:
    """Show ip bgp summary; without BGP there is no VRF."""
    if not switch.configuration.has(f"router {routing.BGP}"):
        return {"vrfs": {}}
    now, peers = switch.clock.wall().timestamp(), {}
    for each in routing.routers(switch, routing.BGP, links(switch)):
        packets, prefixes = (routing.packets(each.seconds), routing.PREFIXES) if each.up else (0, 0)
        since = each.seconds if each.up else int(min(switch.since_up, switch.uptime))
        peers[each.loopback] = {
            "version": 4,
            "asn": str(routing.AS),
            "msgReceived": packets,
            "msgSent": packets,
            "inMsgQueue": 0,
            "outMsgQueue": 0,
            "prefixReceived": prefixes,
            "prefixAccepted": prefixes,
            "upDownTime": now - since,
            "underMaintenance": False,
            "peerState": "Established" if each.up else "Active",
        }
    one = {"vrf": "default", "routerId": routing.ROUTER_ID, "asn": str(routing.AS), "peers": peers}
    return {"vrfs": {"default": one}}
