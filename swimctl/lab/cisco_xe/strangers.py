"""What others do to a lab switch, or in its place: another device, somebody at its console, a clock that jumps."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from swimctl.lab.cisco_xe.stack import Stack
from swimctl.lab.configuration import Configuration

OTHER_NAME: Final = "hall-9"
LONG_AGO: Final = datetime(1993, 3, 1, tzinfo=UTC)
_BY_HAND: Final = 43_200.0
_OF_SOMEBODY: Final = "flash:cat9k_iosxe.17.09.05.SPA.bin"


class Strangers:
    """What happens to one switch by its faults."""

    def __init__(self, switch: Stack) -> None:
        self._switch = switch
        self.other = False
        self.dead = False
        self._hashed = False

    @property
    def _looked_at(self) -> bool:
        """Return whether somebody has asked for the release since the last boot."""
        switch = self._switch
        return switch.booted_at > 0 and any(
            command.at > switch.booted_at and command.line == "show version" for command in switch.log
        )

    def noticed(self, line: str) -> None:
        """Run the faults of the moment at which the image on the switch is hashed: all is ready for its activation
        then.

        Where another device takes the address after a look, the sessions of before are lost, as in a network.
        """
        switch, fault = self._switch, self._switch.spec.fault("another-device")
        after = fault is not None and fault.argument == "after" and not self.other
        if after and self._looked_at and line != "show version":
            switch.cut_all()
        if self._hashed or not line.startswith("verify"):
            return
        self._hashed = True
        self.dead = switch.spec.fault("member-dies") is not None
        if switch.spec.fault("somebody-installs"):
            switch.installer.by_somebody(_OF_SOMEBODY, _BY_HAND)

    def answer(self) -> None:
        """Answer every connection as another device, from its moment on; it knows nothing of what was before."""
        switch, fault = self._switch, self._switch.spec.fault("another-device")
        if self.other or fault is None:
            return
        moments = {"before": self._hashed, "during": switch.booted_at > 0, "after": self._looked_at}
        if moments[str(fault.argument)]:
            self.other = True
            others = (replace(member, serial=f"FOC9{member.serial[4:]}") for member in switch.spec.members)
            switch.spec = replace(switch.spec, members=tuple(others))

    def booted(self, *, anew: bool) -> None:
        """Run the faults of a reload; `anew`: into another release than before."""
        switch = self._switch
        if switch.spec.fault("clock-jumps"):
            switch.clock = switch.clock.set_to(LONG_AGO)
        if anew and switch.spec.fault("configuration-lost"):
            kept = [line for line in switch.configuration.sections if line.startswith("boot ")]
            switch.configuration = Configuration(kept)
