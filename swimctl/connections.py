"""Who may be connected: so many in all and from one address; who has shown no good token makes room for others.

Counted where they are accepted, so that one that never ends its TLS handshake counts too.
"""

from __future__ import annotations

import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from swimctl.descriptors import MOST_CONNECTIONS

if TYPE_CHECKING:
    from aiohttp import web

# So many are taken in before the loop looks at what those have to say that are in already: less than make one leave.
_AT_ONCE: Final = 8


@dataclass(slots=True)
class _One:
    """An open connection. `known`: it is being answered, or (`token`) its last request had a good token."""

    socket: socket.socket | None
    address: str
    known: bool = False
    token: bool = False

    @property
    def open(self) -> bool:
        return self.socket is not None and self.socket.fileno() != -1


class Connections:
    """All open connections of a server. Used by its loop alone.

    Half of the places are for those who have shown a token. Of the others, called strangers, one address has half.
    Where there is no room for a new one, the stranger that has been there longest goes: of the same address, or of the
    one that has most. So who only holds connections open keeps nobody out, and ends no connection that has shown a
    token. A new one from their own address has until as many more have come as an address may hold.
    """

    def __init__(self, most: int = MOST_CONNECTIONS) -> None:
        self.most = most
        self.strangers = max(2, most // 2)
        self.by_address = max(1, self.strangers // 2)
        self._all: dict[int, _One] = {}

    def __len__(self) -> int:
        self._forget_closed()
        return len(self._all)

    def admit(self, made: socket.socket, address: str) -> bool:
        """Accept a connection, if need be in place of another one. Return False if there is no space."""
        if len(self._all) >= self.by_address:  # below that nobody can be in the way
            self._forget_closed()
            if (leaving := self._in_the_way(address)) is not None:
                self._end(leaving)
            elif len(self._all) >= self.most:
                return False
        self._all.pop(made.fileno(), None)  # the place of one that is closed: the new one is the last in the order
        self._all[made.fileno()] = _One(made, address)
        return True

    @contextmanager
    def answering(self, request: web.Request) -> Iterator[_One]:
        """Keep a connection while it is answered, and afterwards where its `token` was set."""
        found: Any = None if request.transport is None else request.transport.get_extra_info("socket")
        one = (None if found is None else self._all.get(found.fileno())) or _One(None, "")
        one.known, one.token = True, False
        try:
            yield one
        finally:
            one.known = one.token

    def _in_the_way(self, address: str) -> int | None:
        """Choose the stranger that has to go for one from this address; None where none has to, or none is there."""
        strangers = Counter(one.address for one in self._all.values() if not one.known)
        if strangers[address] >= self.by_address:
            whose = address
        elif strangers.total() >= self.strangers or (strangers and len(self._all) >= self.most):
            whose = strangers.most_common(1)[0][0]
        else:
            return None
        # A dictionary keeps the order in which they came.
        return next(key for key, one in self._all.items() if one.address == whose and not one.known)

    def _end(self, key: int) -> None:
        """End a connection from outside: its own protocol sees that and closes it."""
        one = self._all.pop(key)
        with suppress(OSError):  # the other side was quicker
            if one.socket is not None:
                one.socket.shutdown(socket.SHUT_RDWR)

    def _forget_closed(self) -> None:
        for key in [key for key, one in self._all.items() if not one.open]:
            del self._all[key]


class Listener(socket.socket):
    """A listening socket that hands out only connections for which there is room."""

    places: Connections
    taken = 0

    def accept(self) -> tuple[socket.socket, Any]:
        """Return the next connection with its address. ConnectionAbortedError: it was closed at once.

        BlockingIOError: none is there, or it is the turn of those that are in; the loop asks again.
        """
        self.taken = (self.taken + 1) % (_AT_ONCE + 1)
        if not self.taken:
            raise BlockingIOError
        made, address = super().accept()
        if self.places.admit(made, str(address[0])):
            return made, address
        made.close()
        raise ConnectionAbortedError("there is no room for one more connection")


def listener(family: int, address: Any, places: Connections) -> Listener:  # noqa: ANN401 - as `socket` has it
    """Return a socket that listens at an address. OSError."""
    made = Listener(family, socket.SOCK_STREAM)
    made.places = places
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        made.bind(address)
        made.setblocking(False)
    except OSError:
        made.close()
        raise
    return made


def listening_at(bind: str, port: int, places: Connections) -> Listener:
    """Return a socket that listens at a name or address of this machine. OSError."""
    family, _, _, _, address = socket.getaddrinfo(bind, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    return listener(family, address, places)
