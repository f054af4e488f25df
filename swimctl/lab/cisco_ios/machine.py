"""A device of classic IOS that is switched on: the device, and terminals with its commands."""

from __future__ import annotations

from swimctl.lab.cisco_ios.commands import exec_grammar
from swimctl.lab.cisco_ios.device import IosSwitch
from swimctl.lab.cisco_xe.session import Command, CommandLine
from swimctl.lab.grammar import Grammar
from swimctl.lab.vty import Login


class Terminal(CommandLine):
    """A terminal that knows the commands, of a router or of a switch."""

    switch: IosSwitch

    @property
    def grammar(self) -> Grammar[Command]:
        """Return the commands that it knows."""
        return exec_grammar(router=self.switch.spec.is_router)


class Machine(IosSwitch):
    """The device with its terminals."""

    def terminal(self, login: Login, *, exec_command: bool) -> Terminal:
        """Make a terminal."""
        return Terminal(self, login, exec_command=exec_command)
