"""`swimctl parse`: what swimctl reads from the output of a device, as JSON."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from swimctl.errors import DeviceError, UsageError

app = typer.Typer()


@app.command()
def parse(
    command: Annotated[
        str,
        typer.Argument(metavar="COMMAND", help='The command that was typed, e.g. "show version"; may be abbreviated.'),
    ],
    file: Annotated[
        Path | None,
        typer.Argument(metavar="[FILE]", help="What the device printed; standard input where it is left out."),
    ] = None,
    *,
    platform: Annotated[
        str, typer.Option("--platform", "-p", metavar="P", help="The device's platform, e.g. cisco_xe.")
    ],
) -> None:
    """Show what swimctl reads from a device's output.

    The fields are those of the facts that swimctl works with. A line that it does not know and does not need is passed
    over and named as `unread`, here and on standard error. Output that it cannot read gives exit code 2 and the first
    odd line: put both into a bug report.
    """
    from swimctl import platforms
    from swimctl.platforms.text import unread

    reader = platforms.load_platform(platform).find(command).parser
    text = _read(file)
    try:
        with unread() as passed:
            facts = reader(text)
    except DeviceError as error:
        # Here the output is what the user gave, so it is a wrong input and not a device that failed.
        raise UsageError(str(error)) from None
    shown = _plain(facts)
    if passed and isinstance(shown, dict):
        shown["unread"] = [line for _, line in passed]
    typer.echo(json.dumps(shown, indent=2, ensure_ascii=False))
    for _, line in passed:
        typer.echo(f"unread: {line}", err=True)


def _read(file: Path | None) -> str:
    try:
        raw = sys.stdin.buffer.read() if file is None or str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise UsageError(
            f"cannot read '{file}': {error.strerror or error}; give a file with the device's output"
        ) from None
    # A capture may hold any byte; none of them may keep the rest from being read.
    return raw.decode("utf-8", errors="replace")


def _plain(facts: Any) -> Any:  # noqa: ANN401 - facts of any command
    if is_dataclass(facts) and not isinstance(facts, type):
        return asdict(facts)
    return [_plain(fact) for fact in facts] if isinstance(facts, tuple | list) else facts
