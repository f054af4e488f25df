"""Why a device could not be entered, in one line: what was seen, and what to do about it. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import paramiko
from paramiko.ssh_exception import IncompatiblePeer

from swimctl.errors import AccountRefused, DeviceError, LoginFailed, Unreachable
from swimctl.platforms.terminal import plain
from swimctl.sessions.way.algorithms import OLD, Transport, lacks_old
from swimctl.sessions.way.authentication import AskedMore, Refused
from swimctl.sessions.way.route import Hop, Way

_NO_LINE: Final = "all its lines may be taken (`show users` on its console), or an access list refuses this address"
_KINDS: Final = {
    "kex": "key exchange",
    "key_types": "kind of host key",
    "ciphers": "cipher",
    "digests": "message authentication",
}
# What paramiko says where the other side closes before its greeting, or says nothing.
_NO_BANNER: Final = "Error reading SSH protocol banner"
_TURNED_AWAY: Final = re.compile(
    r"authori[sz]ation|not authori[sz]ed|access denied|permission denied|no free|too many|(?:account|password)\b.*"
    r"(?:locked|expired|disabled)",
    re.IGNORECASE,
)
_CLOSED: Final = re.compile(r"\[?connection\b.* (?:closed|terminated)|(?:good)?bye\b|logout", re.IGNORECASE)


def no_greeting(way: Way, said: bytes) -> str:
    """Return what to say of a port that answered with this and did not greet."""
    hop = way.device
    shown = said[:60].decode("ascii", "backslashreplace").strip()
    if shown:
        return f"{hop}: something answers{way.through} that is not SSH: {shown!r}"
    return f"{hop} closes{way.through} before it greets, or does not greet: {_NO_LINE}"


def why(way: Way, transport: Transport, error: Exception, purpose: str, *, over: bool) -> DeviceError:
    """Return what a failed login means; `over`: the time for it had passed."""
    hop = way.device
    user = f"the login of '{hop.user}'{purpose}"
    if isinstance(error, AskedMore):
        return LoginFailed(
            f"{hop.name} asks at {user}: {str(error)!r}; nothing was typed; log in by hand and answer it"
        )
    if isinstance(error, Refused) and not error.tried and not over:
        return LoginFailed(f"{hop.name} refused {user}: {_nothing_to_show(hop, error)}")
    if isinstance(error, paramiko.AuthenticationException):
        what = "did not answer" if over else "refused"
        tried = f" ({error})" if isinstance(error, Refused) and (hop.agent is not None or hop.keys) else ""
        kind = LoginFailed if over or not _of_the_password(error) else AccountRefused
        return kind(f"{hop.name} {what} {user}{tried}; check user and password, and its AAA servers")
    begin = f"no SSH session{purpose} to {hop}{way.through}"
    if isinstance(error, IncompatiblePeer) and transport.offered:
        return Unreachable(f"{begin}: {_nothing_in_common(hop, transport)}")
    said = (str(error).strip() or type(error).__name__).split("\n", 1)[0]
    if not transport.remote_version and (over or said.startswith(_NO_BANNER) or isinstance(error, EOFError)):
        said = f"it does not greet in time; {_NO_LINE}" if over else f"it closes before it greets: {_NO_LINE}"
    elif over:
        said = f"it did not end the exchange of keys in time ({said})"
    return Unreachable(f"{begin}: {said}")


def _of_the_password(error: Exception) -> bool:
    """Return whether a password was refused; where the connection ended in it nobody says, and it counts as one."""
    return not isinstance(error, Refused) or "the password" in error.tried


def _nothing_to_show(hop: Hop, error: Refused) -> str:
    takes = f"it takes {', '.join(error.wants)}" if error.wants else "it takes none of what there is"
    lacks = "the agent has no key" if hop.agent is not None else "no key is named"
    return f"{takes}, and {lacks}; load it into the agent (`ssh-add`), or name it with IdentityFile or `key_file`"


def _nothing_in_common(hop: Hop, transport: Transport) -> str:
    """Return what the device offers where nothing of it is here, and how to have more."""
    security = transport.get_security_options()
    for kind, word in _KINDS.items():
        offers, has = transport.offered[kind], getattr(security, kind)
        if not set(offers) & set(has):
            return (
                f"no {word} in common: it offers {', '.join(offers)}; swimctl has {', '.join(has)}{_more(hop, offers)}"
            )
    return "the two sides chose no algorithms in common; see `ssh -vv` to it"


def _more(hop: Hop, offers: Sequence[str]) -> str:
    if not set(offers) & OLD:
        return "; next: let the device offer one of these"
    if not hop.legacy:
        return (
            "; next: let the device offer one of these, or, if it cannot, put `swimctl: {ssh: {legacy: true}}` into "
            "the data of the host or its group"
        )
    return "; next: `pip install 'swimctl[legacy]'`" if lacks_old() else "; next: let the device offer one of these"


def turned_away(text: str) -> str:
    """Return the line with which a login that gets no terminal is turned away; empty where the last is no such line.

    Behind it may stand that the connection is closed. `% Authorization failed.` is of IOS and IOS-XE (one report from
    the field); the other words are guesses at its kin.
    """
    lines = [line.strip() for line in plain(text).splitlines() if line.strip()]
    while lines and _CLOSED.match(lines[-1]):
        lines.pop()
    return lines[-1] if lines and _TURNED_AWAY.search(lines[-1]) else ""
