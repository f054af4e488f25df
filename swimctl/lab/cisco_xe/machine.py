"""A lab switch of IOS-XE that is switched on: the device, and terminals with its commands."""

from __future__ import annotations

from swimctl.lab.cisco_xe.commands import exec_grammar
from swimctl.lab.cisco_xe.device import Switch
from swimctl.lab.cisco_xe.session import Command, CommandLine
from swimctl.lab.cisco_xe.shows_models import CAPABILITIES, models
from swimctl.lab.grammar import Grammar
from swimctl.lab.netconf import Offered, of_models
from swimctl.lab.vty import Login


class Terminal(CommandLine):
    """A terminal that knows the commands."""

    @property
    def grammar(self) -> Grammar[Command]:
        """Return the commands that it knows."""
        return exec_grammar()


class Machine(Switch):
    """The device with its terminals."""

    def terminal(self, login: Login, *, exec_command: bool) -> Terminal:
        """Make a terminal."""
        return Terminal(self, login, exec_command=exec_command)

    def netconf(self, login: Login) -> Offered:  # noqa: ARG002 - its models are for all who may log in
        """Offer the YANG models that its release has; a Catalyst 3850 has none of them."""
        return of_models(lambda: {} if self.spec.hardware.requests else models(self), CAPABILITIES)
