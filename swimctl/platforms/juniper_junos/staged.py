"""What a host-based installer staged for the next reboot, which `show version` does not name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from swimctl.errors import CommandRefused, UnparsableOutput
from swimctl.platforms.juniper_junos.facts import ChassisMember, NodeSoftware
from swimctl.platforms.juniper_junos.images import stages_on_host
from swimctl.platforms.juniper_junos.log import SHOW, rolled_back_last
from swimctl.platforms.juniper_junos.nodes import of_all
from swimctl.platforms.juniper_junos.parsers.install_log import parse_show_log_install
from swimctl.platforms.juniper_junos.parsers.uptime import parse_show_system_uptime

# The last installation has some hundred lines.
INSTALL_LOG: Final = "show log install | last 400"


def with_staged(
    nodes: Mapping[str, NodeSoftware], members: tuple[ChassisMember, ...], show: Callable[[str], str]
) -> Mapping[str, NodeSoftware]:
    """Return what runs on each member with what is staged on its host; `show` asks the device, which others are not.

    The master adds a package on all members, and only its own log can be read.
    """
    if any(node.pending for node in nodes.values()) or not any(stages_on_host(node.model) for node in nodes.values()):
        return nodes
    staged = _staged(members, show)
    return {
        name: replace(node, pending=staged, by_log=True) if staged and stages_on_host(node.model) else node
        for name, node in nodes.items()
    }


def _staged(members: tuple[ChassisMember, ...], show: Callable[[str], str]) -> str | None:
    """Return what was staged since the last boot and nobody took back, as far as the device's logs tell."""
    try:
        staged = parse_show_log_install(show(INSTALL_LOG))
        if staged is None:
            return None
        up = parse_show_system_uptime(show(of_all("show system uptime", members)))
        commands = show(SHOW)
    except (CommandRefused, UnparsableOutput):
        return None  # no evidence; what was added is proved by the installer's own word, or taken back
    if staged.at <= min(node.booted_at for node in up) or rolled_back_last(commands):
        return None
    return staged.release
