"""Commands that people may name for a check: those that only read, and print no configuration."""

from __future__ import annotations

import pytest

from swimctl.config.read_only import not_only_reading
from swimctl.platforms import PLATFORM_NAMES, commands_of

READS = (
    "show version",
    "show ip bgp summary vrf all | json",
    "show interfaces terse | display xml",
    "show ip route summary",
    "show interfaces status | include connected",
    'show logging | include "a;b > c"',
    'show interfaces extensive | match "Physical interface|Framing errors"',
    "dir flash:",
    "ping 192.0.2.1",
    "ping 192.0.2.1 vrf Mgmt repeat 3",
    "show file systems",
    "show arp",
    "show chassis environment",
    "show system resources",
    "admin show environment temperatures",
    "show cdp neighbors",
)
DOES_MORE = {
    "reload": "must begin with",
    "admin reload": "must begin with",
    "admin show running-config": "prints the configuration",
    "sh version": "must begin with",
    "configure terminal": "must begin with",
    "request system reboot": "must begin with",
    "clear counters": "must begin with",
    "show version ; reload": "may do more than print",
    "show version > bootflash:x": "may do more than print",
    "show version\nreload": "may do more than print",
    "show version | redirect flash:x": "may do more than select lines",
    "show version | tee flash:x": "may do more than select lines",
    "show version | append flash:x": "may do more than select lines",
    "show version | save x": "may do more than select lines",
    "show version | file disk0:x": "may do more than select lines",
    "show version | vsh": "may do more than select lines",
    "show version | display set": "may do more than select lines",
    "show version | include x | redirect flash:x": "may do more than select lines",
    "show version | display xml | save x": "may do more than select lines",
    "show version | display": "may do more than select lines",
    "show version |": "may do more than select lines",
    'show version | include "a\tb"': "may do more than print",
    'show "a | b" | save x': "may do more than select lines",
    "Show Running-Config": "prints the configuration",
    "show running-config": "prints the configuration",
    "show run | section bgp": "prints the configuration",
    "show startup-config": "prints the configuration",
    "show configuration": "prints the configuration",
    "show tech-support": "prints the configuration",
    "show checkpoint x": "prints the configuration",
    "show derived-config": "prints the configuration",
    "show system rollback 1": "prints an older configuration",
    "show file bootflash:x": "prints a file",
    "": "is empty",
    " show version": "blanks around",
    "show version `reload`": "may do more than print",
    "show $(reload)": "may do more than print",
    'show version | include "$(reload)"': "may do more than print",
    'show version | include "`reload`"': "may do more than print",
    'show version | include \\"x | tee flash:y\\"': "may do more than print",
    """show version | include '"' | tee flash:y | include '"'""": "may do more than print",
    'show version | include "x | redirect flash:y"': "a system that knows no quotes",
    'show version | include "x|red flash:y"': "a system that knows no quotes",
    "show ?": "half typed",
}


@pytest.mark.parametrize("command", READS)
def test_what_only_reads_is_asked(command: str) -> None:
    assert not_only_reading(command) == ""


@pytest.mark.parametrize("command", DOES_MORE)
def test_what_does_more_is_refused_with_the_reason(command: str) -> None:
    assert DOES_MORE[command] in not_only_reading(command)


def test_what_is_refused_names_what_is_not() -> None:
    assert not_only_reading("reload") == "it must begin with show, dir or ping, in full"
    told = not_only_reading("show version | tee x")
    assert told.startswith("a filter `| tee x` may do more than select lines; known are begin, count, egrep, ")
    assert not_only_reading("show s") == not_only_reading("ping x") == "", "one letter may be anything"


def test_junos_pings_so_often_as_it_is_told() -> None:
    assert "for ever" in not_only_reading("ping 192.0.2.1", "juniper_junos")
    assert not_only_reading("ping 192.0.2.1 count 3", "juniper_junos") == ""


@pytest.mark.parametrize("platform", PLATFORM_NAMES)
def test_what_changes_a_device_is_never_taken_for_reading(platform: str) -> None:
    changing = [
        each.words
        for each in commands_of(platform).COMMANDS
        if not each.words.startswith(("show ", "dir", "admin show ")) and "*" not in each.words
    ]
    assert changing
    assert [words for words in changing if not not_only_reading(words, platform)] == []
