"""The site of docs/: it builds strictly and without a network, fetches nothing, and shows what a forge shows."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import site_hooks
from markdown import Markdown
from markdown_it import MarkdownIt
from mkdocs.config import load_config
from ruamel.yaml import YAML
from support import browser

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "docs").rglob("*.md"))
# MkDocs, in a process that may open no connection.
BUILD = """
import sys
def deaf(event, _):
    if event in ("socket.connect", "socket.getaddrinfo", "urllib.Request"):
        raise SystemExit(f"a build that asks the network: {event}")
sys.addaudithook(deaf)
from mkdocs.__main__ import cli
cli()
"""
# What a page makes a browser fetch: not a link that a person may follow.
FETCHED = {"src", "srcset", "poster", "data", "action"}

pytestmark = pytest.mark.xdist_group("site")


def build(config: Path, site: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", BUILD, "build", "--strict", "-f", config, "--site-dir", site],
        env=os.environ | {"NO_MKDOCS_2_WARNING": "1"}, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    built = build(ROOT / "mkdocs.yaml", folder)
    assert built.returncode == 0, built.stderr
    return folder


class Fetched(HTMLParser):
    """Collects what a page makes a browser fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.style = tag == "style"
        for name, value in attrs:
            if name in FETCHED or (tag == "link" and name == "href"):
                self.addresses.append(value or "")
            elif name == "style":
                self.addresses += of_css(value or "")

    def handle_data(self, data: str) -> None:
        if self.style:
            self.addresses += of_css(data)


def of_css(text: str) -> list[str]:
    return re.findall(r"(?:url\(\s*['\"]?|@import\s+['\"])([^'\")]+)", text)


def foreign(addresses: list[str]) -> list[str]:
    return [each for each in addresses if re.match(r"(?:[a-z]+:)?//", each.strip(), re.IGNORECASE)]


def test_no_page_and_no_style_fetches_anything_from_elsewhere(site: Path) -> None:
    pages = sorted(site.rglob("*.html"))
    assert len(pages) > len(PAGES)
    found = {}
    for page in pages:
        parser = Fetched()
        parser.feed(page.read_text(encoding="utf-8"))
        assert parser.addresses, page
        found[page.name] = foreign(parser.addresses)
    for style in site.rglob("*.css"):
        found[style.name] = foreign(of_css(style.read_text(encoding="utf-8")))
    assert {name: addresses for name, addresses in found.items() if addresses} == {}


@pytest.mark.parametrize(
    "page",
    [
        '<script src="https://cdn.example/x.js"></script>',
        '<link rel="stylesheet" href="//fonts.example/a.css">',
        '<p style="background: url(http://a.example/b.png)">',
        "<style>@import 'https://a.example/b.css'</style>",
    ],
)
def test_what_would_be_fetched_from_elsewhere_is_seen(page: str) -> None:
    parser = Fetched()
    parser.feed(page)
    assert len(foreign(parser.addresses)) == 1


def test_the_site_has_four_parts_and_the_first_page_leads_to_each_page() -> None:
    home, *parts = YAML(typ="safe").load(ROOT / "mkdocs.yaml")["nav"]
    assert home == {"Home": "README.md"}
    assert [name for part in parts for name in part] == ["Tutorial", "How-to", "Reference", "Explanation"]
    first = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    for part in parts:
        (name,) = part
        section = first.split(f"\n## {name}\n")[1].split("\n## ")[0]
        pages = {page for page in leaves(part) if not page.startswith("platforms/")}
        linked = {site_hooks._on_site(os.path.normpath(f"docs/{link}")) for link in links(section)}
        assert pages == linked, name


def leaves(part: Any) -> Iterator[str]:
    if isinstance(part, str):
        yield part
    else:
        for each in part.values() if isinstance(part, Mapping) else part:
            yield from leaves(each)


def links(text: str) -> list[str]:
    return re.findall(r"\]\(([^)#\s]+)", text)


def test_each_mistake_ends_the_build_and_is_named(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "README.md").write_text("# Home\n\n[a](gone.md) [b](README.md#gone) [c](/gone.md)\n", encoding="utf-8")
    (docs / "forgotten.md").write_text("# Forgotten\n", encoding="utf-8")
    config = {
        "INHERIT": str(ROOT / "mkdocs.yaml"), "hooks": [str(ROOT / "tests" / "site_hooks.py")],
        "docs_dir": str(docs), "nav": ["README.md"],
    }  # fmt: skip
    (tmp_path / "mkdocs.yaml").write_text(json.dumps(config), encoding="utf-8")
    built = build(tmp_path / "mkdocs.yaml", tmp_path / "site")
    assert built.returncode == 1
    complaints = [line for line in built.stderr.splitlines() if "contributing" not in line and "changelog" not in line]
    for mistake in ("'gone.md'", "#gone'", "'/gone.md'", "forgotten.md"):
        assert sum(mistake in line for line in complaints) == 1, (mistake, complaints)


class Shape(HTMLParser):
    """What a reader sees of a page: its blocks in their order, each with its words."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002  of HTMLParser
        if tag in {"h1", "h2", "h3", "h4", "li", "pre", "td", "th", "img"}:
            self.blocks.append((tag, ""))

    def handle_data(self, data: str) -> None:
        if data.strip() and self.blocks:
            tag, words = self.blocks[-1]
            self.blocks[-1] = (tag, f"{words} {' '.join(data.split())}".strip())

    @classmethod
    def of(cls, html: str) -> list[tuple[str, str]]:
        shape = cls()
        shape.feed(re.sub(r"</?(?:code|span|strong|em|a)\b[^>]*>", "", html))
        return [(tag, " ".join(words.split())) for tag, words in shape.blocks]


@pytest.fixture(scope="module")
def dialect() -> Markdown:
    config = load_config(str(ROOT / "mkdocs.yaml"))
    settings = config["mdx_configs"] | {"toc": {"permalink": False}}
    return Markdown(extensions=config["markdown_extensions"], extension_configs=settings)


@pytest.mark.parametrize("page", [*PAGES, ROOT / "CONTRIBUTING.md"], ids=lambda page: page.name)
def test_a_page_looks_on_the_site_as_on_a_forge(page: Path, dialect: Markdown) -> None:
    text = page.read_text(encoding="utf-8")
    dialect.reset()
    shown = Shape.of(dialect.convert(site_hooks.for_mkdocs(text)))
    assert shown == Shape.of(MarkdownIt("commonmark").enable("table").render(text))
    assert len(shown) > 1


@pytest.mark.skipif(bool(browser.missing()), reason=browser.missing() or "there is a browser")
def test_from_a_disk_a_browser_asks_for_files_alone_and_the_search_finds_a_page(site: Path) -> None:
    with browser.browser() as opened:
        page = opened.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{(site / 'index.html').as_uri()}")
        page.locator("[data-md-component=search-query]").fill("bastion")
        page.locator(".md-search-result__link").first.wait_for(timeout=30_000)
        page.locator(".md-search-result__link").first.click()
        page.wait_for_load_state()
        assert "bastion" in page.locator("article").inner_text().lower()
    assert len(asked) > 5
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []
