"""The name of this machine's zone: carried with what was asked for here."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from swimctl.times import here
from swimctl.times.here import zone_here


@pytest.fixture(autouse=True)
def _back(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    here._zone.cache_clear()
    yield
    monkeypatch.undo()
    time.tzset()
    here._zone.cache_clear()


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        (":Asia/Tokyo", "Asia/Tokyo"),
        ("/usr/share/zoneinfo/America/New_York", "America/New_York"),
        ("UTC", "UTC"),
        ("Etc/UTC", "UTC"),
        ("", "UTC"),
        ("CET-1CEST", ""),  # a rule has no name
    ],
)
def test_it_is_what_the_environment_says(monkeypatch: pytest.MonkeyPatch, said: str, name: str) -> None:
    monkeypatch.setenv("TZ", said)
    time.tzset()
    assert zone_here() == name


def test_without_it_the_link_of_the_system_counts_and_a_name_that_shows_other_times_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TZ", raising=False)
    time.tzset()
    monkeypatch.setattr(here, "_LOCALTIME", tmp_path / "copied")
    name = tmp_path / "timezone"
    monkeypatch.setattr(here, "_TIMEZONE", name)
    assert zone_here() == ""
    for said, found in (("Asia/Kathmandu\n", ""), ("Etc/UTC\n", "UTC")):
        name.write_text(said, encoding="utf-8")
        here._zone.cache_clear()
        assert zone_here() in {found, ""}, "this machine is in UTC, or has no such name"
