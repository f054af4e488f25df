"""A fleet with twelve hidden problems: its plan names all twelve, each with a next command, and no thirteenth."""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fleets.fleet import serial
from ruamel.yaml import YAML
from support.upgrades import TARGET, lab_folder, request, with_data

from swimctl.cli import main
from swimctl.cli.context import Context
from swimctl.lab.cisco_xe.fleet import default_fleet
from swimctl.lab.faults import parse_fault
from swimctl.sessions.session import Session

# By device: the verdict, and the words that name its problem.
PROBLEMS: Mapping[str, tuple[str, str]] = {
    "full": ("not ready", "free flash"),
    "locked": ("cannot be asked", "refused the login"),
    "swapped": ("not ready", "FOC0000TEST"),
    "mislabelled": ("not ready", "C9500-24Y4C"),
    "newer": ("not ready", "17.15.01"),
    "manual": ("not ready", "manual boot"),
    "poor": ("cannot be asked", "privilege"),
    "mute": ("not ready", "'show cdp neighbors': the device answered 'Command authorization failed.'"),
    "timeless": ("not ready", "uptime"),
    "foreign": ("no job", "no golden image for"),
    "halfway": ("no job", "was interrupted"),
    "away": ("cannot be asked", "does not answer"),
}
WELL = {"well1": "ready", "well2": "ready", "there": "already there"}
FAULTS = {"full": ("no-space",), "locked": ("refuse-login",), "timeless": ("no-boot-time:uptime",)}
SPECS: Mapping[str, Mapping[str, Any]] = {
    "newer": {"version": "17.15.01"},
    "manual": {"manual_boot": True},
    "poor": {"users": {"admin": ("admin", 1)}, "enable_secret": "another"},
    "there": {"version": TARGET},
}


@pytest.mark.prove
def test_the_plan_names_all_twelve_and_no_thirteenth(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, really = default_fleet(1)[0], Session.run
    fleet = [
        replace(
            one,
            name=name,
            members=(replace(one.members[0], serial=serial("FOC", name)),),
            faults=tuple(map(parse_fault, FAULTS.get(name, ()))),
            **SPECS.get(name, {}),
        )
        for name in (*PROBLEMS, *WELL)
    ]

    def refusing(self: Session, command: str, deadline: float, *, quiet: bool = False) -> str:
        if self.hostname == "mute" and command.endswith("p neighbors"):
            return "Command authorization failed.\n\n"
        return really(self, command, deadline, quiet=quiet)

    with lab_folder(tmp_path, ssh=False, fleet=fleet):
        monkeypatch.setattr(Session, "run", refusing)
        with_data(tmp_path, swapped={"serial": "FOC0000TEST"}, mislabelled={"model": "C9500-24Y4C"})
        rewritten(tmp_path, foreign={"platform": "cisco_nxos"}, away={"port": 1})
        with Context(tmp_path / "config.yaml").open() as opened:
            [job] = opened.service.trigger(request(opened, devices=[opened.inventory.device("halfway")])).jobs
            with opened.store.register_runner() as runner:
                opened.store.claim(job.id, runner)
        said = planned(tmp_path)
    devices = {device["device_hostname"]: device for device in said["devices"]}
    assert {name: device["verdict"] for name, device in devices.items()} == {
        **{name: verdict for name, (verdict, _) in PROBLEMS.items()},
        **WELL,
    }
    found = [(name, lack) for name, device in devices.items() for lack in device["lacks"]]
    assert sorted(name for name, _ in found) == sorted(PROBLEMS), found
    assert [(name, lack) for name, lack in found if PROBLEMS[name][1] not in json.dumps(lack) or not lack["next"]] == []


def rewritten(folder: Path, **hosts: dict[str, object]) -> None:
    """Change fields of hosts of the lab's inventory."""
    path, yaml = folder / "inventory" / "hosts.yaml", YAML()
    document = yaml.load(path.read_text(encoding="utf-8"))
    for name, fields in hosts.items():
        document[name].update(fields)
    with path.open("w", encoding="utf-8") as file:
        yaml.dump(document, file)


def planned(folder: Path) -> dict[str, Any]:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        assert main(["--config", str(folder / "config.yaml"), "--json", "plan", "--all"]) == 1
    return dict(json.loads(out.getvalue()))
