"""Whether a device reaches our image server: asked by day, as it will have to by night."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Final, Protocol

from swimctl import platforms
from swimctl.config.settings import Settings
from swimctl.errors import CommandRefused, DeadlineExceeded, TransferFailed, UnexpectedPrompt
from swimctl.images.offers import REACH
from swimctl.images.server import ImageServer
from swimctl.inventory.copies import CopyPolicy
from swimctl.inventory.relays import Relay
from swimctl.inventory.sources import Source, Way
from swimctl.models import Device, Finding, Image
from swimctl.platforms.driver import Offers
from swimctl.platforms.fetching import Fetches, Remote
from swimctl.platforms.talk import talked
from swimctl.relays.client import ordered
from swimctl.steps.first_look import FirstLook

_RULE: Final = "image server"
SOURCES: Final = "image sources"
"""The rule of a device with sources; what is seen there is from where it would get its image."""
RELAY: Final = "relay"
"""The rule of a device that has a relay."""
# Open a session to a device that has said who it is.
Enter = Callable[[], AbstractContextManager[Offers]]


class _Door(Protocol):
    """Where a device is to come to, and whether it did."""

    @property
    def reach_url(self) -> str:
        """Return what it asks for there."""

    @property
    def place(self) -> str:
        """Return where that is, for people."""

    @property
    def reached(self) -> bool:
        """Return whether it came."""


@dataclass(frozen=True, slots=True)
class Images:
    """The image server, and what the inventory says of how one device gets its image.

    `whose`: under which name its tickets are kept, empty for that of the device, as its job has it.
    """

    server: ImageServer
    policy: CopyPolicy
    whose: str = ""

    def ways(self, settings: Settings) -> tuple[Way, ...]:
        """Return how the device's image may get there, in order: as its inventory says, else as the settings do."""
        return self.policy.ways(settings.distribution.transport)

    def why_pushed(self, enter: Enter, device: Device, image: Image, settings: Settings) -> str:
        """Return why the device does not fetch its image by itself; empty where it comes to the image server.

        It is asked in a session of its own: a device that waits for a server which it does not reach may do so longer
        than a command may take, and then its session has to be closed. SessionLost: nobody knows.
        """
        try:
            with (
                self.server.offer(self.whose or device.name, image, device.address, self.policy.address) as offer,
                enter() as driver,
            ):
                return self._came(driver, device, image, settings, offer)
        except (CommandRefused, DeadlineExceeded, UnexpectedPrompt, TransferFailed) as error:
            return str(error)

    def why_not_relayed(self, relay: Relay, enter: Enter, device: Device, image: Image, settings: Settings) -> str:
        """Return why the device gets no image from a relay; empty where it comes there. SessionLost: nobody knows."""
        ticket, hours = self.server.ticket(self.whose or device.name), settings.image_server.hours
        try:
            with ordered(relay, image, device.name, ticket, hours, "") as offer, enter() as driver:
                return self._came(driver, device, image, settings, offer)
        except (CommandRefused, DeadlineExceeded, UnexpectedPrompt, TransferFailed) as error:
            return str(error)

    def _came(self, driver: Offers, device: Device, image: Image, settings: Settings, offer: _Door) -> str:
        """Have the device fetch a file that is nowhere, and return why it did not come for it, empty where it did.

        Whatever the device says, that its server was asked proves it; as there is no such file, nothing is written.
        """
        if not isinstance(driver, Fetches):
            return f"swimctl knows no command by which {driver.support.name} fetches an image"
        probe = replace(image, filename=REACH)
        said = talked(driver.fetch(Remote(offer.reach_url), probe, self.policy.vrf, settings.deadlines.command))
        if offer.reached:
            # Not every device is so tidy.
            if driver.file_size(probe) is not None:
                driver.remove_file(probe)
            return ""
        return f"{device.name} did not come to {offer.place}" + (
            f": it says {said.complaint!r}" if said.complaint else ""
        )

    def ruled(self, look: FirstLook, enter: Enter, device: Device, image: Image, settings: Settings) -> FirstLook:
        """Return a look with the rule that a device which is to fetch its image can, from where it is to.

        Only a device that was read to the end is asked: one that is another, or has the image, is to fetch nothing.
        Whether it reaches a server that is not ours shows in the copy alone: another way is behind each.
        """
        ways = self.ways(settings)
        if look.snapshot is None:
            return look
        if ways[0] == "push":
            return replace(look, origin="push")
        if isinstance(ways[0], Relay):
            why = self.why_not_relayed(ways[0], enter, device, image, settings)
            rules = [_relay_ruled(ways[0], ways[1], why)]
            rules += [_sources_ruled(device, ways)] if isinstance(ways[1], Source) else []
            return replace(look, findings=(*look.findings, *rules), origin=_place(ways[1] if why else ways[0]))
        if isinstance(ways[0], Source):
            return replace(look, findings=(*look.findings, _sources_ruled(device, ways)), origin=_place(ways[0]))
        falls_back = len(ways) > 1
        why = self.why_pushed(enter, device, image, settings)
        seen = why or "the device reaches it"
        if why and falls_back:
            seen = f"it is not reached: {why}; {named(ways[1])}"
        rule = Finding(
            _RULE,
            ok=not why or falls_back,
            seen=seen,
            needed="a device that fetches its image reaches it",
            next_command="the way from the device to it; `swimctl.image_server.address` and `port`, or "
            "`transport: auto` or `push`",
        )
        origin = _place(ways[1] if why and falls_back else ways[0])
        return replace(look, findings=(*look.findings, rule), origin=origin)


def named(way: Way) -> str:
    """Return a way of an image, for people."""
    if isinstance(way, Relay):
        return f"the device fetches the image from the relay {way.url}"
    if isinstance(way, Source):
        return f"the device fetches the image from {way.url}"
    return "the image is pushed" if way == "push" else "the device fetches the image from swimctl"


def why_not(platform: str, source: Source) -> str:
    """Return why devices of a platform cannot fetch from a source, empty where nothing is known to be against it."""
    taken, accounts = platforms.schemes(platform), platforms.signs_in(platform)
    if source.scheme not in taken:
        known = f"takes {', '.join(taken)}" if taken else "takes no URL that swimctl knows"
        return f"{source.url}: the copy command of {platform} {known}, not {source.scheme}"
    if source.username and source.scheme not in accounts:
        return f"{source.url}: it is not known that the copy command of {platform} signs in by {source.scheme}"
    return ""


def _place(way: Way) -> str:
    if isinstance(way, Relay):
        return way.place
    return way if isinstance(way, str) else way.url


def _in_order(ways: tuple[Way, ...]) -> str:
    places = [f"from {_place(way)}" if way != "push" else "by push" for way in ways]
    return f"the image comes {', else '.join(places)}"


def _relay_ruled(relay: Relay, behind: Way, why: str) -> Finding:
    """Return the rule that a device gets its image from its relay; one that fails holds up nobody."""
    return Finding(
        RELAY,
        ok=True,
        seen=f"it is not reached: {why}; {named(behind)}" if why else f"the device reaches {relay.url}",
        needed="a device reaches the relay of its site, else the image comes in the next way",
        next_command="the way from the device to the relay, and from here; `systemctl status swimctl-relay` there; the "
        "same token on both",
    )


def _sources_ruled(device: Device, ways: tuple[Way, ...]) -> Finding:
    """Return the rule that a device's own command takes each source of its list."""
    wrong = [why for way in ways if isinstance(way, Source) and (why := why_not(device.platform, way))]
    return Finding(
        SOURCES,
        ok=not wrong,
        seen="; ".join(wrong) if wrong else _in_order(ways),
        needed="each source of the list is one that the device's own command takes",
        next_command="`swimctl.distribution.sources` of this device in the inventory; docs/platforms.md has what each "
        "system takes",
    )
