"""How a device gets its image: from one server after the other by itself, and when it is pushed."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, nullcontext
from typing import Final, Protocol

from swimctl.clock import Deadline, between_looks
from swimctl.errors import (
    CommandRefused,
    DeadlineExceeded,
    SessionLost,
    StepFailed,
    TransferFailed,
    UnexpectedPrompt,
)
from swimctl.images.offers import Offered
from swimctl.images.turns import Turns
from swimctl.inventory.relays import Relay
from swimctl.inventory.sources import Source, Way
from swimctl.platforms.fetching import Fetched, Fetches, Remote
from swimctl.relays.client import RelayCopy, doubt
from swimctl.sessions.session import Session
from swimctl.steps.base import JobContext
from swimctl.steps.foreign import Foreign
from swimctl.steps.pausing import Parts, Pause, left_alone
from swimctl.steps.reach import Images, named, why_not
from swimctl.steps.relayed import relayed

ATTEMPTS: Final = 2
"""So often the last way is tried; a push is the only one of a device without others."""
# Real seconds between two looks at a copy that goes on behind its lost session.
_LOOKS: Final = 1.0
# Device seconds between two of them where each is a login.
_LOGINS: Final = 60.0


class Pulling:
    """How one job's device gets its image: each way of its list in turn, the last of them as often as a push."""

    def __init__(self, context: JobContext, images: Images) -> None:
        self._context = context
        self._images = images
        self._ways = list(images.ways(context.settings))
        self._reached = False
        self._at_relay: RelayCopy | None = None
        self.attempts = ATTEMPTS + sum(not isinstance(way, str) for way in self._ways)

    @property
    def foreign(self) -> bool:
        """Return whether the next copy is to come from a server that is not ours."""
        return not isinstance(self._way, str)

    @property
    def turns(self) -> Turns | None:
        """Return what the next copy needs a turn of; None: it waits for nobody."""
        return self._images.server.copies if self._way == "swimctl" else None

    @property
    def _way(self) -> Way:
        return self._ways[0]

    def pulls(self) -> bool:
        """Return whether the device is to fetch the image; where more ways are left, it is asked if it comes."""
        if self._way == "swimctl" and len(self._ways) > 1 and not self._reached:
            if why := self._asked():
                self._next(why)
                return self.pulls()
            self._reached = True
            self._context.record.event("transport", "the device reaches the image server and fetches the image")
        return self._way != "push"

    def failed(self, why: str) -> None:
        """Leave this way for the next one, if there is one."""
        if len(self._ways) > 1:
            self._next(why)

    def wrong(self, why: str) -> None:
        """Leave the source from which a file came that is wrong; our own bytes are right, and are sent once more."""
        if isinstance(self._way, Relay):
            doubt(self._way, self._context.image.sha512)
        if self.foreign:
            self.failed(f"{self._context.image.filename} from there is wrong: {why}; it was removed")

    def prepared(self, held: ExitStack) -> Parts[None]:
        """Wait, without a thread, until a relay that is the next way has the image, which stays while `held` lasts."""
        if isinstance(self._way, Relay):
            self._at_relay = yield from relayed(self._context, self._images, self._way, held)

    def run(self, moved: Callable[[int], object], again: str) -> Parts[None]:
        """Make the device fetch the image; `moved` is told the bytes that have left. TransferFailed: it did not.

        That it did not fail proves nothing. `again` is what the record says behind it at another attempt. It holds its
        thread for a moment, in which the device asks what it asks, and none while the bytes move.
        """
        context, image, way = self._context, self._context.image, self._way
        limits = context.settings.distribution
        seconds = context.settings.deadlines.command + limits.stall + limits.slowest(image.size)
        if isinstance(way, Source):
            yield from self._from(way, moved, seconds)
            return
        if isinstance(way, Relay):
            yield from self._from_relay(way, moved, seconds)
            return
        server, policy, device = self._images.server, self._images.policy, context.device
        with server.offer(device.name, image, device.address, policy.address) as offer:
            context.record.say(f"the device fetches the image{again}")
            yield from self._watched(offer, offer.url, moved, seconds, looks=True)

    def _watched(
        self, copy: _Copy, url: str, moved: Callable[[int], object], seconds: float, *, looks: bool
    ) -> Parts[None]:
        """Make the device fetch the image from one who tells how far it is. `looks`: without being asked."""
        context = self._context
        watch, whole = _Watch(context, copy, moved, lambda: copy.at), Deadline(context.clock, seconds)
        try:
            with context.session() as session, session.watched(watch.look):
                said = yield from self._fetched(session, Remote(url), seconds, looks=looks)
            if said.dropped:
                yield from self._see_through(copy, watch, whole, nullcontext(), 0)
        except (CommandRefused, DeadlineExceeded, SessionLost, UnexpectedPrompt) as error:
            raise TransferFailed(f"{context.device.name} did not fetch {context.image.filename}: {error}") from error
        self._complain(said)

    def _from_relay(self, relay: Relay, moved: Callable[[int], object], seconds: float) -> Parts[None]:
        """Make the device fetch the image from the relay that has it."""
        copy = self._at_relay
        if copy is None:
            raise AssertionError("nobody has prepared the relay")
        self._context.record.say(f"the device fetches the image from the relay {relay.url}")
        try:
            # A look may ask the relay, and one that is away lets it wait.
            yield from self._watched(copy, copy.url, moved, seconds, looks=False)
        except TransferFailed as error:
            copy.look(now=True)
            raise TransferFailed(f"{error}; {copy.silent}" if copy.silent else str(error)) from error

    def _from(self, source: Source, moved: Callable[[int], object], seconds: float) -> Parts[None]:
        """Make the device fetch the image from a server that is not ours."""
        context, image = self._context, self._context.image
        if why := why_not(context.device.platform, source):
            raise TransferFailed(why)
        context.record.say(f"the device fetches the image from {source.url}")
        try:
            with context.session() as session, Foreign(context, lambda: session.heard) as foreign:
                watch = _Watch(context, foreign, moved, foreign.sign)
                whole = Deadline(context.clock, seconds)
                with session.watched(watch.look):
                    said = yield from self._fetched(session, source.of(image.filename), seconds, looks=False)
            if said.dropped:
                yield from self._see_through(foreign, watch, whole, foreign, _LOGINS)
        except (CommandRefused, DeadlineExceeded, SessionLost, UnexpectedPrompt) as error:
            raise TransferFailed(f"{context.device.name} did not fetch {image.filename}: {error}") from error
        self._complain(said)

    def _fetched(self, session: Session, remote: Remote, seconds: float, *, looks: bool) -> Parts[Fetched]:
        """Make the device fetch, in its session. `looks`: who watches the copy asks nobody."""
        driver = self._context.on(session)
        if not isinstance(driver, Fetches):
            raise StepFailed(
                f"swimctl knows no command by which {driver.support.name} fetches an image; "
                "next: `transport: push`, or auto"
            )
        if session.netconf is not None:
            session.netconf.close()  # nothing is read by it while the bytes move
        talk = driver.fetch(remote, self._context.image, self._images.policy.vrf, seconds)
        return (yield from left_alone(talk, self._context.clock, looks=looks))

    def _complain(self, said: Fetched) -> None:
        if said.complaint:
            name = self._context.device.name
            advice = f"; {said.advice}" if said.advice else ""
            raise TransferFailed(
                f"{name} did not fetch {self._context.image.filename}: it says {said.complaint!r}{advice}"
            )

    def _see_through(
        self, copy: _Copy, watch: _Watch, whole: Deadline, looking: AbstractContextManager[object], every: float
    ) -> Parts[None]:
        """Wait, without a thread, for a copy whose session was lost: it may go on, or it ends with the session.

        Each look is within `looking`, and `every` so many device seconds at most.
        """
        context = self._context
        context.record.event("session", "the session ended in the copy, which may continue")
        context.part()  # who comes next gets no session that has ended
        while not (copy.whole or whole.passed or (copy.asked and not copy.sending)):
            context.checkpoint()
            with looking:
                watch.look()
            yield Pause(max(every, between_looks(context.clock, _LOOKS)), obeys=True, early=True)

    def _asked(self) -> str:
        context = self._context
        return context.again(
            lambda: self._images.why_pushed(context.driver, context.device, context.image, context.settings)
        )

    def _next(self, why: str) -> None:
        """Record why the image does not come in this way, and take the next one."""
        before = self._ways.pop(0)
        if isinstance(before, Relay):
            what = why if why.startswith(f"the relay {before.url} ") else f"the relay {before.url} failed: {why}"
            self._context.record.event("relay", f"{what}; next: {named(self._way)}")
        elif isinstance(before, Source):
            self._context.record.event("source", f"{before.url} failed: {why}; next: {named(self._way)}")
        else:
            self._context.record.event("transport", f"{named(self._way)}: {why}")


class _Copy(Protocol):
    """A copy that runs: how far it is, how often the device came for it, and what still serves it."""

    @property
    def image(self) -> Offered:
        """Return what is copied."""

    @property
    def at(self) -> int:
        """Return up to which byte it came."""

    @property
    def whole(self) -> bool:
        """Return whether that is the last one."""

    @property
    def asked(self) -> int:
        """Return how often the device came for it."""

    @property
    def sending(self) -> object:
        """Return what serves it, something empty where nothing does."""


class _Watch:
    """Look at a copy that runs: it is recorded, a stop is obeyed, and one that stands still is given up.

    `sign`: what changes as long as it moves.
    """

    def __init__(
        self, context: JobContext, copy: _Copy, moved: Callable[[int], object], sign: Callable[[], object]
    ) -> None:
        self._clock = context.clock
        self._limit = context.settings.image_server.stall
        self._after = context.settings.hash_deadline(copy.image.size)  # in which it writes what it has taken
        self._copy = copy
        self._moved = moved
        self._sign = sign
        self._seen = sign()
        self._still = Deadline(self._clock, self._limit)

    def look(self) -> None:
        """Raise TransferFailed where the device has taken no byte for too long, or what `moved` raises."""
        copy, sign = self._copy, self._sign()
        at = copy.at
        if sign != self._seen:
            self._seen = sign
            self._still = Deadline(self._clock, self._after if copy.whole else self._limit)
        self._moved(at)
        if self._still.passed:
            never = f"the device took no byte after {at}" if copy.asked else "the device did not fetch it"
            raise TransferFailed(
                f"the copy of {copy.image.filename} stood still: {never} within {self._still.seconds:.0f}s"
            )
