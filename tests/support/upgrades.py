"""Run real upgrades against the lab in a test: the real store, runner, sessions; only time runs faster."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

from ruamel.yaml import YAML
from support.sessions_without_ssh import without_ssh
from support.time_at_rest import ClockAtRest, time_at_rest

from swimctl.cli.context import Context, Opened
from swimctl.cli.lab import register
from swimctl.clock import SystemClock
from swimctl.images import catalogue
from swimctl.lab.chassis_spec import ChassisSpec
from swimctl.lab.cisco_xe.fleet import default_fleet
from swimctl.lab.faults import parse_fault
from swimctl.lab.fleet import LabFleet
from swimctl.lab.folder import IMAGES
from swimctl.lab.images import make_image
from swimctl.models import ExecutionMode, Job, JobOptions, Outcome, Policy
from swimctl.requests.plans import UpgradeRequest

_HASH_FILE = catalogue.hash_file
_ONE_PATCHES = threading.Lock()
TARGET = "17.12.04"
SPEED = 300.0
# Where time stands still with their work, nobody is late at twice the pace, and all wait half as long.
SPEED_AT_REST = 600.0
TONIGHT = timedelta(hours=8)
# In device seconds: patient enough for a busy machine, short enough for a suite.
QUICK: dict[str, Any] = {
    "deadlines": {"down": 600, "up": 2400, "ready": 600},
    "tolerances": {"patience": 120},
    "activation": {"auto_abort_minutes": 900},
    "login": {"refusals": 3},
}


@dataclass
class Upgraded:
    """What came of a batch: its jobs by device, and the lab to look into."""

    lab: LabFleet
    opened: Opened
    jobs: dict[str, Job]

    def runs_target(self, name: str) -> bool:
        """Return whether the switch itself runs the target, committed, on every member."""
        switch = self.lab.switch(name)
        committed = switch.install.running == switch.install.committed
        return committed and all(switch.install.member_release(m).padded == TARGET for m in switch.members)

    def sent(self, name: str, beginning: str) -> list[str]:
        """List the commands that a switch received and that begin so."""
        return [line for line in self.lab.commands(name) if line.startswith(beginning)]

    @property
    def unknown(self) -> set[int]:
        """Number the jobs whose device is in an unknown state."""
        return {job.id for job in self.jobs.values() if job.outcome is Outcome.UNKNOWN}


@cache
def _image(name: str) -> bytes:
    """Return what the lab writes into an image file: it is the same each time, and made up once a process."""
    with TemporaryDirectory() as folder:
        return make_image(Path(folder), name).read_bytes()


@cache
def _hashes(name: str) -> tuple[int, str, str]:
    """Return what `hash_file` makes of such an image."""
    image = _image(name)
    return len(image), hashlib.sha512(image).hexdigest(), hashlib.md5(image, usedforsecurity=False).hexdigest()


def _known_or_hashed(written: set[Path], path: Path, *given: Any) -> tuple[int, str, str]:
    return _hashes(path.name) if path in written else _HASH_FILE(path, *given)


@contextmanager
def lab_folder(
    folder: Path,
    *,
    devices: int = 1,
    faults: Mapping[str, Sequence[str]] | None = None,
    settings: Mapping[str, Any] | None = None,
    speed: float | None = None,
    fleet: Sequence[ChassisSpec] = (),
    ssh: bool = True,
    at_rest: bool | None = None,
    **spec: Any,
) -> Iterator[LabFleet]:
    """Run a lab whose folder is ready for `swimctl`, with settings that suit a test; `fleet` in place of `devices`.

    Without `ssh`, sessions of this process do without it: see sessions_without_ssh.py. `at_rest`, which such a lab is
    unless it says otherwise: time passes only while this process waits, see time_at_rest.py; no other may come here.
    """
    parsed = {name: [parse_fault(text) for text in texts] for name, texts in (faults or {}).items()}
    specs = [replace(one, **spec) for one in fleet or default_fleet(devices, parsed)]
    rests = not ssh if at_rest is None else at_rest
    speed = speed or (SPEED_AT_REST if rests else SPEED)
    with ExitStack() as stack:
        monotonic = stack.enter_context(time_at_rest()).monotonic if rests else time.monotonic
        lab = stack.enter_context(LabFleet(specs, speed=speed, folder=folder, monotonic=monotonic))
        images = folder / "images"
        images.mkdir(parents=True, exist_ok=True)
        every = {(images / name).resolve() for one in specs for name in IMAGES[one.platform]}
        written = {path for path in every if not path.exists()}
        for path in written:
            path.write_bytes(_image(path.name))
        known = partial(_known_or_hashed, written)
        # To hash each anew for each lab would take seconds. Two threads that patch at once would put back each other's.
        with _ONE_PATCHES, patch.object(catalogue, "hash_file", known):
            register(folder, lab.write_folder(folder))
        path = folder / "config.yaml"
        document = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
        document["swimctl"].update({**QUICK, **(settings or {})})
        path.write_text(json.dumps(document, indent=2), encoding="utf-8")  # YAML, too, in a hundredth of the time
        if not ssh:
            stack.enter_context(without_ssh(lab))
        yield lab


@contextmanager
def hosts_of(folder: Path) -> Iterator[dict[str, Any]]:
    """Let a test change the hosts of an inventory."""
    path, yaml = folder / "inventory" / "hosts.yaml", YAML()
    hosts = yaml.load(path.read_text(encoding="utf-8"))
    yield hosts
    with path.open("w", encoding="utf-8") as file:
        yaml.dump(hosts, file)


def with_data(folder: Path, **data: dict[str, Any]) -> None:
    """Add data to hosts of the lab's inventory."""
    with hosts_of(folder) as hosts:
        for name, more in data.items():
            hosts[name].setdefault("data", {}).update(more)


def without_data(folder: Path, host: str, key: str) -> None:
    """Let the lab's inventory not say something of a host."""
    with hosts_of(folder) as hosts:
        del hosts[host]["data"][key]


def request(opened: Opened, **changes: Any) -> UpgradeRequest:
    """Ask for every device's golden image."""
    whole = UpgradeRequest(
        devices=opened.inventory.devices,
        image=None,
        options=JobOptions(),
        mode=ExecutionMode.PARALLEL,
        max_failures=None,
        schedule_time=None,
        workers=None,
        detached=False,
    )
    return replace(whole, **changes)


@contextmanager
def upgraded(
    folder: Path,
    *,
    options: JobOptions | None = None,
    mode: ExecutionMode = ExecutionMode.PARALLEL,
    ssh: bool = False,
    **lab_options: Any,
) -> Iterator[Upgraded]:
    """Upgrade a whole lab and give what came of it, with the lab still up."""
    with (
        lab_folder(folder, ssh=ssh, **lab_options) as lab,
        Context(folder / "config.yaml").open() as opened,
    ):
        made = opened.service.trigger(request(opened, options=options or JobOptions(), mode=mode))
        opened.engine.run(made.batch, made.jobs, threading.Event())
        jobs = {job.device_name: job for job in opened.store.jobs(batch_id=made.batch.id)}
        yield Upgraded(lab, opened, jobs)


def go(opened: Opened, lab: LabFleet, policy: Policy, **changes: Any) -> Upgraded:
    """Run a batch with this policy, and give what came of it."""
    made = opened.service.trigger(request(opened, policy=policy, **changes))
    opened.engine.run(made.batch, made.jobs, threading.Event())
    return Upgraded(lab, opened, {job.device_name: job for job in opened.store.jobs(batch_id=made.batch.id)})


class Later(SystemClock):
    """A clock that shows a time to come, or one gone by."""

    def __init__(self, speed: float, ahead: timedelta) -> None:
        super().__init__(speed)
        self.ahead = ahead

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead


class LaterAtRest(ClockAtRest):
    """Such a clock beside a lab that is at rest while swimctl works."""

    ahead = timedelta(0)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@contextmanager
def at(folder: Path, ahead: timedelta) -> Iterator[Opened]:
    """Open the folder as a process does that runs so much later."""
    opened = Context(folder / "config.yaml").open()
    clock: Later | LaterAtRest = Later(opened.config.settings.clock_speed, ahead)
    if isinstance(opened.clock, ClockAtRest):
        clock = LaterAtRest(opened.clock.at_rest, clock.speed)
        clock.ahead = ahead
    opened.__dict__["clock"] = clock
    with opened:
        yield opened


def schedule(folder: Path, mode: ExecutionMode = ExecutionMode.PARALLEL, ahead: timedelta = TONIGHT) -> None:
    """Create jobs for all devices for a time, counted from the real now."""
    with at(folder, ahead - TONIGHT) as opened:
        when = datetime.now(UTC) + ahead
        opened.service.trigger(request(opened, mode=mode, schedule_time=when))
