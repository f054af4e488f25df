"""What is known of a system beside what its parsers read and its driver does: one value in each platform's folder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from swimctl.models import ImageKind
from swimctl.platforms.configuration import Configured, indented
from swimctl.platforms.terminal import Terminal


@dataclass(frozen=True, slots=True)
class Platform:
    """What makes its driver, what inventories call it (Nornir, netmiko, NAPALM, scrapli, Ansible), its terminal.

    Without a driver its output and image names are read, and its devices cannot be upgraded. `installs`: the kinds
    of files that the driver can put on a device. `also`: another platform whose images its devices may take. `scp`:
    what switches on that a device takes files by SCP, where something has to. `fetches`: the command by which it
    fetches a file by HTTP, empty where its driver knows none. `schemes`: from which kinds of servers that command takes
    a file; `signs_in`: at which of them it signs in, with `username:password@` in the URL or when it is asked.
    `configured`: what is kept of its configuration; `open_end`: the command that shows it, where no last line of its
    own shows that it is whole.
    """

    driver: str | None
    aliases: frozenset[str]
    terminal: Terminal
    installs: frozenset[ImageKind] = frozenset({ImageKind.IMAGE})
    also: str | None = None
    scp: str = ""
    fetches: str = ""
    schemes: tuple[str, ...] = ()
    signs_in: tuple[str, ...] = ()
    configured: Callable[[str], Configured] = indented
    open_end: str = ""
