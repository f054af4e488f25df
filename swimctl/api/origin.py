"""From which address somebody asks: of the connection, or what a proxy that config.yaml trusts says of it. Pure."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

Network = IPv4Network | IPv6Network


def origin_of(remote: str, forwarded: Sequence[str], trusted: Sequence[Network]) -> str:
    """Return the address of who asks; `forwarded` are the values of `X-Forwarded-For`.

    Each proxy adds at the end who came to it. So this is the last address that no trusted proxy has; what stands before
    it, its sender may have invented. Nobody but a trusted proxy is believed.
    """
    found = remote
    said = [each.strip() for value in forwarded for each in value.split(",")]
    while said and _is_of(found, trusted) and (address := _address(said.pop())) is not None:
        found = str(address)
    return found


def _is_of(text: str, networks: Sequence[Network]) -> bool:
    address = _address(text)
    return address is not None and any(address in network for network in networks)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    """Return an address, without the port that some proxies add; None: it is none, such as `unknown`."""
    host, colon, port = text.rpartition(":")
    if colon and port.isdecimal() and (host.endswith("]") or "." in host):
        text = host
    try:
        address = ipaddress.ip_address(text.removeprefix("[").removesuffix("]"))
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return address if mapped is None else mapped
