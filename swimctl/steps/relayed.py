"""A copy from a relay of the site: it is told to get the image, and the device fetches it there when it is right."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Final

from swimctl.clock import Deadline
from swimctl.errors import TransferFailed
from swimctl.inventory.relays import Relay
from swimctl.relays.client import Busy, RelayCopy, ordered
from swimctl.steps.base import JobContext
from swimctl.steps.reach import Images
from swimctl.waiting import Waiting, WaitKind

# Real seconds between looks at what the relay has; it is asked less often.
_LOOKS: Final = 0.2


@contextmanager
def relayed(context: JobContext, images: Images, relay: Relay) -> Iterator[RelayCopy]:
    """Offer a job's image at a relay, which has it then. TransferFailed: it does not get it, or is not there."""
    image, server, hours = context.image, images.server, context.settings.image_server.hours
    if not image.path.is_file() or image.path.stat().st_size != image.size:
        raise TransferFailed(f"{image.path} has changed since `image add`, so no relay gets it")
    feeds = f"{relay.url} for {context.device.name}"
    with ExitStack() as stack:
        stack.callback(server.forget, feeds)
        source = stack.enter_context(server.offer(feeds, image, relay.host, images.policy.address))
        wait = context.waiting(
            Waiting(WaitKind.RELAY, f"as many devices fetch from the relay {relay.url} as may at once")
        )
        ticket = server.ticket(context.device.name)
        while True:
            try:
                order = ordered(relay, image, context.device.name, ticket, hours, source.url)
                copy = stack.enter_context(order)
                break
            except Busy:
                wait()
                time.sleep(1.0)
        _wait(context, copy, relay)
        try:
            yield copy
        except TransferFailed as error:
            copy.look(now=True)
            raise TransferFailed(f"{error}; {copy.silent}" if copy.silent else str(error)) from error


def _wait(context: JobContext, copy: RelayCopy, relay: Relay) -> None:
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
            context.record.say(f"the relay {relay.url} fetches the image: {10 * tenth} %")
        time.sleep(_LOOKS)
        standing = copy.look()
    if said >= 0:
        context.record.event("relay", f"the relay {relay.url} has the image, its hash verified")
