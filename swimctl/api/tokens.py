"""Whom tokens stand for, kept as long as nothing in the store has changed."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from swimctl.accounts.service import AccountService, Principal
from swimctl.clock import Clock

MOST: Final = 1000


@dataclass(frozen=True, slots=True)
class _Known:
    principal: Principal
    version: int
    until: datetime


class KnownTokens:
    """Tokens that were good when the store was as it is now."""

    def __init__(self, accounts: AccountService, clock: Clock) -> None:
        self._accounts, self._clock = accounts, clock
        self._known: OrderedDict[bytes, _Known] = OrderedDict()

    def known(self, text: str, version: int | None) -> Principal | None:
        """Return whom a token stands for, where that is sure without asking the store."""
        one = self._known.get(_key(text))
        if one is None or version is None or one.version != version or self._clock.now() >= one.until:
            return None
        return one.principal

    def asked(self, text: str, version: int | None) -> Principal:
        """Ask the store, and return whom a token stands for; `version` is the store's before. TokenRefused."""
        principal = self._accounts.principal(text)
        if version is not None and principal.ask_again is not None:
            self._known[_key(text)] = _Known(principal, version, principal.ask_again)
            while len(self._known) > MOST:
                self._known.popitem(last=False)
        return principal


def _key(text: str) -> bytes:
    """Return what a token is known by: its text is kept nowhere."""
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).digest()
