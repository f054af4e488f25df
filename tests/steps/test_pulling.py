"""A device that fetches its image by itself: what it is told, how long it may take, and what is believed of it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, fields, replace
from types import SimpleNamespace
from typing import Any, cast

import pytest
from support.scripted_steps import LOST, NAME, PaperContext, PaperDriver, Scripted

from swimctl.config.settings import Settings, Transport
from swimctl.engine.lanes import Lanes
from swimctl.errors import CommandRefused, DeadlineExceeded, StepFailed, Stopped, TransferFailed, UnexpectedPrompt
from swimctl.images.offers import Offer
from swimctl.images.turns import Turns
from swimctl.inventory.copies import CopyPolicy
from swimctl.inventory.relays import Relay
from swimctl.models import Image
from swimctl.platforms.driver import Driver
from swimctl.platforms.fetching import Fetched, Remote
from swimctl.platforms.talk import Lull, Talk
from swimctl.sessions.session import Session
from swimctl.steps import pausing, pulling
from swimctl.steps.base import JobContext
from swimctl.steps.pausing import WANTED, Parts, Pause
from swimctl.steps.pulling import Pulling
from swimctl.steps.reach import Images

FETCHES = "the device fetches the image"
REACHES = "the device reaches the image server and fetches the image"
SETTINGS = Settings()
STALL = SETTINGS.image_server.stall

Act = Callable[["Trial"], Fetched]


class PaperServer:
    """An image server; `offered` are the devices, images and places."""

    def __init__(self) -> None:
        self.copies = Turns(1)
        self.offered: list[tuple[str, str, str, str]] = []
        self.offers: list[Offer] = []

    @contextmanager
    def offer(self, device: str, image: Image, reached_from: str, address: str = "") -> Iterator[Offer]:
        self.offered.append((device, image.filename, reached_from, address))
        self.offers.append(Offer(image, f"http://192.0.2.9:8100/a-ticket/{image.filename}", 0.0))
        yield self.offers[-1]


class Puller(PaperDriver):
    """A driver whose device fetches as the trial says."""

    trial: Trial

    def fetch(self, remote: Remote, image: Image, vrf: str, deadline: float) -> Talk[Fetched]:
        yield from self.trial.talks
        self.trial.fetched.append((remote, image.filename, vrf, deadline))
        return self.trial.act(self.trial)


class Context(PaperContext):
    """A context whose sessions are looked at while the device fetches."""

    @contextmanager
    def session(self, attempts: int = 3) -> Iterator[Session]:
        with super().session(attempts):
            yield cast("Session", SimpleNamespace(hostname=NAME, watched=self.script.watched_by, netconf=None))

    def on(self, session: Session) -> Driver:
        return JobContext.on(self, session)


@dataclass
class Trial:
    """One job whose device does `act` when it is told to fetch."""

    act: Act
    one: Scripted
    server: PaperServer
    policy: CopyPolicy
    look: Callable[[], object] = lambda: None
    pauses: list[Pause] = field(default_factory=list)
    meanwhile: Callable[[], object] = lambda: None
    fetched: list[tuple[str, str, str, float]] = field(default_factory=list)
    moved: list[int] = field(default_factory=list)
    talks: list[Lull] = field(default_factory=list)

    def __post_init__(self) -> None:
        if isinstance(self.one.driver, Puller):
            self.one.driver.trial = self
        cast("Any", self.one).watched_by = self._watched
        kept = {each.name: getattr(self.one.context, each.name) for each in fields(self.one.context)}
        self.context = Context(**kept)
        self.pulling = Pulling(self.context, Images(cast("Any", self.server), self.policy))

    @contextmanager
    def _watched(self, look: Callable[[], object]) -> Iterator[None]:
        self.look = look
        yield
        self.look = lambda: None

    @property
    def offer(self) -> Offer:
        return self.server.offers[-1]

    def run(self, again: str = "") -> None:
        for pause in self.pulling.run(self.moved.append, again):
            self.pauses.append(pause)
            self.meanwhile()


def trial(
    act: Act = lambda _: Fetched(),
    *,
    wished: Transport = "pull",
    kind: type[PaperDriver] = Puller,
    **script: Any,
) -> Trial:
    policy = CopyPolicy(wished, address="images.example", vrf="Mgmt-vrf")
    return Trial(act, Scripted(kind=kind, settings=SETTINGS, **script), PaperServer(), policy)


@pytest.mark.parametrize("again", ["", " again"])
def test_that_it_fetches_is_said_once(again: str) -> None:
    one = trial(logins=[LOST])
    with pytest.raises(TransferFailed, match="the session to sw1 ended"):
        one.run(again)
    assert one.one.record.said == [f"{FETCHES}{again}"]


def test_who_fetches_from_the_image_server_needs_a_turn_there_and_who_is_pushed_to_needs_none() -> None:
    one = trial(wished="auto")
    assert one.pulling.turns is one.server.copies
    one.pulling.failed("it does not come")
    assert one.pulling.turns is None


def test_it_is_told_the_url_the_vrf_and_how_long_the_slowest_copy_takes() -> None:
    one = trial()
    one.run()
    image = one.context.image
    slowest = SETTINGS.deadlines.command + SETTINGS.distribution.stall + image.size / 100_000
    assert one.server.offered == [(NAME, image.filename, "192.0.2.1", "images.example")]
    assert one.fetched == [(Remote(one.offer.url), image.filename, "Mgmt-vrf", pytest.approx(slowest))]
    assert one.one.record.said == [FETCHES]


def test_what_the_device_complains_of_is_told() -> None:
    with pytest.raises(TransferFailed, match=r"^sw1 did not fetch \S+: it says '%Error: no'$"):
        trial(lambda _: Fetched("%Error: no")).run()


@pytest.mark.parametrize("kind", [CommandRefused, DeadlineExceeded, UnexpectedPrompt])
def test_a_command_without_an_end_is_a_copy_that_failed(kind: type[Exception]) -> None:
    def fail(_: Trial) -> Fetched:
        raise kind("it does not work")

    with pytest.raises(TransferFailed, match=r"^sw1 did not fetch \S+: it does not work$"):
        trial(fail).run()


def test_a_system_without_a_command_for_it_is_told() -> None:
    with pytest.raises(StepFailed, match=r"no command by which .*; next: `transport: push`, or auto"):
        trial(kind=PaperDriver).run()


@pytest.mark.parametrize(
    ("asked", "given", "why"),
    [
        (0, 0, "the device did not fetch it within 60s"),
        (1, 0, "the device took no byte after 0 within 60s"),
        (1, 700, "the device took no byte after 700 within 60s"),
    ],
)
def test_a_copy_that_stands_still_is_given_up(asked: int, given: int, why: str) -> None:
    def stall(one: Trial) -> Fetched:
        one.offer.asked = asked
        one.one.clock.sleep(STALL * 0.7)
        one.offer.give(given)
        one.look()
        one.one.clock.sleep(STALL * (0.7 if given else 0.2))
        one.look()  # what moves has its time anew
        one.one.clock.sleep(STALL * 0.4)
        one.look()
        return Fetched()

    one = trial(stall)
    with pytest.raises(TransferFailed, match=why):
        one.run()
    assert one.moved == [given] * 3


def test_who_has_the_last_byte_may_write_as_long_as_a_hash_takes() -> None:
    def write(one: Trial) -> Fetched:
        image = one.context.image
        one.offer.give(image.size)
        one.look()
        one.one.clock.sleep(SETTINGS.hash_deadline(image.size) - 1)
        one.look()
        one.one.clock.sleep(2)
        one.look()
        return Fetched()

    one = trial(write)
    with pytest.raises(
        TransferFailed, match=rf"stood still: .* within {SETTINGS.hash_deadline(one.context.image.size):.0f}s"
    ):
        one.run()
    assert one.moved == [one.context.image.size] * 3


def lost(one: Trial) -> Fetched:
    """Have the session end in the copy."""
    one.offer.asked = 1
    one.offer.sending.add(cast("Any", "a task"))
    return Fetched(dropped=True)


@pytest.mark.parametrize("how", ["whole", "its server ended it", "for ever"])
def test_a_copy_whose_session_ended_is_seen_through_without_a_thread(how: str) -> None:
    one = trial(lost)
    image = one.context.image

    def pass_by() -> None:
        one.one.clock.sleep(STALL / 2)
        one.offer.give(one.offer.at + 1)
        if len(one.moved) == 3 and how == "whole":
            one.offer.give(image.size)
        if len(one.moved) == 3 and how == "its server ended it":
            one.offer.sending.clear()

    one.meanwhile = pass_by
    one.run()
    assert set(one.pauses) == {Pause(1.0, obeys=True, early=True)}
    assert one.one.told("session") == ["the session ended in the copy, which may continue"]
    if how == "for ever":
        assert one.one.waited >= one.fetched[0][3]
        assert one.one.waited <= one.fetched[0][3] + STALL
    else:
        assert len(one.moved) == 3


@pytest.mark.parametrize("given", [0, 5])
def test_one_that_stands_still_behind_its_session_is_given_up(given: int) -> None:
    one = trial(lost)

    def pass_by() -> None:
        one.one.clock.sleep(STALL / 2)
        one.offer.give(given)

    one.meanwhile = pass_by
    with pytest.raises(TransferFailed, match=f"stood still: the device took no byte after {given} within {STALL:.0f}s"):
        one.run()
    assert one.moved == [0, given, given] + [given] * (given > 0)


def test_a_stop_behind_a_lost_session_is_obeyed_before_the_next_look() -> None:
    one = trial(lost)
    one.meanwhile = one.context.stop.set
    with pytest.raises(Stopped):
        one.run()
    assert one.moved == [0]


def test_more_devices_than_threads_fetch_behind_their_lost_sessions() -> None:
    waiting: list[Callable[[], None]] = []
    trials = [trial(lost) for _ in range(5)]

    def job(one: Trial) -> Parts[None]:
        yield from one.pulling.run(one.moved.append, "")

    def watch(pause: Pause, back: Callable[[], None]) -> None:
        assert pause.begun
        waiting.append(back)
        if len(waiting) == len(trials):
            for each in trials:
                each.offer.sending.clear()
            for each_back in waiting[:]:
                each_back()

    # One thread alone calls `work`: each device behind the first is told to fetch while those before it do so.
    Lanes(map(job, trials), 1, len(trials), trials[0].one.clock, watch).work()
    assert len(waiting) == len(trials)
    assert [each.moved for each in trials] == [[0]] * len(trials)


def test_nobody_gets_the_session_that_was_lost_in_the_copy() -> None:
    one = trial(lost)
    shared: list[Session | None] = []
    one.meanwhile = lambda: (shared.append(one.context._shared.session), one.offer.sending.clear())
    with one.context.one_session():
        one.run()
    assert shared == [None]


def come(one: Trial) -> Fetched:
    one.offer.reached = True
    return Fetched("no such file")


def test_where_it_is_left_to_us_the_device_is_asked_once_and_the_answer_recorded() -> None:
    one = trial(come, wished="auto", file_size=[None])
    assert [one.pulling.pulls(), one.pulling.pulls()] == [True, True]
    assert len(one.fetched) == 1
    assert one.one.told("transport") == [REACHES]


def test_where_it_does_not_come_the_image_is_pushed_and_why_is_told() -> None:
    one = trial(lambda _: Fetched("timed out"), wished="auto")
    assert [one.pulling.pulls(), one.pulling.pulls()] == [False, False]
    assert len(one.fetched) == 1
    assert one.one.told("transport") == [
        "the image is pushed: sw1 did not come to http://192.0.2.9:8100: it says 'timed out'"
    ]


@pytest.mark.parametrize(("wished", "pulls"), [("pull", True), ("push", False)])
def test_where_the_inventory_decides_nobody_is_asked(wished: Transport, pulls: bool) -> None:
    one = trial(wished=wished)
    assert one.pulling.pulls() is pulls
    one.pulling.failed("the server burns")
    assert one.pulling.pulls() is pulls, "it has to"
    assert (one.fetched, one.one.told("transport")) == ([], [])


def test_where_it_is_left_to_us_a_copy_that_failed_is_pushed() -> None:
    one = trial(come, wished="auto", file_size=[None])
    assert one.pulling.pulls()
    one.pulling.failed("it stood still")
    assert not one.pulling.pulls()
    assert one.one.told("transport") == [REACHES, "the image is pushed: it stood still"]


RELAY = Relay("http://ber.example:8101", "a-token-of-the-site-ber")


class PaperCopy:
    """An image at a relay, of which the device takes all."""

    url, asked, sending, whole = "http://ber.example:8101/a-ticket/x.bin", 1, True, True

    def __init__(self, image: Image, silent: str = "") -> None:
        self.image, self.at, self.silent = image, image.size, silent

    def look(self, *, now: bool) -> None:
        assert now


def at_relay(monkeypatch: pytest.MonkeyPatch, act: Act, silent: str = "") -> Trial:
    """Return a job whose relay has the image."""
    one = trial(act)
    one.pulling = Pulling(one.context, Images(cast("Any", one.server), replace(one.policy, relay=RELAY)))

    def relayed(*asked: Any) -> Iterator[Any]:
        assert asked[2] is RELAY
        yield Pause(1)
        return PaperCopy(one.context.image, silent)

    monkeypatch.setattr(pulling, "relayed", relayed)
    with ExitStack() as held:
        assert list(one.pulling.prepared(held)) == [Pause(1)]
    return one


@pytest.mark.parametrize("relay", [False, True])
def test_the_thread_that_looks_at_all_copies_waits_for_no_relay(monkeypatch: pytest.MonkeyPatch, relay: bool) -> None:
    monkeypatch.setattr(pausing, "_TOGETHER", 0.0)
    one = at_relay(monkeypatch, lambda _: Fetched()) if relay else trial()
    one.talks.append(Lull(0.25, threading.Event()))
    before = WANTED.set(lambda: True)
    try:
        one.run()
    finally:
        WANTED.reset(before)
    assert [pause.looks for pause in one.pauses] == [not relay], "a relay is asked how far it is"


def test_a_relay_is_prepared_and_the_device_told_its_url(monkeypatch: pytest.MonkeyPatch) -> None:
    one = at_relay(monkeypatch, lambda _: Fetched())
    assert (one.pulling.foreign, one.pulling.turns, one.pulling.attempts) == (True, None, 3)
    assert one.pulling.pulls()
    one.run()
    assert one.fetched[0][:3] == (Remote(PaperCopy.url), one.context.image.filename, "Mgmt-vrf")
    assert one.one.record.said == [f"{FETCHES} from the relay {RELAY.url}"]
    assert one.server.offered == []


@pytest.mark.parametrize("silent", ["", f"the relay {RELAY.url} does not answer: gone"])
def test_a_copy_that_failed_says_whether_the_relay_died(monkeypatch: pytest.MonkeyPatch, silent: str) -> None:
    one = at_relay(monkeypatch, lambda _: Fetched("%Error: no"), silent)
    with pytest.raises(TransferFailed) as failed:
        one.run()
    why = str(failed.value)
    assert why.startswith("sw1 did not fetch ")
    assert why.endswith(f"'%Error: no'{f'; {silent}' if silent else ''}")
    one.pulling.failed(why)
    assert one.one.told("relay") == [
        f"the relay {RELAY.url} failed: {why}; next: the device fetches the image from swimctl"
    ]


def test_a_file_that_is_wrong_is_told_to_the_relay_and_the_next_way_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    one, doubted = at_relay(monkeypatch, lambda _: Fetched()), list[tuple[Relay, str]]()
    monkeypatch.setattr(pulling, "doubt", lambda *asked: doubted.append(asked))
    one.pulling.wrong("it has 5 bytes")
    assert doubted == [(RELAY, one.context.image.sha512)]
    assert not one.pulling.foreign
    assert "it has 5 bytes; it was removed; next: " in one.one.told("relay")[0]


def test_another_way_prepares_nothing() -> None:
    with ExitStack() as held:
        assert list(trial().pulling.prepared(held)) == []
