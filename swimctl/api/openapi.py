"""The OpenAPI 3.1 document, made of the same routes and models that serve."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from http import HTTPStatus
from importlib.metadata import version
from importlib.resources import files
from typing import Any, Final

from aiohttp import web
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from swimctl.api.answers import Problem
from swimctl.api.routing import Call, Handler, Link, Route, answer

Document = dict[str, Any]
_REF: Final = "#/components/schemas/{model}"
_TYPES: Final = {
    "json": "application/json",
    "html": "text/html",
    "events": "text/event-stream",
    "text": "text/plain",
    "markdown": "text/markdown",
    "xml": "text/xml",
    "csv": "text/csv",
}
_HEADERS: Final = {401: "WWW-Authenticate", 429: "Retry-After", 503: "Retry-After"}


def document(routes: Iterable[Route]) -> Document:
    """Describe the routes."""
    routes = tuple(routes)
    modes: set[tuple[type[BaseModel], Any]] = {(Problem, "serialization")}
    for route in routes:
        modes |= {(model, "serialization") for model in route.answers.values() if not isinstance(model, str)}
        modes |= {(model, "validation") for model in (route.body,) if model is not None}
    refs, definitions = models_json_schema(sorted(modes, key=lambda mode: mode[0].__name__), ref_template=_REF)
    paths: Document = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, refs)
    schemas: Document = definitions.get("$defs", {})
    for schema in schemas.values():
        _defaults_in_words(schema)
    return {
        "openapi": "3.1.0",
        "info": {"title": "swimctl", "version": version("swimctl"), "description": "Upgrade the software of switches."},
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "token": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "Authorization",
                    "description": "`Token ` and the token, as in `Authorization: Token swimctl_…`",
                }
            },
        },
    }


def handler(described: Callable[[], Document]) -> Handler:
    """Serve the document. The first request makes it."""

    @cache
    def body() -> bytes:
        return json.dumps(described()).encode()

    async def serve(call: Call) -> web.Response:
        return answer(await call.backend.do(body))

    return serve


@cache
def _examples() -> Mapping[str, Any]:
    """Return an example of each operation: what was sent to a server once, and what it answered."""
    found: Mapping[str, Any] = json.loads(files("swimctl.api").joinpath("examples.json").read_text(encoding="utf-8"))
    return found


def _defaults_in_words(schema: Document) -> None:
    """Write each field's default into its description.

    A field with `default` is one that is always there to openapi-typescript: a trigger had to name all of them.
    """
    for field in schema.get("properties", {}).values():
        default = field.pop("default", None)
        if default not in (None, ""):
            said = [field["description"]] if "description" in field else []
            field["description"] = "; ".join([*said, f"default: {json.dumps(default)}"])


def _operation(route: Route, refs: Mapping[Any, Document]) -> Document:
    statuses: dict[int, type[BaseModel] | str] = dict.fromkeys(route.refusals, Problem)
    statuses |= route.answers
    example = _examples().get(f"{route.method} {route.path}", {})
    answers = example.get("answers", {})
    operation: Document = {
        "summary": route.summary,
        "operationId": _id(route),
        "security": [] if route.needs is None else [{"token": []}],
        "parameters": [*_parameters(route, example.get("parameters", {}))],
        "responses": {
            str(status): _response(status, model, refs, answers.get(str(status)))
            for status, model in sorted(statuses.items())
        },
    }
    if route.links:
        operation["responses"][str(max(status for status in route.answers if status < 300))]["links"] = {
            name: _link(link) for name, link in route.links.items()
        }
    if route.body is not None:
        content: Document = {"schema": refs[route.body, "validation"]}
        if "body" in example:
            content["example"] = example["body"]
        operation["requestBody"] = body = {"required": True, "content": {"application/json": content}}
        if route.form:
            body["description"] = "A form with the same fields (application/x-www-form-urlencoded) is taken too."
    return operation


def _id(operation: Route | Link) -> str:
    return re.sub(r"\W+", "-", f"{operation.method}{operation.path}".strip("/")).lower()


def _link(link: Link) -> Document:
    def runtime(parts: Mapping[str, str]) -> dict[str, str]:
        return {name: f"$response.body#/{pointer}" for name, pointer in parts.items()}

    body = {} if link.body is None else {"requestBody": runtime(link.body)}
    return {"operationId": _id(link), "parameters": runtime(link.parameters), **body}


def _response(
    status: int, model: type[BaseModel] | str, refs: Mapping[Any, Document], example: object = None
) -> Document:
    if not model:
        return {"description": HTTPStatus(status).phrase}
    if isinstance(model, str):
        content: Document = {_TYPES[model]: {"schema": {"type": "string"}}}
    else:
        content = {"application/json": {"schema": refs[model, "serialization"]}}
    found: Document = {"description": HTTPStatus(status).phrase, "content": content}
    if example is not None:
        (kind,) = content.values()
        kind["example"] = example
    header = _HEADERS.get(status)
    if header and model is Problem:
        found["headers"] = {header: {"schema": {"type": "string"}}}
    return found


def _parameters(route: Route, examples: Mapping[str, Any]) -> Iterable[Document]:
    for name, header in route.headers.items():
        schema = {"type": "string", **header.limits}
        yield {"name": name, "in": "header", "description": header.description, "schema": schema}
    if route.query is None:
        return
    query = route.query.model_json_schema(mode="validation")
    for name, field in query["properties"].items():
        place = "path" if f"{{{name}}}" in route.path else "query"
        options = [one for one in field.get("anyOf", [field]) if one.get("type") != "null"]
        found: Document = {
            "name": name,
            "in": place,
            "required": place == "path" or name in query.get("required", ()),
            "schema": {key: value for key, value in options[0].items() if key not in {"title", "default"}},
        }
        if found["schema"].get("type") == "array":
            found |= {"style": "form", "explode": False}
        if "description" in field:
            found["description"] = field["description"]
        if name in examples:
            found["example"] = examples[name]
        yield found
