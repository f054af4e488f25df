"""Devices that fetch an image by a command of their own: what a driver says of it, and how the command is given."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Protocol, runtime_checkable
from urllib.parse import quote

from swimctl.errors import CommandRefused
from swimctl.models import Image
from swimctl.platforms.base import Session, Talks
from swimctl.platforms.driver import SizesFiles
from swimctl.platforms.talk import Talk
from swimctl.platforms.terminal import Answer, answer

BY_SSH: Final = ("scp", "sftp")
"""Kinds of servers that have a host key, and whose password every system asks for."""
# OpenSSH's words, which NX-OS, EOS and Junos have below: `Are you sure you want to continue connecting (yes/no)? `, in
# newer ones `(yes/no/[fingerprint])? `. Sources: forms.md, "copy scp:" of NX-OS and Junos.
_UNKNOWN_KEY: Final = r"are you sure you want to continue connecting\b.*"
_SHOWN_KEY: Final = re.compile(r"fingerprint (?:for the [^\n]{1,80} )?is\s+(SHA256:[A-Za-z0-9+/]{43})(?![A-Za-z0-9+/])")
_ANYBODY: Final = "anonymous"
"""Who comes without an account, to an FTP server."""
_TOLD: Final = 3
"""So many lines of what a device complains of are told: the last of them names the command, one before it the cause."""
_CHANGED_KEY: Final = "REMOTE HOST IDENTIFICATION HAS CHANGED"
# `Source username [anna]? `, `Source username: [anonymous]?`, `Enter username: `.
_USERNAME: Final = r"(?:source|enter) username:?\s*(?:\[[^\]]*\]\s*\?)?\s*\Z"
# `Password: `, `anna@192.0.2.7's password: `, `Password for anna@192.0.2.7:`, `Source password: [anonymous@r1]?`;
# `(anna@192.0.2.7) Password: ` of OpenSSH from 8.5 on, where the server asks in its own words (keyboard-interactive).
# Nothing else may stand in its line: it is where a secret is typed.
_PROMPT: Final = r"\A\s*(?:\S+@\S+'s |\(\S+@\S+\) |source )?password(?: for \S+@\S+)?:\s*(?:\[[^\]]*\]\s*\?)?\s*\Z"


@dataclass(frozen=True, slots=True)
class Remote:
    """A file on a server, as a device is told of it: its URL without the account, and the account.

    `host_keys`: fingerprints of which the server's host key has one, as `ssh-keygen -l` prints them.
    """

    url: str
    username: str = ""
    password: str = field(default="", repr=False)
    host_keys: tuple[str, ...] = ()

    @property
    def scheme(self) -> str:
        """Return how the server is spoken to, such as `https`."""
        return self.url.partition(":")[0]

    @property
    def named(self) -> str:
        """Return the URL with the name of the account alone."""
        return self._with(quote(self.username, safe=""))

    @property
    def signed(self) -> str:
        """Return the URL with the account in it: for a device alone, and for no record."""
        secret = f":{quote(self.password, safe='')}" if self.password else ""
        return self._with(f"{quote(self.username, safe='')}{secret}")

    def _with(self, account: str) -> str:
        scheme, _, rest = self.url.partition("://")
        return f"{scheme}://{account}{'@' if account else ''}{rest}"

    def answers(self) -> tuple[Answer, ...]:
        """Return what is typed where a device asks for the account; a host key that nobody vouches for is refused.

        The password is typed once: a device that asks again was refused by the server, which may lock the account.
        """
        known = [
            replace(
                answer(_UNKNOWN_KEY, "yes"), above=re.compile(rf"fingerprint is\s+{re.escape(key)}(?![A-Za-z0-9+/])")
            )
            for key in self.host_keys
        ]
        account = [answer(_USERNAME, self.username)] if self.username else []
        if self.password:
            account.append(Answer(re.compile(_PROMPT, re.IGNORECASE), self.password, once=True))
        return (*known, answer(_UNKNOWN_KEY, "no"), *account)


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a device said of a copy: nothing of it proves one, which its hash alone does.

    `complaint` is its own word of why there is none, empty where it has none that is known; `advice` is what is to do
    then, where that is known. `dropped`: the session ended in it, and the copy may go on.
    """

    complaint: str = ""
    dropped: bool = False
    advice: str = ""


@runtime_checkable
class Fetches(SizesFiles, Protocol):
    """A driver whose device fetches a file from a server."""

    def fetch(self, remote: Remote, image: Image, vrf: str, deadline: float) -> Talk[Fetched]:
        """Have the device fetch a file to the image's destination, in a VRF unless that is empty.

        Raises CommandRefused where such a device cannot be told the VRF, or takes no file from such a server.
        """

    def remove_file(self, image: Image) -> None:
        """Remove the image's file from the device."""


def plain_copy(url: str, destination: str, _vrf: str) -> str:
    """Return the command of a system that copies by `copy`, and names no VRF in it."""
    return f"copy {url} {destination}"


@dataclass(frozen=True, slots=True)
class Fetching:
    """How a system is told to fetch a file from one kind of server.

    `command` makes the line of URL, destination and VRF; `complaint` matches a line in which the device says why
    there is no copy. `no_vrf`: why the command takes no VRF, and what to do, with `{vrf}` for its name; empty where
    it takes one. `asks`: the device asks for the account, so that the line has no password.
    """

    command: Callable[[str, str, str], str]
    answers: tuple[Answer, ...]
    complaint: re.Pattern[str]
    no_vrf: str = ""
    asks: bool = False

    def run(self, session: Session, remote: Remote, destination: str, vrf: str, deadline: float) -> Talk[Fetched]:
        """Return what the device says of the command; CommandRefused where it takes no VRF, and one is wanted."""
        if vrf and self.no_vrf:
            raise CommandRefused(self.no_vrf.format(vrf=vrf))
        if self.asks and not remote.username:
            remote = replace(remote, username=_ANYBODY, password=f"{_ANYBODY}@")
        if not isinstance(session, Talks):
            raise CommandRefused("nothing is fetched in a session that only reads")
        line = self.command(remote.named if self.asks else remote.signed, destination, vrf)
        answers = (*self.answers, *remote.answers()) if self.asks else self.answers
        reply = yield from session.talk(line, answers, deadline)
        said = [line.strip() for line in reply.text.splitlines() if self.complaint.match(line)]
        advice = self._advice(reply.text, remote) if said else ""
        return Fetched(" / ".join(dict.fromkeys(said[-_TOLD:])), reply.dropped, advice)

    def _advice(self, text: str, remote: Remote) -> str:
        shown = _SHOWN_KEY.search(text) if self.asks else None
        if shown is None or shown[1] in remote.host_keys:
            return ""
        if _CHANGED_KEY in text:
            return f"the device knows another host key of the server, which shows {shown[1]}: check the server"
        return (
            f"the server shows the host key {shown[1]}, which the device does not know; compare it with the server's "
            "own (`ssh-keygen -lf`) and name it as `host_key` of this source in the inventory"
        )


Fetchings = Mapping[str, Fetching]
"""How a system fetches a file, by the kind of the server, such as `scp`."""


def fetch(
    how: Fetchings, session: Session, remote: Remote, destination: str, vrf: str, deadline: float
) -> Talk[Fetched]:
    """Have a device fetch a file in its system's way; CommandRefused where it has none for such a server."""
    if remote.scheme not in how:
        raise CommandRefused(f"swimctl knows no command by which this device fetches a file by {remote.scheme}")
    return (yield from how[remote.scheme].run(session, remote, destination, vrf, deadline))
