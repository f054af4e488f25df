"""Arista EOS: parsers of what it prints (`parse`), and its image names."""

from swimctl.platforms.arista_eos.commands import ASKED, COMMANDS, find, parse
from swimctl.platforms.arista_eos.images import fits, read_filename

__all__ = ["ASKED", "COMMANDS", "find", "fits", "parse", "read_filename"]
