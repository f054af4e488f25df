"""`show switch`: members and their states."""

from __future__ import annotations

import pytest
from platforms.material import sample

from swimctl.errors import CommandRefused, UnparsableOutput
from swimctl.platforms.cisco_xe.facts import Member
from swimctl.platforms.cisco_xe.parsers.switch import members_command, parse_show_chassis, parse_show_switch, state_in
from swimctl.platforms.text import unread


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


def test_a_stack_that_tells_no_version_of_its_hardware() -> None:
    members = parse_show_switch(sample("show_switch/without_hardware_version"))
    assert members == (
        Member(1, "Slave", "Ready", "0011.22aa.4100", 8),
        Member(2, "Master", "Ready", "0011.22aa.4200", 15, active=True),
        Member(3, "Member", "Version Mismatch", "0011.22aa.4300", 1),
    )


def test_detail() -> None:
    assert [member.number for member in parse_show_switch(sample("show_switch_detail/two_members"))] == [1, 2]


def test_what_the_table_of_ports_says_is_not_needed() -> None:
    text = sample("show_switch_detail/two_members")
    cut = text[: text.index("Stack Port Status") + 40]
    assert parse_show_switch(cut) == parse_show_switch(text)
    with pytest.raises(UnparsableOutput):
        parse_show_switch(text.replace(" 2       Standby", "*1       Standby"))


@pytest.mark.parametrize("odd", [" 4       Member", "*1 Active 0011.22aa.0100 x V02 Ready"])
def test_a_row_that_does_not_read_is_named(odd: str) -> None:
    with pytest.raises(UnparsableOutput) as caught:
        parse_show_switch(f"{sample('show_switch/odd_states')}{odd}\n")
    assert caught.value.odd_line == odd.strip()


def test_a_line_that_is_no_row_is_passed_over_and_told() -> None:
    text = sample("show_switch/odd_states")
    with unread() as told:
        assert parse_show_switch(f"{text}The stack is rebalancing\n") == parse_show_switch(text)
    assert told == [("show switch", "The stack is rebalancing")]


@pytest.mark.parametrize(
    ("words", "state"),
    [
        ("V02 Ready", "Ready"),
        ("HA sync in progress", "HA sync in progress"),
        ("HA  sync  in  progress   amber", "HA sync in progress"),
        ("Ready 169.254.10.1", "Ready"),
        ("V02     Rebuilding lamps   amber", "Rebuilding lamps"),
        ("V02     Ready and more", "Ready and more"),
        ("V02", None),
        ("V02     Re", None),
        ("V02     HA sync in", None),
    ],
)
def test_the_state_in_the_rest_of_a_row(words: str, state: str | None) -> None:
    assert state_in(words) == state


def test_no_stack_at_all_is_a_refusal() -> None:
    with pytest.raises(CommandRefused):
        parse_show_switch("          ^\n% Invalid input detected at '^' marker.\n")


def test_a_header_without_rows_is_no_empty_stack() -> None:
    with pytest.raises(UnparsableOutput):
        parse_show_switch("\n".join(sample("show_switch/odd_states").split("\n")[:5]))


def test_a_pair_of_wireless_controllers() -> None:
    members = parse_show_chassis(sample("show_chassis/wireless_pair"))
    assert [(m.number, m.role, m.state, m.active) for m in members] == [
        (1, "Active", "Ready", True),
        (2, "Standby", "HA sync in progress", False),
    ]


def test_a_pair_that_tells_the_type_of_its_redundancy_port() -> None:
    members = parse_show_chassis(sample("show_chassis/fibre_pair"))
    assert [(m.number, m.role, m.state, m.active) for m in members] == [
        (1, "Standby", "Ready", False),
        (2, "Active", "Ready", True),
    ]


def test_the_active_one_is_the_one_with_the_role_whichever_was_asked() -> None:
    members = parse_show_switch(sample("show_switch/asked_on_standby"))
    assert [(m.number, m.role, m.active) for m in members] == [(1, "Active", True), (2, "Standby", False)]


@pytest.mark.parametrize("text", ["nothing here", "Chassis/Stack Mac Address : 0011.22ee.0300", "% Error: not now"])
def test_messages_name_the_command_that_the_device_has(text: str) -> None:
    assert (members_command("C9800-80-K9"), members_command("C9300-48P")) == ("show chassis", "show switch")
    with pytest.raises(UnparsableOutput, match="'show chassis'"):
        parse_show_chassis(text)


def test_a_time_behind_the_state_is_no_part_of_it() -> None:
    head = "Switch#   Role    Mac Address     Priority Version  State                 Uptime\n"
    row = "*1       Active   046c.9d1f.3b00     15     V02     {}\n"
    for words in ("Ready                 3d", "Ready 3d", "Ready 00:41:12 left"):
        assert [member.state for member in parse_show_switch(head + row.format(words))] == ["Ready"]
