"""Where a terminal of IOS-XE stands: in which mode, below which line, within which script or banner."""

from __future__ import annotations

from swimctl.lab.cisco_xe.device import Switch
from swimctl.lab.plain_commands import PRIVILEGED
from swimctl.lab.vty import Login, Vty

CONFIG_NAME = 20
"""Characters of the host name that a configuration prompt has room for."""


class Modes(Vty):
    """A terminal, but for its commands.

    `mode` is "" in exec mode, else what stands in the prompt's brackets; `section` is the configuration line that a
    submode is below.
    """

    def __init__(self, switch: Switch, login: Login, *, exec_command: bool = False) -> None:
        super().__init__(switch, login, exec_command=exec_command)
        self.switch: Switch = switch
        self.mode = ""
        self.section = ""
        self.script: list[str] = []
        self.banner_lines: list[str] = []

    @property
    def prompt(self) -> str:
        """Return the prompt as it stands."""
        name = self.switch.hostname
        if self.banner_lines:
            return ""
        if self.mode == "tcl":
            return "+>(tcl)#" if self.script else f"{name}(tcl)#"
        if self.mode:
            return f"{name[:CONFIG_NAME]}({self.mode})#"
        return f"{name}{'#' if self.privilege >= PRIVILEGED else '>'}"

    def leave_configuration(self) -> None:
        """Go back to exec mode, with the syslog line that comes of it."""
        self.mode = self.section = ""
        self.switch.say("SYS-5-CONFIG_I", f"Configured from console by {self.login.user} on vty0 (192.0.2.9)")
