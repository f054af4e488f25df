"""One connection to each bastion, shared by all that goes through it, and opened anew when it has died."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Final

import paramiko

from swimctl.errors import BastionRefused, SwimctlError
from swimctl.sessions.watchdog import call_later
from swimctl.sessions.way.route import Hop
from swimctl.sessions.way.streams import ChannelStream

# Real seconds after which a connection is closed that nobody used any more.
_IDLE: Final = 60.0
# Real seconds for which a refused login at a bastion stands: hundreds of devices must not each try it.
_REFUSED_FOR: Final = 60.0

Path = tuple[Hop, ...]


@dataclass
class _Shared:
    """One connection, opened or being opened."""

    opened: Future[paramiko.Transport] = field(default_factory=Future)
    channels: list[ChannelStream] = field(default_factory=list)
    failed_at: float | None = None
    used_at: float = field(default_factory=time.monotonic)

    @property
    def gone(self) -> bool:
        """Return whether who comes now must open a new one."""
        if not self.opened.done():
            return False
        error = self.opened.exception()
        if error is None:
            return not self.opened.result().is_active()
        since = time.monotonic() - (self.failed_at or 0.0)
        return since > _REFUSED_FOR or not isinstance(error, BastionRefused)


class Bastions:
    """The connections of this process. Safe for threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._shared: dict[Path, _Shared] = {}

    def connection(self, path: Path, enter: Callable[[], paramiko.Transport]) -> paramiko.Transport:
        """Return the connection to the last of these hops; `enter` opens it where there is none.

        Who comes while it is being opened waits for it, and shares its failure. Raises what `enter` raises.
        """
        with self._lock:
            shared = self._shared.get(path)
            mine = shared is None or shared.gone
            if mine or shared is None:
                shared = self._shared[path] = _Shared()
        if mine:
            try:
                shared.opened.set_result(enter())
            except BaseException as error:  # noqa: BLE001 - raised below, for all who wait
                shared.failed_at = time.monotonic()
                shared.opened.set_exception(error)
            else:
                call_later(_IDLE, lambda: self._look_after(path, shared))
        shared.used_at = time.monotonic()
        try:
            return shared.opened.result()
        except SwimctlError as error:
            # A copy for each: an error that several threads raise would grow one trace for all of them.
            raise type(error)(*error.args) from error

    def carries(self, path: Path, channel: ChannelStream) -> None:
        """Record that a channel uses the connection, so that it stays open."""
        with self._lock:
            shared = self._shared.get(path)
            if shared is not None:
                shared.channels = [one for one in shared.channels if not one.ended] + [channel]

    def _look_after(self, path: Path, shared: _Shared) -> None:
        """Close what is of no use any more; a connection that is in use is looked at again later."""
        transport = shared.opened.result()
        with self._lock:
            busy = any(not channel.ended for channel in shared.channels)
            used = time.monotonic() - shared.used_at < _IDLE
            if transport.is_active() and (busy or used):
                call_later(_IDLE, lambda: self._look_after(path, shared))
                return
            if self._shared.get(path) is shared:
                del self._shared[path]
        transport.close()

    def close(self) -> None:
        """Close all of them."""
        with self._lock:
            every, self._shared = list(self._shared.values()), {}
        for shared in every:
            if shared.opened.done() and shared.opened.exception() is None:
                shared.opened.result().close()
