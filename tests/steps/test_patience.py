"""How long what is not as before is waited for: what is late has a time of its own, and links theirs after it."""

from __future__ import annotations

from typing import Any, cast

import pytest
from support.scripted_steps import PaperClock

from swimctl.config.settings import Deadlines, Settings, Tolerances
from swimctl.steps.evidence import Pending
from swimctl.steps.patience import Patience

SETTINGS = Settings(deadlines=Deadlines(ready=100), tolerances=Tolerances(patience=300, end_device_patience=500))


class Waiting:
    """A patience and the clock that it looks at."""

    def __init__(self, hold: int = 0, settings: Settings = SETTINGS, speed: float = 1.0) -> None:
        self.clock = PaperClock(speed)
        self.patience = Patience(cast("Any", self.clock), settings, hold)

    def over(self, wait: Pending, at: float) -> bool:
        self.clock.seconds = at
        return self.patience.over(wait)


def test_what_needs_no_waiting_is_over_at_once() -> None:
    assert Waiting().over(Pending.NOTHING, at=0) is True


@pytest.mark.parametrize(("hold", "ends"), [(0, 100), (1, 301), (600, 900)])
def test_what_is_late_has_the_time_for_that_and_what_the_device_itself_keeps_ports_down(hold: int, ends: int) -> None:
    late = Waiting(hold)
    assert late.over(Pending.READY, at=ends - 1) is late.patience.ready_passed is False
    assert late.over(Pending.READY, at=ends) is late.patience.ready_passed is True


@pytest.mark.parametrize(("wait", "ends"), [(Pending.LINKS, 300), (Pending.ACCESS, 300), (Pending.END_DEVICES, 500)])
def test_each_kind_has_its_time_from_when_it_is_first_waited_for(wait: Pending, ends: int) -> None:
    one = Waiting()
    assert [one.over(wait, at=1000 + after) for after in (0, ends - 1, ends)] == [False, False, True]


@pytest.mark.parametrize("wait", [Pending.LINKS, Pending.ACCESS, Pending.END_DEVICES])
def test_however_fast_the_lab_runs_each_kind_has_its_time_and_no_more(wait: Pending) -> None:
    one, ends = Waiting(speed=60.0), 500 if wait is Pending.END_DEVICES else 300
    assert [one.over(wait, at=at) for at in (0, ends - 1, ends)] == [False, False, True]


def test_phones_have_no_less_time_than_links() -> None:
    one = Waiting(settings=Settings(tolerances=Tolerances(patience=300, end_device_patience=30)))
    assert [one.over(Pending.END_DEVICES, at=at) for at in (0, 299, 300)] == [False, False, True]


def test_the_time_for_links_begins_anew_where_something_is_late_again() -> None:
    one = Waiting()
    seen = [one.over(Pending.LINKS, at=0), one.over(Pending.READY, at=50), one.over(Pending.LINKS, at=310)]
    assert seen == [False, False, False]
    assert [one.over(Pending.LINKS, at=at) for at in (609, 610)] == [False, True]


def test_the_time_for_access_ports_and_phones_runs_while_links_are_waited_for() -> None:
    one = Waiting()
    assert one.over(Pending.LINKS, at=0) is False
    assert one.over(Pending.ACCESS, at=290) is False
    assert one.over(Pending.ACCESS, at=300) is True
    assert one.over(Pending.END_DEVICES, at=499) is False
    assert one.over(Pending.END_DEVICES, at=500) is True


def test_an_uplink_that_goes_down_while_phones_are_waited_for_has_all_of_its_time() -> None:
    one = Waiting()
    assert [one.over(Pending.LINKS, at=0), one.over(Pending.END_DEVICES, at=100)] == [False, False]
    assert [one.over(Pending.LINKS, at=at) for at in (310, 609, 610)] == [False, False, True]
