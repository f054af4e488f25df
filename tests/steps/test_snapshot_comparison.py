"""What may be missing after an upgrade, and what may not."""

from dataclasses import replace

from swimctl.facts import Snapshot
from swimctl.settings import Tolerances
from swimctl.steps.post_checks import changed_roles, compare_snapshots, went_down

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


def test_the_same_is_good() -> None:
    assert compare_snapshots(BEFORE, BEFORE, STRICT) == ""


def test_more_than_before_is_good() -> None:
    more = replace(BEFORE, interfaces_up=(*BEFORE.interfaces_up, "Vlan2"), routes={"ospf": 200})
    assert compare_snapshots(BEFORE, more, STRICT) == ""


def test_a_lost_interface_is_named() -> None:
    after = replace(BEFORE, interfaces_up=BEFORE.interfaces_up[1:])
    assert "1 interfaces lost (tolerated 0): GigabitEthernet1/0/1" in compare_snapshots(BEFORE, after, STRICT)
    assert compare_snapshots(BEFORE, after, Tolerances(interfaces_lost=1)) == ""


def test_a_lost_neighbour_is_named() -> None:
    after = replace(BEFORE, neighbours=BEFORE.neighbours[:1])
    assert "core2" in compare_snapshots(BEFORE, after, STRICT)


def test_a_lost_or_changed_member_is_never_tolerated() -> None:
    assert "2 gone" in compare_snapshots(BEFORE, replace(BEFORE, members={"1": "Ready"}), STRICT)
    changed = replace(BEFORE, members={"1": "Ready", "2": "V-Mismatch"})
    assert "2 V-Mismatch" in compare_snapshots(BEFORE, changed, Tolerances(interfaces_lost=9, neighbours_lost=9))


def test_routes_have_a_percentage() -> None:
    fewer = replace(BEFORE, routes={"connected": 10, "static": 10, "ospf": 70})
    assert compare_snapshots(BEFORE, fewer, STRICT) == ""
    assert "routes fell from 100 to 80" in compare_snapshots(BEFORE, replace(BEFORE, routes={"ospf": 80}), STRICT)


def test_no_routes_before_is_no_division() -> None:
    assert compare_snapshots(replace(BEFORE, routes={}), replace(BEFORE, routes={}), STRICT) == ""


def test_another_member_may_lead() -> None:
    led = replace(BEFORE, roles={"1": "Active", "2": "Standby"})
    after = replace(BEFORE, roles={"1": "Standby", "2": "Active"})
    assert compare_snapshots(led, after, STRICT) == ""
    assert changed_roles(led, after) == "1 was Active and is Standby, 2 was Standby and is Active"
    assert changed_roles(led, led) == changed_roles(BEFORE, after) == ""


def test_an_uptime_that_began_anew_is_told() -> None:
    assert went_down(BEFORE, replace(BEFORE, uptime=60)) == "its own uptime began anew"
    assert went_down(BEFORE, replace(BEFORE, uptime=900)) == went_down(BEFORE, replace(BEFORE, uptime=None)) == ""
