"""swimctl explain: what an error or a line of `swimctl doctor` means, where no page of docs/ is at hand."""

from __future__ import annotations

import difflib
from dataclasses import asdict
from typing import Annotated

import typer

from swimctl.cli import output
from swimctl.cli.context import Context, of
from swimctl.errors import SwimctlError, UsageError
from swimctl.topics import TOPICS, address, first_sentence
from swimctl.topics.topic import Topic

app = typer.Typer()


@app.command()
def explain(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="What an error names as `more`. Without it: all names.")] = "",
) -> None:
    """Show what an error, or a line of `swimctl doctor`, means, and what to do about it."""
    context = of(ctx)
    shown = [_found(name)] if name else list(TOPICS.values())
    if context.json:
        documents = [asdict(one) | {"pages": dict(one.pages)} for one in shown]
        output.print_json(documents[0] if name else documents)
    elif name:
        _print(shown[0], _site(context))
    else:
        output.print_table(("Name", "When"), [(one.name, first_sentence(one.when)) for one in shown])


def _found(name: str) -> Topic:
    if name not in TOPICS:
        near = difflib.get_close_matches(name, TOPICS, n=3)
        meant = f"did you mean {' or '.join(near)}? " if near else ""
        raise UsageError(f"there is no explanation named '{name}'; {meant}`swimctl explain` lists all")
    return TOPICS[name]


def _print(one: Topic, site: str) -> None:
    output.print_paragraph(f"{one.name}: {one.when}")
    output.print_line()
    for step in one.steps:
        output.print_paragraph(f"- {step}")
    output.print_line()
    pages = {f"errors.md#{one.name}": "This text"} | dict(one.pages)
    for page, title in pages.items():
        output.print_line(f"{title}: {address(page, site)}")


def _site(context: Context) -> str:
    """Return where the team has the site of these pages; empty where config.yaml does not say it, or is the fault."""
    try:
        with context.open() as opened:
            return opened.config.settings.docs_url or ""
    except SwimctlError:
        return ""
