"""Cisco IOS-XR, classic and 64-bit: parsers of what it prints (`parse`), and its image names."""

from swimctl.platforms.cisco_xr.commands import ASKED, COMMANDS, find, parse
from swimctl.platforms.cisco_xr.images import fits, read_filename

__all__ = ["ASKED", "COMMANDS", "find", "fits", "parse", "read_filename"]
