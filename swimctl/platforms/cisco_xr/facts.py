"""What only IOS-XR says of itself; everything else it says in the words of `platforms/facts.py`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from swimctl.platforms.facts import InstallOutcome


@dataclass(frozen=True, slots=True)
class ListedPackage:
    """One package of a list of IOS-XR. `version` is None, `node` empty, where the list does not name it."""

    name: str
    version: str | None = None
    node: str = ""
    boot_image: bool = False


@dataclass(frozen=True, slots=True)
class PackageList:
    """What `show install active`, `inactive` or `commit` lists on IOS-XR; `which` is active, inactive or committed.

    `label` is the name of the release where the device prints one; `fixes` are the bug ids of its patches. `count`
    is how many packages the device counts: IOS-XR 7 with `LNT` lists only those that are optional or patched.
    """

    which: str
    packages: tuple[ListedPackage, ...]
    label: str | None = None
    fixes: tuple[str, ...] = ()
    count: int | None = None


@dataclass(frozen=True, slots=True)
class InstallRequest(InstallOutcome):
    """How far an `install …` command of IOS-XR got, which works on in the background and reports by its `id`.

    `succeeded` is None while no result was seen: ask the device by the id. `other_in_progress`: it was not even
    started, as another operation (`other_id`, where it is named) runs.
    """

    id: int | None = None
    in_background: bool = False
    other_in_progress: bool = False
    other_id: int | None = None


@dataclass(frozen=True, slots=True)
class LoggedInstall:
    """One operation of the installer's own log: what was typed, and how far it got."""

    command: str
    request: InstallRequest


@dataclass(frozen=True, slots=True)
class InstallActivity:
    """What `show install request` says: whether an operation runs, and its id where it is printed.

    `pending_reload`: it is through, and the device is about to reload.
    """

    running: bool
    id: int | None = None
    pending_reload: bool = False


@dataclass(frozen=True, slots=True)
class BootVariables:
    """What `show variables boot` says. `files` are those of BOOT, None where there is none: a partition is booted."""

    values: Mapping[str, str]
    files: tuple[str, ...] | None = None
