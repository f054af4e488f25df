"""Each expression of the alerts and of the dashboard is PromQL, and names what `/metrics` answers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import promql_parser
import pytest
from prometheus_client.parser import text_string_to_metric_families
from ruamel.yaml import YAML
from support.api_client import Api

from swimctl.campaigns.rule import Rule
from swimctl.inventory.selection import Selection
from swimctl.models import Caller, Golden, Outcome
from swimctl.states import JobStatus, StepStatus

FOLDER = Path(__file__).parents[2] / "monitoring"
RULES = YAML(typ="safe").load((FOLDER / "prometheus-rules.yaml").read_text(encoding="utf-8"))["groups"][0]["rules"]
DASHBOARD = json.loads((FOLDER / "grafana-dashboard.json").read_text(encoding="utf-8"))
# What Grafana puts in before it asks.
_FILLED = {"$__rate_interval": "5m", "$platform": ".*", "$site": ".*"}
# Of Prometheus itself, by the name of the job.
_UP = {"up": {"job": {"swimctl"}}}

Known = dict[str, dict[str, set[str]]]


def expressions() -> Iterator[tuple[str, str]]:
    for rule in RULES:
        yield rule["alert"], rule["expr"]
    for panel in DASHBOARD["panels"]:
        for target in panel["targets"]:
            expression = target["expr"]
            for name, value in _FILLED.items():
                expression = expression.replace(name, value)
            yield panel["title"], expression


def selectors(node: Any) -> Iterator[Any]:
    """Yield each selector of a parsed expression."""
    if isinstance(node, promql_parser.VectorSelector):
        yield node
    for name in ("expr", "lhs", "rhs", "param", "vector_selector"):
        if (inner := getattr(node, name, None)) is not None:
            yield from selectors(inner)
    for inner in getattr(node, "args", None) or ():
        yield from selectors(inner)


@pytest.fixture
def known(api: Api) -> Known:
    """Return the values of each label of each metric of a server whose store has some of everything."""
    api.store.set_golden_release(Golden(None, "cisco_xe", None, release="17.12.4", model="*"))
    api.store.saw(api.store.device_ids(["sw1"])["sw1"], "17.06.05", {}, by="scan")
    api.backend.campaigns.create("access", Rule(Selection(all=True), "22:00-04:00"), Caller("ana", "terminal"))
    api.trigger("sw1")
    with api.store.register_runner() as runner:
        api.store.claim(1, runner)
        for status in (StepStatus.RUNNING, StepStatus.SUCCESS):
            api.store.step(1, runner, "readiness", status)
        api.store.move(1, runner, JobStatus.FAILED, "no", Outcome.UNKNOWN)
    found: Known = {**_UP}
    for family in text_string_to_metric_families(api.get("/metrics").body.decode()):
        for sample in family.samples:
            labels = found.setdefault(sample.name, {})
            for label, value in sample.labels.items():
                labels.setdefault(label, set()).add(value)
    return found


def odd(expression: str, known: Known) -> Iterator[str]:
    """Yield what an expression names that is not there."""
    found = list(selectors(promql_parser.parse(expression)))
    if not found:
        yield "it selects nothing"
    for selector in found:
        if selector.name not in known:
            yield f"no metric {selector.name}"
            continue
        labels = known[selector.name]
        for matcher in selector.matchers.matchers:
            values = labels.get(matcher.name)
            if values is None:
                yield f"{selector.name} has no label {matcher.name}"
            elif matcher.value != ".*" and not set(matcher.value.split("|")) <= values:
                yield f"{matcher.name} of {selector.name} is never {matcher.value}"


def test_each_names_metrics_labels_and_values_that_are_there(known: Known) -> None:
    every = list(expressions())
    assert len(every) > 20
    assert [(name, what) for name, expression in every for what in odd(expression, known)] == []
    assert list(odd('sum(swimctl_job{status="failed"})', known)) == ["no metric swimctl_job"]
    assert list(odd('swimctl_jobs{site="bern"} > 0', known)) == ["swimctl_jobs has no label site"]
    assert list(odd('swimctl_jobs{status="broken"}', known)) == ["status of swimctl_jobs is never broken"]


def test_what_is_summed_by_a_label_has_it(known: Known) -> None:
    grouped = 0
    for name, expression in expressions():
        for aggregate in aggregates(promql_parser.parse(expression)):
            wanted = set(aggregate.modifier.labels) if aggregate.modifier else set()
            assert wanted <= {label for one in selectors(aggregate) for label in known[one.name]}, name
            grouped += bool(wanted)
    assert grouped > 5


def aggregates(node: Any) -> Iterator[Any]:
    if isinstance(node, promql_parser.AggregateExpr):
        yield node
    for name in ("expr", "lhs", "rhs"):
        if (inner := getattr(node, name, None)) is not None:
            yield from aggregates(inner)
    for inner in getattr(node, "args", None) or ():
        yield from aggregates(inner)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_an_alert_says_what_to_do(rule: dict[str, Any]) -> None:
    assert set(rule) <= {"alert", "expr", "for", "labels", "annotations"}
    assert rule["labels"]["severity"] in {"critical", "warning", "info"}
    assert set(rule["annotations"]) == {"summary", "description"}
    if "for" in rule:
        assert promql_parser.parse_duration(rule["for"]).total_seconds() >= 300


def test_the_dashboard_has_a_place_for_each_panel() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in DASHBOARD["panels"]:
        grid = panel["gridPos"]
        cells = {
            (x, y) for x in range(grid["x"], grid["x"] + grid["w"]) for y in range(grid["y"], grid["y"] + grid["h"])
        }
        assert max(x for x, _ in cells) < 24, panel["title"]
        assert not cells & taken, panel["title"]
        taken |= cells
    ids = [panel["id"] for panel in DASHBOARD["panels"]]
    assert len(ids) == len(set(ids))
