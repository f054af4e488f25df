"""A copy from a server that is not ours: how far it is, the device alone can tell, in a second session."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from typing import Final, Self

from swimctl.clock import Deadline
from swimctl.errors import DeviceError, DeviceUnknown
from swimctl.models import Image
from swimctl.platforms.driver import SizesFiles
from swimctl.sessions import one_look
from swimctl.steps.base import JobContext

# Device seconds between two looks at the file: each is a command, and the first is a login.
_EVERY: Final = 10.0


class Foreign:
    """The file on the device while it is fetched, as `dir` shows it in a session beside the copy's own.

    It has that session until it is left; where it is entered again, the next look logs in again.
    `at`: its size. That it is not shown yet means nothing: some systems write under another name until the end.
    """

    asked = 1
    sending = True
    """Whether it is still served, nobody tells; the device's file does."""

    def __init__(self, context: JobContext, heard: Callable[[], int]) -> None:
        self._context = context
        self._heard = heard
        self._opened = ExitStack()
        self._driver: SizesFiles | None = None
        self._blind = self._told = False
        self._next = Deadline(context.clock, _EVERY, watch=True)
        self._size: int | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._driver, self._blind = None, False
        self._opened.close()

    @property
    def image(self) -> Image:
        """Return what is fetched."""
        return self._context.image

    @property
    def at(self) -> int:
        """Return how much of the file is there, as far as it was seen."""
        return min(self._size or 0, self.image.size)

    @property
    def whole(self) -> bool:
        """Return whether all of it was seen there."""
        return self.at >= self.image.size

    def sign(self) -> tuple[int, int]:
        """Return what changes while the copy runs: the file's size; what the command prints, where no file shows."""
        if self._next.passed and not self._blind:
            self._look()
            self._next = Deadline(self._context.clock, _EVERY, watch=True)
        return self.at, 0 if self._size else self._heard()

    def _look(self) -> None:
        try:
            if self._driver is None:
                self._driver = self._opened.enter_context(self._context.beside())
            one_look.forget()
            self._size = self._driver.file_size(self.image)
        except DeviceUnknown:
            raise
        except DeviceError as error:
            # The copy's own end decides all the same, and its deadline.
            self._blind = True
            if not self._told:
                self._told = True
                self._context.record.event("source", f"how far the copy is, cannot be seen: {error}")
