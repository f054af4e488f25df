"""What the API's page has to paste, pasted: by curl, by Python and by Ansible, at a server with a lab."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import yaml
from support import ansible_collection
from support.server_process import Served, serving
from support.upgrades import lab_folder

from swimctl.api.app import described
from swimctl.lab.fleet import LabFleet
from swimctl.web.reference import Section, sections

pytestmark = [pytest.mark.prove, pytest.mark.xdist_group("pasted")]

SECTIONS = {f"{one.method} {one.path}": one for one in sections(described())}
ASKED = {name: one for name, one in SECTIONS.items() if one.method == "GET" and name != "GET /api/upgrade/events/"}
PROGRAMS = {"curl": ["sh", "-c"], "Python": [sys.executable, "-c"]}
BATCH = "7d3f0212-5b1e-4c0a-9d2e-000000000001"
LATER = "2199-01-01T00:00:00Z"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[LabFleet, Served]]:
    folder = tmp_path_factory.mktemp("pasted")
    with lab_folder(folder, devices=2, speed=200) as lab, serving(folder) as served:
        rule = {"name": "access", "all": True, "window": "2199-01-01 22:00-04:00@UTC"}
        assert served.ask("/api/campaigns/create/", rule)[0] == 201
        yield lab, served


def environment(served: Served) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "SWIMCTL_URL": served.url, "SWIMCTL_TOKEN": served.token}


def run(served: Served, name: str, text: str) -> str:
    ended = subprocess.run(
        [*PROGRAMS[name], text], env=environment(served), capture_output=True, text=True, timeout=100, check=False
    )
    assert (ended.returncode, ended.stderr) == (0, ""), (text, ended)
    return ended.stdout


def document(name: str, printed: str) -> Any:
    return json.loads(printed) if name == "curl" else ast.literal_eval(printed)


@pytest.fixture(scope="module")
def batch(house: tuple[LabFleet, Served]) -> str:
    """Upgrade two devices by what is pasted, and give the batch."""
    lab, served = house
    made = document("curl", run(served, "curl", dict(SECTIONS["POST /api/upgrade/trigger/"].recipes)["curl"]))
    assert made["jobs_created"] == 2
    assert {job["status"] for job in served.wait(made["job_ids"])} == {"success"}
    assert [len(lab.reloads(name)) for name in ("sw1", "sw2")] == [1, 1]
    return str(made["batch_id"])


@pytest.mark.parametrize("name", PROGRAMS)
@pytest.mark.parametrize("request_", ASKED)
def test_each_question_is_answered_as_its_example(
    house: tuple[LabFleet, Served], batch: str, request_: str, name: str
) -> None:
    section = ASKED[request_]
    printed = run(house[1], name, dict(section.recipes)[name].replace(BATCH, batch))
    (answer,) = section.answers
    if answer.kind != "application/json":
        assert printed.strip()
        assert '"error":' not in printed
        return
    found = document(name, printed)
    assert found.keys() >= json.loads(answer.example).keys()


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_job_that_waits_is_cancelled_and_an_upgrade_of_what_is_there_is_none(
    house: tuple[LabFleet, Served], batch: str, name: str
) -> None:
    lab, served = house
    assert batch
    (late,) = served.trigger("sw1", schedule_time=LATER)
    text = dict(SECTIONS["POST /api/upgrade/cancel/"].recipes)[name].replace("[2]", f"[{late}]")
    assert document(name, run(served, name, text))["job_ids"] == [late]
    made = document(name, run(served, name, dict(SECTIONS["POST /api/upgrade/trigger/"].recipes)[name]))
    status = dict(SECTIONS["GET /api/upgrade/status/"].recipes)[name].replace(BATCH, made["batch_id"])
    assert document(name, run(served, name, status))["count"] == 2
    assert {job["status"] for job in served.wait(made["job_ids"])} == {"success"}
    assert [len(lab.reloads(each)) for each in ("sw1", "sw2")] == [1, 1]


@pytest.mark.parametrize("name", PROGRAMS)
def test_events_are_followed(house: tuple[LabFleet, Served], name: str) -> None:
    text = dict(SECTIONS["GET /api/upgrade/events/"].recipes)[name]
    with subprocess.Popen(
        [*PROGRAMS[name], text], env=environment(house[1]), stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as following:
        assert following.stdout is not None
        assert following.stdout.readline() == ": events of swimctl\n"
        os.killpg(following.pid, 15)


def tasks(section: Section, batch: str) -> list[dict[str, Any]]:
    """Return what is pasted for Ansible; what was answered is looked at, which the example only keeps."""
    text = dict(section.recipes)["Ansible"].replace(BATCH, batch)
    found: list[dict[str, Any]] = yaml.safe_load(text)
    json_ = section.answers[0].kind == "application/json"
    return [
        *found,
        {"ansible.builtin.assert": {"that": ["answer.json is mapping" if json_ else "answer.content | length > 0"]}},
    ]


@pytest.mark.skipif(find_spec("ansible") is None, reason="ansible-core is not installed")
def test_ansible_sends_them_too(house: tuple[LabFleet, Served], batch: str, tmp_path: Path) -> None:
    _, served = house
    (late,) = served.trigger("sw1", schedule_time=LATER)
    cancel = tasks(SECTIONS["POST /api/upgrade/cancel/"], batch)
    cancel[0]["ansible.builtin.uri"]["body"]["job_ids"] = [late]
    asked = [task for one in ASKED.values() for task in tasks(one, batch)]
    played = [*asked, *cancel, *tasks(SECTIONS["POST /api/upgrade/trigger/"], batch)]
    with ansible_collection.start(tmp_path, served, played, "-v") as process:
        text, _ = process.communicate(timeout=300)
    assert process.returncode == 0, text
    assert f"ok={len(played)} " in text
    assert served.token not in text
