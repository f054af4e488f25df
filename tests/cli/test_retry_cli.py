"""A retry tries what is worth it, says what would fail again and why, and can be signed as a plan of `upgrade`."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from swimctl.cli import main, output
from swimctl.errors import Unreachable
from swimctl.models import Device, Finding, Image, JobOptions
from swimctl.platforms.facts import Running, Snapshot
from swimctl.steps.first_look import FirstLook, with_waivers

Capture = pytest.CaptureFixture[str]
Place = Any  # of conftest.py
FULL = Finding("free flash", ok=False, seen="1 MB", needed="2 MB", next_command="delete something")
ALONE = Finding("redundancy group", ok=False, seen="none", needed="one", next_command="name one")
FILE = "again.json"


@dataclass
class Devices:
    """What the devices say, and how often each was asked."""

    lacks: dict[str, list[Finding] | Exception] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def look(self, device: Device, image: Image, options: JobOptions) -> FirstLook:
        assert image.platform == device.platform
        self.asked.append(device.name)
        found = self.lacks.get(device.name, [])
        if isinstance(found, Exception):
            raise found
        return FirstLook(
            with_waivers(found, options, device.name),
            running=Running("17.09.05", 60, None, {"1": "17.09.05"}),
            snapshot=Snapshot("", "17.09.05", 60, None, {}, (), (), {}, serials=(f"FOC-{device.name}",)),
            origin="push",
        )


@pytest.fixture
def devices(place: Place, monkeypatch: pytest.MonkeyPatch) -> Devices:
    found = Devices()
    monkeypatch.setattr(type(place.engine), "check", lambda _, *asked: found.look(*asked))
    return found


@pytest.fixture
def failed(place: Place) -> str:
    """Return a batch of three jobs that have failed."""
    place.script.fates = {"sw1": "not ready: free flash", "sw2": "the session broke", "sw3": "rolled back: 1 uplinks"}
    assert main(["upgrade", "--all", "--yes", "--quiet"]) == 1
    place.script.fates = {}
    (batch,) = place.store.batches()
    return str(batch.id)


def again(place: Place) -> list[str]:
    """Return the devices of the newest batch."""
    return [job.device_name for job in place.store.jobs(batch_id=place.store.batches(limit=1)[0].id)]


def test_what_would_fail_again_is_left_out_with_its_reason_and_the_others_run(
    place: Place, devices: Devices, failed: str, capsys: Capture
) -> None:
    devices.lacks = {"sw1": [FULL]}
    assert main(["--json", "retry", "--batch", failed, "--yes"]) == 1
    (skipped,) = json.loads(capsys.readouterr().out)["skipped"]
    assert skipped["device_hostname"] == "sw1"
    assert "its job would fail again: free flash: seen 1 MB, needed 2 MB; next: delete something" in json.dumps(skipped)
    assert "; --all tries it all the same" in json.dumps(skipped)
    assert again(place) == ["sw2", "sw3"]
    assert sorted(devices.asked) == ["sw1", "sw2", "sw3"]


def test_a_device_whose_own_window_cannot_be_read_is_left_out_alone(
    place: Place, devices: Devices, failed: str, capsys: Capture
) -> None:
    config, hosts = place.folder / "config.yaml", place.folder / "inventory/hosts.yaml"
    config.write_text(config.read_text(encoding="utf-8") + "  calendars: {nights: gone.ics}\n", encoding="utf-8")
    text = hosts.read_text(encoding="utf-8")
    hosts.write_text(text.replace("  data:\n", "  data:\n    window: 'calendar:nights'\n", 1), encoding="utf-8")
    capsys.readouterr()
    assert main(["--json", "retry", "--batch", failed, "--yes"]) == 1
    (skipped,) = json.loads(capsys.readouterr().out)["skipped"]
    assert skipped["device_hostname"] == "sw1"
    assert "gone.ics does not count, so nothing is activated: it cannot be read" in json.dumps(skipped)
    assert again(place) == sorted(devices.asked) == ["sw2", "sw3"]


def test_with_all_nobody_is_asked_and_every_job_is_tried(place: Place, devices: Devices, failed: str) -> None:
    devices.lacks = {"sw1": [FULL]}
    assert main(["retry", "--batch", failed, "--all", "--yes"]) == 0
    assert (again(place), devices.asked) == (["sw1", "sw2", "sw3"], [])


def test_what_was_mended_and_what_cannot_be_asked_now_is_tried(place: Place, devices: Devices, failed: str) -> None:
    devices.lacks = {"sw2": Unreachable("sw2: no answer")}
    assert main(["retry", "--batch", failed, "--yes"]) == 0
    assert again(place) == ["sw1", "sw2", "sw3"]


def test_where_all_would_fail_again_nothing_starts(
    place: Place, devices: Devices, failed: str, capsys: Capture
) -> None:
    devices.lacks = {name: [FULL] for name in ("sw1", "sw2", "sw3")}
    assert main(["retry", "--batch", failed, "--yes"]) == 3
    said = " ".join(capsys.readouterr().err.split())
    assert "no device can be upgraded: sw1, sw2, sw3: its job would fail again: free flash: seen 1 MB" in said
    assert len(place.store.batches()) == 1


def test_a_finding_that_can_be_waived_is_shown_to_paste_and_then_it_is_tried(
    place: Place, devices: Devices, failed: str, capsys: Capture
) -> None:
    devices.lacks = {"sw1": [ALONE]}
    assert main(["--json", "retry", "--batch", failed, "--yes"]) == 1
    assert "`--waive 'sw1: redundancy group = none' --reason WHY`" in capsys.readouterr().out
    waived = ("--waive", "sw1: redundancy group = none", "--reason", "agreed")
    assert main(["retry", "--batch", failed, "--yes", *waived]) == 0
    assert again(place) == ["sw1", "sw2", "sw3"]


def test_on_a_terminal_it_shows_of_what_each_failed_and_asks_each_device_once(
    place: Place, devices: Devices, failed: str, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    devices.lacks = {"sw1": [FULL]}
    monkeypatch.setattr(output, "can_ask", lambda: True)
    monkeypatch.setattr(output, "is_terminal", lambda _: True)
    monkeypatch.setattr("typer.confirm", lambda *_, **__: True)
    monkeypatch.setenv("COLUMNS", "80")
    assert main(["--quiet", "retry", "--batch", failed]) == 1
    shown = capsys.readouterr().err
    assert "No job\n  sw1\n" in shown
    assert "its job would fail again: free flash: seen 1 MB" in shown
    assert "Worth knowing\n  sw2: failed the last time: the session broke\n  sw3: failed the last time: rolled" in shown
    assert sorted(devices.asked) == ["sw1", "sw2", "sw3"]
    assert again(place) == ["sw2", "sw3"]


def test_a_retry_can_be_signed_and_run_as_it_was_signed(
    place: Place, devices: Devices, failed: str, capsys: Capture
) -> None:
    devices.lacks = {"sw1": [FULL]}
    assert main(["retry", "--batch", failed, "--out", FILE]) == 1
    document = json.loads(Path(FILE).read_text())
    assert ([one["name"] for one in document["devices"]], document["left_out"]) == (["sw2", "sw3"], ["sw1"])
    assert len(place.store.batches()) == 1
    devices.lacks = {"sw3": [replace(FULL, seen="0 MB")]}
    assert main(["--json", "retry", "--plan", FILE, "--yes"]) == 1
    assert again(place) == ["sw2"]
    entry = next(entry for entry in place.store.audit() if entry.action == "retry")
    assert (entry.data["of"], entry.data["plan_sha256"]) == (failed, document["sha256"])
    devices.lacks = {}
    capsys.readouterr()
    assert main(["upgrade", "--plan", FILE, "--yes"]) == 0
    assert again(place) == ["sw2", "sw3"]


@pytest.mark.usefixtures("devices")
def test_what_makes_no_sense_is_refused(place: Place, failed: str, capsys: Capture) -> None:
    assert main(["plan", "--all", "--out", "plan.json"]) == 0
    assert main(["retry", "--batch", failed, "--out", FILE]) == 0
    for words, says in (
        ((), "give --batch ID, or --plan FILE"),
        (("--batch", failed, "--plan", FILE), "not both"),
        (("--plan", FILE, "--all", "--detach"), "leave out --all, --detach"),
        (("--plan", "plan.json", "--yes"), "plan.json is no plan of a retry; run it with `swimctl upgrade --plan"),
        (("--batch", failed, "--out", FILE), "give --out another name"),
    ):
        capsys.readouterr()
        assert main(["retry", *words]) == 2
        assert says in " ".join(capsys.readouterr().err.split())
    assert len(place.store.batches()) == 1
