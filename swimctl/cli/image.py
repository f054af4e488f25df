"""swimctl image: keep the catalogue of images and the golden ones."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from swimctl.cli import output
from swimctl.cli.context import Context, Opened, of
from swimctl.documents import image_document
from swimctl.errors import UsageError
from swimctl.models import ImageKind

if TYPE_CHECKING:
    from swimctl.catalogue import Progress
    from swimctl.facts import ImageName
    from swimctl.hash_files import Expected
    from swimctl.models import Golden, Image

app = typer.Typer(no_args_is_help=True)

Reference = Annotated[str, typer.Argument(metavar="ID|FILENAME", help="The image.")]

_QUESTIONS = {
    "platform": "Platform (cisco_xe)",
    "family": "Family, the beginning of the vendor's file name (cat9k_iosxe)",
    "version": "Version (17.09.04a)",
}


@app.command("add")
def add_image(
    ctx: typer.Context,
    *,
    path: Annotated[Path, typer.Argument(metavar="PATH", help="The image file; it stays where it is.")],
    platform: Annotated[str | None, typer.Option(metavar="NAME", help="Where the file name does not say.")] = None,
    family: Annotated[str | None, typer.Option(metavar="NAME", help="Where the file name does not say.")] = None,
    version: Annotated[
        str | None, typer.Option("--image-version", metavar="VERSION", help="Where the file name does not say.")
    ] = None,
    kind: Annotated[ImageKind | None, typer.Option(help="Where the file name does not say.")] = None,
    sha512: Annotated[str | None, typer.Option(metavar="HASH", help="The vendor's SHA-512, to compare.")] = None,
    md5: Annotated[str | None, typer.Option(metavar="HASH", help="The vendor's MD5, to compare.")] = None,
    no_input: Annotated[bool, typer.Option("--no-input", help="Never ask.")] = False,
) -> None:
    """Put an image file into the catalogue: read its name, hash it, and remember where it lies.

    The hash is compared with the vendor's: FILE.sha512 or FILE.md5 beside it, a list such as SHA512SUMS, or --sha512.
    """
    from swimctl import catalogue, hash_files

    context = of(ctx)
    path = path.expanduser()
    with context.open() as opened:
        # Looked at before anything is asked: nobody should answer questions about a file that is not there.
        catalogue.look(path)
        expected = hash_files.given(sha512, md5) + hash_files.beside(path)
        given = {"platform": platform, "family": family, "version": version}
        name = _describe(path, given, kind, ask=not no_input)
        with _bar(context, f"hashing {path.name}") as progress:
            image = catalogue.add(opened.store, path, name, progress, expected)
        goldens = opened.store.goldens()
    if context.json:
        output.print_json(_document(image, goldens) | {"compared": _compared(expected)})
        return
    what = "" if image.kind is ImageKind.IMAGE else f", {image.kind.value}"
    output.print_line(f"image {image.id}: {image.filename}: {image.platform} {image.family} {image.version}{what}")
    for one in expected:
        output.print_line(f"{one.algorithm} is the vendor's, by {one.source}")
    if not expected:
        output.note(f"swimctl: no hash of the vendor's was there to compare; {path.name}.sha512 beside it, or --sha512")
    if image.kind is ImageKind.IMAGE and not any(rule.image_id == image.id for rule in goldens):
        output.note(f"swimctl: to give it to devices without naming it: swimctl image golden {image.id}")


@app.command("list")
def list_images(ctx: typer.Context) -> None:
    """List the images, and for which devices they are golden."""
    context = of(ctx)
    with context.open() as opened:
        images, goldens = opened.store.images(), opened.store.goldens()
    if context.json:
        output.print_json({"count": len(images), "images": [_document(image, goldens) for image in images]})
        return
    if not images:
        output.note("swimctl: the catalogue is empty; `swimctl image add FILE` puts an image into it")
        return
    output.print_table(
        ("Id", "File", "Platform", "Family", "Version", "Kind", "Size", "Golden"),
        [
            (
                image.id,
                image.filename,
                image.platform,
                image.family,
                image.version,
                image.kind.value,
                output.size(image.size),
                ", ".join(_golden_for(image, goldens)),
            )
            for image in images
        ],
    )


@app.command("show")
def show_image(ctx: typer.Context, image: Reference) -> None:
    """Show all that the catalogue knows of one image."""
    context = of(ctx)
    with context.open() as opened:
        document = _document(_find(opened, image), opened.store.goldens())
    if context.json:
        output.print_json(document)
        return
    for key, value in document.items():
        output.print_line(f"{key}: {', '.join(value) if isinstance(value, list) else value}")


@app.command("golden")
def set_golden(
    ctx: typer.Context,
    *,
    image: Reference,
    group: Annotated[str | None, typer.Option(metavar="NAME", help="For this group of devices alone.")] = None,
    unset: Annotated[bool, typer.Option("--unset", help="It is golden no more, for any group.")] = False,
) -> None:
    """Make an image the one that devices of its family should run, everywhere or in a group."""
    context = of(ctx)
    if unset and group is not None:
        raise UsageError("--unset ends all golden rules of an image; leave --group out")
    with context.open() as opened:
        found = _find(opened, image)
        if unset:
            opened.store.unset_golden(found.id)
        else:
            if group is not None:
                opened.inventory.check_group(group)
            opened.store.set_golden(found.id, group)
        goldens = opened.store.goldens()
    if context.json:
        output.print_json(_document(found, goldens))
        return
    whom = ", ".join(_golden_for(found, goldens))
    output.print_line(f"image {found.id}: {found.filename}: {f'golden for {whom}' if whom else 'not golden'}")


@app.command("remove")
def remove_image(
    ctx: typer.Context,
    *,
    image: Reference,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Take an image out of the catalogue, with its golden rules; the file stays where it is."""
    context = of(ctx)
    with context.open() as opened:
        found = _find(opened, image)
        if not yes:
            if not output.can_ask():
                raise UsageError(f"this would remove {found.filename}, and there is no terminal to ask on; add --yes")
            if not typer.confirm(f"Remove image {found.id}, {found.filename}?", default=False, err=True):
                raise typer.Abort
        opened.store.remove_image(found.id)
    if context.json:
        output.print_json({"removed": found.id, "filename": found.filename})
    else:
        output.print_line(f"image {found.id}: removed; its file is still {found.path}")


@app.command("verify")
def verify_image(ctx: typer.Context, image: Reference) -> None:
    """Hash an image's file once more and compare it with what was added."""
    from swimctl import catalogue

    context = of(ctx)
    with context.open() as opened:
        found = _find(opened, image)
        with _bar(context, f"hashing {found.filename}") as progress:
            catalogue.verify(found, progress)
    if context.json:
        output.print_json({"id": found.id, "filename": found.filename, "intact": True})
    else:
        output.print_line(f"image {found.id}: {found.filename} is the file that was added")


def _describe(path: Path, given: dict[str, str | None], kind: ImageKind | None, *, ask: bool) -> ImageName:
    """Tell what the image is, and ask on a terminal for what its name does not say."""
    from swimctl import catalogue

    try:
        return catalogue.describe(path, **given, kind=kind)
    except catalogue.NameUnknownError as unknown:
        if not (ask and output.can_ask()):
            raise
        output.note(f"swimctl: {path.name} does not read as a vendor's image name.")
        answers = {part: typer.prompt(_QUESTIONS[part], err=True) for part in unknown.missing}
        return catalogue.describe(path, **{**given, **answers}, kind=kind)


def _find(opened: Opened, reference: str) -> Image:
    from swimctl.catalogue import find

    return find(reference, opened.store.images())


def _golden_for(image: Image, goldens: Sequence[Golden]) -> list[str]:
    return [f"group {rule.group}" if rule.group else "all" for rule in goldens if rule.image_id == image.id]


def _compared(expected: Sequence[Expected]) -> list[dict[str, str]]:
    return [{"algorithm": one.algorithm, "source": one.source} for one in expected]


def _document(image: Image, goldens: Sequence[Golden]) -> dict[str, Any]:
    return image_document(image) | {"golden": _golden_for(image, goldens)}


@contextmanager
def _bar(context: Context, label: str) -> Iterator[Progress]:
    """Show how far a long reading is, on a terminal; an image has a gigabyte and more."""
    if context.quiet or not output.is_terminal(sys.stderr):
        yield lambda _done, _total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

    columns = (TextColumn(label, markup=False), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task(label, total=None)
        yield lambda done, total: shown.update(task, completed=done, total=total)
