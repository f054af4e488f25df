"""How IOS-XR fetches a file: `copy http://…`, `copy ftp://…`, and `scp` and `sftp`, which are commands of their own."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

from swimctl.platforms.fetching import Fetching, Fetchings, plain_copy
from swimctl.platforms.terminal import answer

# The question, and the end `Successfully copied N Bytes`, `Copy operation success` of an NCS 5011: tests of pyntc,
# which copies so. That `copy ftp:` also asks where the server is: docs/forms.md, "copy ftp:".
_ANSWERS: Final = (
    answer(r"address or name of remote host \[.*\]\?", ""),
    answer(r"destination filename \[.*\]\?", ""),
)
_COMPLAINT: Final = re.compile(r"\s*%\s?Error\b.*|\s*Copy operation fail.*", re.IGNORECASE)
_NO_VRF: Final = (
    "`copy {kind}:` of IOS-XR takes no VRF ({{vrf}}); next: `{client} client vrf {{vrf}}` on the device, and no "
    "swimctl.distribution.vrf in the inventory"
)
# Of a copy that fails no output was found: these are words of OpenSSH, and of `copy`.
_SSH_COMPLAINT: Final = re.compile(
    r"\s*(?:%\s?Error\b|ssh: |scp: |sftp: |Permission denied|Connection (?:closed|refused|reset)|Authentication fail"
    r"|.*: No such file or directory|.*: No space left on device).*",
    re.IGNORECASE,
)


def _by_ssh(url: str, destination: str, vrf: str) -> str:
    """Return `scp anna@192.0.2.7:/images/x.iso /harddisk:/x.iso`; its password is asked for, docs/forms.md."""
    parts = urlsplit(url)
    return f"{parts.scheme} {parts.netloc}:{parts.path} {destination}" + (f" vrf {vrf}" if vrf else "")


_HTTP: Final = Fetching(plain_copy, _ANSWERS, _COMPLAINT, _NO_VRF.format(kind="http", client="http"))
_SSH: Final = Fetching(_by_ssh, (), _SSH_COMPLAINT, asks=True)


def _by_ftp(url: str, destination: str, _vrf: str) -> str:
    """Return a command without a name in it: with one, IOS-XR makes another URL of its questions (pyATS issue 229)."""
    return plain_copy(re.sub(r"//[^/@]*@", "//", url), destination, "")


FETCHINGS: Final[Fetchings] = {
    "http": _HTTP,
    "https": _HTTP,
    "ftp": Fetching(_by_ftp, _ANSWERS, _COMPLAINT, _NO_VRF.format(kind="ftp", client="ftp"), asks=True),
    "scp": _SSH,
    "sftp": _SSH,
}
