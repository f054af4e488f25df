"""Which devices run their golden release: nothing is called compliant that was not seen to be."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from support.projects import Project
from support.stores import NOON, StandingClock, some_image, some_jobs
from support.upgrades import lab_folder, with_data

from swimctl.cli import main
from swimctl.cli.context import Context
from swimctl.errors import StoreError
from swimctl.images.compliance import Compliance, ComplianceStatus, counted, grouped, judge, not_told, periods
from swimctl.images.goldens import Choice, choose
from swimctl.lab.fleet import LabFleet
from swimctl.models import Device, Golden, Outcome
from swimctl.states import JobStatus
from swimctl.store import Store
from swimctl.store.seen import Change, Seen

DEVICE = Device(1, "sw1", "cisco_xe", "sw1", model="C9300-24P")
BEFORE, AFTER = NOON - timedelta(hours=1), NOON + timedelta(hours=1)


def golden(release: str) -> Choice:
    """Choose a release of which there is no file."""
    return choose(DEVICE, [Golden(None, "cisco_xe", None, release=release)], [], NOON)


def seen(release: str, *members: str, doubt: str = "") -> Seen:
    return Seen(release, {str(number): each for number, each in enumerate(members, 1)}, doubt, NOON)


@pytest.mark.parametrize(
    ("was_seen", "standing", "why"),
    [
        (seen("17.12.04", "17.12.04.0.6972"), ComplianceStatus.COMPLIANT, ""),
        (seen("17.12.04"), ComplianceStatus.COMPLIANT, ""),
        (seen("17.09.04a", "17.09.04a"), ComplianceStatus.OTHER, "17.09.04a, older than 17.12.4"),
        (seen("17.15.01"), ComplianceStatus.OTHER, "17.15.01, newer than 17.12.4"),
        (seen("17.12.04", "17.12.04", "17.09.04a"), ComplianceStatus.OTHER, "2 runs 17.09.04a, older than 17.12.4"),
        (seen("17.9.5", "17.9.5", "17.9.5"), ComplianceStatus.OTHER, "17.9.5, older than 17.12.4"),
        (seen("BLD_POLARIS_DEV_LATEST"), ComplianceStatus.OTHER, "BLD_POLARIS_DEV_LATEST, and not 17.12.4"),
        (seen("17.12.04", doubt="its two outputs disagree"), ComplianceStatus.UNKNOWN, "its two outputs disagree"),
        (None, ComplianceStatus.UNKNOWN, "it was never asked; `swimctl scan sw1` asks it"),
    ],
)
def test_what_was_seen_decides(was_seen: Seen | None, standing: ComplianceStatus, why: str) -> None:
    found = judge(DEVICE, golden("17.12.4"), was_seen, None, None)
    assert (found.standing, found.why) == (standing, why)
    assert found.runs == (was_seen and was_seen.release)
    assert found.document()["golden_for"] == "all"


@pytest.mark.parametrize(
    ("change", "standing", "runs"),
    [
        (Change(7, "17.12.4", Outcome.UNKNOWN, AFTER), ComplianceStatus.UNKNOWN, "17.9.5"),
        (Change(7, "17.12.4", Outcome.UNKNOWN, BEFORE), ComplianceStatus.OTHER, "17.9.5"),
        (Change(7, "17.12.4", None, None), ComplianceStatus.UNKNOWN, "17.9.5"),
    ],
)
def test_a_job_that_came_after_what_was_seen_decides(change: Change, standing: ComplianceStatus, runs: str) -> None:
    found = judge(DEVICE, golden("17.12.4"), seen("17.9.5"), change, None)
    assert (found.standing, found.runs) == (standing, runs)
    if standing is ComplianceStatus.UNKNOWN:
        assert "`swimctl status 7`" in found.why
    alone = judge(DEVICE, golden("17.12.4"), None, change, None)
    assert alone.standing is (standing if change.at != BEFORE else alone.standing)


def test_without_a_golden_release_nothing_is_compared() -> None:
    none = judge(DEVICE, choose(DEVICE, [], [], NOON), seen("17.12.04"), None, None)
    assert (none.standing, none.runs) == (ComplianceStatus.NO_GOLDEN, "17.12.04")
    assert "swimctl image golden ID" in none.why
    other = judge(DEVICE, golden("17.12.4"), seen("17.12.04"), None, "panos is no platform of swimctl")
    assert (other.standing, other.why) == (ComplianceStatus.UNKNOWN, "panos is no platform of swimctl")
    silent = not_told(judge(DEVICE, golden("17.12.4"), seen("17.12.04"), None, None), "it does not answer")
    assert (silent.standing, silent.why, silent.runs) == (ComplianceStatus.UNKNOWN, "it does not answer", "17.12.04")
    assert counted([none, other, silent]) == {
        "compliant": 0,
        "other_release": 0,
        "unknown": 2,
        "no_golden_release": 1,
    }


def test_a_golden_image_whose_file_is_gone_is_compared_all_the_same(tmp_path: Path) -> None:
    with Store.open(tmp_path / "s.db", StandingClock()) as store:
        image = replace(some_image(store), version="17.12.4")
        choice = choose(DEVICE, [store.set_golden(image.id)], [image], NOON)
    assert choice.image is None
    assert judge(DEVICE, choice, seen("17.12.04"), None, None).standing is ComplianceStatus.COMPLIANT


def test_the_store_keeps_all_sightings_and_the_newest_change(project: Project) -> None:
    clock = StandingClock()
    with project.store(clock) as store:
        jobs = some_jobs(store, ["sw1", "sw2", "sw3"])
        store.saw(jobs[0].device_id, "17.6.5", {"1": "17.06.05"}, by="plan")
        clock.forward(60)
        store.saw(jobs[0].device_id, "17.6.5", {"1": "17.06.05"}, serials=["FOC1"], by="scan")
        clock.forward(60)
        store.saw(jobs[0].device_id, "17.9.5", {"1": "17.09.05", "2": "17.09.05"}, "odd")
        first, later = NOON + timedelta(minutes=1), clock.now()
        assert store.sightings() == {
            jobs[0].device_id: [
                Seen("17.6.5", {"1": "17.06.05"}, "", first, NOON, "scan", ("FOC1",)),
                Seen("17.9.5", {"1": "17.09.05", "2": "17.09.05"}, "odd", later, later, "", ("FOC1",)),
            ]
        }
        assert store.changes() == {}
        with store.register_runner() as runner:
            for job, outcome in zip(jobs, (Outcome.UPGRADED, Outcome.UNTOUCHED, None), strict=True):
                store.claim(job.id, runner)
                store.move(job.id, runner, JobStatus.ACTIVATING)
                if outcome is not None:
                    store.move(job.id, runner, JobStatus.SUCCESS, outcome=outcome)
            upgraded, _, activates = jobs
            assert store.changes() == {activates.device_id: Change(activates.id, "17.12.04", None, None)}
            store.move(activates.id, runner, JobStatus.FAILED, "no", Outcome.ROLLED_BACK)
            assert store.changes() == {}
            proved = store.sightings(upgraded.device_id)[upgraded.device_id][-1]
            assert proved == Seen("17.12.04", {}, "", clock.now(), clock.now(), f"job {upgraded.id}", ("FOC1",)), (
                "the end of a job that upgraded its device is a sighting"
            )
            assert activates.device_id not in store.sightings()
        with pytest.raises(StoreError):
            store.saw(99, "17.9.5", {})  # no such device


def test_what_a_job_proved_and_a_look_spelled_otherwise_is_one_period() -> None:
    def at(hours: int, release: str, members: dict[str, str], by: str, serials: tuple[str, ...] = ()) -> Seen:
        return Seen(release, members, "", NOON + timedelta(hours=hours), NOON + timedelta(hours=hours), by, serials)

    ran = periods(
        [
            at(0, "17.06.05", {"1": "17.06.05"}, "plan", ("FOC1",)),
            at(1, "17.12.4", {}, "job 1", ("FOC1",)),
            at(2, "17.12.04", {"1": "17.12.04.0.6972"}, "scan", ("FOC1",)),
            at(3, "17.12.04", {"1": "17.12.04.0.6972"}, "scan", ("FOC2",)),
            at(4, "17.12.04", {"1": "17.12.04.0.6972", "2": "17.12.04.0.6972"}, "scan", ("FOC2", "FOC3")),
            at(5, "17.12.04", {"1": "17.12.04.0.6972", "2": "17.09.05"}, "scan", ("FOC2", "FOC3")),
        ]
    )
    assert [(one.release, one.since, one.at, one.by) for one in ran] == [
        ("17.06.05", NOON, NOON, "plan"),
        ("17.12.04", NOON + timedelta(hours=1), NOON + timedelta(hours=2), "scan"),
        *(("17.12.04", NOON + timedelta(hours=hours), NOON + timedelta(hours=hours), "scan") for hours in (3, 4, 5)),
    ], "another switch, another member, and another release of a member are each something new"
    assert ran[1].members == {"1": "17.12.04.0.6972"}
    assert periods([]) == []


def test_groups_with_most_to_do_come_first() -> None:
    def device(number: int, site: str | None, release: str, *, ended: bool = False) -> Compliance:
        one = replace(DEVICE, id=number, name=f"sw{number}", site=site)
        return replace(judge(one, golden("17.12.4"), seen(release), None, None), ended=ended)

    found = [
        device(1, "bern", "17.12.04"),
        device(2, "bern", "17.12.4", ended=True),
        device(3, "chur", "17.9.5"),
        device(4, "chur", "17.09.05"),
        device(5, None, "17.12.4"),
    ]
    sites = [(group.name, group.devices, group.ended, dict(group.counts)) for group in grouped(found, "site")]
    none = {"compliant": 0, "other_release": 0, "unknown": 0, "no_golden_release": 0}
    assert sites == [
        ("chur", 2, 0, none | {"other_release": 2}),
        ("bern", 2, 1, none | {"compliant": 2}),
        ("not known", 1, 0, none | {"compliant": 1}),
    ]
    assert [(group.name, group.devices) for group in grouped(found, "release")] == [("17.9.5", 2), ("17.12.4", 3)]
    assert [group.name for group in grouped(found, "model")] == ["C9300-24P"]


def shown(capsys: pytest.CaptureFixture[str], folder: Path, *words: str) -> tuple[int, Any]:
    capsys.readouterr()
    code = main(["--config", str(folder / "config.yaml"), "--json", "--quiet", "device", "compliance", *words])
    return code, json.loads(capsys.readouterr().out)


def by_name(document: Any) -> dict[str, Any]:
    return {one["device_hostname"]: one for one in document["devices"]}


def test_devices_are_asked_what_they_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with lab_folder(tmp_path, devices=4, faults={"sw3": ["refuse-login"]}, version="17.6.5") as lab:
        with_data(tmp_path, sw4={"serial": "FOC0000WRNG"})
        config = ["--config", str(tmp_path / "config.yaml")]
        bare = ("image", "golden", "--platform", "cisco_xe", "--release")
        assert main([*config, *bare, "17.06.05"]) == 0  # less particular than the lab's images: for no family
        code, told = shown(capsys, tmp_path, "--all", "--offline")
        assert (code, told["counts"]["unknown"]) == (1, 4)
        assert lab.commands("sw1") == []
        code, told = shown(capsys, tmp_path, "sw1", "sw2", "sw3", "sw4")
        found = by_name(told)
        assert (code, told["compliant"]) == (1, False)
        assert told["counts"] == {"compliant": 0, "other_release": 2, "unknown": 2, "no_golden_release": 0}
        assert found["sw1"]["why"] == "17.06.05, older than 17.12.4"
        assert found["sw3"]["why"].startswith("sw3 refused the login of 'admin'")
        assert found["sw3"]["why"].endswith("; next: try the account on sw3 by hand before it locks, then ask again")
        assert found["sw4"]["why"].startswith("serial number: seen ")
        assert found["sw4"]["runs"] is None, "another device at its address tells nothing of it"
        assert main([*config, *bare, "17.06.05", "--model", "C9300*"]) == 0
        code, told = shown(capsys, tmp_path, "sw1", "sw2")
        assert (code, told["counts"]["compliant"]) == (0, 2)
        assert by_name(told)["sw1"]["members"] == {"1": "17.06.05"}
        asked = len(lab.commands("sw1"))
        code, told = shown(capsys, tmp_path, "--all", "--offline")
        assert by_name(told)["sw1"]["status"] == "compliant"
        assert len(lab.commands("sw1")) == asked
        capsys.readouterr()
        assert main([*config, "--quiet", "device", "compliance", "sw1", "--offline"]) == 0
        lines = capsys.readouterr().out.splitlines()
        assert lines[0].startswith("id\tdevice\truns\tseen\tgolden\tfor\tstatus\twhy\tsince\tby\t")
        assert lines[1].split("\t")[4:7] == ["17.6.5", "model C9300*", "compliant"]
        assert lines[-1] == "swimctl: compliant=1 other_release=0 unknown=0 no_golden_release=0 support_ended=0"
        changes_nothing(lab)


def changes_nothing(lab: LabFleet) -> None:
    typed = {line for name in ("sw1", "sw2", "sw4") for line in lab.commands(name)}
    assert all(line.startswith(("show ", "terminal ", "enable", "dir ", "exit")) or not line for line in typed), typed


def test_a_plan_and_an_upgrade_tell_what_a_device_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with lab_folder(tmp_path, speed=240, transfer=400_000):
        config = ["--config", str(tmp_path / "config.yaml")]
        assert main([*config, "plan", "sw1"]) == 0
        code, told = shown(capsys, tmp_path, "sw1", "--offline")
        assert (code, by_name(told)["sw1"]["status"]) == (1, "other release")
        assert by_name(told)["sw1"]["runs"] == "17.06.05"
        assert main([*config, "upgrade", "sw1", "--yes"]) == 0
        code, told = shown(capsys, tmp_path, "sw1", "--offline")
        assert (code, by_name(told)["sw1"]["runs"], by_name(told)["sw1"]["members"]) == (0, "17.12.4", None)
        with Context(tmp_path / "config.yaml").open() as opened:
            (job,) = opened.store.jobs()
        assert datetime.fromisoformat(by_name(told)["sw1"]["seen_at"]) == job.finished_at
        assert job.finished_at is not None
        assert job.finished_at < datetime.now(UTC)
