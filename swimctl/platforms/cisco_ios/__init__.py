"""Cisco's classic IOS: it prints what IOS-XE prints, so the parsers are those; its image names are its own."""

from swimctl.platforms.cisco_ios.commands import find, parse
from swimctl.platforms.cisco_ios.images import fits, read_filename
from swimctl.platforms.cisco_xe.commands import ASKED, COMMANDS

__all__ = ["ASKED", "COMMANDS", "find", "fits", "parse", "read_filename"]
