"""NETCONF as a lab device speaks it: hello, framing of both versions, `get` of its models. Pure; see netconf_port.py.

RFC 6241 and RFC 6242. What is asked is picked out by the name of the model's container: the whole of it comes back,
as a device may send more than a filter asks for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape, quoteattr

_BASE = "urn:ietf:params:xml:ns:netconf:base:1.0"
_VERSIONS = ("urn:ietf:params:netconf:base:1.0", "urn:ietf:params:netconf:base:1.1")
_END = b"]]>]]>"
_CHUNK = re.compile(rb"\n#(\d{1,10})\n")
_LAST = b"\n##\n"
_MOST = 1_000_000
"""Bytes of a request."""


class Refusal(Exception):
    """An `rpc-error` in place of data; `tag` as RFC 6241 has it."""

    def __init__(self, tag: str, message: str) -> None:
        super().__init__(message)
        self.tag = tag
        self.message = message


# The name of a model's container, with its namespace in braces, to what writes it; "" for one without data.
Containers = Mapping[str, Callable[[], str]]


class NetconfSession:
    """One session: bytes in, bytes out. `done` after a `close-session`, or after what is no NETCONF."""

    def __init__(self, number: int, models: Callable[[], Containers], capabilities: tuple[str, ...] = ()) -> None:
        self._number = number
        self._models = models
        self._capabilities = (*_VERSIONS, *capabilities)
        self._buffer = b""
        self._chunked = False
        self._greeted = False
        self.done = False

    def hello(self) -> bytes:
        """Give what is sent first."""
        names = "".join(f"<capability>{escape(name)}</capability>" for name in self._capabilities)
        return self._framed(
            f'<?xml version="1.0" encoding="UTF-8"?>\n<hello xmlns="{_BASE}"><capabilities>{names}</capabilities>'
            f"<session-id>{self._number}</session-id></hello>"
        )

    def feed(self, data: bytes) -> bytes:
        """Take what came, and give what is sent for it."""
        self._buffer += data
        out = b""
        while not self.done and (message := self._message()) is not None:
            out += self._answer(message)
        return out

    def _message(self) -> bytes | None:
        """Take a whole message out of the buffer; None while there is none."""
        if len(self._buffer) > _MOST:
            self.done = True
            return None
        if not self._chunked:
            message, end, rest = self._buffer.partition(_END)
            if not end:
                return None
            self._buffer = rest
            return message
        parts, at = b"", 0
        while True:
            if self._buffer.startswith(_LAST, at):
                self._buffer = self._buffer[at + len(_LAST) :]
                return parts
            head = _CHUNK.match(self._buffer, at)
            if head is None:
                # A head that is only half there yet is short.
                self.done = len(self._buffer) - at > 14
                return None
            size = int(head[1])
            if len(self._buffer) < head.end() + size:
                return None
            parts += self._buffer[head.end() : head.end() + size]
            at = head.end() + size

    def _answer(self, message: bytes) -> bytes:
        root = _parsed(message)
        if root is None:
            self.done = True
            return b""
        if not self._greeted:
            self._greeted = True
            theirs = {(each.text or "").strip() for each in root.iter(f"{{{_BASE}}}capability")}
            self._chunked = _VERSIONS[1] in theirs
            self.done = root.tag != f"{{{_BASE}}}hello"
            return b""
        mark = quoteattr(root.get("message-id", ""))
        return self._framed(f'<rpc-reply xmlns="{_BASE}" message-id={mark}>{self._reply(root)}</rpc-reply>')

    def _reply(self, root: ET.Element) -> str:
        asked = next(iter(root), None)
        if root.tag != f"{{{_BASE}}}rpc" or asked is None:
            return _error("malformed-message", "this is no rpc")
        match asked.tag.rpartition("}")[2]:
            case "close-session":
                self.done = True
                return "<ok/>"
            case "get":
                found, models = asked.find(f"{{{_BASE}}}filter"), self._models()
                wanted = list(models) if found is None else [each.tag for each in found]
                try:
                    return f"<data>{''.join(models[tag]() for tag in wanted if tag in models)}</data>"
                except Refusal as refusal:
                    return _error(refusal.tag, refusal.message)
            case _:
                return _error("operation-not-supported", "this lab device answers get alone")

    def _framed(self, text: str) -> bytes:
        data = text.encode()
        return b"\n#%d\n%b%b" % (len(data), data, _LAST) if self._chunked else data + _END


def _parsed(message: bytes) -> ET.Element | None:
    if b"<!DOCTYPE" in message or b"<!ENTITY" in message:
        return None
    try:
        return ET.fromstring(message)  # noqa: S314 - without a DTD there are no entities to expand
    except ET.ParseError:
        return None


def _error(tag: str, message: str) -> str:
    kind = "protocol" if tag in {"access-denied", "operation-not-supported"} else "rpc"
    return (
        f"<rpc-error><error-type>{kind}</error-type><error-tag>{tag}</error-tag><error-severity>error</error-severity>"
        f'<error-message xml:lang="en">{escape(message)}</error-message></rpc-error>'
    )
