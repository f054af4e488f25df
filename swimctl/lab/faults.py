"""What can be wrong with a lab switch, by name."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass

from swimctl.errors import UsageError

DROP_STEPS = ("login", "copy", "verify", "add", "activate", "commit", "post")
INSTALL_OPERATIONS = ("add", "activate", "commit")
INSTALL_REASONS = ("no-space", "unsaved", "busy", "bad-image", "running-package-missing", "operation-failed")
MOMENTS = ("before", "during", "after")
PULL_FAILS = ("unreachable", "hangs", "refused", "cut", "stalls")
PREDOWNLOAD_FAILS = ("nothing", "one", "unsupported", "lies", "word", "leaves", "dies")

FAULTS: dict[str, str] = {
    "no-space": "the flash is nearly full, and `install remove inactive` does not help",
    "slow-flash": "copies and hashes run at a twentieth of the usual rate",
    "corrupt-copy": "the first copy arrives with one wrong byte; with `corrupt-copy:always`, every copy",
    "drop-session-at": f"the session drops once in the middle of a step; steps: {', '.join(DROP_STEPS)}",
    "drop-session-before": "the session drops once, right before command line N since the start "
    "(`drop-session-before:N`): the line is lost",
    "drop-session-after": "the session drops once, right after command line N since the start "
    "(`drop-session-after:N`): the command runs to its end, and nobody sees it",
    "refuse-login": "every login is refused",
    "login-lockout": "logins are refused for a minute after a reload; 3 logins in that minute (`login-lockout:N`: N "
    "logins) lock the account for 15 minutes",
    "never-returns": "the reload of an activation never ends",
    "boots-old-image": "the activation reloads into the old release; the new one is inactive",
    "member-mismatch": "after the activation one member runs the old release (V-Mismatch)",
    "member-missing": "after the activation one member does not come back",
    "install-fails": "`install add` answers FAILED; `install-fails:WHAT` names another operation "
    f"({', '.join(INSTALL_OPERATIONS)}), a reason ({', '.join(INSTALL_REASONS)}), or OPERATION:REASON",
    "does-nothing": "install commands answer SUCCESS, change nothing and do not reload",
    "no-boot-time": "`show version` has no `System restarted at`; with `no-boot-time:uptime`, no uptime either",
    "interface-lost": "after the activation one connected uplink and its neighbour stay down",
    "access-lost": "after the activation one connected access port and the device behind it stay down",
    "garbled-output": "syslog lines, half lines and stray characters appear in the middle of output",
    "models-refuse": "its YANG models answer access-denied",
    "models-empty": "its YANG models answer without data",
    "models-lag": "for 90 seconds after a change, its YANG models show the old state",
    "models-gone": "NETCONF does not come back after a reload",
    "abnormal-reload": "the device crashes in the reload of an activation, and comes up with the new release; its "
    "models (on a Juniper: its engines) call the reload abnormal",
    "unreadable": "after its first reload, the device answers one command with garbage: `unreadable:garbage:show "
    "version`; you can say `empty`, `refused` or `cut` for `garbage`",
    "another-device": "another device, with other serial numbers and another host name, answers at this address, from "
    "before the activation (`another-device:before`), `during` it, or `after` it",
    "somebody-installs": "after the hash of the copy, somebody at the console adds another image, for half a day",
    "clock-jumps": "after the first reload, the clock of the device is in 1993",
    "configuration-lost": "after an activation, the device has an empty configuration and no host name",
    "new-host-key": "after the first reload, the device shows another host key",
    "member-dies": "a copy takes 15 minutes; after the hash of the copy, one member goes away",
    "busy-install": "another install operation never ends: every install command is refused",
    "pull-fails": "the device cannot fetch an image by HTTP. `pull-fails:unreachable`: it does not reach the server; "
    "`hangs`: it tries for hours; `refused`: the server refuses it; `cut`: the copy ends at half; `stalls`: the copy "
    "stands still at half",
    "bgp-lost": "after the activation one BGP session stays down; such a device speaks BGP",
    "ospf-lost": "after the activation one OSPF neighbour stays away; such a device speaks OSPF",
    "isis-lost": "after the activation one IS-IS neighbour stays away; such a device speaks IS-IS",
    "fpd-old": "after the activation a boot loader of a router with IOS-XR needs an upgrade (FPD)",
    "ping-lost": "after the activation one router answers no ping",
    "vlan-lost": "after the activation one VLAN is missing",
    "poe-lost": "after the activation one port gives no power, and the device behind it is gone",
    "hot": "after the activation the air at the inlet is too warm",
    "partner-lost": "after the activation the partner of a vPC domain or an MLAG pair stays away; in a pair of "
    "StackWise Virtual, one link to the partner stays down",
    "access-point-lost": "after the activation one access point of a wireless controller does not join again",
    "predownload-fails": "not all access points of a wireless controller load the added image. "
    "`predownload-fails:nothing`: none begins; `one`: one fails; `unsupported`: one cannot; `lies`: one is called "
    "complete, with another release; `word`: one has a status that nobody knows; `leaves`: one is gone meanwhile; "
    "`dies`: the controller reloads meanwhile",
    "uplink-errors": "after the activation damaged frames come through the first uplink",
}

SEEN_IN_MODELS = frozenset({"models-refuse", "models-empty", "models-lag", "models-gone", "abnormal-reload"})
"""The faults of devices that offer NETCONF."""

UNREADABLE = ("garbage", "empty", "refused", "cut")

_ARGUMENTS: dict[str, frozenset[str]] = {
    "corrupt-copy": frozenset({"always"}),
    "drop-session-at": frozenset(DROP_STEPS),
    "no-boot-time": frozenset({"uptime"}),
    "another-device": frozenset(MOMENTS),
    "pull-fails": frozenset(PULL_FAILS),
    "predownload-fails": frozenset(PREDOWNLOAD_FAILS),
    "install-fails": frozenset(INSTALL_OPERATIONS)
    | frozenset(INSTALL_REASONS)
    | frozenset(f"{operation}:{reason}" for operation in INSTALL_OPERATIONS for reason in INSTALL_REASONS),
}
_NEEDED = {
    "drop-session-at": f"say where, e.g. drop-session-at:add; known: {', '.join(DROP_STEPS)}",
    "another-device": f"say when, e.g. another-device:before; known: {', '.join(MOMENTS)}",
    "pull-fails": f"say how, e.g. pull-fails:cut; known: {', '.join(PULL_FAILS)}",
    "predownload-fails": f"say how, e.g. predownload-fails:one; known: {', '.join(PREDOWNLOAD_FAILS)}",
    "unreadable": f"say how and which command, e.g. unreadable:cut:show version; known: {', '.join(UNREADABLE)}",
    "drop-session-before": "say at which command line, e.g. drop-session-before:12",
    "drop-session-after": "say after which command line, e.g. drop-session-after:12",
}
"""The faults that are none without an argument, and what to do about it."""
_COUNTED = {
    "login-lockout": "a number of logins",
    "drop-session-before": "the number of a command line",
    "drop-session-after": "the number of a command line",
}
_NUMBER = re.compile(r"[1-9][0-9]{0,8}")


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of one switch; `argument` is what follows the first colon."""

    name: str
    argument: str | None = None

    def __str__(self) -> str:
        return self.name if self.argument is None else f"{self.name}:{self.argument}"


def parse_fault(text: str) -> Fault:
    """Read `name` or `name:argument`; raise UsageError that names the known ones."""
    name, colon, rest = text.strip().partition(":")
    argument = rest if colon else None
    if name not in FAULTS:
        near = difflib.get_close_matches(name, FAULTS, 1)
        hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(FAULTS)}"
        raise UsageError(f"unknown lab fault {name!r}; {hint}")
    if argument is None:
        if name in _NEEDED:
            raise UsageError(f"lab fault {name}: {_NEEDED[name]}")
    elif name == "unreadable":
        how, _, command = argument.partition(":")
        if how not in UNREADABLE or not command.strip():
            raise UsageError(f"lab fault {text!r}: {_NEEDED[name]}")
    elif name in _COUNTED:
        if not _NUMBER.fullmatch(argument):
            raise UsageError(f"lab fault {text!r}: {_COUNTED[name]} is needed after the colon")
    elif argument not in _ARGUMENTS.get(name, frozenset()):
        known = ", ".join(sorted(_ARGUMENTS.get(name, ()))) or "none"
        raise UsageError(f"lab fault {name}: unknown argument {argument!r}; known: {known}")
    return Fault(name, argument)
