"""Checks by rules in whole upgrades: one catches, tolerates, warns, is refused by day, cannot be read at night."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from support.upgrades import Upgraded, lab_folder, request

from swimctl.checks.tables import of_events
from swimctl.cli import main
from swimctl.cli.context import Context
from swimctl.lab.cisco_xe.fleet import default_fleet
from swimctl.lab.faults import parse_fault
from swimctl.models import Job, Outcome
from swimctl.states import JobStatus

pytestmark = pytest.mark.xdist_group("checks in whole upgrades")
PORTS = {
    "about": "each port that was connected is connected",
    "command": "show interfaces status",
    "parse": "ntc",
    "key": "port",
    "where": {"status": "connected"},
    "expect": "still there",
}
LLDP = {
    "about": "each port sends LLDP",
    "command": "show lacp sys-id",
    "parse": {"regex": r"^(?P<priority>\d+), (?P<mac>\S+)"},
    "key": "mac",
    "expect": "still there",
}
RULES: dict[str, Mapping[str, Any]] = {
    "catches": {**PORTS, "on": {"name": "catches"}},
    "tolerates": {**PORTS, "on": {"name": "tolerates"}, "tolerate": 1},
    "warns": {**PORTS, "on": {"name": "warns"}, "verdict": "warn"},
    "records": {**PORTS, "on": {"name": "warns"}, "verdict": "record"},
    "refused": {
        **PORTS,
        "on": {"name": "refused"},
        "command": "show sdwan bfd sessions",
        "parse": {"regex": "(?P<port>x)"},
    },
    "unread": {**LLDP, "on": {"name": "unread"}},
    "well": {
        **LLDP,
        "expect": ["still there", "nothing new", {"same": "all"}],
        "on": {"name": ["clean", "catches", "tolerates", "warns"]},
    },
}
FAULTS = {
    "catches": ("interface-lost",),
    "tolerates": ("interface-lost",),
    "warns": ("interface-lost",),
    "refused": (),
    "unread": ("unreadable:garbage:show lacp sys-id",),
    "clean": (),
}
# What is always compared would catch a lost uplink itself: here only the rules look.
SETTINGS = {
    "checks": {"defaults": "none", "rules": RULES},
    "tolerances": {"patience": 120, "uplinks_lost": 9, "network_neighbours_lost": 9, "routes_lost_percent": 100},
    "deadlines": {"down": 600, "up": 2400, "ready": 300},
}


@dataclass(frozen=True)
class Night:
    """What came of the upgrades, and what their jobs recorded of the checks."""

    upgraded: Upgraded
    folder: Path

    def job(self, name: str) -> Job:
        return self.upgraded.jobs[name]

    def events(self, name: str, kind: str) -> list[str]:
        store = self.upgraded.opened.store
        return [event.message for event in store.events(self.job(name).id) if event.kind == kind]

    def checks(self, name: str) -> dict[str, Mapping[str, Any]]:
        events = self.upgraded.opened.store.events(self.job(name).id)
        return {each["name"]: each for each in of_events((event.kind, event.data) for event in events)}


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Night]:
    folder = tmp_path_factory.mktemp("checks")
    names = list(FAULTS)
    fleet = [
        replace(one, name=name, faults=tuple(map(parse_fault, FAULTS[name])))
        for name, one in zip(names, default_fleet(len(names), {}), strict=True)
    ]
    with (
        lab_folder(folder, fleet=fleet, settings=SETTINGS, ssh=False) as lab,
        Context(folder / "config.yaml").open() as opened,
    ):
        made = opened.service.trigger(request(opened, devices=[opened.inventory.device(name) for name in names]))
        opened.engine.run(made.batch, made.jobs, threading.Event())
        jobs = {job.device_name: job for job in opened.store.jobs(batch_id=made.batch.id)}
        yield Night(Upgraded(lab, opened, jobs), folder)


def test_a_rule_catches_what_nothing_else_looks_at_and_the_device_goes_back(night: Night) -> None:
    job = night.job("catches")
    assert (job.status, job.outcome) == (JobStatus.FAILED, Outcome.ROLLED_BACK)
    assert "check catches: " in (job.error or "")
    assert "status was connected, is notconnect" in (job.error or "")
    found = night.checks("catches")
    assert (found["catches"]["standing"], found["well"]["standing"]) == ("broken", "holds")
    assert not night.upgraded.runs_target("catches")


def test_a_rule_tolerates_and_says_so(night: Night) -> None:
    job = night.job("tolerates")
    assert (job.status, job.outcome) == (JobStatus.SUCCESS, Outcome.UPGRADED)
    found = night.checks("tolerates")["tolerates"]
    assert (found["standing"], [each["why"] for each in found["differences"]]) == ("tolerated", ["up to 1"])
    assert "(tolerated)" in (job.steps[-1].message or "")


def test_a_rule_warns_and_another_only_records(night: Night) -> None:
    job = night.job("warns")
    assert (job.status, job.outcome) == (JobStatus.SUCCESS, Outcome.UPGRADED)
    assert "check warns: " in (job.steps[-1].message or "")
    assert "check records" not in (job.steps[-1].message or "")
    found = night.checks("warns")
    assert [found[name]["standing"] for name in ("warns", "records")] == ["broken", "broken"]


def test_a_command_that_the_device_refuses_is_said_before_anything_is_changed(night: Night) -> None:
    job = night.job("refused")
    assert (job.status, job.outcome) == (JobStatus.FAILED, Outcome.UNTOUCHED)
    assert "check refused: seen 'show sdwan bfd sessions': the device answered '% Invalid input" in (job.error or "")
    assert not night.upgraded.sent("refused", "install")


def test_an_answer_that_cannot_be_read_at_night_is_no_success_and_no_way_back(night: Night) -> None:
    job = night.job("unread")
    assert (job.status, job.outcome) == (JobStatus.FAILED, Outcome.UPGRADED)
    assert "could not be compared with the baseline: check unread: cannot read the output of 'show lacp sys-id'" in (
        job.error or ""
    )
    assert night.upgraded.runs_target("unread")
    assert night.checks("unread")["unread"]["standing"] == "not read"


def test_a_clean_upgrade_passes_with_one_line_more_before_and_after(night: Night) -> None:
    job = night.job("clean")
    assert (job.status, job.outcome) == (JobStatus.SUCCESS, Outcome.UPGRADED)
    assert night.events("clean", "checks") == ["1 check: 1 holds"]
    assert "1 check" in night.events("clean", "baseline")[0]
    asked = night.upgraded.sent("clean", "show lacp sys-id")
    assert len(asked) == 2, "once with the baseline, once after the boot"


def test_the_job_and_the_report_have_the_table_of_what_changed(
    night: Night, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(night.folder)
    number = str(night.job("tolerates").id)
    assert main(["job", "show", number]) == 0
    shown = capsys.readouterr().out
    assert "checks:        2 checks: 1 tolerated, 1 holds" in shown
    assert "tolerates\t" in shown
    assert "connected\tnotconnect\tconnected\ttolerated (up to 1)" in shown
    assert main(["job", "show", number, "--json"]) == 0
    assert {each["name"] for each in json.loads(capsys.readouterr().out)["checks"]} == {"tolerates", "well"}
    assert main(["report"]) == 0
    report = capsys.readouterr().out
    assert "## Differences, and what was tolerated" in report
    told = [line for line in report.splitlines() if line.startswith("| catches | broken | catches: ")]
    assert any("| connected | notconnect | connected |" in line for line in told)
