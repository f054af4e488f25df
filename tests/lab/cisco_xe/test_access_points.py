"""The access points of a lab wireless controller: they load the added image, swap to it at the reload, and join."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from support.lab_terminal import NEW, OLD, Desk

from swimctl.checks.parsing import rows_of
from swimctl.checks.rules import defaults_of
from swimctl.lab.cisco_xe.access_points import BREAKS, COUNT, EACH, EACH_LOAD, LOADS, SWAPS, TAKES

INVALID = "% Invalid input detected"
ALL = TAKES + EACH_LOAD * COUNT
FIRST, SECOND = "AP0C75.AC00.0001", "AP0C75.AC00.0002"


def controller(folder: Path, *faults: str, **fields: Any) -> Desk:
    return Desk(folder, *faults, model="C9800-40-K9", **fields)


def added(desk: Desk) -> Desk:
    """Have an image added."""
    assert "SUCCESS: install_add" in desk.type(f"install add file {desk.put(NEW, family='C9800-40-universalk9_wlc')}")
    return desk


def table(desk: Desk) -> dict[str, list[str]]:
    """Return the words of each row of `show ap image`, by access point."""
    rows = [line.split() for line in desk.type("show ap image").splitlines() if line.startswith("AP0")]
    return {row[0]: row[1:] for row in rows}


def joined(desk: Desk) -> int:
    return len(rows_of(RULE, "cisco_xe", RULE.command_on("cisco_xe"), desk.type("show ap summary")))


RULE = defaults_of("cisco_xe")["access-points"]


@pytest.mark.parametrize(("version", "column"), [(OLD, "Country"), (NEW, "Regulatory Domain")])
def test_each_form_of_the_summary_reads(tmp_path: Path, version: str, column: str) -> None:
    desk = controller(tmp_path, version=version)
    assert column in desk.type("show ap summary")
    assert joined(desk) == COUNT
    assert "Total number of APs  : 6\n" in desk.type("show ap image")


def test_a_switch_has_no_access_points(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    for line in ("show ap image", "show ap summary", "ap image predownload"):
        assert INVALID in desk.type(line), line


def test_they_load_what_was_added_and_nothing_before(tmp_path: Path) -> None:
    desk = controller(tmp_path)
    assert desk.type("ap image predownload") == ""
    desk.wait(ALL)
    assert {tuple(row[:3]) for row in table(desk).values()} == {("17.6.5.10", "17.3.4.40", "None")}
    added(desk)
    desk.type("ap image predownload")
    assert table(desk)[FIRST][2:4] == ["Initiated", "17.12.4.10"]
    desk.wait(TAKES)
    assert [table(desk)[each][1:3] for each in (FIRST, SECOND)] == [
        ["17.12.4.10", "Complete"],
        ["17.3.4.40", "Predownloading"],
    ]
    assert "Predownload in progress    : Yes" in desk.out
    desk.wait(ALL)
    assert "Completed predownloading   : 6\n" in desk.type("show ap image")
    assert {row[0] for row in table(desk).values()} == {"17.6.5.10"}


@pytest.mark.parametrize(("loaded", "seconds"), [(True, SWAPS), (False, LOADS)])
def test_those_that_have_it_are_back_sooner(tmp_path: Path, loaded: bool, seconds: float) -> None:
    desk = added(controller(tmp_path))
    if loaded:
        desk.type("ap image predownload")
        desk.wait(ALL)
        assert len(table(desk)) == COUNT
    desk.type("install activate prompt-level none")
    desk.wait(20 + desk.spec.boot_time)
    desk.log_in()
    assert joined(desk) == 0
    desk.wait(seconds - desk.switch.since_up)
    assert joined(desk) == 1
    desk.wait(EACH * COUNT)
    assert {tuple(row[:3]) for row in table(desk).values()} == {("17.12.4.10", "17.6.5.10", "None")}
    assert joined(desk) == COUNT


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("one", ["17.3.4.40", "Failed"]),
        ("unsupported", ["17.3.4.40", "Not"]),
        ("lies", ["17.3.4.40", "Complete", "17.3.4.40"]),
        ("word", ["17.3.4.40", "Verifying"]),
        ("nothing", ["17.3.4.40", "None"]),
    ],
)
def test_what_goes_wrong_with_one(tmp_path: Path, fault: str, words: list[str]) -> None:
    desk = added(controller(tmp_path, f"predownload-fails:{fault}"))
    desk.type("ap image predownload")
    desk.wait(ALL)
    assert table(desk)[FIRST][1 : 1 + len(words)] == words
    assert table(desk)[SECOND][2] == ("None" if fault == "nothing" else "Complete")


def test_one_leaves_or_the_controller_dies_meanwhile(tmp_path: Path) -> None:
    leaving = added(controller(tmp_path, "predownload-fails:leaves"))
    dying = added(controller(tmp_path, "predownload-fails:dies"))
    for desk in (leaving, dying):
        desk.type("ap image predownload")
    leaving.wait(ALL)
    assert table(leaving).keys() & {FIRST, SECOND} == {SECOND}
    dying.wait(BREAKS + dying.spec.boot_time + SWAPS + EACH * COUNT)
    dying.log_in()
    assert {row[2] for row in table(dying).values()} == {"None"}
    assert "Version 17.06.05" in dying.type("show version")
