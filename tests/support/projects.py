"""Working folders for tests: config.yaml, an inventory, image files."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from swimctl.clock import Clock, SystemClock
from swimctl.config import reading
from swimctl.config.reading import Config
from swimctl.images import catalogue
from swimctl.inventory.hosts import Inventory
from swimctl.models import Image
from swimctl.requests.service import Service
from swimctl.store import Store

CONFIG = """\
inventory:
  options:
    host_file: inventory/hosts.yaml
    group_file: inventory/groups.yaml
    defaults_file: inventory/defaults.yaml
swimctl:
  workers: 4
"""

HOSTS = """\
bern-1:
  hostname: 127.0.0.1
  port: 2201
  groups: [access]
  data:
    model: C9300-24P
    serial: FOC0001
    site: {city: bern, floor: 1}
    tags: [lobby, poe]
    spare: true
bern-2:
  hostname: 127.0.0.1
  groups: [access]
  data: {model: C9300-48P, site: {city: bern, floor: 2}, spare: false}
basel-core:
  groups: [core]
  data: {model: C9500-24Y4C, site: {city: basel, floor: 0}}
chur-small:
  platform: ios
  data: {model: C9200L-24P, site: {city: chur, floor: 0}}
"""

GROUPS = """\
switches:
  platform: cisco_ios
  data: {role: switch, vendor: cisco}
access:
  groups: [switches]
  data: {role: access}
core:
  groups: [switches]
"""

DEFAULTS = """\
username: from-defaults
password: pw-of-defaults
data: {company: example}
connection_options:
  netmiko:
    extras: {secret: secret-of-defaults}
"""

IMAGE = "cat9k_iosxe.17.12.04.SPA.bin"
LITE = "cat9k_lite_iosxe.17.12.04.SPA.bin"


@dataclass
class Project:
    """A working folder, and what swimctl makes of it."""

    folder: Path

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    @property
    def path(self) -> Path:
        return self.folder / "config.yaml"

    def config(self) -> Config:
        return reading.load(self.path)

    def store(self, clock: Clock | None = None) -> Store:
        return Store.open(self.folder / "swimctl.db", clock or SystemClock())

    def inventory(self) -> Inventory:
        with self.store() as store:
            return Inventory.load(self.config(), store)

    def service(self, store: Store, clock: Clock) -> Service:
        loaded = self.config()
        return Service(loaded, store, Inventory.load(loaded, store), clock)

    def add_image(self, store: Store, name: str = IMAGE, content: bytes = b"image") -> Image:
        path = self.folder / "images" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        return catalogue.add(store, path, catalogue.describe(path))


def make_project(folder: Path) -> Project:
    project = Project(folder)
    project.write("config.yaml", CONFIG)
    project.write("inventory/hosts.yaml", HOSTS)
    project.write("inventory/groups.yaml", GROUPS)
    project.write("inventory/defaults.yaml", DEFAULTS)
    return project


def without_the_callers(patched: pytest.MonkeyPatch, elsewhere: Path) -> None:
    """Leave out of the environment what the caller set for swimctl, and work in another folder than the caller."""
    for name in os.environ:
        if name.startswith(("SWIMCTL_", "NORNIR_")):
            patched.delenv(name)
    # Nornir would take relative paths from here, and write nornir.log here.
    patched.chdir(elsewhere)
