"""What a 64-bit device runs, keeps and has added, from its three lists of packages. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from swimctl.errors import UnparsableOutput
from swimctl.models import Image
from swimctl.platforms.cisco_xr.facts import PackageList
from swimctl.platforms.facts import Placement
from swimctl.platforms.versions import same_release

ISO = ".iso"


def boot_images(listed: PackageList) -> dict[str, str]:
    """Return the release of each node's boot image; raises UnparsableOutput where it is not said of every node.

    So no summary decides: it names no node, and may list the admin plane's packages among the others. Nor do two boot
    images of one node, which are those of both planes.
    """
    command = f"show install {listed.which}"
    nodes = dict.fromkeys(package.node for package in listed.packages)
    images: dict[str, str] = {}
    for each in listed.packages:
        if each.boot_image and each.version and images.setdefault(each.node, each.version) != each.version:
            raise UnparsableOutput(command, each.name, f"it names two boot images for {each.node or 'no node'}")
    lacking = [node for node in nodes if not node or node not in images]
    if lacking or not images:
        raise UnparsableOutput(command, lacking[0] if lacking else "", "it names no boot image for a node")
    return images


def check_nodes(listed: PackageList, named: Collection[str], by: str) -> None:
    """Raise UnparsableOutput where a list says nothing of a node that another output names: it is not all of it."""
    there = {package.node for package in listed.packages}
    if silent := [node for node in named if node not in there]:
        raise UnparsableOutput(
            f"show install {listed.which}", "", f"it says nothing of {', '.join(silent)}, as {by} does"
        )


def contents(listed: PackageList) -> frozenset[tuple[str, str]]:
    """Return every package with its node, as two lists are compared."""
    return frozenset((package.node, package.name) for package in listed.packages)


def added_name(inactive: PackageList, image: Image) -> str | None:
    """Return the name that an added image goes by, its file's without `.iso`; None where it is not there."""
    wanted = image.filename.removesuffix(ISO)
    return next((p.name for p in inactive.packages if p.name.removesuffix(ISO) == wanted), None)


def place(active: PackageList, committed: PackageList, image: Image, is_added: Callable[[], bool]) -> Placement:
    """Return how far an image got. What is active and not committed goes with the next reload.

    Raises UnparsableOutput where one list says nothing of a node of the other.
    """
    now, kept = boot_images(active), boot_images(committed)
    check_nodes(committed, now, "'show install active'")
    check_nodes(active, kept, "'show install committed'")

    def on(images: Mapping[str, str]) -> list[bool]:
        return [same_release(version, image.version) for version in images.values()]

    runs, stays = on(now), on(kept)
    if any(runs):
        same = all(runs) and all(stays) and contents(active) == contents(committed)
        return Placement.COMMITTED if same else Placement.UNCOMMITTED
    if any(stays):
        return Placement.NEXT
    return Placement.ADDED if is_added() else Placement.ABSENT
