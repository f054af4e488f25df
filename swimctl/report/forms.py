"""The forms of a report, by name, with their types and the endings of their files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from swimctl.report.facts import Record
from swimctl.report.markdown import markdown
from swimctl.report.page import page
from swimctl.report.plain_forms import as_json, junit, table
from swimctl.report.words import Form

_WRITERS: Final[Mapping[Form, Callable[[Record], str]]] = {
    Form.HTML: page,
    Form.MD: markdown,
    Form.JSON: as_json,
    Form.JUNIT: junit,
    Form.CSV: table,
}
TYPES: Final[Mapping[Form, str]] = {
    Form.HTML: "text/html",
    Form.MD: "text/markdown",
    Form.JSON: "application/json",
    Form.JUNIT: "text/xml",
    Form.CSV: "text/csv",
}
ENDINGS: Final[Mapping[Form, str]] = {
    Form.HTML: "html",
    Form.MD: "md",
    Form.JSON: "json",
    Form.JUNIT: "xml",
    Form.CSV: "csv",
}


def written(record: Record, form: Form) -> str:
    """Write a record in one form."""
    return _WRITERS[form](record)
