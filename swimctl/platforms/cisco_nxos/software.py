"""What runs on every module of a Nexus, and what its next boot starts. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from swimctl.models import Image
from swimctl.platforms.cisco_nxos.facts import Module, NxosVersion
from swimctl.platforms.cisco_nxos.images import read_filename
from swimctl.platforms.cisco_nxos.parsers.module import WORKING
from swimctl.platforms.facts import BootSettings, Placement
from swimctl.platforms.versions import same_release

# Switched off by somebody: such a module neither runs nor comes back.
_OFF: Final = frozenset({"powered-dn", "pwr-denied", "poweroff"})
_NO_RELEASE: Final = frozenset({"", "NA", "N/A", "--"})
_PATH: Final = re.compile(r"(?:(?P<system>[\w-]+):)?/*(?:sup-\w+/+)?(?P<name>.*)")


def releases(version: NxosVersion, modules: Sequence[Module]) -> dict[str, str]:
    """Return what runs on every module that has NX-OS of its own; fabric and expansion modules may have none."""
    told = {_named(each): each.version for each in modules if each.name.isdecimal() and each.version not in _NO_RELEASE}
    mine = next((_named(each) for each in modules if each.this_terminal), "module 1")
    return told | {mine: version.version}


def states(version: NxosVersion, modules: Sequence[Module]) -> dict[str, str]:
    """Return the state of those modules, without who of two has which role: that may change with a reload."""
    told = {_named(each): each.state for each in modules}
    return {
        name: "ok" if told.get(name, "ok") in WORKING else told[name] for name in sorted(releases(version, modules))
    }


def _named(module: Module) -> str:
    return f"module {module.name}"


def not_at_work(modules: Sequence[Module]) -> list[str]:
    """Return the modules that should do their work and do not."""
    return [f"{_named(each)} {each.state}" for each in modules if each.state not in WORKING | _OFF]


def supervisors(modules: Sequence[Module]) -> list[Module]:
    """Return the supervisors that stand in slots; that of a fixed switch is a part of it."""
    return [each for each in modules if "-SUP" in each.model]


def short_path(path: str) -> str:
    """Write a path as commands take it: `bootflash:///nxos.9.3.5.bin` is `bootflash:nxos.9.3.5.bin`."""
    found = _PATH.fullmatch(path)
    return f"{found['system'] or 'bootflash'}:{found['name']}" if found and found["name"] else ""


def next_boot(boot: BootSettings) -> dict[str, str]:
    """Return the image that each supervisor boots next, by its name in `show boot`; empty where none is set."""
    settings: Mapping[str, BootSettings] = boot.members or {"": boot}
    return {name: short_path((own.variable or ("",))[0]) for name, own in settings.items()}


def placement(version: NxosVersion, modules: Sequence[Module], boot: BootSettings, image: Image) -> Placement:
    """Return how far an image's release has got: what runs everywhere, and what the next boot starts."""
    runs = all(same_release(each, image.version) for each in releases(version, modules).values())
    named = [_is_release(path, version, image) for path in next_boot(boot).values()]
    if runs:
        return Placement.COMMITTED if all(named) else Placement.UNCOMMITTED
    return Placement.NEXT if any(named) else Placement.ABSENT


def _is_release(path: str, version: NxosVersion, image: Image) -> bool:
    """Return whether a file is of the image's release: the file that runs by what runs, any other by its name."""
    if path and path == short_path(version.system_image or ""):
        return same_release(version.version, image.version)
    name = path.rpartition(":")[2]
    named = read_filename(name.removesuffix(".upg"))
    return name == image.filename or (named is not None and same_release(named.version, image.version))
