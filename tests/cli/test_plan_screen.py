"""What a person sees of a plan: no line too wide, all refusals whole, equal devices together."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from rich.cells import cell_len

from swimctl.cli.plan_lines import lines
from swimctl.cli.plan_screen import screen
from swimctl.config.flows import Flow
from swimctl.config.own_steps import Command, Hold
from swimctl.config.windows import Go, Wait
from swimctl.models import Device, Finding, Image, Policy
from swimctl.requests.forecast import Ahead, Course, forecast
from swimctl.requests.looks import Checked
from swimctl.requests.plans import Plan, PlanItem, UpgradeRequest
from swimctl.requests.preview import Preview, rows_of
from swimctl.requests.usual import Took
from swimctl.store import Kind

NOW = datetime(2031, 3, 4, 20, 0, tzinfo=UTC)
IMAGE = Image(1, "cat9k_iosxe.17.12.04.SPA.bin", Path("x"), "cisco_xe", "cat9k_iosxe", "17.12.4", 10**9, "a", "b", NOW)
TOOK = Took("C9300-48P", 12, {"readiness": 8.0, "distribution": 250.0, "activation": 680.0, "post-checks": 130.0})
FULL = Finding("free flash", False, "1.0 GB on flash-2", "2.5 GB", "`install remove inactive` on the device")


def item(number: int) -> PlanItem:
    site = ("bern", "chur", "davos")[number % 3]
    device = Device(number, f"{site}-access-{number:04d}", "cisco_xe", "10.0.0.1", model="C9300-48P", site=site)
    if number % 100 == 7:
        return PlanItem(device, None, "no golden image for C9300-48P: `swimctl image golden --explain DEVICE`")
    return PlanItem(device, IMAGE, wave=1 if number < 5 else 2, after=("core",) if number == 8 else ())


def answer(device: Device) -> Checked:
    if device.id % 100 == 8:
        return Checked(device, error=f"{device.name} does not answer", mend=f"`ssh` to {device.name}")
    if device.id % 100 == 9:
        return Checked(device, (FULL,), runs="17.09.05")
    if device.id % 10 == 1:
        return Checked(device, already="already runs 17.12.4, committed, on every member", runs="17.12.04")
    held = IMAGE.size if device.id % 10 == 2 else None
    return Checked(device, runs="17.09.05", origin="push", held=held, cleanable=("17.03.03",) if device.id == 3 else ())


def preview(count: int) -> Preview:
    items = tuple(item(number) for number in range(1, count + 1))
    request = UpgradeRequest(tuple(one.device for one in items), policy=Policy(waves=("5", "100%"), soak=600))
    plan = Plan(request, items)
    rows = rows_of(plan, [answer(one.device) for one in plan.accepted], {one.device.id: TOOK for one in items})
    goes = Preview(plan, rows, 20).goes
    jobs = [Ahead(row.item.device.name, 8, 250, 810, wave=row.item.wave) for row in goes]
    told = forecast(jobs, Course(20, 20, soak=600), NOW)
    return Preview(plan, rows, 20, forecast=told, guessed=("C9500",), spare=timedelta(hours=1))


@pytest.mark.parametrize("width", [80, 132, 200])
@pytest.mark.parametrize("by", [None, "site", "model", "role"])
def test_a_thousand_devices_stay_readable(width: int, by: str | None) -> None:
    shown = screen(preview(1000), width, by=by).plain.splitlines()
    assert [line for line in shown if cell_len(line) > width] == []
    assert len(shown) < 90
    assert shown[0] == "Plan for 1,000 devices to 17.12.4; nothing is changed"
    counted = {line.strip().split("  ")[1]: int(line.split()[0]) for line in shown[2:7]}
    assert counted == {"no job": 10, "cannot be asked": 10, "not ready": 10, "ready": 870, "already there": 100}


def test_sites_that_are_alike_are_one_line_where_there_are_many_and_their_sums_are_not_all_listed() -> None:
    seen = preview(1000)
    devices = [replace(row.item.device, site=f"s{row.item.device.id % 300:03d}") for row in seen.rows]
    rows = [replace(row, item=replace(row.item, device=one)) for row, one in zip(seen.rows, devices, strict=True)]
    shown = screen(replace(seen, rows=tuple(rows)), 80, by="site").plain.splitlines()
    start = next(number for number, line in enumerate(shown) if line.startswith("Site "))
    table = shown[start + 1 : shown.index("", start)]
    assert table[0].split("  ")[0] == "s000 and 228 more"
    assert len(table) < 15
    counted = [int(next(word for word in line[17:].split() if word.isdecimal())) for line in table]
    assert sum(counted) == 1000, table
    sums = " ".join(" ".join(shown[shown.index("", start) :]).split())
    assert "by site s003 4.0 GB, s004 4.0 GB, s005 4.0 GB, s006 4.0 GB, s010 4.0 GB, s013 4.0 GB, 225 others" in sums


def test_every_device_that_is_refused_is_named_with_what_to_do() -> None:
    seen = preview(1000)
    shown = screen(seen, 80).plain
    for row in seen.rows:
        if row.lacks:
            assert row.item.device.name in shown
    words = " ".join(shown.split())
    assert "seen DEVICE does not answer next `ssh` to DEVICE" in words
    assert "free flash seen 1.0 GB on flash-2 needed 2.5 GB next `install remove inactive` on the device" in words
    assert "next swimctl image golden --explain DEVICE" in words


def test_all_rows_are_shown_of_a_few_and_where_they_are_asked_for() -> None:
    names = [row.item.device.name for row in preview(1000).rows]
    shown = screen(preview(1000), 80, all_rows=True).plain
    assert [name for name in names if not any(line.startswith(name) for line in shown.splitlines())] == []
    few = screen(preview(12), 80).plain
    assert sum(line.startswith(("bern-", "chur-", "davos-")) for line in few.splitlines()) == 12


def test_what_a_relay_gets_counts_once() -> None:
    seen = preview(12)
    rows = tuple(
        replace(row, answer=replace(row.answer, origin="relay http://bern.example:8101"))
        if row.answer and row.item.device.site == "bern"
        else row
        for row in seen.rows
    )
    shown = screen(replace(seen, rows=rows), 80).plain
    assert "To copy      5.0 GB, 4.0 GB over the WAN" in shown
    assert "by site    bern 2.0 GB, chur 2.0 GB, davos 1.0 GB" in shown
    assert "over WAN   bern 1.0 GB, chur 2.0 GB, davos 1.0 GB" in shown


def test_the_sums_stand_at_the_end() -> None:
    *_, guess, window = screen(preview(12), 80).plain.splitlines()
    assert guess.strip() == "partly a guess for C9500: the store has no such job yet"
    assert window == "Window       holds, with 1h00m to spare"
    shown = screen(preview(12), 80).plain
    assert "To copy      5.0 GB, all of it over the WAN" in shown
    assert "by site    bern 2.0 GB, chur 2.0 GB, davos 1.0 GB" in shown
    assert "Removed from flash\n  bern-access-0003: 17.03.03" in shown
    assert "Waits for\n  davos-access-0008: core" in shown


def test_commands_are_listed_where_they_are_asked_for_each_in_one_line() -> None:
    device = Device(1, "sw1", "cisco_xe", "10.0.0.1")
    typed = ("write memory", "(copy)", f"install add file flash:{IMAGE.filename}", "install commit")
    items = (PlanItem(device, IMAGE), PlanItem(Device(2, "sw2", "cisco_xe", "10.0.0.2"), IMAGE))
    answers = [
        Checked(items[0].device, origin="push", commands=typed),
        Checked(items[1].device, (FULL,), commands=typed),
    ]
    plan = Plan(UpgradeRequest(tuple(one.device for one in items)), items)
    seen = Preview(plan, rows_of(plan, answers, {}), 20)
    copied = f"({IMAGE.filename} is pushed by SCP)"
    told = ["write memory", copied, f"install add file flash:{IMAGE.filename}", "install commit"]
    block = screen(seen, 40, commands=True).plain.split("Commands\n")[1].split("\n\n")[0]
    assert block.splitlines() == ["  sw1", *(f"    {line}" for line in told)]
    tabbed = [line.split("\t") for line in lines(seen, commands=True).splitlines()]
    assert [line for line in tabbed if len(line) == 2] == [["device", "command"], *(["sw1", line] for line in told)]
    assert "install commit" not in screen(seen, 40).plain + lines(seen)


def test_a_window_that_closes_before_the_end_is_too_short() -> None:
    late = replace(preview(12), spare=timedelta(minutes=-7))
    assert screen(late, 80).plain.splitlines()[-1] == "Window       too short: the last device ends 7m after it closes"
    assert (late.fits, lines(late).rstrip().endswith(" fits=no")) == (False, True)


def test_a_freeze_stands_in_place_of_the_end() -> None:
    frozen = replace(preview(12), forecast=None, spare=None, frozen="changes are frozen until then")
    assert screen(frozen, 80).plain.splitlines()[-1] == "No upgrade   changes are frozen until then"
    assert not frozen.well


def test_an_end_on_another_day_has_its_day() -> None:
    few = preview(12)
    assert few.forecast is not None
    name, span = next(iter(few.forecast.spans.items()))
    told = replace(few.forecast, spans={name: replace(span, ends=NOW + timedelta(days=2))})
    shown = screen(replace(few, forecast=told), 100).plain
    row = next(line for line in shown.splitlines() if line.startswith(name))
    assert row.endswith(f"  {(NOW + timedelta(days=2)).astimezone():%a %H:%M}")


def test_it_starts_when_the_window_opens() -> None:
    opens = NOW + timedelta(hours=3)

    def gate(at: datetime, _needs: timedelta) -> Go | Wait:
        return Wait(opens, "") if at < opens else Go()

    told = forecast([Ahead("chur-access-0001", 60, 0, 540)], Course(1, 1), NOW, gate)
    shown = screen(replace(preview(12), forecast=told), 80).plain
    assert f"Starts       {opens.astimezone():%a %Y-%m-%d %H:%M %z}" in shown
    assert ", after 10m (" in shown


def test_steps_of_ones_own_stand_where_they_come() -> None:
    flow = Flow(
        (
            "readiness",
            Command(name="Before", run="show ip bgp summary"),
            "distribution",
            Command(name="Clear", run="clear counters", changes=True),
            Hold(name="Board", ask="Is the change approved? " * 8),
            "activation",
            "post-checks",
            Command(name="After", run="show clock"),
        )
    )
    plan = Plan(UpgradeRequest(()), (item(2),))
    said = Checked(item(2).device, runs="17.09.05", origin="push", commands=("write memory", "(copy)", "install add"))
    (row,) = rows_of(plan, [said], {}, flow)
    assert row.commands == (
        "show ip bgp summary",
        "write memory",
        f"({IMAGE.filename} is pushed by SCP)",
        "clear counters",
        "install add",
        "show clock",
    )
    shown = screen(Preview(plan, (row,), 20, steps=flow.told), 80).plain.splitlines()
    assert [line for line in shown if cell_len(line) > 80] == []
    at = shown.index("Steps")
    assert shown[at + 1 : at + 5] == [
        "  1. Readiness Check",
        "  2. Before: types: show ip bgp summary",
        "  3. Distribution",
        "  4. Clear: types, once: clear counters",
    ]


@pytest.mark.parametrize("width", [80, 120])
def test_the_first_of_its_kind_is_named_with_its_reason(width: int) -> None:
    kind = Kind("real", "cisco_xe", "cat9k_iosxe", "17.12")
    seen = preview(20)
    items = [replace(one, kind=kind, pilot="chur-access-0001") if one.image else one for one in seen.plan.items]
    plan = replace(seen.plan, items=tuple(items))
    led = replace(seen, plan=plan, rows=rows_of(plan, [row.answer for row in seen.rows if row.answer], {}))
    text = screen(led, width).plain
    assert all(cell_len(line) <= width for line in text.splitlines())
    words = " ".join(text.split())
    assert (
        "First of its kind chur-access-0001: goes alone, as no cisco_xe cat9k_iosxe 17.12 was upgraded by this store "
        "yet; 18 others follow when it is upgraded"
    ) in words
    after = {line.split("\t")[1]: line.split("\t")[8] for line in lines(led).splitlines()[1:21]}
    assert after["chur-access-0001"] == ""
    assert after["davos-access-0002"] == "chur-access-0001"
    assert after["davos-access-0008"] == "core, chur-access-0001"
