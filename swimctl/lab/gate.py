"""Who is let in to a lab device over SSH: by password or keyboard-interactive, as its spec says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import asyncssh

from swimctl.lab.channels import Channel
from swimctl.lab.chassis import Chassis


class Port(Protocol):
    """What who lets people in needs of the port that they come to."""

    switch: Chassis
    authentication: Sequence[str]
    connections: set[asyncssh.SSHServerConnection]

    def channel(self) -> Channel:
        """Make a channel of a connection."""

    def look(self) -> None:
        """Do what is due."""


class Gate(asyncssh.SSHServer):
    """Let users of one switch in, by password or keyboard-interactive."""

    def __init__(self, port: Port) -> None:
        self._port = port
        self._connection: asyncssh.SSHServerConnection | None = None

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        """Count the connection among the switch's."""
        self._connection = conn
        self._port.connections.add(conn)
        if not self._port.switch.reachable:
            conn.abort()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 the signature is asyncssh's
        """Forget the connection."""
        if self._connection is not None:
            self._port.connections.discard(self._connection)

    def begin_auth(self, username: str) -> bool:  # noqa: ARG002 the signature is asyncssh's
        """Ask everybody for a password."""
        return True

    def session_requested(self) -> Channel:
        """Open a channel."""
        return self._port.channel()

    def password_auth_supported(self) -> bool:
        """Offer passwords, where this switch does; asked before each answer that names what may be tried."""
        if self._connection is not None:
            # asyncssh takes one service request; switches take one for each try, and paramiko sends them so.
            self._connection._next_service = b"ssh-userauth"  # noqa: SLF001 no public way
        return "password" in self._port.authentication

    def validate_password(self, username: str, password: str) -> bool:
        """Ask the switch."""
        login = self._port.switch.login(username, password)
        self._port.look()
        if login is None or self._connection is None:
            return False
        self._connection.set_extra_info(login=login)
        return True

    def kbdint_auth_supported(self) -> bool:
        """Offer keyboard-interactive, where this switch does."""
        return "keyboard-interactive" in self._port.authentication

    def get_kbdint_challenge(
        self,
        username: str,  # noqa: ARG002 as above
        lang: str,  # noqa: ARG002 as above
        submethods: str,  # noqa: ARG002 as above
    ) -> tuple[str, str, str, Sequence[tuple[str, bool]]]:
        """Ask for a password, as IOS-XE does."""
        return "", "", "", [("Password: ", False)]

    def validate_kbdint_response(self, username: str, responses: Sequence[str]) -> bool:
        """Ask the switch."""
        return len(responses) == 1 and self.validate_password(username, responses[0])
