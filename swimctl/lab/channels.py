"""What a client may ask of one SSH channel of a lab device: a terminal, a command, SCP, and subsystems."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias, cast

import asyncssh
from asyncssh.stream import SSHServerStreamSession

Terminal: TypeAlias = Callable[
    [asyncssh.SSHReader[str], asyncssh.SSHWriter[str], asyncssh.SSHWriter[str]], Awaitable[None]
]
Files: TypeAlias = Callable[["asyncssh.SSHServerChannel[bytes]"], asyncssh.SFTPServer]
_SFTP_VERSION = 3


class Channel(SSHServerStreamSession[str]):
    """One channel. asyncssh offers SCP and SFTP together or neither; a Catalyst has SCP alone."""

    def __init__(self, terminal: Terminal, files: Files, subsystems: frozenset[str]) -> None:
        # asyncssh names the channels of both sides by one type; a server's session has a server's.
        super().__init__(terminal, cast("Any", files), _SFTP_VERSION, allow_scp=True)
        self._subsystems = subsystems

    def subsystem_requested(self, subsystem: str) -> bool:
        """Refuse every subsystem but those that are served."""
        return subsystem in self._subsystems
