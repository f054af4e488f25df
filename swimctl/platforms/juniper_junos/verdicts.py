"""What an installer's answer says of each member, and what that is worth. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from swimctl.models import Image
from swimctl.platforms.facts import InstallOutcome
from swimctl.platforms.juniper_junos.facts import NodeSoftware, SoftwareRequest
from swimctl.platforms.versions import same_release


def will_start(node: NodeSoftware, image: Image) -> bool:
    """Return whether the node's next reboot starts the image."""
    return node.pending is not None and same_release(node.pending, image.version)


def on_host(outcome: InstallOutcome) -> bool:
    """Return whether a host-based installer said that it staged the image."""
    return isinstance(outcome, SoftwareRequest) and outcome.on_host and outcome.succeeded is True


def is_refusal(outcome: InstallOutcome) -> bool:
    """Return whether it is a clear refusal: it failed everywhere, and no word says that anything waits."""
    if not isinstance(outcome, SoftwareRequest) or outcome.succeeded is not False or outcome.reboot_required:
        return False
    return all(each.succeeded is False for each in outcome.members.values())


def verdict(outcome: InstallOutcome, name: str, nodes: Mapping[str, NodeSoftware]) -> bool | None:
    """Return what the device said of one member; None where it said nothing that reads, or both."""
    members = outcome.members if isinstance(outcome, SoftwareRequest) else {}
    if len(nodes) > 1 and members:
        # A master may name itself `localre`.
        left = [each for each in nodes if each not in members]
        own = "localre" if left == [name] else name
        return members[own].succeeded if own in members else None
    both = isinstance(outcome, SoftwareRequest) and outcome.succeeded is False and outcome.reboot_required
    return None if both else outcome.succeeded
