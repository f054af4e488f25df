"""`copy …://… flash:` of EOS."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

from swimctl.errors import CommandRefused, SessionLost
from swimctl.platforms.arista_eos.platform import TERMINAL
from swimctl.platforms.base import Session
from swimctl.platforms.fetching import Fetching, Fetchings, plain_copy

# `Copy completed successfully.`: more/arista_eos/copy/b_01_http, and a guide of Apstra. `% Error copying http://… to
# flash: (Connection refused)` has one source, a test of a public tool. By HTTP and FTP it asks nothing.
_COMPLAINT: Final = re.compile(r"\s*%\s?Error copying .*", re.IGNORECASE)
# OpenSSH is below, so its words may stand there, too.
_SSH_COMPLAINT: Final = re.compile(
    r"\s*(?:%\s?Error copying |Host key verification failed|.*: Permission denied \(|ssh: |scp: |lost connection).*",
    re.IGNORECASE,
)
# The session stands in the VRF meanwhile: see `in_vrf`.
_PLAIN: Final = Fetching(plain_copy, (), _COMPLAINT)
# It asks for the password: docs/forms.md, "copy scp:".
_BY_SSH: Final = Fetching(plain_copy, (), _SSH_COMPLAINT, asks=True)
FETCHINGS: Final[Fetchings] = {"http": _PLAIN, "https": _PLAIN, "ftp": _PLAIN, "scp": _BY_SSH, "sftp": _BY_SSH}


@contextmanager
def in_vrf(session: Session, vrf: str, seconds: float) -> Iterator[None]:
    """Change the VRF of a session for a while; CommandRefused where there is none of that name.

    `cli vrf` of newer releases, `routing-context vrf` of 4.20 (a guide of Apstra): both change the session alone.
    """
    if not vrf:
        yield
        return
    for words in ("cli vrf", "routing-context vrf"):
        said = session.run(f"{words} {vrf}", seconds)
        refused = [line for line in said.splitlines() if TERMINAL.refusals.fullmatch(line) or line.startswith("%")]
        if not refused:
            break
    else:
        raise CommandRefused(f"'cli vrf {vrf}': the device answered '{refused[0].strip()}'")
    yield
    # After an error nothing is typed: the device may still copy, and whoever catches it ends the session.
    with suppress(SessionLost):  # what has ended stands in no VRF
        session.run(f"{words} default", seconds)
