"""Times as people type them: shown back before anything is made, and refused where they could be two moments."""

from __future__ import annotations

import json
import re
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from support.icalendars import calendar, event, nights

from swimctl.cli import main

Capture = pytest.CaptureFixture[str]
Place = Any  # of conftest.py
CONFIG = Path("config.yaml")
EVERY_NIGHT = nights(days="MO,TU,WE,TH,FR,SA,SU", zone="UTC")


def said(capsys: Capture) -> str:
    return " ".join(capsys.readouterr().err.split())


def test_a_time_is_shown_back_with_its_offset_before_anything_is_made(
    place: Place, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    assert main(["upgrade", "sw1", "--yes", "--at", "2090-07-08 02:00", "--until", "2090-07-08 06:00"]) == 0
    err = said(capsys)
    at, until = (
        "--at 2090-07-08 02:00 is Sat 2090-07-08 02:00:00+02:00, in ",
        "--until 2090-07-08 06:00 is Sat 2090-07-08",
    )
    assert at in err
    assert until in err
    assert err.index(at) < err.index("scheduled for")
    (batch,) = place.store.batches()
    assert batch.schedule_time == datetime(2090, 7, 8, tzinfo=UTC)
    assert batch.policy.until == datetime(2090, 7, 8, 4, tzinfo=UTC)


def test_a_time_from_now(place: Place, capsys: Capture) -> None:
    assert main(["upgrade", "sw1", "--yes", "--at", "+2h"]) == 0
    assert "--at +2h is " in said(capsys)
    (batch,) = place.store.batches()
    assert batch.schedule_time is not None
    assert abs(batch.schedule_time - batch.created_at - timedelta(hours=2)) < timedelta(minutes=1)


def test_a_time_that_anybody_reads_as_the_same_is_not_shown_back(place: Place, capsys: Capture) -> None:
    assert main(["upgrade", "sw1", "--yes", "--at", "2090-07-08T02:00+02:00"]) == 0
    assert "--at" not in said(capsys)
    assert len(place.store.batches()) == 1


@pytest.mark.parametrize(
    ("at", "readings"),
    [
        ("2090-10-29 02:30", ["2090-10-29T02:30+02:00", "2090-10-29T02:30+01:00"]),
        ("2090-03-26 02:30", ["2090-03-26T01:30+01:00", "2090-03-26T03:30+02:00"]),
    ],
)
def test_a_time_that_could_be_two_moments_makes_nothing(
    place: Place, capsys: Capture, monkeypatch: pytest.MonkeyPatch, at: str, readings: list[str]
) -> None:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    for option in ("--at", "--until"):
        assert main(["upgrade", "sw1", "--yes", option, at]) == 2
        err = said(capsys)
        assert all(reading in err for reading in readings)
    assert place.store.batches() == []


def test_several_windows_are_one_policy(place: Place) -> None:
    windows = ["--window", "Sat 22:00-04:00@UTC", "--window", "2090-12-05 22:00/6h@UTC"]
    assert main(["upgrade", "sw1", "--yes", "--at", "+2h", *windows]) == 0
    (batch,) = place.store.batches()
    assert batch.policy.window == "Sat 22:00-04:00@UTC; 2090-12-05 22:00/6h@UTC"


@pytest.mark.parametrize(
    ("window", "why"),
    [
        ("2001-12-05 22:00/6h", "is over; give one that is to come"),
        ("Sut 22:00-04:00", "'Sut' is no day of a week"),
        ("calendar:nights", "config.yaml names no calendar 'nights' (swimctl.calendars: none)"),
        ("calendar:../../etc/passwd", "is not a window; write calendar:NAME"),
    ],
)
def test_a_window_that_cannot_be_makes_nothing(place: Place, capsys: Capture, window: str, why: str) -> None:
    assert main(["upgrade", "sw1", "--yes", "--window", window]) == 2
    assert why in said(capsys)
    assert place.store.batches() == []


@pytest.mark.usefixtures("place")
def test_the_plan_shows_which_window_opens_and_when(capsys: Capture) -> None:
    assert (
        main(["plan", "sw1", "--json", "--window", "2090-12-05 22:00/6h@UTC", "--window", "2091-01-01 00:00/1h"]) == 0
    )
    document = json.loads(capsys.readouterr().out)
    assert document["window"] == {
        "window": "2090-12-05 22:00/6h@UTC",
        "opens_at": "2090-12-05T22:00:00.000000Z",
        "closes_at": "2090-12-06T04:00:00.000000Z",
    }
    assert document["forecast"]["fits"]
    assert document["devices"][0]["starts_at"] == "2090-12-05T22:00:00.000000Z"


def hosts(place: Place, **windows: str) -> None:
    """Give devices, and the group `access`, windows of their own."""
    path = place.folder / "inventory"
    text = (path / "hosts.yaml").read_text(encoding="utf-8")
    for name, window in windows.items():
        if name == "access":
            (path / "groups.yaml").write_text(
                f"access: {{data: {{window: '{window}'}}}}\ncore: {{}}\n", encoding="utf-8"
            )
        else:
            head, found, rest = text.partition(f"{name}:\n")
            text = head + found + rest.replace("  data:\n", f"  data:\n    window: '{window}'\n", 1)
    (path / "hosts.yaml").write_text(text, encoding="utf-8")


def test_the_plan_shows_the_windows_of_devices_and_starts_each_in_its_own(place: Place, capsys: Capture) -> None:
    hosts(place, access="2090-12-05 22:00/6h@UTC", sw2="2090-12-05 20:00/6h@UTC")
    assert main(["plan", "--all", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)["devices"]
    assert {one["device_hostname"]: (one["window"], (one["starts_at"] or "")[:16]) for one in told} == {
        "sw1": ("2090-12-05 22:00/6h@UTC", "2090-12-05T22:00"),
        "sw2": ("2090-12-05 20:00/6h@UTC", "2090-12-05T20:00"),
        "sw3": (None, told[2]["starts_at"][:16]),
    }
    assert told[2]["starts_at"] < "2090"
    assert told[0]["note"] == "its own window: 2090-12-05 22:00/6h@UTC"
    assert main(["plan", "sw1", "sw2", "--json", "--window", "2090-12-05 23:00/6h@UTC"]) == 0
    told = json.loads(capsys.readouterr().out)["devices"]
    assert [one["starts_at"][:16] for one in told] == ["2090-12-05T23:00", "2090-12-05T23:00"]
    assert main(["device", "show", "sw1", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["window"] == "2090-12-05 22:00/6h@UTC"


@pytest.mark.parametrize(
    ("window", "why"),
    [
        ("at night", "window of sw1: 'at night' is not a window; write one as 22:00-04:00"),
        ("2001-12-05 22:00/6h", "window of sw1: '2001-12-05 22:00/6h' opens no more; give it one that is to come"),
        ("calendar:nights", "window of sw1: config.yaml names no calendar 'nights' (swimctl.calendars: none)"),
    ],
)
def test_a_device_with_a_window_that_cannot_be_gets_no_job_but_a_copy(
    place: Place, capsys: Capture, window: str, why: str
) -> None:
    hosts(place, sw1=window)
    assert main(["plan", "sw1", "--json"]) == 1
    (one,) = json.loads(capsys.readouterr().out)["devices"]
    assert why in one["refusal"]
    assert "hosts.yaml" in one["refusal"]
    assert main(["plan", "sw1", "--json", "--no-activate"]) == 0
    (one,) = json.loads(capsys.readouterr().out)["devices"]
    assert one["refusal"] is None


def configured(**files: bytes | None) -> None:
    """Name both calendars in config.yaml, and write those that are given."""
    CONFIG.write_text(
        CONFIG.read_text() + "  calendars: {nights: nights.ics}\n  freeze_calendars: [freezes.ics]\n", encoding="utf-8"
    )
    for name, text in files.items():
        if text is not None:
            Path(f"{name}.ics").write_bytes(text)


@pytest.mark.parametrize(
    "broken", [None, b"", EVERY_NIGHT[:150], calendar()], ids=["gone", "empty", "half", "no event"]
)
@pytest.mark.parametrize("which", ["nights", "freezes"])
def test_without_a_calendar_nothing_is_planned_or_made(
    place: Place, capsys: Capture, which: str, broken: bytes | None
) -> None:
    files = {"nights": EVERY_NIGHT, "freezes": nights("backups", days="MO")}
    configured(**{**files, which: broken})
    for command in (["plan", "sw1"], ["upgrade", "sw1", "--yes"], ["upgrade", "sw1", "--yes", "--at", "+2h"]):
        assert main([*command, "--window", "calendar:nights"]) == 3
        assert f"{which}.ics does not count, so nothing is activated: it " in said(capsys)
    assert place.store.batches() == []


@pytest.mark.parametrize(
    "broken", [None, b"", EVERY_NIGHT[:150], calendar()], ids=["gone", "empty", "half", "no event"]
)
def test_a_device_whose_calendar_cannot_be_read_gets_no_job_and_keeps_nobody_else_from_one(
    place: Place, capsys: Capture, broken: bytes | None
) -> None:
    configured(nights=EVERY_NIGHT, freezes=nights("backups", days="MO"))
    hosts(place, sw1="calendar:nights")
    assert main(["upgrade", "sw1", "sw2", "--yes", "--at", "+2h"]) == 0
    assert [job.device_name for job in place.store.jobs()] == ["sw1", "sw2"]
    Path("nights.ics").unlink()
    if broken is not None:
        Path("nights.ics").write_bytes(broken)
    capsys.readouterr()
    main(["plan", "sw1", "sw2", "--json"])
    one, other = sorted(json.loads(capsys.readouterr().out)["devices"], key=lambda each: str(each["device_hostname"]))
    assert re.search(r"hosts\.yaml.*: window of sw1: the calendar .*nights\.ics does not count", one["refusal"])
    assert one["starts_at"] is None
    assert other["refusal"] is None
    assert other["starts_at"] is not None
    main(["upgrade", "sw1", "sw2", "--yes", "--at", "+2h"])
    assert "nights.ics does not count" in said(capsys)
    assert [job.device_name for job in place.store.jobs()] == ["sw1", "sw2", "sw2"]


def test_a_freeze_of_a_calendar_refuses_as_one_of_config_does(place: Place, capsys: Capture) -> None:
    days = event("SUMMARY:the year end", "DTSTART;VALUE=DATE:20010101", "DTEND;VALUE=DATE:29010101")
    configured(freezes=calendar(*days))
    assert main(["upgrade", "sw1", "--yes"]) == 3
    assert "changes are frozen until 2901-01-01T00:00:00+00:00: the year end" in said(capsys)
    assert place.store.batches() == []
    assert main(["upgrade", "sw1", "--yes", "--no-activate"]) == 0


@pytest.mark.usefixtures("place")
def test_doctor_reads_the_calendars(capsys: Capture) -> None:
    configured(nights=EVERY_NIGHT)
    main(["doctor", "--offline", "--json"])
    checks = {each["what"]: each for each in json.loads(capsys.readouterr().out)["checks"]}
    assert checks["calendar nights.ics"]["result"] == "ok"
    assert re.search(r"40\d to come within a year, the next one .*: night$", checks["calendar nights.ics"]["seen"])
    assert checks["calendar freezes.ics"]["result"] == "fail"
    assert "cannot be read: No such file or directory" in checks["calendar freezes.ics"]["seen"]
