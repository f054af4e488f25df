"""Whether a device is back: what greets as SSH is, whatever stands before; an open port alone is not."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest

from swimctl.sessions.targets import Target
from swimctl.sessions.way import greets


@contextmanager
def greeting(*pieces: bytes | float) -> Iterator[Target]:
    """Listen on a port that sends these pieces, waits where one is a number, and closes."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                say(connection, pieces)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield Target("sw1", "127.0.0.1", server.getsockname()[1], "cisco_xe", "netops", "acc0unt")
        thread.join(60)


def say(connection: socket.socket, pieces: Sequence[bytes | float]) -> None:
    for piece in pieces:
        if isinstance(piece, float):
            time.sleep(piece)
            continue
        try:
            connection.sendall(piece)
        except OSError:  # who asked has gone
            return


@pytest.mark.parametrize(
    "pieces",
    [
        (b"SSH-2.0-Cisco-1.25\r\n",),
        (b"SS", 0.05, b"H-2.0-Cisco-1.25\r\n"),
        (b"Authorized access only\r\n", 0.05, b"All is logged\r\nSSH-2.0-OpenSSH_9.9\r\n"),
        (b"x" * 3000 + b"\r\nSSH-1.99-Cisco-1.25\r\n",),
    ],
)
def test_a_greeting_is_one_whatever_stands_before_it(pieces: tuple[bytes | float, ...]) -> None:
    with greeting(*pieces) as target:
        assert greets(target, 5)


@pytest.mark.parametrize(
    "pieces",
    [
        (),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n",),
        (b"the word SSH-2.0 within a line\r\n",),
        (b"Connection refused: no free vty\r\n", 1.0),
        (b"x" * 100_000,),
    ],
)
def test_an_open_port_alone_is_no_device_that_is_back(pieces: tuple[bytes | float, ...]) -> None:
    with greeting(*pieces) as target:
        assert not greets(target, 0.4)


def test_a_shut_port_is_none() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert not greets(Target("sw1", "127.0.0.1", port, "cisco_xe", "netops", "acc0unt"), 0.4)
