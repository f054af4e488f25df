from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest
import typer

from swimctl.cli import app, commands, main

DOCS = Path(__file__).parents[2] / "docs" / "cli.md"
SELECTION = {"--all", "--filter", "--limit", "--group", "--exclude", "--strict"}


def walk(name: str, command: object) -> Iterator[tuple[str, object]]:
    """Yield every command that does something, with its full name."""
    inner = getattr(command, "commands", None)
    if inner is None:
        yield name, command
        return
    if getattr(command, "invoke_without_command", False):
        yield name, command
    for verb, one in inner.items():
        yield from walk(f"{name} {verb}", one)


@cache
def every_command() -> dict[str, object]:
    return {
        name: command
        for entry in commands.TABLE
        if find_spec(f"swimctl.cli.{entry.module}")
        for name, command in walk(entry.name, commands.load(entry.name))
    }


def options(command: object) -> set[str]:
    found = (parameter for parameter in command.params if parameter.param_type_name == "option")  # type: ignore[attr-defined]  # typer keeps the type private
    return {name for option in found for name in (*option.opts, *option.secondary_opts) if not option.hidden}


@cache
def sections() -> dict[str, str]:
    parts = re.split(r"^#{2,3} (.+)$", DOCS.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def documented(text: str) -> set[str]:
    """Find options that open a list's line, and those that a line of several names before its colon."""
    heads = [line.partition(":")[0] for line in text.splitlines() if line.startswith("- `-")]
    return {word for head in heads for word in re.findall(r"(?<![\w-])--?[a-z][a-z0-9-]*", head)}


@pytest.mark.parametrize("name", sorted(every_command()))
def test_every_command_and_option_is_documented_and_no_other(name: str) -> None:
    section = sections().get(f"swimctl {name}")
    assert section is not None, f"docs/cli.md has no section 'swimctl {name}'"
    known = options(every_command()[name])
    if "--filter" in known:  # described once, for all who select
        known -= SELECTION
    mentioned = documented(section) | ({"--golden"} if "`--golden`" in section else set())
    assert mentioned == known


@pytest.mark.parametrize("name", sorted(every_command()))
def test_help_names_no_type_of_a_flag_or_an_argument(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*name.split(), "--help"]) == 0
    said = capsys.readouterr().out
    assert "Usage: swimctl" in said
    assert "<bool>" not in said
    assert "<list[" not in said


def test_selection_and_global_options_are_documented_and_no_other() -> None:
    assert documented(sections()["Selecting devices"]) == SELECTION
    root = options(typer.main.get_command(app)) | {"--help"}
    assert documented(sections()["Global options"]) == root


def test_the_docs_name_no_command_that_is_not_there() -> None:
    groups = {entry.name for entry in commands.TABLE}
    named = {title.removeprefix("swimctl ") for title in sections() if title.startswith("swimctl ")}
    assert named <= groups | set(every_command())


def test_no_paragraph_of_a_help_has_a_break_that_a_terminal_would_keep() -> None:
    ragged = [name for name, one in every_command().items() if "\n" in (one.help or "").replace("\n\n", "")]  # type: ignore[attr-defined]  # typer keeps the type private
    assert ragged == []
