"""What only NX-OS says of itself; everything else it says in the words of `platforms/facts.py`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from swimctl.platforms.facts import InstallOutcome, Slot, SoftwareVersion


@dataclass(frozen=True, slots=True)
class NxosVersion(SoftwareVersion):
    """What `show version` of NX-OS says. The kickstart's are None where one image holds everything (Nexus 9000)."""

    kickstart_version: str | None = None
    kickstart_image: str | None = None


@dataclass(frozen=True, slots=True)
class Module(Slot):
    """One row of `show module`; `name` has the kind of row before it where it is not `Mod` (`Xbar 1`, `Lem 4`).

    `diagnosis` is in the device's words (`Pass`, `Fail`); empty where none is printed, as `version` is.
    """

    description: str = ""
    version: str = ""
    diagnosis: str = ""
    this_terminal: bool = False


@dataclass(frozen=True, slots=True)
class VpcPort:
    """One vPC, or one link to the peer. `status` as printed: `up`, `down`, `down*` (forwarded by the peer)."""

    id: str
    port: str
    status: str
    consistency: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Vpc:
    """What `show vpc` says, in the device's words; `domain` is empty where none is configured."""

    domain: str
    role: str
    peer_status: str
    keepalive: str
    consistency: str
    peer_links: tuple[VpcPort, ...]
    ports: tuple[VpcPort, ...]
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ModuleImpact:
    """What an installation does to one module."""

    module: str
    bootable: bool
    disruptive: bool
    install_type: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ImageChange:
    """One row of the table of images: what runs on a module, what would run, and whether that is a change.

    `required` is None where the device prints neither yes nor no.
    """

    module: str
    image: str
    running: str
    new: str
    required: bool | None


@dataclass(frozen=True, slots=True)
class InstallImpact:
    """What the installer's compatibility check says. `forced_disruptive`: it said so before it looked at a module."""

    modules: tuple[ModuleImpact, ...]
    images: tuple[ImageChange, ...]
    forced_disruptive: bool = False

    @property
    def disruptive(self) -> bool:
        """Return whether any module goes down."""
        return self.forced_disruptive or any(module.disruptive for module in self.modules)


@dataclass(frozen=True, slots=True)
class NxosInstallOutcome(InstallOutcome):
    """How `install all …` ended; `succeeded` is None where its last line was not seen.

    `impact` is None where it ended before its tables. `reload_left`: it was told not to reload (`no-reload`), and the
    device needs one yet, without saving its configuration before. `other_in_progress`: another installation runs.
    """

    impact: InstallImpact | None = None
    reload_left: bool = False
    other_in_progress: bool = False


@dataclass(frozen=True, slots=True)
class CopyOutcome:
    """How `copy …` ended."""

    succeeded: bool
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Feature:
    """One row of `show feature`; a feature may have several instances."""

    name: str
    instance: str
    enabled: bool


@dataclass(frozen=True, slots=True)
class Incompatibility:
    """One thing in the configuration that an image cannot do, in the device's words; `mend` is what it says to do."""

    service: str
    capability: str
    requirement: str
    description: str
    mend: str
