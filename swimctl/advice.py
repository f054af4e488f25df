"""What a person does next about an error: its message says it, or its kind does."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import SwimctlError

_NEXT: Final = re.compile(r"\bnext(?:, [^:;]*)?: *\S|`swimctl [a-z]|please report it")


def with_next(message: str, error: type[SwimctlError], name: str) -> str:
    """Return a message that says what to do next: as it is where it does, else with what such an error has for it."""
    return message if says_next(message) else f"{message}; next: {advice(error, name)}"


def advice(error: type[SwimctlError], name: str, again: str = "`swimctl retry`") -> str:
    """Return what to do about such an error of a device; `again`: how to go on after that, where no job failed."""
    return error.mend.format(name=name, again=again)


def says_next(message: str) -> bool:
    """Return whether a message names what to do: `next: …`, a command of swimctl, or where to report a defect."""
    return _NEXT.search(message) is not None
