"""Where model, site, role, serial number and platform of a host stand, whoever's inventory it comes from. Pure.

Inventories name them in their own ways: nornir_netbox gives NetBox's objects whole (`device_type.model`, `site.slug`),
nornir_nautobot puts them below `pynautobot_dictionary`, Ansible calls a platform `ansible_network_os`. A path is keys
joined by dots into a host's data; a number or a text that is not empty is a value, anything else is passed over.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from swimctl.platforms import canonical_platform, squeezed

# Where a platform's name may stand beside the fields that Nornir has for it.
_PLATFORM_PATHS: Final = (
    "platform",
    "platform.slug",
    "platform.name",
    "ansible_network_os",
    "pynautobot_dictionary.platform.network_driver",
    "pynautobot_dictionary.platform.name",
)
# How slugs of device types begin in NetBox's library of device types (netbox-community/devicetype-library).
_MANUFACTURERS: Final = ("cisco", "arista", "juniper")


def value_at(data: Mapping[str, object], paths: Sequence[str]) -> str | None:
    """Return the first value that stands under one of these paths; None where there is none."""
    return next((text for path in paths if (text := _text(_at(data, path))) is not None), None)


def model_at(data: Mapping[str, object], paths: Sequence[str]) -> str | None:
    """Return the model as a device prints it, also where the inventory has a name of trade or a slug for it.

    Of `Catalyst 9300-48P` with the slug `cisco-c9300-48p` beside it the slug tells the part number.
    """
    for path in paths:
        found = _text(_at(data, path))
        if found is None:
            continue
        if " " in found:
            beside = path.rpartition(".")[0]
            slug = _text(_at(data, f"{beside}.slug")) if beside else None
            return (_of_slug(slug) if slug else None) or found
        return _of_slug(found) or found
    return None


def window_at(data: Mapping[str, object], paths: Sequence[str]) -> str | None:
    """Return the window under the first path that has one, as it is written; several in a list are one text."""
    for path in paths:
        found = _at(data, path)
        given = found if isinstance(found, list | tuple) else [found]
        if parts := [str(one).strip() for one in given if one not in (None, "")]:
            return "; ".join(parts)
    return None


def tags_at(data: Mapping[str, object], paths: Sequence[str]) -> tuple[str, ...]:
    """Return the tags under the first path that has some; NetBox and Nautobot give objects, others texts."""
    for path in paths:
        found = _at(data, path)
        given = found if isinstance(found, list | tuple) else [found]
        read = [
            (_text(one.get("slug")) or _text(one.get("name"))) if isinstance(one, Mapping) else _text(one)
            for one in given
        ]
        if tags := tuple(tag for tag in read if tag):
            return tags
    return ()


def platform_of(
    written: Sequence[str | None], data: Mapping[str, object], own_names: Mapping[str, str]
) -> tuple[str | None, str]:
    """Return swimctl's platform of a host, None where it has none, and the name that the inventory has for it.

    `written` are Nornir's own fields, the nearer first. `own_names` say what a name of this site means; they win.
    """
    names = [str(name) for name in (*written, *(_text(_at(data, path)) for path in _PLATFORM_PATHS)) if name]
    meanings = {squeezed(name): platform for name, platform in own_names.items()}
    for name in names:
        if platform := canonical_platform(meanings.get(squeezed(name), name)):
            return platform, name
    return None, names[0] if names else ""


def _of_slug(slug: str) -> str | None:
    """Return the part number in the slug of a device type; None for what is no slug with its manufacturer before it."""
    maker, dash, rest = slug.partition("-")
    return rest.upper() if dash and rest and slug == slug.lower() and maker in _MANUFACTURERS else None


def _at(data: Mapping[str, object], path: str) -> object:
    keys = path.split(".")
    if keys[0] == "data" and "data" not in data:  # as people write the path to what they see under `data:`
        keys = keys[1:]
    found: object = data
    for key in keys:
        if not isinstance(found, Mapping) or key not in found:
            return None
        found = found[key]
    return found


def _text(value: object) -> str | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return str(value).strip() or None
