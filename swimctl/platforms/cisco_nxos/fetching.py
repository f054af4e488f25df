"""`copy …://… bootflash:` of NX-OS, which is curl below, ftp, or OpenSSH."""

from __future__ import annotations

import re
from typing import Final

from swimctl.platforms.fetching import Fetching, Fetchings
from swimctl.platforms.terminal import answer

# Where nobody says another one: it is that of mgmt0 on each Nexus, and cannot be another's.
_MANAGEMENT: Final = "management"
# `Warning: There is already a file existing with this name. Do you want to overwrite (y/n)?[n]` has one source, a test
# of a public collector of images; it comes only where somebody else has put a file there meanwhile.
_ANSWERS: Final = (answer(r"do you want to overwrite\s*\(y/n\)\?", "y"),)
# `Copying to/from this server name is not permitted`, `Destination file is a boot image`, `Switch is booted with …`:
# transcripts/cisco_nxos/copy_scp_failed_server_not_permitted and copy_failed_destination_is_boot_image.
_ANY: Final = (
    r"Copying to/from this server name is not permitted|Destination file is a boot image"
    r"|Switch is booted with|No space left on device|.*: No space left on device|%?\s?(?:ERROR|Error)\b[: ]"
)
# curl's own words (curl.se, "EXIT CODES").
_HTTP: Final = re.compile(rf"\s*(?:curl: \(\d+\)|{_ANY}).*")
# `***** Transfer of file aborted, server not connected *****`: genielibs, filetransferutils/tests/nxos. `…, file not
# found or Login failed`: Cisco's own Python module on the Nexus, `cisco.transfer`.
_FTP: Final = re.compile(rf"\s*(?:\*+ Transfer of file aborted|ftp: |{_ANY}).*")
# OpenSSH's: those for which `cisco.transfer` looks, and of its `ssh` and `scp`.
_SSH: Final = re.compile(
    rf"\s*(?:Host key verification failed|.*: Permission denied \(|ssh: |scp: |Couldn't stat remote file"
    rf"|File \".*\" not found|Connection (?:closed|reset)|lost connection|{_ANY}).*"
)


def _command(url: str, destination: str, vrf: str) -> str:
    # The output with curl's table and `Copy complete.`: a guide of Apstra, which upgrades by this very command.
    return f"copy {url} {destination} vrf {vrf or _MANAGEMENT}"


_CURL: Final = Fetching(_command, _ANSWERS, _HTTP)
# It asks for name and password: docs/forms.md, "copy ftp:" and "copy scp:".
_OPENSSH: Final = Fetching(_command, _ANSWERS, _SSH, asks=True)

FETCHINGS: Final[Fetchings] = {
    "http": _CURL,
    "https": _CURL,
    "ftp": Fetching(_command, _ANSWERS, _FTP, asks=True),
    "scp": _OPENSSH,
    "sftp": _OPENSSH,
}
