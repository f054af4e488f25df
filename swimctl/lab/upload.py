"""A file on its way onto the flash of a lab switch."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from swimctl.lab.chassis_spec import ChassisSpec, StandIn
from swimctl.lab.clock import LabClock
from swimctl.lab.drops import Drops
from swimctl.lab.flash import Flash, LabFile, NoSpace


class Receiver(Protocol):
    """What a file needs of the device that it comes to."""

    corrupted: bool
    clock: LabClock
    drops: Drops

    @property
    def spec(self) -> ChassisSpec:
        """Return what it is made from."""

    def flash(self, member: int) -> Flash:
        """Return the flash of a member."""

    def cut_all(self) -> None:
        """Drop every connection."""


@dataclass
class Upload:
    """A file that is coming in; `close` puts what came onto flash, whole or not.

    `shown`: `dir` shows it meanwhile, as large as it is.
    """

    switch: Receiver
    member: int
    name: str
    path: Path
    size: int = 0
    damaged: bool = False
    shown: bool = False
    _file: BinaryIO | None = None
    _reserved: int = 0

    @property
    def stands_for(self) -> StandIn | None:
        """Return what it stands for, None for what is as large as it is."""
        return self.switch.spec.stand_ins.get(self.name)

    def counted(self, count: int) -> int:
        """Return as how many bytes of flash and line so many count."""
        large = self.stands_for
        return count if large is None else count * large.size // large.sent

    def write(self, data: bytes) -> None:
        """Append a block; raises NoSpace where the flash is full."""
        flash, counts = self.switch.flash(self.member), self.counted(len(data))
        if counts > flash.free:
            self.damaged = True
            raise NoSpace(self.counted(self.size) + counts, flash.free)
        if self._file is None:
            self._file = self.path.open("ab", buffering=0)
        self._file.write(data)
        self.size += len(data)
        if self.shown:
            flash.files[self.name] = LabFile(
                self.name, self.counted(self.size), self.switch.clock.wall(), spool=self.path
            )
        else:
            self._reserved += counts
            flash.reserved += counts
        if self.counted(self.size) > 1_000_000 and self.switch.drops.at("copy"):
            self.damaged = True
            self.switch.cut_all()

    def close(self) -> None:
        """Write what came to flash; `corrupt-copy` damages one byte of the first copy, or of each."""
        flash = self.switch.flash(self.member)
        if not self.shown:
            flash.reserved -= self._reserved
        if self._file is not None:
            self._file.close()
        else:
            self.path.touch()
        fault = self.switch.spec.fault("corrupt-copy")
        if fault and self.size and (fault.argument == "always" or not self.switch.corrupted):
            self.switch.corrupted = self.damaged = True
            with self.path.open("r+b") as file:
                file.seek(self.size // 2)
                byte = file.read(1)
                file.seek(self.size // 2)
                file.write(bytes([byte[0] ^ 0x5A]))
        size, known, large = self.counted(self.size), dict[str, str](), self.stands_for
        if large is not None and self.size == large.sent:
            size, known = large.size, {} if self.damaged else dict(large.digests)
        wall = self.switch.clock.wall()
        flash.add(LabFile(self.name, size, wall, spool=self.path, damaged=self.damaged, told=known))
