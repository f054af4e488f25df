"""How long the post-checks wait for what, and what they tell of what did not come back: on a device of paper."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from typing import Any

import pytest
from support.after_reload import COMMITTED, after_reload, back, keeping
from support.scripted_steps import BEFORE, NEW, PaperClock, Scripted, runs, stands

from swimctl.config.settings import Settings, Tolerances
from swimctl.errors import StepFailed
from swimctl.platforms.facts import Installed, Placement, Snapshot
from swimctl.steps import PostChecks
from swimctl.steps.comparison import Comparison, compare
from swimctl.steps.patience import Patience
from swimctl.steps.readiness import baseline

FIRST_LOOK = 1200.0
DESKS = tuple(f"GigabitEthernet1/0/{number}" for number in range(1, 21))
PHONES = tuple(f"Gig 1/0/{number} → SEP0011220000{number:02x}" for number in range(1, 11))
UPLINKS = ("TenGigabitEthernet1/1/1", "TenGigabitEthernet2/1/1")
FLOOR = replace(
    BEFORE,
    interfaces_up=(*DESKS, *UPLINKS),
    neighbours=(*PHONES, "Ten 1/1/1 → core-1", "Ten 2/1/1 → core-2"),
    access_up=DESKS,
    end_devices=PHONES,
)
THERE = replace(FLOOR, version=NEW, uptime=300)
NO_PHONES = replace(THERE, neighbours=THERE.neighbours[len(PHONES) :])
NO_UPLINK = replace(THERE, interfaces_up=THERE.interfaces_up[:-1], neighbours=THERE.neighbours[:-1])


def by_time(*answers: tuple[float, Any]) -> Callable[[PaperClock], Any]:
    """Answer by the seconds since the first look: the last one whose time has come."""

    def answer(clock: PaperClock) -> Any:
        return [each for since, each in answers if clock.seconds - FIRST_LOOK >= since][-1]

    return answer


def settings(**tolerances: Any) -> Settings:
    return Settings(tolerances=Tolerances(**tolerances))


def upgraded(job: Scripted) -> str:
    message = PostChecks().run(job.context).message
    assert job.driver.times("commit") == 1
    assert not job.sent("abort")
    return message


def test_links_have_their_time_from_when_the_last_member_joined() -> None:
    running = by_time((0, runs(NEW)), (660, runs(NEW, NEW)))
    job = keeping(before=FLOOR, running=[running], snapshot=[by_time((0, NO_UPLINK), (660 + 280, THERE))])
    assert upgraded(job).endswith("all is as before")


def test_links_have_their_time_from_when_the_last_module_was_there() -> None:
    unready = by_time((0, "module 3 powering up"), (850, None))
    job = keeping(before=FLOOR, unready=[unready], snapshot=[by_time((0, NO_UPLINK), (850 + 250, THERE))])
    assert upgraded(job).endswith("all is as before")


def test_an_uplink_that_does_not_come_back_takes_it_back_after_its_time() -> None:
    unready = by_time((0, "module 3 powering up"), (600, None))
    job = back(before=FLOOR, unready=[unready], snapshot=[NO_UPLINK])
    with pytest.raises(StepFailed, match=r"1 uplinks lost \(tolerated 0\): TenGigabitEthernet2/1/1; 1 network neigh"):
        PostChecks().run(job.context)
    assert not job.sent("commit")
    assert 600 + 300 <= job.waited - FIRST_LOOK < 600 + 300 + 300


def test_a_member_that_is_late_for_ever_has_no_more_than_the_time_of_members() -> None:
    job = back(before=FLOOR, unready=["module 3 powering up"], snapshot=[THERE])
    with pytest.raises(StepFailed, match="not back: module 3 powering up"):
        PostChecks().run(job.context)
    assert 900 <= job.waited - FIRST_LOOK < 1300


def test_phones_that_boot_slowly_have_a_time_of_their_own() -> None:
    job = keeping(before=FLOOR, snapshot=[by_time((0, NO_PHONES), (700, THERE))])
    assert upgraded(job).endswith("all is as before")
    assert job.waited - FIRST_LOOK >= 700


def test_phones_that_never_come_back_are_told_and_cost_no_upgrade() -> None:
    job = keeping(before=FLOOR, snapshot=[NO_PHONES])
    told = (
        "10 of 20 access ports not back (needed 17): GigabitEthernet1/0/1 (without SEP001122000001), "
        "GigabitEthernet1/0/10 (without SEP00112200000a)"
    )
    assert f"all that must come back is back; {told}" in upgraded(job)
    assert job.told("compared")[0].startswith(told)
    assert 900 <= job.waited - FIRST_LOOK < 1000


def test_where_access_ports_decide_it_goes_back() -> None:
    job = back(before=FLOOR, snapshot=[NO_PHONES], settings=settings(access_decides=True))
    with pytest.raises(StepFailed, match="10 of 20 access ports not back"):
        PostChecks().run(job.context)
    assert job.waited - FIRST_LOOK >= 900


def test_a_quiet_desk_is_waited_for_by_nobody_and_told() -> None:
    quiet = replace(THERE, interfaces_up=tuple(each for each in THERE.interfaces_up if each != DESKS[15]))
    job = keeping(before=FLOOR, snapshot=[quiet])
    assert upgraded(job).endswith("; 1 of 20 access ports not back: GigabitEthernet1/0/16")
    assert job.waited == FIRST_LOOK


def test_nobody_waits_for_phones_until_the_timer_ends() -> None:
    job = after_reload(before=FLOOR, snapshot=[NO_PHONES])

    def installed(clock: PaperClock) -> Installed:
        left = int(600 - (clock.seconds - FIRST_LOOK))
        assert left > 0, "the device went back by itself"
        return COMMITTED if job.sent("commit") else stands(Placement.UNCOMMITTED, left)

    job.driver._script["installed"] = [installed]
    assert "access ports not back" in upgraded(job)
    assert job.waited - FIRST_LOOK <= 310


def test_an_uplink_that_flaps_while_others_wait_for_phones_has_all_of_its_time() -> None:
    neither = replace(NO_UPLINK, neighbours=NO_UPLINK.neighbours[len(PHONES) :])
    job = keeping(before=FLOOR, snapshot=[by_time((0, NO_PHONES), (500, neither), (700, NO_PHONES), (800, THERE))])
    assert upgraded(job).endswith("all is as before")


def test_the_trunk_of_an_access_point_that_boots_slowly_comes_back_in_time() -> None:
    there = replace(THERE, interfaces_up=(*THERE.interfaces_up, "GigabitEthernet1/0/48"),
                    neighbours=(*THERE.neighbours, "Gi1/0/48 → ap-1"))  # fmt: skip
    before = replace(there, version=BEFORE.version, uptime=BEFORE.uptime, end_devices=(*PHONES, "Gi1/0/48 → ap-1"))
    job = keeping(before=before, snapshot=[by_time((0, THERE), (720, there))])
    assert upgraded(job).endswith("all is as before")


def test_what_is_new_is_told() -> None:
    new = replace(THERE, interfaces_up=(*THERE.interfaces_up, "GigabitEthernet1/0/30"))
    job = keeping(before=FLOOR, snapshot=[new])
    assert upgraded(job).endswith("; 1 new interfaces: GigabitEthernet1/0/30")
    assert job.told("compared") == ["1 new interfaces: GigabitEthernet1/0/30"]


# What a device keeps down by itself.


@pytest.mark.parametrize(("hold", "ready"), [(0, 900), (300, 900), (1020, 1320), (3000, 3300)])
def test_a_device_that_keeps_ports_down_has_so_long_and_the_patience(hold: int, ready: float) -> None:
    clock = PaperClock()
    patience = Patience(clock, Settings(), hold)
    clock.sleep(ready - 1)
    assert not patience.ready_passed
    clock.sleep(2)
    assert patience.ready_passed


# Baselines of an earlier swimctl.

LATER = {"access_up", "end_devices", "hold", "unread"}
OLDER = {name: value for name, value in asdict(FLOOR).items() if name not in LATER}


def kept(values: Mapping[str, Any]) -> Snapshot:
    """Read a baseline as a store gives it back: JSON has lists."""
    job = Scripted()
    job.record.memory["baseline"] = {k: list(v) if isinstance(v, tuple) else v for k, v in values.items()}
    return baseline(job.context)


def test_a_baseline_is_what_was_kept() -> None:
    assert kept(asdict(FLOOR)) == FLOOR


def test_a_baseline_of_an_earlier_swimctl_compares_as_it_did() -> None:
    older = kept(OLDER)
    assert older == replace(FLOOR, access_up=(), end_devices=())
    assert compare(older, THERE, Tolerances()) == Comparison()
    quiet = replace(THERE, interfaces_up=THERE.interfaces_up[1:])
    assert compare(older, quiet, Tolerances()).complaint == "1 uplinks lost (tolerated 0): GigabitEthernet1/0/1"
    assert compare(older, NO_PHONES, Tolerances()).complaint.startswith("10 network neighbours lost (tolerated 0)")
