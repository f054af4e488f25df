"""The vendor's hashes of an image: given, or in a file beside it, as vendors and tools write them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from swimctl.errors import ImageError, UsageError

SHA512: Final = "SHA-512"
MD5: Final = "MD5"
_LENGTHS: Final = {128: SHA512, 32: MD5, 40: "SHA-1", 56: "SHA-224", 64: "SHA-256", 96: "SHA-384"}
_OWN: Final = {".sha512": SHA512, ".sha512sum": SHA512, ".md5": MD5, ".md5sum": MD5}
# Lists of a whole folder; each may end in `.txt` too.
_LISTS: Final = frozenset({"sha512sums", "sha512sum", "md5sums", "md5sum"})
_LARGEST: Final = 1 << 20

# `HASH`, `HASH  FILE`, `HASH *FILE`; `SHA512 (FILE) = HASH`, `MD5(FILE)= HASH`
_HASH_FIRST: Final = re.compile(r"\\?(?P<digest>[0-9a-f]+)(?:[ \t]+\*?(?P<name>\S.*))?", re.IGNORECASE)
_TAGGED: Final = re.compile(r"(?P<tag>[a-z0-9-]+) ?\((?P<name>.+)\) ?= ?(?P<digest>[0-9a-f]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Expected:
    """A hash that an image must have, and where it comes from: a file's name or an option."""

    algorithm: str
    digest: str
    source: str


def given(sha512: str | None, md5: str | None) -> list[Expected]:
    """Return the hashes of a command line. Raises UsageError for what is no such hash."""
    found = []
    for text, algorithm, option in ((sha512, SHA512, "--sha512"), (md5, MD5, "--md5")):
        if text is None:
            continue
        digest = text.strip().lower()
        if not re.fullmatch(r"[0-9a-f]+", digest) or _LENGTHS.get(len(digest)) != algorithm:
            digits = next(length for length, each in _LENGTHS.items() if each == algorithm)
            raise UsageError(f"{option} {text!r} is not a {algorithm} hash: that has {digits} digits of 0-9 and a-f")
        found.append(Expected(algorithm, digest, option))
    return found


def beside(path: Path) -> list[Expected]:
    """Find an image's hashes in the files beside it: `FILE.sha512`, `FILE.md5` and the like, and a folder's SHA512SUMS.

    Raises ImageError for one that cannot be read as a hash file, and for one of the image's own name without its hash.
    """
    try:
        neighbours = sorted(each for each in path.parent.iterdir() if is_hash_file(each.name))
    except OSError as problem:
        raise ImageError(f"{path.parent} cannot be listed for hash files: {problem.strerror}") from None
    found = []
    for file in neighbours:
        own = _OWN.get(file.name[len(path.name) :].lower()) if file.name.startswith(path.name) else None
        if own is None and not _is_list(file.name):
            continue
        hashes = _read_file(file, path.name)
        if own is not None and own not in hashes:
            raise ImageError(f"{file} has no {own} of {path.name}; get the vendor's file, or remove it")
        found += [Expected(algorithm, digest, file.name) for algorithm, digest in sorted(hashes.items(), reverse=True)]
    return found


def is_hash_file(name: str) -> bool:
    """Return whether a file's name is that of a hash file."""
    return Path(name.lower()).suffix in _OWN or _is_list(name)


def _is_list(name: str) -> bool:
    return name.lower().removesuffix(".txt") in _LISTS


def _read_file(file: Path, name: str) -> Mapping[str, str]:
    try:
        with file.open("rb") as opened:
            content = opened.read(_LARGEST + 1)
        if len(content) > _LARGEST:
            raise ImageError(f"{file} is too large for a hash file; get the vendor's file, or remove it")
        return read(content.decode("utf-8-sig"), name)
    except OSError as problem:
        raise ImageError(f"{file} cannot be read: {problem.strerror}") from None
    except (UnicodeDecodeError, UnreadableError) as problem:
        why = "it is not text" if isinstance(problem, UnicodeDecodeError) else problem
        raise ImageError(f"{file} cannot be read as a hash file: {why}; get the vendor's file, or remove it") from None


class UnreadableError(ValueError):
    """Report a text that is not a hash file."""


def read(text: str, name: str) -> Mapping[str, str]:
    """Return the SHA-512 and MD5 that a hash file has for a file; none where it is of other files only.

    Raises UnreadableError for an empty text, a line that is not a hash, a hash without a name among others, and for two
    different hashes of one kind.
    """
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1)]
    entries = [_entry(number, line) for number, line in lines if line and not line.startswith("#")]
    if not entries:
        raise UnreadableError("it is empty")
    if len(entries) > 1 and any(named is None for _, _, named in entries):
        raise UnreadableError("it has several hashes, and some without a file name")
    found: dict[str, str] = {}
    for algorithm, digest, named in entries:
        if named in {None, name} and found.setdefault(algorithm, digest) != digest:
            raise UnreadableError(f"it has two different hashes ({algorithm}) of {name}")
    return {algorithm: digest for algorithm, digest in found.items() if algorithm in {SHA512, MD5}}


def _entry(number: int, line: str) -> tuple[str, str, str | None]:
    found = _TAGGED.fullmatch(line) or _HASH_FIRST.fullmatch(line)
    algorithm = _LENGTHS.get(len(found["digest"])) if found else None
    tag = found.groupdict().get("tag") if found else None
    # OpenSSL says SHA2-512 since its release 3.
    spelled = None if tag is None else tag.upper().replace("SHA2-", "SHA").replace("-", "")
    if found is None or algorithm is None or spelled not in {None, algorithm.replace("-", "")}:
        raise UnreadableError(f"line {number} is not a hash")
    named = found["name"]
    return algorithm, found["digest"].lower(), None if named is None else re.split(r"[/\\]", named)[-1]


def compare(path: Path, actual: Mapping[str, str], expected: Sequence[Expected]) -> None:
    """Raise ImageError, naming both, where a file's hash is not the one that it must have."""
    for one in expected:
        if actual[one.algorithm] != one.digest:
            raise ImageError(
                f"{path} has the {one.algorithm} {actual[one.algorithm]}, and {one.source} says {one.digest};"
                " download it again"
            )
