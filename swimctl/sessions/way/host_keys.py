"""Host keys: which are known of a machine and since when, what another one means, and where new ones are kept."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import threading
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, TextIO

import paramiko

from swimctl.descriptors import starved
from swimctl.errors import HostKeyRefused
from swimctl.sessions.way.route import Hop

if TYPE_CHECKING:
    from asyncssh.known_hosts import SSHKnownHosts

# How the project's own lines end: the device's name, and when its key was first seen.
_SINCE: Final = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)\s*$")
# A line whose host field has neither a pattern nor a hash: it is of the machines that it names, letter by letter.
_LITERAL: Final = re.compile(r"\s*(?:@\S+\s+)?([^\s@*?|/!][^\s*?|/!]*)\s")
# So many files are kept in memory, by the machines that they name.
_MOST_FILES: Final = 16
# A key of this type signs in these ways (RFC 8332); paramiko asks for signatures, files hold types.
_SIGNATURES: Final = {"ssh-rsa": ("rsa-sha2-512", "rsa-sha2-256", "ssh-rsa")}


@dataclass(frozen=True, slots=True)
class Known:
    """One key that a file has for a machine. `since` is empty where the file does not say."""

    data: bytes
    kind: str
    fingerprint: str
    place: str
    since: str
    revoked: bool

    def __str__(self) -> str:
        return f"{self.fingerprint} ({self.place}{f', since {self.since}' if self.since else ''})"


def known(hop: Hop) -> tuple[Known, ...]:
    """Return the keys that the project's file and the user's own have for a machine; what cannot be read has none."""
    files = (*((hop.kept_in,) if hop.kept_in is not None else ()), *hop.known_hosts)
    found = []
    for path in dict.fromkeys(files):
        for number, line in _lines_for(hop.known_as, path):
            found += _keys(hop.known_as, line, f"{path} line {number}")
    return tuple(found)


def key_types(hop: Hop) -> tuple[str, ...]:
    """Return the kinds of signature to ask for first, so that a machine shows the key that is known of it."""
    kinds = dict.fromkeys(one.kind for one in known(hop) if not one.revoked) if hop.host_keys != "off" else {}
    return tuple(name for kind in kinds for name in _SIGNATURES.get(kind, (kind,)))


def check(hop: Hop, key: paramiko.PKey) -> None:
    """Compare the key of a machine with the known ones, and keep a new one if the policy is accept-new.

    Raises HostKeyRefused. A key of another kind than the known ones is another key: who stands between would choose it.
    """
    if hold(hop, key):
        _keep(hop, key)


def hold(hop: Hop, key: paramiko.PKey) -> bool:
    """Do as `check` does and keep nothing; return whether the key is a new one that is to be kept."""
    if hop.host_keys == "off":
        return False
    have = known(hop)
    if (why := _objection(hop, key, have)) is not None:
        raise HostKeyRefused(why)
    return not have


def objection(hop: Hop, key: paramiko.PKey) -> str | None:
    """Return why the key of a machine would be refused, or that it is a new one; None where it is known."""
    have = known(hop)
    return _objection(hop, key, have) or (None if have else f"{hop} shows a host key that is not known yet")


def _objection(hop: Hop, key: paramiko.PKey, have: Sequence[Known]) -> str | None:
    same = [one for one in have if one.data == key.asbytes()]
    for one in same:
        if one.revoked:
            return f"the host key of {hop} is revoked: {one}; nothing was sent to it"
    good = [one for one in have if not one.revoked]
    if same:
        return None
    if good:
        return (
            f"the host key of {hop} has changed: known is {good[0]}, shown was {key.fingerprint}; nothing was sent to "
            f"it; next: find out why; if the new key is right: {_trust(hop)}"
        )
    if hop.host_keys == "strict":
        return (
            f"the host key of {hop} is not known, and must be (host_keys: strict); shown was {key.fingerprint}; "
            f"nothing was sent to it; next: {_trust(hop)}"
        )
    return None


def _trust(hop: Hop) -> str:
    return (
        "`swimctl device trust NAME` of a device behind it" if hop.is_bastion else f"`swimctl device trust {hop.name}`"
    )


def trust(hop: Hop, key: paramiko.PKey) -> None:
    """Keep this key of a machine in the project's file, in place of all that stands there for it. HostKeyRefused."""
    _keep(hop, key, instead=True)


def _keep(hop: Hop, key: paramiko.PKey, *, instead: bool = False) -> None:
    if hop.kept_in is None:
        return
    try:
        _write(hop, key, hop.kept_in.resolve(), instead=instead)
    except OSError as error:
        if starved(error):
            raise
        raise HostKeyRefused(
            f"the host key of {hop} cannot be kept in {hop.kept_in}: {error.strerror}; nothing was sent to it; next: "
            "see to it that swimctl can write this file"
        ) from error


def _write(hop: Hop, key: paramiko.PKey, path: Path, *, instead: bool) -> None:
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    new = f"{hop.known_as} {key.get_name()} {key.get_base64()} {hop.name} {now}\n"
    path.parent.mkdir(parents=True, exist_ok=True)
    with _locked(path) as file:
        text = file.read()
        there = [one for line in text.splitlines() for one in _keys(hop.known_as, line, str(path))]
        if instead:
            left = [f"{line}\n" for line in text.splitlines() if not _keys(hop.known_as, line, "")]
            _replace(path, "".join(left) + new)
            return
        if not there:
            file.write(new if not text or text.endswith("\n") else f"\n{new}")
        elif (why := _objection(hop, key, there)) is not None:  # another one was faster
            raise HostKeyRefused(why)


@contextmanager
def _locked(path: Path) -> Iterator[TextIO]:
    """Open a file to read and append to, for one process alone: several may meet the same device at once."""
    while True:
        with path.open("a+", encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            if not os.path.samestat(os.fstat(file.fileno()), path.stat()):
                continue  # replaced by who had it before
            file.seek(0)
            yield file
            return


def _replace(path: Path, text: str) -> None:
    """Write a whole file or nothing: with half of it gone, any key would be a new one, and believed."""
    beside = path.with_name(f"{path.name}.new")
    try:
        with beside.open("w", encoding="utf-8") as file:
            shutil.copymode(path, beside)
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def _keys(name: str, line: str, place: str) -> list[Known]:
    if name not in line and _LITERAL.match(line):
        return []  # nearly all of a thousand lines, at each login
    entry = _entry(line)
    if entry is None:
        return []
    keys, _, revoked, *_ = entry.match(name, "", None)
    since = _SINCE.search(line)
    return [
        Known(
            key.public_data,
            key.algorithm.decode(),
            key.get_fingerprint(),
            place,
            since.group(1) if since else "",
            revoked=key in revoked,
        )
        for key in (*keys, *revoked)
    ]


@lru_cache(maxsize=20_000)
def _entry(line: str) -> SSHKnownHosts | None:
    """Read one line; None where there is none, or it cannot be read: the other lines still count."""
    if not line.strip() or line.lstrip().startswith("#"):
        return None
    import asyncssh  # here, as it takes a fifth of a second to load

    try:
        return asyncssh.import_known_hosts(line)
    except ValueError:
        return None


@dataclass(slots=True)
class _Names:
    """What stands in a file, by the machines that its lines name; `others` are lines that may be of any machine.

    A thousand devices log in some thousand times, and each time a thousand lines would have to be looked through.
    """

    text: str = ""
    lines: list[str] = field(default_factory=list)
    by_name: defaultdict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    others: list[int] = field(default_factory=list)

    def add(self, text: str) -> None:
        """Add what the file has more now; what it had ends with a line's end."""
        for number, line in enumerate(text.splitlines(), len(self.lines)):
            self.lines.append(line)
            if literal := _LITERAL.match(line):
                for name in literal.group(1).split(","):
                    self.by_name[name].append(number)
            else:
                self.others.append(number)
        self.text += text

    def of(self, name: str) -> list[tuple[int, str]]:
        """Return the lines that may be of a machine, with their numbers from 1."""
        return [(number + 1, self.lines[number]) for number in sorted({*self.by_name.get(name, ()), *self.others})]


_FILES: Final[dict[Path, _Names]] = {}
_FILES_LOCK: Final = threading.Lock()


def _lines_for(name: str, path: Path) -> list[tuple[int, str]]:
    """Return the lines of a file that may be of a machine. The file is read each time: anybody may have changed it."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    with _FILES_LOCK:
        kept = _FILES.pop(path, None)
        if kept is None or not text.startswith(kept.text) or not kept.text.endswith("\n"):
            kept = _Names()
        if len(text) > len(kept.text):
            kept.add(text[len(kept.text) :])
        _FILES[path] = kept  # behind those that nobody asked for lately
        while len(_FILES) > _MOST_FILES:
            del _FILES[next(iter(_FILES))]
        return kept.of(name)
