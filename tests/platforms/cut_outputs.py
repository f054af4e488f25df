"""Outputs that are cut off, and what is still true of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass

_ANNOUNCEMENTS = frozenset(
    {
        "reload_announced",
        "reboot_required",
        "already_pending",
        "on_host",
        "reload_left",
        "no_change",
        "rejected",
        "nothing_to_remove",
        "in_background",
        "other_in_progress",
        "boot_image",
    }
)


def cuts(text: str) -> Iterator[str]:
    """Yield a text up to every line's end, and up to some places inside of every line."""
    at = 0
    whole = len(text.rstrip())
    for line in text.split("\n"):
        size = len(line)
        for place in sorted({0, size // 2, size * 3 // 4, *range(max(0, size - 3), size)}):
            if 0 < at + place < whole:
                yield text[: at + place]
        at += size + 1


def untrue(found: object, facts: object, where: str = "") -> Iterator[tuple[str, object, object]]:
    """Yield what a cut-off output says that the whole one does not: where, that, and what is true.

    Rows may be fewer, and facts untold: None, empty, or an announcement that has not come.
    """
    announced = found is False and where.rpartition(".")[2] in _ANNOUNCEMENTS
    if found == facts or found is None or found == "" or announced:
        return
    if isinstance(facts, tuple) and not isinstance(found, tuple):  # of several answers only one is there
        yield from untrue(found, facts[0] if facts else None, where)
    elif type(found) is not type(facts):
        yield where, found, facts
    elif is_dataclass(found):
        for each in fields(found):
            yield from untrue(getattr(found, each.name), getattr(facts, each.name), f"{where}.{each.name}")
    elif isinstance(found, tuple) and isinstance(facts, tuple) and len(found) <= len(facts):
        for ours, theirs in zip(found, facts, strict=False):
            yield from untrue(ours, theirs, where)
    elif isinstance(found, dict) and isinstance(facts, dict) and set(found) <= set(facts):
        for key, value in found.items():
            yield from untrue(value, facts[key], where)
    else:
        yield where, found, facts
