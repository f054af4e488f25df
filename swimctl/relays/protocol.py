"""What swimctl and a relay say to each other: orders, how they stand, and the proof that swimctl asked. Pure.

The token itself is never sent: each request is signed with it, with the time, a word that is used once, and the name
that the relay took when it started. So no request is good at another relay, nor at the same one after a restart.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
from collections import OrderedDict
from dataclasses import asdict, dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

OFFERS, DOUBTS, STATE = "/relay/v1/offers", "/relay/v1/doubts", "/relay/v1/state"
HELLO = "/relay/v1/hello"
"""Where anybody is told the name that a relay took when it started."""
_SCHEME: Final = "swimctl-relay"
_SIGNED: Final = re.compile(rf"{_SCHEME} time=(\d{{1,12}}),nonce=([\w-]{{8,64}}),mac=([0-9a-f]{{64}})", re.ASCII)
# Seconds by which the clocks of two machines may differ.
_CLOCKS: Final = 300
_MOST_WORDS: Final = 100_000
_STARTED: Final = re.compile(r"[\w-]{16,64}", re.ASCII)
_SHA512: Final = re.compile(r"[0-9a-f]{128}")
_TICKET: Final = re.compile(r"[\w-]{12,64}", re.ASCII)
_NAME: Final = re.compile(r"(?!-)[A-Za-z0-9._+-]{1,127}")
_MOST_HOURS, _MOST_URL, _MOST_DEVICE = 168, 2000, 255


class Refused(Exception):
    """Say why a relay does not do what it is asked for; `status` is that of HTTP."""

    def __init__(self, why: str, status: int = 400) -> None:
        super().__init__(why)
        self.status = status


@dataclass(frozen=True, slots=True)
class Order:
    """One image for one device, for so many hours.

    `source` is where the relay gets it, empty where it is to bring none.
    """

    ticket: str = field(repr=False)
    device: str
    filename: str
    sha512: str
    size: int
    hours: float
    source: str = field(repr=False)

    def body(self) -> bytes:
        """Return it as it is sent; the ticket stands in the path."""
        said = asdict(self)
        del said["ticket"]
        return json.dumps(said).encode()


@dataclass(frozen=True, slots=True)
class Standing:
    """How an offer stands at the relay.

    `ready`: the image is there, and has its hash; `fetched` bytes of it are; `problem`: why the others do not come.
    Of the device: it came for the file `asked` times, or `reached` the relay; it has taken the bytes up to `at`.
    """

    ready: bool = False
    fetched: int = 0
    problem: str = ""
    asked: int = 0
    at: int = 0
    whole: bool = False
    reached: bool = False
    sending: bool = False


def order_of(ticket: str, body: bytes) -> Order:
    """Read an order. Refused: it is none."""
    said = _mapping(body)
    if not _TICKET.fullmatch(ticket) or set(said) != {"device", "filename", "sha512", "size", "hours", "source"}:
        raise Refused("this is no offer that a relay of this release knows; needed: one release of swimctl on both")
    device, name, sha512, source = (str(said[key]) for key in ("device", "filename", "sha512", "source"))
    size, hours = said["size"], said["hours"]
    right = (
        len(device) <= _MOST_DEVICE
        and _NAME.fullmatch(name)
        and _SHA512.fullmatch(sha512)
        and (not source or (len(source) <= _MOST_URL and urlsplit(source).scheme in {"http", "https"}))
        and isinstance(size, int)
        and size > 0
        and isinstance(hours, int | float)
        and 0 < hours <= _MOST_HOURS
    )
    if not right:
        raise Refused("something in this offer cannot be")
    return Order(ticket, device, name, sha512, size, float(hours), source)


def standing_of(body: bytes) -> Standing:
    """Read how an offer stands. Refused: it is something else."""
    said = _mapping(body)
    kinds = {"ready": bool, "fetched": int, "problem": str, "asked": int, "at": int, "whole": bool, "reached": bool,
             "sending": bool}  # fmt: skip
    if any(not isinstance(said.get(key), kind) for key, kind in kinds.items()):
        raise Refused("this is not how an offer of a relay stands")
    return Standing(**{key: said[key] for key in kinds})


def problem_of(body: bytes) -> str:
    """Return why a relay refused, as it says itself; empty where it does not."""
    try:
        return str(_mapping(body).get("problem", ""))
    except Refused:
        return ""


def doubt_of(body: bytes) -> str:
    """Return the hash of an image that is in doubt. Refused: it is none."""
    sha512 = str(_mapping(body).get("sha512", ""))
    if not _SHA512.fullmatch(sha512):
        raise Refused("this is no hash of an image")
    return sha512


def hello_of(body: bytes) -> str:
    """Return the name that a relay took when it started. Refused: this is none."""
    name = str(_mapping(body).get("relay", ""))
    if not _STARTED.fullmatch(name):
        raise Refused("this is no name of a relay")
    return name


def _mapping(body: bytes) -> dict[str, Any]:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise Refused("this is no JSON object")
    return said


def signed(token: str, relay: str, method: str, path: str, body: bytes, now: float, nonce: str) -> str:
    """Return what shows that a request comes from one who has the token, and is for the relay of this name."""
    mac = _mac(token, relay, method, path, body, str(int(now)), nonce)
    return f"{_SCHEME} time={int(now)},nonce={nonce},mac={mac}"


def _mac(token: str, *parts: str | bytes) -> str:
    # Each part with its length: nothing can be moved from one into the next.
    told = b"".join(b"%d:%s," % (len(raw), raw) for raw in (p if isinstance(p, bytes) else p.encode() for p in parts))
    return hmac.new(token.encode(), told, hashlib.sha256).hexdigest()


class Doorkeeper:
    """Tell who has the token, each request once. `name` is that of this start of the relay."""

    def __init__(self, token: str) -> None:
        self._token = token
        self.name = secrets.token_urlsafe(16)
        self._used: OrderedDict[str, int] = OrderedDict()

    def check(self, said: str, method: str, path: str, body: bytes, now: float) -> None:
        """Raise Refused for a request that is not signed with the token, is too old, or came before."""
        found = _SIGNED.fullmatch(said)
        if found is None:
            raise Refused("this request is not signed", 401)
        time, nonce, mac = found.groups()
        if not hmac.compare_digest(mac, _mac(self._token, self.name, method, path, body, time, nonce)):
            raise Refused("it is signed with another token than the relay's, or for another relay", 401)
        apart = int(now) - int(time)
        if abs(apart) > _CLOCKS:
            raise Refused(f"the clocks of the relay and of swimctl are {abs(apart)} s apart", 401)
        while self._used and (len(self._used) >= _MOST_WORDS or next(iter(self._used.values())) < now - 2 * _CLOCKS):
            self._used.popitem(last=False)
        if nonce in self._used:
            raise Refused("this request came before", 401)
        self._used[nonce] = int(now)
