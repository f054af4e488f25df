"""The Linux shell below EOS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from swimctl.lab.unix import Unix

if TYPE_CHECKING:
    from swimctl.lab.arista_eos.device import Arista

MODE = "bash"
_SHELL = Unix(
    mount="/mnt/flash",
    disk="/dev/sda1",
    member=1,
    unknown="bash: {}: command not found",
    missing="cannot access '{}': No such file or directory",
    owner="root eosadmin",
)


def answer(switch: Arista, line: str) -> str:
    """Run one command; of the files only boot-config can be read."""
    boots = f"SWI={switch.boots}\n" if switch.boots else ""
    return _SHELL.answer(switch, line, {"/mnt/flash/boot-config": boots})
