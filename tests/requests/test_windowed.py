"""The windows of devices in a plan."""

from __future__ import annotations

import pytest
from support.stores import NOON

from swimctl.config.hours import Windows
from swimctl.models import Device
from swimctl.requests.plans import PlanItem, windowed


@pytest.mark.parametrize(
    ("window", "asked", "note"),
    [("22:00-04:00@UTC", [], "its own window: 22:00-04:00@UTC"), ("2001-12-05 22:00/6h@UTC", ["sw1"], "")],
)
def test_where_a_host_stands_is_looked_for_only_where_it_is_refused(window: str, asked: list[str], note: str) -> None:
    """To find that reads the whole inventory with its lines: seconds for 1,000 hosts, in each plan."""
    found: list[str] = []

    def where(name: str) -> str:
        found.append(name)
        return "hosts.yaml line 3"

    item = windowed(
        PlanItem(Device(1, "sw1", "cisco_xe", "192.0.2.1", window=window), None), NOON, Windows.parse, where
    )
    assert (found, item.note) == (asked, note)
    assert (item.refusal or "").startswith("hosts.yaml line 3: window of sw1: ") is bool(asked)
