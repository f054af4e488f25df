"""A fleet with twelve hidden problems: its rehearsal names all twelve, also those of the run, and no thirteenth."""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fleets.every import FLEETS
from fleets.fleet import serial
from ruamel.yaml import YAML
from support.stores import StandingClock
from support.upgrades import TARGET, lab_folder, with_data

from swimctl.cli import main
from swimctl.lab.chassis_spec import ChassisSpec, Held
from swimctl.lab.cisco_xe.fleet import default_fleet
from swimctl.lab.cisco_xe.spec import MemberSpec
from swimctl.lab.faults import parse_fault
from swimctl.models import Outcome
from swimctl.rehearse.clock import RehearsalClock
from swimctl.states import JobStatus, StepStatus
from swimctl.store import NewJob, Store

from support.stores import some_batch  # isort: skip

# By device: who finds its problem, and the words that name it.
PROBLEMS: Mapping[str, tuple[str, str]] = {
    "full": ("device", "free flash"),
    "second": ("device", "free flash on member 2"),
    "locked": ("device", "refused the login"),
    "swapped": ("device", "FOC0000TEST"),
    "mislabelled": ("device", "C9500-24Y4C"),
    "newer": ("device", "17.15.01"),
    "manual": ("device", "manual boot"),
    "away": ("device", "does not answer"),
    "foreign": ("plan", "no golden image for"),
    "partner": ("device", "redundancy group"),
    "slow": ("twin", "did not come back"),
    "late": ("window", "window too short"),
}
WELL = ("well1", "well2", "there")
FAULTS = {"full": ("no-space",), "locked": ("refuse-login",)}
SPECS: Mapping[str, Mapping[str, Any]] = {
    "newer": {"version": "17.15.01"},
    "manual": {"manual_boot": True},
    "there": {"version": TARGET},
    "second": {"held": {2: Held(36_000_000, 900_000)}},
}
ASKED = ("--until", "+100m")


def fleet() -> list[ChassisSpec]:
    one = default_fleet(1)[0]
    made: list[ChassisSpec] = []
    for name in (*PROBLEMS, *WELL):
        models = {"second": 2}.get(name, 1)
        lite = {"slow": "C9200L-48P"}.get(name, one.members[0].model)
        members = tuple(
            MemberSpec(lite, serial("FOC", name, place), f"0c75.bd00.{place:02x}00") for place in range(models)
        )
        faults = tuple(map(parse_fault, FAULTS.get(name, ())))
        made.append(replace(one, name=name, members=members, faults=faults, **SPECS.get(name, {})))
    others = {"partner": FLEETS["arista_eos"], "late": FLEETS["cisco_nxos"]}
    return [
        others[spec.name].make(spec.name, **(others[spec.name].partner if spec.name == "partner" else {}))
        if spec.name in others
        else spec
        for spec in made
    ]


def took_before(folder: Path, name: str, image: str, seconds: float) -> None:
    """Let the store know how long the activation of a device took some day."""
    clock = StandingClock()
    with Store.open(folder / "swimctl.db", clock) as store, store.register_runner() as runner:
        device = store.device_ids([name])[name]
        kinds = ("readiness", "distribution", "activation", "post-checks")
        new = NewJob(device, name, store.image(image).id, kinds)
        [job] = store.create_batch(some_batch(f"before-{name}"), [new])
        store.claim(job.id, runner)
        for kind in kinds:
            store.step(job.id, runner, kind, StepStatus.RUNNING)
            clock.forward(seconds if kind == "activation" else 30)
            store.step(job.id, runner, kind, StepStatus.SUCCESS)
            if kind == "distribution":
                store.move(job.id, runner, JobStatus.ACTIVATING)
        store.move(job.id, runner, JobStatus.SUCCESS, None, Outcome.UPGRADED)


def rewritten(folder: Path, **hosts: dict[str, object]) -> None:
    path, yaml = folder / "inventory" / "hosts.yaml", YAML()
    document = yaml.load(path.read_text(encoding="utf-8"))
    for name, fields in hosts.items():
        document[name].update(fields)
    with path.open("w", encoding="utf-8") as file:
        yaml.dump(document, file)


def in_life(folder: Path, **settings: Any) -> None:
    """Let the folder be one of life: a second is a second."""
    path = folder / "config.yaml"
    document = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    document["swimctl"].update({"clock_speed": 1, **settings})
    path.write_text(json.dumps(document), encoding="utf-8")


def rehearsed(folder: Path, *options: str) -> tuple[int, dict[str, Any]]:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        code = main(["--config", str(folder / "config.yaml"), "--json", "rehearse", *options])
    return code, json.loads(out.getvalue())


@pytest.mark.prove
def test_all_twelve_are_named_and_no_thirteenth(tmp_path: Path) -> None:
    assert issubclass(RehearsalClock, object)
    with lab_folder(tmp_path, fleet=fleet(), at_rest=False) as lab:
        in_life(tmp_path, deadlines={"up": 3600})
        with_data(tmp_path, swapped={"serial": "FOC0000TEST"}, mislabelled={"model": "C9500-24Y4C"})
        rewritten(tmp_path, foreign={"platform": "juniper_junos"}, away={"port": 1})
        took_before(tmp_path, "slow", "cat9k_lite_iosxe.17.12.04.SPA.bin", 5_400)
        took_before(tmp_path, "late", "nxos64-cs.10.3.4a.M.bin", 7_000)
        before = datetime.now(UTC)
        code, said = rehearsed(tmp_path, "--all", *ASKED)
        touched = {
            name: [line for line in lab.commands(name) if line.startswith(("install ", "copy", "reload", "write"))]
            for name in lab.ports
        }
    assert code == 1
    found = {one["device"]: (one["found"], one["seen"], one["next"]) for one in said["problems"]}
    found |= {one["device"]: ("window", one["why"], "-") for one in said["window"]["unfit"]}
    assert sorted(found) == sorted(PROBLEMS), (said["stopped"], said["outcomes"], said["not_rehearsed"])
    for name, (who, words) in PROBLEMS.items():
        assert found[name][0] == who, (name, found[name])
        assert words in found[name][1], (name, found[name])
        assert found[name][2], name
    assert {name: said["outcomes"][name] for name in WELL} == {
        "well1": "upgraded",
        "well2": "upgraded",
        "there": "untouched",
    }
    assert said["not_rehearsed"] == []
    assert datetime.fromisoformat(said["ends"]) > before + timedelta(minutes=60)
    assert {name: lines for name, lines in touched.items() if lines} == {}
