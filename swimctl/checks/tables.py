"""What checks found, as a table for people, as JSON, and in one sentence. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final

from swimctl.checks.comparing import Compared

COLUMNS: Final = ("Check", "What", "Before", "Now", "Needed", "Result")
EVENT: Final = "checks"
"""The kind of an event that has how the checks of a job stood."""

# More differences of one check say no more, and would fill the store.
_MOST: Final = 200


def document(found: Compared) -> dict[str, Any]:
    """Write how a check stands as JSON; `left_out` counts the differences that are too many to keep."""
    kept = found.differences[:_MOST]
    return {
        "name": found.name,
        "verdict": found.verdict,
        "standing": found.standing.value,
        "why": found.why,
        "differences": [asdict(each) | {"standing": each.standing.value} for each in kept],
        "left_out": len(found.differences) - len(kept),
    }


def of_events(events: Iterable[tuple[str, Mapping[str, Any]]]) -> list[Mapping[str, Any]]:
    """Return how the checks of a job stood last, from its events: of each its kind and its data."""
    found: list[Mapping[str, Any]] = []
    for kind, data in events:
        if kind == EVENT and data.get("checks"):
            found = list(data["checks"])
    return found


def summary(found: Sequence[Compared]) -> str:
    """Return how many checks stand how: `5 checks: 4 hold, 1 broken`."""
    return _counted([each.standing.value for each in found])


def summary_of(documents: Sequence[Mapping[str, Any]]) -> str:
    """Return the same of documents; empty where there are none."""
    return _counted([str(each["standing"]) for each in documents]) if documents else ""


def _counted(standings: Sequence[str]) -> str:
    told = ", ".join(f"{count} {standing}" for standing, count in Counter(standings).items())
    return f"{len(standings)} check{'' if len(standings) == 1 else 's'}: {told}"


def rows(documents: Iterable[Mapping[str, Any]]) -> list[tuple[str, ...]]:
    """Write a table's rows of what is not as it was, or not as it must be; a check that holds has none."""
    found: list[tuple[str, ...]] = []
    for each in documents:
        for one in each["differences"]:
            what = f"{one['key']} {one['field']}".strip()
            result = f"{one['standing']} ({one['why'] or each['verdict']})"
            found.append((each["name"], what, one["before"], one["after"], one["needed"], result))
        if each["left_out"]:
            found.append((each["name"], f"{each['left_out']} more", "", "", "", ""))
    return found


def silent(documents: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return a sentence for each check that could not be read."""
    return [f"check {each['name']} ({each['verdict']}): {each['why']}" for each in documents if each["why"]]
