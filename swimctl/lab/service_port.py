"""A port that a lab device has beside that of its terminals: it comes up later, and goes down with the device."""

from __future__ import annotations

import asyncio
import socket
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Protocol

from swimctl.lab.chassis import Chassis

DELAY = 60.0
"""Lab seconds after a reload until such a service is there: its processes come up later than the terminal."""


class Listener(Protocol):
    """What listens."""

    def close(self) -> None:
        """Stop listening."""


class ServicePort(ABC):
    """The port of one service of one device; `bound` makes the socket."""

    def __init__(self, switch: Chassis, bound: Callable[[int], socket.socket]) -> None:
        self._switch = switch
        self._bound = bound
        self._listener: Listener | None = None
        self._opening: asyncio.Task[None] | None = None
        # Bound for as long as the lab runs, as the port of its terminals.
        self._reservation = bound(0)
        self.number: int = self._reservation.getsockname()[1]

    @abstractmethod
    async def listen(self, sock: socket.socket) -> Listener:
        """Begin to listen."""

    @property
    def stays_away(self) -> bool:
        """Return whether it is not there again after a reload."""
        return False

    @abstractmethod
    def drop(self) -> None:
        """Lose every connection that no gate counts among the device's."""

    def open(self) -> None:
        """Begin to listen; after a reload a while later, or never again."""
        reloaded = self._switch.booted_at > 0
        if self._listener is not None or (reloaded and self.stays_away):
            return
        self._opening = asyncio.ensure_future(self._open(DELAY if reloaded else 0.0))

    async def _open(self, wait: float) -> None:
        await self._switch.clock.sleep(wait)
        if self._switch.reachable:
            self._listener = await self.listen(self._bound(self.number))

    def close(self) -> None:
        """Stop listening, and lose who is connected."""
        if self._opening is not None:
            self._opening.cancel()
        if self._listener is not None:
            self._listener.close()
            self._listener = None
        self.drop()

    async def end(self) -> None:
        """Stop for good and give the port back."""
        self.close()
        if self._opening is not None:
            await asyncio.gather(self._opening, return_exceptions=True)
        self.close()
        self._reservation.close()
