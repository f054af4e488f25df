"""Run a program under the system calls that a systemd unit allows it: one that is not allowed ends it with SIGSYS.

    python -m support.syscall_filter "@system-service ~@privileged" PROGRAM ARGUMENT…

As systemd does it, with libseccomp; but without SystemCallErrorNumber, so that a call that would fail is seen.
"""

from __future__ import annotations

import ctypes
import os
import re
import subprocess
import sys
from functools import cache

_KILL, _ALLOW = 0x80000000, 0x7FFF0000  # SCMP_ACT_KILL_PROCESS, SCMP_ACT_ALLOW of seccomp.h
LIBRARY = "libseccomp.so.2"


@cache
def calls(name: str) -> frozenset[str]:
    """Return the system calls of a set such as @system-service, with those of the sets in it."""
    if not name.startswith("@"):
        return frozenset({name})
    listed = subprocess.run(["systemd-analyze", "syscall-filter", name], capture_output=True, text=True, check=True)
    words = [line.strip() for line in listed.stdout.splitlines() if re.fullmatch(r"\s+@?[a-z][\w-]*", line)]
    return frozenset().union(*map(calls, words))


def allowed(written: str) -> frozenset[str]:
    """Return what a unit allows whose lines of SystemCallFilter are these, one after the other."""
    found = set(calls("@default"))
    takes_away = False
    for word in written.split():
        takes_away = takes_away or word.startswith("~")
        found = found - calls(word.lstrip("~")) if takes_away else found | calls(word)
    return frozenset(found | calls("@default"))


def confine(written: str) -> None:
    """Allow this process, and all that it starts, these system calls only."""
    library = ctypes.CDLL(LIBRARY)
    library.seccomp_init.restype = ctypes.c_void_p
    library.seccomp_rule_add.argtypes = [ctypes.c_void_p, ctypes.c_uint32, ctypes.c_int, ctypes.c_uint]
    library.seccomp_load.argtypes = [ctypes.c_void_p]
    context = library.seccomp_init(_KILL)
    # SQLite gives a new file to the owner of the database where it runs as root, as the service never does.
    for name in allowed(written) | ({"fchown"} if os.geteuid() == 0 else set()):
        number = library.seccomp_syscall_resolve_name(name.encode())
        if number >= 0:  # negative: not of this architecture
            library.seccomp_rule_add(context, _ALLOW, number, 0)
    if library.seccomp_load(context):
        raise OSError("the kernel takes no filter")


if __name__ == "__main__":
    confine(sys.argv[1])
    os.execv(sys.argv[2], sys.argv[2:])  # noqa: S606 - that is its purpose
