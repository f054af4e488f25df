"""Images: read vendors' file names, hash files, and tell which device an image can be for."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import BinaryIO, Final

from swimctl import platforms
from swimctl.errors import ImageError, NotFound
from swimctl.images import hash_files
from swimctl.images.hash_files import Expected
from swimctl.models import Caller, Device, Golden, Image, ImageKind
from swimctl.platforms import fits, installs, no_images, takes, versions
from swimctl.platforms.facts import ImageName
from swimctl.store import Store

CHUNK: Final = 1 << 20
Progress = Callable[[int, int], None]
"""Hears bytes done and bytes in all."""
# A file name becomes a word of device commands and of SCP paths.
_SAFE_NAME: Final = re.compile(r"(?!-)[A-Za-z0-9._+-]{1,127}")
_VERSION: Final = re.compile(r"[A-Za-z0-9._+()-]{1,64}")


def _silent(_done: int, _total: int) -> None:
    """Report nothing."""


def read_filename(name: str) -> ImageName:
    """Read platform, family and version from a vendor's file name. Raises ImageError where it is not one."""
    found = platforms.read_filename(name)
    if found is None:
        raise ImageError(
            f"{name!r} is not a vendor's image name such as cat9k_iosxe.17.09.04a.SPA.bin;"
            " say what it is with --platform, --family and --image-version"
        )
    return found


def describe(
    path: Path,
    *,
    platform: str | None = None,
    family: str | None = None,
    version: str | None = None,
    kind: ImageKind | None = None,
) -> ImageName:
    """Return what an image file is: from its name, and from what is given, which wins.

    Raises ImageError where the name cannot be a device's, or says that the file is something else (UnwantedError),
    and where something is neither given nor in the name (NameUnknownError tells which).
    """
    name = path.name
    if not _SAFE_NAME.fullmatch(name):
        raise ImageError(f"{name!r} cannot be a file's name on a device; rename it to letters, digits and . _ + -")
    read = platforms.read_filename(name)
    other = read.kind if read is not None and read.kind not in set(ImageKind) else None
    if read is None or other is not None:
        what = no_images.what_else(name) or other
        if what is not None:
            raise UnwantedError(f"{name} is {what}; swimctl installs whole images")
    if kind is not None and read is not None and read.kind != kind:
        # Whether a device boots a file or adds it to a release is nothing that an option changes.
        raise ImageError(f"{name} is by its name a file of kind {read.kind}, not {kind.value}; leave --kind out")
    _check_words(family, version)
    if platform is not None:
        platform = _canonical(platform)
    given = {"platform": platform, "family": family, "version": None if version is None else versions.release(version)}
    found = {key: value or getattr(read, key, None) for key, value in given.items()}
    missing = [key for key, value in found.items() if not value]
    if missing:
        raise NameUnknownError(name, missing)
    told = kind or ImageKind(read.kind if read is not None else ImageKind.IMAGE)
    if read is not None and (platform is None or takes(platform, read.platform)):
        of = read.platform
    else:
        of = platforms.platform_of_family(str(platform), str(found["family"]))
    return ImageName(of, str(found["family"]), str(found["version"]), told)


def golden_release(rule: Golden, images: Sequence[Image]) -> Golden:
    """Return a rule without a file in the catalogue's spelling of platform, family and release.

    ImageError: one of them cannot be, or is not known.
    """
    platform = _canonical(rule.platform)
    _check_words(rule.family, rule.release)
    if rule.family is not None:
        platform = platforms.platform_of_family(platform, rule.family)
        there = [image.family for image in images if takes(platform, image.platform)]
        if rule.family not in there and not platforms.knows_family(platform, rule.family):
            near = get_close_matches(rule.family, there, n=1)
            hint = f"did you mean {near[0]}?" if near else "leave --family out, or add an image of it first"
            raise ImageError(
                f"no family {rule.family!r} of {platform} is known; a family is the beginning of the vendor's file "
                f"name, such as cat9k_iosxe: {hint}"
            )
    return replace(rule, platform=platform, release=versions.release(str(rule.release)))


def _canonical(platform: str) -> str:
    """Return swimctl's name of a platform. ImageError: it has none."""
    canonical = platforms.canonical_platform(platform)
    if canonical is None:
        known = ", ".join(platforms.PLATFORM_NAMES)
        raise ImageError(f"platform {platform!r} is not one that swimctl can upgrade; known are {known}")
    return canonical


def _check_words(family: str | None, version: str | None) -> None:
    """Refuse a family or version that no file name could say. ImageError."""
    if family is not None and not _SAFE_NAME.fullmatch(family):
        raise ImageError(
            f"{family!r} cannot be a family: it is the beginning of a file's name, of letters, digits and . _ + -"
        )
    if version is not None and not _VERSION.fullmatch(version):
        raise ImageError(f"{version!r} cannot be a release; give it like 17.09.04a, 10.3(4a) or 21.4R3-S2")


class UnwantedError(ImageError):
    """Report a file that is no image, as its name tells."""


class NameUnknownError(ImageError):
    """Report what a file's name does not tell: some of platform, family, version."""

    def __init__(self, name: str, missing: Sequence[str]) -> None:
        self.missing = tuple(missing)
        flags = " and ".join(f"--{'image-version' if part == 'version' else part}" for part in missing)
        super().__init__(f"{name!r} is not a vendor's image name: give {flags}")


def look(path: Path) -> None:
    """Raise ImageError where the file cannot be an image at all: missing, no file, empty, not readable."""
    with _open(path):
        pass


def hash_file(path: Path, progress: Progress = _silent) -> tuple[int, str, str]:
    """Return size in bytes, SHA-512 and MD5 in one pass.

    Raises ImageError where there is no such file, it is empty or unreadable, or was written to meanwhile.
    """
    sha512, md5 = hashlib.sha512(), hashlib.md5(usedforsecurity=False)
    with _open(path) as file:
        before = os.fstat(file.fileno())
        done = 0
        try:
            # A file that grows as fast as it is read would have no end.
            while done <= before.st_size and (chunk := file.read(CHUNK)):
                sha512.update(chunk)
                md5.update(chunk)
                done += len(chunk)
                progress(done, before.st_size)
        except OSError as problem:
            raise ImageError(f"{path} cannot be read: {problem.strerror}") from None
        after = os.fstat(file.fileno())
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or done != after.st_size:
        raise ImageError(f"{path} changed while it was read; wait until its download or copy has ended")
    return done, sha512.hexdigest(), md5.hexdigest()


def _open(path: Path) -> BinaryIO:
    try:
        # Non-blocking, so that a named pipe is refused instead of waited for.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        raise ImageError(f"{path} does not exist; name an image file") from None
    except (OSError, ValueError) as problem:
        raise ImageError(f"{path} cannot be read: {getattr(problem, 'strerror', problem)}") from None
    facts = os.fstat(descriptor)
    wrong = "is a folder; name the image file in it" if stat.S_ISDIR(facts.st_mode) else ""
    if not wrong and not stat.S_ISREG(facts.st_mode):
        wrong = "is not a file; name an image file"
    if not wrong and facts.st_size == 0:
        wrong = "is empty; download it again"
    if wrong:
        os.close(descriptor)
        raise ImageError(f"{path} {wrong}")
    return os.fdopen(descriptor, "rb")


def add(
    store: Store,
    path: Path,
    name: ImageName,
    progress: Progress = _silent,
    expected: Sequence[Expected] = (),
    *,
    said: Collection[str] = (),
    by: Caller | None = None,
) -> Image:
    """Hash a file, compare with the hashes that it must have, and put it into the catalogue.

    Raises ImageError; also for the same name with other bytes, or where what was `said` of it is not as the catalogue
    has it already. `by` is for the audit.
    """
    size, sha512, md5 = hash_file(path, progress)
    hash_files.compare(path, {hash_files.SHA512: sha512, hash_files.MD5: md5}, expected)
    return store.add_image(
        path=path.absolute(),
        filename=path.name,
        platform=name.platform,
        family=name.family,
        version=name.version,
        size=size,
        sha512=sha512,
        md5=md5,
        kind=ImageKind(name.kind),
        said=said,
        by=by,
    )


def verify(image: Image, progress: Progress = _silent) -> None:
    """Hash an image's file once more. Raises ImageError where it is not what was added."""
    size, sha512, _ = hash_file(image.path, progress)
    if (size, sha512) != (image.size, image.sha512):
        raise ImageError(
            f"{image.path} is not the file that was added as image {image.id}: {size} bytes and SHA-512"
            f" {sha512[:16]}…, added were {image.size} bytes and {image.sha512[:16]}…; download it again"
        )


def find(ref: int | str, images: Sequence[Image]) -> Image:
    """Find an image by file name or id. Raises NotFound, with a file name that is near."""
    found: dict[int | str, Image] = {key: image for image in images for key in (image.id, str(image.id))}
    found |= {image.filename: image for image in images}
    if ref not in found:
        near = get_close_matches(str(ref), [image.filename for image in images], n=1)
        hint = f"did you mean {near[0]}?" if near else "`swimctl image list` shows what there is"
        raise NotFound(f"no image {ref!r} in the catalogue; {hint}")
    return found[ref]


def why_unfit(device: Device, image: Image) -> str | None:
    """Return why an image cannot be for a device; None where it can, as far as inventory and file tell."""
    if not takes(device.platform, image.platform):
        return (
            f"{image.filename} is for {image.platform}, the device is {device.platform}; choose another image, or set "
            f"`platform: {image.platform}` for the device if that is what it runs"
        )
    if image.kind not in installs(device.platform):
        return (
            f"{image.filename} is of kind {image.kind.value}, which swimctl does not install on {device.platform} yet"
        )
    if device.model is not None and fits(image.platform, image.family, device.model) is False:
        return f"{image.filename} does not run on {device.model}; choose an image of its family"
    return why_absent(image)


@dataclass(frozen=True, slots=True)
class Absence:
    """What is wrong with an image's file: in three words, for who may not know its path, and whole, with what to do."""

    short: str
    why: str


def absence(image: Image) -> Absence | None:
    """Return what is wrong with an image's file, without reading it; None where it lies there in its size."""
    try:
        size = image.path.stat().st_size
    except OSError as problem:
        short = "file is gone" if isinstance(problem, FileNotFoundError) else "file cannot be read"
        told = f"the file of image {image.id}, {image.path}: {problem.strerror or 'cannot be read'}"
        return Absence(short, f"{told}; put it back, or `swimctl image remove {image.id}`")
    if size != image.size:
        told = f"{image.path} has {size} bytes, added were {image.size}"
        return Absence("file was changed", f"{told}; `swimctl image verify {image.id}`")
    return None


def why_absent(image: Image) -> str | None:
    """Return what is wrong with an image's file, with what to do; None as `absence` does."""
    found = absence(image)
    return found.why if found else None
