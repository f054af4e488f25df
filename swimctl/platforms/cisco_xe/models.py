"""Two YANG models of IOS-XE, read into facts: Cisco-IOS-XE-install-oper and Cisco-IOS-XE-device-hardware-oper. Pure.

Names and enums: github.com/YangModels/yang, vendor/cisco/xe/1781 and /17121 (install-oper revision 2022-03-01, its
types module, device-hardware-oper revision 2023-03-01). Install-oper is there since 17.3.1, its ledger since 17.8.1,
the severity of a reload since 17.3.1. What real devices fill in: bforejt/nautobot-upgrades (C9300, C8000V, 17.12 to
26.1), and what public tests keep of a C9300 with 17.15.6: `Image Install` is normal there, `PowerOn` abnormal.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from lxml import etree

from swimctl.errors import UnparsableOutput

INSTALL: Final = "Cisco-IOS-XE-install-oper"
HARDWARE: Final = "Cisco-IOS-XE-device-hardware-oper"
_YANG: Final = "http://cisco.com/ns/yang"

# No more than what is read: all packages of a stack are some hundred kilobytes.
INSTALL_SUBTREE: Final = (
    f'<install-oper-data xmlns="{_YANG}/{INSTALL}"><install-oper/><install-oper-hist/><install-location-information>'
    "<fru/><slot/><bay/><chassis/><install-version-info><version/><version-extension/><current/></install-version-info>"
    "<install-version-state-info/><oper-state/></install-location-information></install-oper-data>"
)
HARDWARE_SUBTREE: Final = (
    f'<device-hardware-data xmlns="{_YANG}/{HARDWARE}"><device-hardware><device-inventory>'
    "<hw-type>hw-type-chassis</hw-type><hw-dev-index/><part-number/></device-inventory><device-system-data/>"
    "</device-hardware></device-hardware-data>"
)

_STATE: Final = "install-version-state-"
_BANNER: Final = re.compile(r"\bVersion\s+([^\s,]+)")


class VersionState(StrEnum):
    """Where a version stands in one location.

    `in-progress` is "marked for activation": how an added image rests on real C9300s (bforejt). What is `present` is on
    flash and not in the install state; every state that a release may invent is `unknown`, and proves nothing.
    """

    COMMITTED = "provisioned-committed"
    UNCOMMITTED = "provisioned-uncommitted"
    MARKED = "in-progress"
    INSTALLED = "installed"
    PRESENT = "present"
    INVALID = "invalid"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Location:
    """One place with software of its own: a member of a stack, a chassis of a pair, a supervisor."""

    fru: str
    slot: int
    bay: int
    chassis: int
    versions: tuple[tuple[str, VersionState], ...]
    timer: str = ""
    timer_ends: datetime | None = None
    boot_mode: str = ""

    @property
    def runs(self) -> str | None:
        """Return the version that it is provisioned with: the uncommitted one before the committed one."""
        for wanted in (VersionState.UNCOMMITTED, VersionState.COMMITTED):
            found = [version for version, state in self.versions if state is wanted]
            if found:
                return found[0]
        return None


@dataclass(frozen=True, slots=True)
class Operation:
    """One entry of the ledger. `command` is what its parameters are of: add, act, commit, cancel, rollback, remove.

    `done` and `status` as the device spells them: op-complete, install-op-succ.
    """

    started: datetime | None
    command: str
    status: str
    done: str


@dataclass(frozen=True, slots=True)
class InstallModel:
    """What install-oper says. `operations` are oldest first; some releases keep none."""

    locations: tuple[Location, ...]
    operations: tuple[Operation, ...] = ()

    @property
    def in_install_mode(self) -> bool:
        """Return whether all of it was booted in install mode; releases before 17.5 do not say how."""
        return all(each.boot_mode == "install" for each in self.locations)

    def under_way(self, parameters: str) -> bool:
        """Return whether an operation is at work; `parameters` is the container that tells it: act, commit, cancel."""
        return any(each.command == parameters and each.done == "op-not-complete" for each in self.operations)

    @property
    def timer_runs(self) -> bool:
        """Return whether the auto-abort timer runs; a device at rest says inactive, older releases unknown."""
        return any(each.timer == "install-timer-state-active" for each in self.locations)

    @property
    def timer_ends(self) -> datetime | None:
        """Return the soonest end of the timer, by the device's clock."""
        return min((each.timer_ends for each in self.locations if each.timer_ends), default=None)


@dataclass(frozen=True, slots=True)
class HardwareModel:
    """What device-hardware-oper says. `abnormal` where the device itself calls its last reload so."""

    version: str
    booted: datetime | None = None
    now: datetime | None = None
    reason: str = ""
    abnormal: bool = False
    model: str = ""

    @property
    def uptime(self) -> int | None:
        """Return the seconds from its boot to its own time."""
        if self.booted is None or self.now is None or self.now < self.booted:
            return None
        return int((self.now - self.booted).total_seconds())


def parse_install_oper(reply: str) -> InstallModel:
    """Read the locations, each with its versions, and the ledger. A location without a version is no fact."""
    data = _container(reply, INSTALL, "install-oper-data")
    locations = tuple(_location(each) for each in data.findall("{*}install-location-information"))
    # A line card has its location and no version of its own; a route processor, or member, without one is missing.
    locations = tuple(each for each in locations if each.versions or each.fru in {"fru-rp", ""})
    if not locations:
        raise UnparsableOutput(INSTALL, "", "it has no install-location-information")
    for each in locations:
        if each.runs is None:
            odd = ", ".join(f"{version} {state}" for version, state in each.versions)
            where = f"chassis {each.chassis} slot {each.slot}"
            raise UnparsableOutput(INSTALL, odd, f"no version of {where} is provisioned")
    operations = [
        _operation(each) for name in ("install-oper-hist", "install-oper") for each in data.findall(f"{{*}}{name}")
    ]
    return InstallModel(locations, tuple(operations))


def parse_hardware_oper(reply: str) -> HardwareModel:
    """Read the running version, the boot, and what the device calls its last reload."""
    data = _container(reply, HARDWARE, "device-hardware-data")
    system = data.find("{*}device-hardware/{*}device-system-data")
    if system is None:
        raise UnparsableOutput(HARDWARE, "", "it has no device-system-data")
    banner = _text(system, "software-version")
    version = _BANNER.search(banner)
    if version is None:
        raise UnparsableOutput(HARDWARE, banner.partition("\n")[0], "its software-version names none")
    return HardwareModel(
        version=version[1],
        booted=_time(system, "boot-time", HARDWARE),
        now=_time(system, "current-time", HARDWARE),
        reason=" ".join(_text(system, "last-reboot-reason").split()),
        abnormal=_text(system, "reason-severity") == "abnormal",
        model=_text(data, "device-hardware/{*}device-inventory/{*}part-number"),
    )


def _container(reply: str, model: str, name: str) -> Any:  # noqa: ANN401 - lxml has no types
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(reply.strip().encode(), parser)
    except etree.XMLSyntaxError as error:
        raise UnparsableOutput(model, reply.strip().partition("\n")[0][:200], f"it is no XML: {error.msg}") from None
    found = next(root.iter(f"{{{_YANG}/{model}}}{name}"), None)
    if found is None:
        raise UnparsableOutput(model, "", "the device does not have it, or this account may not read it")
    return found


def _location(row: Any) -> Location:  # noqa: ANN401 - as above
    timer = row.find("{*}oper-state/{*}auto-abort-timer")
    return Location(
        fru=_text(row, "fru"),
        slot=_number(row, "slot"),
        bay=_number(row, "bay"),
        chassis=_number(row, "chassis"),
        versions=tuple(dict(_versions(row)).items()),
        timer="" if timer is None else _text(timer, "state"),
        timer_ends=None if timer is None else _time(timer, "end-time", INSTALL),
        boot_mode=_text(row, "oper-state/{*}boot-mode").removeprefix("install-boot-mode-"),
    )


def _versions(row: Any) -> Iterator[tuple[str, VersionState]]:  # noqa: ANN401 - as above
    """Read the versions, which both lists give; the one by state has no more than one version of each."""
    for each in row.findall("{*}install-version-state-info"):
        yield _version(each), _state(_text(each, "version-state"))
    for each in row.findall("{*}install-version-info"):
        yield _version(each), _state(_text(each, "current"))


def _version(row: Any) -> str:  # noqa: ANN401 - as above
    # The extension tells builds of one release apart, and may stand in the version too: 17.18.03.0.5496.1776157760.
    version = _text(row, "version")
    if not re.match(r"\d+\.\d+\.\d+", version):
        raise UnparsableOutput(INSTALL, version, "this is no version")
    return ".".join(version.split(".")[:5])


def _state(word: str) -> VersionState:
    try:
        return VersionState(word.removeprefix(_STATE))
    except ValueError:
        return VersionState.UNKNOWN


def _operation(row: Any) -> Operation:  # noqa: ANN401 - as above
    # The command is told by which of its parameters is there: add-param, act-param, commit-param, cancel-param.
    named = [etree.QName(each).localname for each in row if isinstance(each.tag, str)]
    command = next((name.removesuffix("-param") for name in named if name.endswith("-param")), "")
    return Operation(_time(row, "start-time", INSTALL), command, _text(row, "op-status"), _text(row, "op-done"))


def _text(row: Any, path: str) -> str:  # noqa: ANN401 - as above
    return str(row.findtext(f"{{*}}{path}") or "").strip()


def _number(row: Any, name: str) -> int:  # noqa: ANN401 - as above
    text = _text(row, name)
    if not re.fullmatch(r"-?\d+", text):
        raise UnparsableOutput(INSTALL, text, f"'{name}' of a location is no number")
    return int(text)


def _time(row: Any, name: str, model: str) -> datetime | None:  # noqa: ANN401 - as above
    text = _text(row, name)
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise UnparsableOutput(model, text, f"'{name}' is no time with its offset")
    return found
