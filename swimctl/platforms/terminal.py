"""Where a terminal's output stands: a prompt, a question, or neither. Pure; a log message may land anywhere."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from swimctl.platforms import prompts

# The end of a line, with all carriage returns before it.
_LINE_END: Final = re.compile(r"(?<!\r)\r*\n")
_SCREEN: Final = r"\x1b\[[0-9;?]*[A-Za-z]"
_CONTROL = re.compile(rf"{_SCREEN}|[\x00-\x08\x0b-\x1f\x7f]")
# What follows a log message of IOS in lines of its own.
_REST_OF_LOG = re.compile(r"\s*-(?:Traceback|Process)\s*[=:]")
_REST_SIGNS: Final = ("-Traceback", "-Process")
# A message that is not known of the system has no more lines than these behind a prompt.
_BEHIND = 4
# So many characters of a command tell its echo: of a long one, a narrow terminal scrolls the rest away.
_ECHO = 10
# `%`, `root@hall-7:RE:0%`, `root@hall-7:~ #`, `[anna@hall-7 ~]$`
_SHELL = re.compile(r"(?:\[?[\w.-]+@[\w.-]+[:\w ~/\]-]*)?[%$]|[\w.-]+@[\w.-]+:\S* #")
_QUESTION = re.compile(
    r"(?:\[(?:y/n(?:/q)?|yes/no(?:/\w+)*|confirm|no,yes|yes,no|(?!#+\])[^\]\s]{0,80})\][:?]?\s*|\(y(?:es)?/n(?:o)?\)\??\s*(?:\[\w*\])?:?\s*"
    r"|\[(?:yes,no|y,n)\]\s*\((?:yes|no|y|n)\)\s*"  # Junos: `Reboot the system ? [yes,no] (no) `
    r"|[Pp]assword(?: for [^\s:]+)?:\s*|[Uu]sername[^\n]{0,30}[:?]\s*|\?\s*(?:\[[^\]\n]{0,80}\]\s*[:?]?\s*)?)\Z"
)
# What waits for a key at the end of a page; ` --More-- ` of IOS, IOS-XR, NX-OS and EOS, `---(more 42%)---` of Junos, as
# oxidized's and rancid's models have them. In raw text what takes it back comes behind it: backspaces or carriage
# returns over blanks, or a sequence for a screen.
_PAGER: Final = r"<?-{2,3} ?\(?more(?: \d{1,3}%)?\)? ?-{2,3}>?(?:\(\d{1,3}%\))?"
_AT_PAGER: Final = re.compile(rf"\s*{_PAGER}", re.IGNORECASE)
_TURNED: Final = re.compile(
    rf"(?<![^\r\n])(?:{_SCREEN}|[ \t])*{_PAGER}(?:{_SCREEN}|\x08+|[ \t]+(?=[\x08\r\x1b])|\r(?!\r*\n))*", re.IGNORECASE
)
_NOTICE: Final = "essage from "
# IOS-XR asks in one line and names the choices in the next: ` [yes/no]:[yes]`.
_CHOICES = re.compile(r"\s*(?:\[[\w/:,]+\]\s*:?\s*)+")


# What the logs of several systems have in common: `Mar  9`, `16:06:55.053`, and `%LINK-3-UPDOWN: …` to the line's end.
DAY = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) +\d{1,2}"
TIME = r"\d\d:\d\d:\d\d(?:\.\d+)?"
# What a clock goes by is any word that somebody chose for it (`UTC+2`, `GMT/BST`, `PSTDST`: configurations and logs of
# IOS in public repositories), and on systems that know the zones of the world also a number (`+08`).
ZONE = r"(?:[A-Za-z]|[+-]\d)[\w+/-]*"
RFC_3339 = r"\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-][\d:]+)"
MESSAGE = r"%[A-Z][A-Z0-9_]*(?:-[A-Z0-9_]+)*-[0-7]-[A-Z0-9_]+ ?: ?.*"
# Refusals and a protocol that is off, as IOS and its kin say it.
PERCENT = (
    r"%\s*(?:Invalid (?:input|command|number|parameter|interface)|Incomplete command|Ambiguous command|"
    r"Unknown command|Unrecognized command|Unavailable command|Bad IP address|Authorization (?:failed|denied)|"
    r"Permission denied|Access denied|.*not supported|.*not available|.*not allowed)"
    r"|% This command is not authorized|Command authorization failed|Line has invalid autocommand|.*: command not found"
)
PERCENT_DISABLED = re.compile(r"\s*%\s*(?:CDP|LLDP)\b.* not (?:enabled|running|active).*", re.IGNORECASE)


@dataclass(frozen=True, slots=True, eq=False)  # one of a system: patterns are kept for each, and found by what it is
class Terminal:
    """What is particular to a system's terminal; the one home of it, for sessions and parsers alike.

    `setup` is typed after the login, whatever is answered; `enable` tells whether that gives privilege there. `log`
    matches a log message from its stamp to the end of its line, wherever in a line it begins; each has one of `signs`
    in it, which spares the search in other lines. `late` matches what the system prints when something ends in the
    background: no part of a prompt, and a fact for those who wait for it. `notices` match messages of several lines,
    each with no lines but its own; all have `_NOTICE` in them. `refusals` match a line that refuses a command,
    `disabled` one that says that a protocol is off; `verbs` match the first words of commands as an echo shows them,
    `above` what stands between an echo and an output.
    """

    setup: tuple[str, ...]
    enable: bool
    log: re.Pattern[str]
    signs: tuple[str, ...]
    refusals: re.Pattern[str]
    disabled: re.Pattern[str]
    verbs: str
    above: re.Pattern[str] | None = None
    late: re.Pattern[str] | None = None
    notices: re.Pattern[str] | None = None

    def without_notices(self, text: str) -> str:
        """Return a text without the messages of several lines in it; what they were glued to stays."""
        return self.notices.sub("", text) if self.notices is not None and _NOTICE in text else text

    def may_log(self, text: str) -> bool:
        """Return whether a text may have a log message in it: with none of the signs in it, it has none."""
        return any(sign in text for sign in (*self.signs, *_REST_SIGNS))

    def without_log(self, line: str, *, late: bool = False) -> str:
        """Return a line without the log message in it, empty where it is nothing else; `late` ones cut too if asked."""
        if any(sign in line for sign in self.signs):
            line = self.log.sub("", line)
        if "-" in line and _REST_OF_LOG.match(line):
            line = ""
        return self.late.sub("", line) if late and self.late is not None else line


def plain(text: str) -> str:
    """Drop what only a screen needs: colours, backspaces with what they took back, carriage returns."""
    text = line_feeds(text.replace("\0", ""))
    return _CONTROL.sub("", _taken_back(text) if "\b" in text else text)


def without_pages(text: str) -> str:
    """Return a raw text whose pages were turned without what stood at their ends, and without what took that back."""
    return _TURNED.sub("", text)


def line_feeds(text: str) -> str:
    """Return a text whose lines end with a line feed alone, whatever carriage returns it had; linear."""
    return ended_by_feeds(text).replace("\r", "\n")


def ended_by_feeds(text: str) -> str:
    """Return a text without the carriage returns right before its line feeds; linear, however many there are."""
    # One before each is what devices send: the search is for all others, and looks at each character.
    text = text.replace("\r\n", "\n")
    return _LINE_END.sub("\n", text) if "\r\n" in text else text


def _taken_back(text: str) -> str:
    """Return what a line shows where each backspace takes the character before it; linear, however many there are."""
    shown: list[str] = []
    for character in text:
        if character != "\b":
            shown.append(character)
        elif shown and shown[-1] != "\n":
            shown.pop()
    return "".join(shown)


def without_log(text: str, terminal: Terminal) -> str:
    """Return a text without log messages and late ones, also where they are glued to a prompt or a question."""
    lines = terminal.without_notices(text).split("\n")
    return "\n".join(terminal.without_log(line, late=True) for line in lines)


# What a device asks after a login, in the line in which it waits for the answer. Words of IOS and TACACS+ servers for a
# password that has expired, of Duo and RSA for a code; that of terms has no source but common sense.
_AT_LOGIN: Final = re.compile(
    r"(?:password|pass ?code|passphrase|token|verification code|one-time|\botp\b|\bpin\b).*[:?>]$"
    r"|(?:accept|agree|continue|proceed|acknowledge)\b.*(?:\?|\[[^]]*\]|\([^)]*\))[:?]?$",
    re.IGNORECASE,
)


def find_prompt(text: str, terminal: Terminal) -> str | None:
    """Return the line that ends a text, with any log messages after it, where it may be a prompt; else None.

    One that is no plain name stands in the last line: in those before, banners have such lines. A shell's is none.
    """
    shown = without_log(plain(text), terminal)
    last = shown.rstrip().rpartition("\n")[2]
    if prompts.is_plain(last):
        return last
    return (
        last if prompts.may_be(last) and not _SHELL.fullmatch(last) and not shown.rstrip(" ").endswith("\n") else None
    )


def no_command_line(text: str, user: str) -> str | None:
    """Return what stands where a command line should, at the end of a login, and what to do; None: nothing does.

    A shell, which Junos gives to root, or a question: for a new password, a code, or whether terms are agreed to. A
    banner that ends in the same words goes on in another line, and a question waits in its own.
    """
    lines = plain(text).rstrip(" ").split("\n")
    last = lines[-1]
    if _SHELL.fullmatch(last):
        return (
            f"gives '{user}' a shell ({last}), not its command line; log in with an account that gets the command "
            "line: on Junos one of class super-user, not root"
        )
    if _AT_LOGIN.search(last):
        said = " ".join(" ".join(line for line in lines[-3:] if line.strip()).split())
        return f"asks '{user}' after the login: {said[-200:]!r}; nothing was typed there"
    return None


@dataclass(frozen=True, slots=True)
class Answer:
    """What to type when the device asks something that `question` matches. One key goes without Enter.

    `above` must stand in what was printed since the last answer. `once`: who asks for it again gets nothing.
    """

    question: re.Pattern[str]
    reply: str
    one_key: bool = False
    above: re.Pattern[str] | None = None
    once: bool = False


def answer(question: str, reply: str, *, one_key: bool = False) -> Answer:
    """Make an Answer from a regular expression; case and runs of blanks do not matter."""
    return Answer(re.compile(question.replace(" ", r"\s+"), re.IGNORECASE), reply, one_key)


@dataclass(frozen=True, slots=True)
class Stand:
    """Tell a prompt (`#` or `>`) from a question or neither. `sure`: nothing is behind it.

    `odd`: what is behind the prompt is no log message that is known of the system; it may be one all the same. Or a
    number in the prompt is another one than ever before: then `learned` is what stays of it. `page`: it waits for a key
    to show the next page.
    """

    prompt: str | None = None
    question: str | None = None
    sure: bool = True
    odd: bool = False
    learned: str | None = None
    page: bool = False


def stand(text: str, hostname: str, terminal: Terminal, command: str = "") -> Stand:
    """Return where output that has arrived so far stands.

    Log messages after a prompt or a question make it unsure, and anything else after a prompt makes it odd: the caller
    waits for silence before it believes them. A prompt with the `command` behind it is an echo. `hostname` is what
    stays of the prompt, as `prompts.py` writes it: of most the name alone.
    """
    shown = plain(text)
    quiet = terminal.without_notices(shown)
    lines = quiet.rstrip().split("\n")
    said: list[str] = []  # the last line that is no log message, and the one above
    sure = quiet == shown
    for line in reversed(lines):
        rest = terminal.without_log(line, late=True).rstrip()
        sure = sure and (bool(said) or rest == line.rstrip())
        if rest:
            said.append(rest)
        if len(said) == 2:
            break
    last = said[0] if said else ""
    prompt = prompts.pattern(hostname)
    if prompt.fullmatch(last):
        return Stand(prompt=_sign(last), sure=sure)
    if _AT_PAGER.fullmatch(last):
        return Stand(page=True, sure=sure)
    if last and _QUESTION.search(last):
        if _CHOICES.fullmatch(last) and len(said) > 1:
            last = said[1] + "\n" + last
        return Stand(question=last, sure=sure)
    odd = _odd_prompt(lines, hostname, command)
    if odd is not None:
        return Stand(prompt=odd[1], sure=False, odd=True)
    new = prompts.learned(hostname, last)
    return Stand() if new is None else Stand(prompt=_sign(last), sure=False, odd=True, learned=new)


def _sign(prompt: str) -> str:
    return "#" if prompt.rfind("#") > prompt.rfind(">") else ">"


def _odd_prompt(lines: Sequence[str], hostname: str, command: str) -> tuple[int, str] | None:
    """Return the place of a prompt with other text behind it than the command, and its sign; None where none is."""
    for index in range(max(0, len(lines) - _BEHIND), len(lines)):
        found = prompts.pattern(hostname).match(lines[index])
        behind = lines[index][found.end() :].strip() if found else ""
        # `$` begins the end of a long command that the terminal scrolled sideways.
        if found and not behind.startswith((command.strip() or "\n", "$")):
            return index, _sign(found.group(0))
    return None


def has_echo(text: str, command: str) -> bool:
    """Return whether a text has the beginning of a command in it, however a terminal wrapped that."""
    begin = "".join(command.split())[:_ECHO]
    return begin in "".join(plain(text).split())


def body(text: str, command: str, hostname: str, terminal: Terminal) -> str:
    """Return a command's output without its echo and the closing prompt."""
    prompt = prompts.pattern(hostname)
    raw = terminal.without_notices(plain(text)).lstrip("\n")
    first, newline, rest = raw.partition("\n")
    # NX-OS puts `!Command: show running-config` above that output: no echo.
    before = first.strip().removesuffix(command.strip()).rstrip()
    ends = not before or before.endswith((">", "#", "$", "%")) or prompt.fullmatch(before)
    if newline and before != first.strip() and ends:
        raw = rest
    lines = raw.rstrip().split("\n")
    for index in range(len(lines) - 1, -1, -1):
        line = terminal.without_log(lines[index], late=True).strip()
        if prompt.fullmatch(line):
            late = [each for each in lines[index + 1 :] if terminal.without_log(each).strip()]
            return "\n".join([*lines[:index], *late])
        if line:
            break
    odd = _odd_prompt(lines, hostname, command)
    return "\n".join(lines if odd is None else lines[: odd[0]])


def matching(question_text: str, answers: Sequence[Answer], above: str = "") -> Answer | None:
    """Choose the answer to what the device asks, None where there is none; `above` was printed before, as it came."""
    for candidate in answers:
        if candidate.question.search(question_text) and (
            candidate.above is None or candidate.above.search(plain(above))
        ):
            return candidate
    return None
