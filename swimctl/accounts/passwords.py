"""Passwords and their argon2 hashes. The only importer of argon2."""

from __future__ import annotations

import secrets
import unicodedata
from functools import cached_property
from hashlib import sha256
from typing import Final

from argon2 import PasswordHasher, Type
from argon2.exceptions import Argon2Error, InvalidHashError, VerifyMismatchError
from argon2.low_level import hash_secret_raw

from swimctl.errors import StoreError, SwimctlError, UsageError

SHORTEST: Final = 12  # characters
LONGEST: Final = 1024  # bytes of UTF-8


def mark(password: str, of: str) -> str:
    """Return a mark, 1 of 256, by which one password of somebody is told from another one.

    No password can be found from it: it fits every 256th, and costs an argon2 run for each that is tried.
    """
    raw = hash_secret_raw(
        password.encode(errors="surrogateescape"),
        sha256(of.encode(errors="surrogateescape")).digest()[:16],
        time_cost=3,
        memory_cost=16_384,
        parallelism=1,
        hash_len=16,
        type=Type.ID,
    )
    return f"{raw[0]:02x}"


class Passwords:
    """Hash and verify. The hasher's defaults are those of RFC 9106 for small memory: 64 MiB for each call."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()

    def hash(self, password: str) -> str:
        """Hash a new password. UsageError: it is too short, too long, or no text."""
        if len(password) < SHORTEST:
            raise UsageError(f"the password has {len(password)} characters; give it {SHORTEST} or more")
        given = _bytes(password)
        if given is None:
            raise UsageError(f"the password is longer than {LONGEST} bytes, or not UTF-8; give a shorter one")
        return self._hash(given)

    def verify(self, known: str | None, password: str) -> bool:
        """Return whether this is the password of a hash.

        It takes as long where there is not a hash, or where the password is one that nobody can have.
        """
        nobodys = self._nobodys  # made at the first call, whoever it is for
        given = _bytes(password)
        try:
            right = self._hasher.verify(nobodys if known is None or given is None else known, given or b"")
        except VerifyMismatchError:
            return False
        except InvalidHashError as error:
            raise StoreError(
                "a password's hash in the store is damaged; `swimctl user password NAME` sets a new one"
            ) from error
        except Argon2Error as error:
            raise _no_memory(error) from error
        return right and known is not None and given is not None

    def renewed(self, known: str, password: str) -> str | None:
        """Hash a verified password anew where its hash was made with other parameters than new ones are."""
        given = _bytes(password)
        return None if given is None or not self._hasher.check_needs_rehash(known) else self._hash(given)

    def _hash(self, given: bytes) -> str:
        try:
            return self._hasher.hash(given)
        except Argon2Error as error:
            raise _no_memory(error) from error

    @cached_property
    def _nobodys(self) -> str:
        return self._hash(secrets.token_bytes(32))


def _bytes(password: str) -> bytes | None:
    """Write a password as bytes, the same from every keyboard; None where it cannot be one."""
    if len(password) > LONGEST:
        return None
    try:
        given = unicodedata.normalize("NFC", password).encode()
    except UnicodeEncodeError:
        return None
    return given if len(given) <= LONGEST else None


def _no_memory(error: Argon2Error) -> SwimctlError:
    return SwimctlError(f"a password could not be checked ({error}); it takes 64 MiB of memory: free some, try again")
