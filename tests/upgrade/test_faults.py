"""Every fault of the lab, in one fleet and alone: no false success, nothing hangs, and each message names its cause."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from upgrading import Upgraded, upgraded

from swimctl.lab.faults import FAULTS, parse_fault
from swimctl.lab.fleet import default_fleet
from swimctl.models import Job
from swimctl.states import JobStatus

SUCCESS, FAILED = JobStatus.SUCCESS, JobStatus.FAILED
# fault: how the job ends, whether the device's state is unknown, and what the message must name.
EXPECTED: dict[str, tuple[JobStatus, bool, str]] = {
    "no-space": (FAILED, False, "seen 1.5 MB, needed 7.5 MB"),
    "slow-flash": (SUCCESS, False, ""),
    "corrupt-copy": (SUCCESS, False, ""),
    "corrupt-copy:always": (FAILED, False, "still wrong: its sha512 is"),
    "drop-session-at:login": (SUCCESS, False, ""),
    "drop-session-at:copy": (SUCCESS, False, ""),
    "drop-session-at:verify": (SUCCESS, False, ""),
    "drop-session-at:add": (SUCCESS, False, ""),
    "drop-session-at:activate": (SUCCESS, False, ""),
    "drop-session-at:commit": (SUCCESS, False, ""),
    "drop-session-at:post": (SUCCESS, False, ""),
    "refuse-login": (FAILED, False, "refused the login of 'admin'"),
    "login-lockout": (SUCCESS, False, ""),
    "never-returns": (FAILED, True, "did not come back"),
    "boots-old-image": (FAILED, False, "again: seen"),
    "member-mismatch": (FAILED, False, "rolled back to"),
    "member-missing": (FAILED, False, "rolled back to"),
    "install-fails": (FAILED, False, "'install add' failed: Operation could not be completed"),
    "install-fails:no-space": (FAILED, False, "KB of free space"),
    "install-fails:activate": (FAILED, False, "'install activate' failed"),
    "install-fails:commit": (FAILED, True, "'install commit' failed"),
    "does-nothing": (FAILED, False, "said SUCCESS, but"),
    "no-boot-time": (SUCCESS, False, ""),
    "no-boot-time:uptime": (FAILED, False, "neither uptime nor restart time"),
    "interface-lost": (FAILED, False, "interfaces lost"),
    "garbled-output": (FAILED, False, "cannot read the output of"),
    "busy-install": (FAILED, False, "Another install operation is in progress"),
}


def places() -> dict[str, str]:
    """Give each fault its switch; those of members go to stacks, which are sw3, sw11 and so on."""
    order = list(EXPECTED)
    for fault, place in (("member-mismatch", 2), ("member-missing", 10), ("interface-lost", 18)):
        here = order.index(fault)
        order[here], order[place] = order[place], order[here]
    return {fault: f"sw{number}" for number, fault in enumerate(order, 1)}


PLACES = places()


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Upgraded]:
    faults = {name: [fault] for fault, name in PLACES.items()}
    with upgraded(tmp_path_factory.mktemp("faults"), devices=len(EXPECTED) + 1, faults=faults, speed=120) as result:
        yield result


def device(fault: str) -> str:
    return PLACES[fault]


def test_every_fault_of_the_lab_is_tried() -> None:
    assert {fault.partition(":")[0] for fault in EXPECTED} == set(FAULTS)


@pytest.mark.xdist_group("faults")
@pytest.mark.parametrize("fault", EXPECTED)
def test_a_fault_ends_as_it_must(fleet: Upgraded, fault: str) -> None:
    status, unknown, words = EXPECTED[fault]
    job = fleet.jobs[device(fault)]
    assert (job.status, job.error if status is SUCCESS else None) == (status, None)
    assert (job.id in fleet.unknown) is unknown
    assert words in (job.error or "")


@pytest.mark.xdist_group("faults")
@pytest.mark.parametrize("fault", EXPECTED)
def test_success_means_that_the_device_runs_the_target_committed(fleet: Upgraded, fault: str) -> None:
    name = device(fault)
    assert fleet.runs_target(name) is (fleet.jobs[name].status is SUCCESS)


@pytest.mark.xdist_group("faults")
@pytest.mark.parametrize("fault", EXPECTED)
def test_nothing_that_reloads_is_sent_twice(fleet: Upgraded, fault: str) -> None:
    name = device(fault)
    assert len(fleet.sent(name, "install activate")) <= 1
    assert len(fleet.sent(name, "install add")) <= 1
    assert len(fleet.sent(name, "reload")) == 0


@pytest.mark.xdist_group("faults")
def test_the_healthy_one_among_them_is_upgraded(fleet: Upgraded) -> None:
    name = f"sw{len(EXPECTED) + 1}"
    assert fleet.jobs[name].status is SUCCESS
    assert fleet.runs_target(name)


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Job, bool, bool]]:
    """Try each fault in a lab of one and with a store of its own, several at a time.

    Gives what became of each: the job, whether its device is in an unknown state, whether it runs the target.
    """
    folders = {fault: tmp_path_factory.mktemp("alone") for fault in EXPECTED}

    def upgrade(fault: str) -> tuple[Job, bool, bool]:
        # A fault of a stack member needs a stack, which the third switch is.
        spec = replace(default_fleet(3)[2], faults=(parse_fault(fault),))
        with upgraded(folders[fault], fleet=[spec], speed=120) as result:
            return result.jobs["sw3"], bool(result.unknown), result.runs_target("sw3")

    with ThreadPoolExecutor(14) as pool:
        return dict(zip(EXPECTED, pool.map(upgrade, EXPECTED), strict=True))


@pytest.mark.xdist_group("faults-alone")
@pytest.mark.parametrize("fault", EXPECTED)
def test_a_fault_alone(alone: dict[str, tuple[Job, bool, bool]], fault: str) -> None:
    job, is_unknown, runs_target = alone[fault]
    status, unknown, words = EXPECTED[fault]
    assert (job.status, job.error if status is SUCCESS else None) == (status, None)
    assert is_unknown is unknown
    assert words in (job.error or "")
    assert runs_target is (status is SUCCESS)
