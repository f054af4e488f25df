"""Why a device could not be entered, in one line: what was seen, and what to do about it. Pure."""

from __future__ import annotations

import paramiko

from swimctl.errors import AccountRefused, DeviceError, LoginFailed, Unreachable
from swimctl.way.authentication import AskedMore, Refused
from swimctl.way.route import Way

_NO_LINE = "all its lines may be taken (`show users` on its console), or an access list refuses this address"


def no_greeting(way: Way, said: bytes) -> str:
    """Return what to say of a port that answered with this and did not greet."""
    hop = way.device
    shown = said[:60].decode("ascii", "backslashreplace").strip()
    if shown:
        return f"{hop}: something answers{way.through} that is not SSH: {shown!r}"
    return f"{hop} closes{way.through} before it greets, or does not greet: {_NO_LINE}"


def why(way: Way, error: Exception, purpose: str, *, over: bool) -> DeviceError:
    """Return what a failed login means; `over`: the time for it had passed."""
    hop = way.device
    user = f"the login of '{hop.user}'{purpose}"
    if isinstance(error, AskedMore):
        return LoginFailed(
            f"{hop.name} asks at {user}: {str(error)!r}; nothing was typed; log in by hand and answer it"
        )
    if isinstance(error, Refused) and not error.tried and not over:
        return LoginFailed(f"{hop.name} refused {user}: {_nothing_to_show(way, error)}")
    if isinstance(error, paramiko.AuthenticationException):
        what = "did not answer" if over else "refused"
        tried = f" ({error})" if (isinstance(error, Refused) and hop.agent is not None) or hop.keys else ""
        kind = LoginFailed if over or not _of_the_password(error) else AccountRefused
        return kind(f"{hop.name} {what} {user}{tried}; check user and password, and its AAA servers")
    said = (str(error).strip() or type(error).__name__).split("\n", 1)[0]
    return Unreachable(f"no SSH session{purpose} to {hop}{way.through}: {said}")


def _of_the_password(error: Exception) -> bool:
    """Tell whether a password was refused; where the connection ended in it nobody says, and it counts as one."""
    return not isinstance(error, Refused) or "the password" in error.tried


def _nothing_to_show(way: Way, error: Refused) -> str:
    hop = way.device
    takes = f"it takes {', '.join(error.wants)}" if error.wants else "it takes none of what there is"
    lacks = "the agent has no key" if hop.agent is not None else "no key is named"
    return f"{takes}, and {lacks}; load it into the agent (`ssh-add`), or name it with IdentityFile or `key_file`"
