"""Slow down who fails to log in: by address and by name, each wait longer than the one before. In memory only."""

from __future__ import annotations

import ipaddress
import math
import threading
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from swimctl.clock import Clock

FAILURES: Final = 5  # so many …
WINDOW: Final = 300.0  # … within so many seconds make the first wait
FIRST_WAIT: Final = 30.0
LONGEST_WAIT: Final = 900.0
LONGEST_KEY: Final = 64
MOST_KEYS: Final = 10_000  # a megabyte or two, whatever an attacker invents

Key = tuple[str, str]


def by_name(name: str) -> Key:
    """Count under a name, whether anybody has it or not: who asks must not see the difference.

    A directory takes a name in whatever case it is written: each case must not be five more guesses.
    """
    return ("name", name[:LONGEST_KEY].casefold())


def by_address(origin: str) -> Key:
    """Count under an address; an IPv6 one under its /64, of which every site has 2^64 to spend."""
    try:
        address = ipaddress.ip_address(origin)
    except ValueError:
        return ("address", origin[:LONGEST_KEY])
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is None:
            return ("address", str(ipaddress.ip_network((int(address), 64), strict=False)))
        address = address.ipv4_mapped
    return ("address", str(address))


@dataclass(slots=True)
class _Record:
    """Failures under one key. A failure within WINDOW after a wait makes the next wait, twice as long."""

    failures: deque[float] = field(default_factory=lambda: deque(maxlen=FAILURES))
    waits: int = 0
    until: float = -math.inf

    def add(self, now: float) -> None:
        if self.until + WINDOW <= now:
            self.waits = 0
        self.failures.append(now)
        if self.waits or (len(self.failures) == FAILURES and now - self.failures[0] <= WINDOW):
            # The power is held down: it must not grow past what a float can hold.
            self.until = now + min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(self.waits, 16))
            self.waits += 1

    @property
    def matters_until(self) -> float:
        return max(self.until, self.failures[-1] if self.failures else -math.inf) + WINDOW


class Throttle:
    """The failed logins of late. Thread-safe; its memory has a bound, and what matters longest stays longest."""

    def __init__(self, clock: Clock, most_keys: int = MOST_KEYS) -> None:
        self._clock = clock
        self._most_keys = most_keys
        self._records: dict[Key, _Record] = {}
        self._lock = threading.Lock()

    def wait(self, keys: Iterable[Key]) -> int:
        """Return for how many whole seconds one of these keys must wait; 0 where none must."""
        with self._lock:
            now = self._now()
            known = [self._records[key] for key in keys if key in self._records]
            return max((math.ceil(record.until - now) for record in known if record.until > now), default=0)

    def failed(self, keys: Iterable[Key]) -> int:
        """Count a failure under each key, and tell the wait that it made; 0 where it made none."""
        keys = list(keys)
        with self._lock:
            now = self._now()
            for key in keys:
                if key not in self._records:
                    self._make_room(now)
                self._records.setdefault(key, _Record()).add(now)
        return self.wait(keys)

    def succeeded(self, key: Key) -> None:
        """Forget the failures under a key."""
        with self._lock:
            self._records.pop(key, None)

    def __len__(self) -> int:
        return len(self._records)

    def _now(self) -> float:
        return self._clock.monotonic() / self._clock.speed  # who waits here is no device

    def _make_room(self, now: float) -> None:
        if len(self._records) < self._most_keys:
            return
        self._records = {key: record for key, record in self._records.items() if record.matters_until > now}
        if len(self._records) < self._most_keys:
            return
        # A tenth at once, so that under attack not every failure sorts them all. Those who had a wait go last.
        by_weight = sorted(self._records, key=lambda key: (self._records[key].until, self._records[key].matters_until))
        for key in by_weight[: max(1, self._most_keys // 10)]:
            del self._records[key]
