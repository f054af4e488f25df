"""What a parser says of an output that it cannot read, and of lines that it passes over: whose, which line, and why."""

from __future__ import annotations

from collections.abc import Iterator
from inspect import getsource

import pytest
from platforms.contract import Platform, names, parser_of, platform

from swimctl.errors import CommandRefused, UnparsableOutput
from swimctl.platforms.text import unread

ODD = "The maintenance bay is sealed"
_PLACES = 8
# What samples have beside what is read.
_NEVER_READ = {
    "cisco_xe show_cdp_neighbors/nameless": ["gone-7"],
    "cisco_xe show_ip_interface_brief/control_plane": [
        'Any interface listed with OK? value "NO" does not have a valid configuration'
    ],
    "cisco_xe show_module/waiting_supervisor": ["Power Supply:   bad/off (see 'show power')"],
    "cisco_nxos show_vpc/pair": ["40"],
    "arista_eos show_interfaces_status/switch": [
        "! * Incomplete encapsulation information. Use 'show interface encapsulation vlan' instead"
    ],
    "juniper_junos show_version/local": ["Junos for Automation Enhancement"],
    "juniper_junos show_version_detail/router": [
        "MGD release 21.4R3-S2.5 built by builder on 2022-06-08 22:58:49 UTC",
        "Copyright (C) 2002-15, somebody, www.example.org",
    ],
    "juniper_junos show_virtual-chassis/not_provisioned": ["-          Unprvsnd PE1234560003 ex4300-24t"],
}


def spoilt(text: str) -> Iterator[str]:
    """Yield a text broken off at some lines, and without each of these."""
    lines = text.splitlines(keepends=True)
    for place in sorted({len(lines) * part // _PLACES for part in range(_PLACES)} | {len(lines) - 1}):
        yield "".join(lines[:place])
        yield "".join(lines[:place] + lines[place + 1 :])


def is_of(told: str, command: str) -> bool:
    """Return whether a command that is told may be this one, in other words: `show interfaces brief`."""
    return told.removeprefix("admin ").split()[:1] == command.removeprefix("admin ").split()[:1]


def refusal(own: Platform, command: str, text: str) -> UnparsableOutput | None:
    """Return the refusal of a text, None where it reads or is an error of the device's own."""
    try:
        own.commands.parse(command, text)
    except CommandRefused:
        return None
    except UnparsableOutput as error:
        return error
    return None


@pytest.mark.parametrize("name", names())
def test_a_refusal_names_the_command_a_line_of_the_output_and_why(name: str) -> None:
    own = platform(name)
    refused = 0
    for sample in own.samples:
        command, text = own.of(sample)
        for part in (*spoilt(text), f"{ODD}\n{ODD} for long\n"):
            if (error := refusal(own, command, part)) is None:
                continue
            refused += 1
            odd = error.odd_line.split()
            assert is_of(error.command, command), (sample, error.command)
            assert not odd or any(word in part for word in odd), (sample, error.odd_line)
            assert len(error.why.split()) > 2, (sample, error.why)
    assert refused > len(own.samples)


@pytest.mark.parametrize("name", names())
def test_a_line_that_nobody_knows_is_told_with_its_command_and_no_line_of_a_sample_is_one(name: str) -> None:
    own = platform(name)
    silent: set[str] = set()
    talks: set[str] = set()
    for sample in own.samples:
        command, text = own.of(sample)
        entry = own.commands.find(command)
        with unread() as gathered:
            own.answer(command, text)
        assert [line for _, line in gathered] == _NEVER_READ.get(f"{name} {sample}", []), sample
        lines, read = text.rstrip().split("\n"), False
        with unread() as gathered:
            for place in {0, *range(1, len(lines) + 1, 1 + len(lines) // _PLACES), len(lines)}:
                found = own.answer(command, "\n".join([*lines[:place], ODD, *lines[place:], lines[-1], ""]))
                read = read or not isinstance(found, type)
        assert all(is_of(whose, command) for whose, _ in gathered), (sample, gathered)
        told = any(line == ODD for _, line in gathered)
        if read and "passed_over(" in getsource(entry.parser):
            (talks if told else silent).add(parser_of(entry))
    assert silent <= talks, "they pass over a line and tell nobody"
