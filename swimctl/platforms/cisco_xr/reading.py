"""What a 64-bit device is asked for, and what it answers, as facts; changes nothing."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from swimctl.errors import CommandRefused, NotEnabled, UnparsableOutput
from swimctl.platforms.base import Session
from swimctl.platforms.cisco_xr.facts import PackageList
from swimctl.platforms.cisco_xr.parsers.files import parse_dir, parse_show_filesystem_location
from swimctl.platforms.cisco_xr.parsers.install import parse_show_install
from swimctl.platforms.cisco_xr.parsers.interfaces import parse_show_interface_brief, parse_show_route_summary
from swimctl.platforms.cisco_xr.parsers.inventory import parse_show_inventory
from swimctl.platforms.cisco_xr.parsers.neighbours import parse_show_cdp_neighbors_detail, parse_show_lldp_neighbors
from swimctl.platforms.cisco_xr.parsers.platform import parse_show_platform
from swimctl.platforms.cisco_xr.parsers.redundancy import parse_show_redundancy
from swimctl.platforms.cisco_xr.parsers.session import parse_show_user_tasks
from swimctl.platforms.cisco_xr.parsers.version import parse_show_version
from swimctl.platforms.cisco_xr.platform import TERMINAL
from swimctl.platforms.facts import Directory, InventoryItem, Neighbour, Redundancy, Slot, SoftwareVersion
from swimctl.platforms.serials import of_parts
from swimctl.platforms.terminal import without_log

DISK: Final = "harddisk:"
# The parts whose serial numbers tell who it is: `Rack 0`, `0/RP0`, `0/0/CPU0`, `module 0/RSP0/CPU0` (captures of
# cisco_xr/show_inventory).
_PARTS: Final = re.compile(r"Rack \d+|(?:module )?\d+/(?:RP|RSP|LC)?\d+(?:/CPU\d+)?", re.IGNORECASE)
# What a reload that somebody wanted is called: `User initiated graceful reload`, `Initiating switch-over.`, `MBI-HELLO
# reloading node on receiving reload notification` (captures of cisco_xr/show_redundancy, and two public sources). No
# output of one that failed was found: these are the words that the other systems have for it.
_ABNORMAL: Final = re.compile(r"panic|watchdog|crash|fatal|uncorrectable|machine check", re.IGNORECASE)


class Reading:
    """Ask one device; every command has `seconds` to answer, unless it says otherwise."""

    def __init__(self, session: Session, seconds: float) -> None:
        self._session = session
        self._seconds = seconds

    def show(self, command: str, seconds: float | None = None) -> str:
        """Return what a command printed, without what the installer tells meanwhile, except in its own log."""
        text = self._session.run(command, seconds or self._seconds)
        # What the installer tells lands in any output; in its own log it is what is asked for.
        kept = text if command.startswith("show install log") else without_log(text, TERMINAL)
        # The prompt came, so the last line is whole: its end, cut off with the prompt, says so to the parsers.
        return f"{kept}\n"

    def version(self) -> SoftwareVersion:
        """Read the release, the uptime and the kind."""
        return parse_show_version(self.show("show version"))

    def tasks(self) -> dict[str, tuple[str, ...]]:
        """Read the rights of the account, by task."""
        return parse_show_user_tasks(self.show("show user tasks"))

    def slots(self) -> tuple[Slot, ...]:
        """Read every node and its state."""
        return parse_show_platform(self.show("show platform"))

    def inventory(self) -> tuple[InventoryItem, ...]:
        """Read the parts."""
        return parse_show_inventory(self.show("show inventory"))

    def serials(self) -> tuple[str, ...]:
        """Read the serial numbers of the racks, the processors and the cards: one garbled row is borne."""
        return of_parts(self.inventory(), _PARTS)

    def redundancy(self) -> Redundancy:
        """Read both route processors."""
        return parse_show_redundancy(self.show("show redundancy"))

    def packages(self, which: str) -> PackageList:
        """Read the active, the committed, or (`inactive summary`) the inactive packages."""
        command = f"show install {which}"
        return parse_show_install(self.show(command), command)

    def files(self) -> Directory:
        """Read the files beside which an image lies."""
        return parse_dir(self.show(f"dir {DISK}"))

    def free(self) -> dict[str, int | None]:
        """Read the free bytes of each node's disk for images, None where a node does not say."""
        return {
            each.node.removeprefix("node").replace("_", "/"): system.free
            for each in parse_show_filesystem_location(self.show("show filesystem location all"))
            for system in each.systems
            if DISK in system.prefixes
        }

    def abnormal(self) -> str:
        """Return why the active node was reloaded where its own words call that a failure; empty where none read."""
        try:
            why = self.redundancy().fields.get("Active node reload", "")
        except (CommandRefused, UnparsableOutput):
            return ""
        return why if _ABNORMAL.search(why) else ""

    def interfaces_up(self) -> tuple[str, ...]:
        """Return the interfaces that are up."""
        interfaces = parse_show_interface_brief(self.show("show interfaces brief"))
        return tuple(sorted(each.name for each in interfaces if each.up))

    def routes(self) -> dict[str, int]:
        """Count the routes of each source."""
        return dict(parse_show_route_summary(self.show("show route summary")).sources)

    def neighbours(self) -> tuple[Neighbour, ...]:
        """Read the neighbours by both protocols; one that is off tells of none."""
        found: list[Neighbour] = []
        for command, parse in (
            ("show cdp neighbors detail", parse_show_cdp_neighbors_detail),
            ("show lldp neighbors", parse_show_lldp_neighbors),
        ):
            try:
                seen = parse(self.show(command))
                found += [replace(each, local_interface=_short(each.local_interface)) for each in seen]
            except NotEnabled:
                continue
        return tuple(found)


def _short(interface: str) -> str:
    """Spell an interface as LLDP does, so that what CDP sees too is one neighbour: `TenGigE0/0/0/1` is `Te0/0/0/1`."""
    return re.sub(r"^([A-Z][a-z])[A-Za-z-]*(?=\d)", r"\1", interface)
