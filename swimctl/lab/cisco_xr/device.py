"""A router with 64-bit IOS-XR as a state machine: its nodes and their installer."""

from __future__ import annotations

from pathlib import Path

from swimctl.lab.cisco_xr.installing import Installer
from swimctl.lab.cisco_xr.nodes import Nodes
from swimctl.lab.cisco_xr.spec import RouterSpec
from swimctl.lab.clock import LabClock


class Router(Nodes):
    """One router."""

    def __init__(self, spec: RouterSpec, clock: LabClock, spool: Path | None = None) -> None:
        super().__init__(spec, clock, spool)
        self.installer: Installer = Installer(self)

    def start_up(self) -> bool:
        """Load what was activated, else what is committed."""
        self.installer.stop()
        return super().start_up()
