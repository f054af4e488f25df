"""Where the samples and the captures are, and which command each folder belongs to."""

from __future__ import annotations

import os
from pathlib import Path

SAMPLES = Path(__file__).parent / "samples"
CAPTURES = Path(os.environ.get("SWIMCTL_CAPTURES") or Path(__file__).parents[3] / "shared" / "captures")

_WITH_ARGUMENTS = {
    "dir": "dir flash:",
    "verify": "verify /md5 flash:a.bin",
    "install_remove": "install remove inactive",
}


def command_of(folder: str) -> str:
    """Give the command whose output lies in a folder of samples or captures."""
    return _WITH_ARGUMENTS.get(folder) or folder.replace("_", " ")


def sample(name: str) -> str:
    """Read a sample with its line ends as they are."""
    return read(SAMPLES / f"{name}.txt")


def read(path: Path) -> str:
    """Read a file with its line ends as they are, whatever bytes it holds."""
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        return file.read()


def samples() -> list[str]:
    """Name all samples: `show_version/stack_of_three` and so on."""
    return sorted(str(path.relative_to(SAMPLES).with_suffix("")) for path in SAMPLES.glob("*/*.txt"))
