"""Real SSH with the subsystem `netconf`, in front of a lab device that offers it, on a port of its own."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any, cast

import asyncssh

from swimctl.lab.chassis import Chassis
from swimctl.lab.netconf import NetconfSession
from swimctl.lab.service_port import Listener, ServicePort
from swimctl.lab.vty import Login

SUBSYSTEM = "netconf"
_READ = 65_536


class NetconfPort(ServicePort):
    """The port of one device; its connections are counted among the device's by the gate that lets them in.

    `ssh` gives the options of the device's SSH, `look` lets happen what is due on it.
    """

    def __init__(
        self,
        switch: Chassis,
        bound: Callable[[int], socket.socket],
        ssh: Callable[[], dict[str, Any]],
        look: Callable[[], None],
    ) -> None:
        super().__init__(switch, bound)
        self._ssh = ssh
        self._look = look
        self._sessions = 0

    @property
    def stays_away(self) -> bool:
        """Return whether it is not there again after a reload."""
        return self._switch.spec.fault("models-gone") is not None

    async def listen(self, sock: socket.socket) -> Listener:
        """Begin to listen."""
        own = {"sock": sock, "encoding": "utf-8", "errors": "replace", "session_factory": self._session}
        return await asyncssh.listen(**{**self._ssh(), **own})

    def drop(self) -> None:
        """Lose none here: the gate counts all."""

    async def _session(
        self, stdin: asyncssh.SSHReader[str], stdout: asyncssh.SSHWriter[str], _stderr: asyncssh.SSHWriter[str]
    ) -> None:
        channel = cast("asyncssh.SSHServerChannel[str]", stdout.channel)
        if channel.get_subsystem() == SUBSYSTEM:
            await self.talk(stdin, stdout)
        else:
            channel.exit(1)

    async def talk(self, stdin: asyncssh.SSHReader[str], stdout: asyncssh.SSHWriter[str]) -> None:
        """Serve one session on a channel that asked for the subsystem, and close the channel behind it."""
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
