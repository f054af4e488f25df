"""swimctl audit: who did what, and whether that record is whole."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Annotated

import typer

from swimctl.cli import output
from swimctl.cli.context import of
from swimctl.errors import UsageError

if TYPE_CHECKING:
    from swimctl.store import AuditChain

app = typer.Typer(no_args_is_help=True)

_HASH = re.compile("[0-9a-f]{64}")


@app.command("list")
def list_entries(
    ctx: typer.Context,
    *,
    after: Annotated[int, typer.Option(metavar="N", min=0, help="Only entries with a higher id than this.")] = 0,
    most: Annotated[int, typer.Option("--limit", metavar="N", min=1, help="At most N.")] = 50,
) -> None:
    """List who did what, the oldest first."""
    context = of(ctx)
    with context.open() as opened:
        found = opened.present_store.audit(after, most + 1)
    entries = found[:most]
    if context.json:
        documents = [
            {
                "id": entry.id,
                "at": entry.at,
                "actor": entry.actor,
                "origin": entry.origin,
                "action": entry.action,
                "subject": entry.subject,
                "data": dict(entry.data),
            }
            for entry in entries
        ]
        output.print_json({"count": len(entries), "entries": documents})
        return
    if not entries:
        output.note("swimctl: no such entries")
        return
    output.print_table(
        ("Id", "At", "Who", "From", "Action", "Subject", "Data"),
        [
            (
                entry.id,
                output.local_time(entry.at),
                entry.actor,
                entry.origin,
                entry.action,
                entry.subject,
                json.dumps(dict(entry.data), ensure_ascii=False) if entry.data else "",
            )
            for entry in entries
        ],
        roomy={"Data"},
    )
    if len(found) > most:
        output.note(f"swimctl: there are more: --after {entries[-1].id}")


@app.command("verify")
def verify(
    ctx: typer.Context,
    *,
    last: Annotated[
        str | None,
        typer.Option(metavar="HASH", help=("A hash that an earlier verify printed. It must still be there.")),
    ] = None,
) -> None:
    """Check the chain of hashes, and name the first bad entry.

    Exit code 1: an entry is bad, or the hash of --last is gone.
    """
    context = of(ctx)
    noted = None if last is None else last.strip().lower()
    if noted is not None and not _HASH.fullmatch(noted):
        raise UsageError("--last takes the 64 hexadecimal digits that `swimctl audit verify` printed")
    with context.open() as opened:
        chain = opened.present_store.verify_audit(noted)
    problem = problem_of(chain)
    if not problem and noted is not None and chain.noted is None:
        problem = (
            f"no entry has the hash {noted}: entries were cut off at the end, or the whole chain was "
            "written again; compare with a backup from the time of that hash, and find out who may write the store"
        )
    if context.json:
        output.print_json(chain_document(chain) | {"ok": not problem, "problem": problem or None})
    else:
        output.print_line(problem or whole(chain))
    raise typer.Exit(1 if problem else 0)


def whole(chain: AuditChain) -> str:
    """Return the sentence that the chain is whole, with its hash, to be noted elsewhere."""
    return f"{chain.entries} entries, chain whole, last {chain.last}"


def problem_of(chain: AuditChain) -> str:
    """Return which entry does not fit and what to do; empty where the chain is whole."""
    if chain.misfit is None:
        return ""
    return (
        f"entry {chain.misfit} does not fit: {chain.why}; swimctl did not do that: keep a copy of the store, compare "
        f"its entries with a backup from entry {max(1, chain.misfit - 1)} on, and find out who may write the file"
    )


def chain_document(chain: AuditChain) -> dict[str, object]:
    """Write what a walk along the chain found."""
    return {"entries": chain.entries, "last": chain.last, "misfit": chain.misfit, "noted": chain.noted}
