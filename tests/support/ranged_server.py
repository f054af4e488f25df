"""An HTTP server on loopback for one file, from any byte on, which cuts its answers where a test says."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from support.file_server import answering


@dataclass
class Ranged:
    """Where it is, from which byte it was asked each time, and how many bytes it gave in all."""

    url: str
    begun: list[int] = field(default_factory=list)
    given: int = 0


@contextmanager
def ranged(
    content: bytes,
    *,
    cuts: Sequence[int] = (),
    tag: str = "",
    status: int = 0,
    goes_on: threading.Event | None = None,
) -> Iterator[Ranged]:
    """Serve a file as `url`; its first answers end after so many bytes each. `status` refuses every request.

    `tag` is the file's ETag; `goes_on`: behind its first byte an answer waits for that.
    """
    served, left = Ranged(""), list(cuts)

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            said = re.fullmatch(r"bytes=(\d+)-", self.headers["Range"] or "")
            begin = int(said[1]) if said and self.headers["If-Range"] == f'"{tag}"' else 0
            served.begun.append(begin)
            self.send_response(status or (206 if begin else 200))
            self.send_header("Content-Length", str(0 if status else len(content) - begin))
            self.end_headers()
            if status:
                return
            coming = content[begin:]
            if left:
                coming = coming[: left.pop(0)]
            served.given += len(coming)
            self.wfile.write(coming[:1])
            self.wfile.flush()
            if goes_on is not None:
                goes_on.wait()
            self.wfile.write(coming[1:])

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as its class has it
            """Say nothing."""

    with answering(ThreadingHTTPServer(("127.0.0.1", 0), Answer)) as port:
        served.url = f"http://127.0.0.1:{port}/image.bin"
        yield served
