"""The stage of a rehearsal: a copy of the store, images that cost nothing, an inventory of twins, and settings."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from swimctl.clock import Clock
from swimctl.config.checks import Checks
from swimctl.config.entering import InventoryFields, Ssh
from swimctl.config.reading import Config
from swimctl.config.settings import Distribution, Evidence, ImageServing, Settings, Workflow
from swimctl.lab.chassis_spec import ChassisSpec, StandIn
from swimctl.lab.images import make_image
from swimctl.models import Device, Image
from swimctl.sessions.targets import Target
from swimctl.sessions.transports import TRANSPORTS
from swimctl.sessions.transports.base import Login, Progress, Transport
from swimctl.store import Store

# So small is what is sent for an image, in bytes: enough for the beginning that tells which it is.
_SENT: Final = 65_536
CLOSED: Final = 1
"""A port of this machine at which nobody answers."""


@dataclass
class Pictures:
    """Image files for twins: each has the size that its image has and no bytes, and a small file is sent for it."""

    folder: Path
    sent: dict[Path, Path] = field(default_factory=dict)
    stand_ins: dict[str, StandIn] = field(default_factory=dict)
    unknown: set[str] = field(default_factory=set)

    def add(self, image: Image) -> Path:
        """Make the files of an image; its name may be one that no lab device knows, which `unknown` tells then."""
        large = self.folder / "images" / image.filename
        large.parent.mkdir(exist_ok=True)
        with large.open("wb") as file:
            file.truncate(image.size)
        try:
            small = make_image(self.folder / "sent", image.filename, min(_SENT, max(image.size, 4096)))
        except ValueError:
            self.unknown.add(image.filename)
            return large
        self.sent[large] = small
        digests = {"sha512": image.sha512, "md5": image.md5}
        self.stand_ins[image.filename] = StandIn(small.stat().st_size, image.size, digests)
        return large


class Small:
    """A transport that sends the small file, and tells of the bytes of the large one."""

    def __init__(self, real: Transport, sent: Mapping[Path, Path]) -> None:
        self._real, self._sent = real, sent

    def send(
        self,
        source: Path,
        destination: str,
        target: Target,
        limits: Distribution,
        clock: Clock,
        progress: Progress,
        login: Login,
    ) -> None:
        """Copy what stands for `source`."""
        small = self._sent.get(source)
        if small is None:
            self._real.send(source, destination, target, limits, clock, progress, login)
            return
        size, sent = source.stat().st_size, small.stat().st_size
        # Its few blocks stand for many: no watch over bytes means anything here.
        patient = limits.model_copy(update={"stall": 86_400.0, "minimum_rate": 1e-9})
        self._real.send(small, destination, target, patient, clock, lambda done: progress(done * size // sent), login)


@contextmanager
def small_copies(pictures: Pictures) -> Iterator[None]:
    """Send small files in jobs of this process for as long as the context lasts."""
    real = TRANSPORTS["scp"]
    TRANSPORTS["scp"] = Small(real, pictures.sent)
    try:
        yield
    finally:
        TRANSPORTS["scp"] = real


def settings_for(settings: Settings, folder: Path) -> Settings:
    """Return the settings of the night, but that nobody else hears of it, and that twins are pushed to."""
    workflows = {
        name: Workflow(description=one.description, steps=[step for step in one.steps if isinstance(step, str)])
        for name, one in settings.workflows.items()
    }
    return settings.model_copy(
        update={
            "store": folder / "swimctl.db",
            "jobs_dir": folder / "jobs",
            "credentials_file": None,
            "notify": [],
            "write_back": type(settings.write_back)(),
            "approval": "none",
            "inventory": InventoryFields(),
            "image_server": ImageServing(),
            "evidence": Evidence(netconf="off"),
            "ssh": Ssh(host_keys=settings.ssh.host_keys, known_hosts=folder / "known_hosts"),
            "distribution": settings.distribution.model_copy(update={"transport": "push"}),
            "checks": Checks(defaults="none"),
            "workflows": workflows,
        }
    )


def left_out_of(settings: Settings, workflow: str) -> list[str]:
    """List what of the night no rehearsal does, in sentences: others would hear of it, or no twin can answer."""
    own = settings.workflows.get(workflow)
    steps = [] if own is None else [step for step in (*own.steps, *own.always) if not isinstance(step, str)]
    names = [str(step.get("name", "?")) if isinstance(step, Mapping) else "?" for step in steps]
    checks = settings.checks
    return [
        *(["notifications: none is sent"] if settings.notify else []),
        *(["write-back: no other system is told"] if any(one.url for _, one in settings.write_back) else []),
        *(["approval: it counts as given"] if settings.approval == "required" else []),
        *([f"own steps of the workflow {workflow}: {', '.join(names)}"] if names else []),
        *(["checks by rules: no twin has what they ask for"] if checks.rules or checks.defaults != "none" else []),
        "the way of a copy (relays, pulls, bastions): twins are pushed to, as fast as the store knows",
    ]


def write_inventory(
    folder: Path,
    rows: Sequence[tuple[Device, ChassisSpec, int, str]],
    account: tuple[str, str, str],
    grounds: Mapping[str, str],
) -> dict[str, Any]:
    """Write the inventory of twins, each with its port and the serial number it should have; return the section."""
    hosts = {}
    names = {device.name for device, *_ in rows}
    for device, spec, port, serial in rows:
        data: dict[str, Any] = {
            "model": spec.model,
            "serial": serial,
            "site": device.site,
            "role": device.role,
            "tags": list(device.tags),
            "redundancy_group": device.redundancy_group,
            "depends_on": [name for name in device.depends_on if name in names],
            "feeds": [name for name in device.feeds if name in names],
            "swimctl": {"pilot": {"lab": grounds.get(device.name) == "lab"}},
        }
        known = {key: value for key, value in data.items() if value not in (None, [])}
        hosts[device.name] = {"hostname": "127.0.0.1", "port": port, "platform": device.platform, "data": known}
    user, password, secret = account
    extras = {"netmiko": {"extras": {"secret": secret}}}
    defaults = {"username": user, "password": password, "connection_options": extras}
    documents = {"hosts": hosts, "groups": {"twins": {}}, "defaults": defaults}
    for name, document in documents.items():
        (folder / f"{name}.yaml").write_text(json.dumps(document), encoding="utf-8")  # YAML, too
    options = {f"{kind}_file": str(folder / f"{name}.yaml") for kind, name in _FILES.items()}
    return {"plugin": "SimpleInventory", "options": options}


_FILES: Final = {"host": "hosts", "group": "groups", "defaults": "defaults"}


def config_for(settings: Settings, folder: Path, inventory: Mapping[str, Any]) -> Config:
    """Return the configuration of a rehearsal; no account of the environment is in it.

    Nor does Nornir read there what leads over a bastion, or gives each host an account: an empty name is one.
    """
    sections: dict[str, Any] = {name: {} for name in ("runner", "core", "user_defined")}
    sections["ssh"] = {"config_file": ""}
    return Config(folder / "config.yaml", settings, {**sections, "inventory": {**inventory, "transform_function": ""}})


def place_images(store: Store, images: Sequence[Image], pictures: Pictures) -> None:
    """Change the copied catalogue so that it names the files of the rehearsal."""
    for image in images:
        store.add_image(
            path=pictures.add(image),
            filename=image.filename,
            platform=image.platform,
            family=image.family,
            version=image.version,
            size=image.size,
            sha512=image.sha512,
            md5=image.md5,
            kind=image.kind,
        )
