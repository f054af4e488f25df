"""What must hold on every platform that can be upgraded, each tried in the lab over real SSH and SCP."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest
from fleets.every import FLEETS
from support.oracle import really_of
from support.upgrades import lab_folder, with_data, without_data
from support.upgrades import request as ask

from swimctl.cli.context import Context
from swimctl.lab.chassis_spec import ChassisSpec
from swimctl.lab.faults import parse_fault
from swimctl.lab.fleet import LabFleet
from swimctl.models import Job, Outcome
from swimctl.platforms import PLATFORM_NAMES
from swimctl.states import STEP_NAMES, JobStatus

pytestmark = pytest.mark.timeout(1800)
SPEED = 300
READINESS, DISTRIBUTION, ACTIVATION, POST_CHECKS = STEP_NAMES.values()
RATE = 40_000
SETTINGS = {"deadlines": {"down": 600, "up": 1200, "ready": 600}}


@dataclass(frozen=True)
class Ends:
    """How a job must end, and what its device then is."""

    status: JobStatus
    outcome: Outcome
    steps: tuple[str, ...]
    words: str = ""


UPGRADED = Ends(JobStatus.SUCCESS, Outcome.UPGRADED, (POST_CHECKS,))
CASES: Mapping[str, tuple[str, Ends]] = {
    "upgrade": ("", UPGRADED),
    "already-there": ("", Ends(JobStatus.SUCCESS, Outcome.UNTOUCHED, (POST_CHECKS,))),
    "no-space": ("no-space", Ends(JobStatus.FAILED, Outcome.UNTOUCHED, (READINESS,), "free ")),
    "wrong-hardware": ("", Ends(JobStatus.FAILED, Outcome.UNTOUCHED, (READINESS,), "image family: seen ")),
    "corrupt-copy": (
        "corrupt-copy:always",
        Ends(JobStatus.FAILED, Outcome.UNTOUCHED, (DISTRIBUTION,), "still wrong: its "),
    ),
    "does-nothing": ("does-nothing", Ends(JobStatus.FAILED, Outcome.UNTOUCHED, (ACTIVATION,))),
    "boots-old-image": ("boots-old-image", Ends(JobStatus.FAILED, Outcome.ROLLED_BACK, (POST_CHECKS, ACTIVATION))),
    "lost-session": ("drop-session-at:activate", UPGRADED),
    "way-back": ("interface-lost", Ends(JobStatus.FAILED, Outcome.ROLLED_BACK, (POST_CHECKS,), "lost")),
    "never-returns": ("never-returns", Ends(JobStatus.FAILED, Outcome.UNKNOWN, (ACTIVATION,), "did not come back")),
    "stack": ("", UPGRADED),
    "member-lags": ("member-mismatch", Ends(JobStatus.FAILED, Outcome.ROLLED_BACK, (POST_CHECKS,))),
}
ON_STACKS = {"stack", "member-lags"}
CELLS = [
    (platform, case)
    for platform, fleet in FLEETS.items()
    for case in CASES
    if fleet.tries(case) and (fleet.stack is not None or case not in ON_STACKS)
]


def long(platform: str, case: str) -> tuple[pytest.MarkDecorator, ...]:
    """Mark what is left to `make prove`: in `make test` each system is upgraded, and tried with one more case."""
    return () if platform in PLATFORM_NAMES and case in {"upgrade", FLEETS[platform].quick} else (pytest.mark.prove,)


def marked(cells: Iterable[tuple[str, str]]) -> list[Any]:
    """Return cells to a test, the long ones marked."""
    return [pytest.param(*cell, marks=long(*cell)) for cell in cells]


def named(platform: str, case: str) -> str:
    """Return the device of a case."""
    return f"{platform.replace('_', '-')}-{case}"


def device(platform: str, case: str) -> ChassisSpec:
    """Make the device of a case."""
    fleet, fault, name = FLEETS[platform], CASES[case][0], named(platform, case)
    fields = {"faults": (parse_fault(fault),) if fault else (), "transfer": RATE, "version": fleet.old}
    if case == "already-there":
        fields["version"] = fleet.target
    if case == "wrong-hardware":
        return fleet.foreign(name, **fields)
    if case in ON_STACKS and fleet.stack:
        return fleet.stack(name, **fields)
    return fleet.make(name, **fields, **fleet.partner)


@dataclass(frozen=True)
class Tried:
    """What became of every device, with their lab still up."""

    lab: LabFleet
    jobs: Mapping[str, Job]


@pytest.fixture(scope="module")
def tried(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tried]:
    """Run the chosen cases of all platforms in one lab at the same time, a batch a device."""
    folder = tmp_path_factory.mktemp("platforms")
    chosen = {(call.params.get("platform"), call.params.get("case"))
              for item in request.session.items if (call := getattr(item, "callspec", None))}  # fmt: skip
    cells = [cell for cell in CELLS if cell in chosen]
    specs = [device(*cell) for cell in cells]
    with lab_folder(folder, at_rest=True, fleet=specs, speed=SPEED, settings=SETTINGS | {"workers": len(specs)}) as lab:
        # Its partner is no device of this lab, so nobody else is in its group.
        paired = [named(*cell) for cell in cells if FLEETS[cell[0]].partner and cell[1] not in ON_STACKS]
        with_data(folder, **{name: {"redundancy_group": name} for name in paired})
        for platform, case in cells:
            if case == "wrong-hardware":  # else the wish itself would be refused, unseen by the device
                without_data(folder, named(platform, case), "model")
        with Context(folder / "config.yaml").open() as opened:

            def run(cell: tuple[str, str]) -> Job:
                one = [opened.inventory.device(named(*cell))]
                made = opened.service.trigger(ask(opened, devices=one, image=FLEETS[cell[0]].image))
                opened.engine.run(made.batch, made.jobs, threading.Event())
                return opened.store.job(made.jobs[0].id)

            # All at once would keep a device waiting for seconds between two answers, which are many minutes to it.
            with ThreadPoolExecutor(32) as pool:
                jobs = list(pool.map(run, cells))
            yield Tried(lab, {job.device_name: job for job in jobs})


@pytest.mark.xdist_group("platforms")
@pytest.mark.parametrize(("platform", "case"), marked(CELLS))
def test_a_job_ends_as_it_must_and_says_what_the_device_is(tried: Tried, platform: str, case: str) -> None:
    name, fleet = named(platform, case), FLEETS[platform]
    job, ends, chassis = tried.jobs[name], CASES[case][1], tried.lab.switch(name)
    real = really_of(chassis, fleet.target, len(tried.lab.reloads(name)))
    seen = (job.status, job.outcome, real, job.current_step, job.error, dict(chassis.runs), chassis.stays)
    assert (job.status, job.outcome) == (ends.status, ends.outcome), seen
    assert job.current_step in ends.steps, seen
    assert ends.words in (job.error or ""), seen
    if ends.outcome is not Outcome.UNKNOWN:
        assert real is ends.outcome, seen
    changed = [line for line in tried.lab.commands(name) if line.startswith(fleet.changing)]
    if case in {"already-there", "no-space", "wrong-hardware"}:
        assert not changed, seen
        assert not tried.lab.reloads(name), seen
    # Whatever happened to its session, it reloaded once for the upgrade, and once more where it was taken back.
    assert len(tried.lab.reloads(name)) <= (2 if ends.outcome is Outcome.ROLLED_BACK else 1), tried.lab.commands(name)


# What an upgrade gives after its readiness check and could not give before, with the reason.
ONLY_BY_NIGHT = {
    r"(?:enable|terminal|set cli) ?.*": "each session begins so",
    r"verify /\w+ .*|show file \S+ \w+sum|file checksum .*|show md5 file .*": "it needs the image's file",
    r"show install all impact .*|show incompatibility .*|request system software validate .*": "they need it too",
    r"dir \S*\.bin": "the size of that file, in a folder that was listed",
    r"show install log \d+": "one entry of the log that was read, by the number of what was just started",
    r"(?:configure|configure terminal|end|boot .*|no boot .*)": "it sets what boots next",
    r"copy .*|write memory|scp .*": "it copies, or saves",
    r"(?:\w|yes|no)?": "an answer to a question",
}


def asked(lab: LabFleet, name: str) -> tuple[set[str], set[str]]:
    """Return what swimctl gave in its first session, which is the readiness check's, and what it gave after that."""
    lines, opens = lab.commands(name), ("terminal length 0", "set cli screen-length 0")
    begins = [number for number, line in enumerate(lines) if line in opens]
    return set(lines[begins[0] : begins[1]]), set(lines[begins[1] :])


@pytest.mark.xdist_group("platforms")
@pytest.mark.parametrize(
    ("platform", "case"),
    marked(cell for cell in CELLS if CASES[cell[1]][1].steps[0] != READINESS and cell[1] != "already-there"),
)
def test_what_is_asked_by_night_was_asked_by_day(tried: Tried, platform: str, case: str) -> None:
    by_day, by_night = asked(tried.lab, named(platform, case))
    new = {line for line in by_night - by_day if not line.startswith(FLEETS[platform].changing)}
    assert {line for line in new if not any(re.fullmatch(known, line) for known in ONLY_BY_NIGHT)} == set()
    assert by_day - by_night != by_day  # the night gave something that the day had given


def test_every_platform_that_can_be_upgraded_is_tried() -> None:
    assert set(PLATFORM_NAMES) <= set(FLEETS)
    assert all((platform, FLEETS[platform].quick) in CELLS for platform in PLATFORM_NAMES)
