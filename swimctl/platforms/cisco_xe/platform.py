"""What IOS-XE is called and takes; the terminal of IOS and IOS-XE: log, refusals, echoes, what makes it ready."""

from __future__ import annotations

import re
from typing import Final

from swimctl.models import ImageKind
from swimctl.platforms.platform import Platform
from swimctl.platforms.terminal import DAY, MESSAGE, PERCENT, PERCENT_DISABLED, RFC_3339, TIME, ZONE, Terminal

# `000123: *Mar  9 2024 16:06:55.053 CET: `, `1w2d: `, `00:01:23: `, or nothing.
_STAMP: Final = (
    r"(?:\d{6,}: )?(?:<\d+>)?(?:\d+: )?"
    rf"(?:[*.]?(?:{DAY} (?:\d{{4}} )?{TIME}(?: {ZONE})?|\$?{RFC_3339}|\d+[ywd]\d+[wdh]|\d+:\d\d:\d\d)\s*: )?"
)

TERMINAL: Final = Terminal(
    setup=("terminal length 0", "terminal width 511"),
    enable=True,
    log=re.compile(_STAMP + MESSAGE),
    signs=("%",),
    refusals=re.compile(rf"\s*(?:{PERCENT}).*", re.IGNORECASE),
    disabled=PERCENT_DISABLED,
    verbs=r"sh(?:o(?:w)?)?|dir|verify|install(?! +will\b)|more|copy|clear|delete|wr(?:i(?:te?)?)?|term(?:inal)?|"
    r"ena(?:ble)?|conf(?:igure)?|reload|exit|request|redundancy(?! mode\b)|issu|software|archive",
    # What `terminal exec prompt timestamp` puts before an output.
    above=re.compile(r"\s*(?:Load for five secs: .*|Time source is .*|No time source, .*)"),
)

PLATFORM: Final = Platform(
    "swimctl.platforms.cisco_ios.choice:cisco",
    frozenset({"cisco_xe", "iosxe", "ios-xe", "ios_xe", "cisco_iosxe", "cisco_ios_xe"}),
    TERMINAL,
    installs=frozenset({ImageKind.IMAGE, ImageKind.PATCH}),
    scp="`ip scp server enable`",
    fetches="copy http:",
    # transcripts/cisco_xe/copy_http_success and copy_https_success, both with an account in the URL.
    # FTP: Cisco's guide "Image Copying …": user and password "specified in the copy privileged EXEC command".
    # SCP and SFTP ask for the password: docs/forms.md, "copy scp:" and "copy sftp:".
    schemes=("http", "https", "ftp", "scp", "sftp"),
    signs_in=("http", "https", "ftp", "scp", "sftp"),
)
