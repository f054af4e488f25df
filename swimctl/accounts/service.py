"""Users, tokens and logins: what the command line and the REST API share of them."""

from __future__ import annotations

import hashlib
import logging
import re
import secrets
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final, Literal

from swimctl.accounts.directory import Outside, Person
from swimctl.accounts.passwords import Passwords
from swimctl.accounts.throttle import Key, Throttle, by_address, by_name
from swimctl.clock import Clock
from swimctl.errors import DirectoryAway, LoginRefused, NoRole, StoreError, TokenRefused, TooManyLogins, UsageError
from swimctl.models import AuditEntry, Caller, Role, Token, User
from swimctl.rights import BUILT_IN, Act, Grant, Rights, granted
from swimctl.store import Store
from swimctl.store.accounts import OWN
from swimctl.times.durations import read_duration

log = logging.getLogger("swimctl.accounts")

TOKEN_LIFE: Final = timedelta(days=90)
LOGIN_LIFE: Final = timedelta(hours=12)
SHORTEST_LIFE: Final = timedelta(minutes=1)
LONGEST_LIFE: Final = timedelta(days=3660)
USE_NOTED_EVERY: Final = timedelta(minutes=1)
LONGEST_LABEL: Final = 100
AT_ONCE: Final = 2  # passwords checked at the same moment, 64 MiB each
ASKING_AT_ONCE: Final = 4  # sign-ins that wait for the directory
TOLD_EVERY: Final = timedelta(minutes=1)  # that the directory is away
_LDAP: Final = "ldap"

_PREFIX: Final = "swimctl_"  # so that programs that look for leaked secrets can know one
_NAME: Final = re.compile(r"[A-Za-z0-9._@-]{1,64}")
_TOKEN: Final = re.compile(rf"{_PREFIX}[A-Za-z0-9_-]{{43}}")


@dataclass(frozen=True, slots=True)
class Principal:
    """Whom a token stands for. At `ask_again` the token expires, or its use has to be noted again."""

    user: str
    role: Role
    token_id: int
    rights: Rights
    ask_again: datetime | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token at its birth: the only moment at which its text is known."""

    text: str = field(repr=False)
    token: Token


class AccountService:
    """Hold the rules of accounts. One for a process: failed logins are counted here."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        passwords: Passwords | None = None,
        roles: Mapping[str, Grant] = MappingProxyType({}),
        outside: Outside | None = None,
    ) -> None:
        self._store = store
        self._roles = roles
        self._clock = clock
        self._passwords = passwords or Passwords()
        self._throttle = Throttle(clock)
        self._turns = threading.BoundedSemaphore(AT_ONCE)
        self._outside = outside
        self._asking = threading.BoundedSemaphore(ASKING_AT_ONCE)
        self._telling = threading.Lock()
        self._told_away: datetime | None = None

    def create_user(self, name: str, password: str, role: Role, *, by: Caller, roles: Sequence[str] = ()) -> User:
        """Add a user. UsageError: the name or the password will not do. ConflictError: the name is taken."""
        return self._store.add_user(checked_name(name), role, self._passwords.hash(password), by, roles)

    def set_roles(self, name: str, names: Sequence[str], *, by: Caller) -> User:
        """Set the roles of a user, beyond which none of their tokens goes. NotFound. UsageError."""
        return self._store.set_roles(name, *self.roles_of(names), by)

    def roles_of(self, names: Sequence[str]) -> tuple[Role, tuple[str, ...]]:
        """Return the role and the roles of config.yaml that these names are. UsageError: there is no such role."""
        for name in names:
            if name not in self._roles and name not in BUILT_IN:
                known = ", ".join((*BUILT_IN, *self._roles))
                raise UsageError(
                    f"there is no role {name!r}; known are {known}; swimctl.roles in config.yaml has yours"
                )
        if len(names) == 1 and names[0] in BUILT_IN:
            return Role(names[0]), ()
        return Role.OPERATOR, tuple(dict.fromkeys(names))

    def set_password(self, name: str, password: str, *, by: Caller) -> list[int]:
        """Set another password, revoke the tokens of earlier logins, and return their ids. NotFound."""
        return self._store.set_password_hash(name, self._passwords.hash(password), by)

    def remove_user(self, name: str, *, by: Caller) -> list[int]:
        """Remove a user; all their tokens are revoked, and their ids returned. NotFound."""
        return self._store.remove_user(name, by)

    def users(self) -> list[User]:
        """List the users in the order of their names."""
        return self._store.users()

    def create_token(
        self,
        user: str,
        *,
        by: Caller,
        role: Role | None = None,
        roles: Sequence[str] = (),
        life: timedelta | None = TOKEN_LIFE,
        label: str = "",
    ) -> NewToken:
        """Make a token; without a role it gets its user's, and with `life` None it never expires.

        NotFound: no such user. UsageError: a role beyond the user's, a life or a label that will not do.
        """
        if life is not None and not SHORTEST_LIFE <= life <= LONGEST_LIFE:
            raise UsageError(f"a token is valid for a minute to {LONGEST_LIFE.days} days, or for ever, not {life}")
        if len(label) > LONGEST_LABEL or not label.isprintable():
            raise UsageError(f"a token's label has at most {LONGEST_LABEL} characters, on one line")
        expires_at = None if life is None else self._clock.now() + life
        text = _new_text()
        token = self._store.add_token(
            user, _sha256(text), role=role, label=label, expires_at=expires_at, by=by, roles=roles
        )
        return NewToken(text, token)

    def tokens(self, user: str | None = None, *, ended: bool = False) -> list[Token]:
        """List the tokens that may be used, of all or of one user; with `ended` also those that ended lately."""
        if user is not None:
            self._store.user(user)
        return [token for token in self._store.tokens(user) if ended or self.end_of(token) is None]

    def revoke_token(self, token_id: int, *, by: Caller) -> Token:
        """End a token for good. NotFound. ConflictError: it is revoked already."""
        return self._store.revoke_token(token_id, by)

    def end_of(self, token: Token) -> Literal["revoked", "expired"] | None:
        """Return why a token may not be used any more: `revoked` or `expired`; None where it may."""
        if token.revoked_at is not None:
            return "revoked"
        return "expired" if token.expires_at is not None and token.expires_at <= self._clock.now() else None

    def ended(self, token_ids: Sequence[int]) -> frozenset[int]:
        """Return which of these tokens let nobody look any more: revoked, expired, gone, or without a role for it."""
        if not token_ids:
            return frozenset()
        tokens = [token for token in self._store.tokens_with(token_ids) if self.end_of(token) is None]
        alive = {token.id for token in tokens if self.rights_of(token).somewhere(Act.LOOK)}
        return frozenset(token_ids) - alive

    def login(self, name: str, password: str, origin: str, life: timedelta = LOGIN_LIFE) -> NewToken:
        """Make a token for one who knows a password; `origin` is their address.

        TooManyLogins: too many failed, from there or for this name; nothing was looked at. LoginRefused: the name
        or the password is wrong; which one, neither the message nor the time tells. A directory is asked for all who
        are no users of swimctl's own. DirectoryAway: it does not answer. NoRole: it knows them, and they may nothing.
        """
        text = _new_text()
        if self._outside is not None and self._is_outside(name):
            return self._login_outside(self._outside, name, password, origin, text)
        while True:
            user, known, renewed = self._verified(name, password, origin)
            expires_at = self._clock.now() + life
            by = Caller(user.name, origin)
            token = self._store.add_login(user, known, _sha256(text), expires_at=expires_at, new_hash=renewed, by=by)
            if token is not None:
                return NewToken(text, token)
            # The hash is another at this very moment: a new password, or the same one renewed by a login beside.

    def principal(self, text: str) -> Principal:
        """Return whom a token stands for. TokenRefused: it is malformed, unknown, expired or revoked."""
        if not _TOKEN.fullmatch(text):
            raise TokenRefused("malformed")
        # Looked up by its hash: how long that takes says nothing of the tokens that there are.
        token = self._store.token_with(_sha256(text))
        if token is None:
            raise TokenRefused("unknown")
        end = self.end_of(token)
        if end is not None:
            raise TokenRefused(end)
        noted = now = self._clock.now()
        a_while_ago = now - USE_NOTED_EVERY
        if token.last_used_at is not None and token.last_used_at > a_while_ago:
            noted = token.last_used_at
        else:
            with suppress(StoreError):  # a full disk must not keep anybody from reading how their jobs are
                self._store.use_token(token.id, a_while_ago)
        ask_again = noted + USE_NOTED_EVERY
        if token.expires_at is not None:
            ask_again = min(ask_again, token.expires_at)
        return Principal(token.user, token.role, token.id, self.rights_of(token), ask_again)

    def rights_of(self, token: Token) -> Rights:
        """Return what a token may: what both it and its user may now."""
        parts = (token.user_roles, token.roles or (token.role.value,))
        return Rights(tuple(granted(names, self._roles) for names in dict.fromkeys(parts)))

    def rights_now(self, token_id: int) -> Rights | None:
        """Return what a token may at this moment; None: it may not be used any more."""
        found = self._store.tokens_with([token_id])
        return self.rights_of(found[0]) if found and self.end_of(found[0]) is None else None

    def audit(self, action: str, by: Caller, subject: str = "", data: Mapping[str, Any] | None = None) -> AuditEntry:
        """Record what somebody did with something else than accounts, which record it themselves. Give no secret."""
        return self._store.enter_audit(by, action, subject, data)

    def _is_outside(self, name: str) -> bool:
        """Return whether the directory is asked for a name. One of swimctl's own users is never asked for there.

        Nor is that name in another case: to whom it belonged, nobody could say.
        """
        return bool(_NAME.fullmatch(name)) and not self._store.is_own(name)

    def _login_outside(self, outside: Outside, name: str, password: str, origin: str, text: str) -> NewToken:
        """Make a token for one whose password the directory knows."""
        keys = (by_name(name), by_address(origin))
        self._refuse_if_slowed(keys)
        try:
            person = self._asked(outside, name, password)
        except DirectoryAway as error:
            self._log_away(error)
            raise
        by = Caller(name if person is None else person.name, origin)
        if person is None or not _NAME.fullmatch(person.name):
            known = self._store.user_and_hash(name.lower())
            raise self._failed(keys, name.lower() if known is not None else "", origin, _LDAP)
        self._throttle.succeeded(keys[0])
        roles, expires_at = outside.roles_of(person), self._clock.now() + outside.session
        token = self._store.add_outside_login(
            person.name, roles, _sha256(text), expires_at=expires_at, source=_LDAP, by=by
        )
        if token is not None:
            return NewToken(text, token)
        if roles:
            raise _refused()
        raise NoRole(
            f"{person.name} is known, and none of their groups has a role here; next: have them added to a group that "
            "swimctl.ldap.roles names"
        )

    def _asked(self, outside: Outside, name: str, password: str) -> Person | None:
        if not self._asking.acquire(blocking=False):  # its answers are slow: own users must not wait behind them
            raise DirectoryAway("of config.yaml", f"{ASKING_AT_ONCE} sign-ins wait for it already")
        try:
            return outside.directory.sign_in(name, password)
        finally:
            self._asking.release()

    def _log_away(self, error: DirectoryAway) -> None:
        """Log that the directory is away, once a minute: who tries on must not fill the disk."""
        now = self._clock.now()
        with self._telling:
            if self._told_away is not None and timedelta(0) <= now - self._told_away < TOLD_EVERY:
                return
            self._told_away = now
        log.error("%s", error)

    def _verified(self, name: str, password: str, origin: str) -> tuple[User, str, str | None]:
        """Return the user, their password's hash, and a new hash where that one was made with old parameters."""
        keys = (by_name(name), by_address(origin))
        self._refuse_if_slowed(keys)
        with self._turns:
            self._refuse_if_slowed(keys)  # those who stood in line while others failed
            found = self._store.user_and_hash(name) if _NAME.fullmatch(name) else None
            if found is not None and found[0].source != OWN:
                found = None  # their directory is named in config.yaml no more
            right = self._passwords.verify(None if found is None else found[1], password)
            if right and found is not None:
                self._throttle.succeeded(keys[0])
                return *found, self._passwords.renewed(found[1], password)
            raise self._failed(keys, "" if found is None else found[0].name, origin, OWN)

    def _failed(self, keys: tuple[Key, Key], known_as: str, origin: str, source: str) -> LoginRefused:
        """Count and record a failed login, and return its refusal.

        A name that nobody has stays out of the audit: people type passwords into the wrong field. While a wait lasts
        nothing is written, so that who does not wait cannot fill the disk.
        """
        wait = self._throttle.failed(keys)
        data = {"wait_seconds": wait} | ({} if source == OWN else {"source": source})
        self._store.enter_audit(Caller(known_as, origin), "login-failed", known_as or "unknown name", data)
        return _refused()

    def _refuse_if_slowed(self, keys: tuple[Key, Key]) -> None:
        wait = self._throttle.wait(keys)
        if wait:
            raise TooManyLogins(wait)


def checked_name(name: str) -> str:
    """Return the name back where a user may have it. UsageError."""
    if not _NAME.fullmatch(name):
        raise UsageError(f"{name!r} cannot be a user's name: use 1 to 64 of a-z, A-Z, digits and . _ @ -")
    return name


def life_from(text: str) -> timedelta | None:
    """Read how long a token lives: `30m`, `12h`, `90d`, `2w`, or `never`, which is None. UsageError."""
    if text == "never":
        return None
    try:
        return read_duration(text)
    except UsageError as error:
        raise UsageError(f"how long a token is valid: {error}; such as 12h, 90d or never") from None


def _refused() -> LoginRefused:
    return LoginRefused("the user name or the password is wrong; check both")


def _new_text() -> str:
    return _PREFIX + secrets.token_urlsafe(32)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
