"""`copy http://… bootflash:` of NX-OS, which is curl below."""

from __future__ import annotations

import re
from typing import Final

from swimctl.platforms.fetching import Fetching
from swimctl.platforms.terminal import answer

# Where nobody says another one: it is that of mgmt0 on each Nexus, and cannot be another's.
_MANAGEMENT: Final = "management"
# `Warning: There is already a file existing with this name. Do you want to overwrite (y/n)?[n]` has one source, a test
# of a public collector of images; it comes only where somebody else has put a file there meanwhile.
_ANSWERS: Final = (answer(r"do you want to overwrite\s*\(y/n\)\?", "y"),)
# curl's own words (curl.se, "EXIT CODES"); `Copying to/from this server name is not permitted`, `Destination file is a
# boot image`, `Switch is booted with …`: transcripts/cisco_nxos/copy_scp_failed_server_not_permitted and
# copy_failed_destination_is_boot_image.
_COMPLAINT: Final = re.compile(
    r"\s*(?:curl: \(\d+\)|Copying to/from this server name is not permitted|Destination file is a boot image"
    r"|Switch is booted with|No space left on device|%?\s?(?:ERROR|Error)\b[: ]).*"
)


def _command(url: str, destination: str, vrf: str) -> str:
    # The output with curl's table and `Copy complete.`: a guide of Apstra, which upgrades by this very command.
    return f"copy {url} {destination} vrf {vrf or _MANAGEMENT}"


FETCHING: Final = Fetching(_command, _ANSWERS, _COMPLAINT)
