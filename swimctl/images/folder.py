"""A folder of images: put all that swimctl knows into the catalogue, and tell what was left and why."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

from swimctl.errors import ImageError
from swimctl.images import catalogue, hash_files
from swimctl.images.catalogue import Progress
from swimctl.images.hash_files import Expected
from swimctl.models import Caller, Image
from swimctl.store import Store

Watch = Callable[[Path], AbstractContextManager[Progress]]
"""Shows how far the reading of a file is."""
Added = tuple[Image, list[Expected]]
"""An image, and the hashes of the vendor's that were compared."""


@dataclass(frozen=True, slots=True)
class Left:
    """A file or folder that was not put into the catalogue, and why."""

    path: Path
    why: str


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a folder's files.

    `unknown` are none of swimctl's, `wrong` are images that could not be added.
    """

    added: list[Added] = field(default_factory=list)
    unknown: list[Left] = field(default_factory=list)
    wrong: list[Left] = field(default_factory=list)


def add_all(store: Store, folder: Path, watch: Watch, *, recursive: bool = False, by: Caller | None = None) -> Taken:
    """Add every image of a folder; one that is wrong keeps none of the others out. `by` is for the audit.

    Hash files are read with their images and not listed. Raises ImageError where the folder itself cannot be read.
    """
    taken = Taken()
    _take(taken, folder, lambda path: _added(store, path, watch, by), recursive=recursive)
    return taken


def _take(taken: Taken, folder: Path, add: Callable[[Path], Added], *, recursive: bool) -> None:
    try:
        entries = sorted(folder.iterdir())
    except OSError as problem:
        raise ImageError(f"{folder} cannot be listed: {problem.strerror}") from None
    for path in entries:
        try:
            if path.is_dir():
                if recursive and not path.is_symlink():
                    _take(taken, path, add, recursive=True)
                else:
                    why = "it is a link to a folder" if recursive else "it is a folder; --recursive looks into it"
                    taken.unknown.append(Left(path, why))
            elif not hash_files.is_hash_file(path.name):
                taken.added.append(add(path))
        except _NoneOfOursError as unknown:
            taken.unknown.append(Left(path, str(unknown)))
        except ImageError as problem:
            taken.wrong.append(Left(path, str(problem)))


def _added(store: Store, path: Path, watch: Watch, by: Caller | None) -> Added:
    try:
        name = catalogue.describe(path)
    except ImageError as refused:
        raise _NoneOfOursError(str(refused)) from None
    expected = hash_files.beside(path)
    with watch(path) as progress:
        return catalogue.add(store, path, name, progress, expected, by=by), expected


class _NoneOfOursError(ImageError):
    """Report a file whose name says that it is no image, or does not say what it is."""
