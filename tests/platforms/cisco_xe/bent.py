"""What twists of outputs are refused, or read otherwise: why that is right, or that it waits to be mended."""

from __future__ import annotations

_OPEN = "not mended yet"
_HEADING = "a heading above dashes is no header of a table"
_ECHO = "the echo stands below a foreign line at the margin, and is taken for the prompt of another command"

BENT: dict[str, str] = {
    "_boot.<locals>.<lambda>: refused: unknown column": _HEADING,
    "_install.<locals>.<lambda>: refused: unknown column": _OPEN,
    "parse_dir: refused: log message glued": "the name of the file `.` is taken for the mark before a message's time",
    "parse_install_outcome: other: blank before punctuation": _OPEN,
    "parse_install_outcome: other: blanks doubled": _OPEN,
    "parse_install_outcome: other: other case": _OPEN,
    "parse_install_outcome: refused: blank before punctuation": _OPEN,
    "parse_install_outcome: refused: blanks doubled": _OPEN,
    "parse_install_remove_outcome: other: blank before punctuation": _OPEN,
    "parse_install_remove_outcome: other: blanks doubled": _OPEN,
    "parse_install_remove_outcome: other: other case": _OPEN,
    "parse_install_remove_outcome: refused: blank before punctuation": _OPEN,
    "parse_packages: refused: blank before punctuation": _OPEN,
    "parse_packages: refused: blanks doubled": _OPEN,
    "parse_request: other: blank before punctuation": _OPEN,
    "parse_request: other: other case": _OPEN,
    "parse_request: refused: blanks doubled": _OPEN,
    "parse_show_install_rollback: other: blanks doubled": _OPEN,
    "parse_show_install_rollback: other: blanks single": _OPEN,
    "parse_show_install_rollback: other: unknown column": _OPEN,
    "parse_show_ip_route_summary: refused: unknown line above": _ECHO,
    "parse_show_redundancy: refused: unknown column": _HEADING,
    "parse_show_romvar: refused: unknown column": _HEADING,
}

UNREAD: dict[str, str] = {}
