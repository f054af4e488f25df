"""What the pages for contributors name is there: files, links, targets of make, the tools of the hooks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from ruamel.yaml import YAML
from site_hooks import slug

ROOT = Path(__file__).parent.parent
GUIDES = ("CONTRIBUTING.md", "docs/adding-a-platform.md")
PAGES = [
    *GUIDES[:1],
    "README.md",
    "CHANGELOG.md",
    *sorted(str(page.relative_to(ROOT)) for page in ROOT.glob("docs/**/*.md")),
]
# Where a file of a table stands whose row names no folder.
HOMES = ("swimctl/platforms/NAME", "swimctl/lab/NAME", "tests/platforms/NAME")
# What stands for NAME: a platform, and in these folders a step, a test of one, a command.
NAMES = {"swimctl/steps": "readiness", "tests/steps": "who", "swimctl/cli": "job"}


def read(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def spoken(page: str) -> list[str]:
    return [word for code in re.findall(r"`([^`\n]+)`", read(page)) for word in code.split()]


def is_there(path: str) -> bool:
    name = NAMES.get(path.rpartition("/")[0], "arista_eos")
    return any(ROOT.glob(path.replace("NAME", name).replace("COMMAND", "show_version").rstrip("/")))


def paths(page: str) -> Iterator[str]:
    """Give each path from the top of the tree, whether it stands in a sentence or in a command."""
    tops = "|".join(re.escape(each.name) for each in ROOT.iterdir() if each.is_dir())
    yield from (word for word in spoken(page) if re.match(rf"(?:{tops})/", word))
    yield from re.findall(r"^ +python (?:-m pytest )?(\S+/\S+)", read(page), re.MULTILINE)


@pytest.mark.parametrize("page", GUIDES)
def test_each_path_is_there(page: str) -> None:
    named = set(paths(page))
    assert len(named) > 20
    assert [path for path in sorted(named) if not is_there(path)] == []


@pytest.mark.parametrize("page", GUIDES)
def test_each_file_at_the_top_is_there(page: str) -> None:
    named = {word for word in spoken(page) if re.fullmatch(r"[\w.-]+\.(?:md|toml|txt|yaml)|\.editorconfig", word)}
    assert named
    assert [name for name in sorted(named) if not is_there(name) and not any(map(is_there, below(name)))] == []


def below(name: str) -> list[str]:
    return [f"{home}/{name}" for home in HOMES]


def test_each_file_of_a_platform_is_there_in_one() -> None:
    rows = set(re.findall(r"^\| `([\w/*.]+\.\w+)` \|", read("docs/adding-a-platform.md"), re.MULTILINE))
    inside = {row for row in rows if not row.startswith(("swimctl/", "tests/", "pyproject"))}
    assert len(inside) > 15
    assert [row for row in sorted(inside) if not any(map(is_there, below(row)))] == []


@pytest.mark.parametrize("page", PAGES)
def test_each_link_leads_to_a_file_and_a_heading(page: str) -> None:
    links = re.findall(r"\]\(([^)\s]+)", read(page))
    assert [link for link in links if "://" not in link and not leads_somewhere(page, link)] == []


def leads_somewhere(page: str, link: str) -> bool:
    name, _, anchor = link.partition("#")
    target = ROOT.joinpath(page).parent / name if name else ROOT / page
    return target.is_file() and (not anchor or anchor in anchors(target))


@cache
def anchors(page: Path) -> set[str]:
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    return {
        slug(re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", title)) for title in re.findall(r"^#+ (.*)", text, re.MULTILINE)
    }


def test_a_link_that_leads_nowhere_is_seen() -> None:
    assert leads_somewhere("docs/ssh.md", "#bastions")
    assert leads_somewhere("docs/ssh.md", "../README.md#the-lab")
    assert not leads_somewhere("docs/ssh.md", "#bastion")
    assert not leads_somewhere("docs/ssh.md", "cli.md#swimctl-nothing")
    assert not leads_somewhere("docs/ssh.md", "nothing.md")


@pytest.mark.parametrize("page", [*GUIDES, "README.md", ".ci/run"])
def test_each_target_of_make_is_there(page: str) -> None:
    targets = set(re.findall(r"^([a-z]+):", read("Makefile"), re.MULTILINE))
    lines = re.findall(r"(?:`|^ *)make ([a-z ]+)", read(page), re.MULTILINE)
    named = {word for line in lines for word in line.split()}
    assert named
    assert named <= targets


def test_each_target_of_make_that_a_person_types_is_named() -> None:
    phony = re.search(r"^\.PHONY: (.*)", read("Makefile"), re.MULTILINE)
    assert phony
    named = set(re.findall(r"`make ([a-z]+)", read("CONTRIBUTING.md")))
    assert set(phony[1].split()) - named == {"clean", "clients"}


def test_the_hooks_run_what_make_check_runs() -> None:
    hooks = YAML(typ="safe").load(ROOT / ".pre-commit-config.yaml")["repos"][0]["hooks"]
    tools = {hook["entry"].split()[0] for hook in hooks}
    check = re.search(r"^check:.*\n((?:\t.*\n)+)", read("Makefile"), re.MULTILINE)
    assert check
    assert tools == {f".venv/bin/{tool}" for tool in re.findall(r"\$\(BIN\)/(\S+)", check[1])}
