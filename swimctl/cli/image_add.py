"""swimctl image add: put an image, or the images of a folder, into the catalogue."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from swimctl.cli import output
from swimctl.cli.context import Context, caller, of
from swimctl.errors import UsageError
from swimctl.models import ImageKind
from swimctl.requests.documents import catalogued_document

if TYPE_CHECKING:
    from swimctl.images.catalogue import Progress
    from swimctl.images.folder import Left, Taken
    from swimctl.images.hash_files import Expected
    from swimctl.models import Golden, Image
    from swimctl.platforms.facts import ImageName

_QUESTIONS = {
    "platform": "Platform (cisco_xe)",
    "family": "Family, the beginning of the vendor's file name (cat9k_iosxe)",
    "version": "Version (17.09.04a)",
}


def add_image(
    ctx: typer.Context,
    *,
    path: Annotated[Path, typer.Argument(metavar="PATH", help="The image file, or a folder.")],
    platform: Annotated[str | None, typer.Option(metavar="NAME", help="If the file name does not say it.")] = None,
    family: Annotated[str | None, typer.Option(metavar="NAME", help="If the file name does not say it.")] = None,
    version: Annotated[
        str | None, typer.Option("--image-version", metavar="VERSION", help="If the file name does not say it.")
    ] = None,
    kind: Annotated[ImageKind | None, typer.Option(help="If the file name does not say it.")] = None,
    sha512: Annotated[str | None, typer.Option(metavar="HASH", help="The vendor's SHA-512, to compare.")] = None,
    md5: Annotated[str | None, typer.Option(metavar="HASH", help="The vendor's MD5, to compare.")] = None,
    recursive: Annotated[bool, typer.Option("--recursive", help="For a folder: also the folders in it.")] = False,
    no_input: Annotated[bool, typer.Option("--no-input", help="Never ask.")] = False,
) -> None:
    """Add an image file to the catalogue. The file stays where it is.

    swimctl reads its name and compares its hash with the vendor's, if there is one: in FILE.sha512, FILE.md5, a list
    such as SHA512SUMS, or --sha512. For a folder, it adds every image with a known name, lists the other files, and
    asks nothing.
    """
    context = of(ctx)
    path = path.expanduser()
    given = {"platform": platform, "family": family, "version": version}
    if path.is_dir():
        if any(said is not None for said in (*given.values(), kind, sha512, md5)):
            raise UsageError(f"{path} is a folder: this option is for one file; give the image file")
        raise typer.Exit(_add_folder(context, path, recursive=recursive))
    if recursive:
        raise UsageError(f"--recursive is for a folder, and {path} is not a folder")
    _add_file(context, path, given, kind, (sha512, md5), ask=not no_input)


def _add_file(
    context: Context,
    path: Path,
    given: dict[str, str | None],
    kind: ImageKind | None,
    hashes: tuple[str | None, str | None],
    *,
    ask: bool,
) -> None:
    from swimctl.images import catalogue, hash_files

    with context.open() as opened:
        # Looked at before anything is asked: nobody should answer questions about a file that is not there.
        catalogue.look(path)
        expected = hash_files.given(*hashes) + hash_files.beside(path)
        name = _describe(path, given, kind, ask=ask)
        with progress_bar(context, f"hashing {path.name}") as progress:
            said = [part for part, value in {**given, "kind": kind}.items() if value is not None]
            image = catalogue.add(opened.store, path, name, progress, expected, said=said, by=caller())
        goldens = opened.store.goldens()
    if context.json:
        output.print_json(_document(image, expected, goldens))
        return
    _say(image, expected)
    if given["platform"] is not None and given["platform"] != image.platform:
        output.note(
            f"swimctl: {image.filename} is for {image.platform}; devices of {given['platform']} can run it, too"
        )
    _say_golden(image, goldens)


def _add_folder(context: Context, folder: Path, *, recursive: bool) -> int:
    from swimctl.images.folder import add_all

    with context.open() as opened:
        taken = add_all(
            opened.store,
            folder,
            lambda path: progress_bar(context, f"hashing {path.name}"),
            recursive=recursive,
            by=caller(),
        )
        goldens = opened.store.goldens()
    if context.json:
        output.print_json(_folder_document(folder, taken, goldens))
    else:
        for image, expected in taken.added:
            _say(image, expected)
        for left in taken.unknown:
            output.print_line(f"not taken: {left.path}: {left.why}")
        for left in taken.wrong:
            output.print_line(f"wrong: {left.path}: {left.why}")
        output.note(
            f"swimctl: {folder}: {len(taken.added)} added, {len(taken.unknown)} not taken, {len(taken.wrong)} wrong"
        )
    return UsageError.exit_code if taken.wrong else 0


def _folder_document(folder: Path, taken: Taken, goldens: Sequence[Golden]) -> dict[str, Any]:
    def files(left: Sequence[Left]) -> list[dict[str, str]]:
        return [{"path": str(one.path), "why": one.why} for one in left]

    return {
        "folder": str(folder.absolute()),
        "count": len(taken.added),
        "images": [_document(image, expected, goldens) for image, expected in taken.added],
        "not_taken": files(taken.unknown),
        "wrong": files(taken.wrong),
    }


def _document(image: Image, expected: Sequence[Expected], goldens: Sequence[Golden]) -> dict[str, Any]:
    compared = [{"algorithm": one.algorithm, "source": one.source} for one in expected]
    return catalogued_document(image, goldens) | {"compared": compared}


def _say(image: Image, expected: Sequence[Expected]) -> None:
    what = "" if image.kind is ImageKind.IMAGE else f", {image.kind.value}"
    output.print_line(f"image {image.id}: {image.filename}: {image.platform} {image.family} {image.version}{what}")
    for one in expected:
        output.print_line(f"{one.algorithm} is the vendor's, by {one.source}")
    if not expected:
        output.note(f"swimctl: no vendor's hash was found; put {image.filename}.sha512 beside it, or give --sha512")


def _say_golden(image: Image, goldens: Sequence[Golden]) -> None:
    """Print which devices get the image by default, or what makes it golden."""
    from swimctl.images.goldens import images_of

    if image.kind is not ImageKind.IMAGE or any(rule.image_id == image.id for rule in goldens):
        return
    bare = [rule for rule in goldens if rule.release is not None and images_of(rule, [image])]
    if bare:
        rules = "; ".join(rule.whom for rule in bare)
        output.note(
            f"swimctl: {bare[0].what} is golden for {rules}: those devices of {image.family} are given this image"
        )
    else:
        output.note(f"swimctl: `swimctl image golden {image.id}` makes it the image that its devices get")


def _describe(path: Path, given: dict[str, str | None], kind: ImageKind | None, *, ask: bool) -> ImageName:
    """Return what the image is, and ask on a terminal for what its name does not say."""
    from swimctl.images import catalogue

    try:
        return catalogue.describe(path, **given, kind=kind)
    except catalogue.NameUnknownError as unknown:
        if not (ask and output.can_ask()):
            raise
        output.note(f"swimctl: {path.name} is not a vendor's image name.")
        answers = {part: typer.prompt(_QUESTIONS[part], err=True) for part in unknown.missing}
        return catalogue.describe(path, **{**given, **answers}, kind=kind)


@contextmanager
def progress_bar(context: Context, label: str) -> Iterator[Progress]:
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
