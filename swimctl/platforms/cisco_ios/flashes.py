"""The flash of every member of a device that boots a file: an image gets onto each, and each proves it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Final

from swimctl.config.settings import Settings
from swimctl.errors import CommandRefused, SessionLost, StepFailed
from swimctl.models import Image
from swimctl.platforms.base import Session
from swimctl.platforms.cisco_ios.boot_lines import inside
from swimctl.platforms.cisco_ios.readiness import MemberFlash
from swimctl.platforms.cisco_xe.parsers.files import parse_dir, parse_show_file_systems, parse_verify
from swimctl.platforms.cisco_xe.reload import Reloads
from swimctl.platforms.cisco_xe.units import Unit
from swimctl.platforms.facts import FileSystem, SoftwareVersion
from swimctl.platforms.hashes import of_file
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


class Flashes(Reloads):
    """What there is on the flash of each member, and how an image comes there."""

    def __init__(self, session: Session, settings: Settings, version: SoftwareVersion) -> None:
        super().__init__(session, settings, version)
        self._runs = version.system_image or ""

    def _file_system(self) -> str:
        """Return the flash that the running image lies on: the new one goes beside it."""
        if self._root is None:
            self._systems()
        return super()._file_system()

    def _systems(self) -> tuple[FileSystem, ...]:
        systems = parse_show_file_systems(self._show("show file systems"))
        beside = self._runs.partition(":")[0] + ":"
        if any(beside in system.prefixes for system in systems):
            self._root = beside
        return systems

    def _roots(self) -> dict[str, str]:
        """Return the flash of every member."""
        return self._flashes(self._units(self._version()), self._systems())

    def _size(self, path: str) -> int | None:
        """Return the bytes of a file, None where it is not there."""
        try:
            listing = parse_dir(self._show(f"dir {path}"))
        except CommandRefused as error:
            if "No such file" not in str(error):
                raise
            return None
        name = PurePosixPath(path.partition(":")[2]).name
        return listing.size_of(name)

    def _member_flash(
        self, units: Sequence[Unit], systems: Sequence[FileSystem], image: Image
    ) -> dict[str, MemberFlash]:
        free = {prefix: system.free for system in systems for prefix in system.prefixes}
        found = {}
        for number, root in self._flashes(units, systems).items():
            boots = self._size(root + inside(self._runs)) is not None
            found[number] = MemberFlash(root, free.get(root), self._need(root, image), boots)
        return found

    def _need(self, root: str, image: Image) -> int:
        """Return the bytes an image still takes on a flash; an archive itself lies on the active member."""
        archive, need = image.filename.endswith(_ARCHIVE), 0
        if root == self._file_system() or not archive:
            need = max(0, image.size - (self._size(root + image.filename) or 0))
        if archive and self._size(root + boot_file(image.filename)) is None:
            need += image.size
        return need

    def spread(self, image: Image) -> str:
        """Put the verified image onto all other members, each of which proves it by its own hash; tell what was done.

        An archive is unpacked on all of them, and what boots must be the same on each.
        """
        roots = self._roots()
        if image.filename.endswith(_ARCHIVE):
            return self._unpack(image, roots)
        others = [root for root in roots.values() if root != self._file_system()]
        for root in others:
            if self._is_right(root, image):
                continue
            self._copy(image, root)
            if not self._is_right(root, image):
                self._show(f"delete /force {root}{image.filename}")
                raise StepFailed(
                    f"{image.filename} on {root} is still wrong after a copy from {self._file_system()}: its size or "
                    f"md5 is not the image's; it was removed there; next: `dir {root}` and `show logging` on the device"
                )
        return f"{image.filename} on {', '.join(others)} too, each verified by its md5" if others else ""

    def _is_right(self, root: str, image: Image) -> bool:
        path = root + image.filename
        return self._size(path) == image.size and self._md5(path, image.size) == image.md5.casefold()

    def _copy(self, image: Image, root: str) -> None:
        command = f"copy {self.destination(image)} {root}{image.filename}"
        seconds = self._limits.command + image.size / (self._settings.distribution.minimum_rate * 1e6)
        reply = self._converse(command, _COPY, seconds)
        if reply.dropped:
            raise SessionLost(f"the session ended in '{command}'")
        if not _COPIED.search(reply.text):
            raise StepFailed(f"'{command}' failed: {_last(reply.text)}; next: `dir {root}` on the device")

    def _unpack(self, image: Image, roots: dict[str, str]) -> str:
        """Unpack an archive on all members; those that have it already must have the same."""
        boots = boot_file(image.filename)
        done = "was unpacked already"
        if any(self._size(root + boots) is None for root in roots.values()):
            command = f"{_UNPACK} {self.destination(image)}"
            reply = self._converse(command, (), self._limits.add)
            if reply.dropped:
                raise SessionLost(f"the session ended in '{command}'")
            if not _UNPACKED.search(reply.text):
                raise StepFailed(
                    f"'{command}' failed: {_last(reply.text)}; nothing was activated; next: `dir flash:` on the device"
                )
            done = "unpacked"
        gone = [root for root in roots.values() if self._size(root + boots) is None]
        if gone:
            raise StepFailed(f"'{_UNPACK}' ended well, but {boots} is not on {', '.join(gone)}; nothing was activated")
        size = self._size(self._file_system() + boots) or 0
        digests = {root: self._md5(root + boots, size) for root in roots.values()}
        if len(set(digests.values())) > 1:
            seen = ", ".join(f"{root} {digest[:16]}…" for root, digest in digests.items())
            raise StepFailed(f"{boots} is not the same on every member: {seen}; next: delete the odd one, then `retry`")
        return f"{image.filename} {done} on {', '.join(roots.values())}"

    def _md5(self, path: str, size: int) -> str:
        seconds = self._settings.hash_deadline(size)
        command = f"verify /md5 {path}"
        digest = of_file(parse_verify(self._run(command, seconds)), path, "md5", command).digest
        if digest is None:
            raise StepFailed(f"'{command}' gave no hash")
        return digest.casefold()


def _last(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return repr(" / ".join(lines[-3:])[-200:])
