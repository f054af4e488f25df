"""Count the package's rooms, the arrows between them, and its circles.

    python tests/floor_plan.py                 of swimctl and of swimctl.lab
    python tests/floor_plan.py swimctl.steps   of any package, with its arrows

A room is a module or a package right below the one that is looked at. An arrow: something in one room imports something
of another. A circle: modules that all import each other, directly or by others; imports for types alone count too.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter

from grimp import ImportGraph, build_graph


def plan() -> ImportGraph:
    """Read who imports whom in swimctl."""
    return build_graph("swimctl", cache_dir=None)


def arrows(graph: ImportGraph, package: str) -> Mapping[str, frozenset[str]]:
    """Return each room of a package with the rooms that it imports from."""
    rooms = sorted(graph.find_children(package))
    room_of = {module: room for room in rooms for module in {room} | graph.find_descendants(room)}
    imported = {
        room: {room_of.get(other, room) for module in {room} | graph.find_descendants(room)
               for other in graph.find_modules_directly_imported_by(module)}
        for room in rooms
    }  # fmt: skip
    return {room: frozenset(others - {room}) for room, others in imported.items()}


def circles(graph: ImportGraph, package: str) -> Sequence[frozenset[str]]:
    """Return the sets of modules of a package that import each other, the greatest first."""
    inside = {package} | graph.find_descendants(package)
    reached = {module: _reached(graph, module) & inside for module in inside}
    found = {frozenset(other for other in reached[module] if module in reached[other]) for module in inside}
    return sorted((circle for circle in found if circle), key=lambda circle: (-len(circle), min(circle)))


def _reached(graph: ImportGraph, module: str) -> set[str]:
    seen: set[str] = set()
    left = [module]
    while left:
        new = graph.find_modules_directly_imported_by(left.pop()) - seen
        seen |= new
        left += new
    return seen


def order(rooms: Mapping[str, frozenset[str]]) -> Sequence[str]:
    """Return the rooms, each after all that it imports from; by name where two of them form a circle."""
    try:
        return list(TopologicalSorter(rooms).static_order())
    except CycleError:
        return sorted(rooms)


def lines(graph: ImportGraph, package: str, *, with_arrows: bool) -> Iterator[str]:
    """Say it in a line, then in a line each room and circle."""
    rooms, found = arrows(graph, package), circles(graph, package)
    count = sum(map(len, rooms.values()))
    yield f"{package}: {len(rooms)} rooms, {count} arrows, {len(found)} circles"
    for room in reversed(order(rooms)) if with_arrows else ():
        yield f"  {_short(room)} -> {', '.join(sorted(map(_short, rooms[room]))) or 'nothing'}"
    for circle in found:
        yield f"  a circle of {len(circle)}: {', '.join(sorted(circle))}"


def _short(room: str) -> str:
    return room.rpartition(".")[2]


if __name__ == "__main__":
    _graph = plan()
    for _package in sys.argv[1:] or ("swimctl", "swimctl.lab"):
        print("\n".join(lines(_graph, _package, with_arrows=len(sys.argv) > 1)))
