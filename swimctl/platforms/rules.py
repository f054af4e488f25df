"""Rules of the readiness check that hold on every platform. Pure; a rule whose fact is missing has failed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace

from swimctl.config.settings import Readiness
from swimctl.errors import UnorderedVersions
from swimctl.models import Device, Finding, Image, ImageKind
from swimctl.platforms.base import Support
from swimctl.platforms.versions import compare

_UNKNOWN = "unknown"


def right_device(
    device: Device, models: Sequence[str], serials: Collection[str], shown: str | None
) -> Iterator[Finding]:
    """Compare with what the inventory says, as far as it says anything; `shown` is the chassis' own serial number."""
    if device.model:
        yield Finding(
            "model",
            device.model.casefold() in {model.casefold() for model in models},
            ", ".join(models) or "no model",
            f"{device.model}, as the inventory says",
            "check address and `model` of this host in the inventory",
        )
    if device.serial:
        yield Finding(
            "serial number",
            device.serial in serials,
            shown or "none",
            f"{device.serial}, as the inventory says",
            "check address and `serial` of this host in the inventory",
        )


def family(image: Image, models: Sequence[str], fits: Callable[[str, str], bool | None]) -> Finding:
    """Return whether the image is for this hardware; `fits` is the platform's table of families and models."""
    verdicts = [fits(image.family, model) for model in models]
    ok = bool(verdicts) and all(verdicts)
    known = "cannot tell whether it fits" if None in verdicts or not models else "does not fit"
    return Finding(
        "image family",
        ok,
        ", ".join(sorted(set(models))) or "no model",
        image.family if ok else f"hardware that {image.family} runs on ({known})",
        "`swimctl image list`, then choose an image of this hardware with --image",
    )


def free_space(rule: str, free: int | None, need: int, why: str, next_command: str) -> Finding:
    """Compare the free bytes of one flash, None where the device does not say, with what is needed and why."""
    return Finding(
        rule,
        free is not None and free >= need,
        _UNKNOWN if free is None else f"{free / 1e6:.1f} MB",
        f"{need / 1e6:.1f} MB ({why})",
        next_command,
    )


def unpacked(image: Image, present: int, policy: Readiness) -> tuple[int, str]:
    """Return the bytes that an unpacked image still takes where `present` of it are there, and why so many."""
    need = int(image.size * policy.space_factor) - min(present, image.size)
    return max(0, need), f"{policy.space_factor:g} times the image, less what is there of it"


def as_it_is(image: Image, present: int) -> tuple[int, str]:
    """Return the bytes that an image's own file still takes where `present` of it are there, and why so many."""
    return max(0, image.size - present), "the image's own size, less what is there of it"


def later(finding: Finding) -> Finding:
    """Accept a lack of space until it is measured again after the clean-up; unknown space stays a refusal."""
    if finding.ok or finding.seen == _UNKNOWN:
        return finding
    return replace(finding, ok=True, needed=f"{finding.needed}; measured again after the clean-up")


def order(running: str, image: Image, policy: Readiness) -> Finding:
    """Refuse an image that is older than what runs, and one that cannot be compared with it."""
    try:
        older = compare(image.version, running) < 0
        needed = f"{running} or newer" if older else image.version
    except UnorderedVersions:
        older, needed = True, "a release that can be compared with the running one"
    return Finding(
        "not a downgrade",
        policy.allow_downgrade or not older,
        f"{running} to {image.version}",
        needed,
        "set swimctl.readiness.allow_downgrade: true if you want this",
    )


def in_service(offered: str, *, wanted: bool) -> Iterator[Finding]:
    """Refuse --issu where the driver has no such way; where it has one, its own rules judge."""
    if wanted and not offered:
        yield Finding(
            "in-service upgrade",
            ok=False,
            seen="asked for",
            needed="a platform that swimctl upgrades in service",
            next_command="run again without --issu in a window for a reload, or do it by hand",
        )


def again(already: str, support: Support) -> Iterator[Finding]:
    """Refuse --force onto what runs already where the device's installer does not install that once more."""
    if already and not support.reinstalls:
        yield Finding(
            "another image than runs",
            ok=False,
            seen=already,
            needed=f"another one: '{support.activate}' is not known to change anything if the image already runs",
            next_command="run again without --force: the device stays as it is; if you want a reload, do it by hand",
        )


def kind(image: Image, installs: Collection[ImageKind]) -> Iterator[Finding]:
    """Refuse an image of a kind that this driver does not install; the platform's others may."""
    if image.kind not in installs:
        yield Finding(
            "kind of image",
            ok=False,
            seen=f"{image.filename}, {image.kind}",
            needed=f"one of these kinds: {', '.join(sorted(installs))}",
            next_command="`swimctl image list`, then choose an image with --image, or install this one by hand",
        )


def no_clean_up(*, wanted: bool) -> Iterator[Finding]:
    """Refuse --cleanup-flash where swimctl cannot tell what is no longer needed."""
    if wanted:
        yield Finding(
            "clean-up of flash",
            ok=False,
            seen="asked for",
            needed="a platform whose device knows which files its releases need",
            next_command="delete on the device what is no longer needed, and run again without --cleanup-flash",
        )
