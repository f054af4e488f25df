"""`file copy http://…` of Junos, which is FreeBSD's fetch below."""

from __future__ import annotations

import re
from typing import Final

from swimctl.platforms.fetching import Fetching

# `error: could not fetch local copy of file`: three public tools look for it. Before it stands what fetch says itself:
# `fetch: http://…: Not Found` (fetch(1)).
_COMPLAINT: Final = re.compile(r"\s*(?:error: |fetch: ).*")
_NO_VRF: Final = (
    "Juniper's reference of `file copy` names no routing instance ({vrf}); next: no swimctl.distribution.vrf "
    "in the inventory, where the default instance leads to the image server, else `transport: push`"
)


def _command(url: str, destination: str, _vrf: str) -> str:
    # It asks nothing (Juniper's reference), and shows `…transferring.file… 100% of 394 B 2482 kBps` (two public notes).
    return f"file copy {url} {destination}"


FETCHING: Final = Fetching(_command, (), _COMPLAINT, _NO_VRF)
