"""What twists of outputs are refused, or read otherwise: why that is right, or that it waits to be mended."""

from __future__ import annotations

_OPEN = "not mended yet"
_DESCRIPTION = "a description is free text, commas and all"
_HEADING = "a member's name above dashes is no header of a table"
_LOGIN = "one capture begins with a login and has a prompt of its own: what stands above that prompt is another's"

BENT: dict[str, str] = {
    "parse_file_checksum: refused: blanks doubled": _OPEN,
    "parse_file_checksum: refused: unknown line above": _OPEN,
    "parse_file_checksum: refused: unknown line below": _OPEN,
    "parse_file_checksum: refused: unknown table below": _OPEN,
    "parse_file_list: other: unknown line below": _OPEN,
    "parse_file_list: other: unknown line between": _OPEN,
    "parse_file_list: refused: blank before punctuation": _OPEN,
    "parse_file_list: refused: blanks doubled": _OPEN,
    "parse_file_list: refused: unknown column": _OPEN,
    "parse_file_list: refused: unknown line above": _OPEN,
    "parse_file_list: refused: unknown line below": _OPEN,
    "parse_file_list: refused: unknown table below": _OPEN,
    "parse_show_alarms: refused: unknown column": _HEADING,
    "parse_show_chassis_fpc: refused: unknown column": _HEADING,
    "parse_show_chassis_hardware: other: blank before punctuation": _DESCRIPTION,
    "parse_show_chassis_hardware: refused: unknown column": _HEADING,
    "parse_show_system_snapshot: refused: blank before punctuation": _OPEN,
    "parse_show_system_snapshot: refused: blank lines removed": _OPEN,
    "parse_show_system_snapshot: refused: blanks doubled": _OPEN,
    "parse_show_system_snapshot: refused: log message glued": _OPEN,
    "parse_show_system_snapshot: refused: unknown column": _OPEN,
    "parse_show_system_snapshot: refused: unknown line above": _OPEN,
    "parse_show_system_snapshot: refused: unknown line below": _OPEN,
    "parse_show_system_snapshot: refused: unknown table below": _OPEN,
    "parse_show_system_storage: refused: blanks doubled": _OPEN,
    "parse_show_system_storage: refused: unknown column": _OPEN,
    "parse_show_system_storage: refused: unknown line above": _OPEN,
    "parse_show_system_storage: refused: unknown line below": _OPEN,
    "parse_show_system_storage: refused: unknown table below": _OPEN,
    "parse_show_version: refused: unknown column": _HEADING,
    "parse_show_virtual_chassis: refused: blank before punctuation": _OPEN,
    "parse_show_virtual_chassis: refused: blanks doubled": _OPEN,
    "parse_show_virtual_chassis: refused: unknown line above": _OPEN,
    "parse_show_virtual_chassis: refused: unknown line below": _OPEN,
    "parse_show_virtual_chassis: refused: unknown table below": _OPEN,
    "parse_snapshot: other: blank before punctuation": _OPEN,
    "parse_snapshot: other: blanks doubled": _OPEN,
    "parse_snapshot: other: unknown line above": _OPEN,
    "parse_snapshot: other: unknown line between": _OPEN,
    "parse_snapshot: refused: blanks doubled": _OPEN,
    "parse_software: refused: unknown column": _HEADING,
    "parse_show_system_reboot: refused: unknown column": _HEADING,
    "parse_show_system_uptime: refused: unknown column": _HEADING,
}

UNREAD: dict[str, str] = {}
