"""What EOS is called and what it takes; its terminal: log messages, refusals, echoes, and what makes it ready."""

from __future__ import annotations

import re
from typing import Final

from swimctl.platforms.platform import Platform
from swimctl.platforms.terminal import DAY, MESSAGE, PERCENT, PERCENT_DISABLED, RFC_3339, TIME, ZONE, Terminal

# `Mar  9 16:06:55 leaf-1 Ebra: 21: %LINEPROTO-5-UPDOWN: …`; where so configured with an RFC 3339 time, or with the
# year and the zone (`logging format timestamp traditional year timezone`; where these stand is general knowledge).
_STAMP: Final = (
    rf"(?:(?:{DAY} (?:\d{{4}} )?{TIME}(?: {ZONE})??|{RFC_3339}) [\w.-]+ (?:[A-Za-z][\w.-]*(?:\[\d+\])?: (?:\d+: )?)?)?"
)

TERMINAL: Final = Terminal(
    setup=("terminal length 0", "terminal width 32767"),
    enable=True,
    log=re.compile(_STAMP + MESSAGE),
    signs=("%",),
    refusals=re.compile(rf"\s*(?:{PERCENT}).*", re.IGNORECASE),
    disabled=PERCENT_DISABLED,
    verbs=r"sh(?:o(?:w)?)?|dir|verify|install|copy(?! +completed)|delete|wr(?:i(?:te?)?)?|term(?:inal)?|ena(?:ble)?|"
    r"conf(?:igure)?|reload(?! +(?:cause +\d+ *:|occurred|requested|time *:))|exit",
)

PLATFORM: Final = Platform(
    "swimctl.platforms.arista_eos.driver:AristaEos",
    frozenset({"arista_eos", "eos", "arista.eos.eos"}),
    TERMINAL,
    fetches="copy http:",
    # ARISTA-CONFIG-COPY-MIB, aristaConfigCopySourceUri: `scheme://[username:password@]host/path` of the first
    # three. The others ask for the password: docs/forms.md, "copy scp:" and "copy sftp:".
    schemes=("http", "https", "ftp", "scp", "sftp"),
    signs_in=("http", "https", "ftp", "scp", "sftp"),
)
