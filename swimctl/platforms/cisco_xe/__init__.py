"""Cisco IOS-XE: parsers of what it prints (`parse`), its image names, and the driver."""

from swimctl.platforms.cisco_xe.commands import ASKED, COMMANDS, MODELS, find, parse
from swimctl.platforms.cisco_xe.images import fits, read_filename

__all__ = ["ASKED", "COMMANDS", "MODELS", "find", "fits", "parse", "read_filename"]
