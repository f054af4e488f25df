"""The one way from what a session caught to what a command printed: no echo, prompt, paging, log or indentation."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from typing import Final

from swimctl.errors import CommandRefused, NotEnabled, UnparsableOutput
from swimctl.platforms.terminal import Terminal, ended_by_feeds

_ESCAPES: Final = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[()][A-Za-z0-9]|[=>78A-Za-z])")
_CONTROL: Final = re.compile(r"[\x00-\x07\x0b\x0c\x0e-\x1f\x7f]")
# What takes the rest of a line off the screen, and the character that stands for it here: no device prints that one.
_ERASES: Final = re.compile(r"\x1b\[[02]?K")
_ERASED: Final = "\ue000"
_MOVES: Final = ("\r", "\b", _ERASED)
# `--More--`, with a share behind it where `more` of Linux shows it, and on Junos `---(more 37%)---`.
_MORE: Final = re.compile(r"\s?-+ ?\(?More(?: \d+%)?\)? ?-+(?:\(\d{1,3}%\))? ?", re.IGNORECASE)

# EOS puts the VRF or the supervisor in front of the mode: `leaf-1(vrf:MGMT)(config)#`, `leaf-1(s2)(config)#`.
_PROMPT: Final = r"[A-Za-z0-9][\w.:/@~+-]{0,80}(?:\([^()\s][^()]{0,60}\)){0,3}[#>]"
_PROMPT_LINE: Final = re.compile(rf"\s*(?:{_PROMPT}|[#>])\s*")
# The tail of a long command that the terminal scrolled sideways: `$is/images/x.bin activate commit`.
_SCROLLED_COMMAND: Final = re.compile(r"\s*\$\S.*")
# What unicon writes above an output that it caught.
_CAUGHT: Final = re.compile(r"\s*\[?[\d:T., -]*\]?:?\s*\+{2,} .* \+{2,}\s*")

# A configuration register: `0x2`, `0x102`, `0x2102`; with two digits, or with three others, it is a half one.
REGISTER: Final = r"0x(?:[0-9A-Fa-f]|1[0-9A-Fa-f]{2}|[0-9A-Fa-f]{4})"

_BEFORE_PUNCTUATION: Final = re.compile(r" (?=[,;:](?: |$))")

# Each of the error texts has one of these in it, most outputs have none.
_ERROR_SIGNS: Final = ("%", "'", "error", "failed", "warning", "autocommand", "missing", "unknown", "not found")

_PASSED: ContextVar[list[tuple[str, str]] | None] = ContextVar("lines that no parser knows", default=None)


@contextmanager
def unread() -> Iterator[list[tuple[str, str]]]:
    """Yield a list that gathers each line which a parser passes over meanwhile, with its command, once."""
    gathered: list[tuple[str, str]] = []
    token = _PASSED.set(gathered)
    try:
        yield gathered
    finally:
        _PASSED.reset(token)


def passed_over(command: str, line: str) -> None:
    """Record that a line stands where no needed fact must stand, and that the parser does not know it."""
    gathered, told = _PASSED.get(), (command, line.strip())
    if gathered is not None and told[1] and told not in gathered:
        gathered.append(told)


def clean(text: str, command: str, terminal: Terminal) -> list[str]:
    """Return the lines that the command printed, blank ones too; what follows a later prompt with a command is cut.

    Raises CommandRefused with the device's words for an error text (`% Invalid input detected …`), NotEnabled for
    `% CDP is not enabled`, and UnparsableOutput where nothing was printed.
    """
    lines = _without_log(_terminal_lines(text), terminal)
    lines = _between_prompts(lines, command, _Echo.of(terminal))
    said = "\n".join(lines).casefold()
    for line in lines if any(sign in said for sign in _ERROR_SIGNS) else ():
        if terminal.disabled.fullmatch(line):
            raise NotEnabled(f"'{command}': the device answered '{line.strip()}'")
        if terminal.refusals.fullmatch(line):
            raise CommandRefused(f"'{command}': the device answered '{line.strip()}'")
    if not any(line.strip() for line in lines):
        raise UnparsableOutput(command, "", "the device printed nothing")
    return _dedent(lines)


def is_half(value: str, known: Iterable[str]) -> bool:
    """Return whether a value is the mere beginning of a known one: the output broke off inside it."""
    word, words = value.casefold(), [each.casefold() for each in known]
    return bool(word) and word not in words and any(each.startswith(word) for each in words)


def ended(text: str, line: str) -> bool:
    """Return whether the end of a line came: one that nothing follows may be half."""
    return re.search(re.escape(line.strip()) + r"[ \t]*[\r\n]", text) is not None


def up_to_end(configuration: str, terminal: Terminal) -> str:
    """Return a running configuration that is whole by its `end`, as Cisco and Arista print it."""
    if not re.search(r"^end\s*$", configuration, re.MULTILINE):
        raise not_whole(configuration, "show running-config", "its closing 'end' is missing", terminal)
    return configuration


def not_whole(configuration: str, command: str, why: str, terminal: Terminal) -> CommandRefused | UnparsableOutput:
    """Return the error for a configuration that is none: its refusal, else why; never one of its lines."""
    try:
        clean(configuration, command, terminal)
    except (CommandRefused, UnparsableOutput) as error:
        return error
    return UnparsableOutput(command, "", why)


def filled(text: str, command: str, terminal: Terminal) -> list[str]:
    """Return the lines of `clean` that are not blank, without blanks at their ends."""
    return [line.rstrip() for line in clean(text, command, terminal) if line.strip()]


def plain_words(line: str) -> str:
    """Return a line with one blank between its words, and none before a comma or colon."""
    return _BEFORE_PUNCTUATION.sub("", " ".join(line.split()))


def _without_log(lines: list[str], terminal: Terminal) -> list[str]:
    """Drop lines that are log messages, and cut those that begin in the middle of a line, as after a prompt."""
    kept = []
    text = terminal.without_notices("\n".join(lines))
    if not terminal.may_log(text):
        return text.split("\n")
    for line in text.split("\n"):
        rest = terminal.without_log(line)
        if rest == line or rest.strip():
            kept.append(rest)
    return kept


def _terminal_lines(text: str) -> list[str]:
    """Split into lines as a terminal would have shown them: carriage returns and backspaces write over."""
    # Some systems put a NUL behind a carriage return, or among the dots of a progress.
    text = _CONTROL.sub("", _ESCAPES.sub("", _ERASES.sub(_ERASED, text)))
    text = ended_by_feeds(text)
    if "\n" not in text:
        text = text.replace("\r", "\n")
    lines = text.split("\n")
    if any(moves in text for moves in _MOVES):
        lines = [_overwrite(raw) if any(moves in raw for moves in _MOVES) else raw for raw in lines]
    if "more" in text.lower():
        lines = [_MORE.sub("", line) if "more" in line.lower() else line for line in lines]
    return [line.expandtabs() for line in lines] if "\t" in text else lines


def _overwrite(raw: str) -> str:
    shown: list[str] = []
    at = 0
    for character in raw:
        if character == "\r":
            at = 0
        elif character == "\b":
            at = max(0, at - 1)
        elif character == _ERASED:
            del shown[at:]
        else:
            shown[at : at + 1] = [character]
            at += 1
    return "".join(shown)


@dataclass(frozen=True, slots=True)
class _Echo:
    """What an echoed command of a system looks like, behind a prompt and alone, and what stands above an output."""

    prompted: re.Pattern[str]
    bare: re.Pattern[str]
    above: re.Pattern[str] | None

    @staticmethod
    @cache
    def of(terminal: Terminal) -> _Echo:
        """Make the patterns of a system, once."""
        verbs = f"(?:{terminal.verbs})"
        return _Echo(
            re.compile(
                rf"\s*(?P<prompt>{_PROMPT}|[#>])\s*(?:(?:do|run)\s+)?(?P<typed>{verbs}(?:\s.*)?)", re.IGNORECASE
            ),
            # A verb, then words. `verify /md5 (flash:f) = 1a2b…` is a result, and `install_add: START` one word.
            re.compile(rf"\s*{verbs}(?:\s+[^\s(=][^(=]*)?", re.IGNORECASE),
            terminal.above,
        )

    def asked(self, line: str) -> re.Match[str] | None:
        """Match a prompt with a command; long outputs have thousands of lines, hardly one with a prompt's end."""
        return self.prompted.fullmatch(line) if "#" in line or ">" in line else None

    def asks(self, line: str, command: str) -> bool:
        """Return whether a prompt has this very command, perhaps abbreviated, and not another."""
        asked = self.asked(line)
        if not asked:
            return False
        typed, wanted = asked["typed"].lower().split(), command.lower().split()
        return len(typed) >= len(wanted) and all(w.startswith(t) for w, t in zip(wanted, typed, strict=False))

    def is_echo(self, line: str, command: str) -> bool:
        """Return whether it is a command without its prompt, also one that lost its first letters (`how inventory`)."""
        lost = " " in line.strip() and command.endswith(line.strip())
        return lost or any(each.fullmatch(line) for each in (self.bare, _SCROLLED_COMMAND, _PROMPT_LINE))

    def is_above(self, line: str) -> bool:
        """Return whether it stands above an output; asked of every line, and each such one has one of these signs."""
        if "++" in line and _CAUGHT.fullmatch(line):
            return True
        signed = ":" in line or "{" in line or " source" in line or " using " in line
        return signed and self.above is not None and self.above.fullmatch(line) is not None


def _between_prompts(lines: list[str], command: str, echo: _Echo) -> list[str]:
    """Cut echo and prompts. A last line that is the beginning of the prompt seen at the head is a cut-off prompt."""
    # A banner, or other commands, may stand above the command that was asked for.
    start = next((number for number, line in enumerate(lines) if echo.asks(line, command)), 0)
    prompts: list[str] = []
    for number, line in enumerate(lines[start:], start):
        if not line.strip() or echo.is_above(line):
            continue
        asked = echo.asked(line)
        if asked:
            prompts.append(asked["prompt"])
        elif not echo.is_echo(line, command):
            break
        start = number + 1
    kept = [line for line in lines[start:] if not echo.is_above(line)]
    for number, line in enumerate(kept):
        if echo.asked(line):
            kept = kept[:number]
            break
    while kept and (_PROMPT_LINE.fullmatch(kept[-1]) or any(p.startswith(kept[-1].strip()) for p in [*prompts, ""])):
        kept.pop()
    return kept


def _dedent(lines: list[str]) -> list[str]:
    """Cut the indentation that all lines share; a first line that a paste stripped of its own is left as it is."""
    indents = [len(line) - len(line.lstrip()) for line in lines if line.strip()]
    if len(indents) > 2 and indents[0] == 0 and min(indents[1:]) >= 4:
        shared = min(indents[1:])
        first = next(index for index, line in enumerate(lines) if line.strip())
        return [line if index == first else line[shared:] for index, line in enumerate(lines)]
    shared = min(indents)
    return [line[shared:] for line in lines]
