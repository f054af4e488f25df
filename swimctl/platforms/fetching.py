"""Devices that fetch an image by a command of their own: what a driver says of it, and how the command is given."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from swimctl.errors import CommandRefused
from swimctl.models import Image
from swimctl.platforms.base import Session
from swimctl.platforms.driver import SizesFiles
from swimctl.platforms.terminal import Answer


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a device said of a copy: nothing of it proves one, which its hash alone does.

    `complaint` is its own word of why there is none, empty where it has none that is known. `dropped`: the session
    ended in it, and the copy may go on.
    """

    complaint: str = ""
    dropped: bool = False


@runtime_checkable
class Fetches(SizesFiles, Protocol):
    """A driver whose device fetches a file by HTTP."""

    def fetch(self, url: str, image: Image, vrf: str, deadline: float) -> Fetched:
        """Have the device fetch a file to the image's destination, in a VRF unless that is empty.

        Raises CommandRefused where such a device cannot be told the VRF.
        """

    def remove_file(self, image: Image) -> None:
        """Remove the image's file from the device."""


def plain_copy(url: str, destination: str, _vrf: str) -> str:
    """Return the command of a system that copies by `copy`, and names no VRF in it."""
    return f"copy {url} {destination}"


@dataclass(frozen=True, slots=True)
class Fetching:
    """How a system is told to fetch a file.

    `command` makes the line of URL, destination and VRF; `complaint` matches a line in which the device says why
    there is no copy. `no_vrf`: why the command takes no VRF, and what to do, with `{vrf}` for its name; empty where
    it takes one.
    """

    command: Callable[[str, str, str], str]
    answers: tuple[Answer, ...]
    complaint: re.Pattern[str]
    no_vrf: str = ""

    def run(self, session: Session, url: str, destination: str, vrf: str, deadline: float) -> Fetched:
        """Return what the device says of the command; CommandRefused where it takes no VRF, and one is wanted."""
        if vrf and self.no_vrf:
            raise CommandRefused(self.no_vrf.format(vrf=vrf))
        reply = session.converse(self.command(url, destination, vrf), self.answers, deadline)
        said = [line.strip() for line in reply.text.splitlines() if self.complaint.match(line)]
        return Fetched(said[-1] if said else "", reply.dropped)
