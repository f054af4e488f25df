"""The sender's side of SCP, on one channel: pure steps between the messages of a connection."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

import paramiko

# Bytes read from the file at a time, in whole packets.
_BLOCK: Final = 256 * 1024
# What paramiko leaves free in a packet that a device has room for.
_LEFT_FREE: Final = 64
_MOST_SAID: Final = 512


class Refused(Exception):
    """Report what the device said instead of going on; empty where it closed without a word."""


class Sender:
    """Send a file over a channel, without ever waiting for the device.

    `go_on` does what can be done until the device has to say something, and is called after each of its messages, by
    the thread that reads them: to wake another one for each window of 64 KB costs more than to encrypt it.
    """

    def __init__(self, channel: paramiko.Channel, may_send: threading.Event, file: BinaryIO, size: int) -> None:
        self.over = threading.Event()
        self.error: BaseException | None = None
        self.confirmed = False
        self.moved = 0
        self._size = size
        rights = os.fstat(file.fileno()).st_mode & 0o7777
        self._header = f"C{rights:04o} {size} {Path(file.name).name}\n".encode()
        self._channel = channel
        self._may_send = may_send
        channel.settimeout(0.0)
        # A device says how many bytes of data it takes at once (RFC 4254, 5.1). Without the 64 a window of 64 KB is
        # two packets, as OpenSSH has it; with them it is two and a rest, at 0.87 of the rate over 2 ms.
        channel.out_max_packet_size += _LEFT_FREE
        self._packet = channel.out_max_packet_size - _LEFT_FREE
        self._said = b""
        self._steps = self._sending(file)

    @property
    def sent(self) -> int:
        """Return how many bytes of the file have left."""
        return min(max(0, self.moved - len(self._header)), self._size)

    def go_on(self) -> None:
        """Do what can be done now; `over` is set at the end, with `error` where it is a bad one."""
        if self.over.is_set() or not self._may_send.is_set():  # while keys are exchanged nothing may be sent
            return
        try:
            next(self._steps)
        except StopIteration:
            self.over.set()
        except Exception as error:  # noqa: BLE001 - raised by who looks after the copy
            self.error = error
            self.over.set()

    def _sending(self, file: BinaryIO) -> Iterator[None]:
        """Each `yield` waits for the next message of the device."""
        yield from self._answer()
        yield from self._send(self._header)
        yield from self._answer()
        yield from self._content(file)
        yield from self._send(b"\0")
        yield from self._answer()
        self.confirmed = True
        self._channel.shutdown_write()
        while not self._channel.exit_status_ready():
            yield

    def _content(self, file: BinaryIO) -> Iterator[None]:
        block = self._packet * max(1, _BLOCK // self._packet)
        left = self._size
        while left:
            data = file.read(min(block, left))
            if not data:
                raise OSError(f"{file.name} has become shorter")
            left -= len(data)
            yield from self._send(data)

    def _send(self, data: bytes) -> Iterator[None]:
        at = 0
        while at < len(data):
            while self._said or self._channel.recv_ready() or self._channel.closed:
                yield from self._answer()  # it says why it takes no more
            try:
                count = self._channel.send(data[at : at + self._packet])
            except TimeoutError:  # the window is full
                yield
                continue
            at += count
            self.moved += count

    def _answer(self) -> Iterator[None]:
        """Wait until the device says that it goes on. Raises Refused."""
        channel = self._channel
        while not self._said.startswith(b"\0") and not self._said.endswith(b"\n"):
            if channel.recv_ready():
                self._said += channel.recv(_MOST_SAID)
            elif channel.closed or channel.eof_received:
                break
            else:
                yield
        if not self._said.startswith(b"\0"):
            complaint = (
                channel.recv_stderr(_MOST_SAID) if not self._said and channel.recv_stderr_ready() else self._said
            )
            raise Refused(complaint.lstrip(b"\1\2").decode("utf-8", "replace").strip())
        self._said = self._said[1:]
