"""What an inventory says of the relay of a host: a machine of its site that runs `swimctl relay`."""

from __future__ import annotations

import re
from collections.abc import Callable, Container
from contextlib import suppress
from dataclasses import dataclass, field
from ipaddress import IPv6Address
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from swimctl.config.references import is_reference
from swimctl.errors import InventoryError

if TYPE_CHECKING:
    from swimctl.inventory.accounts import Resolve
    from swimctl.inventory.files import Where

PORT: Final = 8101
"""Where a relay listens, unless somebody says otherwise."""
IN_ENVIRONMENT: Final = "SWIMCTL_RELAY_TOKEN"
"""Where in the environment its token is found, unless somebody says otherwise."""
SHORTEST_TOKEN: Final = 16
RELAYED: Final = "relay "
"""How the place begins from where an image comes, if that is a relay."""
_KEYS: Final = ("url", "token", "address", "trust")
# It becomes a word of a command on the device.
_HOST: Final = re.compile(r"(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?", re.ASCII)
_URL: Final = re.compile(rf"https?://{_HOST.pattern}/?", re.ASCII)
_ADDRESS: Final = re.compile(r"[A-Za-z0-9.-]*", re.ASCII)
_IPV6: Final = re.compile(r"\[?([0-9A-Fa-f:.]+)\]?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Relay:
    """A relay: where swimctl speaks to it, with which token, and where devices find it.

    `address`: its name or address for devices, empty where that is the one in `url`. `trust`: the authority of its
    certificate, None for those of this system.
    """

    url: str
    token: str = field(repr=False)
    address: str = ""
    trust: Path | None = None

    @property
    def place(self) -> str:
        """Return what it is called where people read from where an image comes."""
        return f"{RELAYED}{self.url}"

    @property
    def host(self) -> str:
        """Return the name or address by which swimctl finds it."""
        return urlsplit(self.url).hostname or ""

    @property
    def scheme(self) -> str:
        """Return how it is spoken to, such as `https`."""
        return urlsplit(self.url).scheme

    @property
    def for_devices(self) -> str:
        """Return the beginning of each URL there that a device is told."""
        parts = urlsplit(self.url)
        host = self.address or self.host
        return f"{parts.scheme}://{f'[{host}]' if ':' in host else host}:{parts.port}"


def relay_of(
    said: object, who: str, where: Where, resolve: Resolve, placed: Callable[[str], Path], devices: Container[str]
) -> Relay:
    """Return the relay that an inventory names. InventoryError: it cannot be; ConfigError: a reference is wrong."""
    what = f"{where}: swimctl.distribution.relay of {who}"
    entry: dict[Any, Any] = {"url": said} if isinstance(said, str) else said if isinstance(said, dict) else {}
    if "url" not in entry or set(entry) - set(_KEYS):
        raise InventoryError(f"{what} must be a host, a URL, or a mapping of {', '.join(_KEYS)}, with `url` in it")
    address, trust = _address(entry.get("address", ""), what), entry.get("trust")
    if trust is not None and not isinstance(trust, str):
        raise InventoryError(f"{what}: trust must be the file of a certificate, not {trust!r}")
    path = None if trust is None else placed(trust)
    if path is not None and not path.is_file():
        raise InventoryError(f"{what}: trust: there is no file {path}")
    url = _url(entry["url"], what)
    if (host := urlsplit(url).hostname) in devices:
        raise InventoryError(
            f"{what} is {host}, a device of this inventory: swimctl does not serve images from a switch; next: name a "
            "machine that runs `swimctl relay`"
        )
    return Relay(url, _token(entry.get("token"), what, resolve), address, path)


def _address(said: object, what: str) -> str:
    """Return where devices find a relay: a name or an address, IPv6 without brackets."""
    if isinstance(said, str) and _ADDRESS.fullmatch(said):
        return said
    if isinstance(said, str) and (found := _IPV6.fullmatch(said)):
        with suppress(ValueError):
            return str(IPv6Address(found[1]))
    raise InventoryError(f"{what}: address must be a name or an address, not {said!r}; the port is that of `url`")


def _url(said: object, what: str) -> str:
    url = f"http://{said}" if isinstance(said, str) and _HOST.fullmatch(said) else said
    if not isinstance(url, str) or not _URL.fullmatch(url):
        # What was written is not repeated where it may have a password in it.
        raise InventoryError(
            f"{what} must be a host such as relay.example, or a URL such as https://relay.example:8101"
        )
    try:
        parts = urlsplit(url)
        port = parts.port or PORT
    except ValueError:
        raise InventoryError(
            f"{what}: a port is a number from 1 to 65535, and brackets are for an IPv6 address; not so in {url!r}"
        ) from None
    host = parts.hostname or ""
    return f"{parts.scheme}://{f'[{host}]' if ':' in host else host}:{port}"


def _token(said: object, what: str, resolve: Resolve) -> str:
    if said is not None and not is_reference(said):
        raise InventoryError(
            f"{what}: token must be a reference, such as {{env: NAME}} or {{file: PATH}}; an inventory has no token in "
            "plain text"
        )
    found = resolve({"env": IN_ENVIRONMENT} if said is None else said, "swimctl.distribution.relay.token", "") or ""
    if len(found) < SHORTEST_TOKEN:
        raise InventoryError(f"{what}: its token has less than {SHORTEST_TOKEN} characters; `openssl rand -hex 32`")
    return found
