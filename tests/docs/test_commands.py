"""What the pages tell people to type is there: each command with its options, and each setting with its value."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer
from markdown_it import MarkdownIt
from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from swimctl.cli import app, commands, hoist
from swimctl.config.settings import Settings

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def blocks(page: Path) -> list[str]:
    """Return the code of a page, block by block."""
    tokens = MarkdownIt("commonmark").parse(page.read_text(encoding="utf-8"))
    return [token.content for token in tokens if token.type in {"fence", "code_block"}]


def typed(page: Path) -> Iterator[str]:
    """Yield each command of swimctl that a page has in a block of code; what it prints begins with `swimctl:`."""
    for block in blocks(page):
        for line in block.replace("\\\n", " ").splitlines():
            if found := re.match(r"(?:\S+/)?swimctl (?=[a-z-])", line):
                yield line[found.end() :]


@cache
def loaded(name: str) -> Any:
    return commands.load(name) if name in {entry.name for entry in commands.TABLE} else None


def mistake(line: str) -> str:
    """Return what is wrong with a command, empty if nothing is. `…` and `[` stand for what a reader fills in."""
    words = hoist(shlex.split(re.split(r" [|;&>]|\s{2,}", line)[0], comments=True))
    root = known(typer.main.get_command(app))
    while words and words[0].startswith("-"):
        if words[0].split("=")[0] not in root:
            return f"no global option {words[0]}"
        words = words[2 if words[0] in {"--config", "-c"} else 1 :]
    if not words:
        return ""
    command = loaded(words[0])
    if command is None:
        return f"no command {words[0]}"
    rest = words[1:]
    if rest and rest[0] in (inner := getattr(command, "commands", {})):
        command, rest = inner[rest[0]], rest[1:]
    elif getattr(command, "commands", None) and not getattr(command, "invoke_without_command", False):
        return f"swimctl {words[0]} has no {rest[:1]}" if rest else ""
    given = {word.split("=")[0] for word in rest if re.match(r"--?[a-z]", word)}
    return "".join(f"{words[0]} has no option {option}" for option in sorted(given - known(command)))


def known(command: Any) -> set[str]:
    return {name for one in command.params for name in (*one.opts, *one.secondary_opts)} | {"--help"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_each_command_of_a_page_is_there_with_its_options(page: Path) -> None:
    assert [f"swimctl {line}: {found}" for line in typed(page) if (found := mistake(line))] == []


def test_commands_are_found_and_mistakes_are_seen() -> None:
    assert sum(len(list(typed(page))) for page in PAGES) > 100
    assert mistake("upgrade --all --canary 2") == ""
    assert mistake("-c x.yaml image golden 1 --json") == ""
    assert mistake("upgrade --canaries 2") == "upgrade has no option --canaries"
    assert mistake("upgade --all") == "no command upgade"
    assert mistake("image gold 1") == "swimctl image has no ['gold']"


def settings(page: Path) -> Iterator[dict[str, Any]]:
    """Yield what a page has below `swimctl:` of config.yaml; data of a host is something else."""
    for block in blocks(page):
        if not re.search(r"^swimctl:$", block, re.MULTILINE):
            continue
        try:
            document = YAML(typ="safe").load(block)
        except YAMLError:
            continue
        if isinstance(document, dict) and isinstance(document.get("swimctl"), dict):
            yield document["swimctl"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_each_setting_of_a_page_is_there(page: Path) -> None:
    found = []
    for each in settings(page):
        try:
            Settings.model_validate(each)
        except ValidationError as error:
            found += [f"{one['loc']}: {one['msg']}" for one in error.errors()]
    assert found == []


def test_settings_are_found() -> None:
    assert sum(len(list(settings(page))) for page in PAGES) > 10
