"""The one way to a device, on paper: sessions that a job opens as it does outside of tests, without a network."""

from __future__ import annotations

from typing import Any, Self

import pytest
from support.scripted_steps import STARTED, Scripted

from swimctl.steps import base
from swimctl.steps.base import JobContext


class Door:
    """What stands for the one way to a device: it counts, and answers by its list; the last answer stays."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *answers: Exception | None) -> None:
        self.answers, self.tried = list(answers), 0
        self.given: tuple[Any, ...] = ()
        self.sessions: list[_Session] = []
        monkeypatch.setattr(base, "connect", self.open)

    def open(self, *given: object) -> Any:
        self.tried += 1
        self.given = given
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if answer is not None:
            raise answer
        self.sessions.append(_Session())
        return self.sessions[-1]


class _Session:
    """A session of which nothing is known but whether it is open."""

    netconf: object = None
    hostname = "sw1"
    last_answer = STARTED
    open = True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.open = False


def context_of(job: Scripted) -> JobContext:
    """Make a context with the sessions that a job has outside of tests."""
    return JobContext(**{name: getattr(job.context, name) for name in JobContext.__dataclass_fields__})
