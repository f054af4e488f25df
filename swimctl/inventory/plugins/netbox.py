"""The devices of a NetBox, by pynetbox: it knows the tokens of NetBox 4.5 too (`Bearer nbt_…`)."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, Final

from nornir.core.inventory import Defaults, Group, Groups, Host, Hosts, Inventory, ParentGroups

from swimctl.errors import ConfigError, InventoryError

# Which of a device's objects make groups, named as nornir_netbox names them.
_GROUPS: Final = (
    ("site", ("site",)),
    ("platform", ("platform",)),
    ("device_role", ("role",)),
    ("manufacturer", ("device_type", "manufacturer")),
    ("device_type", ("device_type",)),
)


class NetBoxInventory:
    """Read devices, those of `filters` or all. `url` and `token` else stand in NETBOX_URL and NETBOX_TOKEN.

    A host's data is what NetBox says of it; its address is the primary one, else its name. `verify` is false, or the
    path of a file of certificates. Needs `pip install 'swimctl[netbox]'`.
    """

    def __init__(
        self,
        url: str | None = None,
        token: str | None = None,
        filters: Mapping[str, Any] | None = None,
        verify: bool | str = True,
        folder: str = ".",  # noqa: ARG002 - as all plugins of ours are given it
    ) -> None:
        self._url = url or os.environ.get("NETBOX_URL") or os.environ.get("NB_URL")
        self._token = token or os.environ.get("NETBOX_TOKEN") or os.environ.get("NB_TOKEN")
        self._filters = dict(filters or {})
        self._verify = verify

    def load(self) -> Inventory:
        """Return the devices. Raises InventoryError where NetBox does not answer, ConfigError for what is missing."""
        hosts, groups, defaults = Hosts(), Groups(), Defaults()
        for device in self._devices():
            name = str(device.get("name") or device["id"])
            parents = _groups_of(device)
            for parent in parents:
                groups.setdefault(parent, Group(parent, defaults=defaults))
            address = (device.get("primary_ip") or {}).get("address") or ""
            hosts[name] = Host(
                name,
                hostname=address.partition("/")[0] or name,
                groups=ParentGroups(groups[parent] for parent in parents),
                data=device,
                defaults=defaults,
            )
        return Inventory(hosts=hosts, groups=groups, defaults=defaults)

    def _devices(self) -> list[dict[str, Any]]:
        if not self._url or not self._token:
            raise ConfigError("NetBoxInventory needs inventory.options.url and token, or NETBOX_URL and NETBOX_TOKEN")
        try:
            import pynetbox
            import requests
        except ImportError:
            raise ConfigError("NetBoxInventory needs pynetbox: `pip install 'swimctl[netbox]'`") from None
        session = requests.Session()
        session.verify = self._verify
        api = pynetbox.api(self._url, token=self._token)
        api.http_session = session
        devices = api.dcim.devices
        try:
            found = devices.filter(**self._filters) if self._filters else devices.all()
            return [dict(device) for device in found]
        except pynetbox.RequestError as problem:
            said = f"{problem.req.status_code} {problem.req.reason}"
            what = "check inventory.options.token and filters"
            raise InventoryError(f"NetBox at {self._url} refuses to list its devices: {said}; {what}") from None
        except (requests.RequestException, ValueError) as problem:
            raise InventoryError(
                f"NetBox at {self._url} returns no devices: {type(problem).__name__}; check inventory.options.url"
            ) from None


def _groups_of(device: Mapping[str, Any]) -> list[str]:
    found = []
    for name, path in _GROUPS:
        element: Any = device
        for key in path:
            element = element.get(key) if isinstance(element, Mapping) else None
        if isinstance(element, Mapping) and element.get("slug"):
            found.append(f"{name}__{element['slug']}")
    tags = [tag.get("slug") for tag in device.get("tags") or () if isinstance(tag, Mapping)]
    return found + [f"tag__{slug}" for slug in tags if slug]
