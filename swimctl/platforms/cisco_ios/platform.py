"""What classic IOS is called and what it takes; its terminal is that of IOS-XE.

Inventories call IOS-XE devices so too; which of the two one is, the driver reads from the device.
"""

from __future__ import annotations

from typing import Final

from swimctl.models import ImageKind
from swimctl.platforms.cisco_xe.platform import TERMINAL
from swimctl.platforms.platform import Platform

PLATFORM: Final = Platform(
    "swimctl.platforms.cisco_ios.choice:cisco",
    frozenset({"cisco_ios", "ios", "cisco.ios.ios"}),
    TERMINAL,
    installs=frozenset({ImageKind.IMAGE, ImageKind.PATCH}),
    also="cisco_xe",
    scp="`ip scp server enable`",
    fetches="copy http:",
    # As IOS-XE: transcripts/cisco_xe/copy_http_success and copy_https_success, both with an account in the URL.
    # FTP: Cisco's guide "Image Copying …": user and password "specified in the copy privileged EXEC command".
    # SCP asks for the password: docs/forms.md, "copy scp:". No source says that classic IOS has a client for SFTP.
    schemes=("http", "https", "ftp", "scp"),
    signs_in=("http", "https", "ftp", "scp"),
)
