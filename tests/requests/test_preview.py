"""What a plan sums up to, and what the store's past makes of a job to come."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from swimctl.models import Device, Finding, Image
from swimctl.requests.looks import Checked
from swimctl.requests.plans import Plan, PlanItem, UpgradeRequest
from swimctl.requests.preview import Preview, Verdict, rows_of
from swimctl.requests.usual import Experience, room_needed
from swimctl.store import Past

NOW = datetime(2031, 3, 4, tzinfo=UTC)
IMAGE = Image(1, "cat9k.17.12.04.bin", Path("x"), "cisco_xe", "cat9k", "17.12.4", 1000, "a", "b", NOW)
FULL = Finding("free flash", False, "1 GB", "2 GB", "install remove inactive")


def device(number: int, model: str | None = "C9300-48P", site: str | None = "bern") -> Device:
    return Device(number, f"sw{number}", "cisco_xe", "10.0.0.1", model=model, site=site)


def preview(*answers: Checked, refused: tuple[PlanItem, ...] = ()) -> Preview:
    items = (*(PlanItem(answer.device, IMAGE) for answer in answers), *refused)
    plan = Plan(UpgradeRequest(tuple(item.device for item in items)), items)
    return Preview(plan, rows_of(plan, answers, {}), 20)


def test_each_device_gets_one_verdict_and_each_refusal_its_next_command() -> None:
    why = "no golden image for C9300-48P: `swimctl image golden --explain DEVICE`, or use --image"
    seen = preview(
        Checked(device(1), runs="17.9.5", origin="push"),
        Checked(device(2), already="already runs it", runs="17.12.4"),
        Checked(device(3), (FULL,), runs="17.9.5"),
        Checked(device(4), error="sw4 does not answer", mend="`ssh` to it"),
        refused=(PlanItem(device(5), None, why), PlanItem(device(6), None, "it is gone")),
    )
    ready, there, not_ready, unasked, refused = (
        Verdict.READY, Verdict.THERE, Verdict.NOT_READY, Verdict.UNASKED, Verdict.REFUSED,
    )  # fmt: skip
    assert [row.verdict for row in seen.rows] == [ready, there, not_ready, unasked, refused, refused]
    assert list(seen.counts) == [refused, unasked, not_ready, ready, there]
    assert [lack.following for row in seen.rows for lack in row.lacks] == [
        "install remove inactive",
        "`ssh` to it",
        "swimctl image golden --explain sw5",
        "swimctl device show sw6",
    ]
    assert (seen.well, preview(Checked(device(1)), Checked(device(2), already="there")).well) == (False, True)


def test_only_what_is_left_is_copied_and_a_file_of_another_length_is_replaced() -> None:
    whole, part, none = (Checked(device(n), held=held, origin="push") for n, held in ((1, 1000), (2, 400), (3, None)))
    there = Checked(device(4), already="already runs it", held=400)
    seen = preview(whole, replace(part, cleanable=("17.3.3",)), none, there)
    assert [row.to_copy for row in seen.rows] == [0, 1000, 1000, 0]
    assert [row.cleans for row in seen.rows] == [(), ("17.3.3", "cat9k.17.12.04.bin"), (), ()]
    assert [row.origin for row in seen.rows] == ["", "push", "push", ""]


def test_bytes_are_counted_by_site_and_to_a_relay_once() -> None:
    ways = ("push", "swimctl", "relay https://r.bern:8101", "relay https://r.bern:8101", "https://images.example/")
    answers = [Checked(device(n, site="chur" if n == 1 else "bern"), origin=way) for n, way in enumerate(ways, 1)]
    seen = preview(*answers, Checked(device(9), (FULL,), origin="push"))
    assert seen.to_copy == 5000
    assert seen.over_wan == 3000
    assert seen.bytes_by("site") == {"bern": 4000, "chur": 1000}
    assert seen.bytes_by("origin")["relay https://r.bern:8101"] == 2000


def past(number: int, rest: float, copied: int = 1000, copying: float = 100.0) -> Past:
    return Past(number, "cat9k", {"readiness": 5.0, "activation": rest - 20}, copied, 6.0, copying, rest)


def experience(*jobs: Past, shared: bool = False) -> Experience:
    known = [device(1), device(2), device(3, "C9500-24Y4C"), device(4), device(5)]
    return Experience(jobs, known, {4: 3, 5: 3}, shared_sites=shared, unseen_rest=2700.0)


@pytest.mark.parametrize(
    ("who", "rest", "of"),
    [
        (device(7), 110.0, "C9300-48P"),
        (device(5), 400.0, "C9300-48P with 3 members"),
        (device(8, "C9500-24Y4C"), 300.0, "C9500-24Y4C"),
        (device(9, "C9200"), 210.0, "cat9k"),
        (device(9, None), 210.0, "cat9k"),
    ],
)
def test_the_nearest_record_counts(who: Device, rest: float, of: str) -> None:
    known = experience(past(1, 100.0), past(2, 120.0), past(3, 300.0), past(4, 400.0))
    took = known.took(who, IMAGE)
    assert took is not None
    assert took.of == of
    assert known.expected(who, IMAGE, 0, activates=True, hashing=1.0).rest == rest


def test_a_copy_is_counted_by_its_bytes_and_what_is_there_by_those_that_had_it() -> None:
    known = experience(past(1, 100.0), past(2, 100.0, copied=0, copying=7.0))
    copies = known.expected(device(7), IMAGE, 500, activates=True, hashing=1.0)
    there = known.expected(device(7), IMAGE, 0, activates=False, hashing=1.0)
    assert (copies.check, copies.copy, copies.guessed) == (6.0, 50.0, False)
    assert (there.copy, there.rest, there.guessed) == (7.0, 0.0, False)


def test_where_copies_wait_for_each_other_the_quick_ones_tell_the_rate() -> None:
    jobs = [past(1, 100.0), past(2, 100.0, copying=300.0), past(5, 100.0, copying=500.0)]
    rates = [experience(*jobs, shared=shared).took(device(9, None), IMAGE) for shared in (True, False)]
    assert [took and took.seconds_a_byte for took in rates] == [0.1, 0.3]


def test_what_nobody_ever_saw_is_a_guess() -> None:
    told = experience().expected(device(1), IMAGE, 2_000_000, activates=True, hashing=3.0)
    assert (told.check, told.copy, told.rest, told.guessed) == (60.0, 4.0, 2700.0, True)
    never_copied = experience(past(1, 100.0, copied=0)).expected(device(1), IMAGE, 10, activates=True, hashing=3.0)
    assert never_copied.guessed


def test_the_window_needs_room_for_what_was_seen_through_else_for_the_setting() -> None:
    both = {("activation", "cat9k"): 600.0, ("post-checks", "cat9k"): 60.0}
    assert room_needed(both, "cat9k", 2700.0) == timedelta(minutes=11)
    assert room_needed({("activation", "cat9k"): 600.0}, "cat9k", 2700.0) == timedelta(minutes=45)
