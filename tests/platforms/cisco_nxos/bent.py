"""What twists of outputs are refused, or read otherwise, and why that is right."""

from __future__ import annotations

_WORDS = "free words of the device, and no driver decides by them"
_ECHO = "the echo stands below a foreign line at the margin, and is taken for the prompt of another command"
_HEADING = "a heading above dashes is no header of a table"
_PUNCTUATION = "a comma or colon in a part's own name or words"
_LAST_COLUMN = "free words are the last column: what stands behind them is taken for more"

BENT: dict[str, str] = {
    "parse_install_all: other: other case": _WORDS,
    "parse_install_all: other: unknown column": _LAST_COLUMN,
    "parse_install_all: other: unknown line between": _WORDS,
    "parse_install_impact: other: unknown column": _LAST_COLUMN,
    "parse_show_cdp_neighbors: other: unknown line between": "the neighbour's own port, parted from its row",
    "parse_show_cdp_neighbors: refused: blanks doubled": "a heading of capitals and dashes reads as a row's name",
    "parse_show_cdp_neighbors: refused: unknown line above": _ECHO,
    "parse_show_cdp_neighbors_detail: refused: unknown line above": _ECHO,
    "parse_show_incompatibility: other: blank before punctuation": _WORDS,
    "parse_show_incompatibility: other: unknown line between": _WORDS,
    "parse_show_incompatibility: refused: unknown column": _HEADING,
    "parse_show_inventory: other: blank before punctuation": _PUNCTUATION,
    "parse_show_module: other: blank before punctuation": _PUNCTUATION,
    "parse_show_module: refused: unknown column": "of a card without a model the state is the last word",
    "parse_show_redundancy_status: other: blank before punctuation": _WORDS,
    "parse_show_redundancy_status: refused: unknown column": _HEADING,
    "parse_show_vpc: other: blank before punctuation": _WORDS,
    "parse_show_vpc: other: blanks single": "a value that goes on below is known by its 80 columns",
    "parse_show_vpc: other: other case": _WORDS,
    "parse_show_vpc: other: unknown column": _LAST_COLUMN,
    "parse_show_vpc: other: unknown line between": _WORDS,
    "parse_show_vpc: refused: unknown column": "a list of VLANs goes on in a line of its own, as no row does",
}

UNREAD: dict[str, str] = {
    "more/cisco_nxos/show_install_all_impact/b_01_n3k_no_compat_table.txt": "it does not tell what happens to a module",
    "more/cisco_nxos/show_version/b_04_n9kv_9.3.1_cut.txt": "it is cut off before the uptime",
}
