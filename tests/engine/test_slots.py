"""When an activation may start is worked out once for all who ask the same, and anew where somebody starts by it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from support.icalendars import nights
from support.stores import NOON, StandingClock, some_batch

from swimctl.config import calendars
from swimctl.config.calendars import Calendars
from swimctl.config.settings import Settings
from swimctl.config.windows import Go, Never, Shut, Wait
from swimctl.engine.slots import Slots
from swimctl.models import Batch, Image, Policy

FAMILY = "cat9k_iosxe"
IMAGE = Image(1, "a.bin", Path("a.bin"), "cisco_xe", FAMILY, "17.12.04", 1_000_000, "a" * 128, "b" * 32, NOON)
HOUR = timedelta(hours=1)
OWN = {f"sw{number}": f"{day} 20:00-23:00@UTC" for number, day in enumerate(("Mon", "Tue", "Wed") * 100)}


class Place:
    """The slots of a process over a store that only says what is usual; `worked_out` counts what it costs."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, settings: Settings | None = None) -> None:
        self.clock, self.ticks = StandingClock(), 0.0
        self.usual: Mapping[tuple[str, str], float] = {}
        self.asked = self.worked_out = 0
        settings = settings or Settings()
        self.slots = Slots(
            settings, cast("Any", self), self.clock, Calendars(settings, ticks=lambda: self.ticks), OWN.get
        )
        gate = calendars.gate

        def counted(*given: Any, **named: Any) -> Any:
            self.worked_out += 1
            return gate(*given, **named)

        monkeypatch.setattr(calendars, "gate", counted)

    def usual_seconds(self) -> Mapping[tuple[str, str], float]:
        self.asked += 1
        return self.usual

    def took(self, seconds: float) -> None:
        self.usual = {(kind, FAMILY): seconds / 2 for kind in ("activation", "post-checks")}

    def of(self, device: str = "sw", window: str | None = "20:00-23:00@UTC", **policy: Any) -> Go | Wait | Never | Shut:
        return self.slots.of(batch(window, **policy), IMAGE, device)

    def passes(self, seconds: float) -> None:
        self.clock.forward(seconds)
        self.ticks += seconds


def batch(window: str | None, **policy: Any) -> Batch:
    return replace(some_batch("batch-0001"), policy=Policy(window=window, **policy))


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Place:
    return Place(monkeypatch)


def test_all_who_wait_for_the_same_cost_one_answer_a_minute_and_one_question_a_look(place: Place) -> None:
    first = {name: place.of(name) for name in OWN}
    assert {type(told) for told in first.values()} == {Wait}
    assert (place.worked_out, place.asked) == (3, 1)
    for look in range(1, 60):
        place.passes(1)
        assert {name: place.of(name) for name in OWN} == first
        assert (place.worked_out, place.asked) == (3, 1 + look)
    place.passes(1)
    assert {name: place.of(name) for name in OWN} == first
    assert place.worked_out == 6


def test_the_window_opens_in_its_first_second_and_a_changed_end_counts_at_once(place: Place) -> None:
    told = place.of()
    assert isinstance(told, Wait)
    place.passes((told.at - place.clock.now()).total_seconds() - 1)
    assert place.of() == told
    place.passes(1)
    assert place.of() == Go()
    assert isinstance(place.of(until=told.at + timedelta(minutes=1)), Never)


def test_nobody_is_given_up_by_what_was_usual_before_the_first_of_its_kind_had_shown_it(place: Place) -> None:
    place.took(4 * 3600)
    assert isinstance(place.of(), Never)
    place.took(600)
    assert isinstance(place.of(), Wait), "in the same second"
    place.passes(8 * 3600)
    place.took(4 * 3600)
    assert isinstance(place.of(), Never)


def test_a_clock_that_was_put_back_is_asked_what_it_shows(place: Place) -> None:
    place.passes(11 * 3600 + 1)
    told = place.of()
    assert isinstance(told, Wait)
    assert told.at > NOON + timedelta(days=1)
    place.clock.forward(-2 * 3600)
    assert place.of() == Go()


def test_many_different_answers_are_not_kept_for_ever(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calendars, "_MOST", 3)
    for minute in range(10):
        assert isinstance(place.of(window=f"20:{minute:02d}-23:00@UTC"), Wait)
    assert len(place.slots._calendars._waits) <= 3


def test_a_calendar_that_is_lost_opens_nothing_and_one_that_opens_earlier_is_seen_in_a_minute(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "nights.ics"
    path.write_bytes(nights(days="SA", zone="UTC"))
    place = Place(monkeypatch, Settings(calendars={"nights": path}))
    monkeypatch.setitem(OWN, "sw", "calendar:nights")
    first = place.of(window=None)
    assert isinstance(first, Wait)
    path.write_bytes(nights(days="MO,TU,WE,TH,FR,SA,SU", zone="UTC"))
    place.passes(60)
    told = place.of(window=None)
    assert isinstance(told, Wait)
    assert told.at < first.at
    path.unlink()
    place.passes((told.at - place.clock.now()).total_seconds())
    assert isinstance(place.of(window=None), Shut)
    path.write_bytes(nights(days="MO,TU,WE,TH,FR,SA,SU", zone="UTC"))
    place.passes(1)
    assert place.of(window=None) == Go()


def test_without_a_window_an_end_or_a_freeze_nothing_is_asked(place: Place) -> None:
    assert place.of(window=None) == Go()
    assert (place.worked_out, place.asked) == (0, 0)
