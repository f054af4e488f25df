"""What only the end of an output breaks may be half an answer: it is a doubt, and takes no device back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from checks.rules import rule

from swimctl.checks.comparing import compare
from swimctl.checks.cut_short import may_be_cut

BEFORE = [
    {"port": "Eth1/1", "state": "active"},
    {"port": "Eth1/2", "state": "active"},
    {"port": "Eth1/30", "state": "active"},
]


def row(port: str, state: str = "active") -> Mapping[str, Any]:
    return {"port": port, "state": state}


@pytest.mark.parametrize(
    ("after", "cut"),
    [
        ([], False),  # whether that is true, the words of the output tell
        ([row("Eth1/1")], True),
        ([row("Eth1/1"), row("Eth1/2")], True),
        ([row("Eth1/1"), row("Eth1/2"), row("Eth1/3")], True),  # half of a name
        ([row("Eth1/1"), row("Eth1/2", "act")], True),  # half of a word
        ([row("Eth1/1"), row("Eth1/2"), row("Eth1/30", "act")], True),
        ([row("Eth1/2"), row("Eth1/30")], False),  # what follows is there
        ([row("Eth1/1"), row("Eth1/30")], False),
        ([row("Eth1/30")], False),
        ([row("Eth1/1"), row("Eth1/2"), row("Eth1/30", "down")], False),  # a whole word, and another one
        ([row("Eth1/1", "down"), row("Eth1/2")], False),  # not only its end
        ([row("Eth1/1"), row("Eth1/2", "down")], False),
        ([row("Eth1/1"), row("Eth1/2"), row("Eth1/30")], False),  # nothing is broken
    ],
)
def test_only_what_may_be_the_end_of_an_answer_is_a_doubt(after: list[Mapping[str, Any]], cut: bool) -> None:
    one = rule(key="port", where={"state": "active"}, expect="still there")
    found = compare("ports", one, BEFORE, after)
    assert may_be_cut(one, BEFORE, after, found) is cut


def test_an_output_that_is_whole_by_its_form_leaves_no_doubt() -> None:
    one = rule(key="port", where={"state": "active"}, expect="still there", parse={"json": "ports.{port}"})
    assert not may_be_cut(one, BEFORE, BEFORE[:1], compare("ports", one, BEFORE, BEFORE[:1]))
