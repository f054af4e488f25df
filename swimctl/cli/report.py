"""swimctl report: the record of a batch, for people and for programs, and whether such a file is as it was."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from swimctl.cli import output
from swimctl.cli.context import Opened, caller, of
from swimctl.cli.follow import latest_batch
from swimctl.cli.status import BatchOption
from swimctl.errors import SwimctlError, UsageError
from swimctl.report.words import Form

if TYPE_CHECKING:
    from swimctl.report.facts import Record
    from swimctl.store import Store

app = typer.Typer()


_ENDINGS = {".html": Form.HTML, ".htm": Form.HTML, ".md": Form.MD, ".json": Form.JSON, ".csv": Form.CSV}


@app.callback(invoke_without_command=True)
def report(
    ctx: typer.Context,
    *,
    batch: BatchOption = None,
    form: Annotated[
        Form | None,
        typer.Option("--format", help="How it is written. Default: by the ending of --out, else Markdown."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write it into this file.", show_default=False)
    ] = None,
    sign: Annotated[
        Path | None,
        typer.Option("--sign", metavar="KEY", help="Sign the file with this SSH key: FILE.sig.", show_default=False),
    ] = None,
    transcripts: Annotated[
        bool, typer.Option("--transcripts/--no-transcripts", help="With what the devices' terminals printed.")
    ] = True,
) -> None:
    """Write a report of a batch: what came of it, when devices were away, releases before and now, who decided what.

    Without --batch: the latest batch. On a terminal, without --format and --out: the most important on one screen.
    """
    if ctx.invoked_subcommand is not None:
        return
    context = of(ctx)
    if sign is not None and out is None:
        raise UsageError("--sign needs a file to sign: add --out FILE")
    if context.json and form not in {None, Form.JSON}:
        raise UsageError(f"--json writes JSON, and --format {form} something else; give one of them")
    chosen = form or (Form.JSON if context.json else _ENDINGS.get(out.suffix.lower()) if out else None)
    with context.open() as opened:
        record = _gathered(opened, batch, transcripts=transcripts)
    if chosen is None and out is None and output.is_terminal(sys.stdout):
        from swimctl.cli.report_screen import print_report

        print_report(record)
        return
    from swimctl.report.forms import written

    text = written(record, chosen or Form.MD)
    if out is None:
        output.write(sys.stdout, text)
        return
    _keep(out, text)
    if sign is None:
        _without_old_signature(out)
    output.note(f"swimctl: {out} is written; `swimctl report verify {out}` says later whether it is as it was")
    if sign is not None:
        from swimctl.report.signing import sign as signed

        output.note(f"swimctl: {signed(out, sign)} is its signature")


@app.command("verify")
def verify(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A report.")],
    *,
    signers: Annotated[
        Path | None,
        typer.Option("--signers", metavar="FILE", help="Allowed signers, as ssh-keygen has them.", show_default=False),
    ] = None,
    signature: Annotated[
        Path | None,
        typer.Option("--signature", metavar="FILE", help="Default: FILE.sig, if it is there.", show_default=False),
    ] = None,
) -> None:
    """Check what a report proves: that no byte was changed, who signed it, and that the store says the same.

    Exit code 1: something is wrong, or nothing is proved.
    """
    from swimctl.clock import SystemClock
    from swimctl.report.proving import holds, prove
    from swimctl.report.signing import check, signature_of

    context = of(ctx)
    try:
        raw = file.read_bytes()
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}") from error
    mark = signature or (signature_of(file) if signature_of(file).is_file() else None)
    if mark is not None and not mark.is_file():
        raise UsageError(f"--signature {mark}: there is no such file")
    if signers is not None and mark is None:
        raise UsageError(f"--signers needs a signature, and {signature_of(file)} is not there; give --signature FILE")
    signed = None if mark is None else check(file, mark, signers)
    with context.open() as opened:
        points = prove(raw, signed, _store_at_hand(opened), SystemClock())
    good = holds(points)
    if context.json:
        found = [{"what": each.what, "verdict": each.verdict.value, "message": each.said} for each in points]
        output.print_json({"ok": good, "points": found})
    else:
        for each in points:
            said = output.broken(f"{each.what}: {each.said}", 88).replace("\n", f"\n{'':12}")
            output.print_line(f"{each.verdict.value + ':':<12}{said}")
    raise typer.Exit(0 if good else 1)


def _gathered(opened: Opened, batch: str | None, *, transcripts: bool) -> Record:
    from swimctl.report.gathering import gather

    store = opened.store
    number = store.batch(batch).id if batch else latest_batch(store)
    folder = opened.config.settings.jobs_dir if transcripts else None
    return gather(store, opened.clock, number, made_by=caller().name, folder=folder)


def _keep(path: Path, text: str) -> None:
    """Write a file that only its owner reads: a report names devices, and what they printed."""
    try:
        with os.fdopen(_private(path), "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except OSError as error:
        raise UsageError(f"--out {path} cannot be written: {error.strerror}") from error


def _without_old_signature(path: Path) -> None:
    """Remove the signature of the file that was there before: beside another one it says that somebody changed it."""
    from swimctl.report.signing import is_signature, signature_of

    old = signature_of(path)
    if not is_signature(old):
        return
    try:
        old.unlink()
    except OSError as error:
        raise UsageError(
            f"{path} is written, and {old} is the signature of what was there before; it cannot be removed: "
            f"{error.strerror}; next: remove it, or sign the report with --sign KEY"
        ) from error
    output.note(f"swimctl: {old} was the signature of what was there before, and is removed")


def _private(path: Path) -> int:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    if stat.S_ISREG(os.fstat(handle).st_mode):
        os.fchmod(handle, 0o600)  # it may have been there already, for all to read
    return handle


def _store_at_hand(opened: Opened) -> Store | None:
    """Return the store, None where this machine has none: a report is proved elsewhere, too."""
    try:
        return opened.present_store
    except SwimctlError:
        return None
