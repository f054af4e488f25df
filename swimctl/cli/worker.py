"""swimctl worker: run the jobs of a site that a coordinator elsewhere hands out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from swimctl.cli import output
from swimctl.cli.context import of
from swimctl.errors import UsageError

app = typer.Typer()


@app.command()
def worker(
    ctx: typer.Context,
    *,
    scheduler: Annotated[str, typer.Option(metavar="tls://HOST:PORT", help="The Dask scheduler.")],
    site: Annotated[str, typer.Option(metavar="SITE", help="The site whose devices it serves.")],
    tls_ca: Annotated[Path, typer.Option(metavar="FILE", help="The authority of all nodes, PEM.")],
    tls_cert: Annotated[Path, typer.Option(metavar="FILE", help="Certificate of this node, PEM.")],
    tls_key: Annotated[Path, typer.Option(metavar="FILE", help="Its private key, PEM.")],
    places: Annotated[
        int | None,
        typer.Option(metavar="N", min=1, max=500, help="How many devices at the same time. Default: swimctl.workers."),
    ] = None,
    under_way: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            min=1,
            max=5000,
            help="How many devices may have begun and not ended; one that waits leaves its place to another. Default: "
            "swimctl.under_way, else as many as --places.",
        ),
    ] = None,
    folder: Annotated[
        Path | None,
        typer.Option("--dir", metavar="DIR", help="Its own folder. Default: `worker` in swimctl.jobs_dir."),
    ] = None,
    images: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where images are kept. Default: `images` in its own folder.")
    ] = None,
) -> None:
    """Run jobs of one site until SIGTERM or Ctrl-C. A coordinator hands them out: `swimctl upgrade`, or `serve`.

    It uses the inventory and the accounts of its own config.yaml. At the first signal, jobs continue to a safe point.
    """
    if not site.strip():
        raise UsageError("--site must name a site of the inventory")
    for path in (tls_ca, tls_cert, tls_key):
        if not path.is_file():
            raise UsageError(f"{path} is no file; give --tls-ca, --tls-cert and --tls-key in PEM format")
    from swimctl.config import reading
    from swimctl.engine import dask_side
    from swimctl.engine.places import Places
    from swimctl.engine.workplace import Workplace

    context = of(ctx)
    config = reading.load(context.config_path)
    home = (folder or config.settings.jobs_dir / "worker").absolute()
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    talk = places or config.settings.workers
    most = under_way or max(talk, config.settings.under_way or 0)
    if most < talk:
        raise UsageError(f"--under-way {most} is less than --places {talk}; give at least as many")
    kept = None if images is None else images.absolute()
    place = Workplace(config, site, home, kept, Places(talk) if most > talk else None)
    if not context.quiet:
        output.note(f"swimctl worker: site {site}, scheduler {scheduler}")
    dask_side.run(place, scheduler, (tls_ca, tls_cert, tls_key), most, home / "dask")
