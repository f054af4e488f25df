"""A trigger with `dry_run`: the plan as the command line has it, and nothing is made."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

import pytest
from support.api_client import GOLDEN, STATUS, TRIGGER, Api

from swimctl.errors import Unreachable
from swimctl.models import Device, Finding, Image, JobOptions
from swimctl.steps.first_look import FirstLook

DRY = {"dry_run": True, "auto_select_image": True}


@dataclass
class Looker:
    """Answers for devices: sw1 is ready, sw2 has it, sw3 is full, sw4 is away; all others as sw1."""

    asked: list[tuple[str, str, JobOptions]] = field(default_factory=list)
    gate: threading.Event | None = None

    def check(self, device: Device, image: Image | None, options: JobOptions) -> FirstLook:
        assert image is not None
        if self.gate:
            self.gate.wait(30)
        self.asked.append((device.name, image.filename, options))
        if device.name == "sw4":
            raise Unreachable("sw4 does not answer")
        full = Finding("free flash", device.name != "sw3", "1 GB", "2 GB", "install remove inactive")
        return FirstLook((full,), "already runs it" if device.name == "sw2" else "", origin="push")


@pytest.fixture
def looker(api: Api) -> Looker:
    looker = Looker()
    api.backend.checker = looker
    return looker


def test_it_answers_what_each_device_would_get_and_makes_nothing(api: Api, looker: Looker) -> None:
    body = {"devices": ["sw1", "sw2", "sw3", "sw4", "fw-1"], "cleanup_flash": True, "waves": [1, "100%"], **DRY}
    answer = api.post(TRIGGER, body)
    assert answer.status == 200
    document = answer.json
    verdicts = {one["device_hostname"]: one["verdict"] for one in document["devices"]}
    assert verdicts == {
        "sw1": "ready",
        "sw2": "already there",
        "sw3": "not ready",
        "sw4": "cannot be asked",
        "fw-1": "no job",
    }
    assert document["counts"] == dict.fromkeys(verdicts.values(), 1)
    lacks = {one["device_hostname"]: [lack["next"] for lack in one["lacks"]] for one in document["devices"]}
    assert lacks["sw3"] == ["install remove inactive"]
    assert all(lacks[name] and lacks[name][0] for name in ("sw3", "sw4", "fw-1"))
    assert document["bytes"]["to_copy"] == document["devices"][0]["image"]["size"]
    assert document["forecast"]["ends_at"] > document["forecast"]["starts_at"]
    assert document["frozen"] == ""
    assert {file for _, file, _ in looker.asked} == {GOLDEN}
    assert all(options.cleanup_flash for _, _, options in looker.asked)
    assert str(api.project.folder) not in answer.body.decode()
    assert api.nothing_made()


def test_a_status_is_answered_meanwhile(api: Api, looker: Looker) -> None:
    looker.gate = threading.Event()
    answers: list[int] = []
    bodies = [{"devices": [name], **DRY} for name in ("sw1", "sw2", "sw3", "sw4", "sw5", "sw6", "sw7", "sw8", "sw9")]
    threads = [threading.Thread(target=lambda b=body: answers.append(api.post(TRIGGER, b).status)) for body in bodies]
    for thread in threads:
        thread.start()
    made = api.trigger("sw10")
    assert api.get(f"{STATUS}?batch_id={made['batch_id']}").status == 200
    looker.gate.set()
    for thread in threads:
        thread.join()
    assert answers == [200] * len(bodies)


def test_what_is_wrong_with_a_request_is_refused_as_ever(api: Api, looker: Looker) -> None:
    api.refused(api.post(TRIGGER, {"devices": ["nowhere"], **DRY}), 404, "nowhere")
    api.refused(api.post(TRIGGER, {"devices": ["sw1"], "dry_run": "yes"}), 400, "dry_run")
    api.refused(api.post(TRIGGER, {"devices": ["sw1"], **DRY}, token="rita"), 403)
    assert looker.asked == []


def test_a_server_without_a_runner_says_who_can(api: Api) -> None:
    api.refused(api.post(TRIGGER, {"devices": ["sw1"], **DRY}), 409, "swimctl plan")
