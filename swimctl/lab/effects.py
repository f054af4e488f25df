"""What a command does to its terminal, and what a switch does by itself.

A command is a generator that runs on the switch. It yields effects and gets an answer for `Ask`, `Fetch` and `Greet`
alone; for the others anything sent is ignored. A client that goes away does not stop it: the server goes on, and each
question is answered with "".
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Protocol, TypeAlias


@dataclass(frozen=True, slots=True)
class Print:
    r"""Write text; lines end in \n, and the prompt is no part of it."""

    text: str


@dataclass(frozen=True, slots=True)
class Pause:
    """Be busy for so many lab seconds, silently."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Ask:
    r"""Wait for an answer. `secret`: no echo.

    `one_key`: the next key answers, and Enter answers "". Clients send "y\n" there too: a line end that comes right
    after the key belongs to it. `about_file`: `file prompt quiet` spares it, and "" is then the answer.
    """

    prompt: str
    secret: bool = False
    one_key: bool = False
    about_file: bool = False


@dataclass(frozen=True, slots=True)
class Hangup:
    """Close this session; the command goes on."""


class Incoming(Protocol):
    """A file that is being written."""

    def write(self, data: bytes) -> None:
        """Append a block."""

    def close(self) -> None:
        """Write what came to flash, whole or not."""


@dataclass(frozen=True, slots=True)
class Fetch:
    """Fetch a file from a server and write it to what `receive` begins; the answer is how that ended, see fetching.py.

    `rate` is in bytes a lab second; `mark` is printed for each `every` bytes. `fails`: half-way the device stops, or
    stands still.
    """

    url: str
    receive: Callable[[], Incoming]
    rate: float
    mark: str = ""
    every: int = 1
    fails: str = ""


@dataclass(frozen=True, slots=True)
class Greet:
    """Ask the SSH server of a URL for its host key; the answer is that key's fingerprint, or servers.UNREACHABLE."""

    url: str


Effect: TypeAlias = Print | Pause | Ask | Hangup | Fetch | Greet
Dialogue: TypeAlias = Generator[Effect, str, None]


@dataclass(frozen=True, slots=True)
class Down:
    """The switch is gone: its port closes, and so does every connection."""


@dataclass(frozen=True, slots=True)
class Cut:
    """Every connection is lost; the switch goes on, and its port stays open."""


@dataclass(frozen=True, slots=True)
class Up:
    """The switch answers again on its port."""


@dataclass(frozen=True, slots=True)
class Syslog:
    """A whole syslog line, for terminals that show them."""

    text: str


SwitchEvent: TypeAlias = Cut | Down | Up | Syslog
