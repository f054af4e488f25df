"""Upgrades in service of Catalyst core switches: one supervisor or chassis after the other, or not at all."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest
from fleets.cisco_xe import FLEET, switch
from support.upgrades import lab_folder
from support.upgrades import request as ask

from swimctl.cli.context import Context
from swimctl.lab.faults import parse_fault
from swimctl.lab.fleet import LabFleet
from swimctl.models import Job, JobOptions, Outcome
from swimctl.states import JobStatus

pytestmark = [pytest.mark.timeout(600), pytest.mark.xdist_group("issu")]
TWO, ONE, PAIR = ("C9407R", "C9407R"), ("C9407R",), ("C9500-24Y4C", "C9500-24Y4C")
SETTINGS: dict[str, Any] = {
    "tolerances": {"patience": 60},
    "deadlines": {"activate": 1800, "down": 240, "up": 2400, "ready": 900},
}
UPGRADED, UNTOUCHED, ROLLED_BACK = Outcome.UPGRADED, Outcome.UNTOUCHED, Outcome.ROLLED_BACK


@dataclass(frozen=True)
class Case:
    """A device and its fault: what it is in the end, what is said of it, how often its other half took over."""

    models: tuple[str, ...]
    outcome: Outcome
    switchovers: int
    words: str = ""
    fault: str = ""


CASES: Mapping[str, Case] = {
    "two": Case(TWO, UPGRADED, 1),
    "pair": Case(PAIR, UPGRADED, 1),
    "lost": Case(TWO, UPGRADED, 1, fault="drop-session-at:activate"),
    "lags": Case(TWO, ROLLED_BACK, 2, "rolled back to 17.06.05: seen R0: 17.6.5, R1: 17.12.04", "member-mismatch"),
    "pair-way-back": Case(PAIR, ROLLED_BACK, 2, "rolled back to 17.06.05: 1 uplinks lost", "interface-lost"),
    "old-standby": Case(TWO, UNTOUCHED, 0, "Standby did not come up with the new software", "boots-old-image"),
    "refused": Case(TWO, UNTOUCHED, 0, "the device was asked and stays on 17.06.05", "install-fails:activate"),
    "nothing": Case(TWO, UNTOUCHED, 0, "does not list 17.12.4", "does-nothing"),
    "one": Case(ONE, UNTOUCHED, 0, "two processors: seen chassis, needed two supervisors"),
}


@pytest.fixture(scope="module")
def tried(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[LabFleet, Mapping[str, Job]]]:
    folder = tmp_path_factory.mktemp("issu")
    specs = [
        switch(*case.models)(
            name,
            transfer=200_000,
            boot_seconds=200,
            faults=(parse_fault(case.fault),) if case.fault else (),
        )
        for name, case in CASES.items()
    ]
    with lab_folder(folder, ssh=False, fleet=specs, speed=300, settings=SETTINGS | {"workers": len(specs)}) as lab:
        with Context(folder / "config.yaml").open() as opened:

            def run(name: str) -> Job:
                wish = ask(
                    opened,
                    devices=[opened.inventory.device(name)],
                    image=FLEET.image,
                    options=JobOptions(issu=True),
                )
                made = opened.service.trigger(wish)
                opened.engine.run(made.batch, made.jobs, threading.Event())
                return opened.store.job(made.jobs[0].id)

            with ThreadPoolExecutor(len(specs)) as pool:
                jobs = dict(zip(CASES, pool.map(run, CASES), strict=True))
        yield lab, jobs


@pytest.mark.parametrize("name", CASES)
def test_one_after_the_other_or_not_at_all(tried: tuple[LabFleet, Mapping[str, Job]], name: str) -> None:
    lab, jobs = tried
    case, job, chassis = CASES[name], jobs[name], lab.switch(name)
    seen = (job.outcome, job.current_step, job.error, dict(chassis.runs), chassis.switchovers, lab.commands(name)[-30:])
    assert (job.status is JobStatus.SUCCESS, job.outcome) == (case.outcome is UPGRADED, case.outcome), seen
    assert case.words in (job.error or ""), seen
    release = FLEET.target if case.outcome is UPGRADED else FLEET.old
    assert set(chassis.runs.values()) == {chassis.stays} == {release}, seen
    assert len(chassis.runs) == len(case.models), seen
    assert (chassis.uncommitted, chassis.in_service.open) == (False, False), seen
    # All of the device was never away at once: it never reloaded, one half took over from the other.
    assert (lab.reloads(name), chassis.switchovers) == ([], case.switchovers), seen


def test_who_took_over_is_said(tried: tuple[LabFleet, Mapping[str, Job]]) -> None:
    for name, units in (("two", ("R0", "R1")), ("pair", ("1", "2"))):
        *_, last = tried[1][name].steps
        assert last.message is not None
        assert "uptime" not in last.message
        assert f"{units[0]} was Active and is Standby, {units[1]} was Standby and is Active" in last.message


def test_what_changes_a_device_is_sent_once(tried: tuple[LabFleet, Mapping[str, Job]]) -> None:
    changing = ("install add", "install activate", "install commit", "install abort")
    sent = {
        name: [line for line in tried[0].commands(name) if line.startswith(changing)]
        for name in ("two", "lost", "lags", "one")
    }
    add, activate = f"install add file flash:{FLEET.image}", "install activate issu auto-abort-timer 900"
    assert sent["two"] == sent["lost"] == [add, activate, "install commit"]
    assert sent["lags"] == [add, activate, "install abort issu"]
    assert sent["one"] == []
