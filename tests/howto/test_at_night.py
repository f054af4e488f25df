"""The how-to page of a first window, typed to the letter: by day, in the evening, in the morning."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from ruamel.yaml import YAML
from support.howto import DOCS, Machine, Page
from support.upgrades import hosts_of, lab_folder

pytestmark = pytest.mark.prove


def open_now() -> str:
    """Return a window that is open while the test runs, by the clock of its machine."""
    now = datetime.now(ZoneInfo("Europe/Berlin"))
    return f"{now - timedelta(hours=1):%H:%M}-{now + timedelta(hours=7):%H:%M}"


def in_one_group(machine: Machine, block: str) -> None:
    """Give each switch of the lab what the page's entry has; its name and its address stay those of the lab."""
    (printed,) = YAML(typ="safe", pure=True).load(block).values()
    with hosts_of(machine.folder) as hosts:
        for host in hosts.values():
            assert host["platform"] == printed["platform"]
            host.update(groups=printed["groups"], data={**host["data"], "site": printed["data"]["site"]})
    machine.type("mkdir begun && cd begun && swimctl init --from yaml")
    groups = (machine.folder / "begun" / "inventory" / "groups.yaml").read_text(encoding="utf-8")
    machine.configure(groups, "inventory/groups.yaml")


def batch(machine: Machine) -> str:
    """Return the beginning of the newest batch's id."""
    return str([*machine.jobs().values()][-1]["batch_id"])[:6]


def test_a_group_is_upgraded_in_a_window(tmp_path: Path) -> None:
    page = Page("first-window.md")
    with lab_folder(tmp_path, devices=3, faults={"sw3": ["install-fails"]}) as lab:
        # Nobody is there to answer.
        machine = Machine(tmp_path, {"22:00-04:00": open_now(), "swimctl upgrade ": "swimctl upgrade --yes "})
        in_one_group(machine, page.block("access-sw2:"))
        assert "ready=3" in machine.type(page.block("swimctl plan --group access"))
        assert "rehearsed=3 problems=0" in machine.type(page.block("swimctl rehearse --group access"))
        machine.type(page.block("swimctl upgrade --group access --no-activate"))
        assert [lab.reloads(name) for name in ("sw1", "sw2", "sw3")] == [[], [], []]
        machine.type(page.block("swimctl plan --group access"))
        machine.type(page.block("swimctl upgrade --plan night.json"), code=1)
        assert [len(lab.reloads(name)) for name in ("sw1", "sw2", "sw3")] == [1, 1, 0]
        night = batch(machine)
        steered = re.findall(r"^\| .* \| `(swimctl [^`]+)` \|$", (DOCS / "first-window.md").read_text(), re.MULTILINE)
        codes = {"status": 1, "resume": 0}  # the others: the batch has ended, which is no mistake in the command
        assert len(steered) == 5
        for command in steered:
            machine.calling(BATCH=night).type(command, code=codes.get(command.split()[1], 3))
        said = machine.type(page.block("swimctl report --out night.html"), code=1)  # sw3 runs another release
        assert re.search(r"^sw3.*17\.06\.05|\tsw3\t", said, re.MULTILINE)
        assert "CHG-1042" in (tmp_path / "night.html").read_text(encoding="utf-8")
        lab.mend("sw3")
        machine.calling(BATCH=night).type(page.block("swimctl retry --batch BATCH"))
        assert len(lab.reloads("sw3")) == 1
    page.over()
