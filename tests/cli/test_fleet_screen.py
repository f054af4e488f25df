"""What a person sees of a thousand devices: counts first, then those with something to do, within a terminal."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from swimctl.cli import compliance
from swimctl.cli.fleet_screen import group_rows, listed, rows, scanned, stands
from swimctl.images.compliance import Compliance, grouped, judge, not_told
from swimctl.images.end_of_support import Ends
from swimctl.images.goldens import choose
from swimctl.models import Device, Golden
from swimctl.store.seen import Seen

NOW = datetime(2031, 5, 4, 12, tzinfo=UTC)
GOLDEN = [Golden(None, "cisco_xe", None, release="17.12.4")]


def device(number: int) -> Compliance:
    """Return one of a thousand: some behind, some never asked, some silent for reasons of their own."""
    site = ("bern", "chur")[number % 2]
    one = Device(number, f"{site}-access-{number:04d}", "cisco_xe", "192.0.2.1", model="C9300-48P", site=site)
    release = "17.06.05" if number % 10 == 3 else "17.12.04"
    seen = None if number % 100 == 7 else Seen(release, {"1": release}, "", NOW, NOW, "scan")
    found = judge(one, choose(one, GOLDEN, [], NOW), seen, None, None)
    if number % 100 == 9:
        return not_told(found, f"{one.name} does not answer on port {number}; next: check {one.name}")
    old = Ends(date(2029, 1, 31), "cisco_xe", release="17.6", note="bulletin 12")
    return replace(found, ends=old, ended=True) if number % 10 == 3 else found


@pytest.mark.parametrize("width", [80, 120, 200])
def test_a_thousand_devices_fit_a_terminal(width: int) -> None:
    text = stands([device(number) for number in range(1, 1001)], width)
    lines = text.splitlines()
    assert max(map(len, lines)) <= width
    assert lines[0].startswith("1000 devices, seen between ")
    assert lines[2:7] == [
        "  880  compliant",
        "  100  other release",
        "   20  unknown",
        "    0  no golden release",
        "  100  supported no more",
    ]
    behind = lines.index("Other release")
    assert lines[behind + 1] == "   100  17.06.05, older than 17.12.4"
    assert lines[behind + 2].startswith("        chur-access-0003, chur-access-0013")
    assert lines[behind + 2].endswith(f" and {100 - lines[behind + 2].count('chur')} more")
    assert "    10  it was never asked; `swimctl scan DEVICE` asks it" in lines
    assert "     7  for 7 more reasons" in lines, "what is told of each device alone is counted"
    assert "   100  2029-01-31 for 17.6 (bulletin 12)" in lines
    assert lines[-1].startswith("All devices: --all-rows.")


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ('=HYPERLINK("http://192.0.2.9","x")', '"\'=HYPERLINK(""http://192.0.2.9"",""x"")"'),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("\t=1", "'\t=1"),
        ("17.12.4", "17.12.4"),
        (None, ""),
    ],
)
def test_a_spreadsheet_gets_no_formula_from_a_device_or_an_inventory(cell: str | None, written: str) -> None:
    assert compliance._csv(["Site", "Why"], [[cell, 7]]) == f"site,why\n{written},7\n"


@pytest.mark.parametrize("width", [20, 80])
def test_a_device_writes_nothing_of_its_own(width: int) -> None:
    evil = "\x1b[2J17.12.4"
    told = scanned([("sw1", evil), ("sw2\x1b[2J" * 9, evil)], [("sw3", f"it says {evil}")], "9s", width)
    assert "17.12.4" in told
    assert "\x1b" not in told


def test_what_is_behind_stands_on_the_first_page() -> None:
    page = stands([device(number) for number in range(1, 1001)], 80).splitlines()[:24]
    assert {"Other release", "Unknown"} <= set(page)


def test_all_is_well_in_few_lines() -> None:
    text = stands([device(number) for number in (1, 2, 4)], 80)
    assert "Other release\n" not in text
    assert len(text.splitlines()) == 8
    assert text.splitlines()[2] == "  3  compliant"


def test_a_scan_says_what_runs_and_why_the_others_are_not_known() -> None:
    ran = [(f"sw{number}", "17.12.04" if number % 4 else "17.06.05") for number in range(1, 101)]
    missed = [(f"sw{number}", f"sw{number} does not answer; next: check sw{number}") for number in range(101, 104)]
    lines = scanned(ran, missed, "12s", 80).splitlines()
    assert lines == [
        "103 devices in 12s: 100 answered, 3 did not",
        "",
        "They run",
        "    75  17.12.04  sw1, sw2, sw3, sw5, sw6, sw7 and 69 more",
        "    25  17.06.05  sw4, sw8, sw12, sw16, sw20, sw24 and 19 more",
        "",
        "Not recorded",
        "     3  DEVICE does not answer; next: check DEVICE",
        "        sw101, sw102, sw103",
    ]


def test_few_devices_have_a_line_each_with_the_reason_below() -> None:
    assert listed([device(number) for number in (1, 3, 7, 9)], 80).splitlines() == [
        "Device            Runs      Golden   Status         Seen",
        f"chur-access-0001  17.12.04  17.12.4  compliant      {NOW.astimezone():%Y-%m-%d %H:%M}",
        f"chur-access-0003  17.06.05  17.12.4  other release  {NOW.astimezone():%Y-%m-%d %H:%M}",
        "    17.06.05, older than 17.12.4; supported no more: 2029-01-31 for 17.6",
        "    (bulletin 12)",
        "chur-access-0007            17.12.4  unknown",
        "    it was never asked; `swimctl scan chur-access-0007` asks it",
        f"chur-access-0009  17.12.04  17.12.4  unknown        {NOW.astimezone():%Y-%m-%d %H:%M}",
        "    chur-access-0009 does not answer on port 9; next: check chur-access-0009",
    ]


def test_rows_have_all_that_is_known() -> None:
    (row,) = rows([device(3)])
    assert row[:3] == (3, "chur-access-0003", "17.06.05")
    assert row[4:8] == ("17.12.4", "all", "other release", "17.06.05, older than 17.12.4")
    assert row[-4:] == ("scan", "chur", "C9300-48P", "2029-01-31 for 17.6 (bulletin 12)")
    found = [device(number) for number in range(1, 101)]
    assert group_rows(grouped(found, "site")) == [
        ("chur", 50, 38, 10, 2, 0, 10),
        ("bern", 50, 50, 0, 0, 0, 0),
    ]
