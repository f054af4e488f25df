"""The examples of the API are what a server takes and answers: sent again here, and held against the document."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from support.api_examples import FILE, record, text_of

from swimctl.api.app import ROUTES, described

WITHOUT = {"GET /api/upgrade/events/"}  # it has no end
KNOWN: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))


def test_a_server_answers_what_the_examples_say(tmp_path: Path) -> None:
    assert text_of(record(tmp_path)) == FILE.read_text(encoding="utf-8"), "next: python tests/api_examples.py"


def test_each_request_has_an_example() -> None:
    assert KNOWN.keys() == {f"{route.method} {route.path}" for route in ROUTES} - WITHOUT


@pytest.mark.parametrize("name", KNOWN)
def test_an_example_fits_its_schema(name: str) -> None:
    document = described()
    method, path = name.split(" ")
    operation = document["paths"][path][method.lower()]

    def judged(schema: dict[str, Any], example: object) -> None:
        jsonschema_rs.validate({**schema, "components": document["components"]}, example)

    shown = 0
    for parameter in operation["parameters"]:
        if "example" in parameter:
            judged(parameter["schema"], parameter["example"])
            shown += 1
    assert shown == len(KNOWN[name].get("parameters", ()))
    contents = [one["content"] for one in operation["responses"].values() if "content" in one]
    contents += [operation["requestBody"]["content"]] if "requestBody" in operation else []
    shown = 0
    for content in contents:
        (kind,) = content.values()
        if "example" in kind:
            judged(kind["schema"], kind["example"])
            shown += 1
    assert shown == len(KNOWN[name].get("answers", ())) + ("body" in KNOWN[name])


def test_no_example_has_a_secret_or_tells_where_it_was_made() -> None:
    text = FILE.read_text(encoding="utf-8")
    for word in ("correct horse", "/tmp", "olga", "rita"):  # noqa: S108 - a word
        assert word not in text
