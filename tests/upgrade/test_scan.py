"""A fleet is asked what it runs, and what it ran stays known: by scan, plan and upgrade, and without asking."""

from __future__ import annotations

import csv
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from support.upgrades import lab_folder, request, without_data

from swimctl.cli import main
from swimctl.cli.context import Context
from swimctl.lab.mixed import mixed_fleet
from swimctl.models import Outcome
from swimctl.states import JobStatus

Captured = pytest.CaptureFixture[str]


def told(capsys: Captured, folder: Path, *words: str) -> tuple[int, Any]:
    capsys.readouterr()
    code = main(["--config", str(folder / "config.yaml"), "--json", "--quiet", *words])
    return code, json.loads(capsys.readouterr().out)


def of(document: Any, name: str) -> Any:
    return next(one for one in document["devices"] if one["device_hostname"] == name)


def lead_to(folder: Path, host: str, other: str) -> None:
    """Let a host's address lead to another switch."""
    path, yaml = folder / "inventory" / "hosts.yaml", YAML()
    hosts = yaml.load(path.read_text(encoding="utf-8"))
    hosts[host]["port"] = hosts[other]["port"]
    with path.open("w", encoding="utf-8") as file:
        yaml.dump(hosts, file)


def test_a_scan_records_who_answers_and_names_who_does_not(tmp_path: Path, capsys: Captured) -> None:
    with lab_folder(tmp_path, devices=4, faults={"sw3": ["refuse-login"]}, ssh=False) as lab:
        for host in lab.ports:
            for key in ("serial", "model"):
                without_data(tmp_path, host, key)
        code, document = told(capsys, tmp_path, "scan", "--all")
        assert (code, document["count"], document["answered"], document["unasked"]) == (1, 4, 3, 1)
        first = of(document, "sw1")
        assert (first["runs"], first["members"], first["error"]) == ("17.06.05", {"1": "17.06.05"}, None)
        assert lab.switch("sw1").spec.serial in first["serials"]
        assert of(document, "sw3")["runs"] is None
        assert "refused the login" in of(document, "sw3")["error"]
        typed = {line for host in lab.ports for line in lab.commands(host)}
        assert all(line.startswith(("show ", "terminal ", "enable", "exit")) or not line for line in typed), typed

        lead_to(tmp_path, "sw1", "sw2")
        code, document = told(capsys, tmp_path, "scan", "sw1")
        assert code == 1
        said = of(document, "sw1")["error"]
        assert f"its serial number is {lab.switch('sw2').spec.serial}, and that of sw1 was " in said
        assert said.endswith("`swimctl scan sw1 --replaced`")
        code, document = told(capsys, tmp_path, "device", "history", "sw1")
        assert (code, document["count"]) == (0, 1)
        assert document["ran"][0]["serials"] == first["serials"]
        assert document["ran"][0]["seen_by"] == "scan"

        code, document = told(capsys, tmp_path, "scan", "sw1", "--replaced")
        assert (code, of(document, "sw1")["error"]) == (0, None)
        code, document = told(capsys, tmp_path, "device", "history", "sw1")
        assert document["count"] == 2, "another switch is something new, though it runs the same"
        code, document = told(capsys, tmp_path, "audit", "list")
        asked, changed = document["entries"]
        assert (asked["action"], asked["subject"]) == ("scan --replaced", "sw1")
        assert (changed["action"], changed["subject"]) == ("device replaced", "sw1")
        assert changed["data"]["were"] == first["serials"]
        assert lab.switch("sw2").spec.serial in changed["data"]["are"]


def test_every_system_tells_its_release_and_its_serial_numbers_in_a_short_look(
    tmp_path: Path, capsys: Captured
) -> None:
    with lab_folder(tmp_path, fleet=mixed_fleet(8), ssh=False) as lab:
        for host in lab.ports:
            for key in ("serial", "model"):
                without_data(tmp_path, host, key)
        for _ in range(2):
            before = {host: len(lab.commands(host)) for host in lab.ports}
            code, document = told(capsys, tmp_path, "scan", "--all")
            assert (code, document["answered"]) == (0, 8)
            assert all(len(lab.commands(host)) - before[host] <= 10 for host in lab.ports)
        for host in lab.ports:
            one = of(document, host)
            assert lab.switch(host).spec.serial in one["serials"]
            assert set(one["members"].values()) == {one["runs"]}
            code, document_of = told(capsys, tmp_path, "device", "history", host)
            assert document_of["count"] == 1, "the second look found the same device"
        # The last two prove on NX-OS that the account has the rights; nothing is typed between them.
        reads = ("show ", "terminal ", "set cli ", "enable", "exit", "configure terminal", "end")
        typed = {line for host in lab.ports for line in lab.commands(host)}
        assert all(line.startswith(reads) or not line for line in typed), typed


def test_what_a_device_ran_is_known_from_plan_and_upgrade_too(tmp_path: Path, capsys: Captured) -> None:
    with lab_folder(tmp_path, devices=2, ssh=False):
        told(capsys, tmp_path, "plan", "sw1")
        _code, document = told(capsys, tmp_path, "device", "history", "sw1")
        assert [(one["runs"], one["seen_by"]) for one in document["ran"]] == [("17.06.05", "plan")]
        assert main(["--config", str(tmp_path / "config.yaml"), "--quiet", "upgrade", "sw1", "sw2", "--yes"]) == 0
        _, document = told(capsys, tmp_path, "device", "history", "sw2")
        after, before = document["ran"]
        assert (before["runs"], before["seen_by"]) == ("17.06.05", "job 2"), "its readiness check saw it"
        assert (after["runs"], after["seen_by"], after["members"]) == ("17.12.4", "job 2", {})
        assert before["since"] <= before["seen_at"] < after["since"]
        told(capsys, tmp_path, "scan", "sw2")
        _, document = told(capsys, tmp_path, "device", "history", "sw2")
        assert [one["runs"] for one in document["ran"]] == ["17.12.04", "17.06.05"]
        assert document["ran"][0]["since"] == after["since"], "it runs it since its job, whoever looks later"
        assert document["ran"][0]["members"] == {"1": "17.12.04"}


def test_a_device_in_an_activation_is_not_asked_as_it_may_go_back(tmp_path: Path, capsys: Captured) -> None:
    with lab_folder(tmp_path, devices=2, ssh=False) as lab:
        told(capsys, tmp_path, "scan", "--all")
        asked = len(lab.commands("sw1"))
        with Context(tmp_path / "config.yaml").open() as opened, opened.store.register_runner() as runner:
            (job,) = opened.service.trigger(request(opened, devices=opened.inventory.devices[:1])).jobs
            opened.store.claim(job.id, runner)
            opened.store.move(job.id, runner, JobStatus.ACTIVATING)
            code, document = told(capsys, tmp_path, "scan", "--all")
            assert (code, document["answered"], document["unasked"]) == (1, 1, 1)
            assert f"job {job.id} activates on sw1" in of(document, "sw1")["error"]
            assert len(lab.commands("sw1")) == asked
            opened.store.move(job.id, runner, JobStatus.FAILED, "no", Outcome.ROLLED_BACK)
        code, document = told(capsys, tmp_path, "compliance", "sw1")
        assert (of(document, "sw1")["status"], of(document, "sw1")["runs"]) == ("other release", "17.06.05")


def test_compliance_needs_no_device_and_no_choice(tmp_path: Path, capsys: Captured) -> None:
    ends = [{"platform": "cisco_xe", "release": "17.6", "ends": "2025-01-31"}]
    (tmp_path / "ends.yaml").write_text(json.dumps(ends), encoding="utf-8")
    settings = {"compliance": {"end_of_support": "ends.yaml"}}
    with lab_folder(tmp_path, devices=3, ssh=False, settings=settings) as lab:
        told(capsys, tmp_path, "scan", "sw1", "sw2")
        asked = [len(lab.commands(host)) for host in lab.ports]
        code, document = told(capsys, tmp_path, "compliance", "--by", "release")
        assert (code, document["compliant"], document["support_ended"]) == (1, False, 2)
        assert of(document, "sw1")["support_ends"] == "2025-01-31"
        assert of(document, "sw3")["why"] == "it was never asked; `swimctl scan sw3` asks it"
        assert [(group["name"], group["count"]) for group in document["groups"]] == [("17.6.5", 2), ("not known", 1)]
        config = ["--config", str(tmp_path / "config.yaml")]
        capsys.readouterr()
        assert main([*config, "compliance", "sw1", "-o", "csv"]) == 1
        (row,) = csv.DictReader(StringIO(capsys.readouterr().out))
        assert (row["device"], row["runs"], row["status"]) == ("sw1", "17.06.05", "other release")
        assert row["support_ends"] == "2025-01-31 for 17.6"
        assert main([*config, "compliance", "--by", "model"]) == 1
        lines = capsys.readouterr().out.splitlines()
        assert lines[0] == "model\tdevices\tcompliant\tother\tunknown\tno golden\tunsupported"
        assert lines[-1] == "swimctl: compliant=0 other_release=2 unknown=1 no_golden_release=0 support_ended=2"
        assert [len(lab.commands(host)) for host in lab.ports] == asked

        (tmp_path / "ends.yaml").write_text("[{model: C9300, ends: soon}]", encoding="utf-8")
        assert main([*config, "compliance"]) == 2
        assert "ends.yaml line 1: ends must be a day, not 'soon'" in capsys.readouterr().err
        code, document = told(capsys, tmp_path, "doctor", "--offline")
        (check,) = [one for one in document["checks"] if one["what"] == "ends of support"]
        assert (code, check["result"]) == (2, "fail")
