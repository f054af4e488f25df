"""Arista switches in the lab, beyond what every platform is tried with: MLAG peers, and a second reload by itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fleets.arista_eos import FLEET
from support.upgrades import Upgraded, go, lab_folder, with_data

from swimctl.cli.context import Context
from swimctl.lab.arista_eos.device import BY_FPGA, BY_USER
from swimctl.models import Outcome, Policy
from swimctl.states import JobStatus

pytestmark = [pytest.mark.timeout(600), pytest.mark.xdist_group("arista")]
SETTLE = 60
PAIR = ("leaf-1", "leaf-2")


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Upgraded]:
    """Upgrade a pair, one that is not known to be one, one whose partner is away, and two that reload once more."""
    quick = {"transfer": 400_000, "boot_seconds": 240}
    specs = [
        *(FLEET.make(name, mlag="hall", reload_delay=300, **quick) for name in PAIR),
        FLEET.make("stranger", mlag="yard", **quick),
        FLEET.make("widow", mlag="attic", peer=False, **quick),
        FLEET.make("fpga-soon", fpga=SETTLE / 2, **quick),
        FLEET.make("fpga-late", fpga=SETTLE + 40, **quick),
    ]
    folder = tmp_path_factory.mktemp("arista")
    with lab_folder(folder, ssh=False, fleet=specs, speed=400) as lab:
        groups = {"leaf-1": "mlag-hall", "leaf-2": "mlag-hall", "widow": "mlag-attic"}
        with_data(folder, **{name: {"redundancy_group": group} for name, group in groups.items()})
        with Context(folder / "config.yaml").open() as opened:
            yield go(opened, lab, Policy())


def test_peers_are_upgraded_one_after_the_other_each_ready_before_the_next(fleet: Upgraded) -> None:
    for name in PAIR:
        job = fleet.jobs[name]
        assert (job.status, job.outcome, job.error) == (JobStatus.SUCCESS, Outcome.UPGRADED, None)
    outages = sorted(fleet.lab.outages(name)[0] for name in PAIR)
    # The second one went down only after the ports of the first had waited for their delay.
    assert outages[1][0] > outages[0][1] + 300


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("stranger", ("redundancy group: seen none", "`redundancy_group: mlag-yard`")),
        ("widow", ("MLAG partner: seen state Inactive, negotiation Connecting", "`show mlag`")),
    ],
)
def test_a_peer_that_may_not_go_is_left_alone(fleet: Upgraded, name: str, words: tuple[str, ...]) -> None:
    job = fleet.jobs[name]
    assert (job.status, job.outcome) == (JobStatus.FAILED, Outcome.UNTOUCHED)
    assert all(each in (job.error or "") for each in words), job.error
    assert not [line for line in fleet.lab.commands(name) if line.startswith(FLEET.changing)]


@pytest.mark.parametrize("name", ["fpga-soon", "fpga-late"])
def test_a_second_reload_by_itself_ends_in_no_false_failure(fleet: Upgraded, name: str) -> None:
    job = fleet.jobs[name]
    assert (job.status, job.outcome, job.error) == (JobStatus.SUCCESS, Outcome.UPGRADED, None)
    assert fleet.lab.reloads(name) == [f"reload: {BY_USER}", f"reload: {BY_FPGA}"]
    assert fleet.lab.commands(name).count("reload now") == 1


# In MLAGs, and the others: 780 and 1020 s are the defaults of a 7280R; the longer one may be either, and longer than
# `deadlines.ready`.
DELAYS = {"others-longer": (780, 1020), "mlags-longer": (1020, 780), "both-long": (1500, 1900), "equal": (600, 600)}


def test_no_port_is_missed_before_the_longer_of_the_two_reload_delays_is_over(tmp_path: Path) -> None:
    specs = [
        FLEET.make(name, mlag=name, reload_delay=mlag, other_delay=others, transfer=400_000, boot_seconds=240)
        for name, (mlag, others) in DELAYS.items()
    ]
    # Every port has to come back: none that is down would be forgiven.
    defaults = {"deadlines": {"ready": 900}, "tolerances": {"patience": 300, "interfaces_lost": 0}}
    with lab_folder(tmp_path, ssh=False, fleet=specs, speed=400, settings=defaults) as lab:
        with_data(tmp_path, **{name: {"redundancy_group": f"mlag-{name}"} for name in DELAYS})
        with Context(tmp_path / "config.yaml").open() as opened:
            result = go(opened, lab, Policy())
            for name in DELAYS:
                job = result.jobs[name]
                assert (job.status, job.outcome, job.error) == (JobStatus.SUCCESS, Outcome.UPGRADED, None)
                assert lab.commands(name).count("reload now") == 1
