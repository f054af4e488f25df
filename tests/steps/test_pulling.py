"""How a job waits for its turn to fetch an image, and what its record says meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from types import SimpleNamespace
from typing import Any, cast

import pytest
from support.scripted_steps import LOST, Scripted

from swimctl.errors import TransferFailed
from swimctl.images.server import Offer
from swimctl.inventory.copies import CopyPolicy
from swimctl.models import Image
from swimctl.steps.base import JobContext
from swimctl.steps.pulling import Pulling
from swimctl.steps.reach import Images

FETCHES = "the device fetches the image"
WAITS = "waiting: as many devices fetch images as may at once"
NEEDED = ("image", "settings", "device", "clock", "record", "session")


class PaperServer:
    """An image server at which others are served for so many seconds."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds

    @contextmanager
    def slot(self, wait: Callable[[], object]) -> Iterator[None]:
        for _ in range(self.seconds):
            wait()
        yield

    @contextmanager
    def offer(self, device: str, image: Image, *_: str) -> Iterator[Offer]:
        yield Offer(image, f"http://192.0.2.9:8100/a-ticket/{device}", 0.0)


@pytest.mark.parametrize("seconds", [0, 1, 300])
@pytest.mark.parametrize("again", ["", " again"])
def test_that_it_waits_is_said_once_and_that_it_fetches_behind_it(seconds: int, again: str) -> None:
    one, checked = Scripted(logins=[LOST]), list[None]()
    images = Images(cast("Any", PaperServer(seconds)), CopyPolicy("pull"))
    context = cast("Any", SimpleNamespace(**{name: getattr(one.context, name) for name in NEEDED}))
    context.checkpoint = lambda: checked.append(None)
    context.part = one.context.part
    context.waiting = partial(JobContext.waiting, context)
    with pytest.raises(TransferFailed, match="the session to sw1 ended"):
        Pulling(context, images).run(lambda _: None, again)
    assert one.record.said == [*([WAITS] if seconds else []), f"{FETCHES}{again}"]
    assert len(checked) == seconds, "a stop is obeyed each second"
