"""A plain HTTP server on loopback for one file, which may want an account, stand still, or cut an answer short."""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer


@dataclass
class Served:
    """Where it is, and which paths were asked for."""

    url: str
    asked: list[str] = field(default_factory=list)

    @property
    def folder(self) -> str:
        """Return where the file lies."""
        return self.url.rpartition("/")[0] + "/"


@contextmanager
def answering(server: TCPServer) -> Iterator[int]:
    """Let a server answer in a thread of its own, at a port of 127.0.0.1, until the end."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def serving(
    name: str,
    content: bytes,
    *,
    status: int = 200,
    sent: int | None = None,
    account: str = "",
    stalls: threading.Event | None = None,
) -> Iterator[Served]:
    """Serve a file as `url`; another `status` refuses it, `sent` bytes are all that comes of it.

    `account` is the `user:password` that is let in; with `stalls`, the connection stays open behind the bytes until
    that is set.
    """
    served = Served("")
    wanted = f"Basic {base64.b64encode(account.encode()).decode()}" if account else None

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            served.asked.append(self.path)
            right = self.path == f"/{name}"
            code = status if right else 404
            if wanted is not None and self.headers["Authorization"] != wanted:
                code = 401
            self.send_response(code)
            self.send_header("Content-Length", str(len(content) if code == 200 else 0))
            self.end_headers()
            if code == 200:
                self.wfile.write(content[:sent])
                self.wfile.flush()
                if stalls is not None:
                    stalls.wait()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as its class has it
            """Say nothing."""

    with answering(ThreadingHTTPServer(("127.0.0.1", 0), Answer)) as port:
        served.url = f"http://127.0.0.1:{port}/{name}"
        yield served
