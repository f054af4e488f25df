"""What twists of outputs are refused, or read otherwise, and why that is right."""

from __future__ import annotations

_ECHO = "the echo stands below a foreign line at the margin, and is taken for the prompt of another command"
_FREE = "free words of the device, and no driver decides by them"
_WORDS = "a comma or colon in a part's or a device's own words"
_STATE = "of a state that is not known, the words cannot be told from those of the type"

BENT: dict[str, str] = {
    "parse_install_request: other: other case": _FREE,
    "parse_show_install_log: other: other case": _FREE,
    "parse_show_inventory: other: blank before punctuation": _WORDS,
    "parse_show_ip_interface_brief: refused: unknown line above": _ECHO,
    "parse_show_platform: refused: blanks doubled": _STATE,
    "parse_show_redundancy_summary: other: blank before punctuation": _WORDS,
    "parse_show_route_summary_all: refused: unknown line above": _ECHO,
}

UNREAD: dict[str, str] = {}
