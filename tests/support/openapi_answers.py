"""Answers held against the OpenAPI document. A field that an answer has and the document does not name is a mistake."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

import jsonschema_rs

from swimctl.api import openapi
from swimctl.api.app import ROUTES

PROBLEM = {"$ref": "#/components/schemas/Problem"}


def assert_described(method: str, path: str, status: int, answer: object) -> None:
    """Require that the document names this status and every field of the answer."""
    schema = _schema(method, path.partition("?")[0].rstrip("/"), status)
    mistakes = [f"{'.'.join(map(str, one.instance_path))}: {one.message}" for one in _judge(schema).iter_errors(answer)]
    assert mistakes == [], (method, path[:100], status, mistakes)


@cache
def _document() -> dict[str, Any]:
    """Describe the API as it is served, but let no object hold more than it names."""
    document = openapi.document(ROUTES)
    for schema in document["components"]["schemas"].values():
        if "properties" in schema:
            schema["additionalProperties"] = False
    return document


@cache
def _schema(method: str, path: str, status: int) -> str:
    """Return the schema of an answer, as JSON. What no path is, or another method's, is answered by a problem."""
    for template, operations in _document()["paths"].items():
        wanted = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(template.rstrip("/")))
        if re.fullmatch(wanted, path) and method.lower() in operations:
            responses = operations[method.lower()]["responses"]
            assert str(status) in responses, f"the document knows no {status} of {method} {template}"
            return json.dumps(responses[str(status)]["content"]["application/json"]["schema"])
    assert status >= 400, f"the document knows no {method} {path}"
    return json.dumps(PROBLEM)


@cache
def _judge(schema: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator({**json.loads(schema), "components": _document()["components"]})
