"""What twists of outputs are refused, or read otherwise: why that is right, or that it waits to be mended."""

from __future__ import annotations

_OPEN = "not mended yet"
_HEADING = "a heading above dashes is no header of a table"

BENT: dict[str, str] = {
    "_boot.<locals>.<lambda>: refused: blanks doubled": _OPEN,
    "_boot.<locals>.<lambda>: refused: unknown line above": _OPEN,
    "_boot.<locals>.<lambda>: refused: unknown line below": _OPEN,
    "_boot.<locals>.<lambda>: refused: unknown table below": _OPEN,
    "parse_dir: refused: blanks doubled": _OPEN,
    "parse_dir: refused: unknown line above": _OPEN,
    "parse_dir: refused: unknown line below": _OPEN,
    "parse_dir: refused: unknown table below": _OPEN,
    "parse_show_clock: refused: blanks doubled": _OPEN,
    "parse_show_clock: refused: unknown line above": _OPEN,
    "parse_show_clock: refused: unknown line below": _OPEN,
    "parse_show_clock: refused: unknown table below": _OPEN,
    "parse_show_file_systems: refused: blank before punctuation": _OPEN,
    "parse_show_file_systems: refused: blanks doubled": _OPEN,
    "parse_show_file_systems: refused: unknown line above": _OPEN,
    "parse_show_file_systems: refused: unknown line below": _OPEN,
    "parse_show_file_systems: refused: unknown table below": _OPEN,
    "parse_show_redundancy: refused: unknown column": _HEADING,
    "parse_show_version: other: unknown column": _OPEN,
    "parse_show_version: refused: blanks doubled": _OPEN,
    "parse_show_version: refused: unknown column": _OPEN,
}

UNREAD: dict[str, str] = {}
