"""What makes docs/ a site: the hooks of MkDocs that mkdocs.yaml names.

The pages are written as a forge shows them: CommonMark, with links to any file of the tree. MkDocs has a dialect of its
own, and knows only files in docs/. So each page is rewritten on its way: lists are indented by four, an escaped bar in
the code of a table loses its backslash, and a link out of docs/ leads to a copy on the site.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any, Final

from markdown_it import MarkdownIt
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT: Final = Path(__file__).parent.parent
# Files of the tree that are pages of the site.
_PAGES: Final = {"CHANGELOG.md": "changelog.md", "CONTRIBUTING.md": "contributing.md"}
_LINK: Final = re.compile(r"(\]\()([^)#\s:/][^)#\s:]*)((?:#[^)\s]*)?\))")
_MARKER: Final = re.compile(r" {0,3}(?:[-*+]|\d{1,9}[.)])(?: {1,4}(?! )|(?= {5})|$)")
_CODE: Final = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)")
_INDENT: Final = 4  # of what belongs to an item of a list


def slug(heading: str, separator: str = "-") -> str:
    """Return the anchor of a heading, as a forge makes it: so a link leads there on both."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", separator)


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Make anchors as a forge does."""
    config.mdx_configs.setdefault("toc", {})["slugify"] = slug
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages outside docs/, and what pages link to there."""
    for source, page in _PAGES.items():
        files.append(File.generated(config, page, abs_src_path=str(ROOT / source)))
    texts = {file: file.content_string for file in files.documentation_pages()}
    linked = {target for file, text in texts.items() for target in outside(text, _place(file.src_uri))}
    for target in sorted(linked):
        files.append(File.generated(config, _on_site(target), abs_src_path=str(ROOT / target)))
    return files


def on_page_markdown(markdown: str, *, page: Page, **_: Any) -> str:
    """Return a page as MkDocs reads it."""
    uri = page.file.src_uri
    return for_mkdocs(_LINK.sub(lambda found: _relinked(found, uri), markdown))


def _place(uri: str) -> str:
    """Return the folder, from the top of the tree, of the file that a page of the site is made from."""
    source = next((source for source, page in _PAGES.items() if page == uri), f"docs/{uri}")
    return str(PurePosixPath(source).parent)


def outside(text: str, folder: str) -> Iterator[str]:
    """Yield the files, from the top of the tree, that a page in this folder links to, and that are not pages."""
    for found in _LINK.finditer(text):
        target = os.path.normpath(f"{folder}/{found[2]}")
        if not target.startswith("docs/") and target not in _PAGES and (ROOT / target).is_file():
            yield target


def _on_site(target: str) -> str:
    """Return where a file of the tree is on the site."""
    if target.startswith("docs/"):
        return target.removeprefix("docs/")
    return _PAGES.get(target) or f"files/{target}"


def _relinked(found: re.Match[str], uri: str) -> str:
    target = os.path.normpath(f"{_place(uri)}/{found[2]}")
    return f"{found[1]}{os.path.relpath(_on_site(target), PurePosixPath(uri).parent)}{found[3]}"


def for_mkdocs(text: str) -> str:
    """Return a text of CommonMark in the dialect of Python-Markdown."""
    lines = text.split("\n")
    stripped, depth = [0] * len(lines), [0] * len(lines)  # of each line: how far it is indented, and in how many items
    apart = set[int]()  # lines that need an empty one before them
    for token in MarkdownIt("commonmark").enable("table").parse(text):
        if token.map is None:
            continue
        first, end = token.map
        if token.type == "list_item_open":
            marker = _MARKER.match(lines[first][stripped[first] :])
            for number in range(first + 1, end):
                stripped[number] += len(marker[0]) if marker else 0
                depth[number] += 1
            if not all(line.strip() for line in lines[first:end]):  # then the next item begins a new list, but for this
                apart.add(end)
        elif token.type == "table_open":
            for number in range(first, end):
                lines[number] = _CODE.sub(lambda found: found[0].replace("\\|", "|"), lines[number])
        if token.type in {"table_open", "bullet_list_open", "ordered_list_open"} and not depth[first]:
            apart.add(first)
    shown = []
    for number, line in enumerate(lines):
        blanks = min(stripped[number], len(line) - len(line.lstrip(" ")))
        shown += [""] if number in apart else []
        shown.append(" " * _INDENT * depth[number] + line[blanks:] if line.strip() else "")
    return "\n".join(shown)
