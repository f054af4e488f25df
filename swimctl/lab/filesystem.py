"""The flash of a lab switch as SCP and SFTP see it, at the pace of the switch."""

from __future__ import annotations

import posixpath
import stat
from collections.abc import AsyncIterator
from typing import Protocol

import asyncssh

from swimctl.lab.chassis import Chassis
from swimctl.lab.clock import LabClock
from swimctl.lab.flash import LabFile, NoSpace
from swimctl.lab.upload import Upload

DENIED = "Privilege denied."
NEEDED_PRIVILEGE = 15
_AHEAD = 1.0
"""Lab seconds by which bytes may come too early: to wait for each block costs more than to take it."""


class Pace:
    """Let bytes through at a rate, in bytes a lab second; being late is made up for by no burst."""

    def __init__(self, rate: float, clock: LabClock) -> None:
        self._rate = rate
        self._clock = clock
        self._next = 0.0

    async def spend(self, count: int) -> None:
        """Wait until `count` bytes more may pass, or nearly."""
        now = self._clock.now()
        self._next = max(self._next, now) + count / self._rate
        if self._next > now + _AHEAD:
            await self._clock.sleep(self._next - now)


class Incoming:
    """A file on its way onto flash. Hashing and writing is done block by block as it comes."""

    def __init__(self, upload: Upload, pace: Pace) -> None:
        self._upload = upload
        self._pace = pace
        self._size = 0

    async def write(self, offset: int, data: bytes) -> int:
        """Append a block; anything but the next one is refused."""
        if offset != self._size:
            raise asyncssh.SFTPFailure("%Error writing: only from the beginning to the end")
        self._size += len(data)
        try:
            self._upload.write(data)
        except NoSpace:
            raise asyncssh.SFTPFailure("%Error writing: No space left on device") from None
        await self._pace.spend(self._upload.counted(len(data)))
        return len(data)

    def close(self) -> None:
        """Leave what came on flash."""
        self._upload.close()

    def attributes(self) -> asyncssh.SFTPAttrs:
        """Return the size so far."""
        return _attributes(self._size, 0, directory=False)


class Outgoing:
    """A file that is read from flash; readers go from its beginning to its end."""

    def __init__(self, file: LabFile, pace: Pace) -> None:
        self._file = file
        self._pace = pace
        self._blocks = file.blocks()
        self._at = 0
        self._rest = b""

    async def read(self, offset: int, size: int) -> bytes:
        """Read a block."""
        if offset < self._at:
            self._blocks, self._at, self._rest = self._file.blocks(), 0, b""
        while offset >= self._at + len(self._rest):
            self._at += len(self._rest)
            self._rest = next(self._blocks, b"")
            if not self._rest:
                return b""
        data = self._rest[offset - self._at :][:size]
        await self._pace.spend(len(data))
        return data

    def attributes(self) -> asyncssh.SFTPAttrs:
        """Return size and date."""
        return _attributes(self._file.size, self._file.mtime.timestamp(), directory=False)


class Port(Protocol):
    """What files need of the port that they come through."""

    switch: Chassis

    def look(self) -> None:
        """Do what is due."""


class FlashFiles(asyncssh.SFTPServer):
    """Give asyncssh's SCP and SFTP the files of a switch, to accounts of privilege 15 alone.

    What is not written here stays refused: every other operation of asyncssh's class goes through `map_path`.
    """

    def __init__(self, channel: asyncssh.SSHServerChannel[bytes], port: Port) -> None:
        super().__init__(channel)
        self._port = port
        self._switch = port.switch
        self._allowed = channel.get_connection().get_extra_info("login").privilege >= NEEDED_PRIVILEGE

    def map_path(self, path: bytes) -> bytes:
        """Refuse every path to the host's own files."""
        raise asyncssh.SFTPOpUnsupported(f"%Error: not supported: {path.decode(errors='replace')}")

    def open(self, path: bytes, pflags: int, attrs: asyncssh.SFTPAttrs) -> object:  # noqa: ARG002 asyncssh's signature
        """Open a file to read from, or to write anew."""
        name = self._name(path)
        pace = Pace(self._switch.transfer, self._switch.clock)
        if pflags & asyncssh.FXF_WRITE:
            try:
                return Incoming(self._switch.receive(name), pace)
            except ValueError:
                raise asyncssh.SFTPNoSuchPath(f"%Error opening {name} (No such file or directory)") from None
        return Outgoing(self._file(name), pace)

    async def read(self, file_obj: object, offset: int, size: int) -> bytes:
        """Read a block."""
        assert isinstance(file_obj, Outgoing)  # noqa: S101 asyncssh hands back what `open` gave
        return await file_obj.read(offset, size)

    async def write(self, file_obj: object, offset: int, data: bytes) -> int:
        """Write a block; the switch may cut the connection in the middle."""
        assert isinstance(file_obj, Incoming)  # noqa: S101 as above
        written = await file_obj.write(offset, data)
        self._port.look()
        return written

    def close(self, file_obj: object) -> None:
        """Finish a file."""
        if isinstance(file_obj, Incoming):
            file_obj.close()
            self._port.look()

    def stat(self, path: bytes) -> asyncssh.SFTPAttrs:
        """Return size and date of a file or directory."""
        name = self._name(path)
        if self._is_directory(name):
            return _attributes(0, 0, directory=True)
        file = self._file(name)
        return _attributes(file.size, file.mtime.timestamp(), directory=file.directory)

    lstat = stat

    def fstat(self, file_obj: object) -> asyncssh.SFTPAttrs:
        """Return size and date of an open file."""
        assert isinstance(file_obj, Incoming | Outgoing)  # noqa: S101 as above
        return file_obj.attributes()

    def setstat(self, path: bytes, attrs: asyncssh.SFTPAttrs) -> None:
        """Ignore dates and rights: flash has none to set."""

    def fsetstat(self, file_obj: object, attrs: asyncssh.SFTPAttrs) -> None:
        """Ignore them for an open file."""

    def realpath(self, path: bytes) -> bytes:
        """Spell a path as the switch does."""
        text = path.decode(errors="replace")
        return b"flash:/" if text in {"", ".", "/"} else path

    def remove(self, path: bytes) -> None:
        """Delete a file."""
        name = self._name(path)
        self._file(name)
        member, plain = self._where(name)
        self._switch.flash(member).delete(plain)

    async def scandir(self, path: bytes) -> AsyncIterator[asyncssh.SFTPName]:
        """List the files of a directory."""
        member, plain = self._where(self._name(path))
        for file in self._switch.flash(member).listing(plain):
            base = posixpath.basename(file.name).encode()
            yield asyncssh.SFTPName(
                base, attrs=_attributes(file.size, file.mtime.timestamp(), directory=file.directory)
            )

    def exit(self) -> None:
        """End SFTP with the exit status that OpenSSH waits for; asyncssh sends one for SCP alone."""
        if self.channel.get_subsystem() is not None and not self.channel.is_closing():
            self.channel.exit(0)

    def _name(self, path: bytes) -> str:
        if not self._allowed:
            raise asyncssh.SFTPPermissionDenied(DENIED)
        return path.decode(errors="replace").strip()

    def _is_directory(self, name: str) -> bool:
        return self._where(name)[1] == ""

    def _where(self, name: str) -> tuple[int, str]:
        try:
            return self._switch.resolve(name)
        except ValueError:
            raise asyncssh.SFTPNoSuchFile(f"%Error opening {name} (No such file or directory)") from None

    def _file(self, name: str) -> LabFile:
        member, plain = self._where(name)
        file = self._switch.flash(member).get(plain)
        if file is None:
            raise asyncssh.SFTPNoSuchFile(f"%Error opening {name} (No such file or directory)")
        return file


def _attributes(size: int, modified: float, *, directory: bool) -> asyncssh.SFTPAttrs:
    kind = asyncssh.FILEXFER_TYPE_DIRECTORY if directory else asyncssh.FILEXFER_TYPE_REGULAR
    rights = stat.S_IFDIR | 0o755 if directory else stat.S_IFREG | 0o644
    seconds = int(modified)
    return asyncssh.SFTPAttrs(type=kind, size=size, permissions=rights, uid=0, gid=0, atime=seconds, mtime=seconds)
