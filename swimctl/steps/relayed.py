"""A copy from a relay of the site: it is told to get the image, and the device fetches it there when it is right."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Final

from swimctl.clock import Deadline
from swimctl.errors import TransferFailed
from swimctl.inventory.relays import Relay
from swimctl.relays.client import Busy, RelayCopy, ordered
from swimctl.steps.base import JobContext
from swimctl.steps.pausing import Parts, Pause
from swimctl.steps.reach import Images
from swimctl.waiting import Waiting, WaitKind

# Real seconds between two looks at what the relay has.
_LOOKS: Final = 1.0


def relayed(context: JobContext, images: Images, relay: Relay, held: ExitStack) -> Parts[RelayCopy]:
    """Return a job's image at a relay, which has it then, for as long as `held` lasts; the wait holds no thread.

    TransferFailed: the relay does not get it, or is not there.
    """
    image, server, hours = context.image, images.server, context.settings.image_server.hours
    if not image.path.is_file() or image.path.stat().st_size != image.size:
        raise TransferFailed(f"{image.path} has changed since `image add`, so no relay gets it")
    feeds = f"{relay.url} for {context.device.name}"
    held.callback(server.forget, feeds)
    source = held.enter_context(server.offer(feeds, image, relay.host, images.policy.address))
    wait = context.waiting(Waiting(WaitKind.RELAY, f"as many devices fetch from the relay {relay.url} as may at once"))
    ticket = server.ticket(context.device.name)
    while True:
        try:
            order = ordered(relay, image, context.device.name, ticket, hours, source.url)
            copy = held.enter_context(order)
            break
        except Busy:
            wait()
            yield _pause(context)
    yield from _wait(context, copy, relay)
    return copy


def _wait(context: JobContext, copy: RelayCopy, relay: Relay) -> Parts[None]:
    """Wait until the relay has the image; one fetch there serves all devices that wait."""
    standing, size, said = copy.look(), context.image.size, -1
    seen, still = -1, Deadline(context.clock, context.settings.image_server.stall)
    whole = Deadline(context.clock, context.settings.distribution.slowest(size) + still.seconds)
    if not standing.ready:
        context.part()  # it would idle out meanwhile
    while not standing.ready:
        context.checkpoint()
        if standing.problem:
            raise TransferFailed(f"the relay {relay.url} does not get the image: {standing.problem}")
        if standing.fetched != seen:
            seen, still = standing.fetched, Deadline(context.clock, still.seconds)
        if still.passed or whole.passed:
            silent = f"; {copy.silent}" if copy.silent else ""
            raise TransferFailed(
                f"the relay {relay.url} does not get the image: {standing.fetched} of {size} bytes are there, and no "
                f"other came within {(still if still.passed else whole).seconds:.0f}s{silent}"
            )
        tenth = 10 * standing.fetched // size
        if tenth != said:
            said = tenth
            context.record.waits(Waiting(WaitKind.RELAY, f"the relay {relay.url} fetches the image, {10 * tenth} %"))
        yield _pause(context)
        standing = copy.look(now=True)
    if said >= 0:
        context.record.event("relay", f"the relay {relay.url} has the image, its hash verified")


def _pause(context: JobContext) -> Pause:
    return Pause(_LOOKS * context.clock.speed, obeys=True, early=True)
