"""What twists of outputs are refused, or read otherwise, and why that is right."""

from __future__ import annotations

_HEADING = "a heading above dashes is no header of a table"

BENT: dict[str, str] = {
    "parse_show_redundancy: refused: unknown column": _HEADING,
}

UNREAD: dict[str, str] = {}
