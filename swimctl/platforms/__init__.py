"""What is particular to one OS family: one package and one line here a platform, and the aliases they go by."""

from __future__ import annotations

from importlib import import_module
from typing import Final, cast

from swimctl.platforms.base import DriverFactory

# Canonical name: the class of its driver, and what inventories call it (Nornir, netmiko, NAPALM, scrapli, Ansible).
_PLATFORMS: Final[dict[str, tuple[str, frozenset[str]]]] = {
    "cisco_xe": (
        "swimctl.platforms.cisco_xe.driver:CiscoXe",
        frozenset({"cisco_xe", "cisco_ios", "ios", "iosxe", "ios-xe", "ios_xe", "cisco_iosxe", "cisco.ios.ios"}),
    ),
}

PLATFORM_NAMES: Final = tuple(_PLATFORMS)


def canonical_platform(name: str) -> str | None:
    """Give swimctl's name of a platform, None for one that it cannot upgrade."""
    wanted = name.strip().casefold()
    return next((platform for platform, (_, aliases) in _PLATFORMS.items() if wanted in aliases), None)


def driver_factory(platform: str) -> DriverFactory:
    """Give what makes a driver for an open session; imported only now, as parsers are slow to load."""
    module, _, name = _PLATFORMS[platform][0].partition(":")
    return cast("DriverFactory", getattr(import_module(module), name))
