"""What swimctl works with: devices, images, batches, jobs, steps, events, users. Frozen; the store makes new ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from swimctl.clock import to_the_minute
from swimctl.states import JobStatus, StepStatus, step_name
from swimctl.waiting import Waiting
from swimctl.waivers import Waiver, waivers_from

# What a failed job remembers: the code of its error, which `swimctl explain` knows.
FAILED_BY: Final = "failed by"


class Outcome(StrEnum):
    """What a device is after its job has ended.

    `untouched`: it runs what it ran before, on the same boot; files may have been copied to it. `cleaned`: the same,
    but files were removed from its flash, or may have been: a job's `removed` lists those that are known. `upgraded`:
    it runs the target, committed, on every member. `rolled back`: it reloaded, and runs what it ran before.
    `unknown`: none of these could be proved.
    """

    UNTOUCHED = "untouched"
    CLEANED = "cleaned"
    UPGRADED = "upgraded"
    ROLLED_BACK = "rolled back"
    UNKNOWN = "unknown"


class ImageKind(StrEnum):
    """What a file of the catalogue is: a device boots an `image`; a `patch` and an `epld` are added to a release."""

    IMAGE = "image"
    PATCH = "patch"
    EPLD = "epld"


class ExecutionMode(StrEnum):
    """How a batch goes through its jobs."""

    PARALLEL = "parallel"
    SEQUENTIAL = "sequential"


@dataclass(frozen=True, slots=True)
class Device:
    """A host of the inventory, with the id that the store gave it once and for all.

    Of a `redundancy_group` never two are upgraded at once. It hangs on those it `depends_on`, and those that it
    `feeds` hang on it: what hangs on another is upgraded first. Outside its `window`, as written, nothing is activated.
    """

    id: int
    name: str
    platform: str
    address: str
    port: int = 22
    groups: tuple[str, ...] = ()
    model: str | None = None
    serial: str | None = None
    redundancy_group: str | None = None
    depends_on: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()
    site: str | None = None
    role: str | None = None
    tags: tuple[str, ...] = ()
    window: str | None = None

    @property
    def place(self) -> str:
        """Return where it answers: two of one place are one device."""
        return f"{self.address.casefold()}:{self.port}"


@dataclass(frozen=True, slots=True)
class Image:
    """A file of the catalogue. `family` is the prefix of the vendor's file name, e.g. `cat9k_iosxe`.

    The `version` of a patch is the release that it is for.
    """

    id: int
    filename: str
    path: Path
    platform: str
    family: str
    version: str
    size: int
    sha512: str
    md5: str
    added_at: datetime
    kind: ImageKind = ImageKind.IMAGE


@dataclass(frozen=True, slots=True)
class Golden:
    """The rule that devices of a platform and family run this image: those alone that fit all that it names.

    A rule without a file has a `release` in place of an image, and its family may be None: any of the platform.
    `model` is a glob. It counts from `valid_from` on, and no more from `valid_until` on.
    """

    image_id: int | None
    platform: str
    family: str | None
    group: str | None = None
    model: str | None = None
    site: str | None = None
    role: str | None = None
    tag: str | None = None
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    release: str | None = None

    @property
    def what(self) -> str:
        """Return what its devices should run."""
        return f"image {self.image_id}" if self.release is None else f"release {self.release}"

    @property
    def whom(self) -> str:
        """Return for which devices it is: `all`, or what they must have."""
        named = {what: getattr(self, what) for what in ("model", "group", "site", "role", "tag")}
        whom = ", ".join(f"{what} {value}" for what, value in named.items() if value is not None) or "all"
        times = (("from", self.valid_from), ("until", self.valid_until))
        return " ".join([whom, *(f"{word} {to_the_minute(at)}" for word, at in times if at is not None)])


@dataclass(frozen=True, slots=True)
class JobOptions:
    """What the user asked for beyond device and image; the same for every job of a batch.

    `issu`: in service, without a reload of the whole device, or not at all. `convert`: what runs in bundle mode comes
    to install mode by it. `waivers` are of all its devices. `on_failed_checks`: `back`, or `hold` for a person.
    `leave_newer`: a device that runs a newer release is left as it is, and its job has nothing to do.
    """

    workflow: str = "standard"
    activate: bool = True
    cleanup_flash: bool = False
    force: bool = False
    issu: bool = False
    convert: bool = False
    waivers: tuple[Waiver, ...] = ()
    on_failed_checks: str = "back"
    leave_newer: bool = False

    @classmethod
    def read(cls, said: Mapping[str, Any]) -> JobOptions:
        """Read them as they are written as JSON; those of an older store are fewer."""
        return cls(**{**said, "waivers": waivers_from(said.get("waivers", ()))})


@dataclass(frozen=True, slots=True)
class Policy:
    """When a batch may start, go on and activate; the same for all of its jobs.

    `waves` are sizes in the words of the request, a number or a per cent of all jobs; the last one repeats. `soak` is
    in device seconds. `max_failures_percent` is counted over the jobs that were tried, from the fifth on. `window` is
    as written (`22:00-04:00@Europe/Berlin`), in the time zone `zone` where it names none (empty: that of the reader),
    `until` the end of all activations. `pilot`: the first of a kind is alone.
    """

    waves: tuple[str, ...] = ()
    soak: float = 0.0
    max_failures_percent: float | None = None
    window: str | None = None
    until: datetime | None = None
    stage_now: bool = False
    ticket: str = ""
    comment: str = ""
    pilot: bool = True
    zone: str = ""


@dataclass(frozen=True, slots=True)
class Batch:
    """The jobs of one request, in their order. One that `needs_approval` waits until `approved_by` is somebody; while
    `paused_by` or `stopped_by` is somebody, no job of it starts. `flow`: its workflow's own steps, as text.
    """

    id: str
    mode: ExecutionMode
    max_failures: int
    options: JobOptions
    created_at: datetime
    schedule_time: datetime | None = None
    workers: int | None = None
    detached: bool = False
    requested_by: str = ""
    policy: Policy = field(default_factory=Policy)
    needs_approval: bool = False
    approved_by: str | None = None
    approved_at: datetime | None = None
    paused_by: str | None = None
    flow: str = ""
    stopped_by: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One step of one job, of a `kind`. `message` says, while it runs, what it is at; after it, what came of it."""

    kind: str
    status: StepStatus = StepStatus.PENDING
    message: str = ""
    started_at: datetime | None = None
    finished_at: datetime | None = None

    @property
    def name(self) -> str:
        """Return what people call it."""
        return step_name(self.kind)


@dataclass(frozen=True, slots=True)
class Job:
    """One device to one image.

    `progress` is 0 to 100 and never falls. `interrupted` is true where a running job's process is dead or
    stopped and `swimctl resume` has to take it up; `error` then says so. `outcome` is None until the job has ended.
    `removed` are files that the job took from the device's flash, `waived` what it met and somebody had accepted.
    `wave` counts from 1. Before the jobs in `after` have ended this one does not start. `stop_by` wants it to stop.
    """

    id: int
    batch_id: str
    device_id: int
    device_name: str
    image_id: int
    image_filename: str
    image_version: str
    status: JobStatus
    progress: int
    steps: tuple[Step, ...]
    created_at: datetime
    error: str | None = None
    schedule_time: datetime | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    bytes_done: int = 0
    bytes_total: int = 0
    attempted: bool = False
    interrupted: bool = False
    outcome: Outcome | None = None
    wave: int = 1
    redundancy_group: str | None = None
    after: tuple[int, ...] = ()
    image_family: str = ""
    removed: tuple[str, ...] = ()
    waiting: Waiting | None = None
    waived: tuple[Waiver, ...] = ()
    stop_by: str = ""

    @property
    def is_now(self) -> str:
        """Return what its device is now, with what was removed from its flash; empty until it has ended."""
        if self.outcome is None:
            return ""
        gone = f", removed from its flash: {', '.join(self.removed)}" if self.removed else ""
        return f"{self.outcome}{gone}"

    @property
    def word(self) -> str:
        """Return in one word how it stands: `unknown`, and never `failed`, where nobody knows what its device is."""
        if self.outcome is Outcome.UNKNOWN:
            return Outcome.UNKNOWN.value
        return "interrupted" if self.interrupted else self.status.value

    @property
    def current_step(self) -> str:
        """Return the running step, else the next pending one, else the last one that ran or the last of all."""
        for wanted in (StepStatus.RUNNING, StepStatus.FAILED, StepStatus.PENDING):
            for step in self.steps:
                if step.status is wanted:
                    return step.name
        return self.steps[-1].name if self.steps else ""


# (kind of step, image family) -> real seconds that such steps took.
Usual = Mapping[tuple[str, str], float]


@dataclass(frozen=True, slots=True)
class Pulse:
    """What tells a slow job from one that stands still: what is usual, and when each that runs last said a word."""

    usual: Usual = field(default_factory=dict)
    last_events: Mapping[int, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Event:
    """One fact about a job, appended, never changed."""

    id: int
    job_id: int
    at: datetime
    kind: str
    message: str
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule of the readiness check: the value seen, the value needed, the command that mends it.

    A rule that does not hold is not in the way where somebody `waived` exactly what was seen.
    """

    rule: str
    ok: bool
    seen: str
    needed: str
    next_command: str = ""
    waived: Waiver | None = None

    @property
    def passes(self) -> bool:
        """Return whether it lets an upgrade go on."""
        return self.ok or self.waived is not None

    def __str__(self) -> str:
        text = f"{self.rule}: seen {self.seen}, needed {self.needed}"
        return f"{text}; next: {self.next_command}" if self.next_command and not self.ok else text


class Role(StrEnum):
    """What an account may do: look on, or also start and cancel upgrades."""

    READ_ONLY = "read-only"
    OPERATOR = "operator"

    def covers(self, needed: Role) -> bool:
        """Return whether this role may do all that `needed` may."""
        return self is Role.OPERATOR or needed is Role.READ_ONLY


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, and from where: an address, or `terminal`. For the audit."""

    name: str
    origin: str


@dataclass(frozen=True, slots=True)
class User:
    """One who may use the API. The password's hash never leaves the store and what checks it.

    `roles` are those of config.yaml, if they have such: then only they count, and `role` is `operator`. `source`: who
    knows their password, `own` or `ldap`.
    """

    id: int
    name: str
    role: Role
    created_at: datetime
    roles: tuple[str, ...] = ()
    source: str = "own"


@dataclass(frozen=True, slots=True)
class Token:
    """A key to the API, never its text. `from_login`: it came of a password; else someone made it at a terminal.

    `last_used_at` may be a minute behind. `user_roles` are the names of all roles that its user has now.
    """

    id: int
    user: str
    role: Role
    label: str
    from_login: bool
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    last_used_at: datetime | None = None
    roles: tuple[str, ...] = ()
    user_roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One thing that somebody did or tried, appended, never changed."""

    id: int
    at: datetime
    actor: str
    origin: str
    action: str
    subject: str
    data: Mapping[str, Any] = field(default_factory=dict)
