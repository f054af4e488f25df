"""`show boot`, `show bootvar`, `show boot system` and `show romvar`: what the next reload will start."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.facts import BootSettings
from swimctl.platforms.cisco_xe.terminal import TERMINAL
from swimctl.platforms.text import REGISTER, filled

COMMAND: Final = "show boot"

_MEMBER: Final = re.compile(r"(?:Switch|ROMMON variables for Switch) (\d+)", re.IGNORECASE)
_CURRENT: Final = re.compile(r"Current Boot Variables: *", re.IGNORECASE)
_NEXT: Final = re.compile(r"Boot Variables on next reload: *", re.IGNORECASE)
_VARIABLE: Final = re.compile(r"(Standby )?(\w+) variable(?: *= *(.*)| (does not exist))")
_SETTING: Final = re.compile(r"(Standby )?([A-Za-z][\w /-]*?) *(?:[:=]) *(.*)")
_REGISTER: Final = re.compile(
    rf"(Standby )?Configuration register is ({REGISTER})(?: *\(will be ({REGISTER}) at next reload\))?", re.IGNORECASE
)
_ASIDE: Final = re.compile(r"-+|Standby (?:is )?not .*|NVRAM/Config file|Timeout for Config|Config Download")
_ROMMON_HEAD: Final = re.compile(r"ROMMON variables(?: for Active Switch)?:?", re.IGNORECASE)
_ROMMON: Final = re.compile(r'([\w?./-]+) *= *"?(.*?)"?')
# As the last line it is whole only where its last file's name is.
_OPEN_BOOT: Final = re.compile(r'BOOT *= *(?:"[^"]*|(?!")(?!.*\.(?:bin|conf|pkg|tar)(?:,\d+)?;?$).*\S.*)')
_MANUAL: Final = frozenset({"manual_boot", "manual boot"})


@dataclass
class _Block:
    """What one member's lines said so far. `loads` is by phase: `now`, `next` or, where none is named, empty."""

    loads: dict[str, tuple[str, ...]] = field(default_factory=dict)
    phase: str = ""
    manual: bool | None = None
    register: str | None = None
    ignore: bool | None = None
    config_file: bool = False
    path_list: bool = False

    def settings(self) -> BootSettings:
        return BootSettings(
            variable=self.loads.get("next", self.loads.get("")),
            manual=self.manual,
            config_register=self.register,
            ignore_startup=self.ignore,
        )


def parse_show_boot(text: str, command: str = COMMAND) -> BootSettings:
    """Read the values for the next reload, in all layouts; `members` has those of every switch, and of `standby`.

    The variable itself is that of the first block; `manual` is true where any member would wait at its boot prompt.
    An empty variable, or one that does not exist, is an empty tuple.
    """
    blocks: dict[str, _Block] = {}
    name = ""
    lines = [line.strip() for line in filled(text, command, TERMINAL)]
    for line in lines:
        if member := _MEMBER.fullmatch(line):
            name = member[1]
            blocks[name] = _Block()
        elif not _ASIDE.fullmatch(line):
            _read_line(command, line, blocks, name)
    if not blocks:
        raise UnparsableOutput(command, lines[-1], "there is no boot variable")
    for block in blocks.values():
        _check_whole(command, lines[-1], block)
    if "standby" in blocks and blocks["standby"].manual is None and blocks.get("", _Block()).manual is not None:
        raise UnparsableOutput(command, lines[-1], "it ends before the standby's line on manual boot")
    return _merged({key: block.settings() for key, block in blocks.items()})


def _read_line(command: str, line: str, blocks: dict[str, _Block], name: str) -> None:
    block = blocks.setdefault(name, _Block())
    if _CURRENT.fullmatch(line):
        block.phase = "now"
        return
    if _NEXT.fullmatch(line):
        block.phase = "next"
        return
    register = _REGISTER.fullmatch(line)
    found = _VARIABLE.fullmatch(line) or _SETTING.fullmatch(line)
    standby = (register and register[1]) or (found and found[1])
    if standby:
        block = blocks.setdefault("standby", _Block())
    if register:
        block.register = register[3] or register[2]
    elif found:
        _read_setting(command, line, block, found[2].lower(), (found[3] or "").strip())
    else:
        raise UnparsableOutput(command, line)


def _read_setting(command: str, line: str, block: _Block, key: str, value: str) -> None:
    if key in {"boot", "boot path-list"}:
        block.loads[block.phase] = _files(value)
        block.path_list = key == "boot path-list"
    elif key in _MANUAL and value:
        block.manual = _flag(command, line, value)
    elif key == "switch_ignore_startup_cfg" and value:
        block.ignore = _flag(command, line, value)
    elif key == "config_file":
        block.config_file = True


def _files(value: str) -> tuple[str, ...]:
    """Split a list of files; `,12` after one is a count of tries."""
    return tuple(re.sub(r",\d*$", "", part.strip()) for part in value.split(";") if part.strip())


def _flag(command: str, line: str, value: str) -> bool:
    if value.lower() not in {"yes", "no", "0", "1"}:
        raise UnparsableOutput(command, line, "this is neither yes nor no")
    return value.lower() in {"yes", "1"}


def _check_whole(command: str, last: str, block: _Block) -> None:
    """Refuse a block that was cut off: each layout has something after the variable."""
    phases = set(block.loads)
    if not phases or ("now" in phases and "next" not in phases):
        raise UnparsableOutput(command, last, "it ends before the boot variable of the next reload")
    if (phases != {""} or block.path_list) and block.manual is None:
        raise UnparsableOutput(command, last, "it ends before the line on manual boot")
    if phases == {""} and not block.path_list and not block.config_file:
        raise UnparsableOutput(command, last, "it ends before the CONFIG_FILE variable")


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
    """Read BOOT, MANUAL_BOOT and SWITCH_IGNORE_STARTUP_CFG; None for one that is not set (its default: no)."""
    command = "show romvar"
    blocks: dict[str, _Block] = {}
    name: str | None = None
    lines = [line.strip() for line in filled(text, command, TERMINAL)]
    if _OPEN_BOOT.fullmatch(lines[-1]):
        raise UnparsableOutput(command, lines[-1], "it ends inside the boot variable")
    for line in lines:
        if member := _MEMBER.fullmatch(line):
            name = member[1]
        elif _ROMMON_HEAD.fullmatch(line):
            name = name or ""
        elif set(line) == {"-"}:
            continue
        elif name is None or not (found := _ROMMON.fullmatch(line)):
            raise UnparsableOutput(command, line)
        else:
            _read_setting(command, line, blocks.setdefault(name, _Block()), found[1].lower(), found[2])
    if not blocks:
        raise UnparsableOutput(command, "", "there are no variables")
    return _merged({key: block.settings() for key, block in blocks.items()})
