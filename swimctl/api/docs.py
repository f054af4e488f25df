"""The API's page for people: the OpenAPI document as plain HTML, without scripts, without internet."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from html import escape
from typing import Any, Final

from aiohttp import web

from swimctl.api.routing import Call, Handler

_STYLE: Final = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #222; }
h2 { margin-top: 2.5rem; border-top: 1px solid #ccc; padding-top: 1rem; }
code { font-size: 0.95em; } table { border-collapse: collapse; width: 100%; margin: 0.5rem 0; }
td, th { border: 1px solid #ddd; padding: 0.25rem 0.5rem; text-align: left; vertical-align: top; }
@media (prefers-color-scheme: dark) { body { background: #181818; color: #ddd; } td, th { border-color: #444; } }
"""
_HEADERS: Final = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}


def handler(described: Callable[[], Mapping[str, Any]]) -> Handler:
    """Serve the page. The first request makes it."""

    @cache
    def page() -> str:
        return "".join(_page(described()))

    async def serve(call: Call) -> web.Response:
        text = await call.backend.do(page)
        return web.Response(text=text, content_type="text/html", headers=_HEADERS)

    return serve


def _page(document: Mapping[str, Any]) -> Iterator[str]:
    title = f"{document['info']['title']} {document['info']['version']}: REST API"
    yield f"<!doctype html><html lang='en'><meta charset='utf-8'><title>{escape(title)}</title><style>{_STYLE}</style>"
    yield f"<h1>{escape(title)}</h1><p>For programs: <a href='/api/openapi.json'>openapi.json</a>. A token goes "
    yield "into the header <code>Authorization: Token YOUR_TOKEN</code>. The last slash of a path may be left out.</p>"
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            yield from _operation(f"{method.upper()} {path}", operation)
    yield "<h2>Types</h2>"
    for name, schema in document["components"]["schemas"].items():
        yield f"<h3 id='{escape(name)}'>{escape(name)}</h3><p>{escape(schema.get('description', ''))}</p>"
        yield from _fields(schema)
    yield "</html>"


def _operation(heading: str, operation: Mapping[str, Any]) -> Iterator[str]:
    yield f"<h2 id='{escape(operation['operationId'])}'><code>{escape(heading)}</code></h2>"
    yield f"<p>{escape(operation['summary'])}.{'' if operation['security'] else ' Needs no token.'}</p>"
    if operation["parameters"]:
        rows = [
            (one["name"], one["in"], _type(one["schema"]), one.get("description", ""))
            for one in operation["parameters"]
        ]
        yield from _table(("Parameter", "In", "Type", "Meaning"), rows)
    if "requestBody" in operation:
        body = operation["requestBody"]
        ((kind, one),) = body["content"].items()
        yield f"<p>Body: {_type(one['schema'])} as {escape(kind)}. {escape(body.get('description', ''))}</p>"
    rows = [(status, one["description"], _body(one), "") for status, one in operation["responses"].items()]
    yield from _table(("Status", "", "Answer", ""), rows)


def _fields(schema: Mapping[str, Any]) -> Iterator[str]:
    if "enum" in schema:
        yield f"<p>One of {escape(', '.join(map(str, schema['enum'])))}.</p>"
    required = schema.get("required", ())
    rows = [
        (name, "required" if name in required else "", _type(field), field.get("description", ""))
        for name, field in schema.get("properties", {}).items()
    ]
    if rows:
        yield from _table(("Field", "", "Type", "Meaning"), rows)


def _table(heads: tuple[str, ...], rows: list[tuple[str, str, str, str]]) -> Iterator[str]:
    """Write a table; the third column is HTML already."""
    yield "<table><tr>" + "".join(f"<th>{head}</th>" for head in heads) + "</tr>"
    for first, second, kind, fourth in rows:
        yield f"<tr><td><code>{escape(first)}</code></td><td>{escape(second)}</td><td>{kind}</td>"
        yield f"<td>{escape(fourth)}</td></tr>"
    yield "</table>"


def _body(answer: Mapping[str, Any]) -> str:
    """Return the type of an answer's body, empty where it has none."""
    return "".join(_type(kind["schema"]) for kind in answer.get("content", {}).values())


def _type(schema: Mapping[str, Any]) -> str:
    """Return a type in words, as HTML."""
    if "$ref" in schema:
        name = escape(schema["$ref"].rpartition("/")[2])
        return f"<a href='#{name}'>{name}</a>"
    if "anyOf" in schema:
        return " or ".join(_type(one) for one in schema["anyOf"])
    if "enum" in schema:
        return escape(" | ".join(map(str, schema["enum"])))
    if "const" in schema:
        return escape(str(schema["const"]))
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    return escape(str(schema.get("format") or schema.get("type", "anything")))
