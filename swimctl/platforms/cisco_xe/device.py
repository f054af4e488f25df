"""What the driver of every Cisco IOS or IOS-XE device answers alike, whatever installs on it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from swimctl.errors import CommandRefused
from swimctl.models import Device, Finding, Image
from swimctl.platforms.cisco_xe.fetching import FETCHINGS
from swimctl.platforms.cisco_xe.log import journal, last_line
from swimctl.platforms.cisco_xe.parsers.files import parse_verify
from swimctl.platforms.cisco_xe.readiness import ONE_RELEASE, identity, managed, models
from swimctl.platforms.cisco_xe.reading import NO_SWITCHING, Reading
from swimctl.platforms.cisco_xe.units import READY, Unit, without_standby
from swimctl.platforms.facts import HashResult, Neighbour, Running, Snapshot
from swimctl.platforms.fetching import Fetched, Remote, fetch
from swimctl.platforms.hashes import of_file
from swimctl.platforms.journal import Logged
from swimctl.platforms.pieces import Pieces
from swimctl.platforms.privilege import privilege
from swimctl.platforms.serials import read_serials
from swimctl.platforms.surroundings import surroundings
from swimctl.platforms.talk import Talk

_ERROR: Final = re.compile(r"^\s*%\s?Error.*|^\s*%.*(?:[Ff]ailed|[Ii]nvalid).*", re.MULTILINE)


class CiscoDevice:
    """The part of a driver that holds for all of them. `one_release` says how a stack is brought to one release."""

    one_release = ONE_RELEASE

    def __init__(self, read: Reading) -> None:
        self._read = read
        self._settings = read.settings
        self._limits = read.limits

    def running(self) -> Running:
        """Return what runs now on every member, and since when."""
        return self._read.running()

    def serials(self) -> Iterator[tuple[str, ...]]:
        """Yield the serial numbers of the chassis, its members and their cards."""
        return self._read.serials()

    def identity(self, device: Device) -> list[Finding]:
        """Apply the rules that hold even where nothing is left to do: privilege, the right device, and all of it."""
        may = self._privilege()
        if not may.ok:
            return [may]  # what this session cannot see is no fault of the device
        version = self._read.version()
        if others := managed(version):
            return [may, *others]
        inventory = self._read.inventory()
        return [may, *identity(version, self._read.units(version), inventory, device, self.one_release)]

    def models(self) -> tuple[str, ...]:
        """Return the models of its members, or of the chassis."""
        return models(self._read.version())

    def snapshot(self, taken_at: str, *, whole: bool = True) -> Snapshot:
        """Return what must be the same after the upgrade."""
        version, pieces = self._read.version(), Pieces(whole=whole)
        units = pieces.read("members", lambda: self._read.units(version), tuple[Unit, ...]())
        up = pieces.read("interfaces_up", self._read.interfaces_up, tuple[str, ...]())
        neighbours = pieces.read("neighbours", self._read.neighbours, tuple[Neighbour, ...]())
        ports, bundled = pieces.read("access_up", self._read.switching, NO_SWITCHING)
        around = surroundings(up, ports, neighbours, bundled)
        return Snapshot(
            taken_at=taken_at,
            version=version.version,
            uptime=version.uptime,
            restarted_at=version.restarted_at,
            members={unit.name: unit.state for unit in units},
            interfaces_up=up,
            neighbours=around.neighbours,
            routes=pieces.read("routes", self._read.routes, {}),
            roles={unit.name: unit.role for unit in units if unit.role},
            access_up=around.access_up,
            end_devices=around.end_devices,
            serials=pieces.read("serials", lambda: read_serials(self.serials()), tuple[str, ...]()),
            unread=pieces.unread,
        )

    def configuration(self) -> str:
        """Read the running configuration; kept out of the transcript."""
        return self._read.configuration()

    def unready(self) -> str | None:
        """Return what is not back yet after a reload, None where all is."""
        units = self._read.units(self._read.version())
        late = [f"{unit.label} {unit.state}" for unit in units if unit.state != READY]
        late = late or [f"{unit.label} does not tell its release" for unit in units if unit.version is None]
        if not late and without_standby(units):
            late = ["no member is the standby"]
        return ", ".join(late) or None

    def file_size(self, image: Image) -> int | None:
        """Return the size in bytes of the image's file on the device, None where there is none."""
        return self._read.size_of(image.filename)

    def file_hash(self, image: Image, algorithm: str) -> HashResult:
        """Return the hash that the device computes of the image's file."""
        command, path = f"verify /{algorithm} {self.destination(image)}", self.destination(image)
        text = self._read.run(command, self._settings.hash_deadline(image.size))
        return of_file(parse_verify(text), path, algorithm, command)

    def remove_file(self, image: Image) -> None:
        """Remove the image's file from the device."""
        command = f"delete /force {self.destination(image)}"
        text = self._read.show(command)
        if found := _ERROR.search(text):
            raise CommandRefused(f"'{command}': the device answered '{found.group(0).strip()}'")

    def destination(self, image: Image) -> str:
        """Return the path that a transport writes to."""
        return f"{self._read.root()}{image.filename}"

    def fetch(self, remote: Remote, image: Image, vrf: str, deadline: float) -> Talk[Fetched]:
        """Have the device fetch a file to the image's destination; return how that ended."""
        return fetch(FETCHINGS, self._read.session, remote, self.destination(image), vrf, deadline)

    def log_mark(self) -> str | None:
        """Return the last line of the device's log, None where it keeps none."""
        return last_line(self._read.log())

    def journal(self) -> tuple[Logged, ...]:
        """Return what the device's log names of installing and reloading."""
        return journal(self._read.log())

    def _privilege(self) -> Finding:
        return privilege(self._read.privilege(), self._settings.readiness)
