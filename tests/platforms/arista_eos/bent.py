"""What twists of outputs are refused, or read otherwise, and why that is right."""

from __future__ import annotations

_WORDS = "free words of the device, and no driver decides by them"
_PARTS = "parts that no driver needs: their tables' columns may hold several words or none"

BENT: dict[str, str] = {
    "parse_install_outcome: other: blank before punctuation": _WORDS,
    "parse_show_inventory: other: blanks doubled": _PARTS,
    "parse_show_inventory: other: blanks single": _PARTS,
    "parse_show_inventory: other: unknown column": _PARTS,
    "parse_show_inventory: refused: unknown column": "in a copy that lost its columns a heading looks like a model",
    "parse_show_lldp_neighbors: refused: blanks doubled": "of a name of two words it is not clear where it ends",
    "parse_show_reload_cause: other: blank before punctuation": _WORDS,
    "parse_show_reload_cause: other: unknown line below": "free words end it, and a line below looks like one of them",
    "parse_show_reload_cause: other: unknown line between": _WORDS,
    "parse_show_reload_cause: other: unknown table below": "as an unknown line below",
    "parse_show_reload_cause: refused: unknown column": "a heading above dashes is no header of a table",
}

UNREAD: dict[str, str] = {
    "more/arista_eos/show_ip_int_brief/01.txt": "it is the output of NX-OS, kept with EOS's by its source",
}
