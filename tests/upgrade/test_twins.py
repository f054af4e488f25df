"""One device under three names, two of them at one address: one job at a time, and every view says who is who."""

from __future__ import annotations

import json
import threading
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from support.fronts.front import Fronts, Twist
from support.oracle import really
from support.upgrades import lab_folder, request

from swimctl.cli import main
from swimctl.cli.context import Context
from swimctl.models import Outcome
from swimctl.states import JobStatus


def called(folder: Path, ports: dict[str, int | None], **data: Any) -> None:
    """Give the only device of the lab more names, each at a port, None for its own."""
    path, yaml = folder / "inventory" / "hosts.yaml", YAML()
    hosts = yaml.load(path.read_text(encoding="utf-8"))
    for name, port in ports.items():
        hosts[name] = deepcopy(hosts["sw1"])
        hosts[name]["port"] = port or hosts["sw1"]["port"]
    for host in hosts.values():
        host["data"].update(data)
    with path.open("w", encoding="utf-8") as file:
        yaml.dump(hosts, file)


def test_a_device_of_three_names_has_one_job_at_a_time(tmp_path: Path) -> None:
    with lab_folder(tmp_path, speed=120, transfer=400_000) as lab:
        with Fronts({"sw1-oob": Twist("another address")}, {"sw1-oob": lab.address("sw1")}) as fronts:
            called(tmp_path, {"sw1-mgmt": None, "sw1-oob": fronts.fronts["sw1-oob"].port})
            with Context(tmp_path / "config.yaml").open() as opened:
                made = opened.service.trigger(request(opened, max_failures=0))
                opened.engine.run(made.batch, made.jobs, threading.Event())
                jobs = opened.store.jobs(batch_id=made.batch.id)
        seen = [(job.device_name, job.status, job.outcome, job.error) for job in jobs]
        assert really(lab, "sw1") is Outcome.UPGRADED, seen
        assert len(lab.reloads("sw1")) == 1, seen
        for verb in ("add", "activate", "commit"):
            assert sum(line.startswith(f"install {verb}") for line in lab.commands("sw1")) == 1, (verb, seen)
        assert [job.outcome for job in jobs].count(Outcome.UPGRADED) == 1, seen
        for job in jobs:
            if job.status is JobStatus.FAILED:
                under_way = "somebody else works on it" in (job.error or "") or "does not answer" in (job.error or "")
                assert job.outcome is (Outcome.UNKNOWN if under_way else Outcome.UNTOUCHED), seen
                assert "has this very device (serial number" in (job.error or ""), seen
                assert "next: `swimctl doctor`" in (job.error or ""), seen
            elif job.outcome is not Outcome.UPGRADED:
                assert "already runs" in (job.steps[0].message or ""), seen


def test_every_view_names_the_other_names(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with lab_folder(tmp_path, speed=300):
        called(tmp_path, {"sw1-mgmt": None, "sw1-oob": 1}, serial="FLB260001AZ")
        monkeypatch.chdir(tmp_path)
        assert main(["device", "list"]) == 0
        assert "the same device as sw1-mgmt, sw1-oob" in capsys.readouterr().out
        assert main(["doctor", "--offline"]) == 0
        assert "same address and port, or serial number, as sw1, sw1-oob" in capsys.readouterr().out
        main(["plan", "sw1", "--json"])
        planned = json.loads(capsys.readouterr().out)["devices"][0]
        assert "it is sw1-mgmt, sw1-oob too: one job at a time" in json.dumps(planned)
