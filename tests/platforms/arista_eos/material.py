"""Where this platform's samples are, and which command each folder belongs to."""

from __future__ import annotations

from platforms.material import SAMPLES as ALL_SAMPLES
from platforms.material import read

SAMPLES = ALL_SAMPLES / "arista_eos"

_WITH_ARGUMENTS = {
    "dir": "dir flash:",
    "verify": "verify /sha512 flash:EOS-4.28.3M.swi",
    "install_source": "install source flash:EOS-4.28.3M.swi",
}


def command_of(folder: str) -> str:
    """Give the command whose output lies in a folder of samples or captures."""
    return _WITH_ARGUMENTS.get(folder) or folder.replace("_", " ")


def sample(name: str) -> str:
    """Read a sample with its line ends as they are."""
    return read(SAMPLES / f"{name}.txt")


def samples() -> dict[str, str]:
    """Give all samples by their names: `show_version/switch` and so on."""
    return {str(path.relative_to(SAMPLES).with_suffix("")): read(path) for path in sorted(SAMPLES.glob("*/*.txt"))}
