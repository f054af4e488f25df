"""A lab Juniper that is switched on: the device, and terminals with its commands."""

from __future__ import annotations

from swimctl.lab.grammar import Grammar
from swimctl.lab.juniper_junos.commands import grammar
from swimctl.lab.juniper_junos.device import Juniper
from swimctl.lab.juniper_junos.operations import offered
from swimctl.lab.juniper_junos.session import Command, CommandLine
from swimctl.lab.netconf import Offered
from swimctl.lab.vty import Login


class Terminal(CommandLine):
    """A terminal that knows the commands."""

    @property
    def grammar(self) -> Grammar[Command]:
        """Return the commands that it knows."""
        return grammar()


class Machine(Juniper):
    """The device with its terminals."""

    def terminal(self, login: Login, *, exec_command: bool) -> Terminal:
        """Make a terminal."""
        return Terminal(self, login, exec_command=exec_command)

    def netconf(self, login: Login) -> Offered:
        """Offer what its command line shows, by the names of Junos' own operations."""
        return offered(self, login)
