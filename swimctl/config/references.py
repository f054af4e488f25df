"""Secrets that stand somewhere else: `{env: NAME}`, `{file: PATH}`, `{keyring: SERVICE}` and `{command: [...]}`.

Each is read once a process. No message repeats what was read, nor what a command printed.
"""

from __future__ import annotations

import os
import shlex
import stat
import subprocess
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from swimctl.errors import ConfigError

KINDS: Final = ("env", "file", "keyring", "command")
# Real seconds that a command may take: one that asks on a terminal would wait for ever.
_COMMAND_SECONDS: Final = 30.0
_MOST_BYTES: Final = 65_536

_read: dict[tuple[str, ...], str] = {}
_lock = threading.Lock()


def is_reference(value: object) -> bool:
    """Return whether a value says where a secret stands, and is none itself."""
    return isinstance(value, Mapping) and len(value) == 1 and next(iter(value)) in KINDS


def resolve(value: object, what: object, folder: Path, *, account: str = "") -> str | None:
    """Return a text as it is, and what stands where a reference says; None for None.

    The text of `what` names the setting in messages, paths are from `folder`, and `account` is the user that a keyring
    is asked for. Raises ConfigError, which never has the secret.
    """
    if value is None or isinstance(value, str):
        return value
    if not is_reference(value):
        raise ConfigError(f"{what} must be text, or one of {{env: NAME}}, {{file: PATH}}, {{keyring: SERVICE}}, "
                          "{command: [PROGRAM, …]}")  # fmt: skip
    assert isinstance(value, Mapping)  # noqa: S101 - is_reference says so
    kind, said = next(iter(value.items()))
    words = _words(kind, said, what)
    key = (kind, *words, *((account,) if kind == "keyring" else ()), str(folder))
    with _lock:  # many threads ask for one secret: its command runs once
        if key not in _read:
            found = _look(kind, words, what, folder, account)
            if not found:
                raise ConfigError(f"{what}: {kind} {words[0]}: the value is empty")
            _read[key] = found
        return _read[key]


def _words(kind: str, said: object, what: object) -> tuple[str, ...]:
    words = shlex.split(said) if kind == "command" and isinstance(said, str) else said
    if kind == "command" and isinstance(words, list) and words and all(isinstance(word, str) for word in words):
        return tuple(words)
    if kind != "command" and isinstance(said, str) and said:
        return (said,)
    needed = "a list of words, the program first" if kind == "command" else "text"
    raise ConfigError(f"{what}: {kind} must be {needed}")


def _look(kind: str, words: tuple[str, ...], what: object, folder: Path, account: str) -> str:
    if kind == "env":
        if words[0] not in os.environ:
            raise ConfigError(f"{what}: the environment has no {words[0]}; `export` it")
        return os.environ[words[0]]
    if kind == "file":
        return _of_file(folder / Path(words[0]).expanduser(), what)
    return _of_keyring(words[0], what, account) if kind == "keyring" else _of_command(words, what, folder)


def _of_file(path: Path, what: object) -> str:
    check_private(path, what)
    try:
        with path.open("rb") as file:
            return file.read(_MOST_BYTES).decode().rstrip("\r\n")
    except OSError as problem:
        raise ConfigError(f"{what}: {path} cannot be read: {problem.strerror}") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{what}: {path} is not UTF-8 text") from None


def check_private(path: Path, what: object) -> None:
    """Refuse a file of secrets that is not there, belongs to somebody else or that others can read. ConfigError.

    A pipe, as a shell's `<(…)` makes, has no mode that would say anything.
    """
    try:
        facts = path.stat()
    except OSError as problem:
        raise ConfigError(f"{what}: {path} cannot be read: {problem.strerror}; create it with mode 0600") from None
    if not stat.S_ISREG(facts.st_mode):
        return
    # Root's files are for root's readers to give: Docker and Kubernetes mount secrets so.
    if facts.st_uid not in (os.geteuid(), 0):
        raise ConfigError(f"{what}: {path} belongs to another user; it must be your own: `chown`")
    if stat.S_IMODE(facts.st_mode) & 0o077:
        mode = facts.st_mode & 0o777
        raise ConfigError(f"{what}: {path} can be read by others (mode {mode:04o}): `chmod 600 {path}`")


def _of_keyring(service: str, what: object, account: str) -> str:
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        raise ConfigError(f"{what}: keyring is not installed; `pip install 'swimctl[keyring]'`") from None
    try:
        found = keyring.get_password(service, account) if account else None
        entry = None if found else keyring.get_credential(service, account or None)
    except KeyringError as problem:
        raise ConfigError(f"{what}: the keyring cannot be asked: {type(problem).__name__}") from None
    found = found or (str(entry.password) if entry is not None else None)
    if not found:
        whose = f" for the user {account!r}" if account else ""
        raise ConfigError(f"{what}: the keyring has nothing for {service!r}{whose}; `keyring set {service} USER`")
    return str(found)


def _of_command(words: tuple[str, ...], what: object, folder: Path) -> str:
    try:
        done = subprocess.run(  # noqa: S603 - the program that the owner of the configuration names
            words, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, timeout=_COMMAND_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise ConfigError(
            f"{what}: `{words[0]}` did not end within {_COMMAND_SECONDS:.0f}s; it must not ask anything"
        ) from None
    except OSError as problem:
        raise ConfigError(f"{what}: `{words[0]}` cannot be run: {problem.strerror}") from None
    if done.returncode:
        raise ConfigError(f"{what}: `{words[0]}` ended with exit code {done.returncode}; run it by hand to see why")
    try:
        return done.stdout[:_MOST_BYTES].decode().rstrip("\r\n")
    except UnicodeDecodeError:
        raise ConfigError(f"{what}: `{words[0]}` printed something that is not UTF-8 text") from None
