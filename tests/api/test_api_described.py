"""What the API says of itself: the OpenAPI document, the page for people, and the figures for Prometheus."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families
from support.api_client import CANCEL, STATUS, TRIGGER, Api, made_in_a_terminal
from support.openapi_answers import assert_described

from swimctl.api.app import ROUTES
from swimctl.states import JobStatus, StepStatus
from swimctl.store import Runner


@pytest.fixture
def runner(idle: Api) -> Iterator[Runner]:
    with idle.store.register_runner() as registered:
        yield registered


def test_the_document_is_openapi_3_1_and_has_every_route(api: Api) -> None:
    document = api.get("/api/openapi.json", token=None).json
    assert document["openapi"].startswith("3.1")
    OpenAPIV31SpecValidator(document).validate()
    described = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    assert described == {(route.method, route.path) for route in ROUTES}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            wanted = {"500", "503"} | ({"401"} if operation["security"] else set())
            assert wanted <= set(operation["responses"]), (path, method)


def test_each_end_of_a_batch_is_described_in_the_same_words_and_they_tell_of_copies(api: Api) -> None:
    schemas = api.get("/api/openapi.json", token=None).json["components"]["schemas"]
    ends = {name: one["properties"]["until"] for name, one in schemas.items() if "until" in one.get("properties", {})}
    asked = {name: end["description"] for name, end in ends.items() if name.endswith("Request")}
    assert asked.keys() == {"TriggerRequest", "ChangeRequest", "RetryRequest"}
    for said in asked.values():
        assert said.startswith("activate nothing that cannot end by this time; no copy begins after it")


def test_the_document_names_every_field_of_an_answer(api: Api) -> None:
    """All answers that `Api` is given in any test are held against the document by this."""
    api.trigger("sw1")
    path = f"{STATUS}?job_ids=1"
    answer = api.get(path).json
    assert_described("GET", path, 200, answer)
    for place in (answer, answer["jobs"][0], answer["jobs"][0]["steps"][0]):
        place["more"] = 1
        with pytest.raises(AssertionError, match="more"):
            assert_described("GET", path, 200, answer)
        del place["more"]
    del answer["jobs"][0]["wave"]
    with pytest.raises(AssertionError, match="wave"):
        assert_described("GET", path, 200, answer)


def test_what_generators_of_clients_stumble_over_is_not_there(api: Api) -> None:
    """How they do: tests/clients/test_generated_clients.py."""
    document = api.get("/api/openapi.json", token=None).json
    for operations in document["paths"].values():
        for operation in operations.values():
            assert len(operation.get("requestBody", {"content": [""]})["content"]) == 1
    for name, schema in document["components"]["schemas"].items():
        assert not {"anyOf", "oneOf", "allOf"} & set(schema), name
        for field in schema.get("properties", {}).values():
            assert "default" not in field, name


@pytest.mark.parametrize(
    ("path", "name", "body", "valid"),
    [
        (TRIGGER, "TriggerRequest", {"devices": ["sw1"]}, True),
        (TRIGGER, "TriggerRequest", {"devices": ["sw1"], "auto_select_image": False, "image_id": 5}, True),
        (TRIGGER, "TriggerRequest", {"devices": ["sw1"], "auto_select_image": False}, False),
        (TRIGGER, "TriggerRequest", {"devices": ["sw1"], "auto_select_image": False, "image_id": None}, False),
        (CANCEL, "CancelRequest", {"job_ids": [1]}, True),
        (CANCEL, "CancelRequest", {"batch_id": "b"}, True),
        (CANCEL, "CancelRequest", {}, False),
        (CANCEL, "CancelRequest", {"job_ids": None}, False),
    ],
)
def test_document_and_api_take_the_same_bodies(
    api: Api, path: str, name: str, body: dict[str, Any], valid: bool
) -> None:
    document = api.get("/api/openapi.json", token=None).json
    schema = {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
    assert jsonschema_rs.is_valid(schema, body) is valid
    assert (api.post(path, body).status != 400) is valid


def _parameters(api: Api, method: str, path: str) -> dict[str, Any]:
    operation = api.get("/api/openapi.json", token=None).json["paths"][path][method]
    return {parameter["name"]: parameter for parameter in operation["parameters"]}


@pytest.mark.parametrize("text", ["", "0", '"', "W/", "caf\u00e9", "x" * 300])
def test_document_and_api_take_any_etag(api: Api, text: str) -> None:
    schema = _parameters(api, "get", STATUS)["If-None-Match"]["schema"]
    assert jsonschema_rs.is_valid(schema, text)
    api.trigger("sw1")
    assert api.get(f"{STATUS}?job_ids=1", headers={"If-None-Match": text}).status == 200


@pytest.mark.parametrize(("key", "valid"), [("a key", True), ("x" * 255, True), ("", False), ("x" * 256, False)])
def test_document_and_api_take_the_same_idempotency_keys(api: Api, key: str, valid: bool) -> None:
    assert jsonschema_rs.is_valid(_parameters(api, "post", TRIGGER)["Idempotency-Key"]["schema"], key) is valid
    answer = api.post(TRIGGER, {"devices": ["sw1"]}, headers={"Idempotency-Key": key})
    assert answer.status == (201 if valid else 400)


def test_document_and_api_say_that_a_status_needs_jobs_or_a_batch(api: Api) -> None:
    described = _parameters(api, "get", STATUS)
    for name, other in (("job_ids", "batch_id"), ("batch_id", "job_ids")):
        assert f"without `{other}` this is required" in described[name]["description"]
    for query in ("", "?changed_since=0"):
        api.refused(api.get(STATUS + query), 400, "job_ids")


def test_links_lead_from_a_trigger_to_what_can_be_done_with_it(api: Api) -> None:
    document = api.get("/api/openapi.json", token=None).json
    known = {operation["operationId"] for path in document["paths"].values() for operation in path.values()}
    links = document["paths"][TRIGGER]["post"]["responses"]["201"]["links"]
    assert len(links) >= 3
    assert {link["operationId"] for link in links.values()} <= known
    for link in links.values():
        for value in [*link.get("parameters", {}).values(), str(link.get("requestBody", ""))]:
            for pointer in re.findall(r"\$response\.body#/([\w/]+)", value):
                found = api.trigger("sw1")
                for part in pointer.split("/"):
                    found = found[int(part) if part.isdigit() else part]


def test_the_figures_for_prometheus(api: Api, runner: Runner) -> None:
    api.trigger("sw1", "sw2", "sw3", "sw4")
    api.post(CANCEL, {"job_ids": [3]})
    store = api.store
    for job in (1, 2):
        assert store.claim(job, runner)
        store.step(job, runner, "readiness", StepStatus.RUNNING)
        api.clock.forward(10 * job)
        store.step(job, runner, "readiness", StepStatus.SUCCESS)
        store.progress(job, runner, 40, bytes_done=400 * job, bytes_total=1000)
    store.move(1, runner, JobStatus.FAILED, "broken")

    families = scraped(api)
    jobs = {(s.labels["platform"], s.labels["status"]): s.value for s in families["swimctl_jobs"].samples}
    wanted = {
        "failed": 1,
        "distributing": 1,
        "cancelled": 1,
        "pending": 1,
        "scheduled": 0,
        "activating": 0,
        "success": 0,
    }
    assert jobs == {("cisco_xe", status): count for status, count in wanted.items()}

    step = {"step": "Readiness Check", "status": "success"}
    durations = families["swimctl_step_duration_seconds"].samples
    buckets = {
        s.labels["le"]: s.value for s in durations if s.name.endswith("_bucket") and step.items() <= s.labels.items()
    }
    assert (buckets["5.0"], buckets["15.0"], buckets["60.0"], buckets["+Inf"]) == (0, 1, 2, 2)
    assert [s.value for s in durations if s.name.endswith("_sum") and s.labels == step] == [pytest.approx(30, abs=0.1)]
    assert [s.value for s in families["swimctl_copied_bytes"].samples] == [1200]
    assert [s.value for s in families["swimctl_runner_lag_seconds"].samples] == [pytest.approx(30, abs=0.1)]

    api.post(CANCEL, {"job_ids": [4]})
    assert [s.value for s in scraped(api)["swimctl_runner_lag_seconds"].samples] == [0]
    api.refused(api.get("/metrics", token=None), 401)


def test_jobs_of_a_terminal_count_too(api: Api) -> None:
    made_in_a_terminal(api, "sw1", "sw2")
    assert sum(sample.value for sample in scraped(api)["swimctl_jobs"].samples) == 2


def scraped(api: Api) -> dict[str, Metric]:
    answer = api.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    return {family.name: family for family in text_string_to_metric_families(answer.body.decode())}
