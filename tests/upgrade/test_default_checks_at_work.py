"""The checks that come with swimctl, in whole upgrades: a clean one passes, and each fault sends its device back."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest
from fleets.cisco_xe import switch
from fleets.every import FLEETS
from support.oracle import really_of
from support.upgrades import lab_folder
from support.upgrades import request as ask

from swimctl.checks.rules import defaults_of
from swimctl.checks.tables import of_events
from swimctl.cli.context import Context
from swimctl.lab.chassis_spec import ChassisSpec
from swimctl.lab.faults import parse_fault
from swimctl.lab.fleet import LabFleet
from swimctl.lab.routing import BGP, ISIS, OSPF
from swimctl.models import Job, JobOptions, Outcome
from swimctl.platforms import PLATFORM_NAMES, commands_of
from swimctl.states import JobStatus
from swimctl.waivers import Waiver

pytestmark = pytest.mark.timeout(1800)
SPEED, RATE = 300, 40_000
SETTINGS = {
    "deadlines": {"down": 600, "up": 1200, "ready": 600},
    "checks": {"defaults": "all", "ping": ["203.0.113.1"]},
}
CLEAN, PARTNER = "clean", "partner-lost"
PAIR = switch("C9500-24Y4C", "C9500-24Y4C")
"""What has a partner by StackWise Virtual."""
FOUND_BY: Mapping[str, tuple[str, ...]] = {
    "bgp-lost": ("bgp-sessions",),
    "ospf-lost": ("ospf-neighbors",),
    "isis-lost": ("isis-neighbors",),
    "ping-lost": ("ping-203.0.113.1",),
    "vlan-lost": ("vlans",),
    "poe-lost": ("poe-faults",),
    "hot": ("temperature", "environment", "environment-faults"),
    PARTNER: ("svl-links",),
}
FOUND_BEFORE: Mapping[tuple[str, str], str] = {
    ("cisco_nxos", PARTNER): "not back: vPC ",
    ("arista_eos", PARTNER): "not back: MLAG state Inactive",
}
"""What is waited for before a check is asked. The checks look once more: tests/platforms/test_default_checks.py."""
FEWEST = {"cisco_xe": 12, "cisco_ios": 8, "cisco_nxos": 9, "cisco_xr": 6, "arista_eos": 8, "juniper_junos": 9}
"""So many checks at least stood after a clean upgrade of each system."""
WITHOUT = {
    *((platform, "poe-lost") for platform in ("cisco_ios", "cisco_nxos", "cisco_xr", "arista_eos")),
    ("cisco_xr", "vlan-lost"),
    *((platform, PARTNER) for platform in ("cisco_ios", "cisco_xr", "juniper_junos")),
}
"""What such a device of the lab does not have."""
QUICK = {
    ("cisco_xe", CLEAN), ("cisco_ios", "isis-lost"), ("cisco_nxos", "hot"), ("cisco_xr", "ospf-lost"),
    ("arista_eos", "vlan-lost"), ("juniper_junos", "poe-lost"),
}  # fmt: skip
"""The cells that `make test` tries; tests/upgrade/test_fault_matrix.py has more on a Catalyst."""
CELLS = [
    pytest.param(platform, fault, marks=() if (platform, fault) in QUICK else pytest.mark.prove)
    for platform in PLATFORM_NAMES
    for fault in (CLEAN, *FOUND_BY)
    if (platform, fault) not in WITHOUT
]


def named(platform: str, fault: str) -> str:
    """Return the device of a cell."""
    return f"{platform.replace('_', '-')}-{fault}"


def device(platform: str, fault: str) -> ChassisSpec:
    """Make the device of a cell: it speaks all that its system does."""
    fleet = FLEETS[platform]
    faults = () if fault == CLEAN else (parse_fault(fault),)
    fields = {"faults": faults, "transfer": RATE, "version": fleet.old, "routing": frozenset({BGP, OSPF, ISIS})}
    if fault != PARTNER:
        return fleet.make(named(platform, fault), **fields)
    make = PAIR if platform == "cisco_xe" else fleet.make
    return make(named(platform, fault), **fields, **fleet.partner)


@dataclass(frozen=True)
class Tried:
    """What became of every device, with their lab still up. `checks` are how its checks stood last."""

    lab: LabFleet
    jobs: Mapping[str, Job]
    checks: Mapping[str, Sequence[Mapping[str, Any]]]


@pytest.fixture(scope="module")
def tried(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tried]:
    """Upgrade the devices of all chosen cells in one lab at the same time, a batch a device."""
    folder = tmp_path_factory.mktemp("checks")
    calls = [call.params for item in request.session.items if (call := getattr(item, "callspec", None))]
    cells = {(call["platform"], call["fault"]) for call in calls if {"platform", "fault"} <= call.keys()}
    chosen = [cell for cell in sorted(cells) if cell[1] in {CLEAN, *FOUND_BY} and cell not in WITHOUT]
    specs = [device(*cell) for cell in chosen]
    with (
        lab_folder(folder, ssh=False, fleet=specs, speed=SPEED, settings=SETTINGS | {"workers": len(specs)}) as lab,
        Context(folder / "config.yaml").open() as opened,
    ):

        def run(cell: tuple[str, str]) -> Job:
            one = [opened.inventory.device(named(*cell))]
            # Its partner is no device of this lab.
            alone = Waiver(named(*cell), "redundancy group", "none in the inventory", "it has none here")
            options = JobOptions(waivers=(alone,) if cell[1] == PARTNER else ())
            made = opened.service.trigger(ask(opened, devices=one, image=FLEETS[cell[0]].image, options=options))
            opened.engine.run(made.batch, made.jobs, threading.Event())
            return opened.store.job(made.jobs[0].id)

        with ThreadPoolExecutor(32) as pool:
            jobs = list(pool.map(run, chosen))
        told = {
            job.device_name: of_events((each.kind, each.data) for each in opened.store.events(job.id)) for job in jobs
        }
        yield Tried(lab, {job.device_name: job for job in jobs}, told)


def asked_for_checks_alone(lab: LabFleet, platform: str) -> dict[str, int]:
    """Count the lines of a clean upgrade that nothing but a check asks for."""
    lines, known = Counter(lab.commands(named(platform, CLEAN))), set(commands_of(platform).ASKED)
    commands = {rule.command_on(platform) for rule in defaults_of(platform).values() if not rule.extra} - known
    return {command: lines[command] for command in commands if lines[command]}


@pytest.mark.xdist_group("default checks")
@pytest.mark.parametrize(("platform", "fault"), CELLS)
def test_a_clean_upgrade_passes_and_each_fault_sends_its_device_back(tried: Tried, platform: str, fault: str) -> None:
    job, chassis = tried.jobs[named(platform, fault)], tried.lab.switch(named(platform, fault))
    really = really_of(chassis, FLEETS[platform].target, len(tried.lab.reloads(job.device_name)))
    seen = (job.status, job.outcome, really, job.error)
    if fault == CLEAN:
        assert seen == (JobStatus.SUCCESS, Outcome.UPGRADED, Outcome.UPGRADED, None)
        stands = {(each["name"], each["standing"]) for each in tried.checks[job.device_name]}
        assert {name for name, standing in stands if standing != "holds"} <= {"processor"}
        assert len(stands) >= FEWEST[platform]
        assert set(asked_for_checks_alone(tried.lab, platform).values()) == {2}, "with the baseline and after the boot"
        return
    assert seen[:3] == (JobStatus.FAILED, Outcome.ROLLED_BACK, Outcome.ROLLED_BACK), seen
    words = [FOUND_BEFORE.get((platform, fault), ""), *(f"check {name}: " for name in FOUND_BY[fault])]
    assert any(word and word in (job.error or "") for word in words), seen
