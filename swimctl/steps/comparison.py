"""What must come back after an upgrade, by what it is: the baseline held against what is there now. Pure.

Members, uplinks, network neighbours and routes must. Of the access ports, with the phones, access points and hosts
behind them, a share must; below it is told, and decides only where that is set. What is new is told.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from swimctl.config.settings import Tolerances
from swimctl.platforms.facts import Snapshot
from swimctl.platforms.surroundings import absent, port_of, same_port

_NAMED = 5
OF_BEFORE = frozenset({"access_up", "end_devices", "hold", "serials"})
"""The fields of Snapshot that no look needs again: what something is, it is by what it was before.

`serials` are told where they are others; each session asks for them by itself.
"""


_GONE, _LOST, _BLOCK, _ACCESS_PORT = "not back", "lost", "configuration", "access port"


@dataclass(frozen=True, slots=True)
class Deviation:
    """One thing that is not as it was: what it is, and how it was seen. It is waived by exactly both."""

    finding: str
    seen: str = _GONE

    def __str__(self) -> str:
        return f"{self.finding} {self.seen}"


@dataclass(frozen=True, slots=True)
class Comparison:
    """`complaint` is what must be and is not, `below` that too few access ports came back; empty where all is well.

    `told` is worth knowing, and no fault. `slow`: what is missing waits for nothing but phones and access points, which
    boot only when their port gives them power, or their controller is there. `found` are the single things of the
    complaint, `waived` those that somebody accepted as they are, and that are therefore no part of it.
    """

    complaint: str = ""
    below: str = ""
    told: str = ""
    slow: bool = False
    found: tuple[Deviation, ...] = ()
    waived: tuple[Deviation, ...] = ()


@dataclass(frozen=True, slots=True)
class _Missing:
    """What was there before and is not now, by what it is; where an older setting asks for no kinds, none is access."""

    uplinks: list[str]
    access: list[str]
    network: list[str]
    end_devices: list[str]


class _Waived:
    """Sorts out what somebody waived, and keeps what of it was met."""

    def __init__(self, pairs: Collection[tuple[str, str]]) -> None:
        self._pairs = pairs
        self.met: list[Deviation] = []

    def without(self, what: str, names: Sequence[str], seen: str = _GONE) -> list[str]:
        """Return the names of those that nobody waived."""
        return [name for name in names if not self.covers(Deviation(f"{what} {name}", seen))]

    def covers(self, one: Deviation) -> bool:
        """Return whether somebody waived it exactly as it is."""
        covered = (one.finding, one.seen) in self._pairs
        self.met += [one] if covered else []
        return covered


def compare(
    before: Snapshot, after: Snapshot, tolerances: Tolerances, waived: Collection[tuple[str, str]] = frozenset()
) -> Comparison:
    """Compare what is there now with the baseline. One of an earlier swimctl knows no access ports: all are uplinks.

    `waived` are deviations, each with what was seen, that are accepted. Members never are: they decide about the
    release itself.
    """
    excused = _Waived(waived)
    link = "uplink" if tolerances.interfaces_lost is None else "interface"
    neighbour = "network neighbour" if tolerances.neighbours_lost is None else "neighbour"
    missing = _missing(before, after, tolerances)
    missing = replace(
        missing,
        uplinks=excused.without(link, missing.uplinks),
        network=excused.without(neighbour, missing.network),
    )
    links, tolerated_links = _links(missing, tolerances)
    others, tolerated_others = _others(missing, tolerances)
    routes, of_routes = _routes(before, after, tolerances, excused)
    members = _members(before, after)
    lines, other_lines, lost_lines = _configuration(before, after, tolerances, excused)
    down = [each for each in _down(before, missing) if not excused.covers(each)]
    below, within = _share(before, down, tolerances)
    deciding = below if tolerances.access_decides else ""
    waits = {port_of(each) for each in before.end_devices}
    powered = [each for each in missing.uplinks if _at(each, waits)]
    slow_links = tolerances.interfaces_lost is None and len(powered) == len(missing.uplinks)
    only_slow = not (members or others or routes or lines) and (not links or slow_links)
    slow_access = bool(missing.end_devices) or any(_at(each, waits) for each in missing.access)
    accepted = f"accepted by a waiver: {', '.join(map(str, excused.met))}" if excused.met else ""
    return Comparison(
        complaint="; ".join(filter(None, (members, lines, links, others, routes, deciding))),
        below=below,
        told="; ".join(
            filter(
                None, (other_lines, tolerated_links, tolerated_others, below, within, accepted, *_new(before, after))
            )
        ),
        slow=only_slow and bool(links or (below and slow_access)),
        found=(
            *([Deviation("members", members)] if members else ()),
            *(lost_lines if lines else ()),
            *(Deviation(f"{link} {name}") for name in (missing.uplinks if links else ())),
            *(Deviation(f"{neighbour} {name}") for name in (missing.network if others else ())),
            *of_routes,
            *(down if deciding else ()),
        ),
        waived=tuple(excused.met),
    )


def changed_roles(before: Snapshot, after: Snapshot) -> str:
    """Return which members have another role than before, empty where none has: worth knowing, and no fault."""
    moved = [(name, before.roles.get(name), role) for name, role in after.roles.items()]
    return ", ".join(f"{name} was {old} and is {new}" for name, old, new in moved if old and old != new)


def went_down(before: Snapshot, after: Snapshot) -> str:
    """Return that a device's own uptime began anew, empty where it went on or is not told: worth knowing."""
    if before.uptime is None or after.uptime is None or after.uptime >= before.uptime:
        return ""
    return "its own uptime started again"


def _missing(before: Snapshot, after: Snapshot, tolerances: Tolerances) -> _Missing:
    lost = _without(before.interfaces_up, after.interfaces_up)
    gone = absent(before.neighbours, after.neighbours)
    # An older setting counts all kinds alike: it keeps its meaning where it is given.
    access = before.access_up if tolerances.interfaces_lost is None else ()
    end_devices = before.end_devices if tolerances.neighbours_lost is None else ()
    return _Missing(
        uplinks=_without(lost, access),
        access=[each for each in lost if each in set(access)],
        network=_without(gone, end_devices),
        end_devices=[each for each in gone if each in set(end_devices)],
    )


def _links(missing: _Missing, tolerances: Tolerances) -> tuple[str, str]:
    if tolerances.interfaces_lost is not None:
        return _at_most("interfaces", missing.uplinks, tolerances.interfaces_lost)
    return _at_most("uplinks", missing.uplinks, tolerances.uplinks_lost)


def _others(missing: _Missing, tolerances: Tolerances) -> tuple[str, str]:
    if tolerances.neighbours_lost is not None:
        return _at_most("neighbours", missing.network, tolerances.neighbours_lost)
    return _at_most("network neighbours", missing.network, tolerances.network_neighbours_lost)


def _at_most(what: str, lost: list[str], most: int) -> tuple[str, str]:
    """Return the complaint, and what is told where there is none."""
    said = f"{len(lost)} {what} lost (tolerated {most}): {_some(lost)}" if lost else ""
    return (said, "") if len(lost) > most else ("", said)


def _members(before: Snapshot, after: Snapshot) -> str:
    gone = [f"{name} gone" for name in sorted(set(before.members) - set(after.members))]
    changed = [f"{m} {s}" for m, s in after.members.items() if m in before.members and before.members[m] != s]
    return f"members not as before: {', '.join(gone + changed)}" if gone or changed else ""


def _routes(
    before: Snapshot, after: Snapshot, tolerances: Tolerances, excused: _Waived
) -> tuple[str, tuple[Deviation, ...]]:
    then, now, most = sum(before.routes.values()), sum(after.routes.values()), tolerances.routes_lost_percent
    fell = Deviation("routes", f"fell from {then} to {now}")
    if not then or 100 * (then - now) / then <= most or excused.covers(fell):
        return "", ()
    return f"{fell} (tolerated {most:g} %)", (fell,)


def _configuration(
    before: Snapshot, after: Snapshot, tolerances: Tolerances, excused: _Waived
) -> tuple[str, str, tuple[Deviation, ...]]:
    """Return the complaint of what the configuration lost, what is told where there is none, and each lost block.

    The device's own name is its identity, which nobody can waive.
    """
    if not before.configuration or not after.configuration or before.configuration == after.configuration:
        return "", "", ()
    there = set(after.blocks)
    lost = [block for block in before.blocks if block not in there]
    names = [block for block in lost if block.startswith("hostname ")]
    now = [block.removeprefix("hostname ") for block in after.blocks if block.startswith("hostname ")]
    renamed = [f"{name} is gone, it is {', '.join(now) or 'without one'}" for name in names]
    others, most = [block for block in lost if block not in names], tolerances.configuration_lost
    blocks = excused.without(_BLOCK, others, _LOST)
    said = f"{len(blocks)} blocks of the configuration lost (tolerated {most}): {_some(blocks)}" if blocks else ""
    too_many = len(blocks) > most
    complaint = "; ".join((*renamed, said if too_many else "")).strip("; ")
    found = [Deviation(f"hostname {name.removeprefix('hostname ')}", "gone") for name in names]
    found += [Deviation(f"{_BLOCK} {block}", _LOST) for block in blocks] if too_many else []
    return complaint, "" if complaint else said or "the configuration has other lines than before", tuple(found)


def _places(before: Snapshot) -> set[str]:
    """Return the access ports, and the ports with an end device behind them: that of an access point may be a trunk."""
    places = set(before.access_up)
    return places | {port_of(each) for each in before.end_devices if not _at(port_of(each), before.access_up)}


def _down(before: Snapshot, missing: _Missing) -> list[Deviation]:
    """Return the access ports that did not come back.

    One came back where it is up and what said before that it is behind it says so again.
    """
    places = _places(before)
    down = dict.fromkeys(missing.access, _GONE)
    for each in missing.end_devices:
        port = next(_at_which(port_of(each), places))
        down.setdefault(port, f"without {each[len(port_of(each)) + 3 :]}")
    return [Deviation(f"{_ACCESS_PORT} {port}", down[port]) for port in sorted(down)]


def _share(before: Snapshot, down: Sequence[Deviation], tolerances: Tolerances) -> tuple[str, str]:
    """Return that fewer access ports came back than must, or, where enough did, which did not."""
    places = _places(before)
    ports = [(each.finding.removeprefix(f"{_ACCESS_PORT} "), each.seen) for each in down]
    lost = [port if seen == _GONE else f"{port} ({seen})" for port, seen in ports]
    needed = min(math.ceil(len(places) * tolerances.access_percent / 100), len(places) - tolerances.access_lost)
    if len(places) - len(lost) < needed:
        return f"{len(lost)} of {len(places)} access ports not back (needed {needed}): {_some(lost)}", ""
    return "", f"{len(lost)} of {len(places)} access ports not back: {_some(lost)}" if lost else ""


def _new(before: Snapshot, after: Snapshot) -> Iterator[str]:
    for what, new in (
        ("interfaces", _without(after.interfaces_up, before.interfaces_up)),
        ("neighbours", list(absent(after.neighbours, before.neighbours))),
    ):
        yield f"{len(new)} new {what}: {_some(new)}" if new else ""
    if before.serials and after.serials:
        gone, new = _without(before.serials, after.serials), _without(after.serials, before.serials)
        yield f"serial numbers that are gone: {_some(gone)}" if gone else ""
        yield f"new serial numbers: {_some(new)}" if new else ""


def _without(names: Iterable[str], others: Collection[str]) -> list[str]:
    return sorted(set(names) - set(others))


def _some(names: list[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more


def _at(port: str, others: Iterable[str]) -> bool:
    return next(_at_which(port, others), None) is not None


def _at_which(port: str, others: Iterable[str]) -> Iterator[str]:
    return (each for each in others if same_port(port, each))
