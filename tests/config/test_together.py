"""The window of a batch and the one of a device: open where both are, named after the one that opens last."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from swimctl.config.calendars import Calendars
from swimctl.config.hours import Windows
from swimctl.config.settings import Settings
from swimctl.config.together import Together
from swimctl.config.windows import Go, Never, Shut, Wait

HOUR = timedelta(hours=1)
WED = datetime(2030, 12, 4, 12, tzinfo=UTC)
SAT = datetime(2030, 12, 7, tzinfo=UTC)


def both(batch: str | None, own: str) -> Together:
    return Together(None if batch is None else Windows.parse(batch), Windows.parse(own))


@pytest.mark.parametrize(
    ("batch", "own", "opens", "closes", "named"),
    [
        (None, "Sat 22:00-04:00@UTC", 22, 28, "Sat 22:00-04:00@UTC of the device"),
        ("20:00-02:00@UTC", "Sat 22:00-04:00@UTC", 22, 26, "Sat 22:00-04:00@UTC of the device"),
        ("Sat 23:00-05:00@UTC", "22:00-04:00@UTC", 23, 28, "Sat 23:00-05:00@UTC"),
        ("Sat 20:00/10h@UTC", "Sat 22:00-23:00@UTC; Sun 01:00-02:00@UTC", 22, 23, "Sat 22:00-23:00@UTC of the device"),
        ("2030-12-07 10:00/3h@UTC", "12:00-20:00@Europe/Berlin", 11, 13, "12:00-20:00@Europe/Berlin of the device"),
    ],
)
def test_both_are_open_from_the_later_opening_to_the_earlier_end(
    batch: str | None, own: str, opens: int, closes: int, named: str
) -> None:
    found = both(batch, own).opening(WED)
    assert found is not None
    assert (found.opens, found.closes, found.of) == (SAT + opens * HOUR, SAT + closes * HOUR, named)
    assert both(batch, own).opening(found.closes - HOUR / 2) == found


def test_at_each_hour_of_a_month_it_is_open_where_both_are() -> None:
    batch, own = Windows.parse("Fri-Mon 20:00-03:00@UTC; Wed 09:00-11:00@UTC"), Windows.parse("Sat,Wed 01:00/20h@UTC")
    together, now = Together(batch, own), WED
    while now < WED + timedelta(days=31):
        open_now = [found.opens <= now for found in (one.opening(now) for one in (batch, own)) if found]
        found = together.opening(now)
        assert found is not None
        assert (found.opens <= now) is all(open_now), now
        assert now < found.closes
        now += HOUR


@pytest.mark.parametrize(
    ("batch", "own"),
    [("Sat 22:00-23:00@UTC", "Sun 22:00-23:00@UTC"), ("22:00-04:00@UTC", "2001-12-05 22:00/6h@UTC")],
)
def test_windows_that_meet_no_more_never_open(batch: str, own: str) -> None:
    assert both(batch, own).opening(WED) is None
    told = Calendars(Settings()).gate(WED, HOUR, batch, None, own=own)
    assert told == Never(f"the window {batch} and {own} of the device opens no more")


def test_an_activation_waits_for_the_device_and_must_end_in_what_both_have() -> None:
    gate = Calendars(Settings()).gate
    own = "Sat 22:00-04:00@UTC"
    told = gate(WED, HOUR, "20:00-02:00@UTC", None, own=own)
    assert isinstance(told, Wait)
    assert (told.at, told.window) == (SAT + 22 * HOUR, f"{own} of the device")
    assert gate(SAT + 22 * HOUR, 4 * HOUR, "20:00-02:00@UTC", None, own=own) == Go()
    assert gate(SAT + 23 * HOUR, 4 * HOUR, "20:00-02:00@UTC", None, own=own) == Never(
        "window too short: needs 240m, 180m left"
    )
    assert gate(WED, HOUR, None, None, own="at night") == Shut(
        "'at night' is not a window; write one as 22:00-04:00, Sat 22:00-04:00 or 2030-12-05 22:00/6h, each with its "
        "zone as 22:00-04:00@Europe/Berlin"
    )


def test_windows_without_a_zone_are_of_the_batch_and_of_the_configuration() -> None:
    elsewhere = Calendars(Settings(), zone="Asia/Tokyo")
    told = elsewhere.gate(WED, HOUR, "12:00-23:00", None, "America/New_York", own="02:00-05:00")
    assert isinstance(told, Wait)
    assert told.at == datetime(2030, 12, 4, 17, tzinfo=UTC)
