"""swimctl's side of a relay: what it orders there for a device, and how that stands."""

from __future__ import annotations

import http.client
import json
import secrets
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlsplit

from swimctl.errors import TransferFailed
from swimctl.images.offers import REACH, Offered
from swimctl.inventory.relays import Relay
from swimctl.relays import protocol
from swimctl.relays.protocol import Order, Refused, Standing

# Real seconds that a relay may take for an answer, and between two looks at how an offer stands.
_ANSWERS: Final = 5.0
_EVERY: Final = 1.0
_MOST_ANSWER: Final = 65_536


class Busy(TransferFailed):
    """Report a relay at which as many devices fetch as may."""


class _Gone(TransferFailed):
    """Report a relay that knows no such order: it was restarted, or was not asked about it for long."""


class RelayCopy:
    """An image that a relay has for one device: how much of it the relay has, and the device has taken.

    `silent`: why the relay does not answer any more, empty as long as it does; what stood last is kept then.
    """

    def __init__(self, talk: _Talk, image: Offered, order: Order, standing: Standing) -> None:
        self._talk = talk
        self._order = order
        self._path = f"{protocol.OFFERS}/{order.ticket}"
        self._looked = time.monotonic()
        self._standing = standing
        self.image = image
        self.silent = ""
        self.url = f"{talk.relay.for_devices}/{order.ticket}/{quote(order.filename)}"
        self.reach_url = f"{talk.relay.for_devices}/{order.ticket}/{REACH}"

    def look(self, *, now: bool = False) -> Standing:
        """Return how it stands; the relay is asked once a second, or `now`. One that forgot the order gets it again."""
        if now or time.monotonic() >= self._looked + _EVERY:
            try:
                try:
                    self._standing = self._talk.ask("GET", self._path)
                except _Gone:
                    self._standing = self._talk.ask("PUT", self._path, self._order.body())
                self.silent = ""
            except TransferFailed as error:
                self.silent = str(error)
            self._looked = time.monotonic()
        return self._standing

    @property
    def place(self) -> str:
        """Return where the device finds the relay."""
        return self._talk.relay.for_devices

    @property
    def reached(self) -> bool:
        """Return whether the device came for anything; the relay is asked now."""
        return self.look(now=True).reached

    @property
    def at(self) -> int:
        """Return up to which byte the device has taken it."""
        return self.look().at

    @property
    def whole(self) -> bool:
        """Return whether that is the last one."""
        return self.look().whole

    @property
    def asked(self) -> int:
        """Return how often the device came for it."""
        return self.look().asked

    @property
    def sending(self) -> bool:
        """Return whether the relay still serves it, as far as is known."""
        return self.look().sending or bool(self.silent)


@contextmanager
def ordered(relay: Relay, image: Offered, device: str, ticket: str, hours: float, source: str) -> Iterator[RelayCopy]:
    """Order an image for a device while the context lasts. TransferFailed: the relay does not take the order; Busy.

    `source` is where the relay gets the image; without one it brings none, and only shows whether the device comes.
    """
    order = Order(ticket, device, image.filename, image.sha512, image.size, hours, source)
    talk = _Talk(relay)
    path = f"{protocol.OFFERS}/{ticket}"
    try:
        copy = RelayCopy(talk, image, order, talk.ask("PUT", path, order.body()))
        try:
            yield copy
        finally:
            with suppress(TransferFailed):  # it forgets the order by itself
                talk.send("DELETE", path)
    finally:
        talk.close()


def doubt(relay: Relay, sha512: str) -> None:
    """Have a relay read an image once more, as a device says that it is wrong."""
    talk = _Talk(relay)
    with suppress(TransferFailed):  # then nobody gets anything there
        talk.send("POST", protocol.DOUBTS, json.dumps({"sha512": sha512}).encode())
    talk.close()


class _Talk:
    """A connection to a relay, on which each request is signed."""

    def __init__(self, relay: Relay) -> None:
        self.relay = relay
        self._connection: http.client.HTTPConnection | None = None
        self._name = ""  # of the relay at the other end of this connection: one that was restarted has another

    def ask(self, method: str, path: str, body: bytes = b"") -> Standing:
        """Return how an offer stands after a request. TransferFailed."""
        try:
            return protocol.standing_of(self.send(method, path, body))
        except Refused as odd:
            raise TransferFailed(f"the relay {self.relay.url}: {odd}") from None

    def send(self, method: str, path: str, body: bytes = b"") -> bytes:
        """Return the answer to a request. TransferFailed: there is none, or it is refused; Busy."""
        try:
            status, said = self._exchange(method, path, body)
        except (OSError, http.client.HTTPException) as error:
            self.close()
            why = getattr(error, "strerror", None) or str(error) or type(error).__name__
            raise TransferFailed(f"the relay {self.relay.url} does not answer: {why}") from None
        if status == http.client.OK:
            return said
        why = protocol.problem_of(said) or f"it answers {status}"
        if status == http.client.TOO_MANY_REQUESTS:
            raise Busy(f"the relay {self.relay.url}: {why}")
        kind = _Gone if status == http.client.NOT_FOUND else TransferFailed
        raise kind(f"the relay {self.relay.url} refuses: {why}")

    def close(self) -> None:
        """End the connection; the next request opens another one."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _exchange(self, method: str, path: str, body: bytes) -> tuple[int, bytes]:
        fresh = self._connection is None
        try:
            return self._once(method, path, body)
        except (ConnectionError, http.client.RemoteDisconnected):
            if fresh:
                raise
        self.close()  # it was ended while nothing was said
        return self._once(method, path, body)

    def _once(self, method: str, path: str, body: bytes) -> tuple[int, bytes]:
        if self._connection is None:
            self._connection = self._opened()
            self._name = self._met(self._connection)
        nonce = secrets.token_urlsafe(12)
        proof = protocol.signed(self.relay.token, self._name, method, path, body, time.time(), nonce)
        return _said(self._connection, method, path, body, proof)

    def _met(self, connection: http.client.HTTPConnection) -> str:
        """Return the name of the relay at the other end."""
        status, said = _said(connection, "GET", protocol.HELLO)
        try:
            return protocol.hello_of(said)
        except Refused as odd:
            raise http.client.HTTPException(
                f"to {protocol.HELLO} it answers {status}, and {odd}; is it a relay, of the release of this swimctl?"
            ) from None

    def _opened(self) -> http.client.HTTPConnection:
        parts = urlsplit(self.relay.url)
        if parts.scheme == "http":
            return http.client.HTTPConnection(parts.netloc, timeout=_ANSWERS)
        return http.client.HTTPSConnection(parts.netloc, timeout=_ANSWERS, context=trusting(self.relay.trust))


def _said(
    connection: http.client.HTTPConnection, method: str, path: str, body: bytes = b"", proof: str = ""
) -> tuple[int, bytes]:
    connection.request(method, path, body, {"Authorization": proof} if proof else {})
    response = connection.getresponse()
    said = response.read(_MOST_ANSWER + 1)
    if len(said) > _MOST_ANSWER:
        raise http.client.HTTPException(f"it sends more than {_MOST_ANSWER} bytes; is it a relay?")
    return response.status, said


def trusting(authority: Path | None) -> ssl.SSLContext:
    """Return what checks the certificate of another machine: by one authority, or by those of this system. OSError."""
    return ssl.create_default_context(cafile=None if authority is None else str(authority))
