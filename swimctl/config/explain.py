"""Put one pydantic error into words: which setting, what it must be, what it was."""

from __future__ import annotations

import types
from collections.abc import Sequence
from datetime import date, datetime
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt
from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from swimctl.config.checks import Wrong
from swimctl.config.lengths import Length

_KINDS: dict[Any, str] = {
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    str: "text",
    SecretStr: "text",
    Path: "a path",
    datetime: "a time with its offset such as 2030-12-20T00:00+01:00, or a date",
}


def explain(model: type[BaseModel], problem: ErrorDetails, keys: Sequence[object]) -> str:
    """Return `swimctl.workers must be a whole number 1 to 500, not 0`. `keys` is how the file names the setting."""
    name = ".".join(map(str, keys))
    parent, found = _field(model, problem["loc"])
    if problem["type"] == "extra_forbidden":
        fields = parent.model_fields if parent is not None else {}
        known = sorted(field.alias or key for key, field in fields.items())
        near = get_close_matches(str(keys[-1]), known, n=1)
        return f"unknown setting {name}; " + (f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}")
    if isinstance(said := problem.get("ctx", {}).get("error"), Wrong):
        return f"{name}: {said}"
    if problem["type"] == "missing":
        return f"{name} is missing; it must be {_wanted(found)}"
    if SecretStr in (found[0], *get_args(found[0])):
        return f"{name} must be {_wanted(found)}"  # what stood there may be the secret in the wrong place
    length = next((each for each in found[1] if isinstance(each, Length)), None)
    # A number that is out of range says enough; of a text, nobody knows which ones are read.
    also = f" ({length.name}, or as 90s, 10m, 1h30m)" if length and isinstance(problem["input"], str) else ""
    return f"{name} must be {_wanted(found)}{also}, not {_given(problem['input'])}"


def _field(model: type[BaseModel], loc: Sequence[int | str]) -> tuple[type[BaseModel] | None, tuple[Any, list[Any]]]:
    """Walk to the innermost model and the type and bounds of the value that `loc` points to."""
    parent: type[BaseModel] | None = model
    kind: Any = model
    bounds: list[Any] = []
    for key in loc:
        kind, extra = _bare(kind)
        bounds = [*extra]
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            parent = kind
            info = _named(kind, str(key))
            if info is None:
                return parent, (None, [])
            kind, bounds = info.annotation, list(info.metadata)
        elif get_origin(kind) in (dict, list):
            kind = get_args(kind)[-1]
    kind, extra = _bare(kind)
    return parent, (kind, [*bounds, *extra])


def _named(model: type[BaseModel], key: str) -> FieldInfo | None:
    """Find a field by the name that it has in the file."""
    return next((field for name, field in model.model_fields.items() if (field.alias or name) == key), None)


def _bare(kind: object) -> tuple[Any, list[Any]]:
    """Remove Annotated and `| None`; return the type and the bounds that it carried."""
    bounds: list[Any] = []
    while True:
        if get_origin(kind) is Annotated:
            kind, *metadata = get_args(kind)
            for item in metadata:
                bounds += item.metadata if isinstance(item, FieldInfo) else [item]
        elif get_origin(kind) in (Union, types.UnionType):
            kind = next(part for part in get_args(kind) if part is not type(None))
        else:
            return kind, bounds


def _wanted(found: tuple[Any, list[Any]]) -> str:
    kind, bounds = found
    if get_origin(kind) is Literal:
        return "one of " + ", ".join(map(str, get_args(kind)))
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return "one of " + ", ".join(kind)
    if get_origin(kind) is list:
        return "a list with " + _wanted((get_args(kind)[0], []))
    if get_origin(kind) is dict or (isinstance(kind, type) and issubclass(kind, BaseModel)):
        return "a mapping, lines of `key: value`"
    return _KINDS.get(kind, "a value of another kind") + _range(bounds)


def _given(value: object) -> str:
    """Return what stood there, as YAML writes it."""
    match value:
        case None:
            return "nothing"
        case bool():
            return str(value).lower()
        case dict():
            return "a mapping"
        case list():
            return "a list" if value else "an empty list"
        case date():
            return value.isoformat()
        case _:
            return repr(value)


def _range(bounds: list[Any]) -> str:
    low = high = ""
    for bound in bounds:
        if isinstance(bound, Ge):
            low = f"{bound.ge:g}"
        elif isinstance(bound, Gt):
            low = f"more than {bound.gt:g}"
        elif isinstance(bound, Le):
            high = f"{bound.le:g}"
        elif isinstance(bound, Lt):
            high = f"less than {bound.lt:g}"
    if low and high:
        return f" {low} to {high}" if not low.startswith("more") else f" {low}, up to {high}"
    if low:
        return f" {low}" if low.startswith("more") else f", {low} or more"
    return f", {high} or less" if high else ""
