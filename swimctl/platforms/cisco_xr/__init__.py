"""Cisco IOS-XR, classic and 64-bit: parsers of what it prints (`parse`), and its image names."""

from swimctl.platforms.cisco_xr.commands import COMMANDS, find, parse
from swimctl.platforms.cisco_xr.images import fits, read_filename

__all__ = ["COMMANDS", "find", "fits", "parse", "read_filename"]
