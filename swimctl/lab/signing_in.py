"""How lab devices sign in at servers from which they copy: what they ask, in OpenSSH's words where that is below."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Final
from urllib.parse import quote, unquote, urlsplit

from swimctl.lab.chassis import Chassis
from swimctl.lab.effects import Ask, Effect, Greet, Print
from swimctl.lab.servers import UNREACHABLE

UNKNOWN_KEY: Final = "unknown key"
"""How a copy ends whose server has a host key that nobody believed, beside what fetching.py names."""
REFUSED: Final = "401"
TRIES: Final = 3
Ended = Generator[Effect, str, str]
"""A dialogue that returns how a copy ended: empty where it ended well."""


def at_port(device: Chassis, url: str) -> str:
    """Return a URL with the port at which the lab's SSH servers are."""
    parts = urlsplit(url)
    return parts._replace(netloc=f"{parts.netloc}:{device.spec.ssh_port}").geturl()


def with_account(url: str, user: str, password: str) -> str:
    """Return a URL with an account in it."""
    parts = urlsplit(url)
    place = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=f"{quote(user, safe='')}:{quote(password, safe='')}@{place}").geturl()


def user_of(url: str) -> str:
    """Return the name of the account in a URL."""
    return unquote(urlsplit(url).username or "")


def by_password(url: str, prompt: str, again: str, fetching: Callable[[str], Ended]) -> Ended:
    """Ask for the password until the server takes one, `again` before each further time, and fetch."""
    for attempt in range(TRIES):
        if attempt:
            yield Print(again)
        password = yield Ask(prompt, secret=True)
        if not password:  # as Ctrl-C is, too
            break
        ended = yield from fetching(with_account(url, user_of(url), password))
        if ended != REFUSED:
            return ended
    return REFUSED


def by_openssh(device: Chassis, url: str, fetching: Callable[[str], Ended]) -> Ended:
    """Compare the server's host key, sign in, and fetch, as OpenSSH's programs do.

    Question and password: genielibs, filetransferutils/tests/nxos (`copy running-config sftp:`); what stands where
    that fails: OpenSSH itself.
    """
    host = urlsplit(url).hostname or ""
    shown = yield Greet(at_port(device, url))
    if shown == UNREACHABLE:
        yield Print(f"ssh: connect to host {host} port 22: Connection refused\n")
        return UNREACHABLE
    known = device.known_hosts.get(host)
    if known is None:
        answer = yield Ask(
            f"The authenticity of host '{host} ({host})' can't be established.\n"
            f"ED25519 key fingerprint is {shown}.\nAre you sure you want to continue connecting (yes/no)? "
        )
        if answer.strip() == "yes":
            device.known_hosts[host] = known = shown
            yield Print(f"Warning: Permanently added '{host}' (ED25519) to the list of known hosts.\n")
    elif known != shown:
        yield Print(_CHANGED.format(shown=shown))
    if known != shown:
        yield Print("Host key verification failed.\n")
        return UNKNOWN_KEY
    account = f"{user_of(url)}@{host}"
    ended = yield from by_password(
        at_port(device, url), f"{account}'s password: ", "Permission denied, please try again.\n", fetching
    )
    if ended == REFUSED:
        yield Print(f"{account}: Permission denied (publickey,password).\n")
    return ended


_CHANGED: Final = """\
@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@
@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @
@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@
IT IS POSSIBLE THAT SOMEONE IS DOING SOMETHING NASTY!
Someone could be eavesdropping on you right now (man-in-the-middle attack)!
It is also possible that a host key has just been changed.
The fingerprint for the ED25519 key sent by the remote host is
{shown}.
Please contact your system administrator.
"""
