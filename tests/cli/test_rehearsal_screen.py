"""A rehearsal as people and programs see it: the end of the night stands last, and no line is too wide."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from support.stores import NOON

from swimctl.cli.rehearsal_screen import screen, shown
from swimctl.rehearse.report import UNKNOWABLE, Problem, Report, Stopped, WaveOf

DIED = Problem(
    "sw7",
    "twin",
    "Activation",
    "sw7 did not come back within 70 minutes: its SSH port stayed closed; check its console",
    "`show version` on sw7",
    "unknown",
    "never-returns",
)
REPORT = Report(
    starts=NOON,
    ends=NOON + timedelta(hours=3),
    devices=40,
    rehearsed=39,
    problems=(
        DIED,
        replace(DIED, device="sw9", seen=DIED.seen.replace("sw7", "sw9"), following="`show version` on sw9"),
    ),
    waves=(WaveOf(1, 1, 1, 0, 0, NOON, NOON + timedelta(hours=1)), WaveOf(2, 38, 30, 2, 6, NOON, None)),
    stopped=Stopped("sw7 failed and max_failures is 1", NOON + timedelta(hours=2), ("sw10", "sw11")),
    unfit={"sw12": "window too short: needs 118m, 99m left"},
    closes=NOON + timedelta(hours=4),
    not_rehearsed={"sw1": "'show inventory': the device refused it"},
    unlike={"sw2": ("neighbours: the twin has its own two",)},
    not_done=("notifications: none is sent",),
    guessed=("C9300-48P",),
    faults=("sw7=never-returns", "sw9=never-returns"),
    seed=1,
)


def test_the_screen_holds_at_eighty_columns_and_ends_with_the_end_of_the_night() -> None:
    lines = [line for line in screen(REPORT, 80) if line]
    assert max(map(len, lines)) <= 80
    assert "5 devices would not be upgraded" in " ".join(lines[-2:])
    text = " ".join(" ".join(lines).split())
    for words in (
        "sw7, sw9 (Activation, unknown, played: never-returns)",
        "next: `show version` on DEVICE",
        "The line stops at",
        "sw7 failed and max_failures is 1; not started: sw10, sw11",
        "Does not fit: sw12: window too short",
        "sw1: 'show inventory': the device refused it",
        "Partly a guess for C9300-48P",
        "power supplies, fans, transceivers",
        "--fault sw7=never-returns --fault sw9=never-returns",
    ):
        assert words in text, text


def test_the_page_lists_what_no_twin_can_know_and_all_that_programs_get() -> None:
    page = (Path(__file__).parents[2] / "docs" / "rehearsal.md").read_text(encoding="utf-8")
    assert [what for what, why in UNKNOWABLE if f"- {what}: {why}" not in page] == []
    assert [key for key in REPORT.document() if f"`{key}`" not in page] == []


def test_programs_get_tabs_and_a_last_line_and_the_exit_code_says_how_it_went() -> None:
    lines = shown(REPORT, io.StringIO()).splitlines()
    assert lines[1].split("\t")[:4] == ["sw7", "twin", "Activation", "unknown"]
    assert lines[-1].startswith("swimctl: rehearsal devices=40 rehearsed=39 problems=2 not-rehearsed=1 stops=2")
    assert lines[-1].endswith("fits=no")
    well = replace(REPORT, problems=(), stopped=None, unfit={}, not_rehearsed={})
    assert (REPORT.exit_code, well.exit_code) == (1, 0)
    assert replace(well, not_rehearsed=REPORT.not_rehearsed).exit_code == 3
    assert replace(well, ends=NOON + timedelta(hours=5)).exit_code == 1
    assert well.document()["window"] == {
        "closes": "2031-05-04T16:00:00.000000Z",
        "spare_seconds": 3600.0,
        "fits": True,
        "unfit": [],
    }
