"""What holds for every parser of EOS, whatever it is given."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from platforms.arista_eos.material import command_of, samples
from platforms.laws import Laws

from swimctl.platforms import arista_eos
from swimctl.platforms.commands import Command

LAWS = Laws(
    arista_eos,
    samples(),
    command_of,
    syslog=(
        "Mar  9 16:06:55 hall-7 Ebra: %LINEPROTO-5-UPDOWN: Line protocol on Interface Ethernet1, changed state to up",
        "Mar  9 16:06:55 hall-7 ConfigAgent: 21: %SYS-5-CONFIG_I: Configured from console by admin on vty5 (192.0.2.9)",
        "2024-03-09T16:06:55.123+01:00 hall-7 Mlag[2011]: %MLAG-4-INTF_INACTIVE_LOCAL: Local interface is down",
    ),
    prompts=("hall-7#", "hall-7(s1)>", "hall-7(config-if-Et1)#", "hall-7.16:06:55#"),
    refusals=(
        "% Invalid input",
        "% Invalid input (privileged mode required)",
        "% Invalid input (at token 2: 'x')",
        "% Incomplete command",
        "% Ambiguous command",
        "% Authorization denied for command 'show'",
        "% Unavailable command (not supported on this hardware platform)",
    ),
)
ALL = sorted(LAWS.samples)
RELAXED = settings(
    max_examples=80, suppress_health_check=[HealthCheck.too_slow, HealthCheck.large_base_example], deadline=None
)


def test_every_parser_has_a_sample() -> None:
    LAWS.check_every_parser_has_a_sample()


@pytest.mark.parametrize("entry", arista_eos.COMMANDS, ids=lambda entry: entry.words)
def test_every_command_is_found_by_its_own_words(entry: Command) -> None:
    assert arista_eos.find(LAWS.typed(entry)) is entry


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
@given(st.sampled_from(arista_eos.COMMANDS), LAWS.mixtures())
def test_any_text_is_read_or_refused(entry: Command, text: str) -> None:
    LAWS.answer(LAWS.typed(entry), text)


@RELAXED
@given(st.sampled_from(arista_eos.COMMANDS), st.text(alphabet=st.characters(exclude_categories=("Cs", "Nd"))))
def test_no_fact_out_of_nothing(entry: Command, text: str) -> None:
    found = LAWS.answer(LAWS.typed(entry), text)
    assert isinstance(found, type), found


@RELAXED
@given(st.data())
def test_a_garbled_sample_is_read_or_refused(data: st.DataObject) -> None:
    LAWS.check_garbled(data)
