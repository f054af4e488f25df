"""What the API answers to a request with `dry_run`."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from swimctl.api.answers import Answer, Time, WaivedFinding


class PlannedImage(Answer):
    """The image that a device would get."""

    id: int
    filename: str
    platform: str
    family: str
    version: str
    kind: str
    size: int
    sha512: str
    md5: str
    added_at: Time


class PlannedFinding(Answer):
    """One rule of the readiness check."""

    rule: str
    ok: bool
    seen: str
    needed: str
    next: str
    waive: str = Field(description="the option of `swimctl upgrade` that accepts exactly this; empty: nobody can")
    waived: WaivedFinding | None = Field(description="who accepted exactly this, and why; null: nobody did")


class PlannedLack(Answer):
    """Why a device would not be upgraded now, and the command that mends it."""

    rule: str
    seen: str
    needed: str
    next: str
    waive: str = Field(description="the option of `swimctl upgrade` that accepts exactly this; empty: nobody can")


class PlannedDevice(Answer):
    """What one device would get."""

    device_id: int
    device_hostname: str
    model: str | None
    site: str | None
    role: str | None
    verdict: Literal["no job", "cannot be asked", "not ready", "not asked", "ready", "already there"]
    runs: str = Field(description="the release that it says it runs; empty if it was not told")
    gets: str
    image: PlannedImage | None
    refusal: str | None = Field(description="why it would get no job")
    wave: int | None
    after: list[str] = Field(description="devices that end before it starts")
    pilot: str | None = Field(
        description="the device that has to be upgraded before others of this kind start, perhaps this one; null: none"
    )
    kind: str | None = Field(description="its system, the family of its image, and the train of its release")
    redundancy_group: str | None
    window: str | None = Field(description="its own window, as the inventory has it")
    note: str
    to_copy: int = Field(description="bytes that are left to copy")
    origin: str = Field(
        description="from where its image comes: `push`, `swimctl`, `relay URL`, or a URL; empty: nowhere"
    )
    cleans: list[str] = Field(description="what would be removed from its flash")
    commands: list[str] = Field(description="what would be typed to change it; the copy stands in brackets")
    usual_seconds: dict[str, float] = Field(description="what each step took on this model before, the median")
    starts_at: Time | None
    ends_at: Time | None
    lacks: list[PlannedLack]
    ready: bool | None
    already: str
    error: str | None = Field(description="why it could not be asked")
    next: str
    findings: list[PlannedFinding]


class PlannedBytes(Answer):
    """What is left to copy to the devices that are ready."""

    to_copy: int
    over_wan: int = Field(description="what leaves swimctl's machine; a relay gets each image once")
    over_wan_by_site: dict[str, int]
    by_site: dict[str, int]
    by_origin: dict[str, int]


class TookBefore(Answer):
    """What upgrades of a model, or of an image's family, took."""

    of: str
    jobs: int
    seconds: dict[str, float]
    seconds_a_byte: float | None


class UnfitDevice(Answer):
    """A device that the window has no room for."""

    device_hostname: str
    why: str


class PlannedEnd(Answer):
    """When the batch ends, if it starts at `starts_at`."""

    starts_at: Time
    ends_at: Time
    seconds: float
    workers: int
    waves: int
    guessed: list[str] = Field(description="models without a record: their times are guesses")
    fits: bool = Field(description="false: some have no room in the window, or end after it closes")
    spare_seconds: float | None = Field(
        description="what is left of the window at the end, negative if it closes before; null: there is none"
    )
    unfit: list[UnfitDevice]


class PlannedWindow(Answer):
    """The opening of the window that the batch starts in, or waits for."""

    window: str = Field(description="which window it is, of several")
    opens_at: Time
    closes_at: Time


class PlannedStep(Answer):
    """One step of a workflow."""

    name: str
    does: str = Field(description="what it does; empty: a step of swimctl's own")


class PlanAnswer(Answer):
    """What a request with `dry_run` would do."""

    ready: bool = Field(
        description="false: a device would get no job, lacks something, or cannot be asked, or changes are frozen"
    )
    offline: bool
    count: int
    counts: dict[str, int] = Field(description="devices by verdict")
    bytes: PlannedBytes
    took_before: list[TookBefore]
    forecast: PlannedEnd | None = Field(description="null: no device would be upgraded")
    window: PlannedWindow | None = Field(description="null: there is no window, or no device would be upgraded")
    frozen: str = Field(description="why no upgrade may be started now: changes are frozen; empty: they are not")
    steps: list[PlannedStep] = Field(
        description="the steps of the workflow, if some of them are not swimctl's; empty: all are"
    )
    idle_waivers: list[WaivedFinding] = Field(description="waivers that cover nothing of what the devices say now")
    devices: list[PlannedDevice]
