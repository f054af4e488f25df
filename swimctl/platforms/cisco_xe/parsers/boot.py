"""`show boot`, `show bootvar`, `show boot system` and `show romvar`: what the next reload will start."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.platforms.cisco_xe.platform import TERMINAL
from swimctl.platforms.facts import BootSettings
from swimctl.platforms.text import REGISTER, ended, filled, passed_over, plain_words

COMMAND: Final = "show boot"

_MEMBER: Final = re.compile(r"(?:Switch|ROMMON variables for Switch) (\d+)\b.*", re.IGNORECASE)
_CURRENT: Final = re.compile(r"Current Boot Variables:.*", re.IGNORECASE)
_NEXT: Final = re.compile(r"Boot Variables on next reload:.*", re.IGNORECASE)
_VARIABLE: Final = re.compile(r"(Standby )?(\w+) variable(?: ?= ?(.*)| does not exist\b.*)", re.IGNORECASE)
_SETTING: Final = re.compile(r"(Standby )?([A-Za-z][\w /-]*?) ?[:=] ?(.*)", re.IGNORECASE)
_REGISTER: Final = re.compile(
    rf"(Standby )?Configuration register is ({REGISTER})(?: ?\(will be ({REGISTER}) at next reload\).*| (?!\(will).*)?",
    re.IGNORECASE,
)
# What begins so and cannot be read is a fact that is needed and missing.
_NEEDED: Final = re.compile(
    r"(?:Standby )?(?:BOOT (?:variable|path-lists?)|Manual[_ ]Boot|Configuration register)\b.*", re.IGNORECASE
)
# `show issu state detail` of a Catalyst 6500 has a line `Boot Variable = …` too.
_ISSU: Final = re.compile(r"(?:RP|ISSU) State = .*", re.IGNORECASE)
# Known, and of no account.
_ASIDE: Final = re.compile(
    r"[- ]+|Standby (?:is )?not .*|NVRAM/Config file|Timeout for Config|Config Download", re.IGNORECASE
)
_ROMMON_HEAD: Final = re.compile(r"ROMMON variables\b.*", re.IGNORECASE)
# One of the three that are needed may stand in a broken line, behind what is left of another variable.
_ROMMON: Final = re.compile(r"(.*(?<![\w-]))??(BOOT|MANUAL_BOOT|SWITCH_IGNORE_STARTUP_CFG) ?= ?(.*)", re.IGNORECASE)
_QUOTED: Final = re.compile(
    r'(?!(?:BOOT|MANUAL_BOOT|SWITCH_IGNORE_STARTUP_CFG) ?=)[\w?./-]+ ?= ?"[^"]*"', re.IGNORECASE
)
_ASSIGNED: Final = re.compile(r"[\w?./-]+ ?=.*")
# As the last line it is whole only where its last file's name is.
_OPEN_BOOT: Final = re.compile(
    r"(?:Standby )?BOOT(?: variable| path-lists?)? ?[:=] ?"
    r'(?:"[^"]*|(?!")(?!.*(?:\.(?:bin|conf|pkg|tar)(?:,\d+)?|;)$).+)',
    re.IGNORECASE,
)
# `boot system tftp FILE SERVER` puts the server's address behind the file (CiscoTestAutomation/genieparser,
# ShowBootvar golden_output_asr1k; no second source).
_FROM_SERVER: Final = re.compile(r"((?:tftp|rcp|ftp|mop):\S+) \d{1,3}(?:\.\d{1,3}){3}", re.IGNORECASE)
# A Catalyst 2950 writes `BOOT path-lists:` (a question about one that does not boot, in two public collections).
_PATH_LIST: Final = frozenset({"boot path-list", "boot path-lists"})
_MANUAL: Final = frozenset({"manual_boot", "manual boot"})


@dataclass
class _Block:
    """What one member's lines said so far. `loads` is by phase: `now`, `next` or, where none is named, empty."""

    loads: dict[str, tuple[str, ...]] = field(default_factory=dict)
    phase: str = ""
    manual: bool | None = None
    register: str | None = None
    ignore: bool | None = None

    def settings(self) -> BootSettings:
        return BootSettings(
            variable=self.loads.get("next", self.loads.get("")),
            manual=self.manual,
            config_register=self.register,
            ignore_startup=self.ignore,
        )


def parse_show_boot(text: str, command: str = COMMAND) -> BootSettings:
    """Read the values for the next reload, in all layouts; `members` has those of every switch, and of `standby`.

    Needed: the variable of each block that begins, and manual boot, where one of them tells it. That and the register
    are None where the device does not say. The variable itself is that of the first block; `manual` is true where any
    member would wait at its boot prompt. An empty variable, or one that does not exist, is an empty tuple.
    """
    blocks: dict[str, _Block] = {}
    name = ""
    printed = filled(text, command, TERMINAL)
    lines = [plain_words(line) for line in printed]
    for line in lines:
        if _ISSU.fullmatch(line):
            raise UnparsableOutput(command, line, "this is another command's")
        if member := _MEMBER.fullmatch(line):
            name = member[1]
            blocks[name] = _Block()
        elif not (_ASIDE.fullmatch(line) or _read_line(command, line, blocks, name)):
            passed_over(command, line)
    members = {key: block.settings() for key, block in blocks.items()}
    if all(own.variable is None for own in members.values()):
        raise UnparsableOutput(command, lines[0], "there is no boot variable of the next reload")
    told = any(own.manual is not None for own in members.values())
    for each, own in members.items():
        whose = f" of {each}" if each else ""
        if own.variable is None:
            raise UnparsableOutput(command, lines[-1], f"it has no boot variable{whose} for the next reload")
        if told and own.manual is None:
            raise UnparsableOutput(command, lines[-1], f"it has no line on manual boot{whose}")
    _check_end(text, command, printed[-1])
    return _merged(members)


def _read_line(command: str, line: str, blocks: dict[str, _Block], name: str) -> bool:
    """Read a line into its block; return whether it is one of this command's."""
    if phase := "now" if _CURRENT.fullmatch(line) else "next" if _NEXT.fullmatch(line) else "":
        blocks.setdefault(name, _Block()).phase = phase
        return True
    register = _REGISTER.fullmatch(line)
    variable = _VARIABLE.fullmatch(line)
    found = register or variable or _SETTING.fullmatch(line)
    if not found:
        if _NEEDED.fullmatch(line):
            raise UnparsableOutput(command, line)
        return False
    if not _NEEDED.fullmatch(line):
        return True
    block = blocks.setdefault("standby" if found[1] else name, _Block())
    if register:
        block.register = register[3] or register[2]
        return True
    key, value = found[2].lower(), (found[3] or "").strip()
    if key in _PATH_LIST or (key == "boot" and variable):
        block.loads[block.phase] = _files(command, line, value)
    elif key in _MANUAL and value:
        block.manual = _flag(command, line, value)
    return True


def _check_end(text: str, command: str, last: str) -> None:
    """Refuse a list of files in the last line that may be half."""
    if _OPEN_BOOT.fullmatch(plain_words(last)) and not ended(text, last):
        raise UnparsableOutput(command, last, "it ends inside the boot variable")


def _files(command: str, line: str, value: str) -> tuple[str, ...]:
    """Split a list of files; `,12` after one is a count of tries, an address the server that gives the file."""
    parts = (re.sub(r" ?,\d*$", "", part.strip()) for part in value.split(";") if part.strip())
    files = tuple(_FROM_SERVER.sub(r"\1", part) for part in parts)
    if any(" " in path for path in files) or re.search(r"; \S", value):
        raise UnparsableOutput(command, line, "this is no list of files")
    return files


def _flag(command: str, line: str, value: str) -> bool:
    word = value.split(" ", 1)[0].lower()
    if word not in {"yes", "no", "0", "1"}:
        raise UnparsableOutput(command, line, "this is neither yes nor no")
    return word in {"yes", "1"}


def _merged(blocks: dict[str, BootSettings]) -> BootSettings:
    said = [block.manual for block in blocks.values()]
    ignoring = [block.ignore_startup for block in blocks.values()]
    first = next(iter(blocks.values()), BootSettings(variable=None))
    return BootSettings(
        variable=first.variable,
        manual=True if True in said else first.manual,
        config_register=first.config_register,
        ignore_startup=True if True in ignoring else first.ignore_startup,
        members=blocks if len(blocks) > 1 else {},
    )


def parse_show_romvar(text: str) -> BootSettings:
    """Read BOOT, MANUAL_BOOT and SWITCH_IGNORE_STARTUP_CFG; None for one that is not set (its default: no).

    Needed: the heading, one variable at least, and each of these three wherever it stands in a line. What broken
    variables leave behind is passed over.
    """
    command = "show romvar"
    blocks: dict[str, _Block] = {}
    name: str | None = None
    printed = filled(text, command, TERMINAL)
    lines = [plain_words(line) for line in printed]
    for line in lines:
        if member := _MEMBER.fullmatch(line):
            name = member[1]
        elif _ROMMON_HEAD.fullmatch(line):
            name = name or ""
        elif name is not None and _QUOTED.fullmatch(line):
            blocks.setdefault(name, _Block())
        elif name is not None and (found := _ROMMON.fullmatch(line)):
            _read_rommon(command, line, found, blocks.setdefault(name, _Block()))
        elif name is not None and _ASSIGNED.fullmatch(line):
            blocks.setdefault(name, _Block())
        elif not _ASIDE.fullmatch(line):
            passed_over(command, line)
    if not blocks:
        raise UnparsableOutput(command, lines[0], "there are no ROMMON variables")
    _check_end(text, command, printed[-1])
    return _merged({key: block.settings() for key, block in blocks.items()})


def _read_rommon(command: str, line: str, found: re.Match[str], block: _Block) -> None:
    key, value = found[2].lower(), found[3]
    if found[1]:
        raise UnparsableOutput(command, line, f"{found[2]} stands in a broken line")
    quoted = re.fullmatch(r'"([^"]*)"', value)
    if value.startswith('"') and not quoted:
        raise UnparsableOutput(command, line, "a quotation mark is missing")
    value = quoted[1].strip() if quoted else value
    if key == "boot":
        files = _files(command, line, value)
        if block.loads.setdefault("", files) != files:
            raise UnparsableOutput(command, line, "there are two boot variables")
    elif key == "manual_boot" and value:
        block.manual = _flag(command, line, value)
    elif value:
        block.ignore = _flag(command, line, value)
