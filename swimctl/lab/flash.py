"""The flash file system of one stack member."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path

from swimctl.lab.images import HEAD_BYTES

BLOCK = 65_536


class NoSpace(Exception):
    """Say that a file does not fit; carries the bytes needed and the bytes free."""

    def __init__(self, needed: int, free: int):
        self.needed = needed
        self.free = free
        super().__init__(f"{needed} bytes needed, {free} free")


@dataclass(frozen=True)
class LabFile:
    """A file on flash; the same object may lie on several members.

    Content is in `spool` (a file of the host, shared by digest), or `content`, or, for files that a switch was born
    with, a pattern drawn from `name`: `size` alone is kept. `damaged`: not the bytes that were sent. `told` are its
    hashes where it stands for a larger file.
    """

    name: str
    size: int
    mtime: datetime
    content: bytes | None = None
    spool: Path | None = None
    damaged: bool = False
    directory: bool = False
    told: Mapping[str, str] = field(default_factory=dict)

    def blocks(self) -> Iterator[bytes]:
        """Read the content in pieces."""
        if self.spool is not None:
            with self.spool.open("rb") as file:
                while block := file.read(BLOCK):
                    yield block
            return
        if self.content is not None:
            yield from (self.content[at : at + BLOCK] for at in range(0, len(self.content), BLOCK))
            return
        pattern = (b"%08x" % zlib.crc32(self.name.encode())) * (BLOCK // 8)
        for at in range(0, self.size, BLOCK):
            yield pattern[: min(BLOCK, self.size - at)]

    @cached_property
    def head(self) -> bytes:
        """Read as much as it takes to tell an image."""
        return next(self.blocks(), b"")[:HEAD_BYTES]

    @cached_property
    def digests(self) -> Mapping[str, str]:
        """Return the hashes of the content by algorithm, in hex."""
        return _Digests(self)

    def renamed(self, name: str, mtime: datetime) -> LabFile:
        """Return a copy another name; a file without content of its own keeps what it reads as."""
        if self.content is None and self.spool is None and self.size <= BLOCK:
            return replace(self, name=name, mtime=mtime, content=b"".join(self.blocks()))
        return replace(self, name=name, mtime=mtime)


class _Digests(dict[str, str]):
    """The hashes of a file, each made when it is first asked for: a device is seldom asked for two."""

    def __init__(self, file: LabFile) -> None:
        super().__init__()
        self._file = file

    def __missing__(self, algorithm: str) -> str:
        if algorithm in self._file.told:
            return self._file.told[algorithm]
        made = hashlib.new(algorithm, usedforsecurity=False)
        for block in self._file.blocks():
            made.update(block)
        self[algorithm] = made.hexdigest()
        return self[algorithm]


@dataclass
class Flash:
    """Files of one member by name, directories among them; a path below one is `directory/name`."""

    capacity: int
    files: dict[str, LabFile] = field(default_factory=dict)
    reserved: int = 0

    @property
    def free(self) -> int:
        """Count the bytes that are left, those of running uploads taken off."""
        return self.capacity - self.reserved - sum(file.size for file in self.files.values())

    def add(self, file: LabFile) -> None:
        """Add a file, in place of one of the same name; raise NoSpace."""
        old = self.files.get(file.name)
        room = self.free + (old.size if old else 0)
        if file.size > room:
            raise NoSpace(file.size, room)
        self.files[file.name] = file

    def delete(self, name: str) -> bool:
        """Remove a file, or a directory with what is in it; False where there is none."""
        inside = [each for each in self.files if each == name or each.startswith(f"{name}/")]
        for each in inside:
            del self.files[each]
        return bool(inside)

    def get(self, name: str) -> LabFile | None:
        """Find a file."""
        return self.files.get(name)

    def listing(self, directory: str = "") -> list[LabFile]:
        """List what lies directly in a directory."""
        prefix = f"{directory}/" if directory else ""
        return [
            file
            for name, file in self.files.items()
            if name.startswith(prefix) and name != directory and "/" not in name[len(prefix) :]
        ]
