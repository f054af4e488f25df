"""The contract: what holds for every parser of every registered platform, whatever it is given."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from functools import cache
from itertools import islice
from types import ModuleType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from platforms import contract
from platforms.contract import Platform, names, parser_of, platform
from platforms.cut_outputs import cuts, untrue

from swimctl.errors import CommandRefused, UnparsableOutput
from swimctl.platforms import _PLATFORMS
from swimctl.platforms.commands import Command

each_platform = pytest.mark.parametrize("name", names())
some_or_all = pytest.mark.parametrize(
    "every", [False, pytest.param(True, marks=pytest.mark.prove)], ids=["some", "all"]
)
RELAXED = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.large_base_example])


def readings(own: Platform, *, every: bool = True) -> Iterator[tuple[str, str, str, object]]:
    """Yield each sample, or one of each parser, with its command, its text and its facts."""
    for name in own.samples if every else own.one_of_each:
        command, text = own.of(name)
        yield name, command, text, own.commands.parse(command, text)


@each_platform
def test_every_platform_has_samples_and_every_parser_one(name: str) -> None:
    assert platform(name).lacking() == []


def test_a_platform_without_samples_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(_PLATFORMS, "acme_os", _PLATFORMS["arista_eos"])
    monkeypatch.setattr(contract, "commands_of", lambda _: ModuleType("swimctl.platforms.acme_os.commands"))
    assert "acme_os" in names()
    with pytest.raises(AssertionError, match="tests/platforms/acme_os/samples has no sample"):
        test_every_platform_has_samples_and_every_parser_one("acme_os")


def test_a_parser_without_a_sample_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    package = platform("arista_eos").commands
    monkeypatch.setattr(package, "COMMANDS", (*package.COMMANDS, Command("show acme", str.strip)))
    with pytest.raises(AssertionError, match="no sample for 'show acme'"):
        test_every_platform_has_samples_and_every_parser_one("arista_eos")


@each_platform
def test_every_command_is_found_by_its_own_words(name: str) -> None:
    own = platform(name)
    for entry in own.commands.COMMANDS:
        assert own.commands.find(own.typed(entry)) is entry


@some_or_all
@each_platform
def test_a_syslog_line_at_any_place_changes_nothing(name: str, every: bool) -> None:
    own = platform(name)
    for each, command, text, facts in readings(own, every=every):
        lines = text.split("\n")
        for place in range(len(lines) + 1):
            message = own.cases.syslog[place % len(own.cases.syslog)]
            found = own.answer(command, "\n".join([*lines[:place], message, *lines[place:]]))
            assert own.same(facts, found), (each, place, message, found)


@some_or_all
@each_platform
def test_echo_prompt_and_indentation_change_nothing(name: str, every: bool) -> None:
    own = platform(name)
    prompts, above = own.cases.prompts, own.cases.above
    for each, command, text, facts in readings(own, every=every):
        unix = text.replace("\r", "")
        for decorated in (
            *(f"{prompt}{command}\n{text}\n{prompt}" for prompt in prompts),
            *(f"{prompt}{command}\r\n\r\n{text}\r\n\r\n{prompt} " for prompt in prompts),
            *(f"{prompts[0]}{command}\n{words}\n{text}" for words in above),
            f"{prompts[0]}{command}\n{text.rstrip()}\n{prompts[0][:3]}",
            f"{command}\n{text}",
            f"\n\n{text}\n\n",
            unix.replace("\n", "\r\n"),
            unix.replace("\n", "\r\r\n"),
            unix.replace("\n", "\n\n"),
            unix.replace("\n", "  \n"),
            textwrap.indent(unix, " " * 8),
        ):
            found = own.answer(command, decorated)
            assert own.same(facts, found), (each, decorated[:100], found)


@each_platform
def test_a_device_error_in_it_is_never_an_empty_result(name: str) -> None:
    own = platform(name)
    for each, command, text, _ in readings(own):
        for refusal in own.cases.refusals:
            for refused in (refusal, f"{text}\n{refusal}\n", f"{command}\n{refusal}\n\n{own.cases.prompts[0]}"):
                found = own.answer(command, refused)
                assert isinstance(found, type), (each, refused)
                assert issubclass(found, CommandRefused), (each, refused)


@some_or_all
@each_platform
def test_outputs_of_other_commands_are_refused(name: str, every: bool) -> None:
    own = platform(name)
    for each in own.samples if every else own.one_of_each:
        command, text = own.of(each)
        same = {parser_of(own.commands.find(command))}
        for alike in own.cases.alike:
            same |= alike if same & alike else set()
        for entry in own.commands.COMMANDS:
            if parser_of(entry) not in same:
                found = own.answer(own.typed(entry), text)
                assert found in (UnparsableOutput, CommandRefused), (each, entry.words, found)


@some_or_all
@each_platform
def test_an_output_that_is_cut_off_is_refused_or_true_as_far_as_it_goes(name: str, every: bool) -> None:
    own = platform(name)
    wrong = set()
    for _, command, text, facts in readings(own):
        parser = parser_of(own.commands.find(command))
        # Up to six places are tried of a line, so every fifth one is another in each.
        for shortened in islice(cuts(text), 0, None, 1 if every else 5):
            found = own.answer(command, shortened)
            if not isinstance(found, type):
                wrong |= {f"{parser}{where}" for where, _, _ in untrue(found, facts) if not where.endswith(".reason")}
    assert wrong <= set(own.cases.untold)
    if every:
        assert wrong == set(own.cases.untold)


@cache
def mixtures(name: str) -> st.SearchStrategy[str]:
    """Return any text, and lines and words of all samples in any order."""
    lines = [line for text in platform(name).samples.values() for line in text.split("\n")]
    words = [word for text in platform(name).samples.values() for word in text.split()]
    return st.one_of(
        st.text(),
        st.lists(st.sampled_from(lines), max_size=30).map("\n".join),
        st.lists(st.one_of(st.sampled_from(words), st.sampled_from(["\n", "\r", "\b", "%", "\t"]))).map(" ".join),
    )


@each_platform
@RELAXED
@given(data=st.data())
def test_any_text_is_read_or_refused(name: str, data: st.DataObject) -> None:
    own = platform(name)
    text = data.draw(mixtures(name))
    own.answer(own.typed(data.draw(st.sampled_from(own.commands.COMMANDS))), text)


# Hypothesis also tries texts that stand in swimctl's code: in such words a device does say something.
WORD = re.compile(r"[a-z]{4}", re.IGNORECASE | re.ASCII)
NOTHING = st.text(alphabet=st.characters(exclude_categories=("Cs", "Nd"))).filter(lambda text: not WORD.search(text))


@each_platform
@RELAXED
@given(data=st.data(), text=NOTHING)
def test_no_fact_out_of_nothing(name: str, data: st.DataObject, text: str) -> None:
    own = platform(name)
    found = own.answer(own.typed(data.draw(st.sampled_from(own.commands.COMMANDS))), text)
    assert isinstance(found, type), found


@each_platform
@RELAXED
@given(data=st.data())
def test_a_garbled_sample_is_read_or_refused(name: str, data: st.DataObject) -> None:
    own = platform(name)
    command, text = own.of(data.draw(st.sampled_from(sorted(own.samples))))
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 40)))
    own.answer(command, text[:start] + data.draw(st.text(max_size=20)) + text[end:])
