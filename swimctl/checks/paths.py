"""From data to rows by a path: `vrfs.{vrf}.peers.{peer}`, `TABLE_vrf.ROW_vrf[].TABLE_peer.ROW_peer[]`. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from swimctl.checks.rows import Row, Value
from swimctl.errors import UnparsableOutput

_STEP: Final = re.compile(r"(?P<all>\*)|\{(?P<kept>[\w-]+)\}|(?P<name>[^.*{}\[\]]+?)(?P<many>\[\])?")


def steps_of(path: str) -> tuple[re.Match[str], ...]:
    """Return the steps of a path; raises ValueError with the one that cannot be read."""
    found = []
    for part in path.split(".") if path else ():
        step = _STEP.fullmatch(part)
        if step is None:
            raise ValueError(f"the step {part!r} of the path {path!r} is none of: NAME, NAME[], *, {{NAME}}")
        found.append(step)
    return tuple(found)


def walk(data: object, path: str, command: str) -> list[Row]:
    """Return the rows that a path leads to. Each has the single values of what it stands in, too; inner ones win.

    Nothing where the data has nothing there: a table without rows is left out by many systems. Raises UnparsableOutput
    where what is there is of another kind than the path says.
    """
    return [_row(found, outer) for found, outer in _walk(data, steps_of(path), {}, command)]


def _walk(
    data: object, steps: tuple[re.Match[str], ...], outer: Mapping[str, Value], command: str
) -> Iterator[tuple[object, Mapping[str, Value]]]:
    if not steps:
        yield from ((each, outer) for each in (data if isinstance(data, list) else [data]))
        return
    step, rest = steps[0], steps[1:]
    if isinstance(data, Mapping):
        outer = {**outer, **_singles(data)}
    if step["all"] or step["kept"]:
        for name, each in _items(data, step[0], command):
            known = {**outer, step["kept"]: name} if step["kept"] else outer
            yield from _walk(each, rest, known, command)
        return
    if not isinstance(data, Mapping):
        raise UnparsableOutput(command, "", f"there is no {step['name']} in it: it is {_kind(data)}")
    found = data.get(step["name"])
    if found is None or found == "":
        return
    if step["many"]:
        for each in found if isinstance(found, list) else [found]:
            yield from _walk(each, rest, outer, command)
        return
    yield from _walk(found, rest, outer, command)


def _items(data: object, step: str, command: str) -> Iterator[tuple[str, object]]:
    if isinstance(data, Mapping):
        yield from ((str(name), each) for name, each in data.items())
    elif isinstance(data, list | tuple):
        yield from ((str(number), each) for number, each in enumerate(data))
    else:
        raise UnparsableOutput(command, "", f"{step} leads into no list and no mapping: it is {_kind(data)}")


def _row(found: object, outer: Mapping[str, Value]) -> Row:
    if isinstance(found, Mapping):
        return {**outer, **dict(_flat(found, ""))}
    return {**outer, "value": _single(found)}


def _flat(data: Mapping[Any, Any], above: str) -> Iterator[tuple[str, Value]]:
    for name, value in data.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{above}{name}.")
        else:
            yield f"{above}{name}", _single(value)


def _singles(data: Mapping[Any, Any]) -> dict[str, Value]:
    return {str(name): _single(value) for name, value in data.items() if not isinstance(value, Mapping | list | tuple)}


def _single(value: object) -> Value:
    if isinstance(value, str | int | float | bool) or value is None:
        return value
    if isinstance(value, list | tuple):
        return ", ".join(str(each) for each in value)
    return str(value)


def _kind(data: object) -> str:
    if isinstance(data, Mapping):
        return "a mapping"
    return "a list" if isinstance(data, list | tuple) else f"{data!r:.40}"
