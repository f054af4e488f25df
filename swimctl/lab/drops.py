"""When the sessions of a lab switch drop; each fault that says so strikes once."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from swimctl.lab.faults import Fault


class Drops:
    """Count the command lines of one switch, and `cut` its sessions where a fault of it says so."""

    def __init__(self, faults: Sequence[Fault], cut: Callable[[], None]) -> None:
        self.lines = 0
        self._cut = cut
        self._left = {str(fault) for fault in faults if fault.name.startswith("drop-session-")}

    def at(self, step: str) -> bool:
        """Return whether the sessions drop at this step: now, or when the caller cuts them."""
        return self._strikes(f"drop-session-at:{step}")

    def lose(self, line: str) -> bool:
        """Count a command line that comes, and return whether it is lost with its session.

        Blank lines do not count: clients type them to find the prompt, more or fewer by the moment.
        """
        if not line.strip():
            return False
        if self._strikes(f"drop-session-before:{self.lines + 1}"):
            self._cut()
            return True
        self.lines += 1
        if self._strikes(f"drop-session-after:{self.lines}"):
            self._cut()
        return False

    def _strikes(self, fault: str) -> bool:
        if fault not in self._left:
            return False
        self._left.remove(fault)
        return True
