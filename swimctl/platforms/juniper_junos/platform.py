"""What Junos is called and what it takes; its terminal: log messages, refusals, echoes, and what makes it ready."""

from __future__ import annotations

import re
from typing import Final

from swimctl.platforms.configuration import braced
from swimctl.platforms.platform import Platform
from swimctl.platforms.terminal import DAY, TIME, Terminal

# Messages that come to every terminal whatever its settings, in several lines each:
# - syslogd's for `syslog user *`: in the second line the host again, and the message (FreeBSD's syslogd);
# - those of `wall`: below the first line, or in it, from where and when, then the text between blank lines (FreeBSD's
#   wall and, on Junos Evolved, that of Linux);
# - those of `request message`, up to a line `EOF` (Junos' CLI reference).
# Of one that has not come to its end only the first lines are known.
_NOTICES: Final = (
    r"Message from syslogd@(?P<host>[\w.-]+) at [^\n]*\.\.\.[^\n]*(?:\s*?\n[ \t]*(?P=host)[ \t]+\S[^\n]*)?",
    (
        r"Broadcast Message from \S+@\S+(?:[ \t]*\n[ \t]*\([^\n]*\) at [^\n]*| \([^\n]*\):[^\n]*)"
        r"(?:[ \t]*\n[ \t]*(?=\n))*(?:(?:\n[ \t]*\S[^\n]*){1,20}?(?=\n[ \t]*(?:\n|\Z)))?"
    ),
    r"Message from \S+@\S+ on \S+ at \d\d:\d\d \.\.\.[^\n]*(?:(?:\n[^\n]*){1,20}?\nEOF[ \t]*(?=\n|\Z))?",
)

TERMINAL: Final = Terminal(
    # Nothing turns messages off for one terminal: those of `syslog user *` come to all of them.
    setup=("set cli screen-length 0", "set cli screen-width 511"),
    enable=False,
    # `Mar  9 16:06:55  hall-7 mgd[1234]: UI_COMMIT: User …`, without a `%` before the tag; of a member or a card
    # `… hall-7 fpc0 CMLC: Going disconnected; …`, of the kernel also `… hall-7 kernel: ge-0/0/7: …`,
    # of a card for services `… hall-7 (FPC Slot 2, PIC Slot 1) …` (Juniper's guide on logs of services).
    log=re.compile(
        rf"{DAY} (?:\d{{4}} )?{TIME}(?: \d{{4}})? +[\w.:-]+ +"
        r"(?:[\w./-]+\[\d+\]: |/?kernel: |\(FPC Slot \d+, PIC Slot \d+\) +\S|(?:fpc|node|re|member)\d+ +\S.*: |"
        r"[\w./-]+: (?=(?:%[A-Z]+\d*-\d-)?[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+: )).*"
    ),
    signs=(": ",),
    notices=re.compile("|".join(_NOTICES), re.IGNORECASE),
    refusals=re.compile(
        r"\s*(?:syntax error(?:[,.:]|$)|unknown command\.|missing argument\.|'\S+' is ambiguous\."
        r"|error: (?:syntax error|unknown command|permission denied|command is not valid on|invalid value"
        r"|(?:the )?\S+(?: subsystem| instance)? (?:is )?not running)|.*: command not found).*",
        re.IGNORECASE,
    ),
    disabled=re.compile(
        r"\s*(?:error|warning): (?:the )?\S+ subsystem not running - not needed by configuration.*", re.IGNORECASE
    ),
    verbs=r"show|request|file (?:list|ls|checksum|copy|delete|show)|set cli|clear|conf(?:igure)?|exit",
    # The time, where it is switched on; above each prompt the role of what answers: `{master:0}`, `{primary:node0}`.
    above=re.compile(
        r"\s*(?:[A-Z][a-z]{2} +\d{1,2} \d\d:\d\d:\d\d\s*"
        r"|\{(?:master|backup|primary|secondary|line-?card|local|hold|disabled|lost)[\w:-]*\}(?:\[edit[^\]]*\])?\s*)"
    ),
)

PLATFORM: Final = Platform(
    "swimctl.platforms.juniper_junos.driver:JuniperJunos",
    frozenset({"juniper_junos", "junos", "juniper", "junos-os", "junipernetworks.junos.junos"}),
    TERMINAL,
    fetches="file copy",
    # FreeBSD's fetch below (see fetching.py); fetch(3) has the account in the URL.
    # FTP: Juniper's command reference, "How to Specify Filenames and URLs": `ftp://username:password@hostname/path`.
    # SCP asks for the password: docs/forms.md, "file copy scp:".
    schemes=("http", "https", "ftp", "scp"),
    signs_in=("http", "https", "ftp", "scp"),
    configured=braced,
    open_end="show configuration",
)
