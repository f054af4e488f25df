"""The one way from what a session caught to what a command printed: no echo, prompt, paging, syslog or indentation."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from swimctl.errors import CommandRefused, NotEnabled, UnparsableOutput

_ESCAPES: Final = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[()][A-Za-z0-9]|[=>78A-Za-z])")
_CONTROL: Final = re.compile(r"[\x00-\x07\x0b\x0c\x0e-\x1f\x7f]")
# `--More--`, and on Junos `---(more 37%)---`.
_MORE: Final = re.compile(r"\s?-+ ?\(?More(?: \d+%)?\)? ?-+ ?", re.IGNORECASE)

_PROMPT: Final = r"[A-Za-z0-9][\w.:/@~+-]{0,80}(?:\([^()\s][^()]{0,60}\))?[#>]"
_PROMPT_LINE: Final = re.compile(rf"\s*(?:{_PROMPT}|[#>])\s*")
_VERBS: Final = (
    r"(?:sh(?:o(?:w)?)?|dir|verify|install(?! (?:operation (?:\d+ |will |completed)|has been |is in progress))|admin|"
    r"more|copy(?! complete)|clear|delete|wr(?:i(?:te?)?)?|term(?:inal)?|ena(?:ble)?|conf(?:igure)?|"
    r"reload(?! cause \d+:)|exit|request|redundancy(?! mode\b)|issu|"
    r"file (?:list|checksum|copy|delete|show))"
)
_COMMAND_AFTER_PROMPT: Final = re.compile(
    rf"\s*(?P<prompt>{_PROMPT}|[#>])\s*(?:do\s+)?(?P<typed>{_VERBS}(?:\s.*)?)", re.IGNORECASE
)
# A bare echo: a verb, then words. `verify /md5 (flash:f) = 1a2b…` is a result, and `install_add: START` one word.
_BARE_COMMAND: Final = re.compile(rf"\s*{_VERBS}(?:\s+[^\s(=][^(=]*)?", re.IGNORECASE)
# The tail of a long command that the terminal scrolled sideways: `$is/images/x.bin activate commit`.
_SCROLLED_COMMAND: Final = re.compile(r"\s*\$\S.*")
_ECHOES: Final = (_BARE_COMMAND, _SCROLLED_COMMAND, _PROMPT_LINE)
# IOS-XR puts the time above each output: `Wed Dec  8 10:34:38.634 PST`. Junos can too (`Mar  9 18:56:04`), and puts
# the role of what answers above each prompt: `{master:0}`, `{primary:node0}[edit]`.
_BEFORE_OUTPUT: Final = re.compile(
    r"\s*(?:Load for five secs: .*|Time source is .*|No time source, .*|\[?[\d:T., -]*\]?:?\s*\+{2,} .* \+{2,}\s*"
    r"|(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} +\d{1,2} \d\d:\d\d:\d\d\.\d{1,3} [A-Za-z][\w:+-]*\s*"
    r"|[A-Z][a-z]{2} +\d{1,2} \d\d:\d\d:\d\d\s*"
    r"|\{(?:master|backup|primary|secondary|line-?card|local|hold|disabled|lost)[\w:-]*\}(?:\[edit[^\]]*\])?\s*)"
)

# IOS-XR: `RP/0/RP0/CPU0:Jul 27 14:00:42.051 UTC: ifmgr[222]: %PKT_INFRA-LINK-3-UPDOWN : …`
_NODE_STAMP: Final = (
    r"(?:[A-Z]{2,4}/)?\d+/\w+(?:/\w+)?:(?:\d{4} )?[A-Z][a-z]{2} +\d{1,2} \d\d:\d\d:\d\d(?:\.\d+)?"
    r"(?: [A-Za-z][\w+-]*)? ?: [\w.-]+\[\d+\]: "
)
_STAMP: Final = (
    r"(?:\d{6,}: )?(?:<\d+>)?(?:\d+: )?"
    r"(?:[*.]?(?:(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) +\d{1,2} (?:\d{4} )?"
    r"\d\d:\d\d:\d\d(?:\.\d+)?(?: [A-Za-z]{2,8})?"
    r"|\$?\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-][\d:]+)?|\d+[ywd]\d+[wdh]|\d+:\d\d:\d\d)\s*: )?"
)
# Arista EOS: `Mar  9 16:06:55 leaf-1 Ebra: 21: %LINEPROTO-5-UPDOWN: …`, with an RFC 3339 time where so configured.
_AGENT_STAMP: Final = (
    r"(?:[A-Z][a-z]{2} +\d{1,2} (?:\d{4} )?\d\d:\d\d:\d\d(?:\.\d+)?|\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-][\d:]+))"
    r" [\w.-]+ [A-Z][\w.-]*(?:\[\d+\])?: (?:\d+: )?"
)
# NX-OS: `2024 Mar  9 16:06:55.123 hall-7 %$ VDC-1 %$ %VSHD-5-VSHD_SYSLOG_CONFIG_I: …`, on a console without the name.
_YEAR_STAMP: Final = (
    r"\d{4} [A-Z][a-z]{2} +\d{1,2} \d\d:\d\d:\d\d(?:\.\d+)?(?: [A-Za-z][\w.+-]*){0,2} +(?:%\$ VDC-\d+ %\$ +)?"
)
_SYSLOG: Final = re.compile(
    rf"(?:{_NODE_STAMP}|{_AGENT_STAMP}|{_YEAR_STAMP}|{_STAMP})%[A-Z][A-Z0-9_]*(?:-[A-Z0-9_]+)*-[0-7]-[A-Z0-9_]+ ?: ?.*"
)
# Junos: `Mar  9 16:06:55  hall-7 mgd[1234]: UI_COMMIT: User …`, without a `%` before the tag.
_DAEMON: Final = re.compile(
    r"[A-Z][a-z]{2} +\d{1,2} (?:\d{4} )?\d\d:\d\d:\d\d(?:\.\d+)?(?: \d{4})? +[\w.:-]+ +[\w./-]+(?:\[\d+\])?: "
    r"(?:%[A-Z]+\d*-\d-)?[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+: .*"
)
_SYSLOG_REST: Final = re.compile(r"\s*-(?:Traceback|Process)\s*[=:]")

_REFUSALS: Final = re.compile(
    r"\s*(%\s*(?:Invalid (?:input|command|number|parameter|interface)|Incomplete command|Ambiguous command|"
    r"Unknown command|Unrecognized command|Unavailable command|Bad IP address|Authorization (?:failed|denied)|"
    r"Permission denied|Access denied|"
    r".*not supported|.*not available|.*not allowed)"
    r"|% This command is not authorized"
    r"|Command authorization failed|Line has invalid autocommand|.*: command not found"
    # NX-OS
    r"|Syntax error while parsing '|Cmd exec error\b|% String exceeded"
    # Junos
    r"|syntax error(?:[,.:]|$)|unknown command\.|missing argument\.|'\S+' is ambiguous\."
    r"|error: (?:syntax error|unknown command|permission denied|command is not valid on|invalid value"
    r"|(?:the )?\S+(?: subsystem| instance)? (?:is )?not running)).*",
    re.IGNORECASE,
)
# A configuration register: `0x2`, `0x102`, `0x2102`; with two digits, or with three others, it is a half one.
REGISTER: Final = r"0x(?:[0-9A-Fa-f]|1[0-9A-Fa-f]{2}|[0-9A-Fa-f]{4})"

# Each of the error texts has one of these in it, most outputs have none.
_ERROR_SIGNS: Final = ("%", "'", "error", "failed", "warning", "autocommand", "missing", "unknown", "not found")
_NOT_ENABLED: Final = re.compile(
    r"\s*%\s*(?:CDP|LLDP)\b.* not (?:enabled|running|active).*"
    r"|\s*(?:error|warning): (?:the )?\S+ subsystem not running - not needed by configuration.*",
    re.IGNORECASE,
)


def clean(text: str, command: str) -> list[str]:
    """Give the lines that the command printed, blank ones too; what follows a later prompt with a command is cut.

    Raises CommandRefused with the device's words for an error text (`% Invalid input detected …`), NotEnabled for
    `% CDP is not enabled`, and UnparsableOutput where nothing was printed.
    """
    lines = without_syslog(_terminal_lines(text))
    lines = _between_prompts(lines, command)
    said = "\n".join(lines).casefold()
    for line in lines if any(sign in said for sign in _ERROR_SIGNS) else ():
        if _NOT_ENABLED.fullmatch(line):
            raise NotEnabled(f"'{command}': the device answered '{line.strip()}'")
        if _REFUSALS.fullmatch(line):
            raise CommandRefused(f"'{command}': the device answered '{line.strip()}'")
    if not any(line.strip() for line in lines):
        raise UnparsableOutput(command, "", "the device printed nothing")
    return _dedent(lines)


def is_half(value: str, known: Iterable[str]) -> bool:
    """Tell whether a value is the mere beginning of a known one: the output broke off inside it."""
    word, words = value.casefold(), [each.casefold() for each in known]
    return bool(word) and word not in words and any(each.startswith(word) for each in words)


def ended(text: str, line: str) -> bool:
    """Tell whether the end of a line came: one that nothing follows may be half."""
    return re.search(re.escape(line.strip()) + r"[ \t]*[\r\n]", text) is not None


def up_to_end(configuration: str) -> str:
    """Give back a running configuration that is whole by its `end`, as Cisco and Arista print it."""
    if not re.search(r"^end\s*$", configuration, re.MULTILINE):
        raise UnparsableOutput("show running-config", "", "its closing 'end' is missing")
    return configuration


def filled(text: str, command: str) -> list[str]:
    """Give the lines of `clean` that are not blank, without blanks at their ends."""
    return [line.rstrip() for line in clean(text, command) if line.strip()]


def without_syslog(lines: list[str]) -> list[str]:
    """Cut syslog messages: whole lines, and those that start in the middle of a line (after a prompt, a question)."""
    kept = []
    for line in lines:
        if _DAEMON.fullmatch(line):
            continue
        if "%" in line:
            found = _SYSLOG.search(line)
            if found:
                if line[: found.start()].strip():
                    kept.append(line[: found.start()])
                continue
        if not _SYSLOG_REST.match(line):
            kept.append(line)
    return kept


def _terminal_lines(text: str) -> list[str]:
    """Split into lines as a terminal would have shown them: carriage returns and backspaces write over."""
    text = _ESCAPES.sub("", text)
    text = re.sub(r"\r*\n", "\n", text)
    if "\n" not in text:
        text = text.replace("\r", "\n")
    lines = []
    for raw in text.split("\n"):
        line = _overwrite(raw) if "\r" in raw or "\b" in raw else raw
        line = _CONTROL.sub("", line)
        if "more" in line.lower() and _MORE.search(line):
            line = _MORE.sub("", line)
        lines.append(line.expandtabs())
    return lines


def _overwrite(raw: str) -> str:
    shown: list[str] = []
    at = 0
    for character in raw:
        if character == "\r":
            at = 0
        elif character == "\b":
            at = max(0, at - 1)
        else:
            shown[at : at + 1] = [character]
            at += 1
    return "".join(shown)


def _between_prompts(lines: list[str], command: str) -> list[str]:
    """Cut echo and prompts. A last line that is the beginning of the prompt seen at the head is a cut-off prompt."""
    # A banner, or other commands, may stand above the command that was asked for.
    start = next((number for number, line in enumerate(lines) if _asks(line, command)), 0)
    prompts: list[str] = []
    for number, line in enumerate(lines[start:], start):
        if not line.strip() or _is_before_output(line):
            continue
        asked = _asked(line)
        if asked:
            prompts.append(asked["prompt"])
        elif not (_is_end_of(line, command) or any(echo.fullmatch(line) for echo in _ECHOES)):
            break
        start = number + 1
    kept = [line for line in lines[start:] if not _is_before_output(line)]
    for number, line in enumerate(kept):
        if _asked(line):
            kept = kept[:number]
            break
    while kept and (_PROMPT_LINE.fullmatch(kept[-1]) or any(p.startswith(kept[-1].strip()) for p in [*prompts, ""])):
        kept.pop()
    return kept


def _asked(line: str) -> re.Match[str] | None:
    # Long outputs have thousands of lines, and hardly one with the end of a prompt.
    return _COMMAND_AFTER_PROMPT.fullmatch(line) if "#" in line or ">" in line else None


def _is_before_output(line: str) -> bool:
    # Each has one of these in it; it is asked of every line.
    return any(sign in line for sign in (":", "{", "++", " source")) and _BEFORE_OUTPUT.fullmatch(line) is not None


def _asks(line: str, command: str) -> bool:
    """Tell a prompt with this very command, perhaps abbreviated, from a prompt with another."""
    asked = _asked(line)
    if not asked:
        return False
    typed, wanted = asked["typed"].lower().split(), command.lower().split()
    return len(typed) >= len(wanted) and all(full.startswith(word) for full, word in zip(wanted, typed, strict=False))


def _is_end_of(line: str, command: str) -> bool:
    """Tell an echo that lost its first letters (`how inventory`)."""
    return " " in line.strip() and command.endswith(line.strip())


def _dedent(lines: list[str]) -> list[str]:
    """Cut the indentation that all lines share; a first line that a paste stripped of its own is left as it is."""
    indents = [len(line) - len(line.lstrip()) for line in lines if line.strip()]
    if len(indents) > 2 and indents[0] == 0 and min(indents[1:]) >= 4:
        shared = min(indents[1:])
        first = next(index for index, line in enumerate(lines) if line.strip())
        return [line if index == first else line[shared:] for index, line in enumerate(lines)]
    shared = min(indents)
    return [line[shared:] for line in lines]
