"""A lab Nexus that is switched on: the device, and terminals with its commands."""

from __future__ import annotations

from swimctl.lab.cisco_nxos.commands import exec_grammar
from swimctl.lab.cisco_nxos.device import Nexus
from swimctl.lab.cisco_nxos.session import Command, CommandLine
from swimctl.lab.grammar import Grammar
from swimctl.lab.vty import Login


class Terminal(CommandLine):
    """A terminal that knows the commands."""

    @property
    def grammar(self) -> Grammar[Command]:
        """Return the commands that it knows."""
        return exec_grammar()


class Machine(Nexus):
    """The device with its terminals."""

    def terminal(self, login: Login, *, exec_command: bool) -> Terminal:
        """Make a terminal."""
        return Terminal(self, login, exec_command=exec_command)
