"""`show platform` of a lab device is read at whatever time after its boot."""

from __future__ import annotations

import pytest

from swimctl.lab.cisco_xe.shows_redundancy import _ago


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "00:00:00"),
        (753, "00:12:33"),
        (86_399, "23:59:59"),
        (86_400, "1d00h"),
        (183_600, "2d03h"),
        (950_400, "1w4d"),
        (32_659_200, "1y2w"),
    ],
)
def test_a_time_is_written_as_the_device_writes_it(seconds: int, said: str) -> None:
    assert _ago(seconds) == said
