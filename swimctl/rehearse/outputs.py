"""What a device printed, read command by command, with who told what and what could not be read. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from swimctl.errors import DeviceError, NotFound
from swimctl.platforms import commands_of
from swimctl.platforms.facts import Directory
from swimctl.rehearse.learned import Disk


@dataclass
class Outputs:
    """What a device printed, by command; `failures` say why it printed nothing to some."""

    platform: str
    texts: Mapping[str, str]
    failures: Mapping[str, str] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)
    unread: dict[str, str] = field(default_factory=dict)

    def told(self, fact: str, *commands: str) -> Any:  # noqa: ANN401 - each command has facts of its own
        """Return what the first of these commands says that can be read; None: none can, and the fact is unread."""
        why = ""
        for command in commands:
            if command not in self.texts:
                why = why or (f"'{command}': {self.failures[command]}" if command in self.failures else "")
                continue
            try:
                facts = commands_of(self.platform).parse(command, self.texts[command])
            except (NotFound, DeviceError) as error:
                why = str(error)
                continue
            self.sources[fact] = command
            return facts
        self.unread[fact] = why or f"not asked: {', '.join(commands)}"
        return None


def files_of(listed: Directory) -> dict[str, int]:
    """Return the files of a listing with their sizes, without its folders."""
    return {file.name: file.size for file in listed.files if not file.is_directory}


def disk_listed(outputs: Outputs, fact: str, *commands: str) -> Disk | None:
    """Return the disk that a listing with its trailer tells; None: nobody told its space."""
    listed: Directory | None = outputs.told(fact, *commands)
    if listed is None or listed.total is None or listed.free is None:
        return None
    return Disk(listed.total, listed.free, files_of(listed))
