"""A preview counts what steps of one's own usually take, where they stand; only a store in memory is asked."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from swimctl.config.calendars import Calendars
from swimctl.config.flows import Flow
from swimctl.config.own_steps import Command, Hold, Own, Script
from swimctl.config.settings import Settings
from swimctl.models import Device, Image, JobOptions, Policy
from swimctl.requests.looking_ahead import LookAhead
from swimctl.requests.looks import Checked
from swimctl.requests.plans import Plan, PlanItem, UpgradeRequest
from swimctl.requests.usual import usual_of

NOW = datetime(2031, 5, 4, 22, tzinfo=UTC)
DEVICE = Device(1, "sw1", "cisco_xe", "192.0.2.1")
IMAGE = Image(1, "a.bin", Path("a.bin"), "cisco_xe", "cat9k_iosxe", "17.12.04", 1_000_000, "a" * 128, "b" * 32, NOW)
USUAL = {
    ("Note", "cat9k_iosxe"): 60.0,
    ("Drain", "cat9k_iosxe"): 600.0,
    ("Drain", "c1900"): 5.0,
    ("Lift", "c1900"): 30.0,
    ("Lift", "isr4000"): 50.0,
    ("Board", "cat9k_iosxe"): 9000.0,
}


def script(name: str) -> Own:
    return Script(name=name, run=["true"])


WHOLE = Flow(
    (script("Note"), "readiness", "distribution", Hold(name="Board"), script("Drain"), "activation", "post-checks",
     Command(name="Never ran", run="show clock")),
    (script("Lift"),),
)  # fmt: skip


@pytest.mark.parametrize(
    ("step", "family", "seconds"),
    [("Drain", "cat9k_iosxe", 600.0), ("Lift", "cat9k_iosxe", 40.0), ("Never ran", "cat9k_iosxe", 0.0)],
)
def test_one_that_was_never_run_with_such_an_image_takes_what_it_takes_with_others(
    step: str, family: str, seconds: float
) -> None:
    assert usual_of(USUAL, step, family) == seconds


def test_each_counts_where_it_stands_and_a_wait_for_a_person_nowhere() -> None:
    assert WHOLE.took(lambda name: usual_of(USUAL, name, "cat9k_iosxe")) == (60.0, 600.0, 40.0)
    assert Flow(("readiness", "distribution")).took(lambda _: 1.0) == (0.0, 0.0, 0.0)


def span(flow: Flow) -> tuple[timedelta, timedelta]:
    """Return how long it is to the copy, and from the activation to the end."""
    store: Any = SimpleNamespace(
        past=lambda _: [], newest_sightings=lambda _: {}, usual_seconds=lambda: USUAL, sightings=dict
    )
    settings = Settings()
    clock: Any = SimpleNamespace(now=lambda: NOW, speed=1.0)
    ahead = LookAhead(settings, store, clock, [DEVICE], Calendars(settings))
    seen = ahead.preview(Plan(UpgradeRequest((DEVICE,)), (PlanItem(DEVICE, IMAGE),)), None, flow)
    (told,) = cast("Any", seen.forecast).spans.values()
    return told.copies - told.starts, told.ends - told.activates


def test_the_forecast_of_a_plan_counts_them() -> None:
    plain = Flow(("readiness", "distribution", "activation", "post-checks"))
    (check, rest), (own_check, own_rest) = span(plain), span(WHOLE)
    assert own_check - check == timedelta(seconds=60)
    assert own_rest - rest == timedelta(seconds=640)


def test_an_own_window_that_cannot_be_read_any_more_keeps_its_device_alone_from_starting(tmp_path: Path) -> None:
    settings = Settings(calendars={"nights": tmp_path / "gone.ics"})
    devices = [replace(DEVICE, window="calendar:nights"), replace(DEVICE, id=2, name="sw2")]
    plan = Plan(UpgradeRequest(tuple(devices)), tuple(PlanItem(device, IMAGE) for device in devices))
    store: Any = SimpleNamespace(
        past=lambda _: [], newest_sightings=lambda _: {}, usual_seconds=lambda: USUAL, sightings=dict
    )
    clock: Any = SimpleNamespace(now=lambda: NOW, speed=1.0)
    flow = Flow(("readiness", "distribution", "activation", "post-checks"))
    told = LookAhead(settings, store, clock, devices, Calendars(settings)).preview(plan, None, flow).forecast
    assert told is not None
    assert list(told.spans) == ["sw2"]
    assert "gone.ics does not count, so nothing is activated" in told.unfit["sw1"]


def test_a_batch_that_only_copies_starts_in_its_window_too() -> None:
    options = JobOptions(activate=False)
    request = UpgradeRequest((DEVICE,), options=options, policy=Policy(window="23:00-04:00@UTC"))
    store: Any = SimpleNamespace(
        past=lambda _: [],
        newest_sightings=lambda _: {},
        usual_seconds=lambda: {("activation", "cat9k_iosxe"): 90_000.0, ("post-checks", "cat9k_iosxe"): 1.0},
        sightings=dict,
    )
    settings, clock = Settings(), cast("Any", SimpleNamespace(now=lambda: NOW, speed=1.0))
    ahead = LookAhead(settings, store, clock, [DEVICE], Calendars(settings))
    flow = Flow(("readiness", "distribution", "activation", "post-checks"))
    seen = ahead.preview(Plan(request, (PlanItem(DEVICE, IMAGE),)), None, flow)
    assert seen.forecast is not None
    assert seen.forecast.unfit == {}
    assert seen.forecast.spans["sw1"].starts == NOW + timedelta(hours=1)
    assert seen.opening is not None
    assert seen.opening.opens == NOW + timedelta(hours=1)


@pytest.mark.parametrize(("origin", "together"), [("swimctl", 2), ("relay http://ber.example:8101", 6), ("push", 6)])
def test_as_many_fetch_from_the_image_server_as_it_has_turns(origin: str, together: int) -> None:
    settings = Settings(image_server={"copies": 2}, workers=6)
    devices = [replace(DEVICE, id=number, name=f"sw{number}") for number in range(6)]
    plan = Plan(UpgradeRequest(tuple(devices)), tuple(PlanItem(device, IMAGE) for device in devices))
    store: Any = SimpleNamespace(past=lambda _: [], newest_sightings=lambda _: {}, usual_seconds=dict, sightings=dict)
    clock: Any = SimpleNamespace(now=lambda: NOW, speed=1.0)
    ahead = LookAhead(settings, store, clock, devices, Calendars(settings))
    answers = [Checked(device, runs="17.09.05", origin=origin) for device in devices]
    told = ahead.preview(plan, answers, Flow(("readiness", "distribution", "activation", "post-checks"))).forecast
    assert told is not None
    begun = Counter(span.copies for span in told.spans.values())
    assert set(begun.values()) == {together}
