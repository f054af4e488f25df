"""NETCONF as a lab device speaks it: hello, framing of both versions, operations. Pure; see netconf_port.py.

RFC 6241 and RFC 6242. What an operation is answered is the device's: see `Offered`, and `of_models` for YANG models.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape, quoteattr

_BASE = "urn:ietf:params:xml:ns:netconf:base:1.0"
VERSION_1, VERSION_1_1 = "urn:ietf:params:netconf:base:1.0", "urn:ietf:params:netconf:base:1.1"
_END = b"]]>]]>"
_CHUNK = re.compile(rb"\n#(\d{1,10})\n")
_LAST = b"\n##\n"
_MOST = 1_000_000
"""Bytes of a request."""


class Refusal(Exception):
    """An `rpc-error` in place of data; `tag` as RFC 6241 has it, `element` what was wrong of what was asked."""

    def __init__(self, tag: str, message: str, element: str = "") -> None:
        super().__init__(message)
        self.tag = tag
        self.message = message
        self.element = element


@dataclass(frozen=True, slots=True)
class Offered:
    """What a device offers somebody by NETCONF.

    `answer` writes what stands in the reply to an operation, or raises Refusal. `attributes` are what a reply has
    beside its own, each with a blank before it.
    """

    answer: Callable[[ET.Element], str]
    capabilities: tuple[str, ...]
    attributes: str = ""


# The name of a model's container, with its namespace in braces, to what writes it; "" for one without data.
Containers = Mapping[str, Callable[[], str]]


def of_models(models: Callable[[], Containers], capabilities: tuple[str, ...]) -> Offered:
    """Offer YANG models by `get`: the whole of each that is asked, as a device may send more than a filter asks for."""

    def answer(asked: ET.Element) -> str:
        if local(asked) != "get":
            raise Refusal("operation-not-supported", "this lab device answers get alone")
        found, there = asked.find(f"{{{_BASE}}}filter"), models()
        wanted = list(there) if found is None else [each.tag for each in found]
        return f"<data>{''.join(there[tag]() for tag in wanted if tag in there)}</data>"

    return Offered(answer, (VERSION_1, VERSION_1_1, *capabilities))


def local(node: ET.Element) -> str:
    """Return the name of an element without its space."""
    return node.tag.rpartition("}")[2]


class NetconfSession:
    """One session: bytes in, bytes out. `done` after a `close-session`, or after what is no NETCONF."""

    def __init__(self, number: int, offered: Offered) -> None:
        self._number = number
        self._offered = offered
        self._buffer = b""
        self._chunked = False
        self._greeted = False
        self.done = False

    def hello(self) -> bytes:
        """Return what is sent first."""
        names = "".join(f"<capability>{escape(name)}</capability>" for name in self._offered.capabilities)
        return self._framed(
            f'<?xml version="1.0" encoding="UTF-8"?>\n<hello xmlns="{_BASE}"><capabilities>{names}</capabilities>'
            f"<session-id>{self._number}</session-id></hello>"
        )

    def feed(self, data: bytes) -> bytes:
        """Read what came, and return the answer."""
        self._buffer += data
        out = b""
        while not self.done and (message := self._message()) is not None:
            out += self._answer(message)
        return out

    def _message(self) -> bytes | None:
        """Remove a whole message from the buffer and return it; None while there is none."""
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
            self._chunked = VERSION_1_1 in theirs and VERSION_1_1 in self._offered.capabilities
            self.done = root.tag != f"{{{_BASE}}}hello"
            return b""
        mark = quoteattr(root.get("message-id", ""))
        head = f'<rpc-reply xmlns="{_BASE}" message-id={mark}{self._offered.attributes}>'
        return self._framed(f"{head}{self._reply(root)}</rpc-reply>")

    def _reply(self, root: ET.Element) -> str:
        asked = next(iter(root), None)
        if root.tag != f"{{{_BASE}}}rpc" or asked is None:
            return _error("malformed-message", "this is no rpc")
        if local(asked) == "close-session":
            self.done = True
            return "<ok/>"
        try:
            return self._offered.answer(asked)
        except Refusal as refusal:
            return _error(refusal.tag, refusal.message, refusal.element)

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


def _error(tag: str, message: str, element: str = "") -> str:
    kind = "protocol" if tag in {"access-denied", "operation-failed", "operation-not-supported"} else "rpc"
    info = f"<error-info><bad-element>{escape(element)}</bad-element></error-info>" if element else ""
    return (
        f"<rpc-error><error-type>{kind}</error-type><error-tag>{tag}</error-tag><error-severity>error</error-severity>"
        f'<error-message xml:lang="en">{escape(message)}</error-message>{info}</rpc-error>'
    )
