"""Image files of the lab: a few megabytes that a lab switch, and nothing else, takes for a release."""

from __future__ import annotations

import random
import re
import zlib
from dataclasses import dataclass
from pathlib import Path

DEFAULT_SIZE = 3_000_000
HEAD_BYTES = 4096
"""How much of a file's beginning `read_image` needs."""

_HEADER = re.compile(
    rb"swimctl lab image family=(?P<family>[\w-]+) version=(?P<version>[\w.()-]+) build=(?P<build>\d+)\n"
)
# How the vendors name their files, and how the device prints the release of one: as it stands there, or put together.
_NAMES = (
    (re.compile(r"(?P<family>[A-Za-z][\w-]*)\.(?P<version>\d{1,2}\.\d{1,2}\.\d{1,2}[a-z]?)\.SPA\.bin"), "{version}"),
    (
        re.compile(
            r"(?P<family>[A-Za-z][\w-]*?)\.(?P<version>\d\d\.\d\d\.\d\d[a-z]?)\.CSC[a-z]{2}\d{5}\.SPA\.smu\.bin"
        ),
        "{version}",
    ),
    (
        re.compile(r"(?P<family>nxos(?:64-\w+)?)\.(?P<a>\d+)\.(?P<b>\d+)\.(?P<c>\d+[a-z]?)(?:\.[MF])?\.bin"),
        "{a}.{b}({c})",
    ),
    (re.compile(r"(?P<family>v?EOS(?:64)?(?:-lab)?)-(?P<version>\d+(?:\.\d+){2,3}[A-Z])\.swi"), "{version}"),
    (
        re.compile(
            r"(?P<family>(?:jinstall|junos)[a-z0-9-]*?)-(?P<version>\d\d\.\dR\d+(?:-S\d+)?\.\d+)(?:-secure)?(?:-signed)?\.tgz"
        ),
        "{version}",
    ),
    (
        re.compile(
            r"(?P<family>[a-z0-9]+)-(?:mini|full|golden)(?:k9)?-x(?:64)?-(?P<version>\d+\.\d+\.\d+)(?:-\w+)?\.iso"
        ),
        "{version}",
    ),
    (
        re.compile(
            r"(?P<family>c\w+-universalk9)-(?:mz|(?P<archive>tar))\.(?:SPA\.)?(?P<a>\d\d)(?P<b>\d)-(?P<c>\d+[a-z]?)"
            r"\.(?P<d>[A-Z]+\d*[a-z]?)\.(?(archive)tar|bin)"
        ),
        "{a}.{b}({c}){d}",
    ),
)


@dataclass(frozen=True, slots=True)
class LabImage:
    """What a lab device reads from an image file. `version` is spelt as that device prints it: 17.09.04a, 9.3(5)."""

    family: str
    version: str
    build: int


def name_image(filename: str) -> LabImage | None:
    """Read family and version from a vendor-like file name; None where it is not one."""
    for pattern, spelling in _NAMES:
        if found := pattern.fullmatch(filename):
            version = spelling.format(**found.groupdict())
            return LabImage(found["family"], version, build_number(version))
    return None


def build_number(version: str) -> int:
    """Return a release the build number that follows it in `show install summary`; always the same one."""
    return 100 + zlib.crc32(version.encode()) % 8900


def read_image(head: bytes, filename: str) -> LabImage | None:
    """Return what image a file is, by its first HEAD_BYTES bytes, else by its name; None: not an image."""
    match = _HEADER.match(head)
    if match is None:
        return name_image(filename)
    return LabImage(match["family"].decode(), match["version"].decode(), int(match["build"]))


def make_image(folder: Path, filename: str, size: int = DEFAULT_SIZE, version: str | None = None) -> Path:
    """Write an image file, the same bytes each time, and return its path.

    The bytes after the header do not compress and differ from file to file. `version` is what a switch will
    run after installing it, where that is not what the name says. Raises ValueError for a name that is not
    of the vendor's form, and for a size that does not hold the header.
    """
    named = name_image(filename)
    if named is None:
        raise ValueError(f"'{filename}' is not a name that a switch knows; name it like cat9k_iosxe.17.09.04a.SPA.bin")
    version = version or named.version
    header = f"swimctl lab image family={named.family} version={version} build={build_number(version)}\n".encode()
    if size < HEAD_BYTES:
        raise ValueError(f"an image of {size} bytes is too small: {HEAD_BYTES} at least")
    folder.mkdir(parents=True, exist_ok=True)
    noise = random.Random(f"{filename} {version}")  # noqa: S311 - filler that must be the same each time, not a secret
    path = folder / filename
    with path.open("wb") as file:
        file.write(header)
        left = size - len(header)
        while left:
            block = min(left, 1 << 20)
            file.write(noise.randbytes(block))
            left -= block
    return path
