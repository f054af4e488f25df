"""swimctl image: keep the catalogue of images and the golden ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from swimctl.cli import output
from swimctl.cli.context import Opened, caller, of
from swimctl.cli.image_add import add_image, progress_bar
from swimctl.cli.image_golden import golden
from swimctl.errors import UsageError
from swimctl.report import words
from swimctl.requests.documents import catalogued_document, golden_release_documents, whom

if TYPE_CHECKING:
    from collections.abc import Sequence

    from swimctl.models import Golden, Image

app = typer.Typer(no_args_is_help=True)

Reference = Annotated[str, typer.Argument(metavar="ID|FILENAME", help="The image.")]

app.command("add")(add_image)


@app.command("list")
def list_images(ctx: typer.Context) -> None:
    """List the images, and for which devices they are golden. Then list the golden releases without a file."""
    context = of(ctx)
    with context.open() as opened:
        images, goldens = opened.store.images(), opened.store.goldens()
    releases = golden_release_documents(goldens)
    if context.json:
        documents = [catalogued_document(image, goldens) for image in images]
        output.print_json({"count": len(images), "images": documents, "golden_releases": releases})
        return
    if not images:
        output.note("swimctl: the catalogue is empty; `swimctl image add FILE` adds an image")
    else:
        _print_images(images, goldens)
    if releases:
        output.print_line()
        output.print_table(
            ("Release without a file", "Platform", "Family", "Golden"),
            [(one["release"], one["platform"], one["family"] or "any", "; ".join(one["golden"])) for one in releases],
        )


def _print_images(images: Sequence[Image], goldens: Sequence[Golden]) -> None:
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
                words.size(image.size),
                "; ".join(whom(image, goldens)),
            )
            for image in images
        ],
        roomy=("Platform", "Family", "Kind"),  # the name of the file tells them
    )


@app.command("show")
def show_image(ctx: typer.Context, image: Reference) -> None:
    """Show all that is known about one image."""
    context = of(ctx)
    with context.open() as opened:
        document = catalogued_document(_find(opened, image), opened.store.goldens())
    if context.json:
        output.print_json(document)
        return
    del document["golden_rules"]  # for programs; people read the same under `golden`
    for key, value in document.items():
        output.print_line(f"{key}: {'; '.join(value) if isinstance(value, list) else value}")


app.command("golden")(golden)


@app.command("remove")
def remove_image(
    ctx: typer.Context,
    *,
    image: Reference,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Remove an image from the catalogue, with its golden rules. The file stays."""
    context = of(ctx)
    with context.open() as opened:
        found = _find(opened, image)
        if not yes:
            if not output.can_ask():
                raise UsageError(f"this would remove {found.filename}, and there is no terminal to ask on; add --yes")
            if not typer.confirm(f"Remove image {found.id}, {found.filename}?", default=False, err=True):
                raise typer.Abort
        opened.store.remove_image(found.id, caller())
    if context.json:
        output.print_json({"removed": found.id, "filename": found.filename})
    else:
        output.print_line(f"image {found.id}: removed; its file is still {found.path}")


@app.command("verify")
def verify_image(ctx: typer.Context, image: Reference) -> None:
    """Compute an image's hash again, and compare it with the one from `image add`."""
    from swimctl.images import catalogue

    context = of(ctx)
    with context.open() as opened:
        found = _find(opened, image)
        with progress_bar(context, f"hashing {found.filename}") as progress:
            catalogue.verify(found, progress)
    if context.json:
        output.print_json({"id": found.id, "filename": found.filename, "intact": True})
    else:
        output.print_line(f"image {found.id}: {found.filename} is the file that was added")


def _find(opened: Opened, reference: str) -> Image:
    from swimctl.images.catalogue import find

    return find(reference, opened.store.images())
