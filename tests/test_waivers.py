"""One finding is waived with exactly what was seen, and never a rule; what cannot be waived is never covered."""

from __future__ import annotations

import ast
import shlex
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from support.scripted_steps import AFTER, BEFORE

import swimctl
from swimctl.config.settings import Tolerances
from swimctl.errors import UsageError
from swimctl.sessions.redaction import MASK
from swimctl.steps.comparison import compare
from swimctl.waivers import (
    MASKED,
    NEVER,
    PERHAPS,
    HeldLook,
    Waiver,
    as_typed,
    covering,
    read_waiver,
    waivers_from,
    why_not,
)

PACKAGE = Path(swimctl.__file__).parent


@pytest.mark.parametrize(
    ("text", "device", "finding", "seen"),
    [
        ("sw3: redundancy group", "sw3", "redundancy group", ""),
        ("sw3: redundancy group = none in the inventory", "sw3", "redundancy group", "none in the inventory"),
        ("2001:db8::3: routes = fell from 9 to 4", "2001:db8::3", "routes", "fell from 9 to 4"),
        ("sw3: check x = a = b", "sw3", "check x", "a = b"),
    ],
)
def test_a_waiver_is_read_as_it_is_typed(text: str, device: str, finding: str, seen: str) -> None:
    assert read_waiver(text, "spare is on its way", "ada") == Waiver(
        device, finding, seen, "spare is on its way", "ada"
    )


@pytest.mark.parametrize("text", ["sw3", "sw3:redundancy group", ": redundancy group", "sw3: ", "sw3:  = seen"])
def test_what_names_no_finding_of_a_device_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(UsageError, match=r"names no finding of a device; give it as 'sw3: redundancy group'"):
        read_waiver(text, "why not")


def test_a_waiver_without_a_reason_is_refused() -> None:
    with pytest.raises(UsageError, match=r"say why 'redundancy group' of sw3 is waived: --reason TEXT"):
        read_waiver("sw3: redundancy group", " ")


@pytest.mark.parametrize(
    "finding",
    ["identity", "hash", "family", "room", "serial number", "image family", "free flash", "free flash on switch 2",
     "free harddisk: of 0/RP0/CPU0", "readable facts", "members", "hostname core1", "boot variable"],
)  # fmt: skip
def test_identity_hash_family_and_room_cannot_be_waived_by_anybody(finding: str) -> None:
    with pytest.raises(UsageError, match=r"cannot be waived: .*; identity, hash, family and room never can"):
        read_waiver(f"sw3: {finding} = as it is", "I know better")
    smuggled = Waiver("sw3", finding, "as it is", "written into the store by hand")
    assert not smuggled.covers("sw3", finding, "as it is")
    assert as_typed("sw3", finding, "as it is") == ""


@pytest.mark.parametrize(
    ("device", "finding", "seen"),
    [
        ("sw4", "redundancy group", "none"),
        ("sw3", "vPC partner", "none"),
        ("sw3", "redundancy group", "none "),
        ("sw3", "redundancy group", "NONE"),
        ("sw3", "redundancy group", "none in the inventory"),
        ("sw3", "redundancy group", ""),
    ],
)
def test_another_device_finding_or_value_needs_another_waiver(device: str, finding: str, seen: str) -> None:
    waiver = Waiver("sw3", "redundancy group", "none", "why")
    assert covering([waiver], "sw3", "redundancy group", "none") is waiver
    assert covering([waiver], device, finding, seen) is None


@pytest.mark.parametrize("finding", ["redundency group", "vPC", "upllink Te1/1/1", "checks bgp-sessions", "x"])
def test_a_name_of_nothing_cannot_be_waived(finding: str) -> None:
    """A typing mistake is told at once, and not when the window is over."""
    with pytest.raises(UsageError, match=r"cannot be waived: swimctl finds nothing of this name; .*what can be pasted"):
        read_waiver(f"sw3: {finding} = as it is", "why")


def deviations(path: Path) -> Iterator[str]:
    """Find what the findings of a file begin with that are compared after a reload."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Deviation":
            first = node.args[0]
            if isinstance(first, ast.Constant) or (
                isinstance(first, ast.JoinedStr) and isinstance(first := first.values[0], ast.Constant)
            ):
                yield str(first.value)


def test_what_is_compared_after_a_reload_can_be_waived_where_it_is_no_identity() -> None:
    found = {name for name in deviations(PACKAGE / "steps" / "comparison.py") if not why_not(name)}
    assert found == {"routes"}
    before, after = replace(BEFORE, access_up=BEFORE.interfaces_up[:1]), replace(AFTER, interfaces_up=(), neighbours=())
    usual = Tolerances(access_decides=True, access_lost=0, access_percent=100)
    for tolerances in (usual, usual.model_copy(update={"interfaces_lost": 0, "neighbours_lost": 0})):
        found = {each.finding for each in compare(before, after, tolerances).found}
        assert len(found) >= 2
        assert {name for name in found if why_not(name)} == set()
    assert not why_not("configuration interface Vlan10")
    assert not why_not("check bgp-sessions 192.0.2.1 state")


def test_what_was_seen_with_a_secret_in_it_cannot_be_waived_and_says_why() -> None:
    """Of a record nobody can tell which secret was there, so nobody can accept just that."""
    assert MASKED == MASK
    seen = f"snmp {MASK} was here"
    assert as_typed("sw3", "check snmp x", seen) == ""
    assert HeldLook((("check snmp x", seen),)).refused.startswith("check snmp x (what was seen holds a secret")
    with pytest.raises(UsageError, match="cannot be waived: what was seen holds a secret, which no record has"):
        read_waiver(f"sw3: check snmp x = {seen}", "why")


def test_a_waiver_that_does_not_know_what_was_seen_covers_nothing() -> None:
    assert covering([Waiver("sw3", "redundancy group", "", "why")], "sw3", "redundancy group", "") is None


@pytest.mark.parametrize("seen", ["none", " padded ", "it's 'odd' = $HOME", "a  b\tc", "→"])
def test_what_is_shown_can_be_pasted(seen: str) -> None:
    option, value = shlex.split(as_typed("sw3", "way back", seen))
    assert option == "--waive"
    assert read_waiver(value, "why") == Waiver("sw3", "way back", seen, "why")


def test_the_name_of_a_neighbour_cannot_make_another_finding_of_a_waiver() -> None:
    told = as_typed("sw3", "network neighbour Gi1/0/1 → core = not back", "not back")
    read = read_waiver(shlex.split(told)[1], "why")
    assert not read.covers("sw3", "network neighbour Gi1/0/1 → core", "not back")


def test_waivers_are_read_as_they_were_written() -> None:
    said = [{"device": "sw3", "finding": "way back", "seen": "gone", "reason": "why", "by": "ada"}]
    assert waivers_from(said) == (Waiver("sw3", "way back", "gone", "why", "ada"),)


def rules(path: Path) -> Iterator[str]:
    """Find the names of the rules that a file has: what a Finding begins with, up to what it is filled in with."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"Finding", "free_space"}:
            rule = node.args[0]
            for each in (rule.body, rule.orelse) if isinstance(rule, ast.IfExp) else (rule,):
                first = each.values[0] if isinstance(each, ast.JoinedStr) else each
                if isinstance(first, ast.Constant):
                    yield str(first.value)


def test_of_every_rule_it_is_decided_whether_one_finding_of_it_can_be_waived() -> None:
    found = {
        rule for folder in ("platforms", "steps") for path in (PACKAGE / folder).rglob("*.py") for rule in rules(path)
    }
    assert len(found) > 50
    undecided = {rule for rule in found if why_not(rule) == why_not(f"{rule} ") == why_not("nothing at all")}
    assert undecided == set(), "add it to NEVER, or to PERHAPS, in swimctl/waivers.py"
    assert not PERHAPS & set(NEVER)
    assert found >= PERHAPS, "no rule has this name any more"
