"""The images that a relay keeps, each under its hash: fetched once for all who wait, served only when right."""

from __future__ import annotations

import hashlib
import http.client
import logging
import os
import re
import shutil
import ssl
import threading
import time
from collections.abc import Callable, Collection
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from swimctl.relays.protocol import Refused

log = logging.getLogger("swimctl.relay")

_PIECE: Final = 1024 * 1024
# Real seconds without a byte after which a fetch begins anew where it was.
_SILENCE: Final = 60.0
# So often in a row it begins anew without having got a byte.
_TRIES: Final = 3
_HASH: Final = re.compile(r"[0-9a-f]{128}(\.part)?")
_PART: Final = ".part"
_MOST_SOURCES: Final = 64


@dataclass(eq=False)
class Kept:
    """One image: how much of it is there, whether it is whole and right (`ready`), and why it does not get there.

    `in_doubt`: it was right, and is being read again.
    """

    sha512: str
    size: int
    fetched: int = 0
    ready: bool = False
    problem: str = ""
    at_work: bool = False
    in_doubt: bool = False
    sources: list[str] = field(default_factory=list, repr=False)
    seen: tuple[int, ...] = ()  # the file that had the right hash: its size, time and number


class _Failed(Exception):
    """Say why an image does not get here."""


class _Cut(Exception):
    """Say that a source ended in the middle, and may be asked to go on."""


class Shelf:
    """Keep images in a folder, of no more than `most` bytes together; those that are `in_use` stay.

    A file that is half there has the ending `.part`, and is gone on with, also after a restart. `fetched` counts the
    bytes that came from sources.
    """

    def __init__(
        self, folder: Path, most: int, in_use: Callable[[], Collection[str]], trust: ssl.SSLContext | None = None
    ) -> None:
        self._folder = folder
        self._most = most
        self._in_use = in_use
        self._trust = trust
        self._lock = threading.Lock()
        self._kept: dict[str, Kept] = {}
        self.fetched = 0

    def path(self, sha512: str) -> Path:
        """Return where an image lies, or will."""
        return self._folder / sha512

    @property
    def used(self) -> int:
        """Return the bytes of all its files."""
        return sum(map(_size, self._files()))

    def want(self, sha512: str, size: int, source: str) -> Kept:
        """Return how an image stands, and have it fetched where it is not there; one fetch serves all who want it.

        Refused: it is known with another size.
        """
        with self._lock:
            kept = self._kept.setdefault(sha512, Kept(sha512, size))
            if kept.size != size:
                raise Refused(f"the image {sha512[:16]}… has {kept.size} bytes here, not {size}")
            if source not in kept.sources:
                kept.sources = [*kept.sources, source][-_MOST_SOURCES:]
            kept.ready = kept.ready and self._mark(sha512) == kept.seen
            if kept.ready:
                kept.sources = []
                self._touch(self.path(sha512))
            elif not kept.at_work:
                self._begin(kept)
            return kept

    def _begin(self, kept: Kept) -> None:
        kept.at_work, kept.problem = True, ""
        threading.Thread(target=self._bring, args=(kept,), name="relay-fetch", daemon=True).start()

    def leave(self, sha512: str, source: str) -> None:
        """Ask a source no more: nobody waits for what it gives."""
        with self._lock:
            if kept := self._kept.get(sha512):
                kept.sources = [each for each in kept.sources if each != source]

    def doubt(self, sha512: str) -> None:
        """Read an image once more before anybody gets more of it: a device says that it is wrong.

        One that is being fetched or read is not served now, and is read to its end anyway.
        """
        with self._lock:
            if (kept := self._kept.get(sha512)) and not kept.at_work:
                kept.ready, kept.in_doubt = False, True
                self._begin(kept)

    def _bring(self, kept: Kept) -> None:
        """Work for an image until it is there, or no source is left."""
        while True:
            problem = "the relay failed; its log says how"
            try:
                if not self._is_right(kept):
                    kept.in_doubt = False
                    self._fetch(kept)
                problem = ""
            except _Failed as failed:
                problem = str(failed)
            except OSError as error:
                with self._lock:
                    kept.sources = []
                with suppress(OSError):  # a disk that is full has its space back
                    self._part(kept).unlink()
                problem = f"the relay cannot write it: {error.strerror or error}"
            except Exception:
                with self._lock:
                    kept.sources = []
                log.exception("image %s…", kept.sha512[:16])
            with self._lock:
                if problem and kept.sources:  # it came meanwhile
                    continue
                # At work until all else is as it will be: who looks without the lock sees this one last.
                kept.seen, kept.sources = self._mark(kept.sha512), []
                kept.in_doubt, kept.ready, kept.problem = False, not problem, problem
                kept.at_work = False
            if problem:
                log.warning("image %s…: %s", kept.sha512[:16], problem)
            return

    def _is_right(self, kept: Kept) -> bool:
        """Return whether the whole image is there; a file that is not what its name says is removed."""
        path = self.path(kept.sha512)
        if not path.is_file():
            return False
        if path.stat().st_size == kept.size and _hashed(path, kept).hexdigest() == kept.sha512:
            return True
        log.warning("the file of image %s… is not what it was; it is removed and fetched again", kept.sha512[:16])
        path.unlink(missing_ok=True)
        return False

    def _fetch(self, kept: Kept) -> None:
        self._make_room(kept)
        part, failed, tries = self._part(kept), "nobody offers it any more", 0
        if part.exists() and part.stat().st_size > kept.size:
            part.unlink()
        digest = _hashed(part, kept)
        while kept.fetched < kept.size:
            with self._lock:
                source = next(iter(kept.sources), "")
            if not source:
                raise _Failed(failed)
            before = kept.fetched
            try:
                digest = self._go_on(kept, part, source, digest)
            except _Cut as cut:
                failed, tries = str(cut), 0 if kept.fetched > before else tries + 1
                log.warning("image %s…: %s; %d of %d bytes are here", kept.sha512[:16], cut, kept.fetched, kept.size)
                if tries == _TRIES:
                    self._drop(kept, urlsplit(source).netloc)
                    tries = 0
            except _Failed as refused:
                failed = str(refused)
                self.leave(kept.sha512, source)
        if digest.hexdigest() != kept.sha512:
            part.unlink()
            kept.fetched = 0
            with self._lock:
                kept.sources = []  # the next one has it from the same place
            raise _Failed(f"what came is not the image: its SHA-512 is {digest.hexdigest()[:16]}…")
        with part.open("rb") as file:
            os.fsync(file.fileno())
        part.replace(self.path(kept.sha512))
        log.info("image %s…: fetched, %d bytes, its hash is right", kept.sha512[:16], kept.size)

    def _go_on(self, kept: Kept, part: Path, source: str, digest: hashlib._Hash) -> hashlib._Hash:
        """Fetch from where the file ends, and return the hash of all that is there then."""
        parts = urlsplit(source)
        begun = {"Range": f"bytes={kept.fetched}-", "If-Range": f'"{kept.sha512[:32]}"'} if kept.fetched else {}
        with closing(connected(source, _SILENCE, self._trust)) as connection:
            try:
                connection.request("GET", parts.path, headers=begun)
                response = connection.getresponse()
            except (OSError, http.client.HTTPException) as error:
                raise _Cut(f"{parts.netloc} does not answer: {error}") from None
            if response.status not in {200, 206}:
                why = ": its ticket has ended" if response.status == http.client.NOT_FOUND else ""
                raise _Failed(f"{parts.netloc} answers {response.status}{why}")
            if response.status == http.client.OK and kept.fetched:
                part.unlink()
                digest, kept.fetched = hashlib.sha512(), 0
            coming = int(response.headers.get("Content-Length", "-1"))
            if kept.fetched + coming != kept.size:
                raise _Failed(f"{parts.netloc} has {kept.fetched + coming} bytes of it, not {kept.size}")
            with part.open("ab") as file:  # with a buffer: a bare write may take a part alone, and say so to nobody
                while kept.fetched < kept.size:
                    try:
                        piece = response.read1(_PIECE)
                    except (OSError, http.client.HTTPException) as error:
                        raise _Cut(f"{parts.netloc} was cut off: {error}") from None
                    if not piece:
                        raise _Cut(f"{parts.netloc} was cut off")
                    file.write(piece)
                    digest.update(piece)
                    kept.fetched += len(piece)
                    self.fetched += len(piece)
        return digest

    def _drop(self, kept: Kept, place: str) -> None:
        """Ask nothing at a place any more."""
        with self._lock:
            kept.sources = [each for each in kept.sources if urlsplit(each).netloc != place]

    def _make_room(self, kept: Kept) -> None:
        """Remove what nobody fetches, the longest unused first, until the image has room. _Failed: it has none."""
        with self._lock:
            own, used_now = self._part(kept), {*self._in_use(), kept.sha512}
            coming = [each for each in self._kept.values() if each.at_work and each is not kept]
            used_now |= {each.sha512 for each in coming}
            begun = own.stat().st_size if own.exists() else 0
            left = (each.size - _size(self._part(each)) - _size(self.path(each.sha512)) for each in coming)
            promised = sum(max(0, more) for more in left)
            free = sorted(
                (file for file in self._files() if file.name.removesuffix(_PART) not in used_now),
                key=lambda file: file.stat().st_atime_ns,
            )
            while True:
                held = sum(map(_size, self._files())) - begun
                disk = shutil.disk_usage(self._folder).free + begun - promised
                if held + promised + kept.size <= self._most and kept.size <= disk:
                    return
                if not free or kept.size > self._most:
                    break
                log.info("image %s… makes room", free[0].name[:16])
                free.pop(0).unlink(missing_ok=True)
            kept.sources = []
        raise _Failed(
            f"there is no room on the relay: the image has {kept.size} bytes, {self._most} may be used, {held} of them "
            f"are for images that others fetch now, and {max(0, disk)} are free on its disk"
        )

    def _files(self) -> list[Path]:
        return [file for file in self._folder.iterdir() if _HASH.fullmatch(file.name)]

    def _part(self, kept: Kept) -> Path:
        return self._folder / f"{kept.sha512}{_PART}"

    def _mark(self, sha512: str) -> tuple[int, ...]:
        try:
            facts = self.path(sha512).stat()
        except OSError:
            return ()
        return facts.st_size, facts.st_mtime_ns, facts.st_ino

    def _touch(self, path: Path) -> None:
        """Write down that it was used, whether the disk keeps such times or not."""
        with suppress(OSError):
            os.utime(path, ns=(time.time_ns(), path.stat().st_mtime_ns))


def connected(url: str, seconds: float, trust: ssl.SSLContext | None) -> http.client.HTTPConnection:
    """Return a connection to the place of a URL, which opens when it is first used; each wait there is that long."""
    parts = urlsplit(url)
    if parts.scheme == "https":
        return http.client.HTTPSConnection(parts.netloc, timeout=seconds, context=trust)
    return http.client.HTTPConnection(parts.netloc, timeout=seconds)


def _hashed(path: Path, kept: Kept) -> hashlib._Hash:
    """Return the hash of what a file has, to be gone on with; what was read counts as `fetched`."""
    digest, kept.fetched = hashlib.sha512(), 0
    if path.exists():
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                digest.update(piece)
                kept.fetched += len(piece)
    return digest


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:  # it was removed
        return 0
