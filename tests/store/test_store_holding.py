"""What a person says of a held device is kept until its job hears it, with who and why; nothing else is taken."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import Any

import pytest
from support.stores import NOON, some_batch, some_image

from swimctl.errors import ConflictError, NotFound, UsageError
from swimctl.models import Caller, Outcome
from swimctl.states import JobStatus
from swimctl.store import NewJob, Runner, Store
from swimctl.waiting import HeldAnswer, Waiting, WaitKind
from swimctl.waivers import HeldLook, Waiver

ADA = Caller("ada", "terminal")
ROUTES = {"finding": "routes", "seen": "fell from 9 to 1"}
UPLINK = {"finding": "uplink Te1/1/1", "seen": "not back"}
MEMBERS = {"finding": "members", "seen": "members not as before: 2 V-Mismatch"}


def held(store: Store, runner: Runner, *found: dict[str, str]) -> int:
    """Make a job that is held for what was found."""
    image = some_image(store, "cat9k_iosxe.17.12.04.SPA.bin")
    ids = store.device_ids(["sw1"])
    (job,) = store.create_batch(some_batch("batch-0001"), [NewJob(ids["sw1"], "sw1", image.id, ("post-checks",))])
    assert store.claim(job.id, runner)
    store.record(job.id, "held", "an older look", {"found": [{"finding": "routes", "seen": "fell from 9 to 1"}]})
    store.record(job.id, "held", "not as before", {"found": list(found)})
    store.say(job.id, runner, "waiting", Waiting(WaitKind.HELD, "why", job.id, NOON + timedelta(hours=1)))
    return job.id


def test_an_answer_is_in_the_memory_the_events_and_the_audit(store: Store) -> None:
    with store.register_runner() as runner:
        job = held(store, runner, UPLINK)
        assert store.answer_held(job, HeldAnswer.LOOK, ADA) == ()
        look = store.held_look(job)
        assert look == HeldLook((("uplink Te1/1/1", "not back"),))
        waivers = store.answer_held(job, HeldAnswer.KEEP, ADA, " pulled on purpose ", look.mark)
        assert waivers == (Waiver("sw1", "uplink Te1/1/1", "not back", "pulled on purpose", "ada"),)
        said: dict[str, Any] = store.recall(job, "said 2")
        assert said == {
            "answer": "keep", "by": "ada", "reason": "pulled on purpose", "look": look.mark,
            "waivers": [asdict(waivers[0])],
        }  # fmt: skip
        assert store.recall(job, "said 1")["answer"] == "look"
        kept = [(event.kind, event.message) for event in store.events(job) if event.kind == "recheck"]
        assert kept == [("recheck", "look, by ada"), ("recheck", "keep, by ada: pulled on purpose")]
        entries = [entry for entry in store.audit() if entry.action == "recheck"]
        assert [(entry.actor, entry.subject) for entry in entries] == [("ada", f"job {job}")] * 2
        assert entries[1].data == {"device": "sw1", **said}


def test_to_keep_needs_a_reason_and_a_look_and_takes_only_what_was_seen_in_it(store: Store) -> None:
    with store.register_runner() as runner:
        job = held(store, runner, UPLINK)
        with pytest.raises(UsageError, match="say why sw1 is kept as it is: --reason TEXT"):
            store.answer_held(job, HeldAnswer.KEEP, ADA, " ")
        assert store.recall(job, "said 1") is None
        mark = store.held_look(job).mark
        told = (
            f"look {mark} found uplink Te1/1/1: not back; .*`swimctl recheck {job} --keep --look {mark} --reason WHY`"
        )
        with pytest.raises(UsageError, match=f"say which look at sw1 you accept; {told}"):
            store.answer_held(job, HeldAnswer.KEEP, ADA, "why")
        assert store.recall(job, "said 1") is None
        accepted = store.answer_held(job, HeldAnswer.KEEP, ADA, "why", mark)
        assert [each.finding for each in accepted] == ["uplink Te1/1/1"]


def test_what_a_colleague_saw_meanwhile_is_not_accepted_with_an_older_look(store: Store) -> None:
    with store.register_runner() as runner:
        job = held(store, runner, UPLINK)
        seen = store.held_look(job)
        store.record(job, "held", "not as before", {"found": [UPLINK, ROUTES]})
        newer = store.held_look(job)
        told = f"{seen.mark} is not the newest look at sw1, so nothing was accepted; look {newer.mark} .*routes: fell"
        with pytest.raises(ConflictError, match=told):
            store.answer_held(job, HeldAnswer.KEEP, ADA, "why", seen.mark)
        assert store.recall(job, "said 1") is None
        store.record(job, "held", "not as before", {"found": [ROUTES, UPLINK]})
        assert len(store.answer_held(job, HeldAnswer.KEEP, ADA, "why", newer.mark)) == 2, "it found the same"


@pytest.mark.parametrize(
    ("found", "says"),
    [
        ((UPLINK, MEMBERS), r"members \(that it is the right device, .*\) cannot be waived"),
        ((), "something is not back that decides about the release itself cannot be waived"),
    ],
)
def test_what_decides_about_the_release_itself_cannot_be_kept_and_nothing_is_said(
    store: Store, found: tuple[dict[str, str], ...], says: str
) -> None:
    with store.register_runner() as runner:
        job = held(store, runner, *found)
        with pytest.raises(ConflictError, match=says):
            store.answer_held(job, HeldAnswer.KEEP, ADA, "why")
        assert store.recall(job, "said 1") is None
        assert [entry for entry in store.audit() if entry.action == "recheck"] == []


def test_a_job_that_is_not_held_is_told_nothing(store: Store) -> None:
    with store.register_runner() as runner:
        job = held(store, runner, UPLINK)
        store.say(job, runner, "comparing with the baseline")
        with pytest.raises(ConflictError, match=f"job {job} on sw1 is not held now"):
            store.answer_held(job, HeldAnswer.BACK, ADA)
        store.move(job, runner, JobStatus.FAILED, "rolled back", Outcome.ROLLED_BACK)
        with pytest.raises(ConflictError, match=f"job {job} on sw1 is failed: there is nothing to keep"):
            store.answer_held(job, HeldAnswer.BACK, ADA)
        with pytest.raises(NotFound):
            store.answer_held(99, HeldAnswer.BACK, ADA)


def test_a_job_whose_process_died_while_it_was_held_is_told_for_who_resumes_it(store: Store) -> None:
    with store.register_runner() as runner:
        job = held(store, runner, UPLINK)
    assert store.job(job).interrupted
    store.answer_held(job, HeldAnswer.BACK, ADA, "too late for tonight")
    assert store.recall(job, "said 1")["answer"] == "back"


def test_a_job_that_was_stopped_while_it_was_held_has_to_be_resumed_first(store: Store) -> None:
    with store.register_runner() as runner:
        job = held(store, runner, UPLINK)
        store.release(job, runner, "stopped at a safe point")
    with pytest.raises(ConflictError, match=f"was interrupted, so nobody could hear this; .* `swimctl resume {job}`"):
        store.answer_held(job, HeldAnswer.BACK, ADA)
