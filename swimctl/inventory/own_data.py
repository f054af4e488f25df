"""What stands under `swimctl:` in the data of a host: by host, by its groups, by the defaults."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from nornir.core.inventory import Host

from swimctl.errors import InventoryError
from swimctl.inventory.files import Where


def nearest(host: Host, where: Where, section: str, keys: Collection[str]) -> dict[str, tuple[Any, str]]:
    """Return each key of a section that is said of a host, from the nearest that names it, and who that is.

    InventoryError: it is no mapping, or has other keys. `where` is the file and line that messages name.
    """
    found: dict[str, tuple[Any, str]] = {}
    for who, data in _levels(host):
        for key, value in _section(data, who, where, section, keys).items():
            found.setdefault(key, (value, who))
    return found


def _levels(host: Host) -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield host.name, host.data
    for group in host.extended_groups():
        yield f"the group {group.name}", group.data
    yield "the defaults", host.defaults.data


def _section(data: Mapping[str, Any], who: str, where: Where, section: str, keys: Collection[str]) -> Mapping[str, Any]:
    whole = data.get("swimctl") or {}
    found = (whole.get(section) or {}) if isinstance(whole, dict) else None
    if not isinstance(found, dict):
        raise InventoryError(f"{where}: `swimctl: {{{section}: …}}` in the data of {who} must be a mapping")
    if unknown := sorted(set(found) - set(keys)):
        raise InventoryError(
            f"{where}: unknown key swimctl.{section}.{unknown[0]} of {who}; known are {', '.join(keys)}"
        )
    return found
