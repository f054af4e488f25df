"""Real SSH with the subsystem `netconf`, in front of a lab device that offers it, on a port of its own."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from typing import Any, cast

import asyncssh

from swimctl.lab.chassis import Chassis, Login
from swimctl.lab.netconf import NetconfSession

DELAY = 60.0
"""Lab seconds after a reload until NETCONF is there: its processes come up later than the terminal."""
SUBSYSTEM = "netconf"
_READ = 65_536


class NetconfPort:
    """The port of one device; its connections are counted among the device's by the gate that lets them in.

    `bound` makes the socket, `ssh` gives the options of the device's SSH, `look` lets happen what is due on it.
    """

    def __init__(
        self,
        switch: Chassis,
        bound: Callable[[int], socket.socket],
        ssh: Callable[[], dict[str, Any]],
        look: Callable[[], None],
    ) -> None:
        self._switch = switch
        self._bound = bound
        self._ssh = ssh
        self._look = look
        self._acceptor: asyncssh.SSHAcceptor | None = None
        self._opening: asyncio.Task[None] | None = None
        self._sessions = 0
        # Bound for as long as the lab runs, as the port of its terminals.
        self._reservation = bound(0)
        self.number: int = self._reservation.getsockname()[1]

    def open(self) -> None:
        """Begin to listen; after a reload a while later, or never again."""
        reloaded = self._switch.booted_at > 0
        if self._acceptor is not None or (reloaded and self._switch.spec.fault("models-gone")):
            return
        wait = DELAY / self._switch.clock.speed if reloaded else 0.0
        self._opening = asyncio.ensure_future(self._listen(wait))

    async def _listen(self, wait: float) -> None:
        await asyncio.sleep(wait)
        if self._switch.reachable:
            own = {
                "sock": self._bound(self.number),
                "encoding": "utf-8",
                "errors": "replace",
                "session_factory": self._session,
            }
            self._acceptor = await asyncssh.listen(**{**self._ssh(), **own})

    def close(self) -> None:
        """Stop listening."""
        if self._opening is not None:
            self._opening.cancel()
        if self._acceptor is not None:
            self._acceptor.close()
            self._acceptor = None

    async def end(self) -> None:
        """Stop for good and give the port back."""
        self.close()
        if self._opening is not None:
            await asyncio.gather(self._opening, return_exceptions=True)
        self.close()
        self._reservation.close()

    async def _session(
        self, stdin: asyncssh.SSHReader[str], stdout: asyncssh.SSHWriter[str], _stderr: asyncssh.SSHWriter[str]
    ) -> None:
        channel = cast("asyncssh.SSHServerChannel[str]", stdout.channel)
        if channel.get_subsystem() == SUBSYSTEM:
            await self.talk(stdin, stdout)
        else:
            channel.exit(1)

    async def talk(self, stdin: asyncssh.SSHReader[str], stdout: asyncssh.SSHWriter[str]) -> None:
        """Hold one session on a channel that asked for the subsystem, and close the channel behind it."""
        channel = cast("asyncssh.SSHServerChannel[str]", stdout.channel)
        login: Login = channel.get_connection().get_extra_info("login")
        self._sessions += 1
        session = NetconfSession(self._sessions, self._switch.netconf(login))
        try:
            stdout.write(session.hello().decode())
            while not session.done and (data := await stdin.read(_READ)):
                self._look()
                stdout.write(session.feed(data.encode()).decode())
                self._look()
            await stdout.drain()
        except (OSError, asyncssh.Error):
            pass  # the client, or the device, went away
        if not channel.is_closing():
            channel.exit(0)
