"""Junos: the next reboot starts what was added, so a job that ends before its own reboot leaves no device armed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from fleets.juniper_junos import FLEET
from support.upgrades import Upgraded, upgraded

from swimctl.lab.chassis_spec import ChassisSpec
from swimctl.lab.faults import parse_fault
from swimctl.models import Outcome
from swimctl.states import JobStatus

pytestmark = [pytest.mark.timeout(600), pytest.mark.xdist_group("junos")]
SPEED = 300
KEPT = {"activation": {"auto_abort_minutes": 900, "snapshot": True}}
CHANGING = (
    "request system snapshot",
    "request system software validate",
    "request system software add",
    "request system reboot",
)


def device(name: str, *faults: str) -> ChassisSpec:
    parsed = tuple(parse_fault(text) for text in faults)
    make = FLEET.stack if name.startswith("stack") and FLEET.stack else FLEET.make
    return make(name, faults=parsed, version=FLEET.old, transfer=100_000, boot_seconds=200)


def lost(lines: Sequence[str]) -> dict[str, str]:
    """Return the faults that lose the session before and after each command that changes something."""
    places = {command: next(n for n, line in enumerate(lines, 1) if line.startswith(command)) for command in CHANGING}
    return {
        f"{command.split()[-1]}-{when}": f"drop-session-{when}:{place}"
        for command, place in places.items()
        for when in ("before", "after")
    }


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Upgraded]:
    """Upgrade a device for each fault."""
    specs = [device("in-add", "drop-session-at:add")]
    specs += [device("stack-one-fails", "install-fails:add:no-space"), device("refused", "install-fails:activate")]
    specs += [device("busy", "busy-install"), device("unkept", "does-nothing")]
    specs += [device("crashes", "abnormal-reload")]
    settings = {"workers": len(specs), **KEPT}
    with upgraded(tmp_path_factory.mktemp("broken"), fleet=specs, speed=SPEED, settings=settings) as result:
        yield result


def assert_lost_and_upgraded(fleet: Upgraded, name: str) -> None:
    job, lab = fleet.jobs[name], fleet.lab
    seen = (name, job.status, job.outcome, job.error, lab.commands(name))
    assert not lab.switch(name).drops._left, seen
    assert (job.status, job.outcome) == (JobStatus.SUCCESS, Outcome.UPGRADED), seen
    assert (set(lab.switch(name).runs.values()), lab.switch(name).stays) == ({FLEET.target}, FLEET.target), seen
    assert len(lab.reloads(name)) == 1, seen
    assert lab.switch(name).kept[0][0] == FLEET.old, seen
    assert sum(line.startswith("request system snapshot") for line in lab.commands(name)) == 1, seen


def test_a_session_lost_while_software_is_added_costs_no_upgrade(fleet: Upgraded) -> None:
    assert_lost_and_upgraded(fleet, "in-add")


@pytest.mark.prove
def test_a_session_lost_in_any_command_that_changes_something_costs_no_upgrade(tmp_path: Path) -> None:
    with upgraded(tmp_path / "sound", fleet=[device("sound")], speed=SPEED, settings=KEPT) as sound:
        assert sound.jobs["sound"].outcome is Outcome.UPGRADED, sound.jobs["sound"].error
        lines = [line for line in sound.lab.commands("sound") if line.strip() and line != "yes"]
    specs = [device(name, fault) for name, fault in lost(lines).items()]
    assert len(specs) == 2 * len(CHANGING)
    settings = {"workers": len(specs), **KEPT}
    with upgraded(tmp_path / "lost", fleet=specs, speed=SPEED, settings=settings) as result:
        for spec in specs:
            assert_lost_and_upgraded(result, spec.name)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("stack-one-fails", "fpc2: Available space: -49868 require: 4641"),
        ("refused", "reboot of fpc0 failed"),
        ("busy", "another package installation is in progress"),
        (
            "unkept",
            "seen: `show system snapshot` names chassis none; needed: 20.4R3.8 on every member; nothing was added",
        ),
    ],
)
def test_a_job_that_fails_before_its_reboot_leaves_nothing_armed(fleet: Upgraded, name: str, words: str) -> None:
    job, chassis = fleet.jobs[name], fleet.lab.switch(name)
    seen = (job.status, job.outcome, job.error, fleet.lab.commands(name))
    assert (job.status, job.outcome) == (JobStatus.FAILED, Outcome.UNTOUCHED), seen
    assert words in (job.error or ""), seen
    assert chassis.stays == FLEET.old, seen
    assert not fleet.lab.reloads(name), seen
    kinds = [event.kind for event in fleet.opened.store.events(job.id)]
    assert ("restored" in kinds) is (name not in {"busy", "unkept"}), kinds


def test_a_panic_in_the_reboot_of_an_upgrade_takes_it_back(fleet: Upgraded) -> None:
    job, chassis = fleet.jobs["crashes"], fleet.lab.switch("crashes")
    seen = (job.status, job.outcome, job.error, fleet.lab.commands("crashes"))
    assert (job.status, job.outcome) == (JobStatus.FAILED, Outcome.ROLLED_BACK), seen
    assert "the device calls its last reload abnormal: RE 0: 0x1000:reboot due to panic" in (job.error or ""), seen
    assert (set(chassis.runs.values()), chassis.stays) == ({FLEET.old}, FLEET.old), seen
    assert len(fleet.lab.reloads("crashes")) == 2, seen


def test_root_is_refused_with_the_account_that_it_needs(tmp_path: Path) -> None:
    users = {"root": ("admin", 15)}
    with upgraded(tmp_path, fleet=[device("shell")], users=users) as result:
        job = result.jobs["shell"]
        assert (job.status, job.outcome) == (JobStatus.FAILED, Outcome.UNTOUCHED)
        assert "gives 'root' a shell (root@shell:RE:0%), not its command line" in (job.error or "")
        assert "super-user" in (job.error or "")
