"""Every fault of the lab as tests/fault_matrix.py has it: no false success, no false word, and nothing hangs."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from fault_matrix import ACTIVATION, COLUMNS, MATRIX, PAGE, page
from support.oracle import assert_true
from support.upgrades import QUICK, lab_folder, upgraded
from support.upgrades import request as ask

from swimctl.cli.context import Context
from swimctl.lab.cisco_xe.fleet import default_fleet
from swimctl.lab.cisco_xe.spec import SwitchSpec
from swimctl.lab.faults import DROP_STEPS, FAULTS, INSTALL_OPERATIONS, INSTALL_REASONS, parse_fault
from swimctl.lab.fleet import LabFleet
from swimctl.models import Job, Outcome, Policy
from swimctl.requests.service import Triggered
from swimctl.states import JobStatus

pytestmark = pytest.mark.timeout(1800)
SPEED = 300
# Of the eight switches after which the default fleet begins anew: the single ones in turn, and the stack.
EIGHT, SINGLE, STACK = 8, (0, 1, 3, 4, 5), 2
HEALTHY = ("sw7", "sw8")


def places() -> dict[tuple[str, str], SwitchSpec]:
    """Return each cell a device of its own."""
    fleet = default_fleet(EIGHT * len(MATRIX))
    found = {}
    for row, fault in enumerate(MATRIX):
        # What a release says of its only member differs, so faults of members strike the same kind of switch.
        single = SINGLE[0 if fault.startswith("member-") else row % len(SINGLE)]
        for column, place in {"switch": single, "stack": STACK}.items():
            found[fault, column] = replace(fleet[EIGHT * row + place], faults=(parse_fault(fault),))
    return found


# One operation fails; all others and all reasons are left to `make prove`, and to tests/lab/test_install_failures.py.
FAILS = f"install-fails:{INSTALL_OPERATIONS[-1]}:{INSTALL_REASONS[0]}"
# Each has another one of its kind here, or in tests/way, or in tests/upgrade: test_pull.py, test_another_device.py,
# test_two_programs.py, test_default_checks_at_work.py, test_access_points.py.
ALIKE = {
    "slow-flash", "corrupt-copy", "corrupt-copy:always", "pull-fails:unreachable", "new-host-key",
    "drop-session-at:login", "drop-session-at:copy", "drop-session-at:add", "drop-session-at:verify",
    "drop-session-at:post", "drop-session-before:20", "drop-session-after:90", "install-fails", "no-boot-time:uptime",
    "models-refuse", "models-empty", "models-gone",
    "another-device:before", "another-device:during", "another-device:after",
    "ospf-lost", "isis-lost", "uplink-errors", "vlan-lost", "poe-lost", "hot", "access-lost", "configuration-lost",
    "login-lockout", "member-mismatch", "member-dies", "models-lag", "somebody-installs",
    "access-point-lost", "predownload-fails:one",
}  # fmt: skip


def long(fault: str, column: str) -> tuple[pytest.MarkDecorator, ...]:
    """Mark what is left to `make prove`: a fault of a member is tried on a stack, and any other one on a switch."""
    another_stack = column == "stack" and not fault.startswith("member-")
    another_switch = column == "switch" and fault in {"member-missing", "member-dies"}
    another_pair = fault.count(":") == 2 and fault.startswith("install-fails:") and fault != FAILS
    return (pytest.mark.prove,) if another_stack or another_switch or another_pair or fault in ALIKE else ()


@dataclass(frozen=True)
class Tried:
    """What became of every cell, with the lab still up."""

    lab: LabFleet
    jobs: Mapping[str, Job]


PLACES = places()
CELLS = [pytest.param(*cell, marks=long(*cell), id="-".join(cell)) for cell in PLACES]
in_one_lab = pytest.mark.xdist_group("fault-matrix")


@pytest.fixture(scope="module")
def tried(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tried]:
    """Run the chosen cells in one lab: the switches in one batch, in waves, and a batch for each stack."""
    chosen = {
        (call.params.get("fault"), call.params.get("column"))
        for item in request.session.items
        if (call := getattr(item, "callspec", None))
    }
    cells = {cell: spec for cell, spec in PLACES.items() if cell in chosen}
    folder = tmp_path_factory.mktemp("matrix")
    healthy = [spec for spec in default_fleet(8) if spec.name in HEALTHY]
    # A slow flash beside so many others on a busy machine is slow indeed.
    specs = [*cells.values(), *healthy]
    settings = {
        "workers": len(specs),
        "distribution": {"minimum_rate": 0.0001},
        "deadlines": {**QUICK["deadlines"], "connect": 90 * SPEED},  # a login beside so many takes a minute of life
    }
    with (
        lab_folder(folder, ssh=False, fleet=specs, speed=SPEED, settings=settings) as lab,
        Context(folder / "config.yaml").open() as opened,
    ):
        devices = {device.name: device for device in opened.inventory.devices}
        together = [*(spec.name for (_, column), spec in cells.items() if column == "switch"), *HEALTHY]
        batches: Sequence[Sequence[str]] = [together, *([name] for name in devices if name not in together)]
        # All but the last healthy one are the first wave; whatever becomes of it, the second follows.
        waves = Policy(waves=(str(len(together) - 1), "100%"))
        made = [
            opened.service.trigger(
                ask(
                    opened,
                    devices=[devices[name] for name in names],
                    max_failures=0,
                    policy=waves if names is together else Policy(),
                )
            )
            for names in batches
        ]
        engine = opened.engine

        def run(batch: Triggered) -> None:
            engine.run(batch.batch, batch.jobs, threading.Event())

        with ThreadPoolExecutor(len(made)) as pool:
            list(pool.map(run, made))
        yield Tried(lab, {job.device_name: job for job in opened.store.jobs()})


def test_every_fault_of_the_lab_has_a_row_with_each_of_its_arguments() -> None:
    assert {fault.partition(":")[0] for fault in MATRIX} == set(FAULTS)
    assert {f"drop-session-at:{step}" for step in DROP_STEPS} <= set(MATRIX)
    failures = {f"install-fails:{operation}:{why}" for operation in INSTALL_OPERATIONS for why in INSTALL_REASONS}
    assert failures <= set(MATRIX)


def test_the_page_says_what_the_table_says() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "write it anew: python tests/fault_matrix.py"


@in_one_lab
@pytest.mark.parametrize(("fault", "column"), CELLS)
def test_a_cell_ends_as_it_must(tried: Tried, fault: str, column: str) -> None:
    job, end = tried.jobs[PLACES[fault, column].name], MATRIX[fault][column]
    assert_true(tried.lab, job)
    assert (job.status, job.outcome, job.current_step) == (end.status, end.outcome, end.step), job.error
    assert end.words in (job.error or "")
    assert bool(end.words) is (job.error is not None)


@in_one_lab
@pytest.mark.parametrize("name", HEALTHY)
def test_the_healthy_ones_among_them_are_upgraded(tried: Tried, name: str) -> None:
    assert_true(tried.lab, tried.jobs[name])
    job = tried.jobs[name]
    assert (job.status, job.outcome) == (JobStatus.SUCCESS, Outcome.UPGRADED), job.error


@in_one_lab
def test_the_second_wave_begins_when_the_last_of_the_first_has_ended(tried: Tried) -> None:
    last = tried.jobs[HEALTHY[-1]]
    first = [job for job in tried.jobs.values() if job.batch_id == last.batch_id and job is not last]
    assert (last.wave, {job.wave for job in first}) == (2, {1})
    assert last.started_at is not None
    assert all(job.finished_at is not None and job.finished_at <= last.started_at for job in first)


def test_each_column_is_of_its_kind() -> None:
    assert set(COLUMNS) == {column for _, column in PLACES}
    assert {len(PLACES[fault, "stack"].members) for fault in MATRIX} == {3}
    assert {len(PLACES[fault, "switch"].members) for fault in MATRIX} == {1}


def test_an_account_that_locks_at_the_first_refused_login_is_not_tried_for_ever(tmp_path: Path) -> None:
    # A login has to come within the first minute after the reload.
    faults = {"sw1": ["login-lockout:1"]}
    with upgraded(tmp_path, faults=faults, speed=150, boot_seconds=150, transfer=200_000) as result:
        job = result.jobs["sw1"]
        assert_true(result.lab, job)
        assert (job.status, job.outcome, job.current_step) == (JobStatus.FAILED, Outcome.UNKNOWN, ACTIVATION)
        assert "refused 3 logins after the activation" in (job.error or "")
