"""What holds for every parser of every platform whose cases are there, whatever it is given."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from platforms.arista_eos.cases import LAWS as EOS
from platforms.cisco_nxos.cases import LAWS as NXOS
from platforms.juniper_junos.cases import LAWS as JUNOS
from platforms.laws import Laws

from swimctl.platforms.commands import Command

PLATFORMS = {laws.package.__name__.rpartition(".")[2]: laws for laws in (EOS, NXOS, JUNOS)}
COMMANDS = [pytest.param(laws, entry, id=f"{name}-{entry.words}") for name, laws in PLATFORMS.items()
            for entry in laws.package.COMMANDS]  # fmt: skip
SAMPLES = [pytest.param(laws, sample, id=f"{name}-{sample}") for name, laws in PLATFORMS.items()
           for sample in sorted(laws.samples)]  # fmt: skip
RELAXED = settings(
    max_examples=80, suppress_health_check=[HealthCheck.too_slow, HealthCheck.large_base_example], deadline=None
)
each_platform = pytest.mark.parametrize("laws", PLATFORMS.values(), ids=PLATFORMS)


@each_platform
def test_every_parser_has_a_sample(laws: Laws) -> None:
    laws.check_every_parser_has_a_sample()


@pytest.mark.parametrize(("laws", "entry"), COMMANDS)
def test_every_command_is_found_by_its_own_words(laws: Laws, entry: Command) -> None:
    assert laws.package.find(laws.typed(entry)) is entry


@pytest.mark.parametrize(("laws", "name"), SAMPLES)
def test_a_syslog_line_at_any_place_changes_nothing(laws: Laws, name: str) -> None:
    laws.check_syslog(name)


@pytest.mark.parametrize(("laws", "name"), SAMPLES)
def test_echo_prompt_and_indentation_change_nothing(laws: Laws, name: str) -> None:
    laws.check_decoration(name)


@pytest.mark.parametrize(("laws", "name"), SAMPLES)
def test_a_device_error_in_it_is_never_an_empty_result(laws: Laws, name: str) -> None:
    laws.check_refusals(name)


@pytest.mark.parametrize(("laws", "name"), SAMPLES)
def test_outputs_of_other_commands_are_refused(laws: Laws, name: str) -> None:
    laws.check_other_commands(name)


@each_platform
@RELAXED
@given(data=st.data())
def test_any_text_is_read_or_refused(laws: Laws, data: st.DataObject) -> None:
    entry = data.draw(st.sampled_from(laws.package.COMMANDS))
    laws.answer(laws.typed(entry), data.draw(laws.mixtures()))


@each_platform
@RELAXED
@given(data=st.data(), text=st.text(alphabet=st.characters(exclude_categories=("Cs", "Nd"))))
def test_no_fact_out_of_nothing(laws: Laws, data: st.DataObject, text: str) -> None:
    found = laws.answer(laws.typed(data.draw(st.sampled_from(laws.package.COMMANDS))), text)
    assert isinstance(found, type), found


@each_platform
@RELAXED
@given(data=st.data())
def test_a_garbled_sample_is_read_or_refused(laws: Laws, data: st.DataObject) -> None:
    laws.check_garbled(data)
