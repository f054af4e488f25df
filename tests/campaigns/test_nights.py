"""Night after night: what is behind becomes a batch, once, until all devices are there."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from support.campaigns import ANNA, BACK, BERT, LOST, Wished

from swimctl.campaigns.nights import Begun, NotNow
from swimctl.campaigns.standing import State, Where
from swimctl.cli import campaign_screen
from swimctl.errors import ConflictError, UsageError
from swimctl.inventory.selection import Selection
from swimctl.store import LINE_STOPPED

THURSDAY, NEXT_TUESDAY = "2031-05-08T22:00+00:00", "2031-05-13T22:00+00:00"


def not_now(wish: Wished) -> NotNow:
    came = wish.tonight()
    assert isinstance(came, NotNow), came
    return came


def test_nights_go_on_until_all_are_there_and_a_new_device_wakes_the_campaign(wish: Wished) -> None:
    wish.create(most=3, ticket="CHG7", reason="the new release")
    begun = wish.begun()
    assert [job.device_name for job in begun.made.jobs] == ["sw1", "sw2", "sw3"]
    batch = begun.made.batch
    assert (batch.detached, batch.policy.until, batch.policy.ticket, batch.policy.comment, batch.requested_by) == (
        True, datetime(2031, 5, 7, 4, tzinfo=UTC), "CHG7", "the new release", "anna",
    )  # fmt: skip
    assert wish.where() == {"tonight": ["sw1", "sw2", "sw3"], "behind": ["sw4"]}
    assert not_now(wish).night == begun.night, "it goes on, and whoever asks is told which"
    wish.ends(begun)
    assert wish.where() == {"there": ["sw1", "sw2", "sw3"], "behind": ["sw4"]}
    assert not_now(wish).why == "tonight's was night 1; `swimctl campaign next access` begins another one"
    wish.at(THURSDAY)
    wish.ends(wish.begun())
    assert wish.sight().state is State.FINISHED
    assert not_now(wish).state is State.FINISHED
    assert wish.store.campaign("access").finished_at is not None
    wish.at(NEXT_TUESDAY)
    device = wish.store.device_ids(["sw2"])["sw2"]
    wish.store.saw(device, "17.09.04a", {}, by="scan")  # somebody has put another one in its place
    assert [job.device_name for job in wish.begun().made.jobs] == ["sw2"]
    assert wish.store.campaign("access").finished_at is None
    assert wish.actions == ["campaign-create", "campaign-finish"]


def test_what_became_compliant_otherwise_is_there(wish: Wished) -> None:
    wish.create()
    ids = wish.store.device_ids(["sw1", "sw2"])
    wish.store.saw(ids["sw1"], "17.12.4", {}, by="scan")
    wish.store.saw(ids["sw2"], "17.09.04a", {}, by="scan")
    assert wish.where() == {"there": ["sw1"], "behind": ["sw2", "sw3", "sw4"]}


def test_what_is_newer_than_golden_is_left_as_it_is_and_is_no_failure(wish: Wished) -> None:
    wish.create()
    ids = wish.store.device_ids(["sw1", "sw2", "sw3"])
    wish.store.saw(ids["sw1"], "17.15.01", {"1": "17.15.01", "2": "17.12.4"}, by="scan")
    wish.store.saw(ids["sw2"], "17.15.01", {"1": "17.15.01", "2": "17.09.04a"}, by="scan")  # of a stack that is none
    wish.store.saw(ids["sw3"], "BLD_POLARIS_DEV_LATEST_20301124", {}, by="scan")  # nobody can say
    assert wish.where() == {"newer": ["sw1"], "behind": ["sw2", "sw3", "sw4"]}
    (newer,) = wish.sight().those(Where.NEWER)
    assert (newer.runs, newer.gets, newer.why) == ("17.15.01", "", newer.why)
    assert newer.why.startswith("17.15.01, newer than 17.12.4")
    begun = wish.begun()
    assert [job.device_name for job in begun.made.jobs] == ["sw2", "sw3", "sw4"]
    assert begun.made.batch.options.leave_newer, "one that nobody has seen yet is left as it is by its job"
    wish.ends(begun)
    assert wish.where() == {"there": ["sw2", "sw3", "sw4"], "newer": ["sw1"]}
    assert wish.sight().state is State.FINISHED


def test_two_campaigns_never_wish_two_releases_for_one_device(wish: Wished) -> None:
    other = wish.project.add_image(wish.store, "cat9k_iosxe.17.15.01.SPA.bin").id
    same = wish.store.images()[0].id
    wish.create("access", selection=Selection(names=("sw1", "sw2")))
    wish.create("same", selection=Selection(all=True), image=same)
    with pytest.raises(
        ConflictError, match=r"campaign access wishes 17\.12\.4 for sw1, sw2, .* `swimctl campaign end access`"
    ):
        wish.create("lab", selection=Selection(all=True), image=other)
    wish.store.end_campaign("same", BERT)
    wish.create("lab", selection=Selection(all=True, exclude=("sw1", "sw2")), image=other)
    with pytest.raises(ConflictError, match=r"campaign lab wishes 17\.15\.1 for sw3, sw4"):
        wish.campaigns.change("access", lambda rule: replace(rule, selection=Selection(all=True)), BERT)
    wish.campaigns.change("access", lambda rule: replace(rule, most=1), BERT)


def test_a_device_that_another_campaign_wishes_otherwise_by_now_is_in_no_night_and_both_say_so(wish: Wished) -> None:
    first = wish.store.images()[0].id
    wish.create("access", selection=Selection(names=("sw1", "sw2")))
    wish.create("lab", selection=Selection(names=("sw2", "sw3")), image=first)
    wish.store.set_golden(wish.project.add_image(wish.store, "cat9k_iosxe.17.15.01.SPA.bin").id)
    assert wish.where("access") == {"behind": ["sw1"], "gets no job": ["sw2"]}
    assert wish.where("lab") == {"behind": ["sw3"], "gets no job": ["sw2"]}
    begun = wish.begun("access")
    assert [job.device_name for job in begun.made.jobs] == ["sw1"]
    (line,) = campaign_screen.contended(begun)
    assert line.startswith("swimctl: campaign access: left out: sw2: campaign lab wishes 17.12.4 for it; next: end one")
    (entry,) = [entry for entry in wish.store.audit() if entry.action == "campaign-leave-out"]
    assert (entry.subject, entry.origin, entry.data) == (
        "access", "campaign access", {"night": 1, "count": 1, "devices": {"sw2": "lab"}},
    )  # fmt: skip
    wish.ends(begun)
    wish.at(THURSDAY)
    assert "1 there, 1 without a job; sw2: campaign lab wishes 17.12.4" in not_now(wish).why
    wish.store.end_campaign("lab", BERT)
    assert wish.where("access") == {"there": ["sw1"], "behind": ["sw2"]}


def test_a_campaign_that_waits_for_its_approval_keeps_no_other_from_a_device_until_it_is_approved(wish: Wished) -> None:
    wish.create("access", selection=Selection(names=("sw1",)))
    wish.create("lab", selection=Selection(names=("sw1",)), image=wish.store.images()[0].id, approval=True)
    wish.store.set_golden(wish.project.add_image(wish.store, "cat9k_iosxe.17.15.01.SPA.bin").id)
    assert wish.where("access") == {"behind": ["sw1"]}
    wish.approve(name="lab")
    assert wish.where("access") == {"gets no job": ["sw1"]}


def test_a_night_that_went_too_badly_halts_the_campaign_until_somebody_says_why_it_may_go_on(wish: Wished) -> None:
    wish.create(max_failures=2)
    wish.ends(wish.begun(), sw1=BACK, sw2=LOST)
    assert wish.sight().state is State.HALTED, "whoever looks sees it, even before anybody has recorded it"
    wish.at(THURSDAY)
    halted = "2 of 4 tried failed in night 1, and max-failures is 2"
    assert halted in not_now(wish).why
    with pytest.raises(ConflictError, match="is halted"):
        wish.store.release_night("access", BERT)
    with pytest.raises(UsageError, match="say why it may go on"):
        wish.campaigns.go_on("access", BERT)
    wish.campaigns.go_on("access", BERT, "a fuse, not the image")
    assert wish.where() == {"there": ["sw3", "sw4"], "behind": ["sw1"], "held back": ["sw2"]}
    entry = wish.store.audit()[-1]
    assert (entry.actor, entry.action, entry.data["halted"]) == ("bert", "campaign-continue", halted)
    assert [job.device_name for job in wish.begun().made.jobs] == ["sw1"]


def test_the_first_of_its_kind_that_fails_halts_it_though_nobody_counts_a_share_of_one(wish: Wished) -> None:
    wish.create()
    wish.ends(wish.begun(), sw1=BACK, sw2=None, sw3=None, sw4=None)
    assert wish.sight().halted == "none of 1 tried succeeded in night 1, and 3 were left over"


def test_a_device_that_failed_in_nights_in_a_row_is_held_back_and_comes_last_before_that(wish: Wished) -> None:
    wish.create(most=2)
    wish.ends(wish.begun(), sw1=BACK)
    assert wish.where() == {"there": ["sw2"], "behind": ["sw3", "sw4", "sw1"]}
    wish.at(THURSDAY)
    wish.ends(wish.begun(), sw4=None)
    wish.at(NEXT_TUESDAY)
    assert [job.device_name for job in wish.begun().made.jobs] == ["sw4", "sw1"]
    wish.at("2031-05-15T22:00+00:00")
    assert not_now(wish).state is State.RUNNING, "a night that hangs is not overtaken by the next one"
    wish.ends(Begun(wish.store.campaign("access"), wish.sight().nights[-1], None), sw1=BACK)  # type: ignore[arg-type]
    (held,) = [stand for stand in wish.sight().stands if stand.where == "held back"]
    assert held.why.startswith("failed in 2 nights in a row; job 6: it did not boot"), held
    assert not_now(wish).state is State.BLOCKED
    with pytest.raises(UsageError, match="--reason"):
        wish.campaigns.go_on("access", BERT, devices=["sw1"])
    with pytest.raises(ConflictError, match="does not hold back sw2"):
        wish.campaigns.go_on("access", BERT, "new flash", ["sw1", "sw2"])
    wish.campaigns.go_on("access", BERT, "new flash", ["sw1"])
    assert wish.where()["behind"] == ["sw1"]


def test_another_golden_image_gives_a_held_device_another_chance(wish: Wished) -> None:
    wish.create(tries=1)
    wish.ends(wish.begun(), sw1=BACK)
    assert wish.where()["held back"] == ["sw1"]
    wish.store.set_golden(wish.project.add_image(wish.store, "cat9k_iosxe.17.15.01.SPA.bin").id)
    assert "sw1" in wish.where()["behind"]


def test_a_device_of_which_a_job_left_nobody_knowing_waits_for_a_look(wish: Wished) -> None:
    wish.create(max_failures=0)
    wish.ends(wish.begun(), sw1=LOST)
    (held,) = wish.sight().those(wish.sight().stands[-1].where)
    assert (held.device.name, held.where) == ("sw1", "held back")
    assert "ended unknown" in held.why
    wish.clock.forward(60)
    wish.store.saw(held.device.id, "17.09.04a", {}, by="scan")
    assert wish.where()["behind"] == ["sw1"]


def test_each_night_waits_for_a_person_if_that_is_wanted(wish: Wished) -> None:
    wish.create(by_hand=True, most=2)
    assert "swimctl campaign next access" in not_now(wish).why
    wish.store.release_night("access", BERT)
    with pytest.raises(ConflictError, match="bert has released"):
        wish.store.release_night("access", ANNA)
    wish.ends(wish.begun())
    assert not_now(wish).state is State.UNRELEASED
    wish.store.release_night("access", BERT)
    assert wish.begun().night.number == 2, "in the same opening, if somebody wants it"


def test_a_pause_reaches_the_batch_of_tonight_and_continue_ends_both(wish: Wished) -> None:
    wish.create()
    batch = wish.begun().night.batch_id
    wish.store.pause_campaign("access", BERT)
    assert wish.store.batch(batch).paused_by == "bert"
    with pytest.raises(ConflictError, match="paused already, by bert"):
        wish.store.pause_campaign("access", ANNA)
    wish.campaigns.go_on("access", ANNA)
    assert wish.store.batch(batch).paused_by is None
    with pytest.raises(ConflictError, match="neither paused nor halted"):
        wish.campaigns.go_on("access", ANNA)


def test_an_ended_campaign_is_woken_by_nothing(wish: Wished) -> None:
    wish.create()
    wish.store.end_campaign("access", BERT, "merged into another")
    assert not_now(wish).why == "it was ended by bert"
    wish.nights.tick()
    assert wish.store.batches() == []
    for refused in (wish.store.pause_campaign, wish.store.release_night, wish.store.end_campaign):
        with pytest.raises(ConflictError, match="was ended by bert"):
            refused("access", ANNA)
    with pytest.raises(ConflictError, match="which has ended, already; take another name"):
        wish.create()


def test_a_halt_that_nobody_has_recorded_yet_can_be_continued_all_the_same(wish: Wished) -> None:
    wish.create(max_failures=1)
    wish.ends(wish.begun(), sw1=BACK)  # and the process that ran it died
    assert wish.sight().state is State.HALTED
    with pytest.raises(UsageError, match="say why it may go on"):
        wish.campaigns.go_on("access", BERT)
    wish.campaigns.go_on("access", BERT, "a fuse")
    assert wish.sight().state is State.WAITING
    assert wish.actions[-2:] == ["campaign-halt", "campaign-continue"]


def test_a_device_whose_image_was_copied_and_whose_time_was_over_is_left_over_and_has_not_failed(wish: Wished) -> None:
    wish.create(tries=1, max_failures=1)
    begun = wish.begun()
    wish.too_late(begun.made.jobs[3])
    assert wish.sight().nights[0].counts.left_over == 1
    for job in begun.made.jobs[:3]:
        wish.upgraded(job)
    wish.nights.settle()
    (night,) = wish.sight().nights
    assert (night.counts.well, night.counts.failed, night.counts.left_over) == (3, 0, 1)
    assert wish.sight().halted == ""
    assert wish.where() == {"there": ["sw1", "sw2", "sw3"], "behind": ["sw4"]}


def test_devices_that_were_named_by_their_ids_are_kept_by_their_names(wish: Wished) -> None:
    ids = wish.store.device_ids(["sw1", "sw2"])
    wish.create(selection=Selection(names=(str(ids["sw2"]), "sw1")))
    assert wish.sight().rule.selection.names == ("sw2", "sw1")
    assert (wish.where(), wish.sight().lost) == ({"behind": ["sw2", "sw1"]}, ())


@pytest.mark.parametrize(("late", "halted"), [(False, True), (True, False)], ids=["in time", "no time was left"])
def test_a_night_whose_batch_was_stopped_for_what_became_of_a_wave_halts_it(
    wish: Wished, late: bool, halted: bool
) -> None:
    wish.create(waves=("2", "100%"))
    begun = wish.begun()
    why = "wave 1 is not healthy after its soak: sw1: 3 uplinks lost"
    if late:
        wish.too_late(begun.made.jobs[2])
    for job in begun.made.jobs[3 if late else 2 :]:
        wish.store.remember(job.id, LINE_STOPPED, why)
        wish.store.fail_waiting([job.id], f"not attempted: {why}")
    for job in begun.made.jobs[:2]:
        wish.upgraded(job)
    assert wish.sight().halted == (f"night 1 was stopped: {why}" if halted else "")


def test_a_night_that_a_person_has_stopped_or_paused_does_not_go_on_and_it_is_said_who_and_what_to_type(
    wish: Wished,
) -> None:
    wish.create()
    begun = wish.begun()
    batch = begun.night.batch_id
    assert not_now(wish).why == "night 1 goes on"
    wish.store.pause_campaign("access", BERT)
    came = not_now(wish)
    assert (came.state, came.night) == (State.PAUSED, begun.night)
    assert came.why == "bert has paused it; next: `swimctl campaign continue access`"
    wish.campaigns.go_on("access", ANNA)
    wish.store.pause(batch, BERT)
    assert not_now(wish).why == f"bert has paused night 1; next: `swimctl continue {batch[:8]}`"
    wish.store.go_on(batch, ANNA)
    wish.store.stop_batch(batch, BERT)
    assert not_now(wish).why == f"bert has stopped night 1; next: `swimctl continue {batch[:8]}`"
    wish.store.go_on(batch, ANNA)
    assert not_now(wish).why == "night 1 goes on"


def test_a_night_of_which_a_person_has_stopped_what_is_left_does_not_go_on(wish: Wished) -> None:
    wish.create(pilot=False)
    first, second, *others = [job.id for job in wish.begun().made.jobs]
    wish.store.fail_waiting(others, "not attempted")
    with wish.store.register_runner() as runner:
        for job in (first, second):
            assert wish.store.claim(job, runner) is not None
        wish.store.stop_jobs([first, second], BERT)
        assert not_now(wish).why == "night 1 goes on", "they come to the end of their step"
        wish.store.release(first, runner, "stopped")
        assert not_now(wish).why == "night 1 goes on", "one still runs"
        wish.store.release(second, runner, "stopped")
    assert not_now(wish).why == f"bert has stopped what is left of night 1; next: `swimctl resume {first} {second}`"
