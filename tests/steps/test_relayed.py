"""A job that waits for its relay: what it says meanwhile, how long it waits, and why it does not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from support.scripted_steps import IMAGE, NAME, Scripted

from swimctl.config.settings import Settings
from swimctl.errors import Stopped, TransferFailed
from swimctl.inventory.copies import CopyPolicy
from swimctl.inventory.relays import Relay
from swimctl.relays.client import Busy, RelayCopy
from swimctl.relays.protocol import Standing
from swimctl.steps import relayed as module
from swimctl.steps.pausing import Parts, Pause
from swimctl.steps.reach import Images
from swimctl.steps.relayed import relayed

RELAY = Relay("http://ber.example:8101", "a-token-of-the-site-ber", "10.20.0.9")
SETTINGS = Settings()
STALL = SETTINGS.image_server.stall
SIZE = IMAGE.size
FETCHES = f"waiting: the relay {RELAY.url} fetches the image"


class PaperCopy:
    """An offer at a relay that stands each time as a script says; the last of it stays."""

    def __init__(self, script: Sequence[Standing], silent: str = "") -> None:
        self.script = list(script)
        self.silent = silent

    def look(self, *, now: bool = False) -> Standing:  # noqa: ARG002 - as the real one has it
        return self.script.pop(0) if len(self.script) > 1 else self.script[0]


class Trial:
    """A job and its relay; each look costs `every` seconds."""

    def __init__(
        self, monkeypatch: pytest.MonkeyPatch, folder: Path, copy: PaperCopy, *, busy: int = 0, every: float = 1.0
    ) -> None:
        self.one = Scripted(settings=SETTINGS)
        path = folder / IMAGE.filename
        path.touch()
        with path.open("r+b") as file:
            file.truncate(SIZE)
        self.context = replace(self.one.context, image=replace(IMAGE, path=path))
        self.copy, self.busy, self.orders = copy, busy, list[tuple[Any, ...]]()
        self.forgotten: list[str] = []
        self.images = Images(cast("Any", self), CopyPolicy(address="images.example", relay=RELAY))
        monkeypatch.setattr(module, "ordered", self.ordered)
        self.every = every

    @contextmanager
    def offer(self, *asked: Any) -> Iterator[Any]:
        self.orders.append(asked)
        yield SimpleNamespace(url="http://192.0.2.9:8100/of-the-relay/x.bin")

    def ticket(self, device: str) -> str:
        return f"ticket of {device}"

    def forget(self, device: str) -> None:
        self.forgotten.append(device)

    @contextmanager
    def ordered(self, *asked: Any) -> Iterator[PaperCopy]:
        self.orders.append(asked)
        if self.busy:
            self.busy -= 1
            raise Busy("all places are taken")
        yield self.copy

    def run(self) -> None:
        """See all parts through: each pause takes `every` device seconds."""
        with ExitStack() as held:
            assert self._through(relayed(self.context, self.images, RELAY, held)) is self.copy

    def _through(self, parts: Parts[RelayCopy]) -> RelayCopy:
        while True:
            try:
                pause = next(parts)
            except StopIteration as end:
                copy: RelayCopy = end.value
                return copy
            assert pause == Pause(1.0 * self.one.clock.speed, obeys=True, early=True)
            self.one.clock.sleep(self.every)


def at(fetched: int) -> Standing:
    return Standing(fetched=fetched)


READY = Standing(ready=True, fetched=SIZE)


@pytest.fixture
def trial(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Trial]:
    return lambda *script, **more: Trial(monkeypatch, tmp_path, PaperCopy(script, more.pop("silent", "")), **more)


def test_one_that_has_the_image_is_not_waited_for(trial: Callable[..., Trial]) -> None:
    one = trial(READY)
    one.run()
    feeds = f"{RELAY.url} for {NAME}"
    image = one.context.image
    assert one.orders == [
        (feeds, image, "ber.example", "images.example"),
        (RELAY, image, NAME, f"ticket of {NAME}", SETTINGS.image_server.hours,
         "http://192.0.2.9:8100/of-the-relay/x.bin"),
    ]  # fmt: skip
    assert (one.forgotten, one.one.record.said, one.one.told("relay")) == ([feeds], [], [])


def test_while_it_fetches_each_tenth_is_said_once(trial: Callable[..., Trial]) -> None:
    one = trial(at(0), at(5), at(SIZE // 2), at(SIZE // 2 + 1), at(SIZE), READY)
    one.run()
    assert one.one.record.said == [f"{FETCHES}, {percent} %" for percent in (0, 50, 100)]
    assert one.one.told("relay") == [f"the relay {RELAY.url} has the image, its hash verified"]


def test_why_it_does_not_get_it_is_told(trial: Callable[..., Trial]) -> None:
    with pytest.raises(TransferFailed, match=rf"^the relay {RELAY.url} does not get the image: no room$"):
        trial(at(0), Standing(fetched=7, problem="no room")).run()


@pytest.mark.parametrize("silent", ["", "it does not answer"])
def test_one_that_stands_still_is_given_up(trial: Callable[..., Trial], silent: str) -> None:
    one = trial(at(0), at(700), silent=silent)
    with pytest.raises(TransferFailed, match=rf"700 of {SIZE} bytes are there, and no other came within 60s") as gone:
        one.run()
    assert str(gone.value).endswith("it does not answer") is bool(silent)
    assert STALL <= one.one.waited <= STALL + 3


def test_one_that_moves_may_take_as_long_as_the_slowest_copy(trial: Callable[..., Trial]) -> None:
    slowest = SETTINGS.distribution.slowest(SIZE) + STALL
    one = trial(*(at(number) for number in range(10_000)), every=STALL * 0.9)
    with pytest.raises(TransferFailed, match=f"within {slowest:.0f}s"):
        one.run()
    assert slowest <= one.one.waited <= slowest + STALL


def test_a_stop_is_obeyed_meanwhile(trial: Callable[..., Trial]) -> None:
    one = trial(at(0))
    one.context.stop.set()
    with pytest.raises(Stopped):
        one.run()


def test_who_finds_no_place_waits_for_one(trial: Callable[..., Trial]) -> None:
    one = trial(READY, busy=3)
    one.run()
    assert one.one.record.said == [f"waiting: as many devices fetch from the relay {RELAY.url} as may at once"]
    assert len(one.orders) == 1 + 4


def test_a_file_that_has_changed_goes_to_no_relay(trial: Callable[..., Trial]) -> None:
    one = trial(READY)
    one.context.image.path.write_bytes(b"shorter")
    with pytest.raises(TransferFailed, match="has changed since `image add`"):
        one.run()
    assert one.orders == []
