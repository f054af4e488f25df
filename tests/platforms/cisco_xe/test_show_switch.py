"""`show switch`: members and their states."""

from __future__ import annotations

import pytest
from platforms.material import sample

from swimctl.errors import CommandRefused, UnparsableOutput
from swimctl.facts import Member
from swimctl.platforms.cisco_xe.parse_switch import parse_show_switch


def test_every_odd_state_as_printed() -> None:
    members = parse_show_switch(sample("show_switch/odd_states"))
    assert {member.number: member.state for member in members} == {
        1: "Ready",
        2: "Ready",
        3: "V-Mismatch",
        4: "Provisioned",
        5: "HA sync in progress",
        6: "Ver Mismatch",
        10: "Initializing",
    }
    assert members[0] == Member(1, "Active", "Ready", "0011.22aa.0100", 15, active=True)
    assert members[3] == Member(4, "Member", "Provisioned", "0000.0000.0000", 0)
    assert [member.number for member in members if member.active] == [1]


@pytest.mark.parametrize("hardware", ["V02", "0", "PP", "P2B", "A0", "12", ""])
def test_hardware_version_is_no_part_of_the_state(hardware: str) -> None:
    text = sample("show_switch/virtual_pair").replace("V02     Ready", f"{hardware:8}Ready")
    assert [member.state for member in parse_show_switch(text)] == ["Ready", "Ready"]


def test_rows_out_of_line() -> None:
    members = parse_show_switch(sample("show_switch/virtual_pair"))
    assert [(member.number, member.role, member.active) for member in members] == [
        (1, "Standby", False),
        (2, "Active", True),
    ]


def test_detail() -> None:
    assert [member.number for member in parse_show_switch(sample("show_switch_detail/two_members"))] == [1, 2]


def test_a_member_that_only_the_ports_know() -> None:
    text = sample("show_switch_detail/two_members").replace(" 2       Standby", "*1       Standby")
    with pytest.raises(UnparsableOutput):
        parse_show_switch(text)
    lines = [line for line in sample("show_switch_detail/two_members").split("\n") if "Standby" not in line]
    with pytest.raises(UnparsableOutput, match="does not fit the members"):
        parse_show_switch("\n".join(lines))


@pytest.mark.parametrize("odd", [" 4       Member", "garbage", "*1 Active 0011.22aa.0100 x V02 Ready"])
def test_a_row_that_does_not_read_is_named(odd: str) -> None:
    with pytest.raises(UnparsableOutput) as caught:
        parse_show_switch(f"{sample('show_switch/odd_states')}{odd}\n")
    assert caught.value.odd_line == odd.strip()


def test_no_stack_at_all_is_a_refusal() -> None:
    with pytest.raises(CommandRefused):
        parse_show_switch("          ^\n% Invalid input detected at '^' marker.\n")


def test_a_header_without_rows_is_no_empty_stack() -> None:
    with pytest.raises(UnparsableOutput):
        parse_show_switch("\n".join(sample("show_switch/odd_states").split("\n")[:5]))


def test_a_pair_of_wireless_controllers() -> None:
    members = parse_show_switch(sample("show_chassis/wireless_pair"))
    assert [(m.number, m.role, m.state, m.active) for m in members] == [
        (1, "Active", "Ready", True),
        (2, "Standby", "HA sync in progress", False),
    ]
