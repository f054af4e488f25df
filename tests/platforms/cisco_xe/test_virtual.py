"""A StackWise Virtual pair: its links, and what guards it against two active chassis."""

from __future__ import annotations

import pytest
from platforms.material import sample

from swimctl.errors import UnparsableOutput
from swimctl.platforms.cisco_xe.facts import DualActive, VirtualLink
from swimctl.platforms.cisco_xe.parsers.virtual import parse_dual_active, parse_virtual_link


def test_the_legend_tells_what_a_letter_is() -> None:
    assert parse_virtual_link(sample("show_stackwise-virtual_link/bundled")) == (
        VirtualLink(1, "HundredGigE1/0/25", True, "Bundled"),
        VirtualLink(1, "HundredGigE1/0/26", False, "Suspended"),
        VirtualLink(2, "HundredGigE2/0/25", True, "Bundled"),
        VirtualLink(2, "HundredGigE2/0/26", False, "Suspended"),
    )
    assert [link.protocol for link in parse_virtual_link(sample("show_stackwise-virtual_link/ready"))] == [
        "Ready",
        "Pending",
    ]


def test_a_letter_without_a_legend_is_not_guessed() -> None:
    with pytest.raises(UnparsableOutput, match="the legend does not say what P is"):
        parse_virtual_link(sample("show_stackwise-virtual_link/bundled").replace("P-Bundled ", ""))


def test_ports_of_dual_active_detection() -> None:
    found = parse_dual_active(sample("show_stackwise-virtual_dual-active-detection/one_down"))
    assert [up for _chassis, _port, up in found.ports] == [True, False, True, True]
    assert [chassis for chassis, _port, _up in found.ports] == [1, 1, 2, 2]
    assert parse_dual_active(sample("show_stackwise-virtual_dual-active-detection/none")) == DualActive((), True)


def test_a_pair_of_which_only_one_chassis_is_listed_is_not_believed() -> None:
    one = sample("show_stackwise-virtual_link/bundled").rsplit("\n2 ", 1)[0]
    with pytest.raises(UnparsableOutput, match="ports of both chassis"):
        parse_virtual_link(one)


@pytest.mark.parametrize(
    "row", ["2       1       HundredGigE2/0/26    X   P", "        HundredGigE2/0/26      U", "2   "]
)
def test_a_port_that_does_not_read_is_named(row: str) -> None:
    with pytest.raises(UnparsableOutput) as caught:
        parse_virtual_link(f"{sample('show_stackwise-virtual_link/ready')}{row} \n")
    assert caught.value.odd_line.startswith(row.strip())


def test_ports_that_watch_on_one_chassis_alone_are_told_as_they_are() -> None:
    one = sample("show_stackwise-virtual_dual-active-detection/one_down").rsplit("\n2 ", 1)[0]
    assert len(parse_dual_active(one).ports) == 2


@pytest.mark.parametrize("name", ["none", "one_down"])
def test_a_table_that_ends_at_its_header_does_not_say_that_none_watches(name: str) -> None:
    head, status, _ = sample(f"show_stackwise-virtual_dual-active-detection/{name}").partition("Status")
    with pytest.raises(UnparsableOutput, match="ends at its header"):
        parse_dual_active(f"{head}{status}\n")


@pytest.mark.parametrize("word", ["", "Y", "Perhaps"])
def test_recovery_that_is_not_told_is_not_guessed(word: str) -> None:
    text = sample("show_stackwise-virtual_dual-active-detection/none").replace("mode: Yes", f"mode: {word}")
    with pytest.raises(UnparsableOutput, match="in recovery"):
        parse_dual_active(text)
