"""Prove who we are to a machine: keys and certificates, the agent's, then the password; never more than is asked."""

from __future__ import annotations

import contextlib
import re
import socket
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import paramiko
from paramiko.agent import AgentSSH

from swimctl.sessions.way.route import Hop

# A question of keyboard-interactive that the password answers; any other (a code, a new password) gets no answer.
_PASSWORD: Final = re.compile(r"pass(?:word|wd)\b", re.IGNORECASE)
_NOT_THIS_ONE: Final = re.compile(r"new|old|current|expired|change|again|re-?type|one-?time|otp|token", re.IGNORECASE)
_NO_KEY: Final = (paramiko.SSHException, OSError, ValueError, TypeError)


@dataclass(frozen=True, slots=True)
class Secrets:
    """What one machine may be told, and no other."""

    password: str | None = field(default=None, repr=False)
    passphrase: str | None = field(default=None, repr=False)
    key: Any = field(default=None, repr=False)  # a key that is not in a file: netmiko's `pkey`


class AskedMore(paramiko.SSHException):
    """Report a question that is no plain one for the password; nothing was typed."""


class Refused(paramiko.AuthenticationException):
    """Report that nothing that we have was taken; `wants` are the methods that the machine names."""

    def __init__(self, tried: Sequence[str], wants: Sequence[str]) -> None:
        self.tried = tuple(tried)
        self.wants = tuple(wants)
        super().__init__(f"tried {', '.join(tried) or 'nothing: there is no key and no password'}")


def authenticate(transport: paramiko.Transport, hop: Hop, secrets: Secrets) -> None:
    """Log in. Raises Refused, AskedMore, or what paramiko raises where the connection ends meanwhile."""
    tried: list[str] = []
    wants: Sequence[str] = ()
    for what, act in _ways(transport, hop, secrets):
        try:
            wants = act()
        except paramiko.BadAuthenticationType as error:
            wants = error.allowed_types
        except paramiko.AuthenticationException:
            tried.append(what)
            if not transport.is_active():
                raise
        else:
            if not wants or transport.is_authenticated():
                return
            tried.append(f"{what}, which was not enough")
    raise Refused(tried, wants)


def _ways(
    transport: paramiko.Transport, hop: Hop, secrets: Secrets
) -> Iterator[tuple[str, Callable[[], Sequence[str]]]]:
    for name, key in _keys(hop, secrets):
        yield name, lambda key=key: transport.auth_publickey(hop.user, key)  # type: ignore[misc] # no type of a default
    if hop.agent is not None:
        with _agent(hop.agent) as keys:
            for key in keys:
                if not hop.only_these_keys or key.asbytes() in _public(hop.keys):
                    named = f"the agent's key {key.comment or key.fingerprint}"
                    yield named, lambda key=key: transport.auth_publickey(hop.user, key)  # type: ignore[misc] # as above
    if secrets.password:
        yield "the password", lambda: _by_password(transport, hop.user, secrets.password or "")


def _keys(hop: Hop, secrets: Secrets) -> Iterator[tuple[str, paramiko.PKey]]:
    """Load the keys of files; one that cannot be, as its passphrase is not known, is the agent's to offer."""
    if secrets.key is not None:
        yield "the given key", secrets.key
    for path in hop.keys:
        for certificate in (*hop.certificates, None):
            key = _loaded(path, secrets.passphrase)
            if key is None:
                break
            if certificate is None:
                yield f"the key {path}", key
                continue
            with contextlib.suppress(*_NO_KEY):
                key.load_certificate(str(certificate))
                yield f"the certificate {certificate}", key


def _loaded(path: Path, passphrase: str | None) -> paramiko.PKey | None:
    """Load a key, with the certificate that lies beside it; None where it cannot be read as it is or so unlocked."""
    for unlock in (None, passphrase.encode()) if passphrase else (None,):
        with contextlib.suppress(*_NO_KEY):
            return paramiko.PKey.from_path(str(path), unlock)  # type: ignore[arg-type] # it takes bytes alone
    return None


def _public(keys: Sequence[Path]) -> set[bytes]:
    found = set()
    for path in keys:
        with contextlib.suppress(*_NO_KEY):
            public = path if path.suffix == ".pub" else path.with_name(f"{path.name}.pub")
            found.add(paramiko.pkey.PublicBlob.from_file(str(public)).key_blob)
    return found


class _Agent(AgentSSH):
    """An agent whose socket has another path than SSH_AUTH_SOCK says."""

    def __init__(self, path: str) -> None:
        super().__init__()
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.connect(path)
            self._connect(connection)  # type: ignore[attr-defined] # no type of what is private
        except BaseException:
            connection.close()
            raise

    def close(self) -> None:
        """End the connection to the agent."""
        self._close()  # type: ignore[attr-defined] # as above


@contextlib.contextmanager
def _agent(path: str) -> Iterator[Sequence[Any]]:
    """Yield the keys of the agent; none where no agent answers."""
    try:
        agent: Any = _Agent(path) if path else paramiko.Agent()
    except (paramiko.SSHException, OSError):
        yield ()
        return
    with contextlib.closing(agent):
        yield agent.get_keys()


def _by_password(transport: paramiko.Transport, user: str, password: str) -> Sequence[str]:
    try:
        return transport.auth_password(user, password, fallback=False)
    except paramiko.BadAuthenticationType as error:
        if "keyboard-interactive" not in error.allowed_types:
            raise

    def answer(title: str, instructions: str, fields: list[tuple[str, bool]]) -> list[str]:
        if not fields:  # some servers end with a question about nothing
            return []
        questions = " ".join(question.strip() for question, _ in fields)
        plain = len(fields) == 1 and (not questions or _PASSWORD.search(questions))
        if not plain or _NOT_THIS_ONE.search(questions):
            raise AskedMore(" ".join(f"{title} {instructions} {questions}".split()))
        return [password]

    return transport.auth_interactive(user, answer)
