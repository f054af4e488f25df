"""Play a planned batch through on twins: the very engine, SSH to lab devices of this machine, a time of its own."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from swimctl.config.settings import Settings
from swimctl.engine.batches import Engine
from swimctl.inventory.hosts import Inventory
from swimctl.lab.chassis_spec import ChassisSpec
from swimctl.lab.faults import Fault
from swimctl.lab.fleet import LabFleet
from swimctl.models import Batch, Caller, Device, Job
from swimctl.rehearse.casting import Cast, Casting, Role, cast_of, unlike_its_device
from swimctl.rehearse.clock import RehearsalClock
from swimctl.rehearse.faults import drawn
from swimctl.rehearse.learned import Learned
from swimctl.rehearse.making import Conditions
from swimctl.rehearse.rest import at_rest
from swimctl.rehearse.stage import (
    CLOSED,
    Pictures,
    config_for,
    left_out_of,
    place_images,
    settings_for,
    small_copies,
    write_inventory,
)
from swimctl.requests.looks import check_devices
from swimctl.requests.plans import Plan
from swimctl.requests.preview import Preview
from swimctl.requests.service import Service
from swimctl.store import Store
from swimctl.store.rehearsing import without_the_present

# Device seconds in a second at rest: a night of five hours in half a minute, and what the work itself takes.
PACE: Final = 600.0
_NOBODY: Final = "REHEARSAL"  # the serial number that no lab device has
_BEFORE: Final = timedelta(minutes=1)
# Real seconds between two words on how far the night is.
_TELL: Final = 0.5


@dataclass(frozen=True, slots=True)
class Script:
    """What is played: the plan with what its devices said, what was learned, and the faults that were asked for."""

    preview: Preview
    learned: Mapping[str, Learned]
    faults: Sequence[str] = ()
    seed: int = 1
    pace: float = PACE
    asked: bool = True  # the devices themselves; else bundles of theirs


@dataclass(frozen=True, slots=True)
class Played:
    """What came of it. `left_out` says why a device is not rehearsed; `faults` are those that were played, by device.

    `starts` and `ends` are dates of the night. `stopped` says why the line stopped, empty where it did not.
    """

    preview: Preview
    casting: Casting
    left_out: Mapping[str, str]
    faults: Mapping[str, tuple[Fault, ...]]
    seed: int
    starts: datetime
    ends: datetime
    jobs: tuple[Job, ...]
    not_done: tuple[str, ...]
    batch: Batch | None = None


@dataclass
class Stage:
    """Where a rehearsal is played: its folder, its settings, its time, and the account of all twins, made up."""

    settings: Settings
    folder: Path
    clock: RehearsalClock
    grounds: dict[str, str] = field(default_factory=dict)
    account: tuple[str, str, str] = field(
        default_factory=lambda: ("rehearsal", secrets.token_urlsafe(12), secrets.token_urlsafe(12))
    )


def starts_at(preview: Preview, now: datetime) -> datetime:
    """Return when the night begins: at its time, or shortly before the first device may start."""
    start = preview.plan.request.schedule_time or now
    spans = preview.forecast.spans.values() if preview.forecast else ()
    first = min((span.starts for span in spans), default=start)
    return max(start, first - _BEFORE)


def play(
    script: Script,
    settings: Settings,
    store: Store,
    inventory: Inventory,
    folder: Path,
    now: datetime,
    told: Callable[[str], None] = lambda _: None,
) -> Played:
    """Play the batch in `folder`. The store is copied, and the devices of the inventory are not touched."""
    start = starts_at(script.preview, now)
    with at_rest() as rest:
        clock = RehearsalClock(rest, script.pace, start, settings.clock_speed)
        stage = Stage(settings_for(settings, folder), folder, clock)
        not_done = tuple(left_out_of(settings, script.preview.plan.request.options.workflow))
        if any(item.device.window for item in script.preview.plan.accepted):
            not_done = (*not_done, "windows of devices: a twin starts when its batch does")
        store.back_up(folder / "swimctl.db")
        without_the_present(folder / "swimctl.db", start)
        pictures = Pictures(folder)
        with Store.open(folder / "swimctl.db", clock) as copy, small_copies(pictures):
            place_images(copy, script.preview.images, pictures)
            return _played(script, stage, copy, inventory, pictures, not_done, told)


def _played(
    script: Script,
    stage: Stage,
    store: Store,
    inventory: Inventory,
    pictures: Pictures,
    not_done: tuple[str, ...],
    told: Callable[[str], None],
) -> Played:
    preview, settings = script.preview, stage.settings
    user, password, secret = stage.account
    conditions = Conditions(user, password, secret, pictures.stand_ins)
    unseen = 60.0 * settings.activation.usual_minutes
    unknown = frozenset(pictures.unknown)
    casting = cast_of(preview, script.learned, conditions, unknown, settings.clock_speed, unseen, asked=script.asked)
    stage.grounds |= {one.name: inventory.ground(one.item.device) for one in casting.cast}
    left_out = dict(casting.left_out)
    told("asking the twins what their devices were asked")
    left_out |= _not_alike(casting, stage, store)
    cast = [one for one in casting.cast if one.name not in left_out]
    faults = drawn(script.faults, [one.name for one in cast if one.role is Role.TWIN], script.seed)
    done = Played(preview, casting, left_out, faults, script.seed, stage.clock.start, stage.clock.start, (), not_done)
    if not cast:
        return done
    specs = [replace(one.spec, faults=(*one.spec.faults, *faults.get(one.name, ()))) for one in cast]
    with _theatre(cast, specs, stage, store) as (service, engine, devices):
        stage.clock.restart(starts_at(preview, stage.clock.start))
        plan = _for_twins(preview, cast, devices)
        made = service.create(plan, Caller("rehearsal", "terminal"))
        _run(engine, made.batch, made.jobs, lambda: told(_how_far(store, made.batch, stage.clock)))
        jobs = store.jobs(batch_id=made.batch.id)
        ends = max((job.finished_at for job in jobs if job.finished_at), default=stage.clock.now())
        return replace(
            done, starts=made.batch.created_at, ends=ends, jobs=tuple(jobs), batch=store.batch(made.batch.id)
        )


@contextmanager
def _theatre(
    cast: Sequence[Cast],
    specs: Sequence[ChassisSpec],
    stage: Stage,
    store: Store,
) -> Iterator[tuple[Service, Engine, dict[str, Device]]]:
    """Run these lab devices, and give a service and an engine that know no others."""
    stage.settings.ssh.known_hosts.unlink(missing_ok=True)
    clock = stage.clock
    monotonic, epoch = clock.rest.monotonic, clock.now()
    lab = LabFleet(specs, speed=clock.pace, folder=stage.folder / "lab", monotonic=monotonic, epoch=epoch)
    with lab:
        rows = [
            (
                one.item.device,
                spec,
                CLOSED if one.role is Role.AWAY else lab.address(one.name)[1],
                _NOBODY if one.role is Role.REFUSES else spec.serial,
            )
            for one, spec in zip(cast, specs, strict=True)
        ]
        config = config_for(
            stage.settings, stage.folder, write_inventory(stage.folder, rows, stage.account, stage.grounds)
        )
        inventory = Inventory.load(config, store)
        service = Service(config, store, inventory, stage.clock)
        with Engine(config, store, inventory, stage.clock) as engine:
            yield service, engine, {device.name: device for device in inventory.devices}


def _not_alike(casting: Casting, stage: Stage, store: Store) -> dict[str, str]:
    """Return why a twin is none: it answers the check of its device otherwise than that did."""
    twins = [one for one in casting.cast if one.role is Role.TWIN]
    if not twins:
        return {}
    with _theatre(twins, [one.spec for one in twins], stage, store) as (_, engine, devices):
        asked = [(devices[one.name], one.item.image) for one in twins]
        answers = check_devices(engine, asked, casting.options, stage.settings.workers)
    found = {}
    for one, answer in zip(twins, answers, strict=True):
        if one.row.answer is not None and (odd := unlike_its_device(one.row.answer, answer)):
            found[one.name] = f"its twin is not like it: {'; '.join(odd)}"
    return found


def _for_twins(preview: Preview, cast: Sequence[Cast], devices: Mapping[str, Device]) -> Plan:
    """Return the plan with twins for devices; it starts now, and ends where the night does."""
    plan, names = preview.plan, {one.name for one in cast}
    items = tuple(
        replace(one.item, device=devices[one.name], after=tuple(name for name in one.item.after if name in names))
        for one in cast
    )
    policy = plan.request.policy
    ends = [moment for moment in (policy.until, preview.opening.closes if preview.opening else None) if moment]
    request = replace(
        plan.request,
        devices=tuple(item.device for item in items),
        schedule_time=None,
        detached=False,
        policy=replace(policy, until=min(ends, default=None)),
    )
    return replace(plan, request=request, items=items, retry_of="", signed="")


def _run(engine: Engine, batch: Batch, jobs: Sequence[Job], tell: Callable[[], None]) -> None:
    """Run the batch in another thread, so that Ctrl-C is heard here at once."""
    done, raised = threading.Event(), list[BaseException]()

    def work() -> None:
        try:
            engine.run(batch, jobs, threading.Event())
        except BaseException as error:  # noqa: BLE001 - raised again below
            raised.append(error)
        finally:
            done.set()

    threading.Thread(target=work, name="rehearsal", daemon=True).start()
    while not done.wait(_TELL):
        tell()
    if raised:
        raise raised[0]


def _how_far(store: Store, batch: Batch, clock: RehearsalClock) -> str:
    jobs = store.jobs(batch_id=batch.id)
    ended = sum(job.finished_at is not None for job in jobs)
    return f"{clock.now().astimezone():%H:%M} of the night: {ended} of {len(jobs)} devices have ended"
