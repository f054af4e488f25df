"""A device of which only the greeting counts: whether its SSH is up."""

from __future__ import annotations

import socket
import threading


class Device:
    """What listens at an address, and greets once it is up."""

    def __init__(self) -> None:
        self.up, self.asked = threading.Event(), threading.Semaphore(0)
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection:
                self.asked.release()
                if self.up.is_set():
                    connection.sendall(b"a banner\r\nSSH-2.0-Cisco-1.25\r\n")

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(60)
