"""The API for people: a section for each request, made of the OpenAPI document. Nobody needs to sign in for it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from aiohttp import web

from swimctl.api.app import described
from swimctl.web.recipes import Request, address, recipes
from swimctl.web.visit import Page, Visit, rendered

_LARGEST: Final = 2**53  # what is above it is no limit that a person cares for
_DEEPEST: Final = 6
_SECRETS: Final = ("password",)
_BEGINS: Final = (
    ("/api/upgrade/batches/{id}/report", "Reports"),
    ("/api/upgrade/batches/", "Batches and jobs"),
    ("/api/upgrade/jobs/", "Batches and jobs"),
    ("/api/upgrade/events/", "Batches and jobs"),
    ("/api/upgrade/", "Upgrades"),
    ("/api/campaigns/", "Campaigns"),
    ("/api/auth/", "The server"),
    ("/api/health/", "The server"),
    ("/metrics", "The server"),
    ("/api/", "Devices and images"),
)
_CHAPTERS: Final = ("Upgrades", "Batches and jobs", "Reports", "Devices and images", "Campaigns", "The server")


@dataclass(frozen=True, slots=True)
class Field:
    """A field or a parameter; `depth` is how many objects it is in."""

    name: str
    depth: int
    kind: str
    required: bool
    says: str


@dataclass(frozen=True, slots=True)
class Given:
    """A good answer: its status, its fields and an example; `kind` where it is no JSON."""

    status: str
    says: str
    kind: str
    fields: tuple[Field, ...]
    example: str


@dataclass(frozen=True, slots=True)
class Section:
    """One request with all that is to be known of it."""

    key: str
    method: str
    path: str
    summary: str
    chapter: str
    guarded: bool
    parameters: tuple[Field, ...]
    body: tuple[Field, ...]
    body_says: str
    example: str
    answers: tuple[Given, ...]
    refusals: tuple[tuple[str, str], ...]
    recipes: tuple[tuple[str, str], ...]


def sections(document: Mapping[str, Any]) -> Iterator[Section]:
    """Make a section of each operation of an OpenAPI document."""
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            yield _section(document, method.upper(), path, operation)


def _section(document: Mapping[str, Any], method: str, path: str, operation: Mapping[str, Any]) -> Section:
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    schema = _whole(document, body.get("schema", {}))
    good = {status: one for status, one in operation["responses"].items() if status < "300"}
    answers = tuple(_given(document, status, one) for status, one in sorted(good.items(), reverse=True))
    examples = {one["name"]: one for one in operation["parameters"] if "example" in one}
    sent = body.get("example")
    request = Request(
        method, address(path, examples), operation["summary"], int(answers[0].status), answers[0].kind,
        guarded=bool(operation["security"]), body=sent,
        secret=next((name for name in _SECRETS if sent and name in sent), ""),
    )  # fmt: skip
    notes = [schema.get("description", ""), operation.get("requestBody", {}).get("description", "")]
    return Section(
        key=operation["operationId"],
        method=method,
        path=path,
        summary=operation["summary"],
        chapter=next(chapter for begin, chapter in _BEGINS if path.startswith(begin)),
        guarded=bool(operation["security"]),
        parameters=tuple(
            Field(
                f"{one['name']} ({one['in']})", 0, _kind(document, one["schema"]), one.get("required", False),
                one.get("description", ""),
            )
            for one in operation["parameters"]
        ),
        body=tuple(_fields(document, schema)),
        body_says=" ".join(filter(None, notes)),
        example="" if sent is None else _written(sent),
        answers=answers,
        refusals=tuple(
            (status, one["description"])
            for status, one in operation["responses"].items()
            if status not in good
        ),
        recipes=tuple(recipes(request)),
    )  # fmt: skip


def _given(document: Mapping[str, Any], status: str, answer: Mapping[str, Any]) -> Given:
    kind, content = next(iter(answer.get("content", {"": {}}).items()))
    schema = _whole(document, content.get("schema", {}))
    example = content.get("example")
    text = "" if example is None else example if isinstance(example, str) else _written(example)
    return Given(status, schema.get("description", ""), kind, tuple(_fields(document, schema)), text)


def _written(value: object) -> str:
    """Write JSON; what fits into a line is one."""
    return _laid(value, 0)


def _laid(value: object, depth: int) -> str:
    short = json.dumps(value, ensure_ascii=False)
    if len(short) + 2 * depth < 80 or not value or not isinstance(value, dict | list):
        return short
    inner, outer = "  " * (depth + 1), "  " * depth
    if isinstance(value, dict):
        lines = [f"{inner}{json.dumps(name)}: {_laid(one, depth + 1)}" for name, one in value.items()]
        return "{\n" + ",\n".join(lines) + f"\n{outer}}}"
    return "[\n" + ",\n".join(f"{inner}{_laid(one, depth + 1)}" for one in value) + f"\n{outer}]"


def _whole(document: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a schema, or the one that it refers to."""
    if "$ref" not in schema:
        return schema
    found: Mapping[str, Any] = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return found


def _fields(document: Mapping[str, Any], schema: Mapping[str, Any], depth: int = 0) -> Iterator[Field]:
    """List the fields of an object, and behind each one those that are in it."""
    required = schema.get("required", ())
    for name, field in schema.get("properties", {}).items():
        says = field.get("description", "") or _whole(document, field).get("description", "")
        yield Field(name, depth, _kind(document, field), name in required, says)
        if depth < _DEEPEST:
            for inner in _objects(document, field):
                yield from _fields(document, inner, depth + 1)


def _objects(document: Mapping[str, Any], schema: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """List the objects that a field can hold: itself, those of a list, and those of other choices."""
    found = _whole(document, schema)
    if "properties" in found:
        yield found
    for one in found.get("anyOf", ()):
        yield from _objects(document, one)
    for part in ("items", "additionalProperties"):
        if isinstance(found.get(part), Mapping):
            yield from _objects(document, found[part])


def _kind(document: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    """Return a type in words, with its limits."""
    found = _whole(document, schema)
    if "anyOf" in found:
        return " or ".join(_kind(document, one) for one in found["anyOf"])
    if "enum" in found:
        return " | ".join(map(str, found["enum"]))
    if "const" in found:
        return str(found["const"])
    kind = str(found.get("type", "anything"))
    if kind == "array":
        return f"list of {_kind(document, found.get('items', {}))}"
    if kind == "object" and isinstance(found.get("additionalProperties"), Mapping):
        return f"object: each {_kind(document, found['additionalProperties'])}"
    if found.get("format") == "date-time":
        return "time"
    low, high = found.get("minimum"), found.get("maximum")
    known = low is not None and high is not None and high < _LARGEST
    return f"{kind} {low} to {high}" if known else kind


def _chapters() -> list[tuple[str, list[Section]]]:
    found = [*sections(described())]
    return [(name, [one for one in found if one.chapter == name]) for name in _CHAPTERS]


async def reference(visit: Visit) -> web.Response:
    """Show the API. It is the same for everybody, so it is made once."""
    global _page  # noqa: PLW0603 - one process, one API
    if _page is None:
        _page = await visit.do(lambda: rendered("api.html", visit.request, chapters=_chapters()).text)
    return web.Response(text=_page, content_type="text/html", charset="utf-8")


_page: str | None = None

PAGES: Final = (
    Page("GET", "/api/docs", reference, None),
    Page("GET", "/api/docs/", reference, None),
)
