"""`file copy …://…` of Junos, which is FreeBSD's fetch below, or OpenSSH's scp."""

from __future__ import annotations

import re
from typing import Final

from swimctl.platforms.fetching import Fetching, Fetchings

# `error: could not fetch local copy of file`: three public tools look for it. Before it stands what fetch says itself:
# `fetch: http://…: Not Found` (fetch(1)); of SCP what OpenSSH says.
_COMPLAINT: Final = re.compile(r"\s*(?:error: |fetch: ).*")
_SSH_COMPLAINT: Final = re.compile(
    r"\s*(?:error: |Host key verification failed|.*: Permission denied \(|ssh: |scp: |lost connection).*"
)
_NO_VRF: Final = (
    "Juniper's reference of `file copy` names no routing instance ({vrf}); next: no swimctl.distribution.vrf "
    "in the inventory, where the default instance leads to the image server, else `transport: push`"
)


def _command(url: str, destination: str, _vrf: str) -> str:
    # It asks nothing (Juniper's reference), and shows `…transferring.file… 100% of 394 B 2482 kBps` (two public notes).
    return f"file copy {url} {destination}"


_FETCH: Final = Fetching(_command, (), _COMPLAINT, _NO_VRF)

# SCP asks for the password, and before that for an unknown host key: docs/forms.md, "file copy scp:". Of SFTP there is
# no source but `request system download start`, which takes keys alone.
FETCHINGS: Final[Fetchings] = {
    "http": _FETCH,
    "https": _FETCH,
    "ftp": _FETCH,
    "scp": Fetching(_command, (), _SSH_COMPLAINT, _NO_VRF, asks=True),
}
