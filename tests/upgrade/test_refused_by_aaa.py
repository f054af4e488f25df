"""AAA lets the activation through and refuses what ends it: until when the device waits, and what to type."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest
from fleets.every import FLEETS
from support.upgrades import lab_folder
from support.upgrades import request as ask

from swimctl.cli.context import Context
from swimctl.lab.faults import parse_fault
from swimctl.lab.fleet import LabFleet
from swimctl.models import Job, Outcome
from swimctl.states import JobStatus

pytestmark = [pytest.mark.timeout(600), pytest.mark.xdist_group("refused-by-aaa")]
SPEED = 300
SETTINGS = {
    "deadlines": {"down": 600, "up": 1200, "ready": 600},
    "activation": {"auto_abort_minutes": 900},
    "login": {"poll": 360},
}


@dataclass(frozen=True)
class Case:
    """A command that is refused after the reload; the way back is tried because an uplink is lost.

    `words` is a pattern of what the error says of the device and of what to type.
    """

    platform: str
    refused: str
    words: str
    back: bool = False

    @property
    def faults(self) -> tuple[str, ...]:
        """Return the faults of its device."""
        return (f"unreadable:refused:{self.refused}", *(("interface-lost",) if self.back else ()))


_TIMER = (
    r"goes back to 17\.06\.05 by itself at \d{4}-\d\d-\d\d \d\d:\d\d \w+; to keep 17\.12\.4 type "
    r"`install commit` before that, to go back now: `install abort`; it refused "
    r"`%s` to 'admin': use an account that may do this"
)
_NEXT_RELOAD = (
    r"runs 7\.5\.2, and its next reload, whatever its cause, may start 7\.3\.2: to keep 7\.5\.2 type "
    r"`install commit`, to leave it: `admin hw-module location all reload`; it refused "
    r"`%s` to 'admin': use an account that may do this"
)
CASES: Mapping[str, Case] = {
    "xe-commit": Case("cisco_xe", "install commit", _TIMER % "install commit"),
    "xe-abort": Case("cisco_xe", "install abort prompt-level none", _TIMER % "install abort", back=True),
    "xr-commit": Case("cisco_xr", "install commit", _NEXT_RELOAD % "install commit"),
    "xr-back": Case(
        "cisco_xr",
        "admin hw-module location all reload",
        _NEXT_RELOAD % "admin hw-module location all reload",
        back=True,
    ),
    "junos-back": Case(
        "juniper_junos",
        "request system software rollback",
        r"'request system software rollback': the device answered 'error: permission denied: .*the way back: "
        r"`request system software rollback`, then `request system reboot`",
        back=True,
    ),
    # Half of the way back is done: the other half is left to type.
    "junos-reboot": Case(
        "juniper_junos",
        "request system reboot",
        r"its next reload, whatever its cause, may start 20\.4R3\.8: to leave 22\.2R1: `request system reboot`; it "
        r"refused `request system reboot` to 'admin'",
        back=True,
    ),
    "nxos-back": Case(
        "cisco_nxos",
        "install all nxos bootflash:nxos.9.3.5.bin",
        r"the way back: `install all nxos bootflash:FILE` with the file of the old release",
        back=True,
    ),
    "eos-back": Case(
        "arista_eos",
        "reload now",
        r"the next boot starts flash:EOS-4\.31\.6M\.swi, as before; .*the way back: `boot system flash:OLD`",
        back=True,
    ),
}


@dataclass(frozen=True)
class Tried:
    """What became of every device."""

    lab: LabFleet
    jobs: Mapping[str, Job]


@pytest.fixture(scope="module")
def tried(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tried]:
    """Upgrade a device for each case in one lab at the same time, a batch a device."""
    folder = tmp_path_factory.mktemp("refused")
    fleet = [
        FLEETS[case.platform].make(
            name,
            faults=tuple(map(parse_fault, case.faults)),
            transfer=400_000,
            version=FLEETS[case.platform].old,
        )
        for name, case in CASES.items()
    ]
    with (
        lab_folder(folder, ssh=False, fleet=fleet, speed=SPEED, settings=SETTINGS) as lab,
        Context(folder / "config.yaml").open() as opened,
    ):

        def run(name: str) -> Job:
            image = FLEETS[CASES[name].platform].image
            made = opened.service.trigger(ask(opened, devices=[opened.inventory.device(name)], image=image))
            opened.engine.run(made.batch, made.jobs, threading.Event())
            return opened.store.job(made.jobs[0].id)

        with ThreadPoolExecutor(len(CASES)) as pool:
            yield Tried(lab, dict(zip(CASES, pool.map(run, CASES), strict=True)))


@pytest.mark.parametrize("name", CASES)
def test_what_ends_an_upgrade_is_refused(tried: Tried, name: str) -> None:
    job, case = tried.jobs[name], CASES[name]
    assert (job.status, job.outcome) == (JobStatus.FAILED, Outcome.UNKNOWN), job.error
    error = job.error or ""
    assert re.search(r"[Dd]enied|[Aa]uthoriz", error), error
    assert re.search(case.words, error), error
    assert "next, on its console: `show version`" in error, error
    assert tried.lab.commands(name, since_boot=True).count(case.refused) == 1
    assert len(tried.lab.reloads(name)) == 1
    # It is as it was left: the target runs on every member.
    assert set(tried.lab.switch(name).runs.values()) == {FLEETS[case.platform].target}
