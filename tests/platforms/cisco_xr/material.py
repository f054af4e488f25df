"""Where this platform's samples are, and which command each folder belongs to."""

from __future__ import annotations

from platforms.material import SAMPLES as ALL_SAMPLES
from platforms.material import read

SAMPLES = ALL_SAMPLES / "cisco_xr"

_WITH_ARGUMENTS = {"dir": "dir harddisk:", "install": "install activate id 25"}


def command_of(folder: str) -> str:
    """Give the command whose output lies in a folder of samples or captures."""
    return _WITH_ARGUMENTS.get(folder) or folder.replace("_", " ")


def sample(name: str) -> str:
    """Read a sample with its line ends as they are."""
    return read(SAMPLES / f"{name}.txt")


def samples() -> list[str]:
    """Name all samples: `show_version/classic` and so on."""
    return sorted(str(path.relative_to(SAMPLES).with_suffix("")) for path in SAMPLES.glob("*/*.txt"))
