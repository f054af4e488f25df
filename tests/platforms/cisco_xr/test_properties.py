"""What holds for every parser of IOS-XR, whatever it is given."""

from __future__ import annotations

import textwrap

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from platforms.cisco_xr.material import command_of, sample, samples

from swimctl.errors import CommandRefused, SwimctlError, UnparsableOutput
from swimctl.platforms.cisco_xr import COMMANDS, find, parse
from swimctl.platforms.commands import Command

SYSLOG = (
    "RP/0/RP0/CPU0:Mar  9 16:06:55.053 CET: ifmgr[222]: %PKT_INFRA-LINK-3-UPDOWN : Interface Te0/0/0/1, changed state",
    "LC/0/1/CPU0:2024 Mar  9 16:06:55.053 CET: pfm_node_lc[311]: %FABRIC-NPU-1-ERROR : Set|x[0x1]|y",
    "0/RP0/ADMIN0:Mar  9 16:06:55.053 : inst_mgr[2915]: %INFRA-INSTMGR-6-OPERATION : text",
)
ALL = samples()


def answer(command: str, text: str) -> object:
    """Give the facts, or the reason why there are none."""
    try:
        return parse(command, text)
    except SwimctlError as error:
        return type(error)


def of(name: str) -> tuple[str, str]:
    return command_of(name.partition("/")[0]), sample(name)


def parser_of(entry: Command) -> str:
    parser = entry.parser
    return getattr(parser, "__qualname__", "")


def test_every_parser_has_a_sample() -> None:
    seen = {parser_of(find(command_of(name.partition("/")[0]))) for name in ALL}
    assert {parser_of(entry) for entry in COMMANDS} == seen


@pytest.mark.parametrize("entry", COMMANDS, ids=lambda entry: entry.words)
def test_every_command_is_found_by_its_own_words(entry: Command) -> None:
    assert find(entry.words.replace("*", "GREEN")) is entry


@pytest.mark.parametrize("name", ALL)
def test_a_syslog_line_at_any_place_changes_nothing(name: str) -> None:
    command, text = of(name)
    facts = parse(command, text)
    lines = text.split("\n")
    for place in range(len(lines) + 1):
        message = SYSLOG[place % len(SYSLOG)]
        assert answer(command, "\n".join([*lines[:place], message, *lines[place:]])) == facts, (place, message)


@pytest.mark.parametrize("name", ALL)
def test_echo_prompt_and_indentation_change_nothing(name: str) -> None:
    command, text = of(name)
    facts = parse(command, text)
    unix = text.replace("\r", "")
    typed = "install activate id 25" if command.startswith("install") else command
    decorated = [
        f"RP/0/RSP0/CPU0:hall-7#{typed}\n{text}\nRP/0/RSP0/CPU0:hall-7#",
        f"RP/0/RP0/CPU0:hall-7(admin)# {typed}\r\nSat Mar  9 18:56:04.000 CET\r\n{text}\r\n\r\nRP/0/RP0/CPU0:hall-7#",
        f"RP/0/RP0/CPU0:hall-7#{typed}\n{text.rstrip()}\nRP/0/RP0",
        f"Device# {typed}\n\n{text}",
        f"{typed}\n{text}",
        f"\n\n{text}\n\n",
        unix.replace("\n", "\r\n"),
        unix.replace("\n", "\r\r\n"),
        unix.replace("\n", "\n\n"),
        textwrap.indent(unix, " " * 8),
    ]
    for each in decorated:
        found = answer(command, each)
        if command.startswith("install") and found != facts:  # the echo alone tells the kind of operation
            assert (found.succeeded, found.reason, found.id) == (facts.succeeded, facts.reason, facts.id)  # type: ignore[attr-defined]
        else:
            assert found == facts, each[:80]


@pytest.mark.parametrize("name", ALL)
def test_a_device_error_in_it_is_never_an_empty_result(name: str) -> None:
    command, text = of(name)
    for refused in (
        "% Invalid input detected at '^' marker.",
        f"{text}\n% Incomplete command.\n",
        f"{command}\n        ^\n% Invalid input detected at '^' marker.\n\nRP/0/RP0/CPU0:hall-7#",
        "% This command is not authorized\n",
    ):
        assert answer(command, refused) is CommandRefused


@pytest.mark.parametrize("name", ALL)
def test_outputs_of_other_commands_are_refused(name: str) -> None:
    command, text = of(name)
    # One format each: the lists of packages by their own head, route summaries and file systems of one or of all.
    same = {parser_of(find(command))}
    for alike in (
        {"parse_show_route_summary", "parse_show_route_summary_all"},
        {"parse_show_filesystem", "parse_show_filesystem_location"},
    ):
        same |= alike if same & alike else set()
    for entry in COMMANDS:
        if parser_of(entry) not in same:
            assert answer(entry.words.replace("*", "x"), text) in (UnparsableOutput, CommandRefused), entry.words


words = [word for name in ALL for word in sample(name).split()]
lines = [line for name in ALL for line in sample(name).split("\n")]


@settings(max_examples=80, suppress_health_check=[HealthCheck.too_slow, HealthCheck.large_base_example], deadline=None)
@given(
    st.sampled_from(COMMANDS),
    st.one_of(
        st.text(),
        st.lists(st.sampled_from(lines), max_size=30).map("\n".join),
        st.lists(st.one_of(st.sampled_from(words), st.sampled_from(["\n", "\r", "\b", "%", "\t"]))).map(" ".join),
    ),
)
def test_any_text_is_read_or_refused(entry: Command, text: str) -> None:
    answer(entry.words.replace("*", "x"), text)


@settings(max_examples=80, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.sampled_from(COMMANDS), st.text(alphabet=st.characters(exclude_categories=("Cs", "Nd"))))
def test_no_fact_out_of_nothing(entry: Command, text: str) -> None:
    """Words without a single digit hold no release, size, interface or id: only an install's refusal may read so."""
    found = answer(entry.words.replace("*", "x"), text)
    assert isinstance(found, type), found


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.data())
def test_a_garbled_sample_is_read_or_refused(data: st.DataObject) -> None:
    command, text = of(data.draw(st.sampled_from(ALL)))
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 40)))
    answer(command, text[:start] + data.draw(st.text(max_size=20)) + text[end:])
