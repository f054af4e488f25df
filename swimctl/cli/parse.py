"""`swimctl parse`: what swimctl reads from the output of a device, as JSON."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from swimctl.errors import DeviceError, UsageError

app = typer.Typer()


@app.command()
def parse(
    command: Annotated[
        str,
        typer.Argument(
            metavar="COMMAND|DIR",
            help='The command, such as "show version" (or a short form of it). Or the folder of a bundle.',
        ),
    ],
    file: Annotated[
        Path | None,
        typer.Argument(metavar="[FILE]", help="A file with the output. Without it: standard input."),
    ] = None,
    *,
    platform: Annotated[
        str | None, typer.Option("--platform", "-p", metavar="P", help=("The device's platform, such as cisco_xe."))
    ] = None,
) -> None:
    """Show what swimctl reads from a device's output.

    Lines that swimctl does not know and does not need are listed as `unread`, here and on standard error. If it cannot
    read the output, the exit code is 2, and you see the first line that is wrong. Send both with a bug report.

    With the folder of a `device capture`, it reads every file.
    """
    from swimctl import platforms
    from swimctl.captures.bundle import plain
    from swimctl.platforms.text import unread

    if platform is None:
        raise typer.Exit(_parse_bundle(Path(command), file))
    reader = platforms.commands_of(platform).find(command).parser
    text = _read(file)
    try:
        with unread() as passed:
            facts = reader(text)
    except DeviceError as error:
        # Here the output is what the user gave, so it is a wrong input and not a device that failed.
        raise UsageError(str(error)) from None
    shown = plain(facts)
    if passed and isinstance(shown, dict):
        shown["unread"] = [line for _, line in passed]
    typer.echo(json.dumps(shown, indent=2, ensure_ascii=False))
    for _, line in passed:
        typer.echo(f"unread: {line}", err=True)


def _parse_bundle(folder: Path, file: Path | None) -> int:
    from swimctl.captures.bundle import read_bundles

    if file is not None or not folder.is_dir():
        raise UsageError(
            f"'{folder}' is not a folder of `device capture`; for the output of a command, give the device's --platform"
        )
    bundles = read_bundles(folder)
    typer.echo(json.dumps({"bundles": bundles}, indent=2, ensure_ascii=False))
    rows = [row for bundle in bundles for row in bundle["commands"]]
    return 2 if any(row["parsed"] is False and not row["refused"] for row in rows) else 0


def _read(file: Path | None) -> str:
    try:
        raw = sys.stdin.buffer.read() if file is None or str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise UsageError(
            f"cannot read '{file}': {error.strerror or error}; give a file with the device's output"
        ) from None
    # A capture may hold any byte; none of them may keep the rest from being read.
    return raw.decode("utf-8", errors="replace")
