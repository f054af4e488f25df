"""Decide which devices a command is about. Pure: names and facts in, names out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from fnmatch import fnmatchcase
from typing import Final, TypeVar

from swimctl.errors import SelectionError

D = TypeVar("D")

NESTING: Final = "__"
_MOST_HINTS: Final = 10


@dataclass(frozen=True, slots=True)
class Selection:
    """What was said on the command line. `filters` are `key=value`; `exclude` takes what `limit` takes.

    `names` (or else all devices) are the start; `filters`, `limit` and `group` each narrow it, `exclude` takes away.
    """

    names: tuple[str | int, ...] = ()
    all: bool = False
    filters: tuple[str, ...] = ()
    limit: str | None = None
    group: str | None = None
    exclude: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A host as selections see it. `fields` may be nested; its keys are Nornir's fields and the host's data.

    `mapped`: what swimctl takes for its model, site, role and serial number, wherever that stands in `fields`.
    """

    id: int
    name: str
    groups: tuple[str, ...]
    fields: Mapping[str, object]
    mapped: Mapping[str, str | None] = field(default_factory=dict)


def select(selection: Selection, candidates: Sequence[Candidate], groups: Sequence[str]) -> tuple[str, ...]:
    """Return the selected hosts: in the order of `names` where given, else of the inventory; each once.

    Raises SelectionError where a name, pattern, group or filter key is unknown, and where nothing is left.
    """
    narrowing = bool(selection.filters or selection.limit is not None or selection.group is not None)
    if selection.names and selection.all:
        raise SelectionError("give names of devices or --all, not both")
    if not (selection.names or selection.all or narrowing):
        raise SelectionError("no devices were selected: give names, --all, --filter, --limit or --group")
    if not candidates:
        raise SelectionError("the inventory has no hosts")
    chosen = list(candidates)
    if selection.names:
        chosen = named(selection.names, {one.name: one for one in chosen}, {one.id: one for one in chosen})
    reasons: list[tuple[str, Callable[[Candidate], bool]]] = []
    if selection.group is not None:
        reasons.append((f"--group {selection.group}", _in_group(selection.group, groups)))
    if selection.limit is not None:
        reasons.append((f"--limit {selection.limit}", _pattern(selection.limit, candidates, groups, "--limit")))
    reasons += [(f"--filter {text}", _filter(text, candidates)) for text in selection.filters]
    for text in selection.exclude:
        excluded = _pattern(text, candidates, groups, "--exclude")
        reasons.append((f"--exclude {text}", lambda one, excluded=excluded: not excluded(one)))  # type: ignore[misc]  # mypy does not type a lambda's default
    for reason, keep in reasons:
        before, chosen = chosen, [one for one in chosen if keep(one)]
        if not chosen:
            raise SelectionError(
                f"no device is left: {reason} matches none of {len(before)} device{'s' if len(before) != 1 else ''} "
                f"({some([one.name for one in before])})"
            )
    return tuple(one.name for one in chosen)


def named(names: Sequence[str | int], by_name: Mapping[str, D], by_id: Mapping[int, D]) -> list[D]:
    """Find devices by name or id, each once: an integer is an id, digits are one where no host has that name.

    Raises SelectionError listing every unknown one with the names that are near it.
    """
    found: dict[int, D] = {}
    unknown: list[str] = []
    for name in names:
        one = by_id.get(name) if isinstance(name, int) else by_name.get(name)
        if one is None and isinstance(name, str) and name.isascii() and name.isdigit():
            one = by_id.get(int(name))
        if one is None:
            # Looking for what is near takes long among many hosts; who has so many wrong does not read it.
            near = _near(str(name), list(by_name)) if len(unknown) < _MOST_HINTS else ""
            unknown.append(f"{name!r}{near}")
        else:
            found[id(one)] = one
    if unknown:
        what = "device" if len(unknown) == 1 else "devices"
        raise SelectionError(f"unknown {what} {', '.join(unknown)}; see `swimctl device list`")
    return list(found.values())


def counted(platforms: Sequence[str]) -> str:
    """Count hosts of other systems by what they say they are, the most first; empty where there are none."""
    if not platforms:
        return ""
    by_platform = Counter(platforms).most_common()
    parts = [f"{count} {platform or 'without a platform'}" for platform, count in by_platform]
    hosts, are = ("host", "is") if len(platforms) == 1 else ("hosts", "are")
    systems = "another system" if len(platforms) == 1 else "other systems"
    return f"{len(platforms)} {hosts} of {systems} {are} left out: {some(parts)}"


def as_text(value: object) -> str:
    """Write a value of the inventory as people would: true and false as YAML does."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def check_group(group: str, groups: Sequence[str]) -> None:
    """Raise SelectionError where there is no such group."""
    if group not in groups:
        raise SelectionError(f"unknown group {group!r}{_near(group, groups)}; groups are {some(sorted(groups))}")


def check_known(what: str, wanted: str, known: Sequence[str | None]) -> None:
    """Raise SelectionError where no device has this; `known` is what each has, None where that is nothing."""
    named = sorted({one for one in known if one is not None})
    if wanted not in named:
        raise SelectionError(f"no device has the {what} {wanted!r}{_near(wanted, named)}; known are {some(named)}")


def _in_group(group: str, groups: Sequence[str]) -> Callable[[Candidate], bool]:
    check_group(group, groups)
    return lambda one: group in one.groups


def _pattern(
    text: str, candidates: Sequence[Candidate], groups: Sequence[str], what: str
) -> Callable[[Candidate], bool]:
    """Read an Ansible pattern: hosts, groups and globs joined by commas, `!` takes away, `&` keeps what is in both."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not parts:
        raise SelectionError(f"{what} is empty; give a host, a group or a glob")
    wanted: set[str] = set()
    both: list[set[str]] = []
    without: set[str] = set()
    for part in parts:
        members = _members(part.lstrip("!&") if part[0] in "!&" else part, candidates, groups, what)
        if part.startswith("!"):
            without |= members
        elif part.startswith("&"):
            both.append(members)
        else:
            wanted |= members
    if all(part[0] in "!&" for part in parts):
        wanted = {one.name for one in candidates}
    for members in both:
        wanted &= members
    return lambda one: one.name in wanted and one.name not in without


def _members(pattern: str, candidates: Sequence[Candidate], groups: Sequence[str], what: str) -> set[str]:
    """Return the hosts that a host, id, group or glob stands for; one that stands for nothing is a mistake."""
    if pattern == "all":
        return {one.name for one in candidates}
    by_name = {one.name for one in candidates if fnmatchcase(one.name, pattern)}
    by_group = {group for group in groups if fnmatchcase(group, pattern)}
    members = by_name | {one.name for one in candidates if by_group.intersection(one.groups)}
    if not members and pattern.isascii() and pattern.isdigit():
        members = {one.name for one in candidates if one.id == int(pattern)}
    if not members and not by_group:
        known = [*(one.name for one in candidates), *groups]
        raise SelectionError(f"{what}: no host, group or id matches {pattern!r}{_near(pattern, known)}")
    return members


def _filter(text: str, candidates: Sequence[Candidate]) -> Callable[[Candidate], bool]:
    key, equals, value = text.partition("=")
    if not equals or not key:
        raise SelectionError(f"--filter {text!r} must be key=value, for example site=bern or site__city=bern")
    if all(_lookup(one.fields, key) is _MISSING and one.mapped.get(key) is None for one in candidates):
        known = sorted({str(known) for one in candidates for known in one.fields})
        raise SelectionError(f"--filter {text}: no host has {key!r}{_near(key, known)}; known are {some(known, 20)}")

    return lambda one: _has(one, key, value)


def has_all(filters: Sequence[str], one: Candidate) -> bool:
    """Return whether a host has all of these `key=value`; one that has no such key has not."""
    return all(_has(one, key, value) for key, _, value in (text.partition("=") for text in filters))


def _has(one: Candidate, key: str, value: str) -> bool:
    found = _lookup(one.fields, key)
    values = found if isinstance(found, (list, tuple)) else [found]
    return one.mapped.get(key) == value or any(as_text(item) == value for item in values if item is not _MISSING)


_MISSING: Final = object()


def _lookup(fields: Mapping[str, object], key: str) -> object:
    """Find a value; a key may itself hold `__`, so the longest one is tried first."""
    if key in fields:
        return fields[key]
    parts = key.split(NESTING)
    for length in range(len(parts) - 1, 0, -1):
        inner = fields.get(NESTING.join(parts[:length]))
        if isinstance(inner, Mapping):
            found = _lookup(inner, NESTING.join(parts[length:]))
            if found is not _MISSING:
                return found
    return _MISSING


def _near(name: str, known: Sequence[str]) -> str:
    near = get_close_matches(name, known, n=3)
    return f" (did you mean {' or '.join(near)}?)" if near else ""


def some(names: Sequence[str], most: int = 8) -> str:
    """Return the first of them, and count the rest."""
    if not names:
        return "none"
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
