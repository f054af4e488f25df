"""Answers of NetBox 4 and Nautobot 2 to whoever asks for their devices, over real HTTP.

The fields are those of NetBox's and Nautobot's REST API: NetBox nests its objects by `brief` serializers and has no
`device_role` any more; Nautobot with `depth=1` nests whole objects, and has a location where older ones had a site.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass
class Asked:
    """A running stub: where it is, and what it was asked with which token."""

    url: str = ""
    requests: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Device:
    """What a site has of one device."""

    name: str | None
    platform: str | None  # as people call it, such as `Cisco IOS-XE`
    model: str = "Catalyst 9300-48P"
    slug: str = "cisco-c9300-48p"
    serial: str = ""
    address: str | None = "192.0.2.7"
    driver: str | None = None  # Nautobot's network driver
    custom: Mapping[str, Any] = field(default_factory=dict)
    site: str = "Bern West"
    tags: tuple[str, ...] = ()


SITE = (
    Device("sw1", "Cisco IOS-XE", serial="FOC0001", driver="cisco_xe", custom={"swimctl_port": 2201}),
    Device("ar1", "Arista EOS", "DCS-7050SX3-48YC8", "arista-dcs-7050sx3-48yc8", driver="arista_eos", address=None),
    Device("fw1", "PAN-OS", "PA-440", "palo-alto-pa-440", driver="paloalto_panos"),
    Device("Rack 5 / left", None, "PDU 24", "apc-pdu-24", address=None),
    Device(None, None, "Patch panel", "panduit-panel", address=None),
)


def _slug(name: str) -> str:
    return "-".join(name.lower().replace("/", " ").split())


def _brief(number: int, name: str, **more: object) -> dict[str, Any]:
    return {
        "id": number,
        "url": f"http://x/api/dcim/objects/{number}/",
        "display": name,
        "name": name,
        "slug": _slug(name),
    } | more


def netbox_device(number: int, device: Device) -> dict[str, Any]:
    maker = device.slug.partition("-")[0]
    address = None if device.address is None else f"{device.address}/24"
    ip = (
        None
        if address is None
        else {
            "id": number,
            "url": f"http://x/api/ipam/ip-addresses/{number}/",
            "display": address,
            "family": {"value": 4},
            "address": address,
        }
    )
    return {
        "id": number,
        "url": f"http://x/api/dcim/devices/{number}/",
        "display": device.name or "unnamed",
        "name": device.name,
        "device_type": {
            "id": number,
            "url": f"http://x/api/dcim/device-types/{number}/",
            "display": device.model,
            "manufacturer": _brief(number, maker.capitalize()),
            "model": device.model,
            "slug": device.slug,
            "description": "",
        },
        "role": _brief(7, "Access Switch"),
        "tenant": None,
        "platform": None if device.platform is None else _brief(number, device.platform),
        "serial": device.serial,
        "asset_tag": None,
        "site": _brief(3, device.site),
        "location": None,
        "status": {"value": "active", "label": "Active"},
        "primary_ip": ip,
        "primary_ip4": ip,
        "primary_ip6": None,
        "cluster": None,
        "virtual_chassis": None,
        "local_context_data": None,
        "config_context": {},
        "tags": [_brief(place, tag) for place, tag in enumerate(device.tags, 1)],
        "custom_fields": dict(device.custom),
    }


def nautobot_device(number: int, device: Device) -> dict[str, Any]:
    maker = device.slug.partition("-")[0]
    ip = None if device.address is None else {"id": f"ip-{number}", "address": f"{device.address}/24", "ip_version": 4}
    platform = {"id": f"p-{number}", "name": device.platform, "network_driver": device.driver, "napalm_driver": ""}
    return {
        "id": f"00000000-0000-4000-8000-{number:012d}",
        "object_type": "dcim.device",
        "display": device.name or "unnamed",
        "url": f"http://x/api/dcim/devices/{number}/",
        "name": device.name,
        "device_type": {
            "id": f"t-{number}",
            "display": device.model,
            "manufacturer": {"id": f"m-{number}", "name": maker.capitalize()},
            "model": device.model,
            "part_number": device.slug.partition("-")[2].upper() if maker == "cisco" else "",
        },
        "role": {"id": "r-7", "name": "Access Switch"},
        "status": {"id": "s-1", "name": "Active"},
        "platform": None if device.platform is None else platform,
        "location": {"id": "l-3", "name": "Bern West", "parent": None},
        "serial": device.serial,
        "primary_ip4": ip,
        "primary_ip6": None,
        "tags": [],
        "custom_fields": dict(device.custom),
    }


@contextmanager
def serving(kind: str, token: str, devices: Sequence[Device] = SITE, page: int = 2) -> Iterator[Asked]:
    """Answer as `netbox` 4 or `nautobot` 2 does, in pages of so many, to those that show the token."""
    asked = Asked()
    made = [
        netbox_device(number, device) if kind == "netbox" else nautobot_device(number, device)
        for number, device in enumerate(devices, 1)
    ]
    lists = {"/api/dcim/devices/": made, "/api/dcim/platforms/": []}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            shown = self.headers.get("Authorization", "")
            asked.requests.append((self.path, shown))
            found = lists.get(parts.path)
            if parts.path in ("/api/", "/api/status/"):
                self._answer(200, {"netbox-version": "4.5.0", "nautobot-version": "2.4.0"})
            elif shown.lower() != token.lower():
                self._answer(403, {"detail": "Invalid token"})
            elif found is None:
                self._answer(404, {"detail": "No such place"})
            else:
                offset = int(parse_qs(parts.query).get("offset", ["0"])[0])
                more = offset + page < len(found)
                following = f"{asked.url}{parts.path}?limit={page}&offset={offset + page}" if more else None
                rows = found[offset : offset + page]
                self._answer(200, {"count": len(found), "next": following, "previous": None, "results": rows})

        def _answer(self, code: int, document: object) -> None:
            body = json.dumps(document).encode()
            self.send_response(code)
            self.send_header("API-Version", "4.5" if kind == "netbox" else "2.4")
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    asked.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield asked
    finally:
        server.shutdown()
        server.server_close()
