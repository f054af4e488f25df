"""What holds for every parser, whatever it is given."""

from __future__ import annotations

import textwrap

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from platforms.material import command_of, sample, samples

from swimctl.errors import CommandRefused, UnparsableOutput
from swimctl.platforms.cisco_xe import COMMANDS, find, parse
from swimctl.platforms.commands import Command

SYSLOG = (
    "*Mar  9 16:06:55.053: %INSTALL-5-INSTALL_START_INFO: R0/0: install_mgr: Started install activate NONE",
    "Mar 27 06:45:05.694: %ACE-3-RELOAD_SYSTEM: R0/0: ceo: Reloading: action requested",
    "%SYS-5-CONFIG_I: Configured from console by admin on vty0 (192.0.2.9)",
    "000123: .Mar  9 2024 16:06:55.053 CEST: %LINEPROTO-5-UPDOWN: Line protocol on Gi1/0/1, changed state to up",
    "1w2d: %LINK-3-UPDOWN: Interface GigabitEthernet1/0/1, changed state to down",
    "*Mar  9 16:06:55.053: %IOSXE_INFRA-6-PROCPATH_CLIENT_HOG: IOS shim client 'x'\n-Traceback= 1#1a2b :5 6:7",
)
# What `terminal exec prompt timestamp` puts before an output.
TIMESTAMP = """\
Load for five secs: 1%/0%; one minute: 2%; five minutes: 3%
Time source is NTP, 18:56:04.554 EST Mon Oct 17 2016
"""
ALL = samples()


def answer(command: str, text: str) -> object:
    """Give the facts, or the reason why there are none."""
    try:
        return parse(command, text)
    except (UnparsableOutput, CommandRefused) as error:
        return type(error)


def of(name: str) -> tuple[str, str]:
    return command_of(name.partition("/")[0]), sample(name)


def test_every_parser_has_a_sample() -> None:
    seen = {find(command_of(name.partition("/")[0])).parser for name in ALL}
    names = {getattr(parser, "__qualname__", "") for parser in seen}
    missing = {entry.words for entry in COMMANDS if entry.parser not in seen and entry.parser.__qualname__ not in names}
    assert missing == set()


@pytest.mark.parametrize("name", ALL)
def test_samples_are_read(name: str) -> None:
    command, text = of(name)
    assert parse(command, text) is not None


@pytest.mark.parametrize("name", ALL)
def test_a_syslog_line_at_any_place_changes_nothing(name: str) -> None:
    command, text = of(name)
    facts = parse(command, text)
    lines = text.split("\n")
    for place in range(len(lines) + 1):
        message = SYSLOG[place % len(SYSLOG)]
        noisy = "\n".join([*lines[:place], message, *lines[place:]])
        reread = parse(command, noisy)
        if hasattr(facts, "reload_announced"):  # this is the one fact that syslog adds to
            assert reread.succeeded == facts.succeeded
            assert reread.reason == facts.reason
        else:
            assert reread == facts, (place, message)


@pytest.mark.parametrize("name", ALL)
def test_echo_prompt_and_indentation_change_nothing(name: str) -> None:
    command, text = of(name)
    facts = parse(command, text)
    unix = text.replace("\r", "")
    for decorated in (
        f"core-sw1.site#{command}\n{text}\ncore-sw1.site#",
        f"core-sw1>{command}\r\n{text}\r\n\r\ncore-sw1>",
        f"core-sw1#{command}\n{text.rstrip()}\ncore-s",
        f"{command}\n{text}",
        f"\n\n{text}\n\n",
        unix.replace("\n", "\r\n"),
        unix.replace("\n", "\r\r\n"),
        textwrap.indent(unix, " " * 8),
        f"+++ core: executing command '{command}' +++\n{text}",
        f"R1#{command}\n{TIMESTAMP}\n{text}",
    ):
        assert answer(command, decorated) == facts, decorated[:80]


@pytest.mark.parametrize("name", ALL)
def test_a_device_error_in_it_is_never_an_empty_result(name: str) -> None:
    command, text = of(name)
    for refused in (
        "% Invalid input detected at '^' marker.",
        f"{text}\n% Incomplete command.\n",
        f"{command}\n        ^\n% Invalid input detected at '^' marker.\n\nsw#",
    ):
        assert answer(command, refused) is CommandRefused


@pytest.mark.parametrize("name", ALL)
def test_outputs_of_other_commands_are_refused(name: str) -> None:
    command, text = of(name)
    own = {find(command).parser.__qualname__}
    same_format = {"parse_show_module", "parse_show_platform"}
    if own & same_format:
        own |= same_format
    if own & {"parse_install_outcome", "parse_install_remove_outcome"}:
        own |= {"parse_install_outcome", "parse_install_remove_outcome"}
    for entry in COMMANDS:
        if entry.parser.__qualname__ not in own:
            assert answer(entry.words.replace("*", "x"), text) in (UnparsableOutput, CommandRefused), entry.words


words = [word for name in ALL for word in sample(name).split()]
lines = [line for name in ALL for line in sample(name).split("\n")]


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.large_base_example], deadline=None)
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


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.data())
def test_a_garbled_sample_is_read_or_refused(data: st.DataObject) -> None:
    command, text = of(data.draw(st.sampled_from(ALL)))
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 40)))
    garbled = text[:start] + data.draw(st.text(max_size=20)) + text[end:]
    answer(command, garbled)
