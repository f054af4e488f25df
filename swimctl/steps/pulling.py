"""Whether a device fetches its image from our image server by itself, and how it does."""

from __future__ import annotations

import time
from collections.abc import Callable

from swimctl.clock import Deadline
from swimctl.errors import (
    CommandRefused,
    DeadlineExceeded,
    SessionLost,
    StepFailed,
    TransferFailed,
    UnexpectedPrompt,
)
from swimctl.images.server import Offer
from swimctl.platforms.fetching import Fetches
from swimctl.steps.base import JobContext
from swimctl.steps.reach import Images


class Pulling:
    """How one job's device fetches its image, as long as it does."""

    def __init__(self, context: JobContext, images: Images) -> None:
        self._context = context
        self._images = images
        self._wished = images.transport(context.settings)
        self._decided: bool | None = None if self._wished == "auto" else self._wished == "pull"

    def pulls(self) -> bool:
        """Return whether the device is to fetch the image; where that is left to us, the device is asked."""
        if self._decided is None:
            self._decide(self._asked())
        return bool(self._decided)

    def failed(self, why: str) -> None:
        """Push from now on, unless the device has to fetch it."""
        if self._wished == "auto":
            self._decide(why)

    def run(self, moved: Callable[[int], object], again: str) -> None:
        """Make the device fetch the image; `moved` is told the bytes that have left. TransferFailed: it did not.

        That it did not fail proves nothing. `again` is what the record says behind it at another attempt.
        """
        context, image = self._context, self._context.image
        limits, device = context.settings.distribution, context.device
        server, policy = self._images.server, self._images.policy
        seconds = context.settings.deadlines.command + limits.stall + limits.slowest(image.size)
        wait = context.waiting("as many devices fetch images as may at once")
        with server.slot(wait), server.offer(device.name, image, device.address, policy.address) as offer:
            context.record.say(f"the device fetches the image{again}")
            watch = _Watch(context, offer, moved)
            whole = Deadline(context.clock, seconds)
            try:
                with context.session() as session, session.watched(watch.look):
                    driver = context.on(session)
                    if not isinstance(driver, Fetches):
                        raise StepFailed(
                            f"swimctl knows no command by which {driver.support.name} fetches an image; "
                            "next: `transport: push`, or auto"
                        )
                    said = driver.fetch(offer.url, image, policy.vrf, seconds)
                if said.dropped:
                    self._see_through(offer, watch, whole)
            except (CommandRefused, DeadlineExceeded, SessionLost, UnexpectedPrompt) as error:
                raise TransferFailed(f"{device.name} did not fetch {image.filename}: {error}") from error
            if said.complaint:
                raise TransferFailed(f"{device.name} did not fetch {image.filename}: it says {said.complaint!r}")

    def _see_through(self, offer: Offer, watch: _Watch, whole: Deadline) -> None:
        """Wait for a copy whose session was lost: it may go on, or it ends with the session."""
        self._context.record.event("session", "the session ended in the copy, which may continue")
        while not (offer.whole or whole.passed or (offer.asked and not offer.sending)):
            watch.look()
            time.sleep(0.05)

    def _asked(self) -> str:
        context = self._context
        return context.again(
            lambda: self._images.why_pushed(context.driver, context.device, context.image, context.settings)
        )

    def _decide(self, why: str) -> None:
        """Record whether the device fetches the image: it does where nothing says why not."""
        self._decided = not why
        pushed = f"the image is pushed: {why}"
        self._context.record.event(
            "transport", pushed if why else "the device reaches the image server and fetches the image"
        )


class _Watch:
    """Look at a copy that runs: it is recorded, a stop is obeyed, and one that stands still is given up."""

    def __init__(self, context: JobContext, offer: Offer, moved: Callable[[int], object]) -> None:
        self._clock = context.clock
        self._limit = context.settings.image_server.stall
        self._after = context.settings.hash_deadline(offer.image.size)  # in which it writes what it has taken
        self._offer = offer
        self._moved = moved
        self._at = 0
        self._still = Deadline(self._clock, self._limit)

    def look(self) -> None:
        """Raise TransferFailed where the device has taken no byte for too long, or what `moved` raises."""
        offer, at = self._offer, self._offer.at
        if at != self._at:
            self._at = at
            self._still = Deadline(self._clock, self._after if at >= offer.image.size else self._limit)
        self._moved(at)
        if self._still.passed:
            never = f"the device took no byte after {at}" if offer.asked else "the device did not fetch it"
            raise TransferFailed(
                f"the copy of {offer.image.filename} stood still: {never} within {self._still.seconds:.0f}s"
            )
