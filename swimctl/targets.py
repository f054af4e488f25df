"""Where a device is, whether it answers there, and a TCP connection to it."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import inf
from typing import Any

from swimctl.clock import Deadline
from swimctl.errors import Unreachable


@dataclass(frozen=True, slots=True)
class Target:
    """Where a device is and how to enter it. `extras` go to netmiko (keys, ssh_config_file, …)."""

    name: str
    address: str
    port: int
    platform: str
    username: str
    password: str = field(repr=False)
    enable_secret: str | None = field(default=None, repr=False)
    extras: Mapping[str, Any] = field(default_factory=dict, repr=False)
    netconf_port: int = 830


def is_listening(target: Target, seconds: float) -> bool:
    """Tell whether the device's SSH port accepts a connection within so many real seconds."""
    try:
        with socket.create_connection((target.address, target.port), timeout=seconds) as connection:
            # A port that is open while sshd is not ready greets with nothing, or closes at once.
            connection.settimeout(seconds)
            return connection.recv(4).startswith(b"SSH")
    except OSError:
        return False


def open_socket(target: Target, deadline: Deadline, *, most: float = inf) -> socket.socket:
    """Connect with TCP_NODELAY: Nagle against a device's delayed ACK costs a factor of 15 to 150 in a copy.

    `most`: real seconds that it may take at most.
    """
    seconds = min(most, max(1.0, deadline.left_real))
    try:
        connection = socket.create_connection((target.address, target.port), timeout=seconds)
    except OSError as error:
        where = f"{target.name} ({target.address}:{target.port})"
        raise Unreachable(
            f"{where} does not answer: {error.strerror or error}; check power, cabling and address, then `ssh` to it"
        ) from error
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection
