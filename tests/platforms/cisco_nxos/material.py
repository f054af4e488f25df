"""Where this platform's samples are, and which command each folder belongs to."""

from __future__ import annotations

from platforms.material import SAMPLES as ALL_SAMPLES
from platforms.material import read

SAMPLES = ALL_SAMPLES / "cisco_nxos"

_WITH_ARGUMENTS = {
    "dir": "dir bootflash:",
    "copy": "copy scp://192.0.2.9/nxos.9.3.5.bin bootflash: vrf management",
    "copy_running-config_startup-config": "copy running-config startup-config",
    "install_all": "install all nxos bootflash:nxos.9.3.5.bin",
    "show_install_all_impact": "show install all impact nxos bootflash:nxos.9.3.5.bin",
}


def command_of(folder: str) -> str:
    """Give the command whose output lies in a folder of samples or captures."""
    return _WITH_ARGUMENTS.get(folder) or folder.replace("_", " ")


def sample(name: str) -> str:
    """Read a sample with its line ends as they are."""
    return read(SAMPLES / f"{name}.txt")


def samples() -> dict[str, str]:
    """Give all samples by their names: `show_version/one_image` and so on."""
    return {str(path.relative_to(SAMPLES).with_suffix("")): read(path) for path in sorted(SAMPLES.glob("*/*.txt"))}
