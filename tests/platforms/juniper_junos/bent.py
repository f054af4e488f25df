"""What twists of outputs are refused, or read otherwise, and why that is right."""

from __future__ import annotations

_DESCRIPTION = "a description is free text, commas and all"
_HEADING = "a member's name above dashes is no header of a table"
_NAMES = "without `detail`, which no driver asks for, each line is a file's name, and a sentence could be one"
_HALF = "a release that nothing follows, not even the end of its line, may be half of one; sessions give that end"

BENT: dict[str, str] = {
    "parse_show_alarms: refused: unknown column": _HEADING,
    "parse_show_chassis_fpc: refused: unknown column": _HEADING,
    "parse_show_chassis_hardware: other: blank before punctuation": _DESCRIPTION,
    "parse_show_chassis_hardware: refused: unknown column": _HEADING,
    "parse_show_version: refused: unknown column": _HEADING,
    "parse_software: refused: unknown column": _HEADING,
    "parse_show_system_reboot: refused: unknown column": _HEADING,
    "parse_show_system_uptime: refused: unknown column": _HEADING,
    "parse_file_list: refused: blanks doubled": "in one capture the doubled blanks are in the echo of the command",
    "parse_file_list: refused: unknown column": _HEADING,
    "parse_file_list: refused: unknown line above": _NAMES,
    "parse_file_list: refused: unknown line below": _NAMES,
    "parse_file_list: refused: unknown table below": _NAMES,
    "parse_show_system_snapshot: refused: blank lines removed": _HALF,
    "parse_show_system_snapshot: refused: unknown column": _HEADING,
    "parse_show_system_storage: refused: unknown column": _HEADING,
    "parse_snapshot: refused: unknown column": _HEADING,
}

UNREAD: dict[str, str] = {}
