"""The readiness rules for a StackWise Virtual pair. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from swimctl.models import Finding
from swimctl.platforms.cisco_xe.facts import DualActive, InstallSummary, VirtualLink
from swimctl.platforms.cisco_xe.parsers.virtual import DETECTION, LINK

# What the legends of the releases call a port that carries the link.
_CARRIES = frozenset({"Bundled", "Ready"})


def held_together(links: Sequence[VirtualLink]) -> Finding:
    """Refuse a pair of which one link is down: the next one to fail would part it."""
    bad = [f"{link.port} {'up' if link.up else 'down'}, {link.protocol}" for link in links if not _carries(link)]
    return Finding(
        "StackWise Virtual links",
        not bad,
        "; ".join(bad) or f"{len(links)} ports up",
        "every port of the link up and carrying it",
        f"`{LINK}` on the device",
    )


def watched(detection: DualActive) -> Finding:
    """Refuse a pair in recovery, and one whose ports for dual-active detection are down; none may be configured."""
    down = [port for _chassis, port, up in detection.ports if not up]
    bad = (["in recovery mode"] if detection.recovery else []) + [f"{port} down" for port in down]
    fine = f"{len(detection.ports)} ports up" if detection.ports else "none configured"
    return Finding(
        "dual-active detection",
        not bad,
        ", ".join(bad) or fine,
        "every port that is configured for it up, and no recovery",
        f"`{DETECTION}` on the device",
    )


def one_supervisor_each(install: InstallSummary) -> Finding:
    """Refuse a pair with two supervisors a chassis: what the second ones run is told by no command that is read."""
    names = {name for package in install.packages for name in package.members}
    seconds = sorted(name for name in names if name.endswith("/R1"))
    return Finding(
        "supervisors of the pair",
        not seconds,
        ", ".join(seconds) or "one a chassis",
        "one supervisor a chassis",
        "upgrade this pair by hand, and look at each of its supervisors",
    )


def _carries(link: VirtualLink) -> bool:
    return link.up and link.protocol in _CARRIES
