"""What a Juniper says as data and as text, weighed: what runs, since when, and what waits for a reboot. Pure.

Where both read and disagree, neither is believed: a `doubt` says so.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.models import Image
from swimctl.platforms.facts import Installed, Placement, Running
from swimctl.platforms.juniper_junos.facts import ChassisMember, NodeSoftware, NodeUptime, RoutingEngine
from swimctl.platforms.structured import Both, same_boot
from swimctl.platforms.versions import same_release

# `0x1000:reboot due to panic` (`show chassis routing-engine` of an MX of 20.4, as XML in a public repository). The
# others are none of the software's, or no failure: `Router rebooted after a normal shutdown.`, `0x4000:VJUNOS reboot`
# of what runs on a hypervisor, `0x1:power cycle/failure`. `0x2:watchdog` is no complaint either: every public output
# that has it is of an EX4200 (three sources), and none tells of a failure there.
_ABNORMAL: Final = re.compile(r"\bpanic\b|\bexception\b", re.IGNORECASE)

# The name of the only node of a device that is no Virtual Chassis, or one of a single switch.
ALONE: Final = "chassis"

Nodes = Mapping[str, NodeSoftware]


def by_name(
    nodes: tuple[NodeSoftware, ...], members: tuple[ChassisMember, ...], command: str
) -> dict[str, NodeSoftware]:
    """Return what each member runs by its name. Pure; raises UnparsableOutput where a device alone has several.

    A master that names itself `localre`, as in data of a QFX5110 (a public repository), goes by its number.
    """
    if len(members) <= 1:
        if len(nodes) > 1:
            raise UnparsableOutput(command, nodes[1].node, "several nodes answer, and it is no Virtual Chassis")
        return {ALONE: nodes[0]}
    return {_called(node.node, [each.node for each in nodes], members): node for node in nodes}


def _called(node: str, nodes: Sequence[str], members: Sequence[ChassisMember]) -> str:
    """Return the name of a node among these; the master's, which may name itself `localre`, is that of its number."""
    master = next((f"fpc{member.number}" for member in members if member.role == "Master"), "")
    return master if node == "localre" and master and master not in nodes else node


def silent(nodes: Collection[str], members: Sequence[ChassisMember]) -> list[str]:
    """Return the members of a Virtual Chassis that are there and do not say what they run."""
    there = [f"fpc{member.number}" for member in members if member.state == "Prsnt"]
    return [name for name in there if name not in nodes] if len(members) > 1 else []


def every(nodes: Nodes, members: Sequence[ChassisMember], command: str) -> Nodes:
    """Return the nodes as they are; raises UnparsableOutput where a member that is there says nothing.

    Such an output is not all of it: nobody may conclude that the member is gone, or runs what the others do.
    """
    if lacking := silent(nodes, members):
        raise UnparsableOutput(command, "", f"it says nothing of {', '.join(lacking)}, as 'show virtual-chassis' does")
    return nodes


def since_boot(times: tuple[NodeUptime, ...], members: Sequence[ChassisMember], command: str) -> tuple[NodeUptime, ...]:
    """Return the times as they are; raises UnparsableOutput where a member that is there tells none.

    It may be the one that did not boot: without it, the others would prove that all did.
    """
    names = [each.node for each in times]
    if lacking := silent({_called(name, names, members) for name in names}, members):
        raise UnparsableOutput(command, "", f"it says nothing of {', '.join(lacking)}, as 'show virtual-chassis' does")
    return times


def running(nodes: Both[Nodes], up: Both[tuple[NodeUptime, ...]], engines: Sequence[RoutingEngine]) -> Running:
    """Return what runs on every member, since the first of their boots; raises where neither form reads.

    A panic of any engine counts: all of them reboot at once.
    """
    one, times = nodes.one(), up.one()
    reasons = [_reason(each) for each in engines]
    return Running(
        next(iter(one.values())).version,
        max(node.uptime for node in times),
        min(node.booted_at for node in times),
        {name: node.version for name, node in one.items()},
        abnormal=", ".join(reason for reason in reasons if _ABNORMAL.search(reason)),
        doubt=_odd_releases(nodes) or _odd_boots(up),
        parts=tuple(node.uptime for node in times),
    )


def _reason(engine: RoutingEngine) -> str:
    where = " ".join(filter(None, (engine.node, f"RE {engine.slot}" if engine.slot else "")))
    return ": ".join(filter(None, (where, engine.reload_reason)))


def installed(nodes: Both[Nodes], image: Image) -> Installed:
    """Return where an image's release stands; raises where neither form reads.

    Where the text cannot be read, what waits is known of the older kind alone: then only a release that runs on every
    member is placed.
    """
    found = nodes.one().values()
    runs = [same_release(node.version, image.version) for node in found]
    waits = [node.pending for node in found if node.pending]
    doubt = _odd_releases(nodes) or _odd_waiting(nodes)
    if nodes.printed is None and nodes.why is not None and not waits and not all(runs):
        raise nodes.why
    if any(same_release(each, image.version) for each in waits):
        return Installed(Placement.NEXT, doubt=doubt)
    if all(runs):
        return Installed(Placement.UNCOMMITTED if waits or doubt else Placement.COMMITTED, doubt=doubt)
    return Installed(Placement.ADDED if any(runs) else Placement.ABSENT, doubt=doubt)


def _odd_releases(nodes: Both[Nodes]) -> str:
    if nodes.told is None or nodes.printed is None:
        return ""
    for name, told in nodes.told.items():
        printed = nodes.printed.get(name)
        if printed is not None and not same_release(told.version, printed.version):
            return (
                f"'show version' says that {name} runs {printed.version}, 'show version | display xml' that it runs "
                f"{told.version}"
            )
    return ""


def _odd_waiting(nodes: Both[Nodes]) -> str:
    """Return where the data names a release that waits and the text another or none; the data may well name none."""
    if nodes.told is None or nodes.printed is None:
        return ""
    for name, told in nodes.told.items():
        printed = nodes.printed.get(name)
        waits = printed.pending if printed is not None else told.pending
        if told.pending and not (waits and same_release(told.pending, waits)):
            return (
                f"'show version' says that {waits or 'nothing'} waits for the reboot of {name}, 'show version | "
                f"display xml' that {told.pending} does"
            )
    return ""


def _odd_boots(up: Both[tuple[NodeUptime, ...]]) -> str:
    told, printed = ({node.node: node.uptime for node in each or ()} for each in (up.told, up.printed))
    for name, seconds in told.items():
        if not same_boot(seconds, printed.get(name)):
            return (
                f"'show system uptime' says that {name or 'it'} is up for {printed[name]} s, 'show system uptime | "
                f"display xml' for {seconds} s"
            )
    return ""
