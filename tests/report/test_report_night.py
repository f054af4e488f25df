"""A night in the lab as its report tells it; and the page in a real browser, where there is one."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest
from report_pictures import SCHEMES, SIZES, pictures
from support.browser import browser, missing
from support.report_nights import LONG, night
from support.report_records import Told, fleet, record

from swimctl.models import Outcome
from swimctl.report.facts import Record
from swimctl.report.gathering import gather
from swimctl.report.page import page
from swimctl.report.plain_forms import as_json
from swimctl.report.proving import Point, Verdict, prove

pytestmark = pytest.mark.prove

needs_browser = pytest.mark.skipif(bool(missing()), reason=missing())


@dataclass
class Night:
    """A batch that has ended: its record, and what its store proves of the page."""

    record: Record
    written: str
    found: tuple[Point, ...]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Night:
    folder = tmp_path_factory.mktemp("night")
    with night(folder) as (opened, batch):
        made = gather(opened.store, opened.clock, batch, folder=folder / "jobs")
        written = page(made)
        return Night(made, written, prove(written.encode(), None, opened.store, opened.clock))


@pytest.mark.xdist_group("report-night")
def test_the_record_alone_answers_what_is_asked_later(played: Night) -> None:
    told = json.loads(as_json(played.record))  # from here on nothing but this
    jobs = {job["device_hostname"]: job for job in told["jobs"]}
    assert (told["batch"]["requested_by"], told["batch"]["approved_by"]) == ("anna", "bob")
    assert [(each["who"], each["what"], each["origin"]) for each in told["decisions"]] == [
        ("anna", "asked for it", "10.20.0.7"),
        ("bob", "approved it", "10.20.0.8"),
    ]
    results = {name: (job["result"], job["outcome"]) for name, job in jobs.items()}
    assert results == {
        **dict.fromkeys(("sw1", "sw3", "sw4", "sw5", "sw7", "sw8"), ("success", "upgraded")),
        "sw2": ("failed", "untouched"),
        "sw6": ("failed", "rolled back"),
    }
    assert [(one["name"], one["before"], one["after"]) for one in jobs["sw3"]["members"]] == [
        (number, "17.06.05", "17.12.04") for number in "123"
    ]
    assert [(one["before"], one["after"]) for one in jobs["sw6"]["members"]] == [("17.09.05", "17.09.05")]
    assert jobs["sw2"]["outages"] == []
    assert len(jobs["sw6"]["outages"]) == 2, "there and back"
    (away,) = jobs["sw8"]["outages"]
    assert away["exact"]
    assert LONG <= away["seconds"] < LONG + 400
    assert all(300 < one["seconds"] < 900 for name in ("sw1", "sw3", "sw6") for one in jobs[name]["outages"])
    waived = [one for one in jobs["sw5"]["differences"] if one["standing"] == "waived"]
    assert {(one["why"], one["by"]) for one in waived} == {("The optic is ordered", "anna")}
    tolerated = [one["what"] for one in jobs["sw7"]["differences"] if one["standing"] == "tolerated"]
    assert any("access ports not back" in one for one in tolerated)
    lines = [one["line"] for one in jobs["sw6"]["commands"]]
    assert lines == ["install add", "install activate", "install abort"]
    assert "install abort" in jobs["sw6"]["transcript"]["text"]


@pytest.mark.xdist_group("report-night")
def test_its_store_proves_the_page(played: Night) -> None:
    assert [(point.what, point.verdict) for point in played.found] == [
        ("file", Verdict.PROVED),
        ("signature", Verdict.OPEN),
        ("audit", Verdict.PROVED),
        ("facts", Verdict.PROVED),
    ]


@needs_browser
@pytest.mark.xdist_group("report-night")
def test_a_browser_shows_it_on_every_screen_and_prints_it(played: Night, tmp_path: Path) -> None:
    report = tmp_path / "night.html"
    report.write_text(played.written, encoding="utf-8")
    with browser() as opened:
        assert pictures(opened, report, tmp_path, whole=True) == []
    assert {path.name for path in tmp_path.glob("*.png")} == {
        f"report-{size}-{one}.png" for size in SIZES for one in SCHEMES
    }
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF")


@needs_browser
@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "</style><svg onload=alert(1)>"]
)
def test_nothing_that_a_device_says_runs_in_a_browser(tmp_path: Path, text: str) -> None:
    report = tmp_path / "bad.html"
    told = Told(f"sw{text}", Outcome.ROLLED_BACK, text, transcript=text, more=(("session", text, {}),))
    report.write_text(page(record(told)), encoding="utf-8")
    with browser() as opened:
        assert pictures(opened, report, tmp_path) == []


@needs_browser
def test_a_thousand_devices_fit_on_a_phone(tmp_path: Path) -> None:
    report = tmp_path / "many.html"
    report.write_text(page(fleet(1000, 60)), encoding="utf-8")
    with browser() as opened:
        assert pictures(opened, report, tmp_path) == []
