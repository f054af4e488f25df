"""What may be missing after an upgrade, and what may not, by what it is."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swimctl.config.settings import Tolerances
from swimctl.platforms.facts import Snapshot
from swimctl.steps.comparison import Comparison, changed_roles, compare, went_down

BEFORE = Snapshot(
    taken_at="2026-03-04T10:00:00.000000Z",
    version="17.06.05",
    uptime=600,
    restarted_at=None,
    members={"1": "Ready", "2": "Ready"},
    interfaces_up=("GigabitEthernet1/0/1", "GigabitEthernet2/0/1", "Vlan1"),
    neighbours=("GigabitEthernet1/0/1 → core1", "GigabitEthernet2/0/1 → core2"),
    routes={"connected": 10, "static": 10, "ospf": 80},
)
STRICT = Tolerances()
DESKS = tuple(f"GigabitEthernet1/0/{number}" for number in range(1, 41))
PHONES = tuple(f"Gig 1/0/{number} → SEP0011220000{number:02x}" for number in range(1, 21))
# A floor: forty desks, half of them with a phone, behind two uplinks.
FLOOR = replace(
    BEFORE,
    interfaces_up=(*DESKS, "TenGigabitEthernet1/1/1", "TenGigabitEthernet1/1/2"),
    neighbours=(*PHONES, "Ten 1/1/1 → core1.example.net", "Ten 1/1/2 → core2.example.net"),
    access_up=DESKS,
    end_devices=PHONES,
)


def without(snapshot: Snapshot, *gone: str) -> Snapshot:
    """Take interfaces away, with what is behind them by the same numbers, and neighbours."""
    numbers = {each.partition("Ethernet")[2] for each in gone if "→" not in each}
    return replace(
        snapshot,
        interfaces_up=tuple(each for each in snapshot.interfaces_up if each not in gone),
        neighbours=tuple(
            each
            for each in snapshot.neighbours
            if each not in gone and each.partition(" → ")[0].split(" ")[-1] not in numbers
        ),
    )


def test_the_same_is_good() -> None:
    for each in (BEFORE, FLOOR):
        assert compare(each, each, STRICT) == Comparison()


def test_more_than_before_is_told_and_no_fault() -> None:
    more = replace(BEFORE, interfaces_up=(*BEFORE.interfaces_up, "Vlan2"), routes={"ospf": 200},
                   neighbours=(*BEFORE.neighbours, "Gig 1/0/9 → sw9"))  # fmt: skip
    assert compare(BEFORE, more, STRICT) == Comparison(
        told="1 new interfaces: Vlan2; 1 new neighbours: Gig 1/0/9 → sw9"
    )


def test_in_a_baseline_without_kinds_every_lost_interface_is_named() -> None:
    after = replace(BEFORE, interfaces_up=BEFORE.interfaces_up[1:])
    assert "1 uplinks lost (tolerated 0): GigabitEthernet1/0/1" in compare(BEFORE, after, STRICT).complaint
    seen = compare(BEFORE, after, Tolerances(uplinks_lost=1))
    assert (seen.complaint, seen.told) == ("", "1 uplinks lost (tolerated 1): GigabitEthernet1/0/1")


def test_a_lost_neighbour_is_named() -> None:
    after = replace(BEFORE, neighbours=BEFORE.neighbours[:1])
    assert "core2" in compare(BEFORE, after, STRICT).complaint


def test_a_lost_or_changed_member_is_never_tolerated() -> None:
    assert "2 gone" in compare(BEFORE, replace(BEFORE, members={"1": "Ready"}), STRICT).complaint
    changed = replace(BEFORE, members={"1": "Ready", "2": "V-Mismatch"})
    anything = Tolerances(interfaces_lost=9, neighbours_lost=9, uplinks_lost=9, network_neighbours_lost=9)
    assert "2 V-Mismatch" in compare(BEFORE, changed, anything).complaint


def test_routes_have_a_percentage() -> None:
    fewer = replace(BEFORE, routes={"connected": 10, "static": 10, "ospf": 70})
    assert compare(BEFORE, fewer, STRICT).complaint == ""
    assert "routes fell from 100 to 80" in compare(BEFORE, replace(BEFORE, routes={"ospf": 80}), STRICT).complaint


def test_no_routes_before_is_no_division() -> None:
    assert compare(replace(BEFORE, routes={}), replace(BEFORE, routes={}), STRICT).complaint == ""


def test_a_desk_that_went_quiet_is_told() -> None:
    seen = compare(FLOOR, without(FLOOR, DESKS[30], DESKS[0]), STRICT)
    assert (seen.complaint, seen.below) == ("", "")
    assert seen.told == "2 of 40 access ports not back: GigabitEthernet1/0/1, GigabitEthernet1/0/31"


def test_a_phone_that_is_not_seen_counts_for_its_port() -> None:
    seen = compare(FLOOR, without(FLOOR, PHONES[2]), STRICT)
    assert (seen.complaint, seen.below) == ("", "")
    assert seen.told == "1 of 40 access ports not back: GigabitEthernet1/0/3 (without SEP001122000003)"


def test_below_the_share_it_decides_where_that_is_set() -> None:
    after = without(FLOOR, *DESKS[:5])
    told = "5 of 40 access ports not back (needed 36): GigabitEthernet1/0/1, GigabitEthernet1/0/2, "
    seen = compare(FLOOR, after, STRICT)
    assert seen.complaint == ""
    assert seen.below.startswith(told)
    assert seen.told == seen.below
    assert compare(FLOOR, after, Tolerances(access_decides=True)).complaint == seen.below
    assert compare(FLOOR, after, Tolerances(access_decides=True, access_percent=80)).complaint == ""


def test_three_may_always_stay_down() -> None:
    small = replace(FLOOR, interfaces_up=(*DESKS[20:24], "TenGigabitEthernet1/1/1"), access_up=DESKS[20:24],
                    neighbours=(), end_devices=())  # fmt: skip
    decides = Tolerances(access_decides=True)
    assert compare(small, without(small, *DESKS[20:23]), decides).complaint == ""
    assert "needed 1" in compare(small, without(small, *DESKS[20:24]), decides).complaint


def test_only_what_waits_for_phones_and_access_points_is_slow() -> None:
    assert compare(FLOOR, without(FLOOR, *PHONES[:9]), STRICT).slow
    assert not compare(FLOOR, without(FLOOR, *DESKS[30:40]), STRICT).slow
    assert not compare(FLOOR, without(FLOOR, *PHONES[:9], "TenGigabitEthernet1/1/1"), STRICT).slow


def test_the_trunk_of_an_access_point_must_come_back_but_is_slow() -> None:
    trunk = replace(FLOOR, neighbours=(*FLOOR.neighbours, "Gi1/0/48 → ap-1"), end_devices=(*PHONES, "Gi1/0/48 → ap-1"),
                    interfaces_up=(*FLOOR.interfaces_up, "GigabitEthernet1/0/48"))  # fmt: skip
    seen = compare(trunk, without(trunk, "GigabitEthernet1/0/48", "Gi1/0/48 → ap-1"), STRICT)
    assert seen.complaint == "1 uplinks lost (tolerated 0): GigabitEthernet1/0/48"
    assert seen.slow


@pytest.mark.parametrize(("given", "complaint"), [(1, "2 interfaces lost (tolerated 1)"), (2, "")])
def test_an_older_setting_counts_all_kinds_alike(given: int, complaint: str) -> None:
    after = without(FLOOR, DESKS[30], DESKS[31])
    assert compare(FLOOR, after, Tolerances(interfaces_lost=given)).complaint.startswith(complaint)
    phones = without(FLOOR, *PHONES[:2])
    seen = compare(FLOOR, phones, Tolerances(neighbours_lost=given))
    assert seen.complaint.startswith(complaint.replace("interfaces", "neighbours"))
    assert not seen.slow


def test_a_neighbour_is_the_same_by_whatever_protocol_and_name() -> None:
    other = replace(FLOOR, neighbours=(*PHONES, "Te1/1/1 → core1", "TenGigabitEthernet1/1/2 → CORE2(FOX1234)"))
    assert compare(FLOOR, other, STRICT) == Comparison()
    swapped = replace(FLOOR, neighbours=(*PHONES, "Te1/1/1 → core2", "Te1/1/2 → core1"))
    assert "2 network neighbours lost" in compare(FLOOR, swapped, STRICT).complaint


def test_another_member_may_lead() -> None:
    led = replace(BEFORE, roles={"1": "Active", "2": "Standby"})
    after = replace(BEFORE, roles={"1": "Standby", "2": "Active"})
    assert compare(led, after, STRICT) == Comparison()
    assert changed_roles(led, after) == "1 was Active and is Standby, 2 was Standby and is Active"
    assert changed_roles(led, led) == changed_roles(BEFORE, after) == ""


def test_an_uptime_that_began_anew_is_told() -> None:
    assert went_down(BEFORE, replace(BEFORE, uptime=60)) == "its own uptime started again"
    assert went_down(BEFORE, replace(BEFORE, uptime=900)) == went_down(BEFORE, replace(BEFORE, uptime=None)) == ""


# Properties, over any losses and settings.

UPLINKS = FLOOR.interfaces_up[-2:]
THINGS = (*FLOOR.interfaces_up, *FLOOR.neighbours)
LOSSES = st.sets(st.sampled_from(THINGS), max_size=30)
SETTINGS = st.builds(
    Tolerances,
    uplinks_lost=st.integers(0, 3),
    network_neighbours_lost=st.integers(0, 3),
    access_percent=st.integers(0, 100),
    access_lost=st.integers(0, 9),
    access_decides=st.booleans(),
    interfaces_lost=st.none() | st.integers(0, 9),
    neighbours_lost=st.none() | st.integers(0, 9),
)


@given(lost=LOSSES, more=LOSSES, settings=SETTINGS)
def test_losing_more_is_never_judged_better(lost: set[str], more: set[str], settings: Tolerances) -> None:
    some = compare(FLOOR, without(FLOOR, *lost), settings)
    worse = compare(FLOOR, without(FLOOR, *lost, *more), settings)
    assert bool(worse.complaint) >= bool(some.complaint)
    assert bool(worse.below) >= bool(some.below)
    assert bool(worse.told or worse.complaint) >= bool(some.told or some.complaint)


@given(lost=LOSSES, settings=SETTINGS)
def test_the_same_snapshot_never_complains(lost: set[str], settings: Tolerances) -> None:
    here = without(FLOOR, *lost)
    kept = replace(
        here,
        access_up=tuple(each for each in here.access_up if each in here.interfaces_up),
        end_devices=tuple(each for each in here.end_devices if each in here.neighbours),
    )
    assert compare(kept, kept, settings) == Comparison()


@given(lost=LOSSES, uplink=st.sampled_from(UPLINKS))
def test_an_uplink_that_is_lost_always_complains(lost: set[str], uplink: str) -> None:
    assert uplink in compare(FLOOR, without(FLOOR, uplink), STRICT).complaint
    assert "uplinks lost" in compare(FLOOR, without(FLOOR, *lost, uplink), STRICT).complaint


@given(lost=st.sets(st.sampled_from(THINGS), min_size=1))
def test_whatever_is_lost_is_said(lost: set[str]) -> None:
    seen = compare(FLOOR, without(FLOOR, *lost), STRICT)
    assert seen.complaint or seen.told


@pytest.mark.parametrize(
    ("before", "after", "began"),
    [(600, 599, True), (600, 600, False), (600, 601, False), (None, 1, False), (600, None, False)],
)
def test_an_uptime_that_is_shorter_than_before_began_anew(before: int | None, after: int | None, began: bool) -> None:
    told = went_down(replace(BEFORE, uptime=before), replace(BEFORE, uptime=after))
    assert told == ("its own uptime started again" if began else "")
