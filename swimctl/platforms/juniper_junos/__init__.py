"""Juniper Junos (EX, QFX, MX, SRX): parsers of what it prints (`parse`), and its image names."""

from swimctl.platforms.juniper_junos.commands import ASKED, COMMANDS, find, parse
from swimctl.platforms.juniper_junos.images import fits, read_filename

__all__ = ["ASKED", "COMMANDS", "find", "fits", "parse", "read_filename"]
