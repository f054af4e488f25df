"""What holds for every parser of NX-OS, whatever it is given."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from platforms.cisco_nxos.material import command_of, samples
from platforms.laws import Laws

from swimctl.platforms import cisco_nxos
from swimctl.platforms.commands import Command

LAWS = Laws(
    cisco_nxos,
    samples(),
    command_of,
    syslog=(
        "2024 Mar  9 16:06:55 hall-7 %ETHPORT-5-IF_UP: Interface Ethernet1/1 is up in mode trunk",
        "2024 Mar  9 16:06:55.123 hall-7 %$ VDC-1 %$ %VSHD-5-VSHD_SYSLOG_CONFIG_I: Configured from vty by admin",
        "2024 Mar  9 16:06:55  %$ VDC-1 %$  %DAEMON-2-SYSTEM_MSG: <<%XMLMA-2-XMLMACRIT>> XML agent: done - xmlma[40]",
        "2024 Mar  9 16:06:55 hall-7 %USER-2-SYSTEM_MSG : CLIS: init begin  - clis",
    ),
    prompts=("hall-7# ", "hall-7#", "hall-7(config-if)# ", "core-1-vdc2# ", "switch(standby)# "),
    refusals=(
        "                    ^\n% Invalid command at '^' marker.",
        "% Incomplete command at '^' marker.",
        "% Ambiguous command at '^' marker.",
        "% Invalid number at '^' marker.",
        "% Permission denied for the role",
        "Syntax error while parsing 'show nothing'",
    ),
    alike=(
        frozenset({"parse_copy", "parse_copy_configuration"}),
        # The beginning of an installation is the output of the check.
        frozenset({"parse_install_all", "parse_install_impact"}),
    ),
)
ALL = sorted(LAWS.samples)
RELAXED = settings(
    max_examples=80, suppress_health_check=[HealthCheck.too_slow, HealthCheck.large_base_example], deadline=None
)


def test_every_parser_has_a_sample() -> None:
    LAWS.check_every_parser_has_a_sample()


@pytest.mark.parametrize("entry", cisco_nxos.COMMANDS, ids=lambda entry: entry.words)
def test_every_command_is_found_by_its_own_words(entry: Command) -> None:
    assert cisco_nxos.find(LAWS.typed(entry)) is entry


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
@given(st.sampled_from(cisco_nxos.COMMANDS), LAWS.mixtures())
def test_any_text_is_read_or_refused(entry: Command, text: str) -> None:
    LAWS.answer(LAWS.typed(entry), text)


@RELAXED
@given(st.sampled_from(cisco_nxos.COMMANDS), st.text(alphabet=st.characters(exclude_categories=("Cs", "Nd"))))
def test_no_fact_out_of_nothing(entry: Command, text: str) -> None:
    found = LAWS.answer(LAWS.typed(entry), text)
    assert isinstance(found, type), found


@RELAXED
@given(st.data())
def test_a_garbled_sample_is_read_or_refused(data: st.DataObject) -> None:
    LAWS.check_garbled(data)
