"""The flash of every member of a device that boots a file: an image gets onto each, and each proves it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import PurePosixPath
from typing import Final

from swimctl.errors import CommandRefused, SessionLost, StepFailed
from swimctl.models import Image
from swimctl.platforms.cisco_ios.boot_lines import inside
from swimctl.platforms.cisco_ios.readiness import MemberFlash
from swimctl.platforms.cisco_xe.parsers.files import parse_dir, parse_verify
from swimctl.platforms.cisco_xe.reading import Reading
from swimctl.platforms.cisco_xe.units import Unit
from swimctl.platforms.facts import FileSystem
from swimctl.platforms.hashes import of_file
from swimctl.platforms.rules import as_it_is
from swimctl.platforms.terminal import Answer, answer

_COPY: Final[tuple[Answer, ...]] = (
    answer(r"destination filename \[[^\]]*\]\?", ""),
    answer(r"do you want to over ?write\?.*\[confirm\]", ""),
)
_COPIED: Final = re.compile(r"^\s*\d+ +bytes +copied +in\b", re.MULTILINE | re.IGNORECASE)
# The old image stays, and the boot variable too: it is set in the activation, with the old image behind the new one.
_UNPACK: Final = "archive download-sw /leave-old-sw /no-set-boot"
_UNPACKED: Final = re.compile(r"^\s*All +software +images +installed\b", re.MULTILINE | re.IGNORECASE)
_ARCHIVE: Final = ".tar"


def boot_file(filename: str) -> str:
    """Return which file inside a flash boots an image: itself, or what `archive download-sw` makes of an archive.

    c2960x-universalk9-tar.152-7.E7.tar becomes c2960x-universalk9-mz.152-7.E7/c2960x-universalk9-mz.152-7.E7.bin.
    """
    if not filename.endswith(_ARCHIVE):
        return filename
    folder = filename.removesuffix(_ARCHIVE).replace("-tar.", "-mz.")
    return f"{folder}/{folder}.bin"


class Flashes:
    """What there is on the flash of each member, and how an image comes there; `runs` is the file that runs."""

    def __init__(self, read: Reading, runs: str) -> None:
        self._read = read
        self._runs = runs

    def roots(self) -> dict[str, str]:
        """Return the flash of every member."""
        return self._read.flashes(self._read.units(self._read.version()), self._read.file_systems())

    def size(self, path: str) -> int | None:
        """Return the bytes of a file, None where it is not there."""
        try:
            listing = parse_dir(self._read.show(f"dir {path}"))
        except CommandRefused as error:
            if "No such file" not in str(error):
                raise
            return None
        name = PurePosixPath(path.partition(":")[2]).name
        return listing.size_of(name)

    def space(
        self, units: Sequence[Unit], systems: Sequence[FileSystem], need: Callable[[str], tuple[int, str]]
    ) -> dict[str, MemberFlash]:
        """Read what is free on each member, what `need` says that an image takes there, and whether what runs is."""
        free = {prefix: system.free for system in systems for prefix in system.prefixes}
        found = {}
        for number, root in self._read.flashes(units, systems).items():
            boots = self.size(root + inside(self._runs)) is not None
            found[number] = MemberFlash(root, free.get(root), *need(root), boots)
        return found

    def need(self, root: str, image: Image) -> tuple[int, str]:
        """Return the bytes that an image still takes on a flash, and what for; an archive lies on the active member."""
        archive, need = image.filename.endswith(_ARCHIVE), 0
        if root == self._read.root() or not archive:
            need, _ = as_it_is(image, self.size(root + image.filename) or 0)
        if archive and self.size(root + boot_file(image.filename)) is None:
            need += image.size
        return need, "the image's file, and what is unpacked of it" if archive else "the image's file"

    def spread(self, image: Image) -> str:
        """Copy the verified image to all other members, and check its hash on each; return what was done.

        An archive is unpacked on all of them, and what boots must be the same on each.
        """
        roots = self.roots()
        if image.filename.endswith(_ARCHIVE):
            return self._unpack(image, roots)
        others = [root for root in roots.values() if root != self._read.root()]
        for root in others:
            if self._is_right(root, image):
                continue
            self._copy(image, root)
            if not self._is_right(root, image):
                self._read.show(f"delete /force {root}{image.filename}")
                raise StepFailed(
                    f"{image.filename} on {root} is still wrong after a copy from {self._read.root()}: its size or "
                    f"md5 is not the image's; it was removed there; next: `dir {root}` and `show logging` on the device"
                )
        return f"{image.filename} on {', '.join(others)} too, each verified by its md5" if others else ""

    def _is_right(self, root: str, image: Image) -> bool:
        path = root + image.filename
        return self.size(path) == image.size and self._md5(path, image.size) == image.md5.casefold()

    def _copy(self, image: Image, root: str) -> None:
        command = f"copy {self._read.root()}{image.filename} {root}{image.filename}"
        reply = self._read.converse(command, _COPY, self._read.settings.copy_deadline(image.size))
        if reply.dropped:
            raise SessionLost(f"the session ended in '{command}'")
        if not _COPIED.search(reply.text):
            raise StepFailed(f"'{command}' failed: {_last(reply.text)}; next: `dir {root}` on the device")

    def _unpack(self, image: Image, roots: dict[str, str]) -> str:
        """Unpack an archive on all members; those that have it already must have the same."""
        boots = boot_file(image.filename)
        done = "was unpacked already"
        if any(self.size(root + boots) is None for root in roots.values()):
            command = f"{_UNPACK} {self._read.root()}{image.filename}"
            reply = self._read.converse(command, (), self._read.limits.add)
            if reply.dropped:
                raise SessionLost(f"the session ended in '{command}'")
            if not _UNPACKED.search(reply.text):
                raise StepFailed(
                    f"'{command}' failed: {_last(reply.text)}; nothing was activated; next: `dir flash:` on the device"
                )
            done = "unpacked"
        gone = [root for root in roots.values() if self.size(root + boots) is None]
        if gone:
            raise StepFailed(f"'{_UNPACK}' ended well, but {boots} is not on {', '.join(gone)}; nothing was activated")
        size = self.size(self._read.root() + boots) or 0
        digests = {root: self._md5(root + boots, size) for root in roots.values()}
        if len(set(digests.values())) > 1:
            seen = ", ".join(f"{root} {digest[:16]}…" for root, digest in digests.items())
            raise StepFailed(f"{boots} is not the same on every member: {seen}; next: delete the odd one, then `retry`")
        return f"{image.filename} {done} on {', '.join(roots.values())}"

    def _md5(self, path: str, size: int) -> str:
        seconds = self._read.settings.hash_deadline(size)
        command = f"verify /md5 {path}"
        digest = of_file(parse_verify(self._read.run(command, seconds)), path, "md5", command).digest
        if digest is None:
            raise StepFailed(f"'{command}' gave no hash")
        return digest.casefold()


def _last(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return repr(" / ".join(lines[-3:])[-200:])
