"""The report of a batch over the API: each form as it is described, for whoever may see the whole batch."""

from __future__ import annotations

import csv
import json
from io import StringIO
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema_rs
import pytest
import report_schema
from support.api_client import READER, Api

from swimctl.models import Outcome
from swimctl.report.sealing import read_seal
from swimctl.states import JobStatus, StepStatus

TYPES = {
    "": "application/json",
    "html/": "text/html",
    "md/": "text/markdown",
    "junit/": "text/xml",
    "csv/": "text/csv",
}


@pytest.fixture
def batch(api: Api) -> str:
    """Let a job fail, with a folder of the server in its words."""
    answer = api.trigger("sw1", "sw2")
    image = api.store.images()[0]
    with api.store.register_runner() as runner:
        job = answer["job_ids"][0]
        assert api.store.claim(job, runner)
        api.store.record(job, "runs", "runs 17.06.05", {"members": {"1": "17.06.05"}})
        kind = api.store.job(job).steps[0].kind
        api.store.step(job, runner, kind, StepStatus.RUNNING)
        api.store.step(job, runner, kind, StepStatus.FAILED, "no")
        api.store.move(job, runner, JobStatus.FAILED, f"{image.path} cannot be read", Outcome.UNTOUCHED)
    return str(answer["batch_id"])


@pytest.mark.parametrize("form", TYPES)
def test_each_form_is_there_sealed_and_names_no_folder(api: Api, batch: str, form: str) -> None:
    answer = api.get(f"/api/upgrade/batches/{batch}/report/{form}", token=READER)
    assert answer.status == 200
    assert answer.headers["content-type"].partition(";")[0] == TYPES[form]
    assert f"report-{batch[:8]}." in answer.headers["content-disposition"]
    folder = str(api.store.images()[0].path.parent)
    assert folder.encode() not in answer.body
    assert b"cannot be read" in answer.body
    if form != "csv/":
        seal = read_seal(answer.body)
        assert seal is not None
        assert (seal.whole, seal.batch) == (True, batch)


def test_the_forms_say_the_same(api: Api, batch: str) -> None:
    path = f"/api/upgrade/batches/{batch}/report/"
    told = api.get(path).json
    assert [job["result"] for job in told["jobs"]] == ["failed", "waiting"]
    assert told["jobs"][0]["members"] == [{"name": "1", "before": "17.06.05", "after": "17.06.05"}]
    assert told["made"]["by"] == "olga"
    rows = list(csv.DictReader(StringIO(api.get(f"{path}csv/").body.decode())))
    assert [row["result"] for row in rows] == ["failed", "waiting"]
    assert len(ET.fromstring(api.get(f"{path}junit/").body).findall(".//failure")) == 1  # noqa: S314 - it is ours


def test_a_batch_that_is_not_there_is_a_404(api: Api) -> None:
    api.refused(api.get("/api/upgrade/batches/abcdef12/report/"), 404, "there is no batch")
    api.refused(api.get("/api/upgrade/batches/abc/report/html/"), 400, "id")


def test_the_schema_is_the_one_on_its_page_and_fits_an_answer(api: Api, batch: str) -> None:
    assert report_schema.PAGE.read_text(encoding="utf-8") == report_schema.page(), (
        "write it anew: python tests/report_schema.py"
    )
    schema = json.loads(Path(report_schema.PAGE).read_text(encoding="utf-8"))
    judge = jsonschema_rs.Draft202012Validator(schema)
    assert [*judge.iter_errors(api.get(f"/api/upgrade/batches/{batch}/report/").json)] == []
