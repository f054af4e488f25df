"""Every deliberate error of swimctl, drawn as a tree with stable codes.

SwimctlError
├── UsageError            exit 2: what the user gave is wrong; nothing was started
│   ├── ConfigError
│   ├── InventoryError
│   ├── ImageError
│   ├── NotFound          a named device, image, batch, job or workflow does not exist
│   └── SelectionError
├── ConflictError         exit 3: refused because of the present state
│   ├── CalendarUnread    a calendar of config.yaml cannot be read whole, so nobody knows what it would say
│   ├── StaleClaim        the job is not (or no longer) ours to move
│   ├── AlreadyDone       a request with this key made a batch already; carries its answer
│   └── KeyReused         a request with this key but other content came before
├── AccessRefused         who asks is not let in
│   ├── NoRole            the directory knows them, and no group of theirs has a role here
│   ├── OutOfReach        they are, and may not do this with these devices
│   ├── LoginRefused      the name or the password is wrong
│   ├── TooManyLogins     failed too often; carries the seconds to wait
│   └── TokenRefused      the token is malformed, unknown, expired or revoked
├── DirectoryAway         the directory of people does not answer, so nobody of it is let in
├── StoreError            the store cannot be read or written
│   ├── StoreReplaced     its path is another file than the one that is open, or its log is gone
│   └── StoreLost         exit 4: it failed while devices were under way, and nobody looks at them any more
├── UnorderedVersions     two releases of which nobody can say which is newer
├── DeviceError           a device did not do, or did not say, what was needed
│   ├── Unreachable
│   │   ├── OutOfDescriptors  this process may open nothing more; says nothing of the device
│   │   └── WayLost           what leads to the device does not answer; says nothing of the device
│   │       └── BastionRefused    a bastion refuses the login
│   ├── HostKeyRefused    the host key is not the known one; nothing was sent to who showed it
│   ├── LoginFailed
│   │   ├── AccountRefused    user and password are not taken
│   │   ├── NoCommandLine     they are, and a question or nothing comes in place of a command line
│   │   └── NoPrivilege       they are, and give no privilege
│   ├── AccountStopped    the account is not tried, so that it is not locked
│   ├── SessionLost       the session ended; says nothing of what the device does now
│   ├── DeadlineExceeded
│   ├── UnexpectedPrompt
│   ├── CommandRefused    the device answered with an error text
│   │   └── NotEnabled    the protocol that was asked about is switched off on the device
│   ├── UnparsableOutput
│   ├── TransferFailed
│   ├── StepFailed        a step's guard said no, with what was seen, needed, and comes next
│   │   └── NotReady      rules of the readiness check do not hold; the device was read to the end
│   └── DeviceUnknown     exit 4: what the device is now could not be found out; check its console
└── Stopped               a signal asked for a stop; the job waits at a safe point for `resume`
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal


class SwimctlError(Exception):
    """Say what was wrong, where, and what to do; the base of every deliberate error.

    `mend` is what to do where the message does not say it, with `{name}` for the device and `{again}` for how to go on.
    """

    code: ClassVar[str] = "error"
    exit_code: ClassVar[int] = 1
    mend: ClassVar[str] = "correct what it names, then {again}"


class UsageError(SwimctlError):
    """Refuse what the user gave, before anything was started."""

    code = "usage"
    exit_code = 2


class ConfigError(UsageError):
    """Refuse a mistake in config.yaml, the environment or the credentials file."""

    code = "config"


class InventoryError(UsageError):
    """Refuse a mistake in the Nornir inventory."""

    code = "inventory"


class ImageError(UsageError):
    """Refuse an image file, or an image that does not fit."""

    code = "image"


class NotFound(UsageError):
    """Name what does not exist."""

    code = "not-found"


class SelectionError(UsageError):
    """Refuse a selection of devices that is empty or cannot be read."""

    code = "selection"


class ConflictError(SwimctlError):
    """Refuse because of the present state: nothing cancellable, device busy."""

    code = "conflict"
    exit_code = 3


class CalendarUnread(ConflictError):
    """Refuse what depends on a calendar that cannot be read whole: nobody knows what it would say."""

    code = "calendar"


class StaleClaim(ConflictError):
    """Refuse to move a job that another process owns, or that already ended."""

    code = "stale-claim"


class AlreadyDone(ConflictError):
    """Report that a request with this key has made a batch already; `answer` is what the first one was told."""

    code = "already-done"

    def __init__(self, answer: Mapping[str, Any]):
        self.answer = answer
        super().__init__("a request with this idempotency key was answered already; nothing was created a second time")


class KeyReused(ConflictError):
    """Refuse an idempotency key that came before with other content."""

    code = "key-reused"


class AccessRefused(SwimctlError):
    """Refuse one who asks from outside: neither a password nor a token lets them in."""

    code = "access-refused"
    exit_code = 3


class OutOfReach(AccessRefused):
    """Refuse what somebody may not do with these devices; the message names those alone that they may look at."""

    code = "out-of-reach"


class NoRole(AccessRefused):
    """Refuse one whose password was right, and none of whose groups has a role."""

    code = "no-role"


class LoginRefused(AccessRefused):
    """Refuse a login. Never says whether the name or the password was wrong."""

    code = "login-refused"


class TooManyLogins(AccessRefused):
    """Refuse a login unseen after too many failed ones; `retry_after` is in whole real seconds, at least 1."""

    code = "too-many-logins"

    def __init__(self, retry_after: int):
        self.retry_after = retry_after
        super().__init__(f"too many failed logins from this address or for this name; try again in {retry_after} s")


class TokenRefused(AccessRefused):
    """Refuse a token, and say why; the message never holds it."""

    code = "token-refused"

    def __init__(self, reason: Literal["malformed", "unknown", "expired", "revoked"]):
        self.reason = reason
        super().__init__(f"the token is {reason}; log in again, or make a new one with `swimctl token create`")


class DirectoryAway(SwimctlError):
    """Refuse a sign-in, as nobody could say whether it is right; `why` is for the log of this machine."""

    code = "directory-away"
    exit_code = 3

    def __init__(self, url: str, why: str):
        self.why = why
        super().__init__(
            f"the directory {url} does not say who this is: {why}; next: `swimctl doctor` shows whether it answers"
        )


class StoreError(SwimctlError):
    """Report a store that cannot be read or written."""

    code = "store"
    exit_code = 2


class StoreReplaced(StoreError):
    """Report that what is at the store's path is not what this process has open: nothing may be promised any more."""

    code = "store-replaced"


class StoreLost(StoreError):
    """Report that the store failed while devices were under way: they go on with what they were told."""

    code = "store-lost"
    exit_code = 4


class UnorderedVersions(SwimctlError):
    """Refuse to say which of two releases is newer: an engineering label, or two different trains."""

    code = "unordered-versions"


class DeviceError(SwimctlError):
    """Report that a device did not do, or did not say, what was needed."""

    code = "device"


class Unreachable(DeviceError):
    """Report that no SSH connection could be opened."""

    code = "unreachable"
    mend = "check power, cabling, address and port of {name}, and `ssh` to it, then {again}"


class OutOfDescriptors(Unreachable):
    """Report that this process may open nothing more: no fault of the device, and no sign of what it does."""

    code = "out-of-descriptors"
    mend = "raise the limit (`ulimit -n`; LimitNOFILE= of the unit) or lower `swimctl.workers`, then {again}"


class WayLost(Unreachable):
    """Report that a bastion or a ProxyCommand before the device does not answer: no sign of what the device does."""

    code = "way-lost"
    mend = "see the way to it with `swimctl device show {name}`, try `ssh` to the bastion, then {again}"


class BastionRefused(WayLost):
    """Report that a bastion refused the login; it is not asked again for a minute, whatever number of devices waits."""

    code = "bastion-refused"
    mend = "`swimctl device show {name}` lists the keys that it is offered; try `ssh` to it by hand, then {again}"


class HostKeyRefused(DeviceError):
    """Report a host key that is not the known one, or not known where it must be: nothing was sent to who showed it."""

    code = "host-key"
    mend = "find out why the key changed; if it is right: `swimctl device trust {name}`, then {again}"


class LoginFailed(DeviceError):
    """Report refused credentials, or an enable secret that was refused.

    `entered`: the device took user and password, and refused what came after.
    """

    code = "login-failed"
    mend = "try the account on {name} by hand before it locks, then {again}"
    entered: ClassVar[bool] = False


class AccountRefused(LoginFailed):
    """Report that the device answered, and does not take user and password."""

    code = "account-refused"


class NoCommandLine(LoginFailed):
    """Report that the device took user and password, and asks something or closes in place of a command line."""

    code = "no-command-line"
    mend = "log in to {name} by hand with this account until it shows a prompt, then {again}"
    entered = True


class NoPrivilege(LoginFailed):
    """Report that the device took user and password, and gives no privilege."""

    code = "no-privilege"
    mend = "set SWIMCTL_ENABLE_SECRET, or give the account its rights on {name}, then {again}"
    entered = True


class AccountStopped(DeviceError):
    """Report that an account is not tried, so that it is not locked: it was refused too often, on whatever devices."""

    code = "account-stopped"
    mend = "try the account on one device by hand, correct user or password, then {again}"


class SessionLost(DeviceError):
    """Report a session that ended; what the device does now is not known from this."""

    code = "session-lost"
    mend = "`swimctl device check {name}`, then {again}"


class DeadlineExceeded(DeviceError):
    """Report a command that outlived its deadline; its session was closed."""

    code = "deadline"
    mend = "`swimctl device check {name}`; raise `swimctl.deadlines` where it is slow, then {again}"


class UnexpectedPrompt(DeviceError):
    """Report a question of the device that nothing here has an answer for."""

    code = "unexpected-prompt"
    mend = "type the command on {name} by hand and see what it asks, then {again}"


class CommandRefused(DeviceError):
    """Report the error text that a device printed for a command."""

    code = "command-refused"
    mend = "type the command on {name} with the same account, allow it in AAA, then {again}"


class NotEnabled(CommandRefused):
    """Report that the protocol that was asked about is switched off (`% CDP is not enabled`): known, and no fault."""

    code = "not-enabled"


class UnparsableOutput(DeviceError):
    """Report output that cannot be read as its command's format.

    Never an empty result instead: "could not tell" is not "nothing there".
    """

    code = "unparsable-output"
    mend = "`swimctl device capture {name} --out DIR` collects what it prints, for a bug report"

    def __init__(self, command: str, odd_line: str, why: str = "cannot be read as this command's output"):
        self.command = command
        self.odd_line = odd_line.strip()
        self.why = why
        super().__init__(f"cannot read the output of '{command}': {why}; first odd line: {self.odd_line!r}")


class TransferFailed(DeviceError):
    """Report a copy that did not put the right bytes on the device."""

    code = "transfer-failed"
    mend = "check flash, line and SCP server of {name}, then {again}"


class StepFailed(DeviceError):
    """Report that a step's guard said no."""

    code = "step-failed"


class NotReady(StepFailed):
    """Report rules of the readiness check that do not hold, of a device that was read to the end in one session."""

    code = "not-ready"


class Unidentified(UnparsableOutput):
    """Report that who answers cannot be told: neither by its serial numbers nor by its host name."""

    code = "unidentified"

    def __init__(self, message: str):
        DeviceError.__init__(self, message)
        self.command, self.odd_line, self.why = "", "", message


class DeviceUnknown(DeviceError):
    """Report that what a device is now could not be found out; a person has to look."""

    code = "device-unknown"
    exit_code = 4


class OtherDevice(DeviceUnknown):
    """Report that another device answers at the address: what the job's own is now, nobody could ask."""

    code = "other-device"


class Stopped(SwimctlError):
    """Leave a job at a safe point because a signal asked for it."""

    code = "stopped"
    exit_code = 130
