"""Expressions that people write: one that goes back and forth for ever ends, and says so."""

from __future__ import annotations

import pytest

from swimctl.config import patterns
from swimctl.config.patterns import Bounded, begins_a_line, groups, is_all, named_groups, why_unreadable
from swimctl.errors import ConfigError

FOR_EVER, TEXT = "(?P<x>a|aa)+$", f"{'a' * 60}!"
"""Of such a text there are more ways to read it than anybody can try."""


@pytest.fixture
def in_haste(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patterns, "SECONDS", 0.02)


@pytest.mark.usefixtures("in_haste")
@pytest.mark.parametrize("ask", [is_all, begins_a_line, named_groups, lambda how, text: Bounded(how).match(text)])
def test_one_that_goes_back_and_forth_for_ever_ends(ask: object) -> None:
    assert callable(ask)
    with pytest.raises(ConfigError, match=r"takes more than 0\.02 seconds on one text; write it without a repeat in"):
        ask(FOR_EVER, TEXT)


def test_the_others_say_what_they_do_in_python() -> None:
    assert (is_all("up", "UP"), is_all("up", "up 3")) == (True, False)
    assert (begins_a_line("router bgp", "x\nrouter bgp 1\n"), begins_a_line("bgp", "x\nrouter bgp 1\n")) == (
        True,
        False,
    )
    assert named_groups(r"^(?P<a>\w+) (?P<b>\d+)?$", "x 1\ny \nz") == [{"a": "x", "b": "1"}, {"a": "y", "b": None}]
    assert groups(r"(?P<a>x)(?P<b>y)") == ("a", "b")
    assert Bounded("a").match("ab") is not None
    assert Bounded("b").match("ab") is None


def test_one_that_cannot_be_read_says_why() -> None:
    assert why_unreadable("(") == "missing ) at position 1"
    assert why_unreadable("x") == ""
    with pytest.raises(ValueError, match="cannot be read: missing"):
        Bounded("(")
