"""`show platform` and `show module`: what is in each slot or member, and its state."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.platforms.cisco_xe.parsers.switch import state_in
from swimctl.platforms.cisco_xe.platform import TERMINAL
from swimctl.platforms.facts import Slot
from swimctl.platforms.text import filled, is_half, passed_over, plain_words

# `ASR-903`, `C8500-12X4QC`; above all tables, and some releases print `--- show platform ---` there.
_ABOVE: Final = re.compile(
    r"Chassis +type *: *\S.*|-+ *show platform *-+|Power +consumed +by .*|System +Failures *:.*", re.IGNORECASE
)
_SLOTS: Final = re.compile(r"Slot +Type +State +Insert +time\b.*", re.IGNORECASE)
# Virtual routers, voice gateways (VG410) and an ASR-903 whose processors wait have no table of firmware, or a part.
_OTHER_SLOTS: Final = re.compile(r"Slot +[A-Z].*", re.IGNORECASE)
# `0/1`, `R0`, `FT1`; a cBR-8 has `SUP0` (general knowledge).
_SLOT_NAME: Final = r"[A-Z]{0,4}\d+(?:/\d+)*"
# The type may be missing. Behind the state stands a time: `1w4d`, `00:33:53`, `never`.
_SLOT: Final = re.compile(
    rf"({_SLOT_NAME})(?: (\S+))?? ((?!unknown [a-z])[a-z]+(?::\d+)?(?:,? (?:[a-z]+(?::\d+)?|[a-z]\d))*?|N/A) "
    r"(?:(?:\d+[ywdhms])+|\d+:\d\d:\d\d|never|N/A|n\.a\.|-)(?: .*)?"
)
# Of a slot without a card neither a type nor a time may stand.
_EMPTY_SLOT: Final = re.compile(rf"({_SLOT_NAME}) (empty)(?: .*)?")
_LIKE_A_SLOT: Final = re.compile(rf"{_SLOT_NAME}(?: .*)?", re.IGNORECASE)

_SWITCHES: Final = re.compile(r"Switch +Ports +Model +Serial +No\.? +MAC +address\b.*", re.IGNORECASE)
# Of a member that still boots not every column may be filled (general knowledge).
_SWITCH: Final = re.compile(
    r"\*? *(\d+) +(?:\d+|N/A|-) +(?:(\S+) +)?(?:(\S+) +)?[0-9A-Fa-f]{4}(?:\.[0-9A-Fa-f]{4}){2}(?: .*)?"
)
_ROLES: Final = re.compile(r"Switch *# +Role +Priority +State\b.*", re.IGNORECASE)
_ROLE: Final = re.compile(r"\*? *(\d+) +[A-Za-z]\w* +\d+ +(\S.*)")
_LIKE_A_SWITCH: Final = re.compile(r"\*? *\d.*")
_ABOVE_ROLES: Final = re.compile(
    r"Switch/Stack +Mac +Address *: .*|Mac +persist[ae]nc[ey] +wait +time *: .*|Current", re.IGNORECASE
)

_CARDS: Final = re.compile(r"Mod +Ports +Card +Type +Model +Serial +No\.?(?P<more>(?: +\S+)*)", re.IGNORECASE)
_CARD: Final = re.compile(r"(\d+) +(?:\d+ +)?(\S.*)")
_SERIAL: Final = re.compile(r"(?=\S*\d)[A-Z0-9]{9,12}|N/A", re.IGNORECASE)
# A card that waits may have neither a model nor a serial number: `5        Supervisor`.
_MODEL: Final = re.compile(r"[A-Z0-9]+-[A-Z0-9+/.-]+", re.IGNORECASE)
_CARD_STATES: Final = re.compile(r"(?:Mod|M) +MAC +addresses +Hw +Fw +Sw +Status(?P<more>(?: +\S+)*)", re.IGNORECASE)
_CARD_STATE: Final = re.compile(r"(\d+) +.* ([A-Z]?[a-z]+(?:[A-Z][a-z]+|-[a-z]+)*|OK)")
_CARD_WORDS: Final = ("ok", "other", "faulty", "unknown", "PwrDown", "PwrDeny", "power-deny", "disabled", "unsupported")
_OTHER_TABLE: Final = re.compile(r"Mod +(?:Sub-Module|Redundancy +Role|Online +Diag)\b.*", re.IGNORECASE)
_RANGE: Final = re.compile(r"Chassis +(?:\d+ +)?MAC +address +range *:.*", re.IGNORECASE)
_SWITCH_NUMBER: Final = re.compile(r"Switch +Number *:? *(\d+)(?: .*)?", re.IGNORECASE)


def _is_rule(line: str) -> bool:
    return not set(line) - set("-+ ")


def parse_show_platform(text: str) -> tuple[Slot, ...]:
    """Return the slots of a chassis or a router, or the members of a stack with their states.

    Each row below a header must read up to its state; there may be no table of firmware below.
    """
    command = "show platform"
    lines = [line.strip() for line in filled(text, command, TERMINAL)]
    if any(_SWITCHES.fullmatch(line) for line in lines):
        return _switches(command, lines)
    slots: dict[str, Slot] = {}
    table = other = False
    for line in lines:
        if _SLOTS.fullmatch(line):
            table, other = True, False
        elif _OTHER_SLOTS.fullmatch(line):
            table, other = False, True
        elif table and _LIKE_A_SLOT.fullmatch(line):
            words = plain_words(line)
            row, empty = _SLOT.fullmatch(words), _EMPTY_SLOT.fullmatch(words)
            slot = Slot(row[1], row[2] or "", row[3]) if row else Slot(empty[1], "", empty[2]) if empty else None
            if slot is None or slot.name in slots:
                raise UnparsableOutput(command, line, "a row of slots cannot be read, or stands twice")
            slots[slot.name] = slot
        elif not (_is_rule(line) or _ABOVE.fullmatch(line) or (other and _LIKE_A_SLOT.fullmatch(line))):
            passed_over(command, line)
    if not slots:
        raise UnparsableOutput(command, lines[-1], "there is no header 'Slot Type State Insert time' with rows below")
    return tuple(slots.values())


def _switches(command: str, lines: list[str]) -> tuple[Slot, ...]:
    found: dict[str, Slot] = {}
    table = ""
    for line in lines:
        if _SWITCHES.fullmatch(line):
            table = "switches"
        elif _ROLES.fullmatch(line):
            table = "roles"
        elif table and _LIKE_A_SWITCH.fullmatch(line):
            row = (_ROLE if table == "roles" else _SWITCH).fullmatch(line)
            state = state_in(row[2]) if row and table == "roles" else ""
            if row is None or state is None:
                raise UnparsableOutput(command, line, "a row of members cannot be read")
            old = found.get(row[1], Slot(row[1], ""))
            found[row[1]] = (
                replace(old, state=state) if state else replace(old, model=row[2] or "", serial=row[3] or "")
            )
        elif not (_is_rule(line) or _ABOVE_ROLES.fullmatch(line) or _ABOVE.fullmatch(line)):
            passed_over(command, line)
    if not found:
        raise UnparsableOutput(command, lines[-1], "the table of members has no rows")
    return tuple(found.values())


def parse_show_module(text: str) -> tuple[Slot, ...]:
    """Return the cards of a chassis, `1/3` for slot 3 of switch 1, with their states; or the members of a stack.

    Each row of the table of cards, and of that of their states, must read; a blank module has no state.
    """
    command = "show module"
    lines = [line.strip() for line in filled(text, command, TERMINAL)]
    if any(_SWITCHES.fullmatch(line) for line in lines):
        return _switches(command, lines)
    found: dict[str, Slot] = {}
    table, switch, more = "", "", 0
    for line in lines:
        if number := _SWITCH_NUMBER.fullmatch(line):
            switch, table = f"{number[1]}/", ""
        elif head := _CARDS.fullmatch(line):
            table, more = "cards", len(head["more"].split())
        elif head := _CARD_STATES.fullmatch(line):
            table, more = "states", len(head["more"].split())
        elif _OTHER_TABLE.fullmatch(line) or _RANGE.fullmatch(line):
            table = "other"
        elif table == "cards" and (row := _CARD.fullmatch(_without_last(line, more))):
            words = row[2].split()
            serial = words.pop() if _SERIAL.fullmatch(words[-1]) else ""
            model = words[-1] if words and _MODEL.fullmatch(words[-1]) else ""
            found[switch + row[1]] = Slot(switch + row[1], model, serial=serial)
        elif table == "states" and re.match(r"\d+ ", line):
            name, state = _card_state(command, line, more, last=line is lines[-1])
            if switch + name not in found:
                raise UnparsableOutput(command, line, "this card is not in the first table")
            found[switch + name] = replace(found[switch + name], state=state)
        elif not (_is_rule(line) or _ABOVE.fullmatch(line) or (table == "other" and re.match(r"\d+ ", line))):
            passed_over(command, line)
    if not found or table == "cards":
        raise UnparsableOutput(command, lines[-1], "there is no table 'Mod Ports Card Type', or it ends inside of it")
    return tuple(found.values())


def _without_last(line: str, words: int) -> str:
    """Return a row without what stands below further headers, a word each."""
    return line.rsplit(maxsplit=words)[0] if words else line


def _card_state(command: str, line: str, more: int, *, last: bool) -> tuple[str, str]:
    row = _CARD_STATE.fullmatch(_without_last(line, more))
    # An unknown release may be the last word of a row that lost its state.
    if row is None or is_half(row[2], _CARD_WORDS) or (last and row[2].lower() == "unknown"):
        raise UnparsableOutput(command, line, "the state of a card cannot be read")
    return row[1], row[2]
