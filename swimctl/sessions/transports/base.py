"""What a transport is."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from swimctl.clock import Clock
from swimctl.config.settings import Distribution
from swimctl.sessions.targets import Target

# Told the bytes that have left so far; may raise to end the copy (a stop was asked for).
Progress = Callable[[int], None]
# What a login happens within: it waits for its turn, and counts whether the account was taken.
Login = Callable[[], AbstractContextManager[object]]


class Transport(Protocol):
    """Put a file onto a device; says nothing of whether it arrived whole, which the device's own hash tells."""

    def send(
        self,
        source: Path,
        destination: str,
        target: Target,
        limits: Distribution,
        clock: Clock,
        progress: Progress,
        login: Login,
    ) -> None:
        """Copy `source` to the device's path `destination`; it logs in within `login`.

        Raises TransferFailed, Unreachable, LoginFailed, SessionLost, or what `progress` and `login` raised.
        """
