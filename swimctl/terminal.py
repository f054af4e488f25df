"""Where a terminal's output stands: a prompt, a question, or neither. Pure; a syslog line may land anywhere."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_MODE = r"(?:\([^()\s]{1,40}\))?[>#]"
_CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|[\x00-\x08\x0b-\x1f\x7f]")
_DAY = r"[A-Z][a-z]{2} +\d{1,2}"
_TIME = r"\d\d:\d\d:\d\d(?:\.\d+)?"
SYSLOG = re.compile(
    r"(?:^|(?<=[#>\]\s]))(?:(?:"
    rf"(?:\d+: )?[*.]?(?:{_DAY} (?:\d{{4}} )?{_TIME}(?: [A-Z]{{2,5}})?|\d+[dwy]\d+[hdw]|\d\d:\d\d:\d\d): "
    # NX-OS: `2024 Mar  9 16:06:55.123 hall-7 %$ VDC-1 %$ %ETHPORT-5-IF_UP: …`
    rf"|\d{{4}} {_DAY} {_TIME}(?: [A-Za-z][\w.+-]*){{0,2}} +(?:%\$ VDC-\d+ %\$ +)?"
    # IOS-XR: `RP/0/RP0/CPU0:Mar  9 16:06:55.053 UTC: ifmgr[222]: %PKT_INFRA-LINK-3-UPDOWN : …`
    rf"|(?:[A-Z]{{2,4}}/)?\d+/\w+(?:/\w+)?:(?:\d{{4}} )?{_DAY} {_TIME}(?: [A-Za-z][\w+-]*)? ?: [\w.-]+\[\d+\]: "
    r")%[A-Z0-9_]+-(?:[A-Z0-9_]+-)?[0-7]-[A-Z0-9_]+ ?:"
    # Its installer tells its end whenever that comes: `Mar 09 18:33:41 Install operation 25 finished successfully`
    rf"|(?:{_DAY}|\d{{4}}-\d\d-\d\d) {_TIME} (?:Install operation \d+ (?:finished|aborted)|Ending operation \d+"
    r"|Action \d+:|ERROR!|It is a NO IMPACT))[^\n]*",
    re.MULTILINE,
)
# Junos puts the user before the name (`anna@hall-7>`), IOS-XR the node (`RP/0/RP0/CPU0:hall-7#`).
_FIRST_PROMPT = re.compile(r"^([A-Za-z0-9][\w.:/@-]{0,94})" + _MODE + r"\s*\Z", re.MULTILINE)
# `%`, `root@hall-7:RE:0%`, `root@hall-7:~ #`, `[anna@hall-7 ~]$`
_SHELL = re.compile(r"(?:\[?[\w.-]+@[\w.-]+[:\w ~/\]-]*)?[%$]|[\w.-]+@[\w.-]+:\S* #")
_QUESTION = re.compile(
    r"(?:\[(?:y/n(?:/q)?|yes/no(?:/\w+)*|confirm|no,yes|yes,no|(?!#+\])[^\]\s]{0,80})\][:?]?\s*|\(y(?:es)?/n(?:o)?\)\??\s*(?:\[\w*\])?:?\s*"
    r"|\[(?:yes,no|y,n)\]\s*\((?:yes|no|y|n)\)\s*"  # Junos: `Reboot the system ? [yes,no] (no) `
    r"|[Pp]assword:\s*|[Uu]sername[^\n]{0,30}[:?]\s*|\?\s*(?:\[[^\]\n]{0,80}\]\s*[:?]?\s*)?)\Z"
)
# IOS-XR asks in one line and names the choices in the next: ` [yes/no]:[yes]`.
_CHOICES = re.compile(r"\s*(?:\[[\w/:,]+\]\s*:?\s*)+")


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a platform's terminal is made ready: whether `enable` gives privilege there, and what is typed then."""

    setup: tuple[str, ...]
    enable: bool


def plain(text: str) -> str:
    """Drop what only a screen needs: colours, backspaces with what they took back, carriage returns."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    while "\b" in text:
        shorter = re.sub(r"[^\b\n]\x08|\A\x08+|(?<=\n)\x08+", "", text)
        if shorter == text:
            break
        text = shorter
    return _CONTROL.sub("", text)


def without_syslog(text: str) -> str:
    """Take out syslog lines, also one that is glued to a prompt or a question."""
    return SYSLOG.sub("", text)


def find_hostname(text: str) -> str | None:
    """Read the device's name from the prompt that ends `text`, with any syslog lines after it."""
    found = _FIRST_PROMPT.search(without_syslog(plain(text)).rstrip())
    return found.group(1) if found else None


def shell_prompt(text: str) -> str | None:
    """Give the prompt of a Unix shell that ends `text`, None where none does: Junos gives one to root."""
    last = plain(text).rstrip(" ").rsplit("\n", 1)[-1]
    return last if _SHELL.fullmatch(last) else None


@dataclass(frozen=True, slots=True)
class Answer:
    """What to type when the device asks something that `question` matches. One key goes without Enter."""

    question: re.Pattern[str]
    reply: str
    one_key: bool = False


def answer(question: str, reply: str, *, one_key: bool = False) -> Answer:
    """Make an Answer from a regular expression; case and runs of blanks do not matter."""
    return Answer(re.compile(question.replace(" ", r"\s+"), re.IGNORECASE), reply, one_key)


@dataclass(frozen=True, slots=True)
class Stand:
    """Tell a prompt (`#` or `>`) from a question or neither. `sure`: nothing is behind it."""

    prompt: str | None = None
    question: str | None = None
    sure: bool = True


def stand(text: str, hostname: str) -> Stand:
    """Tell where output that has arrived so far stands.

    Syslog text after a prompt or a question makes it unsure: the caller waits for silence before it believes it.
    IOS cuts the name in a configuration prompt, so the first 16 characters decide.
    """
    raw = plain(text)
    quiet = without_syslog(raw)
    tail = quiet.rstrip()
    last = tail.rsplit("\n", 1)[-1]
    sure = raw.rstrip().rsplit("\n", 1)[-1] == last  # syslog lines above it are old; one behind it is not
    if re.fullmatch(re.escape(hostname[:16]) + r"[\w.:/@-]*" + _MODE, last):
        return Stand(prompt=last[-1], sure=sure)
    if last and _QUESTION.search(last):
        if _CHOICES.fullmatch(last):
            last = tail[: -len(last)].rstrip().rsplit("\n", 1)[-1] + "\n" + last
        return Stand(question=last, sure=sure)
    return Stand()


def body(text: str, command: str, hostname: str) -> str:
    """Cut the echoed command and the closing prompt off a command's output."""
    raw = plain(text).lstrip("\n")
    first, newline, rest = raw.partition("\n")
    if newline and first.strip().endswith(command.strip()):
        raw = rest
    lines = raw.rstrip().split("\n")
    prompt = re.compile(re.escape(hostname[:16]) + r"[\w.:/@-]*" + _MODE)
    for index in range(len(lines) - 1, -1, -1):
        line = without_syslog(lines[index]).strip()
        if prompt.fullmatch(line):
            del lines[index]
            break
        if line:
            break
    return "\n".join(lines)


def matching(question_text: str, answers: Sequence[Answer]) -> Answer | None:
    """Choose the answer to what the device asks, None where there is none."""
    for candidate in answers:
        if candidate.question.search(question_text):
            return candidate
    return None
