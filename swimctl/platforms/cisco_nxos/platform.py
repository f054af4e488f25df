"""What NX-OS is called and what it takes; its terminal: log messages, refusals, echoes, and what makes it ready."""

from __future__ import annotations

import re
from typing import Final

from swimctl.platforms.platform import Platform
from swimctl.platforms.terminal import DAY, MESSAGE, PERCENT, PERCENT_DISABLED, TIME, Terminal

# `2024 Mar  9 16:06:55.123 hall-7 %$ VDC-1 %$ %VSHD-5-VSHD_SYSLOG_CONFIG_I: …`, on a console without the name.
_STAMP: Final = rf"(?:<\d+>)?(?:\d{{4}} {DAY} {TIME}(?: (?!%)\S+){{0,2}} +)?"
# Behind the mark of a VDC also stands what has no tag (`pltfm_config[9616]: WARNING: …`, `nve[28908]: …`), or another
# time (`Apr  2 12:50:44 %KERN-0-SYSTEM_MSG: …`): notes on labs with a Nexus 9000 and a Nexus 3000, public repositories.
_OF_VDC: Final = r"%\$ VDC-\d+ %\$ .*"

TERMINAL: Final = Terminal(
    setup=("terminal length 0", "terminal width 511"),
    enable=False,
    log=re.compile(f"{_STAMP}(?:{_OF_VDC}|{MESSAGE})"),
    signs=("%",),
    # `Error: AAA authorization failed AAA_AUTHOR_STATUS_METHOD=16(0x10)` of a TACACS+ server (three public
    # repositories); some releases name the command before the number.
    refusals=re.compile(
        rf"\s*(?:{PERCENT}|Syntax error while parsing '|Cmd exec error\b|% String exceeded"
        r"|(?:Error: *)?AAA authorization failed\b).*",
        re.IGNORECASE,
    ),
    disabled=PERCENT_DISABLED,
    verbs=r"sh(?:o(?:w)?)?|dir|install(?! +(?:has|is|failed|aborted)\b)|copy(?! +(?:complete|failed|aborted))|delete|"
    r"term(?:inal)?|conf(?:igure)?|reload|exit",
    # `show clock` of some releases, and what `terminal exec prompt timestamp` puts before an output.
    above=re.compile(r"\s*(?:Time source is .*|No time source, .*)"),
)

PLATFORM: Final = Platform(
    "swimctl.platforms.cisco_nxos.driver:CiscoNxos",
    frozenset({"cisco_nxos", "nxos", "nx-os", "nxos_ssh", "nx_os", "cisco_nx_os", "cisco.nxos.nxos"}),
    TERMINAL,
    scp="`feature scp-server`",
    fetches="copy http:",
    # HTTP: a guide of Apstra (see fetching.py). Of an account in such a URL no output was found. The others ask for the
    # account: docs/forms.md, "copy ftp:", "copy scp:" and "copy sftp:".
    schemes=("http", "https", "ftp", "scp", "sftp"),
    signs_in=("ftp", "scp", "sftp"),
    open_end="show running-config",
)
