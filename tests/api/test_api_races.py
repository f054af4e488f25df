"""Requests that come at the same moment as another, or as a runner: many rounds each."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

import pytest
from support.api_client import CANCEL, TRIGGER, Answer, Api, many_jobs

from swimctl.states import JobStatus
from swimctl.store import Store

SOME, LONG = 20, 100
in_rounds = pytest.mark.parametrize("rounds", [SOME, pytest.param(LONG, marks=pytest.mark.prove)])
T = TypeVar("T")


def at_once(*works: Callable[[], T]) -> list[T]:
    """Let all begin at the same moment, and give what each came to."""
    start = threading.Barrier(len(works))

    def begin(work: Callable[[], T]) -> T:
        start.wait(30)
        return work()

    with ThreadPoolExecutor(len(works)) as pool:
        return [future.result() for future in [pool.submit(begin, work) for work in works]]


@in_rounds
def test_a_job_that_a_client_was_told_is_cancelled_is_never_taken(api: Api, rounds: int) -> None:
    jobs = many_jobs(api, rounds)
    cancelled: list[int] = []
    # A store of its own, as another process has: the two share the file alone.
    with Store.open(api.store.path, api.clock) as other, other.register_runner() as runner:

        def cancel(number: int) -> bool:
            answer = api.post(CANCEL, {"job_ids": [number]})
            assert answer.status in {200, 409}, answer.body
            assert (answer.json["job_ids"] == [number]) == (answer.status == 200)
            return answer.status == 200

        def take(number: int) -> bool:
            time.sleep(number % 10 / 700)  # a request takes a few milliseconds: let each side win some rounds
            return other.claim(number, runner) is not None

        for job in jobs:
            told, taken = at_once(partial(cancel, job.id), partial(take, job.id))
            assert told != taken, "one of the two, and never both"
            if told:
                cancelled.append(job.id)
                assert other.claim(job.id, runner) is None, "nor later"
        assert 0 < len(cancelled) < rounds
        for job in api.store.jobs(ids=[job.id for job in jobs]):
            assert job.status is (JobStatus.CANCELLED if job.id in cancelled else JobStatus.DISTRIBUTING)
            assert job.attempted == (job.id not in cancelled)
            kinds = [event.kind for event in api.store.events(job.id)]
            assert ("claimed" in kinds) == (job.id not in cancelled)


@in_rounds
def test_of_requests_with_one_key_one_makes_a_batch_and_all_get_its_answer(api: Api, rounds: int) -> None:
    for number in range(rounds):
        body = {"devices": ["sw1", "sw2"], "schedule_time": "2099-01-01T00:00:00Z"}

        def send(key: str = f"key-{number}", body: object = body) -> Answer:
            return api.post(TRIGGER, body, headers={"Idempotency-Key": key})

        answers = at_once(send, send, send)
        assert {answer.status for answer in answers} == {201}
        assert len({answer.body for answer in answers}) == 1
    assert len(api.store.batches(limit=10 * rounds)) == rounds
    assert len(api.store.jobs()) == 2 * rounds


def test_of_requests_with_one_key_and_other_bodies_one_is_answered_and_the_others_refused(api: Api) -> None:
    for number in range(SOME):

        def send(device: str, key: str = f"key-{number}") -> Answer:
            return api.post(TRIGGER, {"devices": [device]}, headers={"Idempotency-Key": key})

        answers = at_once(lambda: send("sw1"), lambda: send("sw2"), lambda: send("sw3"))
        assert sorted(answer.status for answer in answers) == [201, 409, 409]
    assert len(api.store.jobs()) == SOME


def test_two_cancellations_of_one_job_say_it_once(api: Api) -> None:
    for job in many_jobs(api, SOME):

        def send(number: int = job.id) -> Answer:
            return api.post(CANCEL, {"job_ids": [number]})

        answers = at_once(send, send)
        assert sorted(answer.status for answer in answers) == [200, 409]
