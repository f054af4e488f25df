"""swimctl image golden: which devices should run an image, and why a device gets the one that it gets."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, TypedDict

import typer

from swimctl.cli import output
from swimctl.cli.context import Context, caller, of
from swimctl.cli.policy import read_time
from swimctl.errors import UsageError
from swimctl.models import Golden
from swimctl.requests.documents import (
    catalogued_document,
    golden_release_documents,
    image_document,
    rule_document,
    whom,
)

if TYPE_CHECKING:
    from swimctl.images.goldens import Choice, Verdict
    from swimctl.models import Device


class _Scope(TypedDict):
    """What a rule names, and when it counts; None is any."""

    model: str | None
    group: str | None
    site: str | None
    role: str | None
    tag: str | None
    valid_from: datetime | None
    valid_until: datetime | None


def golden(
    ctx: typer.Context,
    *,
    image: Annotated[str | None, typer.Argument(metavar="ID|FILENAME", help="The image.")] = None,
    release: Annotated[
        str | None, typer.Option(metavar="VERSION", help=("A release without a file, in place of an image: 17.12.04."))
    ] = None,
    platform: Annotated[
        str | None, typer.Option(metavar="NAME", help=("The platform of the release, such as cisco_xe."))
    ] = None,
    family: Annotated[
        str | None,
        typer.Option(metavar="NAME", help=("Only this family, such as cat9k_iosxe. Else: the whole platform.")),
    ] = None,
    model: Annotated[str | None, typer.Option(metavar="PATTERN", help="Only these models, such as 'C9300-*'.")] = None,
    group: Annotated[str | None, typer.Option(metavar="NAME", help="Only this group of devices.")] = None,
    site: Annotated[str | None, typer.Option(metavar="NAME", help="Only devices with this data.site.")] = None,
    role: Annotated[str | None, typer.Option(metavar="NAME", help="Only devices with this data.role.")] = None,
    tag: Annotated[str | None, typer.Option(metavar="NAME", help="Only devices with this tag.")] = None,
    valid_from: Annotated[
        str | None, typer.Option("--from", metavar="TIME", help=("From this time, such as 2030-05-04T02:00+02:00."))
    ] = None,
    valid_until: Annotated[str | None, typer.Option("--until", metavar="TIME", help="Until this time.")] = None,
    unset: Annotated[bool, typer.Option("--unset", help="The image is no longer golden, for any device.")] = False,
    explain: Annotated[
        str | None,
        typer.Option(metavar="DEVICE", help=("Show every rule of this device's platform, and which one wins.")),
    ] = None,
) -> None:
    """Make an image golden: the devices of its family should run it. With options: only devices that match all of them.

    A release can be golden without a file. Devices are compared with it. For an upgrade they get an image of that
    release from the catalogue, if one fits.

    The more exact rule wins: one with a model, then a group, a site, a role, a tag, then times. If both name the same:
    the more exact model, then the nearer group. If two rules are still equal, the device gets no image.
    """
    context = of(ctx)
    first, last = _times(valid_from, valid_until)
    scope = _Scope(model=model, group=group, site=site, role=role, tag=tag, valid_from=first, valid_until=last)
    scoped = any(value is not None for value in scope.values())
    bare = release is not None or platform is not None or family is not None
    if explain is not None:
        if image is not None or unset or scoped or bare:
            raise UsageError("--explain only shows: give it a device, and no other option")
        _explain(context, explain)
        return
    if image is not None and bare:
        raise UsageError(
            "an image has its platform, family and release; give an image, or --release with --platform, not both"
        )
    if unset and (scoped or family is not None):
        raise UsageError("--unset removes all golden rules of an image or a release; leave the other options out")
    if image is not None:
        _set(context, image, None if unset else scope)
    elif release is None:
        raise UsageError("give an image to make golden, --release VERSION for one without a file, or --explain DEVICE")
    elif platform is None:
        raise UsageError("--release needs --platform NAME, such as cisco_xe; `swimctl device list` shows each device's")
    else:
        _set_release(context, Golden(None, platform, family, release=release, **scope), unset=unset)


def _times(valid_from: str | None, valid_until: str | None) -> tuple[datetime | None, datetime | None]:
    """Return from when and until when a rule counts. UsageError: it never would."""
    first, last = (
        None if text is None else read_time(option, text, datetime.now(UTC))
        for option, text in (("--from", valid_from), ("--until", valid_until))
    )
    if first is not None and last is not None and first >= last:
        raise UsageError("--until must be later than --from")
    return first, last


def _set(context: Context, reference: str, scope: _Scope | None) -> None:
    """Make an image golden for what a rule names, or end all of its rules, and return what it is golden for then."""
    from swimctl.images.catalogue import find

    with context.open() as opened:
        found = find(reference, opened.store.images())
        if scope is None:
            opened.store.unset_golden(found.id, caller())
        else:
            # A rule for what is not there would silently leave the devices that are meant with another image.
            from swimctl.requests.golden_scope import check_scope  # it loads the store

            check_scope(Golden(found.id, found.platform, found.family, **scope), lambda: opened.inventory)
            opened.store.set_golden(found.id, **scope, by=caller())
        goldens = opened.store.goldens()
    if context.json:
        output.print_json(catalogued_document(found, goldens))
        return
    rules = "; ".join(whom(found, goldens))
    output.print_line(f"image {found.id}: {found.filename}: {f'golden for {rules}' if rules else 'not golden'}")


def _set_release(context: Context, asked: Golden, *, unset: bool) -> None:
    """Make a release without a file golden, or end all of its rules, and return what it is golden for then."""
    from swimctl.images.catalogue import golden_release
    from swimctl.images.goldens import images_of

    with context.open() as opened:
        images = opened.store.images()
        rule = golden_release(asked, images)
        if unset:
            opened.store.unset_golden_release(rule.platform, str(rule.release), caller())
        else:
            from swimctl.requests.golden_scope import check_scope  # it loads the store

            check_scope(rule, lambda: opened.inventory)
            opened.store.set_golden_release(rule, caller())
        goldens = opened.store.goldens()
    what = {"platform": rule.platform, "family": rule.family, "release": rule.release}
    there = [one for one in golden_release_documents(goldens) if {key: one[key] for key in what} == what]
    document = there[0] if there else {**what, "golden": [], "golden_rules": []}
    if context.json:
        output.print_json(document)
        return
    of = " ".join(filter(None, (rule.platform, rule.family)))
    rules = "; ".join(document["golden"])
    output.print_line(f"{rule.what} of {of}: {f'golden for {rules}' if rules else 'not golden'}")
    if not unset and not images_of(rule, images):
        output.note(
            "swimctl: the catalogue has no image of it: devices are compared with it, but not upgraded to it; "
            "`swimctl image add FILE` adds one"
        )


def _explain(context: Context, reference: str) -> None:
    from swimctl.images.goldens import choose

    with context.open() as opened:
        device = opened.inventory.resolve([reference])[0]
        problem = opened.inventory.problem(device.name)
        choice = choose(device, opened.store.goldens(), opened.store.images(), opened.clock.now())
    if context.json:
        output.print_json(_document(device, choice, problem))
        return
    if choice.verdicts:
        output.print_table(
            ("Image", "File", "Release", "For", "Applies", "Why"),
            [
                (
                    verdict.image.id if verdict.image else verdict.rule.image_id,
                    verdict.image.filename if verdict.image else "",
                    verdict.rule.release or (verdict.image.version if verdict.image else ""),
                    verdict.rule.whom,
                    "wins" if verdict.wins else "yes" if verdict.applies else "no",
                    verdict.why,
                )
                for verdict in choice.verdicts
            ],
        )
    image = choice.image if problem is None else None
    why = problem or choice.refusal
    output.print_line(f"{device.name}: {f'image {image.id}, {image.filename}' if image else why}")


def _document(device: Device, choice: Choice, problem: str | None) -> dict[str, Any]:
    return {
        "id": device.id,
        "hostname": device.name,
        "platform": device.platform,
        "release": choice.release if problem is None else None,
        "image": image_document(choice.image) if choice.image and problem is None else None,
        "refusal": problem or choice.refusal,
        "rules": [_verdict_document(verdict) for verdict in choice.verdicts],
    }


def _verdict_document(verdict: Verdict) -> dict[str, Any]:
    return {
        "image_id": verdict.image.id if verdict.image else verdict.rule.image_id,
        "filename": verdict.image.filename if verdict.image else None,
        "release": verdict.rule.release or (verdict.image.version if verdict.image else None),
        "without_file": verdict.rule.image_id is None,
        "family": verdict.rule.family,
        **rule_document(verdict.rule),
        "applies": verdict.applies,
        "wins": verdict.wins,
        "why": verdict.why,
    }
