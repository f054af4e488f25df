"""What is particular to one OS family: one package and one line here a platform, found by any of its aliases."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any, Final, cast

from swimctl.errors import NotFound
from swimctl.models import ImageKind
from swimctl.platforms import hardware
from swimctl.platforms.arista_eos.platform import PLATFORM as ARISTA_EOS
from swimctl.platforms.cisco_ios.platform import PLATFORM as CISCO_IOS
from swimctl.platforms.cisco_nxos.platform import PLATFORM as CISCO_NXOS
from swimctl.platforms.cisco_xe.platform import PLATFORM as CISCO_XE
from swimctl.platforms.cisco_xr.platform import PLATFORM as CISCO_XR
from swimctl.platforms.configuration import Configured
from swimctl.platforms.driver import DriverFactory
from swimctl.platforms.facts import ImageName
from swimctl.platforms.juniper_junos.platform import PLATFORM as JUNIPER_JUNOS
from swimctl.platforms.platform import Platform
from swimctl.platforms.terminal import Terminal

_PLATFORMS: Final[dict[str, Platform]] = {
    "cisco_xe": CISCO_XE,
    "cisco_ios": CISCO_IOS,
    "cisco_xr": CISCO_XR,
    "cisco_nxos": CISCO_NXOS,
    "arista_eos": ARISTA_EOS,
    "juniper_junos": JUNIPER_JUNOS,
}

PLATFORM_NAMES: Final = tuple(name for name, platform in _PLATFORMS.items() if platform.driver is not None)


def squeezed(name: str) -> str:
    """Return the letters and digits of a name: `IOS-XE`, `ios_xe` and `Cisco IOS XE` differ in nothing else."""
    return re.sub(r"[^a-z0-9]", "", name.casefold())


def canonical_platform(name: str) -> str | None:
    """Return swimctl's name of a platform, however it is spelled; None for one that it cannot upgrade."""
    wanted = squeezed(name)
    return next((platform for platform in PLATFORM_NAMES if wanted in _spelled(platform)), None)


@cache
def _spelled(platform: str) -> frozenset[str]:
    return frozenset(map(squeezed, _PLATFORMS[platform].aliases))


def driver_factory(platform: str) -> DriverFactory:
    """Return what makes a driver for an open session; imported only now, as parsers are slow to load."""
    module, _, name = str(_PLATFORMS[platform].driver).partition(":")
    return cast("DriverFactory", getattr(import_module(module), name))


def terminal_of(platform: str) -> Terminal:
    """Return what is particular to a platform's terminal."""
    return _PLATFORMS[platform].terminal


def configured(platform: str, configuration: str) -> Configured:
    """Return what is kept of a device's configuration, to be compared after its upgrade."""
    return _PLATFORMS[platform].configured(configuration)


def may_be_cut(platform: str, before: Sequence[str], after: Sequence[str]) -> str:
    """Return that a configuration which lost blocks may only have been cut, as only its end is missing; else empty.

    `before` and `after` are the headings. Only of systems whose configuration has no last line of its own.
    """
    command, less = _PLATFORMS[platform].open_end, len(after) < len(before)
    if not command or not less or tuple(before[: len(after)]) != tuple(after):
        return ""
    return f"'{command}' breaks off behind {after[-1] if after else 'its heading'}"


def scp_server(platform: str) -> str:
    """Return what switches on that a device takes files by SCP; empty where nothing has to."""
    return _PLATFORMS[platform].scp


def fetches(platform: str) -> str:
    """Return the command by which a platform's devices fetch a file by HTTP; empty where their drivers know none."""
    return _PLATFORMS[platform].fetches


def schemes(platform: str) -> tuple[str, ...]:
    """Return from which kinds of servers a platform's devices fetch a file, such as `https`."""
    return _PLATFORMS[platform].schemes


def signs_in(platform: str) -> tuple[str, ...]:
    """Return at which kinds of servers a platform's devices sign in, with an account in the URL or when asked."""
    return _PLATFORMS[platform].signs_in


def installs(platform: str) -> frozenset[ImageKind]:
    """Return which kinds of files can be put on a platform's devices."""
    return _PLATFORMS[platform].installs


def takes(device_platform: str, image_platform: str) -> bool:
    """Return whether devices of a platform may run images of another, or of the same."""
    known = _PLATFORMS.get(device_platform)
    return image_platform == device_platform or (known is not None and known.also == image_platform)


def platform_of_family(platform: str, family: str) -> str:
    """Return of which platform a family is, where somebody named one whose devices take another's images too."""
    also = _PLATFORMS[platform].also
    return also if also is not None and hardware.table(also).knows(family) else platform


def knows_family(platform: str, family: str) -> bool:
    """Return whether a platform's table of hardware has this family of images."""
    return hardware.table(platform).knows(family)


def commands_of(name: str) -> ModuleType:
    """Return the module of a platform's commands, named by any of its aliases: `find`, `parse`, `ASKED`, `COMMANDS`.

    It is imported only now, as parsers are slow to load. Raises NotFound with the known names.
    """
    return import_module(f"{__name__}.{_canonical(name)}.commands")


def _canonical(name: str) -> str:
    """Return swimctl's name of a platform that is read, upgraded or not; raises NotFound with the known names."""
    wanted = squeezed(name)
    platform = next((each for each in _PLATFORMS if wanted in _spelled(each)), None)
    if platform is None:
        known = sorted(alias for each in _PLATFORMS.values() for alias in each.aliases)
        near = get_close_matches(name.casefold(), known, n=1)
        hint = f" (did you mean '{near[0]}'?)" if near else ""
        raise NotFound(f"platform '{name}' is not known{hint}; known: {', '.join(known)}")
    return platform


def parse(platform: str, command: str, text: str) -> Any:  # noqa: ANN401 - each command has facts of its own
    """Read a command's output into facts.

    Raises NotFound for a platform or a command that is not known, and what the parser raises: UnparsableOutput,
    CommandRefused.
    """
    return commands_of(platform).parse(command, text)


def images_of(name: str) -> ModuleType:
    """Return the module of a platform's images, named by any of its aliases: `fits`, `read_filename`.

    Raises NotFound with the known names.
    """
    return import_module(f"{__name__}.{_canonical(name)}.images")


def read_filename(name: str) -> ImageName | None:
    """Read a vendor's image file name; None where no platform knows it."""
    readings = (images_of(platform).read_filename(name) for platform in _PLATFORMS)
    return next((found for found in readings if found is not None), None)


def fits(platform: str, family: str, model: str) -> bool | None:
    """Return whether an image family runs on a model; None where the platform's table does not say."""
    verdict: bool | None = images_of(platform).fits(family, model)
    return verdict
