"""Lengths of time: one grammar for options, config.yaml, tokens, waits and windows."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.stores import NOON

from swimctl.accounts.service import life_from
from swimctl.cli.output import duration
from swimctl.cli.policy import policy_of
from swimctl.config.hours import Window
from swimctl.config.settings import Settings
from swimctl.errors import UsageError
from swimctl.times.durations import read_duration, write_duration
from swimctl.waiting import span

lengths = st.builds(lambda ms: timedelta(milliseconds=ms), st.integers(0, 36_525 * 86_400_000))
whole = st.builds(lambda seconds: timedelta(seconds=seconds), st.integers(0, 400 * 86_400))


@given(lengths)
def test_what_is_written_reads_as_the_same(length: timedelta) -> None:
    assert read_duration(write_duration(length)) == length


@given(whole)
def test_what_people_are_shown_can_be_typed(length: timedelta) -> None:
    seconds = length.total_seconds()
    assert abs(read_duration(duration(seconds)).total_seconds() - seconds) <= 30
    assert abs(read_duration(span(seconds)).total_seconds() - seconds) < 3600


@given(whole)
def test_every_place_reads_the_same(length: timedelta) -> None:
    text = write_duration(length)
    assert life_from(text) == length
    assert policy_of(soak=text, now=NOON)[0].soak == length.total_seconds()
    if timedelta(0) < length < timedelta(days=1):
        assert Settings.model_validate({"deadlines": {"add": text}}).deadlines.add == length.total_seconds()
        assert Window.parse(f"22:00/{text}").end == length


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90s", 90),
        ("10m", 600),
        ("10 min", 600),
        ("1h30m", 5400),
        ("1h05m", 3900),
        ("1 h 54 min", 6840),
        ("1.5h", 5400),
        ("0.1s", 0.1),
        ("2d", 172_800),
        ("1w", 604_800),
        ("3 d 4 h", 273_600),
        (" 90s ", 90),
    ],
)
def test_it_is_read(text: str, seconds: float) -> None:
    assert read_duration(text).total_seconds() == seconds


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is not a length of time; write 90s, 10m, 1h30m, 2d or 1w"),
        ("m", "is not a length of time"),
        ("5m1h", "is not a length of time"),
        ("1h30", "is not a length of time"),
        ("1h1h", "is not a length of time"),
        ("-5m", "is not a length of time"),
        ("٣d", "is not a length of time"),
        ("1d\n", "is not a length of time"),
        ("12", "has no unit; write 12s, 12m, 12h or 12d"),
        ("999999999w", "longer than a hundred years"),
        ("36526d", "longer than a hundred years"),
    ],
)
def test_a_mistake_is_named(text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        read_duration(text)


@pytest.mark.parametrize(("bare", "seconds"), [("s", 12), ("m", 720), ("h", 43_200)])
def test_a_number_alone_has_the_unit_of_its_place(bare: str, seconds: int) -> None:
    assert read_duration("12", bare=bare).total_seconds() == seconds


def test_settings_are_read_in_their_own_unit() -> None:
    said = {
        "activation": {"auto_abort_minutes": "1h30m", "hold_minutes": "2h", "usual_minutes": "90s"},
        "image_server": {"hours": "2d", "stall": "2m"},
        "schedule_grace": "1h",
        "deadlines": {"add": 7, "activate": "30"},
    }
    found = Settings.model_validate(said)
    assert (found.activation.auto_abort_minutes, found.activation.usual_minutes) == (90, 1.5)
    assert found.activation.hold_minutes == 120
    assert (found.image_server.hours, found.image_server.stall) == (48, 120)
    assert (found.schedule_grace, found.deadlines.add, found.deadlines.activate) == (3600, 7, 30)
    assert found.deadlines.activate.setting == "swimctl.deadlines.activate"  # type: ignore[attr-defined] # a Limit
