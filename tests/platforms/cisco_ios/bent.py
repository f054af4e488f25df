"""What twists of outputs are refused, or read otherwise: why that is right, or that it waits to be mended."""

from __future__ import annotations

_HEADING = "a heading above dashes is no header of a table"

BENT: dict[str, str] = {
    "parse_show_redundancy: refused: unknown column": _HEADING,
}

UNREAD: dict[str, str] = {}
