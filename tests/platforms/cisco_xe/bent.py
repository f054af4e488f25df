"""What twists of outputs are refused, or read otherwise, and why that is right."""

from __future__ import annotations

_HEADING = "a heading above dashes is no header of a table"
_LAST_COLUMN = "free words are the last column: what stands behind them is taken for more"
_ECHO = "the echo stands below a foreign line at the margin, and is taken for the prompt of another command"

BENT: dict[str, str] = {
    "_boot.<locals>.<lambda>: refused: unknown column": _HEADING,
    "parse_dir: refused: log message glued": "the name of the file `.` is taken for the mark before a message's time",
    "parse_show_install_rollback: other: unknown column": _LAST_COLUMN,
    "parse_show_ip_route_summary: refused: unknown line above": _ECHO,
    "parse_show_redundancy: refused: unknown column": _HEADING,
    "parse_show_romvar: refused: unknown column": _HEADING,
}

UNREAD: dict[str, str] = {}
