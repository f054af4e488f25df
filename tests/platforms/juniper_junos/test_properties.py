"""What holds for every parser of Junos, whatever it is given."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from platforms.juniper_junos.material import command_of, samples
from platforms.laws import Laws

from swimctl.platforms import juniper_junos
from swimctl.platforms.commands import Command

LAWS = Laws(
    juniper_junos,
    samples(),
    command_of,
    syslog=(
        "Mar  9 16:06:55  hall-7 mgd[2011]: UI_COMMIT: User 'anna' requested 'commit' operation (comment: none)",
        "Mar  9 16:06:55.123 2024 hall-7 rpd[2011]: %DAEMON-4-RPD_OSPF_NBRDOWN: OSPF neighbor 192.0.2.9 went down",
        "Mar  9 16:06:55 hall-7 /kernel: KERN_LACP_TIMEOUT: ae7: xe-0/1/1 timed out",
    ),
    prompts=("anna@hall-7> ", "{master:0}\nanna@hall-7> ", "{primary:node0}\nroot@hall-7-re0> "),
    refusals=(
        "                ^\nsyntax error, expecting <command>.",
        "                ^\nunknown command.",
        "missing argument.",
        "error: command is not valid on the ex4300-48t",
        "error: permission denied: system",
        "error: the chassis-control subsystem is not running",
    ),
)
ALL = sorted(LAWS.samples)
RELAXED = settings(
    max_examples=80, suppress_health_check=[HealthCheck.too_slow, HealthCheck.large_base_example], deadline=None
)


def test_every_parser_has_a_sample() -> None:
    LAWS.check_every_parser_has_a_sample()


@pytest.mark.parametrize("entry", juniper_junos.COMMANDS, ids=lambda entry: entry.words)
def test_every_command_is_found_by_its_own_words(entry: Command) -> None:
    assert juniper_junos.find(LAWS.typed(entry)) is entry


@pytest.mark.parametrize("name", ALL)
def test_a_syslog_line_at_any_place_changes_nothing(name: str) -> None:
    LAWS.check_syslog(name)


@pytest.mark.parametrize("name", ALL)
def test_echo_prompt_and_indentation_change_nothing(name: str) -> None:
    LAWS.check_decoration(name)


@pytest.mark.parametrize("name", ALL)
def test_a_device_error_in_it_is_never_an_empty_result(name: str) -> None:
    LAWS.check_refusals(name)


@pytest.mark.parametrize("name", ALL)
def test_outputs_of_other_commands_are_refused(name: str) -> None:
    LAWS.check_other_commands(name)


@RELAXED
@given(st.sampled_from(juniper_junos.COMMANDS), LAWS.mixtures())
def test_any_text_is_read_or_refused(entry: Command, text: str) -> None:
    LAWS.answer(LAWS.typed(entry), text)


@RELAXED
@given(st.sampled_from(juniper_junos.COMMANDS), st.text(alphabet=st.characters(exclude_categories=("Cs", "Nd"))))
def test_no_fact_out_of_nothing(entry: Command, text: str) -> None:
    found = LAWS.answer(LAWS.typed(entry), text)
    assert isinstance(found, type), found


@RELAXED
@given(st.data())
def test_a_garbled_sample_is_read_or_refused(data: st.DataObject) -> None:
    LAWS.check_garbled(data)
