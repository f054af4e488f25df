"""What space a lab Juniper has, on its disks and in its memory: as text, and as data. Pure.

The names of the elements are those that Ansible's junos_facts asks for, and of Junos' own guide to its XML.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from swimctl.lab.juniper_junos.elements import Element, element, text
from swimctl.lab.juniper_junos.shows import by_member
from swimctl.lab.juniper_junos.structured import by_member as data_by_member

if TYPE_CHECKING:
    from swimctl.lab.juniper_junos.device import Juniper

_MEMORY = (
    ("total", "Total memory", 2_006_016),
    ("reserved", "Reserved memory", 43_520),
    ("wired", "Wired memory", 216_064),
    ("active", "Active memory", 731_648),
    ("inactive", "Inactive memory", 276_480),
    ("cache", "Cache memory", 328_192),
    ("free", "Free memory", 410_112),
)
"""Kilobytes in an engine's memory: the name in an element, and in the text."""


class FileSystem(NamedTuple):
    """One file system of a member, in blocks of 1024 bytes."""

    name: str
    blocks: int
    free: int
    where: str

    @property
    def percent(self) -> int:
        """Return how full it is."""
        return 100 * (self.blocks - self.free) // self.blocks


def _file_systems(switch: Juniper, number: int) -> list[FileSystem]:
    flash = switch.flash(number)
    size, free = flash.capacity // 1024, flash.free // 1024
    if switch.spec.hardware.old:
        return [
            FileSystem("/dev/da0s1a", 184_000, 60_000, "/"),
            FileSystem("/dev/da0s3d", size, free, "/var/tmp"),  # noqa: S108 - the device's
        ]
    return [
        FileSystem("/dev/gpt/junos", size, free, "/.mount"),
        FileSystem("tmpfs", 524_288, 524_000, "/.mount/tmp"),
    ]


def storage(switch: Juniper) -> str:
    """Show system storage detail."""

    def of(number: int) -> str:
        head = f"{'Filesystem':<16}{'1024-blocks':>12}{'Used':>11}{'Avail':>11}  {'Capacity':>8}   Mounted on\n"
        return head + "".join(
            f"{each.name:<16}{each.blocks:>12}{each.blocks - each.free:>11}{each.free:>11}  {each.percent:>7}%"
            f"  {each.where}\n"
            for each in _file_systems(switch, number)
        )

    return by_member(switch, of)


def storage_data(switch: Juniper) -> Element:
    """Show system storage."""

    def of(number: int) -> Element:
        rows = (
            element(
                "filesystem",
                text("filesystem-name", each.name),
                text("total-blocks", each.blocks),
                text("used-blocks", each.blocks - each.free),
                text("available-blocks", each.free),
                text("used-percent", f"{each.percent:>3}"),
                text("mounted-on", each.where),
            )
            for each in _file_systems(switch, number)
        )
        return element("system-storage-information", *rows)

    return data_by_member(switch, of)


def memory(switch: Juniper) -> str:
    """Show system memory."""
    rows = "".join(f"{name:>20}: {size:>8} Kbytes ({100 * size // _MEMORY[0][2]:>3}%)\n" for _, name, size in _MEMORY)
    return by_member(switch, lambda _number: f"System memory usage distribution:\n{rows}")


def memory_data(switch: Juniper) -> Element:
    """Show system memory."""

    def of(_number: int) -> Element:
        sizes = (text(f"system-memory-{name}", size) for name, _, size in _MEMORY)
        return element("system-memory-information", element("system-memory-summary-information", *sizes))

    return data_by_member(switch, of)
