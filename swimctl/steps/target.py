"""Whether a device runs the image: an image by its release, a patch by what the device says of its file."""

from __future__ import annotations

from swimctl.models import Image, ImageKind
from swimctl.platforms.driver import TellsInstalled, TellsOfImage
from swimctl.platforms.facts import Installed, Placement, Running, Snapshot
from swimctl.platforms.versions import is_newer, same_release


def on_target(running: Running, version: str) -> bool:
    """Return whether every member runs the release; never while the device's own words on that disagree."""
    return (
        bool(running.members)
        and not running.doubt
        and all(same_release(member, version) for member in running.members.values())
    )


def is_beyond(running: Running, version: str) -> bool:
    """Return whether every member runs the release or a newer one, and the device itself a newer one."""
    return (
        is_newer(running.version, version)
        and not running.doubt
        and all(same_release(member, version) or is_newer(member, version) for member in running.members.values())
    )


def is_whole(image: Image, installed: Installed, size: int | None) -> bool:
    """Return whether a device has all that its activation needs: it is added, and its file of `size` is not cut short.

    Then a clean-up is left out, because it takes that for an inactive release. The device says so, and no record does:
    a job that is made anew does not know what an earlier one added.
    """
    return installed.placement is Placement.ADDED and size == image.size


def is_patch(image: Image) -> bool:
    """Return whether an image mends a release that runs before it and after it, perhaps without a reload."""
    return image.kind is ImageKind.PATCH


def is_applied(driver: TellsInstalled, image: Image) -> bool:
    """Return whether the device runs a patch, whatever comes at the next boot."""
    return driver.installed(image).placement in {Placement.UNCOMMITTED, Placement.COMMITTED}


def runs_as_before(driver: TellsOfImage, image: Image, before: Snapshot) -> bool:
    """Return whether every member runs what it ran before the activation."""
    return on_target(driver.running(), before.version) and not (is_patch(image) and is_applied(driver, image))


def called(image: Image) -> str:
    """Return its name for people: an image by its release, a patch by its file."""
    return image.filename if is_patch(image) else image.version
