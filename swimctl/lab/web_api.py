"""What an API over HTTP is made of on a lab device: a request, a reply, and commands that run in a session of its own.

Pure; see web_port.py. What a system's API asks and says is in its own folder.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from swimctl.lab.vty import Vty

Run: TypeAlias = "Callable[[Vty, str, Sequence[str]], Awaitable[str]]"
"""Runs a line in a session, with what is answered to its questions; returns all that is printed."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request by POST."""

    path: str
    kind: str
    body: str


@dataclass(frozen=True, slots=True)
class WebReply:
    """What is sent for it."""

    body: str
    kind: str = "application/json"
    status: int = 200


@dataclass(frozen=True, slots=True)
class WebApi:
    """An API: where it is, how it lets people in, and what it says to who is not.

    `answer` makes the reply to who is let in: it makes its own session and has lines run in it.
    """

    path: str
    realm: str
    denied: WebReply
    answer: Callable[[Asked, Vty, Run], Awaitable[WebReply]] = field(repr=False)
