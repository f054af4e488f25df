"""Where the samples and the captures are: each platform's folder has its own samples, by command and name."""

from __future__ import annotations

import os
from pathlib import Path

FOLDERS = Path(__file__).parent
CAPTURES = Path(os.environ.get("SWIMCTL_CAPTURES") or Path(__file__).parents[3] / "shared" / "captures")


def read(path: Path) -> str:
    """Read a file with its line ends as they are, whatever bytes it holds."""
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        return file.read()


def sample(name: str, platform: str = "cisco_xe") -> str:
    """Read a sample by its name: `show_version/stack_of_three`."""
    return read(FOLDERS / platform / "samples" / f"{name}.txt")


def samples(platform: str) -> dict[str, str]:
    """Return all samples of a platform by their names."""
    folder = FOLDERS / platform / "samples"
    return {str(path.relative_to(folder).with_suffix("")): read(path) for path in sorted(folder.glob("*/*.txt"))}
