"""What a job's events say of its device: outages, releases of members, commands, differences."""

from __future__ import annotations

from datetime import timedelta

import pytest
from support.report_records import NEW, NIGHT, OLD, WAIVED, Told, fleet, record

from swimctl.clock import rfc3339
from swimctl.models import Event, Outcome
from swimctl.report.device_facts import device_record, outages
from swimctl.report.sentences import releases_of
from swimctl.report.timeline import timeline


def event(second: float, kind: str, message: str = "", **data: object) -> Event:
    return Event(int(second), 1, NIGHT + timedelta(seconds=second), kind, message, data)


def test_an_outage_is_from_the_last_answer_to_the_first_and_not_from_when_that_was_noted() -> None:
    since, until = rfc3339(NIGHT), rfc3339(NIGHT + timedelta(seconds=500))
    (found,) = outages([event(30, "away", since=since), event(530, "back", since=since, until=until)])
    assert (found.seconds, found.exact) == (500.0, True)


def test_an_older_record_has_an_outage_too_and_says_that_it_is_an_estimate() -> None:
    (found,) = outages([event(10, "down", "the session ended"), event(400, "up", "runs 17.12.04 since a new boot")])
    assert (found.seconds, found.exact) == (390.0, False)


def test_a_session_that_outlives_the_command_is_no_outage() -> None:
    assert outages([event(10, "down", "still up 600s after the command")]) == ()


def test_after_a_crash_the_outage_begins_where_the_device_was_last_heard() -> None:
    since = rfc3339(NIGHT)
    told = [event(30, "away", since=since), event(90, "away"), event(500, "back", until=rfc3339(NIGHT))]
    (found,) = outages(told)
    assert found.since == NIGHT + timedelta(seconds=90), "the newer process did not hear it itself"
    assert not found.exact


def test_two_reloads_are_two_outages_and_one_that_never_ends_is_the_last() -> None:
    since = rfc3339(NIGHT)
    back = event(60, "back", since=since, until=rfc3339(NIGHT + timedelta(seconds=50)))
    first, second = outages([event(9, "away", since=since), back, event(90, "away", since=rfc3339(NIGHT))])
    assert (first.seconds, second.until, second.seconds) == (50.0, None, None)


def test_each_member_has_its_release_before_and_now() -> None:
    (one,) = record(Told("sw3", members=3)).devices
    assert [(each.name, each.before, each.after) for each in one.members] == [(n, OLD, NEW) for n in "123"]
    assert (one.release_before, one.release_after) == (OLD, NEW)
    (back,) = record(Told("sw9", Outcome.ROLLED_BACK, "went back", members=2)).devices
    assert [(each.before, each.after) for each in back.members] == [(OLD, OLD)] * 2
    assert back.release_after == OLD
    (lost,) = record(Told("sw9", Outcome.UNKNOWN, "nobody knows")).devices
    assert lost.release_after == "", "nothing is proved of it"


def test_of_a_device_that_went_away_and_was_not_read_again_nobody_says_what_it_runs() -> None:
    away = rfc3339(NIGHT)
    read = event(90, "runs", f"runs {OLD}", members={"1": OLD})  # by a process that took the job up: it runs on still
    told = [event(2, "runs", f"runs {OLD}", members={"1": OLD}), event(50, "sent", "install activate"), read]
    (one,) = record(Told("sw9", Outcome.UNKNOWN, "nobody knows")).devices
    lost = device_record(one.job, [*told, event(120, "away", since=away)], NIGHT, OLD)
    assert [(each.before, each.after) for each in releases_of(lost)] == [(OLD, "")]


def test_commands_have_what_the_device_said() -> None:
    (one,) = record(Told("sw1")).devices
    assert [(each.line, each.answer) for each in one.commands] == [("install activate", "SUCCESS")]


def test_differences_are_broken_waived_or_tolerated() -> None:
    found = [{"finding": "uplink Te1/1/1", "seen": "gone"}]
    told = Told(
        "sw3",
        waived=(WAIVED,),
        more=(("compared", "1 access port lost", {}), ("not as before", "lost", {"found": found})),
    )
    (one,) = record(told).devices
    assert [(each.standing, each.what, each.by) for each in one.differences] == [
        ("waived", "redundancy group", "anna"),
        ("broken", "uplink Te1/1/1", ""),
        ("tolerated", "1 access port lost", ""),
    ]


def test_what_a_device_was_held_for_and_somebody_mended_is_no_difference_any_more() -> None:
    found = [{"finding": "uplink Te1/1/1", "seen": "gone"}]
    held = (("held", "not as before, and held for a person", {"found": found}),)
    (mended,) = record(Told("sw3", more=held)).devices
    assert mended.differences == ()
    (back,) = record(Told("sw3", Outcome.ROLLED_BACK, "nobody decided", more=held)).devices
    assert [(each.standing, each.what) for each in back.differences] == [("broken", "uplink Te1/1/1")]


def test_devices_stand_in_the_order_in_which_they_need_somebody() -> None:
    lost, failed = Told("sw8", Outcome.UNKNOWN, "x"), Told("sw7", Outcome.ROLLED_BACK, "y")
    made = record(Told("sw10"), Told("sw2"), failed, lost)
    assert [one.job.device_name for one in made.worst_first] == ["sw8", "sw7", "sw2", "sw10"]


@pytest.mark.parametrize(
    ("count", "bad", "lanes"), [(1, 0, 1), (30, 3, 30), (31, 1, 2), (1000, 3, 3 + 21), (1000, 60, 40 + 1 + 20)]
)
def test_the_timeline_has_as_many_lanes_as_can_be_read(count: int, bad: int, lanes: int) -> None:
    drawn = timeline(fleet(count, bad))
    assert drawn is not None
    assert len(drawn.lanes) == lanes
    results = [lane.result for lane in drawn.lanes]
    assert results == sorted(results), "what failed comes first"
    for lane in drawn.lanes:
        for bar in lane.bars:
            assert 0 <= bar.x <= 100
            assert 0 < bar.width <= 100.2 - bar.x
    assert 1 <= len(drawn.ticks) <= 7
    assert [tick.x for tick in drawn.ticks] == sorted({tick.x for tick in drawn.ticks})


def test_a_lane_of_many_says_who_was_away_longest() -> None:
    drawn = timeline(fleet(31))
    assert drawn is not None
    (lane,) = drawn.lanes
    assert lane.label == "31 devices, wave 1"
    assert lane.note == "away 5 min 16 s, at most 5 min 31 s"
    assert "access-0031 for 5 min 31 s" in lane.bars[-1].title
