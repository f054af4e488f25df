"""swimctl store: a backup of it, and whether it is sound."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from swimctl.cli import output
from swimctl.cli.audit import chain_document, problem_of, whole
from swimctl.cli.context import of
from swimctl.errors import StoreError
from swimctl.report import words

if TYPE_CHECKING:
    from swimctl.store import AuditChain, Store

app = typer.Typer(no_args_is_help=True)


@app.command("backup")
def backup(ctx: typer.Context, file: Annotated[Path, typer.Argument(metavar="FILE", help="A new file.")]) -> None:
    """Copy the whole store into a new file. Others may write to the store meanwhile."""
    context = of(ctx)
    with context.open() as opened:
        store = opened.present_store
        size = store.back_up(file)
        path = store.path
    if context.json:
        output.print_json({"file": file.absolute(), "store": path, "bytes": size})
    else:
        output.print_line(f"backup {file}: {words.size(size)}, checked")


@app.command("check")
def check(ctx: typer.Context) -> None:
    """Check the file, its schema and the chain of the audit. Changes nothing.

    Exit code 1: something is wrong.
    """
    context = of(ctx)
    with context.open() as opened:
        store = opened.present_store
        problems, chain = _examine(store)
        path = store.path
    if context.json:
        audit = None if chain is None else chain_document(chain)
        output.print_json({"ok": not problems, "store": path, "problems": problems, "audit": audit})
    else:
        for problem in problems:
            output.print_line(problem)
        if not problems and chain is not None:
            output.print_line(f"store {path}: no fault found; audit: {whole(chain)}")
    raise typer.Exit(1 if problems else 0)


def _examine(store: Store) -> tuple[list[str], AuditChain | None]:
    problems = store.check()
    try:
        chain = store.verify_audit()
    except StoreError as error:  # what was found before it must be seen too
        return [*problems, f"audit: {error}"], None
    misfit = problem_of(chain)
    return [*problems, *([f"audit: {misfit}"] if misfit else [])], chain
