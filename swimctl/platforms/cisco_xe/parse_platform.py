"""`show platform` and `show module`: what is in each slot or member, and its state."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.facts import Slot
from swimctl.platforms.cisco_xe.parse_switch import STATES
from swimctl.platforms.cisco_xe.terminal import TERMINAL
from swimctl.platforms.text import filled, is_half

_CHASSIS: Final = re.compile(r"Chassis [Tt]ype *: *(\S.*)")
_SLOTS: Final = re.compile(r"Slot +Type +State +Insert time \(ago\)")
_SLOT: Final = re.compile(r"([A-Z]{0,2}\d+(?:/\d+)*)(?: +(\S+))?? +([a-z][a-z0-9: ]*(?:, [a-z0-9: ]+)*|N/A) +(\S+)")
_FIRMWARE: Final = re.compile(r"Slot +CPLD Version +Firmware Version")

_SWITCHES: Final = re.compile(r"Switch +Ports +Model +Serial No\. +MAC address +Hw Ver\. +Sw Ver\.")
_SWITCH: Final = re.compile(r"\*?(\d+) +\d+ +(\S+) +(\S+) +[0-9A-Fa-f.]{14} +\S+ +\S+")
_ROLES: Final = re.compile(r"Switch# +Role +Priority +State")
_ROLE: Final = re.compile(r"\*?(\d+) +\w+ +\d+ +(\S.*)")
_ABOVE_ROLES: Final = re.compile(r"Switch/Stack Mac Address .*|Mac persistency wait time.*|Current", re.IGNORECASE)

_CARDS: Final = re.compile(r"Mod +Ports +Card Type +Model +Serial No\.")
_CARD: Final = re.compile(r"(\d+) +(?:\d+ +)?(\S.*)")
_SERIAL: Final = re.compile(r"[A-Z0-9]{9,12}|N/A")
_STATES: Final = re.compile(r"(?:Mod|M) +MAC addresses +Hw +Fw +Sw +Status")
_STATE: Final = re.compile(r"(\d+) +.* ([A-Z]?[a-z]+(?:[A-Z][a-z]+|-[a-z]+)*|OK)")
_CARD_STATES: Final = ("ok", "other", "faulty", "unknown", "PwrDown", "PwrDeny", "disabled", "unsupported")
_OTHER_TABLE: Final = re.compile(
    r"Mod +(?:Sub-Module|Redundancy Role|Online Diag).*|Chassis MAC address range.*", re.IGNORECASE
)
_SWITCH_NUMBER: Final = re.compile(r"Switch Number:? *(\d+)(?: .*)?")


def _is_rule(line: str) -> bool:
    return not set(line) - set("-+ ")


def parse_show_platform(text: str) -> tuple[Slot, ...]:
    """Read the slots of a chassis or a router, or the members of a stack with their states."""
    command = "show platform"
    lines = [line.strip() for line in filled(text, command, TERMINAL)]
    lines = [line for line in lines if not _is_rule(line) and not re.fullmatch(r"-+ show platform -+", line)]
    if lines and _SWITCHES.fullmatch(lines[0]):
        return _switches(command, lines)
    slots: list[Slot] = []
    table = False
    for line in lines:
        row = _SLOT.fullmatch(line)
        if _FIRMWARE.fullmatch(line):
            break
        if _SLOTS.fullmatch(line):
            table = True
        elif table and row:
            slots.append(Slot(row[1], row[2] or "", row[3].strip()))
        elif table or not _CHASSIS.fullmatch(line):
            raise UnparsableOutput(command, line)
    else:
        raise UnparsableOutput(command, lines[-1] if lines else "", "it ends before the table of firmware versions")
    if not slots:
        raise UnparsableOutput(command, lines[0], "the table of slots has no rows")
    return tuple(slots)


def _switches(command: str, lines: list[str]) -> tuple[Slot, ...]:
    found: dict[str, Slot] = {}
    roles = False
    for line in lines[1:]:
        row = (_ROLE if roles else _SWITCH).fullmatch(line)
        if _ROLES.fullmatch(line):
            roles = True
        elif row and roles:
            if is_half(row[2].strip(), STATES):
                raise UnparsableOutput(command, line, "a row of members breaks off in its state")
            old = found.get(row[1], Slot(row[1], ""))
            found[row[1]] = Slot(old.name, old.model, row[2].strip(), old.serial)
        elif row:
            found[row[1]] = Slot(row[1], row[2], serial=row[3])
        elif not _ABOVE_ROLES.fullmatch(line):
            raise UnparsableOutput(command, line)
    if not found:
        raise UnparsableOutput(command, lines[0], "the table of members has no rows")
    return tuple(found.values())


def parse_show_module(text: str) -> tuple[Slot, ...]:
    """Read the cards of a chassis, `1/3` for slot 3 of switch 1, with their states; or the members of a stack."""
    command = "show module"
    lines = [line.strip() for line in filled(text, command, TERMINAL)]
    lines = [line for line in lines if not _is_rule(line)]
    if lines and _SWITCHES.fullmatch(lines[0]):
        return _switches(command, lines)
    found: dict[str, Slot] = {}
    chassis: dict[str, bool] = {}  # whether there are states of its cards
    table, switch = "", ""
    for line in lines:
        if number := _SWITCH_NUMBER.fullmatch(line):
            switch, table = f"{number[1]}/", ""
        elif _CARDS.fullmatch(line):
            table = "cards"
        elif _STATES.fullmatch(line):
            table = "states"
        elif _OTHER_TABLE.fullmatch(line):
            table = "other"
        elif table == "cards" and (row := _CARD.fullmatch(line)):
            words = row[2].split()
            serial = words.pop() if _SERIAL.fullmatch(words[-1]) else ""
            found[switch + row[1]] = Slot(switch + row[1], words[-1] if words else "", serial=serial)
            chassis[switch] = False
        elif table == "states" and (row := _STATE.fullmatch(line)):
            old = found.get(switch + row[1])
            # An unknown release may be the last word of a row that lost its state.
            half = is_half(row[2], _CARD_STATES) or (line is lines[-1] and row[2].lower() == "unknown")
            if old is None or half:
                raise UnparsableOutput(command, line, "a state is half, or of a card that is not in the first table")
            found[old.name] = Slot(old.name, old.model, row[2], old.serial)
            chassis[switch] = True
        elif table != "other" and not _CHASSIS.fullmatch(line) and not re.match(r"Power consumed by ", line):
            raise UnparsableOutput(command, line)
    if not found or not all(chassis.values()):
        raise UnparsableOutput(command, lines[-1] if lines else "", "it ends before the states of the cards")
    return tuple(found.values())
