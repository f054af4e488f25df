"""What twists of outputs are refused, or read otherwise: why that is right, or that it waits to be mended."""

from __future__ import annotations

_OPEN = "not mended yet"
_ECHO = "the echo stands below a foreign line at the margin, and is taken for the prompt of another command"
_WORDS = "a comma or colon in a part's or a device's own words"
_STATE = "of a state that is not known, the words cannot be told from those of the type"

BENT: dict[str, str] = {
    "parse_install_request: other: blank before punctuation": _OPEN,
    "parse_install_request: other: blanks doubled": _OPEN,
    "parse_install_request: other: unknown line between": _OPEN,
    "parse_install_request: refused: blank before punctuation": _OPEN,
    "parse_install_request: refused: blanks doubled": _OPEN,
    "parse_show_install: refused: blank before punctuation": _OPEN,
    "parse_show_install: refused: blank lines removed": _OPEN,
    "parse_show_install: refused: blanks doubled": _OPEN,
    "parse_show_install: refused: log message glued": _OPEN,
    "parse_show_install: refused: unknown column": _OPEN,
    "parse_show_install: refused: unknown line above": _OPEN,
    "parse_show_install: refused: unknown line below": _OPEN,
    "parse_show_install: refused: unknown table below": _OPEN,
    "parse_show_install_log: refused: blanks doubled": _OPEN,
    "parse_show_install_log: refused: unknown line above": _OPEN,
    "parse_show_install_request: refused: blank before punctuation": _OPEN,
    "parse_show_install_request: refused: blanks doubled": _OPEN,
    "parse_show_inventory: other: blank before punctuation": _WORDS,
    "parse_show_ip_interface_brief: refused: unknown line above": _ECHO,
    "parse_show_platform: refused: blanks doubled": _STATE,
    "parse_show_redundancy_summary: other: blank before punctuation": _WORDS,
    "parse_show_route_summary_all: refused: unknown line above": _ECHO,
}

UNREAD: dict[str, str] = {}
