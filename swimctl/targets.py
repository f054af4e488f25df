"""Where a device is, whether it answers there, and a TCP connection to it."""

from __future__ import annotations

import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import inf
from typing import Any

from swimctl.clock import Deadline
from swimctl.descriptors import starved
from swimctl.errors import Unreachable

# Bytes that may stand before the greeting of an SSH server.
_MOST_BEFORE_SSH = 16_000


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
    """Tell whether the device's SSH port greets within so many real seconds.

    A port that is open while sshd is not ready greets with nothing, or closes at once. Lines before `SSH-` are legal
    (RFC 4253, 4.2). OutOfDescriptors: it could not be asked.
    """
    end = time.monotonic() + seconds
    try:
        with socket.create_connection((target.address, target.port), timeout=seconds) as connection:
            said = b""
            while len(said) < _MOST_BEFORE_SSH and (left := end - time.monotonic()) > 0:
                connection.settimeout(left)
                news = connection.recv(1024)
                said += news
                if said.startswith(b"SSH-") or b"\nSSH-" in said:
                    return True
                if not news:
                    return False
    except OSError as error:
        if none_left := starved(error):
            raise none_left from error
        return False
    return False


def open_socket(target: Target, deadline: Deadline, *, most: float = inf) -> socket.socket:
    """Connect with TCP_NODELAY: Nagle against a device's delayed ACK costs a factor of 15 to 150 in a copy.

    `most`: real seconds that it may take at most. Unreachable; OutOfDescriptors: the device could not be asked.
    """
    seconds = min(most, max(1.0, deadline.left_real))
    try:
        connection = socket.create_connection((target.address, target.port), timeout=seconds)
    except OSError as error:
        if none_left := starved(error):
            raise none_left from error
        where = f"{target.name} ({target.address}:{target.port})"
        raise Unreachable(
            f"{where} does not answer: {error.strerror or error}; check power, cabling and address, then `ssh` to it"
        ) from error
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection
