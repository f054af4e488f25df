"""Prepare a release: its version wherever it stands, and its part of the changelog.

`python tests/release.py 0.2.0` writes them. It commits nothing: look at `git diff` first.
"""

from __future__ import annotations

import re
import sys
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parent.parent
# Where the version stands, and the line around it.
PLACES = {
    "swimctl/__init__.py": '__version__ = "{}"',
    "ansible_collections/swimctl/swim/galaxy.yml": "version: {}",
}
CHANGELOG = "CHANGELOG.md"
_UNRELEASED = "## Unreleased\n"


class NoRelease(Exception):
    """There can be no such release; nothing was written."""


def numbers(version: str) -> tuple[int, ...]:
    """Return the three numbers of a version. NoRelease: it is none."""
    if not re.fullmatch(r"(?:0|[1-9]\d*)(?:\.(?:0|[1-9]\d*)){2}", version):
        raise NoRelease(f"{version!r} is not such as 0.2.0")
    return tuple(map(int, version.split(".")))


def texts(root: Path, version: str, day: str) -> dict[Path, str]:
    """Return what each file is to be. NoRelease: the version is not newer, or there is nothing to release."""
    new, found = numbers(version), dict[Path, str]()
    for name, line in PLACES.items():
        path = root / name
        text = path.read_text(encoding="utf-8")
        pattern = re.compile("^" + re.escape(line).replace(r"\{\}", r"(\d+\.\d+\.\d+)") + "$", re.MULTILINE)
        match = pattern.search(text)
        if match is None:
            raise NoRelease(f"{name} has no line such as {line.format('0.1.0')!r}")
        released = f"\n## {match[1]} - " in (root / CHANGELOG).read_text(encoding="utf-8")
        if new < numbers(match[1]) or (released and new == numbers(match[1])):
            raise NoRelease(f"{version} is not newer than {match[1]}")
        found[path] = text[: match.start(1)] + version + text[match.end(1) :]
    path = root / CHANGELOG
    text = path.read_text(encoding="utf-8")
    before, unreleased, after = text.partition(_UNRELEASED)
    changes = re.split(r"^## ", after, maxsplit=1, flags=re.MULTILINE)[0]
    if not unreleased or not changes.strip():
        raise NoRelease(f"{CHANGELOG} has nothing under {_UNRELEASED.strip()!r}")
    found[path] = f"{before}{_UNRELEASED}\n## {version} - {day}\n{after}"
    return found


def main(version: str, root: Path = ROOT) -> None:
    """Write the files of a release."""
    for path, text in texts(root, version, datetime.now(UTC).date().isoformat()).items():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    try:
        main(*sys.argv[1:2])
    except (NoRelease, TypeError) as problem:
        sys.exit(f"no release: {problem}" if sys.argv[1:] else "name the version: python tests/release.py 0.2.0")
