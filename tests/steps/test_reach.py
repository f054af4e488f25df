"""Whether a device reaches the image server: its own word decides nothing, that it came does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest
from support.scripted_steps import BEFORE, IMAGE, NAME, PaperClock, PaperDriver

from swimctl.config.settings import Settings, Transport
from swimctl.errors import CommandRefused, DeadlineExceeded, SessionLost, TransferFailed, UnexpectedPrompt
from swimctl.images.offers import REACH, Offer
from swimctl.inventory.copies import CopyPolicy
from swimctl.inventory.relays import Relay
from swimctl.inventory.sources import Source, Way
from swimctl.models import Device, Finding, Image
from swimctl.platforms.fetching import Fetched, Remote
from swimctl.platforms.talk import Talk
from swimctl.steps import reach
from swimctl.steps.first_look import FirstLook
from swimctl.steps.reach import Images

DEVICE = Device(1, NAME, "cisco_xe", "192.0.2.1")
SETTINGS = Settings()
PLACE = "http://192.0.2.9:8100"
REFUSED = Fetched("no such file")
LOOK = FirstLook((Finding("free flash", True, "enough", "enough", ""),), snapshot=BEFORE)


class Fetcher(PaperDriver):
    """A device that comes to the server, or does not, and says something."""

    offer: Offer
    comes: bool = True
    says: Fetched | Exception = REFUSED

    def fetch(self, remote: Remote, image: Image, vrf: str, deadline: float) -> Talk[Fetched]:
        yield from ()
        self.asked.append("fetch")
        assert (remote, image.filename, vrf, deadline) == (
            Remote(f"{PLACE}/a-ticket/{REACH}"), REACH, "Mgmt-vrf", SETTINGS.deadlines.command,
        )  # fmt: skip
        assert image.sha512 == IMAGE.sha512
        self.offer.reached = self.comes
        if isinstance(self.says, Exception):
            raise self.says
        return self.says


class Asked:
    """An image server and a device of paper; `entered` counts the sessions."""

    def __init__(self, driver: PaperDriver, wished: Transport | None = "auto") -> None:
        self.driver, self.entered = driver, 0
        self.images = Images(cast("Any", self), CopyPolicy(wished, address="images.example", vrf="Mgmt-vrf"))

    @contextmanager
    def offer(self, *asked: Any) -> Iterator[Offer]:
        assert asked == (NAME, IMAGE, "192.0.2.1", "images.example")
        offer = Offer(IMAGE, f"{PLACE}/a-ticket/{IMAGE.filename}", 0.0)
        if isinstance(self.driver, Fetcher):
            self.driver.offer = offer
        yield offer

    def ticket(self, name: str) -> str:
        assert name == NAME
        return "a-ticket"

    @contextmanager
    def enter(self) -> Iterator[Any]:
        self.entered += 1
        yield self.driver

    def why(self) -> str:
        return self.images.why_pushed(self.enter, DEVICE, IMAGE, SETTINGS)

    def ruled(self, look: FirstLook = LOOK) -> FirstLook:
        return self.images.ruled(look, self.enter, DEVICE, IMAGE, SETTINGS)


def device(*, comes: bool = True, says: Fetched | Exception = REFUSED, **script: Any) -> Fetcher:
    made = Fetcher(PaperClock(), {"file_size": [None], "remove_file": [None], **script})
    made.comes, made.says = comes, says
    return made


@pytest.mark.parametrize("says", [Fetched(), Fetched("no such file"), Fetched(dropped=True)])
def test_a_device_that_came_reaches_us_whatever_it_says(says: Fetched) -> None:
    one = Asked(device(says=says))
    assert one.why() == ""
    assert one.driver.asked == ["fetch", "file_size"]


def test_what_it_left_of_a_file_that_is_nowhere_is_removed() -> None:
    one = Asked(device(file_size=[0]))
    assert one.why() == ""
    assert one.driver.asked == ["fetch", "file_size", "remove_file"]


@pytest.mark.parametrize(
    ("says", "told"), [(Fetched(), ""), (Fetched("timed out"), ": it says 'timed out'"), (Fetched(dropped=True), "")]
)
def test_a_device_that_did_not_come_does_not_and_nothing_is_removed_there(says: Fetched, told: str) -> None:
    one = Asked(device(comes=False, says=says))
    assert one.why() == f"sw1 did not come to {PLACE}{told}"
    assert one.driver.asked == ["fetch"]


@pytest.mark.parametrize("kind", [CommandRefused, DeadlineExceeded, UnexpectedPrompt, TransferFailed])
def test_a_command_without_an_end_is_an_answer(kind: type[Exception]) -> None:
    assert Asked(device(says=kind("it does not work"))).why() == "it does not work"


def test_a_lost_session_is_none() -> None:
    with pytest.raises(SessionLost):
        Asked(device(says=SessionLost("gone"))).why()


def test_a_system_without_a_command_for_it_is_told() -> None:
    one = Asked(PaperDriver(PaperClock(), {}))
    assert one.why() == f"swimctl knows no command by which {one.driver.support.name} fetches an image"


NEXT = "the way from the device to it; `swimctl.image_server.address` and `port`, or `transport: auto` or `push`"


@pytest.mark.parametrize(
    ("wished", "comes", "ok", "seen"),
    [
        ("pull", True, True, "the device reaches it"),
        ("pull", False, False, f"sw1 did not come to {PLACE}: it says 'no such file'"),
        ("auto", True, True, "the device reaches it"),
        ("auto", False, True,
         f"it is not reached: sw1 did not come to {PLACE}: it says 'no such file'; the image is pushed"),
    ],
)  # fmt: skip
def test_the_rule(wished: Transport, comes: bool, ok: bool, seen: str) -> None:
    one = Asked(device(comes=comes), wished)
    look = one.ruled()
    rule = Finding("image server", ok, seen, "a device that fetches its image reaches it", NEXT)
    origin = "push" if wished == "auto" and not comes else "swimctl"
    assert look == replace(LOOK, findings=(*LOOK.findings, rule), origin=origin)
    assert one.entered == 1


@pytest.mark.parametrize("wished", ["push", None])
def test_who_is_pushed_to_is_not_asked(wished: Transport | None) -> None:
    one = Asked(device(), wished)
    assert one.ruled() == replace(LOOK, origin="push")
    assert one.entered == 0


def test_who_was_not_read_to_the_end_is_not_asked() -> None:
    one, unread = Asked(device()), replace(LOOK, snapshot=None)
    assert one.ruled(unread) is unread
    assert one.entered == 0


HTTPS, SFTP = Source("https://images.example/ios/"), Source("sftp://images.example/ios/", "anna", "Hidden1")
SIGNED = Source("https://images.example/ios/", "anna", "Hidden1")


def sourced(*sources: Way, platform: str = "cisco_xe", wished: Transport = "push") -> FirstLook:
    """Return the look at a device with such sources, which is asked for nothing."""
    images = Images(cast("Any", None), CopyPolicy(wished, sources=sources))
    return images.ruled(LOOK, cast("Any", None), replace(DEVICE, platform=platform), IMAGE, SETTINGS)


def test_the_plan_shows_from_where_in_which_order() -> None:
    rule = sourced(HTTPS, wished="auto").findings[-1]
    assert (rule.rule, rule.ok) == ("image sources", True)
    assert rule.seen == "the image comes from https://images.example/ios/, else from swimctl, else by push"


@pytest.mark.parametrize(
    ("source", "platform", "seen"),
    [
        *(
            (
                SFTP,
                platform,
                f"sftp://images.example/ios/: the copy command of {platform} takes http, https, ftp, scp, not sftp",
            )
            for platform in ("cisco_ios", "juniper_junos")
        ),
        (
            SIGNED,
            "cisco_xr",
            "https://images.example/ios/: it is not known that the copy command of cisco_xr signs in by https",
        ),
    ],
)
def test_a_source_that_the_system_does_not_take_is_refused_by_day(source: Source, platform: str, seen: str) -> None:
    rule = sourced(HTTPS, source, platform=platform).findings[-1]
    assert (rule.ok, rule.seen) == (False, seen)
    assert "`swimctl.distribution.sources` of this device" in rule.next_command


def test_swimctl_before_a_source_is_asked_and_what_comes_then_is_named() -> None:
    one = Asked(device(comes=False))
    one.images = Images(
        cast("Any", one), CopyPolicy("pull", address="images.example", vrf="Mgmt-vrf", sources=("swimctl", HTTPS))
    )
    rule = one.ruled().findings[-1]
    assert rule.ok
    assert rule.seen.endswith("'no such file'; the device fetches the image from https://images.example/ios/")


RELAY = Relay("http://ber.example:8101", "a-token-of-the-site-ber", "10.20.0.9")


@pytest.mark.parametrize(
    ("comes", "said", "seen"),
    [
        (True, None, "the device reaches http://ber.example:8101"),
        (
            False,
            None,
            f"it is not reached: sw1 did not come to {RELAY.for_devices}: it says 'no such file'; the image is pushed",
        ),
        (True, TransferFailed("the relay burns"), "it is not reached: the relay burns; the image is pushed"),
    ],
)
def test_a_relay_is_asked_for_and_by_the_device_and_holds_up_nobody(
    monkeypatch: pytest.MonkeyPatch, comes: bool, said: Exception | None, seen: str
) -> None:
    one = Asked(device(comes=comes), "push")
    one.images = replace(one.images, policy=replace(one.images.policy, relay=RELAY))

    @contextmanager
    def ordered(*asked: Any) -> Iterator[Any]:
        assert asked == (RELAY, IMAGE, NAME, "a-ticket", SETTINGS.image_server.hours, "")
        if said is not None:
            raise said
        offer = SimpleNamespace(reach_url=f"{PLACE}/a-ticket/{REACH}", place=RELAY.for_devices, reached=False)
        cast("Fetcher", one.driver).offer = cast("Any", offer)
        yield offer

    monkeypatch.setattr(reach, "ordered", ordered)
    rule = one.ruled().findings[-1]
    assert (rule.rule, rule.ok, rule.seen) == ("relay", True, seen)
    assert one.entered == (said is None), "nobody logs in for a relay that is not there"


def test_behind_a_relay_the_sources_are_checked_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Images, "why_not_relayed", lambda *_: "")
    images = Images(cast("Any", None), CopyPolicy("push", sources=(HTTPS, SFTP), relay=RELAY))
    look = images.ruled(LOOK, cast("Any", None), replace(DEVICE, platform="juniper_junos"), IMAGE, SETTINGS)
    assert [(each.rule, each.ok) for each in look.findings[-2:]] == [("relay", True), ("image sources", False)]
