"""A copy from a server that is not ours: what is seen of it, when it stands still, and which server is next."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields, replace
from types import SimpleNamespace
from typing import Any, cast

import pytest
from support.scripted_steps import LOST, NAME, PaperContext, PaperDriver, Scripted

from swimctl.config.settings import Settings, Transport
from swimctl.errors import CommandRefused, OtherDevice, TransferFailed
from swimctl.inventory.copies import CopyPolicy
from swimctl.inventory.sources import Source, Way
from swimctl.models import Image
from swimctl.platforms.driver import Driver
from swimctl.platforms.fetching import Fetched, Remote
from swimctl.platforms.talk import Talk
from swimctl.sessions.session import Session
from swimctl.steps.base import JobContext
from swimctl.steps.pausing import Pause
from swimctl.steps.pulling import Pulling
from swimctl.steps.reach import Images

SETTINGS = Settings()
STALL = SETTINGS.image_server.stall
A = Source("https://a.example/ios/", "anna", "Hidden1")
B = Source("http://b.example/")
PUSHED = "the image is pushed"
SFTP = Source("sftp://c.example/", "anna", "Hidden1")

Act = Callable[["Trial"], Fetched]


class Fetcher(PaperDriver):
    """A driver whose device fetches as the trial says."""

    trial: Trial

    def fetch(self, remote: Remote, image: Image, vrf: str, deadline: float) -> Talk[Fetched]:
        yield from ()
        assert image.size
        assert deadline > STALL
        self.trial.fetched.append((remote.signed, vrf))
        return self.trial.act(self.trial)


class Context(PaperContext):
    """A context with a session in which the device fetches, and one beside it that sees the file's size."""

    trial: Trial

    @contextmanager
    def session(self, attempts: int = 3) -> Iterator[Session]:
        with super().session(attempts):
            self.trial.open += 1
            try:
                yield cast("Session", self.trial)
            finally:
                self.trial.open -= 1

    def on(self, session: Session) -> Driver:
        return JobContext.on(self, session)

    @contextmanager
    def beside(self) -> Iterator[Driver]:
        self.trial.logins += 1
        if self.trial.refusal:
            raise self.trial.refusal
        self.trial.open += 1
        try:
            yield cast("Driver", SimpleNamespace(file_size=lambda _: self.trial.size))
        finally:
            self.trial.open -= 1


class Trial:
    """One job with a list of sources; `size` is what `dir` shows of the file, `heard` what came from the command."""

    hostname, netconf = NAME, None

    def __init__(
        self, *sources: Way, act: Act = lambda _: Fetched(), wished: Transport = "push", **script: Any
    ) -> None:
        self.act, self.size, self.heard, self.logins = act, cast("int | None", None), 0, 0
        self.refusal: Exception | None = None
        self.fetched: list[tuple[str, str]] = []
        self.moved: list[int] = []
        self.look: Callable[[], object] = lambda: None
        self.pauses: list[Pause] = []
        self.meanwhile: Callable[[], object] = lambda: None
        self.open = 0
        self.one = Scripted(kind=Fetcher, settings=SETTINGS, **script)
        cast("Fetcher", self.one.driver).trial = self
        kept = {each.name: getattr(self.one.context, each.name) for each in fields(self.one.context)}
        self.context = Context(**kept)
        object.__setattr__(self.context, "trial", self)
        policy = CopyPolicy(wished, vrf="MGMT", sources=sources)
        self.pulling = Pulling(self.context, Images(cast("Any", None), policy))

    @contextmanager
    def watched(self, look: Callable[[], object]) -> Iterator[None]:
        self.look = look
        yield

    def run(self) -> None:
        assert self.pulling.pulls()
        for pause in self.pulling.run(self.moved.append, ""):
            self.pauses.append(pause)
            assert not self.open, "no session is open in a pause"
            self.meanwhile()

    def after(self, seconds: float, size: int | None = None, heard: int = 0) -> None:
        """Let time pass, with so many bytes there and so many characters printed at its end."""
        self.one.clock.sleep(seconds)
        self.size, self.heard = size, self.heard + heard
        self.look()

    @property
    def image(self) -> Image:
        return self.context.image


def test_it_is_told_the_url_with_the_account_and_no_record_has_that() -> None:
    one = Trial(A)
    one.run()
    assert one.fetched == [(f"https://anna:Hidden1@a.example/ios/{one.image.filename}", "MGMT")]
    assert one.one.record.said == ["the device fetches the image from https://a.example/ios/"]
    assert one.logins == 0, "who is quick is not looked at"


def test_a_file_that_grows_has_its_time_anew_and_one_that_does_not_is_given_up() -> None:
    def act(one: Trial) -> Fetched:
        one.after(STALL * 0.7, 1_000)
        one.after(STALL * 0.7, 2_000)
        one.after(STALL * 0.7, 2_000, heard=50)
        one.after(STALL * 0.4, 2_000, heard=50)
        return Fetched()

    one = Trial(A, act=act)
    with pytest.raises(TransferFailed, match="stood still: the device took no byte after 2000 within 60s"):
        one.run()
    assert one.moved == [1_000, 2_000, 2_000, 2_000]
    assert one.logins == 1, "one session serves all looks"


def test_where_no_file_is_shown_what_the_command_prints_is_a_sign_of_life() -> None:
    def act(one: Trial) -> Fetched:
        for _ in range(5):
            one.after(STALL * 0.9, heard=1)
        one.after(STALL * 1.1)
        return Fetched()

    one = Trial(A, act=act)
    with pytest.raises(TransferFailed, match="stood still: the device took no byte after 0"):
        one.run()
    assert len(one.moved) == 6


def test_who_has_the_last_byte_may_write_as_long_as_a_hash_takes() -> None:
    def act(one: Trial) -> Fetched:
        one.after(STALL / 2, one.image.size)
        one.after(SETTINGS.hash_deadline(one.image.size) - 1, one.image.size)
        return Fetched()

    Trial(A, act=act).run()


def test_more_bytes_than_the_image_has_are_no_more_than_all_of_it() -> None:
    def act(one: Trial) -> Fetched:
        one.after(STALL / 2, one.image.size + 7)
        return Fetched()

    one = Trial(A, act=act)
    one.run()
    assert one.moved == [one.image.size]


def test_without_a_second_session_that_is_told_once_and_the_copy_goes_on() -> None:
    def act(one: Trial) -> Fetched:
        one.refusal = CommandRefused("no more lines")
        for _ in range(3):
            one.after(STALL * 0.9, heard=1)
        return Fetched()

    one = Trial(A, act=act)
    one.run()
    assert one.one.told("source") == ["how far the copy is, cannot be seen: no more lines"]
    assert one.logins == 1


def test_a_login_that_fails_behind_a_lost_session_is_told_once_and_tried_again() -> None:
    one = Trial(A, act=lambda _: Fetched(dropped=True))

    def pass_by() -> None:
        one.one.clock.sleep(STALL / 2)
        one.refusal = None if one.logins % 2 else CommandRefused("no more lines")
        one.size = (one.size or 0) + one.image.size // 8 + 1

    one.meanwhile = pass_by
    one.run()
    assert one.moved[-1] == one.image.size
    assert one.logins > 6
    assert one.one.told("source") == ["how far the copy is, cannot be seen: no more lines"]


def test_one_that_stands_still_behind_its_lost_session_is_given_up_by_the_second() -> None:
    one = Trial(A, act=lambda _: Fetched(dropped=True))

    def pass_by() -> None:
        one.one.clock.sleep(STALL / 2)
        one.size = 5

    one.meanwhile = pass_by
    with pytest.raises(TransferFailed, match="stood still: the device took no byte after 5"):
        one.run()
    assert not one.open


def test_another_device_in_the_second_session_ends_it() -> None:
    def act(one: Trial) -> Fetched:
        one.refusal = OtherDevice("it is another one")
        one.after(STALL / 2)
        return Fetched()

    with pytest.raises(OtherDevice):
        Trial(A, act=act).run()


def test_a_copy_whose_session_ended_is_seen_through_by_a_login_a_minute() -> None:
    one = Trial(A, act=lambda _: Fetched(dropped=True))

    def pass_by() -> None:
        one.one.clock.sleep(one.pauses[-1].seconds)
        one.size = (one.size or 0) + one.image.size // 3 + 1

    one.meanwhile = pass_by
    one.run()
    assert one.moved[-1] == one.image.size
    assert one.pauses == [Pause(60.0, obeys=True, early=True)] * 4
    assert (one.logins, one.open) == (3, 0)
    assert one.one.told("session") == ["the session ended in the copy, which may continue"]


def test_each_source_is_tried_once_and_what_failed_is_told_with_what_comes_then() -> None:
    one = Trial(A, B)
    assert (one.pulling.attempts, one.pulling.foreign) == (4, True)
    one.pulling.failed("it says 'no'")
    one.run()
    why = "its md5 is 12…, not 34…"
    one.pulling.wrong(why)
    assert not one.pulling.pulls()
    assert not one.pulling.foreign
    one.pulling.failed("the disk burns")
    one.pulling.wrong(why)
    assert not one.pulling.pulls(), "nothing is left behind a push"
    assert one.one.told("source") == [
        "https://a.example/ios/ failed: it says 'no'; next: the device fetches the image from http://b.example/",
        f"http://b.example/ failed: {one.image.filename} from there is wrong: {why}; it was removed; next: {PUSHED}",
    ]
    assert [url for url, _ in one.fetched] == [f"http://b.example/{one.image.filename}"]


@pytest.mark.parametrize(
    ("act", "why"),
    [
        (lambda _: Fetched("%Error: no"), "it says '%Error: no'"),
        (LOST, "the session to sw1 ended"),
    ],
)
def test_what_went_wrong_is_told(act: Any, why: str) -> None:
    def fail(_: Trial) -> Fetched:
        raise act

    one = Trial(A, act=fail if isinstance(act, Exception) else act)
    with pytest.raises(TransferFailed, match=rf"^sw1 did not fetch \S+: {why}$"):
        one.run()


def test_a_source_that_the_system_does_not_take_is_passed_over_without_a_command() -> None:
    one = Trial(SFTP, B)
    object.__setattr__(one.context, "device", replace(one.context.device, platform="juniper_junos"))
    with pytest.raises(TransferFailed, match=r"sftp://c.example/: the copy command of juniper_junos .*, not sftp"):
        one.run()
    assert one.fetched == []
