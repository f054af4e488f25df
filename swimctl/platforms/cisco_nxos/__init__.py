"""Cisco NX-OS: parsers of what it prints (`parse`), and its image names."""

from swimctl.platforms.cisco_nxos.commands import ASKED, COMMANDS, find, parse
from swimctl.platforms.cisco_nxos.images import fits, read_filename

__all__ = ["ASKED", "COMMANDS", "find", "fits", "parse", "read_filename"]
