"""A night begins once: whoever else tries, whenever a process is killed, whoever may not have approved it."""

from __future__ import annotations

import json
import os
import signal
import threading
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from support.campaigns import ANNA, BERT, EVENING, Wished, again, wished
from support.projects import Project
from support.stores import StandingClock, at_once, said, spawn

from swimctl.campaigns.documents import shown_document
from swimctl.campaigns.nights import Begun, NotNow
from swimctl.campaigns.outlook import Outlook
from swimctl.campaigns.rule import Rule
from swimctl.campaigns.standing import Sight, State
from swimctl.cli import campaign_screen
from swimctl.engine.batches import Engine
from swimctl.engine.scheduler import Scheduler
from swimctl.errors import ConflictError, StoreError
from swimctl.inventory.selection import Selection
from swimctl.models import Caller, Job
from swimctl.store import NewNight, nights

REQUIRED = "  approval: required\n"


def _tonight(folder: Path) -> str:
    with again(Project(folder), StandingClock(EVENING)) as wish:
        try:
            came = wish.tonight()
        except ConflictError as error:
            return str(error)
        return came.night.batch_id if isinstance(came, Begun) else came.why


def _ticks(folder: Path) -> int:
    with again(Project(folder), StandingClock(EVENING)) as wish:
        for _ in range(5):
            wish.nights.tick()
        return len(wish.store.batches())


def test_of_several_processes_at_the_same_moment_one_begins_it(tmp_path: Path) -> None:
    with wished(tmp_path) as wish:
        wish.create()
    came = at_once((_tonight, (tmp_path,)), (_ticks, (tmp_path,)), (_tonight, (tmp_path,)), (_ticks, (tmp_path,)))
    with again(Project(tmp_path), StandingClock(EVENING)) as wish:
        (batch,) = wish.store.batches()
        (night,) = wish.store.nights(1)
        assert (night.batch_id, night.number, len(wish.store.jobs())) == (batch.id, 1, 4)
    assert [each for each in came if each == batch.id] in ([], [batch.id]), came


def _killed(folder: Path, before: bool) -> None:
    begin = nights.begin

    def dies(*given: Any) -> int:
        if not before:
            begin(*given)
        os.kill(os.getpid(), signal.SIGKILL)
        return 0

    nights.begin = dies  # type: ignore[assignment]
    _tonight(folder)


@pytest.mark.parametrize("before", [True, False], ids=["batch without its night", "night with its batch"])
def test_a_process_that_is_killed_while_it_begins_one_leaves_nothing_and_the_next_begins_it(
    tmp_path: Path, before: bool
) -> None:
    with wished(tmp_path) as wish:
        wish.create()
    process = spawn.Process(target=_killed, args=(tmp_path, before))
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL
    with again(Project(tmp_path), StandingClock(EVENING)) as wish:
        assert (wish.store.batches(), wish.store.nights(1), wish.store.jobs()) == ([], [], [])
        assert wish.begun().night.number == 1
        assert wish.store.check() == []


def test_the_database_itself_forbids_a_second_night(wish: Wished) -> None:
    wish.create()
    night = wish.begun().night
    for part, ended in ((1, "x"), (2, None)):
        with pytest.raises(StoreError):
            said(
                wish.store,
                "INSERT INTO campaign_nights (campaign_id, number, opens, part, closes, batch_id, begun_at, ended_at) "
                "SELECT campaign_id, 2, opens, ?, closes, 'other', begun_at, ? FROM campaign_nights",
                [part, ended],
            )
    assert wish.store.nights(1) == [night]


def test_a_rule_that_was_changed_while_its_night_was_planned_begins_nothing(wish: Wished) -> None:
    campaign = wish.create()
    wish.campaigns.change("access", lambda rule: replace(rule, most=1), ANNA)
    with pytest.raises(ConflictError, match="it was changed a moment ago"):
        wish.nights._begin(campaign, wish.nights._open(campaign, wish.clock.now()))  # type: ignore[arg-type]
    assert wish.store.batches() == []


@pytest.mark.parametrize(
    ("change", "said_"),
    [
        ("paused_by = 'bert'", "bert has paused it"),
        ("halted = 'too bad'", "it is halted: too bad"),
        ("ended_at = '2031-05-06'", "it has ended"),
        ("needs_approval = 1", "somebody else has to approve it first"),
    ],
)
def test_what_somebody_did_meanwhile_counts_in_the_transaction(wish: Wished, change: str, said_: str) -> None:
    campaign = wish.create()
    sight, opens = wish.sight(), wish.nights._open(campaign, wish.clock.now())
    said(wish.store, f"UPDATE campaigns SET {change}")  # noqa: S608 - a test's own words
    wish.nights._devices.sight = lambda _: sight  # type: ignore[method-assign]
    with pytest.raises(ConflictError, match=said_):
        wish.nights._begin(campaign, opens)  # type: ignore[arg-type]
    assert wish.store.batches() == []


def test_a_campaign_is_approved_by_somebody_else_and_its_nights_with_it(tmp_path: Path) -> None:
    with wished(tmp_path, settings=REQUIRED) as wish:
        assert wish.create().needs_approval
        came = wish.tonight()
        assert isinstance(came, NotNow)
        assert came.state is State.UNAPPROVED
        for by, why in (
            (ANNA, "is as anna wants it"),
            (Caller("Anna", "terminal"), "is as Anna wants it"),
            (Caller("", "terminal"), "nobody knows who approves"),
        ):
            with pytest.raises(ConflictError, match=why):
                wish.approve(by)
        wish.approve()
        with pytest.raises(ConflictError, match="was approved by bert already"):
            wish.approve()
        batch = wish.begun().made.batch
        assert (batch.needs_approval, batch.approved_by, batch.requested_by) == (True, "bert", "anna")
        assert len(wish.store.due(wish.clock.now())) == 4
        wish.campaigns.change("access", lambda rule: replace(rule, most=9), BERT)
        changed = wish.store.campaign("access")
        assert (changed.approved_by, changed.created_by) == (None, "bert"), "who changes it stands for it"
        with pytest.raises(ConflictError, match="is as bert wants it"):
            wish.approve()


def test_what_was_changed_after_it_was_shown_is_not_approved_even_if_it_was_changed_back(
    tmp_path: Path,
) -> None:
    with wished(tmp_path, settings=REQUIRED) as wish:
        seen = wish.create(most=2).mark
        for most in (9, 2):
            wish.campaigns.change("access", lambda rule, most=most: replace(rule, most=most), ANNA)
            now = wish.store.campaign("access").mark
            with pytest.raises(ConflictError, match=f"{seen} is not the rule .* shows rule {now}"):
                wish.campaigns.approve("access", BERT, seen)
        assert wish.sight().state is State.UNAPPROVED
        wish.campaigns.approve("access", BERT, now)
        assert wish.store.audit()[-1].data == {"created_by": "anna", "mark": now}
        assert now.startswith("3-")
        assert now != seen


def test_of_two_changes_at_the_same_moment_none_takes_back_what_the_other_changed(wish: Wished) -> None:
    wish.create(most=2)

    def slowly(rule: Rule) -> Rule:
        wish.campaigns.change("access", lambda rule: replace(rule, most=9), BERT)
        return replace(rule, tries=5)

    with pytest.raises(ConflictError, match="was changed a moment ago by bert"):
        wish.campaigns.change("access", slowly, ANNA)
    rule = Rule.read(wish.store.campaign("access").rule)
    assert (rule.most, rule.tries) == (9, 2)


def test_an_approval_that_config_wants_by_now_is_wanted_of_a_campaign_that_is_there(tmp_path: Path) -> None:
    with wished(tmp_path) as wish:
        wish.create()
        with pytest.raises(ConflictError, match="needs no approval"):
            wish.approve()
    wish.project.write("config.yaml", wish.project.path.read_text(encoding="utf-8") + REQUIRED)
    with again(wish.project, StandingClock(EVENING)) as wish:
        assert wish.sight().state is State.UNAPPROVED
        wish.approve()
        assert wish.begun().made.batch.approved_by == "bert"


def test_no_night_is_made_of_a_campaign_that_is_not_there(wish: Wished) -> None:
    wish.create()
    night = NewNight(99, "{}", EVENING, datetime.fromisoformat("2031-05-07T04:00+00:00"))
    plan = wish.service.plan(wish.sight().rule.request(wish.inventory.devices, wish.nights._open(  # type: ignore[union-attr]
        wish.store.campaign("access"), EVENING).opening))  # fmt: skip
    with pytest.raises(ConflictError, match="it has ended"):
        wish.service.create(replace(plan, night=night), ANNA)
    assert wish.store.batches() == []


def test_a_job_that_a_person_has_stopped_is_taken_up_by_no_cron(wish: Wished) -> None:
    wish.create()
    begun = wish.begun()
    first, *others = begun.made.jobs
    batch = begun.night.batch_id
    assert wish.store.left(batch) == [job.id for job in begun.made.jobs]
    wish.store.fail_waiting([job.id for job in others], "not attempted")
    with wish.store.register_runner() as runner:
        assert wish.store.claim(first.id, runner) is not None
        assert wish.store.left(batch) == [], "a living process runs it"
        wish.store.stop_jobs([first.id], BERT)
        wish.store.release(first.id, runner, "stopped")
    assert wish.store.left(batch) == []
    assert wish.sight().state is State.RUNNING


def test_a_pause_keeps_from_going_on_what_has_not_begun_and_nothing_that_has(wish: Wished) -> None:
    wish.create()
    begun = wish.begun()
    with wish.store.register_runner() as runner:
        assert wish.store.claim(begun.made.jobs[0].id, runner) is not None
    wish.store.pause_campaign("access", BERT)
    assert wish.store.left(begun.night.batch_id) == [begun.made.jobs[0].id]
    came = wish.tonight()
    assert isinstance(came, NotNow)
    assert campaign_screen.taken_up(came, begun.night) == (
        "swimctl: campaign access: night 1 was left, and what has begun goes on; bert has paused it; next: "
        "`swimctl campaign continue access`"
    )


def test_a_night_whose_process_died_says_so_and_a_server_takes_it_up_however_late_that_is(tmp_path: Path) -> None:
    with wished(tmp_path) as wish:
        wish.create()
        begun = wish.begun()
        first = begun.made.jobs[0].id
        with wish.store.register_runner() as runner:
            assert wish.store.claim(first, runner) is not None
            assert wish.sight().state is State.RUNNING
        assert (wish.sight().state, wish.sight().left) == (State.INTERRUPTED, (first,))
        assert shown_document(*_shown(wish))["nights"][0]["interrupted"] == [first]
        wish.clock.forward(14 * 3600)  # it is noon
        with Engine(wish.project.config(), wish.store, wish.inventory, wish.clock) as engine:
            serving = Scheduler(engine, wish.store, wish.clock, 600, wish.nights)
            assert [job.id for job in serving._left_half_way()] == [first]
            wish.store.pause_campaign("access", BERT)
            assert [job.id for job in serving._left_half_way()] == [first], "what has begun is seen through"


def _shown(wish: Wished) -> tuple[Sight, Outlook]:
    shown = wish.campaigns.show("access")
    return shown.sight, shown.outlook


class _Due:
    """An engine that is asked what is due, and has nothing."""

    def __init__(self, stop: threading.Event) -> None:
        self.asked, self._stop = 0, stop

    def due(self) -> list[Job]:
        self.asked += 1
        self._stop.set()
        return []


@pytest.mark.parametrize("error", [ConflictError("a mistake in a calendar"), AttributeError("a defect")])
def test_what_is_wrong_with_campaigns_keeps_no_other_job_from_its_time(
    wish: Wished, error: Exception, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails() -> None:
        raise error

    monkeypatch.setattr(wish.nights, "tick", fails)
    stop = threading.Event()
    engine = _Due(stop)
    Scheduler(engine, wish.store, wish.clock, 600, wish.nights).run(stop)  # type: ignore[arg-type]
    assert engine.asked == 1
    assert "campaigns" in caplog.text


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"selection": 3}, "TypeError: 'int' object is not subscriptable"),
        ({"selection": {"all": True}}, "KeyError: 'names'"),
        ({"later": 1}, "TypeError: Rule.__init__() got an unexpected keyword argument 'later'"),
        ({"tries": "two"}, "tries: Input should be a valid integer"),
        ({"window": 5}, "window: Input should be a valid string"),
        ({"waves": [1]}, "waves.0: Input should be a valid string"),
        ({"soak": None}, "soak: Input should be a valid number"),
    ],
    ids=str,
)
def test_a_rule_that_another_program_wrote_is_read_as_a_whole_or_not_at_all(
    wish: Wished, change: dict[str, object], why: str
) -> None:
    wish.create("access")
    wish.create("core")
    rule = json.loads(wish.store.campaign("access").rule)
    assert Rule.read(json.dumps(rule)) == wish.sight().rule
    said(wish.store, "UPDATE campaigns SET rule = ? WHERE name = 'access'", [json.dumps({**rule, **change})])
    broken, well = wish.campaigns.sights()
    assert (broken.state, broken.rule, len(well.stands)) == (State.BLOCKED, None, 4)
    assert broken.problem == (
        f"the rule that the store has of a campaign cannot be read ({why}); next: end the campaign, and create another "
        "one"
    )


@pytest.mark.parametrize("broken", ["{}", '{"selection": 3, "waves": []}'])
def test_a_campaign_with_which_something_is_wrong_keeps_no_other_from_its_night(
    wish: Wished, broken: str, caplog: pytest.LogCaptureFixture
) -> None:
    wish.create("access", selection=Selection(names=("sw1",)))
    wish.create("core", selection=Selection(names=("sw2",)))
    said(wish.store, "UPDATE campaigns SET rule = ? WHERE name = 'access'", [broken])
    wish.nights.tick()
    assert [job.device_name for job in wish.store.jobs()] == ["sw2"]
    assert "campaign access: the rule that the store has of a campaign cannot be read" in caplog.text


@pytest.mark.parametrize("error", [StoreError("the disk is full"), AttributeError("the disk is full")])
def test_a_night_that_cannot_be_closed_keeps_no_other_open(
    wish: Wished, error: Exception, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    wish.create("access", selection=Selection(names=("sw1",)))
    wish.create("core", selection=Selection(names=("sw2",)))
    for begun in [wish.begun("access"), wish.begun("core")]:
        wish.ends(begun)
    end_night = wish.store.end_night

    def fails(night: int, halted: str = "") -> bool:
        if night == 1:
            raise error
        return end_night(night, halted)

    monkeypatch.setattr(wish.store, "end_night", fails)
    wish.nights.settle()
    assert [night.campaign_id for night in wish.store.open_nights()] == [1]
    assert "night 1 of campaign access was not closed" in caplog.text
    assert "the disk is full" in caplog.text


def test_the_night_of_a_campaign_that_was_ended_is_closed_though_nobody_can_read_its_rule(wish: Wished) -> None:
    wish.create()
    wish.ends(wish.begun())
    said(wish.store, "UPDATE campaigns SET rule = '{}'")
    wish.nights.settle()
    assert len(wish.store.open_nights()) == 1, "whether it is halted hangs on its rule"
    wish.store.end_campaign("access", ANNA)
    wish.nights.settle()
    assert wish.store.open_nights() == []
