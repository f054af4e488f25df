"""What IOS-XR is called and what it takes; its terminal: log messages, refusals, echoes, and what makes it ready."""

from __future__ import annotations

import re
from typing import Final

from swimctl.platforms.platform import Platform
from swimctl.platforms.terminal import DAY, MESSAGE, PERCENT, PERCENT_DISABLED, TIME, ZONE, Terminal

# `RP/0/RP0/CPU0:Mar  9 16:06:55.053 UTC: ifmgr[222]: %PKT_INFRA-LINK-3-UPDOWN : …`, `0/RP0/ADMIN0:…`. Glued to a
# header that ends in `Port ID`, the node is `RP`, not `DRP`.
_STAMP: Final = (
    rf"(?:(?:(?:RP|RSP|(?<![A-Z])DRP|LC|SC|SP|FC|PM)/)?\d+/\w+(?:/\w+)?:(?:\d{{4}} )?{DAY} {TIME}"
    rf"(?: {ZONE})? ?: [\w.-]+\[\d+\]: )?"
)

TERMINAL: Final = Terminal(
    setup=("terminal length 0", "terminal width 511"),
    enable=False,
    log=re.compile(_STAMP + MESSAGE),
    signs=("%",),
    refusals=re.compile(rf"\s*(?:{PERCENT}).*", re.IGNORECASE),
    disabled=PERCENT_DISABLED,
    verbs=r"sh(?:o(?:w)?)?|dir|install(?! +(?:(?:\w+ +)?operation|is +in +progress)\b)|admin|more|copy|"
    r"delete|term(?:inal)?|conf(?:igure)?|reload|exit|redundancy",
    # The time above each output: `Wed Dec  8 10:34:38.634 PST`. And what the shell of `admin` says as it opens, before
    # its own prompt and the command without that word: `root connected from 127.0.0.1 using console on r1` (a public
    # tutorial on IOS-XR's ZTP; Cisco's guides on the System Admin console).
    above=re.compile(
        rf"\s*(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{{2}} +\d{{1,2}} \d\d:\d\d:\d\d\.\d{{1,3}} {ZONE}\s*"
        r"|\s*\S+ connected from \S+ using \S+ on \S+\s*"
    ),
    # The installer tells its end whenever that comes: `Mar 09 18:33:41 Install operation 25 finished successfully`
    late=re.compile(
        rf"(?:{DAY}|\d{{4}}-\d\d-\d\d) {TIME} (?:Install operation \d+ (?:finished|aborted)|Ending operation \d+"
        r"|Action \d+:|ERROR!|It is a NO IMPACT).*"
    ),
)

PLATFORM: Final = Platform(
    "swimctl.platforms.cisco_xr.driver:CiscoXr",
    frozenset({"cisco_xr", "iosxr", "ios-xr", "ios_xr", "cisco_iosxr", "cisco_ios_xr", "cisco.iosxr.iosxr"}),
    TERMINAL,
    fetches="copy http:",
    # HTTP: tests of pyntc (see fetching.py). Of an account in such a URL no output was found. The others ask for the
    # account: docs/forms.md, "copy ftp:", "scp" and "sftp".
    schemes=("http", "https", "ftp", "scp", "sftp"),
    signs_in=("ftp", "scp", "sftp"),
)
