"""The report of a batch, in each of its forms. The transcripts stay on the server: they are its owner's."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Final

from aiohttp import web
from pydantic import BaseModel, Field

from swimctl.api.answers import Problem
from swimctl.api.report_answers import ReportAnswer
from swimctl.api.routing import Call, Handler, Needs, Of, Route, Sealed
from swimctl.api.schemas import Request
from swimctl.report.words import Form
from swimctl.rights import Act

_PATH: Final = "/api/upgrade/batches/{id}/report/"
_OF_A_BATCH: Final = Needs(Act.LOOK, Of.NAMED, batch="id")


class ReportQuery(Request):
    """A batch."""

    id: Annotated[str, Field(min_length=6, max_length=64, description="a batch's id, or its beginning")]


def _handler(form: Form) -> Handler:
    """Return what answers with a report in one form."""

    async def report(call: Call) -> web.Response:
        return await call.backend.do(partial(_report, call, form))

    return report


def _report(call: Call, form: Form) -> web.Response:
    """Gather a batch's report and write it, of a record without what no answer may name."""
    from swimctl.report.forms import ENDINGS, TYPES, written
    from swimctl.report.gathering import gather
    from swimctl.report.hiding import told_as

    backend, reach = call.backend, call.reach
    record = gather(backend.store, backend.clock, call.query.id, made_by=call.caller.name)

    def say(text: str, name: str) -> str:
        return reach.told(
            backend.folders.taken_out(text.encode(errors="surrogateescape")).decode(errors="surrogateescape"), name
        )

    name = f"report-{record.batch.id[:8]}.{ENDINGS[form]}"
    return Sealed(
        text=written(told_as(record, say), form),
        content_type=TYPES[form],
        charset="utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _route(form: Form, path: str, what: str, answers: type[BaseModel] | str) -> Route:
    return Route(
        "GET", path, _handler(form), what, _OF_A_BATCH, {200: answers, 404: Problem}, query=ReportQuery
    )  # fmt: skip


ROUTES: Final = (
    _route(Form.JSON, _PATH, "Report all that is known of a batch", ReportAnswer),
    _route(Form.HTML, f"{_PATH}html/", "Report a batch as a page for people", "html"),
    _route(Form.MD, f"{_PATH}md/", "Report a batch as Markdown", "markdown"),
    _route(Form.JUNIT, f"{_PATH}junit/", "Report a batch as JUnit XML", "xml"),
    _route(Form.CSV, f"{_PATH}csv/", "Report a batch as a table, a line for each device", "csv"),
)
