"""What the answer of a Juniper's installer is worth: for the device, and for each of its members."""

from __future__ import annotations

from typing import Any, cast

import pytest

from swimctl.platforms.facts import InstallOutcome
from swimctl.platforms.juniper_junos.facts import NodeSoftware, SoftwareRequest
from swimctl.platforms.juniper_junos.verdicts import is_refusal, on_host, verdict

NODE = cast("NodeSoftware", object())
PAIR, ALONE = {"fpc0": NODE, "fpc1": NODE}, {"fpc0": NODE}


def said(succeeded: bool | None, **more: Any) -> SoftwareRequest:
    members = {name: InstallOutcome("add", verdict) for name, verdict in more.pop("members", {}).items()}
    return SoftwareRequest("add", succeeded, members=members, **more)


@pytest.mark.parametrize(
    ("outcome", "refused"),
    [
        (said(False), True),
        (said(False, members={"fpc0": False, "fpc1": False}), True),
        (said(False, members={"fpc0": False, "fpc1": True}), False),
        (said(False, members={"fpc0": False, "fpc1": None}), False),
        (said(False, reboot_required=True), False),
        (said(None), False),
        (said(True), False),
        (InstallOutcome("add", succeeded=False), False),  # no installer's words
    ],
)
def test_a_refusal_is_what_failed_everywhere_and_leaves_nothing_waiting(outcome: InstallOutcome, refused: bool) -> None:
    assert is_refusal(outcome) is refused


@pytest.mark.parametrize(
    ("members", "name", "found"),
    [
        ({"fpc0": True, "fpc1": False}, "fpc0", True),
        ({"fpc0": True, "fpc1": False}, "fpc1", False),
        # A master names itself `localre` where the others have names.
        ({"localre": True, "fpc1": False}, "fpc0", True),
        ({"localre": False, "fpc1": True}, "fpc1", True),
        # Of two that are not named nobody knows which one that is.
        ({"localre": True}, "fpc0", None),
        ({"fpc1": True}, "fpc0", None),
        ({"fpc0": None, "fpc1": True}, "fpc0", None),
    ],
)
def test_of_several_each_member_has_its_own_word_or_none(
    members: dict[str, bool | None], name: str, found: bool | None
) -> None:
    assert verdict(said(False, members=members), name, PAIR) is found


@pytest.mark.parametrize("succeeded", [True, False, None])
def test_of_one_device_and_of_several_that_are_not_named_the_whole_answer_counts(succeeded: bool | None) -> None:
    for nodes in (PAIR, ALONE):
        assert verdict(said(succeeded), "fpc0", nodes) is succeeded
        assert verdict(InstallOutcome("add", succeeded), "fpc0", nodes) is succeeded
    assert verdict(said(succeeded, members={"fpc0": not succeeded}), "fpc0", ALONE) is succeeded


def test_an_answer_that_says_both_says_nothing() -> None:
    assert verdict(said(False, reboot_required=True), "fpc0", ALONE) is None
    assert verdict(said(True, reboot_required=True), "fpc0", ALONE) is True


@pytest.mark.parametrize(
    ("outcome", "staged"),
    [
        (said(True, on_host=True), True),
        (said(None, on_host=True), False),
        (said(False, on_host=True), False),
        (said(True), False),
        (InstallOutcome("add", succeeded=True), False),
    ],
)
def test_staged_on_the_host_is_what_the_installer_says_it_did(outcome: InstallOutcome, staged: bool) -> None:
    assert on_host(outcome) is staged
