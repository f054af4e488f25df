"""The terminal of Junos: its log messages, refusals and echoes, and what makes it ready."""

from __future__ import annotations

import re
from typing import Final

from swimctl.terminal import DAY, TIME, Terminal

TERMINAL: Final = Terminal(
    # Nothing turns messages off for one terminal: those of `syslog user *` come to all of them.
    setup=("set cli screen-length 0", "set cli screen-width 511"),
    enable=False,
    # `Mar  9 16:06:55  hall-7 mgd[1234]: UI_COMMIT: User …`, without a `%` before the tag.
    log=re.compile(
        rf"{DAY} (?:\d{{4}} )?{TIME}(?: \d{{4}})? +[\w.:-]+ +"
        r"(?:[\w./-]+\[\d+\]: |[\w./-]+: (?=(?:%[A-Z]+\d*-\d-)?[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+: )).*"
    ),
    signs=(": ",),
    refusals=re.compile(
        r"\s*(?:syntax error(?:[,.:]|$)|unknown command\.|missing argument\.|'\S+' is ambiguous\."
        r"|error: (?:syntax error|unknown command|permission denied|command is not valid on|invalid value"
        r"|(?:the )?\S+(?: subsystem| instance)? (?:is )?not running)|.*: command not found).*",
        re.IGNORECASE,
    ),
    disabled=re.compile(
        r"\s*(?:error|warning): (?:the )?\S+ subsystem not running - not needed by configuration.*", re.IGNORECASE
    ),
    verbs=r"show|request|file (?:list|checksum|copy|delete|show)|set cli|clear|conf(?:igure)?|exit",
    # The time, where it is switched on; above each prompt the role of what answers: `{master:0}`, `{primary:node0}`.
    above=re.compile(
        r"\s*(?:[A-Z][a-z]{2} +\d{1,2} \d\d:\d\d:\d\d\s*"
        r"|\{(?:master|backup|primary|secondary|line-?card|local|hold|disabled|lost)[\w:-]*\}(?:\[edit[^\]]*\])?\s*)"
    ),
)
