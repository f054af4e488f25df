"""A device that is left alone while its command runs: who has its thread meanwhile, and what is heard of it when."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from support.stores import StandingClock

from swimctl.errors import TransferFailed
from swimctl.platforms.talk import Lull, Talk, talked
from swimctl.steps import pausing
from swimctl.steps.pausing import GLANCE, WANTED, Parts, Pause, left_alone

CLOCK = StandingClock()
LOOKS = Pause(GLANCE, early=True, looks=True)
TALKS = Pause(GLANCE, early=True)
GOES_ON = Pause(0.0, early=True)


@dataclass
class Heard(threading.Event):
    """News of a device; `held` is how long a thread waited for it."""

    held: list[float | None] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def wait(self, timeout: float | None = None) -> bool:
        self.held.append(timeout)
        return True


def works(news: Heard, looks: int = 2, error: Exception | None = None) -> Talk[str]:
    """Talk with a device that says nothing for so many looks."""
    for _ in range(looks):
        yield Lull(0.25, news)
    if error is not None:
        raise error
    yield Lull(0, news)
    return "copied"


def comes_to(parts: Parts[str]) -> tuple[list[Pause], str]:
    pauses = list[Pause]()
    while True:
        try:
            pauses.append(next(parts))
        except StopIteration as end:
            return pauses, end.value


@pytest.fixture
def _others() -> Iterator[None]:
    """Let other jobs share the thread."""
    before = WANTED.set(lambda: True)
    yield
    WANTED.reset(before)


@pytest.fixture
def _asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the moment be over in which the device asks."""
    monkeypatch.setattr(pausing, "_TOGETHER", 0.0)


def test_a_talk_is_held_in_a_thread_that_is_its_own() -> None:
    news = Heard()
    assert talked(works(news)) == "copied"
    assert news.held == [0.25, 0.25], "nobody waits at its end"


@pytest.mark.usefixtures("_asked")
def test_a_thread_that_serves_nobody_else_is_kept() -> None:
    news = Heard()
    assert comes_to(left_alone(works(news), CLOCK, looks=True)) == ([], "copied")
    assert news.held == [0.25, 0.25]


@pytest.mark.usefixtures("_others")
def test_while_the_device_asks_a_shared_thread_is_kept_too() -> None:
    news = Heard()
    assert comes_to(left_alone(works(news), CLOCK, looks=True)) == ([], "copied")
    assert news.held == [0.25, 0.25]


@pytest.mark.usefixtures("_others", "_asked")
@pytest.mark.parametrize(("looks", "pauses"), [(True, [LOOKS, LOOKS, GOES_ON]), (False, [TALKS, TALKS])])
def test_a_shared_thread_is_given_back_and_what_comes_after_the_end_has_one_again(
    looks: bool, pauses: list[Pause]
) -> None:
    news = Heard()
    assert comes_to(left_alone(works(news), CLOCK, looks=looks)) == (pauses, "copied")
    assert news.held == []


@pytest.mark.usefixtures("_others", "_asked")
@pytest.mark.parametrize(("looks", "pauses"), [(True, [LOOKS, GOES_ON]), (False, [TALKS])])
def test_what_comes_after_an_error_has_a_thread_too(looks: bool, pauses: list[Pause]) -> None:
    parts, seen = left_alone(works(Heard(), 1, TransferFailed("it stood still")), CLOCK, looks=looks), list[Pause]()

    def to_the_end() -> None:
        seen.extend(parts)

    with pytest.raises(TransferFailed, match="it stood still"):
        to_the_end()
    assert seen == pauses


@pytest.mark.usefixtures("_others", "_asked")
def test_one_that_ends_before_anybody_has_left_it_goes_on_at_once() -> None:
    assert comes_to(left_alone(works(Heard(), 0), CLOCK, looks=True)) == ([], "copied")


@pytest.mark.usefixtures("_others")
def test_after_the_moment_in_which_it_asks_it_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = iter([100.0, 101.9, 102.0, 102.1])
    monkeypatch.setattr(time, "monotonic", lambda: next(seconds, 103.0))
    news = Heard()
    assert comes_to(left_alone(works(news, 3), CLOCK, looks=True)) == ([LOOKS, LOOKS, GOES_ON], "copied")
    assert news.held == [0.25]
