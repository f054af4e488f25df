"""How many files and connections this process may have open, for whom, and what to say where none is left."""

from __future__ import annotations

import errno
import os
import resource
from contextlib import suppress
from typing import Final

from swimctl.errors import OutOfDescriptors

MOST_CONNECTIONS: Final = 1000  # of the API, where there are descriptors for so many
_SHARE: Final = 4  # one of so many descriptors is for a connection; the others are kept for the jobs
_A_JOB: Final = 8  # descriptors that a running job may need: terminal, copy, NETCONF, image, transcript, a look
_OWN: Final = 200  # for the store, logs and libraries, and for connections that were told to go and are not gone yet
_NONE_LEFT: Final = {errno.EMFILE, errno.ENFILE}


def raised_limit() -> int:
    """Raise this process's limit of descriptors as far as it may go, and return what it is then.

    Where there is none, as many as are enough for all connections and their share are named.
    """
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(OSError, ValueError):  # a kernel may let nobody have what it says is allowed
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MOST_CONNECTIONS * _SHARE if soft == resource.RLIM_INFINITY else soft


def connections(limit: int) -> int:
    """Return how many connections are let in where a process may have so many descriptors."""
    return max(4, min(MOST_CONNECTIONS, limit // _SHARE))


def fetches(limit: int, copies: int) -> int:
    """Return how many connections the image server lets in, where so many devices may fetch at once.

    All of them may come from one address, through a translation, before the first has asked for anything: and of all
    places one address has a quarter.
    """
    return max(8, min(4 * copies, connections(limit)))


def jobs(limit: int, fetching: int = 0) -> int:
    """Return for how many jobs at once the descriptors are enough that no connection can take.

    `fetching`: connections that the image server lets in.
    """
    return max(0, (limit - connections(limit) - fetching - _OWN) // _A_JOB)


def starved(error: BaseException) -> OutOfDescriptors | None:
    """Return what to say where an error comes of this process's having no descriptor left; None for any other.

    Libraries hide the number of an error, and a name that does not resolve has none: so it is tried, too.
    """
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, OSError) and cause.errno in _NONE_LEFT:
            return _none_left()
        cause = cause.__cause__ or cause.__context__
    try:
        os.close(os.open(os.devnull, os.O_RDONLY))
    except OSError as problem:
        return _none_left() if problem.errno in _NONE_LEFT else None
    return None


def _none_left() -> OutOfDescriptors:
    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return OutOfDescriptors(
        f"swimctl has no file descriptor left on this machine (the process may have {limit}), so nothing could be asked"
    )
