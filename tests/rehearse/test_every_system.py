"""A night with a device of each system, and pairs: all of their twins are upgraded, and of a pair one at a time."""

from __future__ import annotations

import contextlib
import io
import json
from pathlib import Path
from typing import Any

import pytest
from fleets.every import FLEETS
from support.upgrades import lab_folder, with_data

from swimctl.cli import main
from swimctl.lab.chassis_spec import ChassisSpec

SYSTEMS = ("cisco_xe", "cisco_ios", "cisco_xr", "juniper_junos")
PAIRS = ("arista_eos", "cisco_nxos")


def asked(folder: Path, *options: str) -> tuple[int, Any]:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        code = main(["--config", str(folder / "config.yaml"), "--json", "--quiet", *options])
    return code, json.loads(out.getvalue() or "null")


@pytest.mark.prove
def test_twins_of_all_systems_are_upgraded_as_a_signed_plan_says(tmp_path: Path) -> None:
    fleet: list[ChassisSpec] = [FLEETS[system].make(system.replace("_", "-")) for system in SYSTEMS]
    pairs = {f"{system[:6]}{number}": system for system in PAIRS for number in (1, 2)}
    fleet += [FLEETS[system].make(name, **FLEETS[system].partner) for name, system in pairs.items()]
    plan = str(tmp_path / "night.json")
    with lab_folder(tmp_path, fleet=fleet, at_rest=False) as lab:
        with_data(tmp_path, **{name: {"redundancy_group": f"pair-{system}"} for name, system in pairs.items()})
        assert asked(tmp_path, "plan", "--all", "--no-pilot", "--out", plan)[0] == 0
        code, said = asked(tmp_path, "rehearse", "--plan", plan)
        assert [name for name in lab.ports if lab.reloads(name)] == []
    assert (code, said["problems"], said["not_rehearsed"]) == (0, [], []), said
    assert said["outcomes"] == dict.fromkeys(lab.ports, "upgraded")
    assert said["seconds"] * 300 > 2 * 2_000, "the second of a pair waits for the first, in device seconds"
