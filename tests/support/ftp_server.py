"""A plain FTP server on loopback for one file, which may want an account or cut the file short."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import StreamRequestHandler, ThreadingTCPServer

from support.file_server import Served, answering


@contextmanager
def serving_ftp(name: str, content: bytes, *, account: str = "", sent: int | None = None) -> Iterator[Served]:
    """Serve a file as `url`; `sent` bytes are all that comes of it, `account` is the `user:password` that is let in."""
    served = Served("")

    class Answer(StreamRequestHandler):
        def handle(self) -> None:
            self.user, self.signed_in = "", not account
            self.say("220 ready")
            with socket.create_server(("127.0.0.1", 0)) as passive:
                while line := self.rfile.readline().decode().strip():
                    verb, _, rest = line.partition(" ")
                    self.answer(verb, rest, passive)

        def answer(self, verb: str, rest: str, passive: socket.socket) -> None:
            right = self.signed_in and rest == name
            if verb == "USER":
                self.user = rest
                self.say("331 password")
            elif verb == "PASS":
                self.signed_in = self.signed_in or f"{self.user}:{rest}" == account
                self.say("230 welcome" if self.signed_in else "530 Login incorrect.")
            elif verb == "EPSV":
                self.say(f"229 Entering Extended Passive Mode (|||{passive.getsockname()[1]}|)")
            elif verb == "SIZE":
                self.say(f"213 {len(content)}" if right else "550 No such file.")
            elif verb == "RETR" and right:
                served.asked.append(f"/{rest}")
                self.say("150 here it comes")
                with passive.accept()[0] as way:
                    way.sendall(content[:sent])
                self.say("226 done")
            else:
                self.say("200 well" if verb == "TYPE" else "550 No such file.")

        def say(self, line: str) -> None:
            self.wfile.write(f"{line}\r\n".encode())

    class Server(ThreadingTCPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            """Say nothing: a device that goes away in the middle is what some tests are for."""

    with answering(Server(("127.0.0.1", 0), Answer)) as port:
        served.url = f"ftp://127.0.0.1:{port}/{name}"
        yield served
