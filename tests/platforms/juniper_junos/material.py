"""Where this platform's samples are, and which command each folder belongs to."""

from __future__ import annotations

from platforms.material import SAMPLES as ALL_SAMPLES
from platforms.material import read

SAMPLES = ALL_SAMPLES / "juniper_junos"

_COMMANDS = {
    "file_list": "file list /var/tmp",
    "file_list_detail": "file list /var/tmp detail",
    "file_checksum": "file checksum md5 /var/tmp/junos-arm-32-22.2R1.9.tgz",
    "show_chassis_routing_engine": "show chassis routing-engine",
    "request_system_software_add": "request system software add /var/tmp/junos-arm-32-22.2R1.9.tgz no-copy",
}


def command_of(folder: str) -> str:
    """Give the command whose output lies in a folder of samples or captures."""
    return _COMMANDS.get(folder) or folder.replace("_", " ")


def sample(name: str) -> str:
    """Read a sample with its line ends as they are."""
    return read(SAMPLES / f"{name}.txt")


def samples() -> dict[str, str]:
    """Give all samples by their names: `show_version/local` and so on."""
    return {str(path.relative_to(SAMPLES).with_suffix("")): read(path) for path in sorted(SAMPLES.glob("*/*.txt"))}
