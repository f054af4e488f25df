"""Every request of the document that users were given, sent as it stands there: only host, token and date differ."""

from __future__ import annotations

import json
import os
import re
import shlex
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from support.accounts import ROOT, Counting
from support.api_client import Answer, Api, answering, many_jobs, opened
from support.projects import Project
from support.stores import STEPS, StandingClock, some_batch

from swimctl.api.schemas import TriggerRequest
from swimctl.models import Outcome, Role
from swimctl.states import JobStatus, StepStatus
from swimctl.store import NewJob

CAPTURES = Path(os.environ.get("SWIMCTL_CAPTURES") or Path(__file__).parents[3] / "shared" / "captures")
DOCUMENT = CAPTURES.parent / "spec" / "upgrade-api.md"
pytestmark = pytest.mark.skipif(not DOCUMENT.is_file(), reason=f"no document at {DOCUMENT}; set SWIMCTL_CAPTURES")

LATER = "2031-06-01T02:00:00Z"


@dataclass(frozen=True)
class Section:
    """A part of the document: what is sent there, what is said to come back, and its text."""

    curls: list[list[str]]
    answers: list[Any]
    text: str


def sections() -> dict[str, Section]:
    found = {}
    for part in re.split(r"^## ", DOCUMENT.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        blocks = re.findall(r"```(\w+)\n(.*?)```", part, flags=re.DOTALL)
        found[part.splitlines()[0]] = Section(
            [shlex.split(text.replace("\\\n", " ")) for kind, text in blocks if kind == "bash" and "curl" in text],
            [json.loads(text) for kind, text in blocks if kind == "json"],
            part,
        )
    return found


def send(api: Api, curl: list[str]) -> Answer:
    """Do what curl does with these words."""
    method, url, headers, data = "GET", "", {}, None
    words = iter(curl[1:])
    for word in words:
        if word == "-X":
            method = next(words)
        elif word == "-H":
            name, _, value = next(words).partition(": ")
            headers[name] = value.replace("YOUR_TOKEN", api.operator)
        elif word == "-d":
            data = re.sub(r'("schedule_time": )"[^"]*"', rf'\1"{LATER}"', next(words)).encode()
            headers.setdefault("Content-Type", "application/x-www-form-urlencoded")
        else:
            assert not word.startswith("-"), f"an option of curl that this test does not know: {word}"
            url = word
    assert url.startswith(("http://swim.example.com/", "https://swim.example.com/")), url
    return api.ask(method, "/" + url.split("/", 3)[3], data, token=None, headers=headers)


def shown(example: Any, answer: Any) -> None:
    """Require all that the example shows, with its values where they are of a fixed set, else with their types."""
    assert type(answer) is type(example), (example, answer)
    if isinstance(example, dict):
        assert set(example) <= set(answer)
        for name, value in example.items():
            shown(value, answer[name])
    elif isinstance(example, list):
        assert answer
        for one in answer[: len(example)]:
            shown(example[0], one)


@pytest.fixture
def told(project: Project, clock: StandingClock) -> Iterator[Api]:
    """Have all that the document speaks of: sw1 to sw3, ids to 12, image 5, its golden image, its jobs, its batch."""
    with opened(project, clock) as api:
        (trigger,) = sections()["Trigger Upgrade"].answers
        path = project.write(f"images/{trigger['details'][0]['image']}", "the golden one")
        facts = {"platform": "cisco_xe", "family": "cat9k_iosxe", "version": "17.09.04a", "size": path.stat().st_size}
        image = api.store.add_image(path=path, filename=path.name, sha512="a" * 128, md5="b" * 32, **facts)  # type: ignore[arg-type]  # each by its name
        api.store.set_golden(image.id)
        many_jobs(api, trigger["job_ids"][0] - 1)
        api.store.add_user("admin", Role.OPERATOR, Counting().hash("yourpass"), ROOT)
        with answering(api.backend) as api.address:
            yield api


def test_the_login(told: Api) -> None:
    (curl,) = sections()["Auth"].curls
    answer = send(told, curl)
    assert answer.status == 200
    assert told.get("/api/devices/", token=answer.json["token"]).status == 200


def test_the_triggers(told: Api) -> None:
    section = sections()["Trigger Upgrade"]
    (example,) = section.answers
    simple, image, sequential, scheduled = [send(told, curl) for curl in section.curls]
    for answer in (simple, image, sequential, scheduled):
        assert answer.status == 201
        shown(example, answer.json)
        assert [one["job_id"] for one in answer.json["details"]] == answer.json["job_ids"]

    expected = {**simple.json, "batch_id": example["batch_id"]}
    assert {name: expected[name] for name in example if name != "details"} == {
        name: value for name, value in example.items() if name != "details"
    }
    assert simple.json["details"][0] == example["details"][0], "to the letter, device 1 and job 101 too"
    assert [one["device_hostname"] for one in simple.json["details"]] == ["sw1", "sw2", "sw3"]
    assert {one["image"] for one in image.json["details"]} == {told.store.image(5).filename}
    assert sequential.json["execution_mode"] == "sequential"
    assert [one["device_id"] for one in scheduled.json["details"]] == [10, 11, 12]
    assert {one["status"] for one in scheduled.json["details"]} == {"scheduled"}


def test_the_table_of_options(told: Api) -> None:
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \| (.*) \|$", sections()["Trigger Upgrade"].text, flags=re.MULTILINE)
    values: dict[str, Any] = {
        "array": ["sw1"],
        "int": 1,
        "bool": False,
        "execution_mode": "sequential",
        "schedule_time": LATER,
    }
    assert len(rows) == 8
    body: dict[str, Any] = {name: values.get(name, values.get(kind)) for name, kind, _ in rows}
    assert None not in body.values()
    assert told.trigger(*body.pop("devices"), **body)["status"] == "success"
    for name, _, said in rows:
        default = re.search(r"default: (\w+)", said)
        if default is not None:
            assert json.dumps(TriggerRequest.model_fields[name].default).strip('"') == default[1]


def test_the_status_requests(told: Api) -> None:
    section = sections()["Check Status"]
    (example,) = section.answers
    by_ids, by_batch = section.curls
    store, (job_id, *_) = told.store, sections()["Trigger Upgrade"].answers[0]["job_ids"]
    send(told, sections()["Trigger Upgrade"].curls[0])
    batch_id = re.search(r"batch_id=([\w-]+)", by_batch[3])
    assert batch_id
    devices = store.device_ids(["sw1", "sw2", "sw3"])
    store.create_batch(some_batch(batch_id[1]), [NewJob(number, name, 6, STEPS) for name, number in devices.items()])
    with store.register_runner() as runner:
        # As far as the example has come.
        store.claim(job_id, runner)
        for name in STEPS[:2]:
            store.step(job_id, runner, name, StepStatus.SUCCESS)
        store.move(job_id, runner, JobStatus.ACTIVATING)
        store.step(job_id, runner, STEPS[2], StepStatus.RUNNING)
        store.progress(job_id, runner, example["jobs"][0]["progress"])
        found = send(told, by_ids).json
        shown(example, found)
        job = found["jobs"][0]
        job["steps"] = [{"name": step["name"], "status": step["status"]} for step in job["steps"]]
        assert {name: job[name] for name in example["jobs"][0]} == example["jobs"][0]
        assert found["count"] == example["count"] == 3
    of_batch = send(told, by_batch).json
    shown(example, of_batch)
    assert {one["batch_id"] for one in of_batch["jobs"]} == {batch_id[1]}


def test_the_status_values(told: Api) -> None:
    assert told.address
    listed = re.findall(r"^- `(\w+)`", sections()["Check Status"].text, flags=re.MULTILINE)
    assert listed == [status.value for status in JobStatus]


def test_the_cancellation(told: Api) -> None:
    section = sections()["Cancel Jobs"]
    (example,) = section.answers
    send(told, sections()["Trigger Upgrade"].curls[0])
    answer = send(told, section.curls[0])
    assert answer.status == 200
    assert {name: answer.json[name] for name in example} == example
    assert list(answer.json)[: len(example)] == list(example), "in the order of the document"


def test_the_python_example(told: Api, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("requests", reason="the example in the document imports requests")
    (program,) = re.findall(r"```python\n(.*?)```", sections()["Python Example"].text, flags=re.DOTALL)
    program = program.replace("https://swim.example.com", "http://{}:{}".format(*told.address))
    program = program.replace("your_token_here", told.operator)
    waits = []

    def upgrade(seconds: float) -> None:
        """Let the time pass that the program waits: the first upgrade fails, then the other goes well."""
        waits.append(seconds)
        with told.store.register_runner() as runner:
            if len(waits) == 1:
                told.store.claim(101, runner)
                told.store.move(101, runner, JobStatus.FAILED, "broken")
            else:
                told.store.claim(102, runner)
                told.store.move(102, runner, JobStatus.ACTIVATING)
                told.store.move(102, runner, JobStatus.SUCCESS, outcome=Outcome.UPGRADED)

    monkeypatch.setattr(time, "sleep", upgrade)
    exec(compile(program, "example", "exec"), {})  # noqa: S102 - it is what is tested
    assert waits == [30, 30]
    assert capsys.readouterr().out.splitlines() == [
        "Started jobs: [101, 102]",
        "sw1: pending (0%)",
        "sw2: pending (0%)",
        "sw1: failed (0%)",
        "sw2: pending (0%)",
        "sw1: failed (0%)",
        "sw2: success (100%)",
    ]
