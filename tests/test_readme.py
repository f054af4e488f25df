"""README.md says on one screen what swimctl is; what it says of itself and of others has a test or a source."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
FIRST, _, REST = README.partition("\n## Other tools\n")
SCREEN = 40  # lines
# What a test or a benchmark says, too: the sentence here, the file, and what stands there.
BACKED = {
    "kills it at 20 moments": ("tests/upgrade/test_interrupted.py", r"^KILLS = 20$"),
    "0.29 CPU": ("docs/performance.md", r"^\| 1,000 \| 1,000 \| 297 \| 0\.29 \| 138 MB \| 60 \|"),
    "138 MB and 60 threads": ("docs/performance.md", r"^\| 1,000 \| 1,000 \| 297 \| 0\.29 \| 138 MB \| 60 \|"),
}


def anchors(page: str) -> set[str]:
    """Return what can be linked to on a page: its headings, as GitHub and MkDocs name them."""
    headings = re.findall(r"^#+ (.*)$", page, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_first_screen_has_a_picture_two_commands_and_what_is_special() -> None:
    assert len(FIRST.splitlines()) <= SCREEN
    assert FIRST.count("![") == 1
    assert len(re.findall(r"^ {4}\S", FIRST, re.MULTILINE)) == 2
    special = re.findall(r"^- (.*(?:\n  .*)*)", FIRST, re.MULTILINE)
    assert len(special) > 5
    assert [sentence for sentence in special if "](docs/" not in sentence] == []


@pytest.mark.parametrize("sentence", BACKED)
def test_a_number_is_that_of_its_test_or_benchmark(sentence: str) -> None:
    file, line = BACKED[sentence]
    assert sentence in " ".join(FIRST.split())
    assert re.search(line, (ROOT / file).read_text(encoding="utf-8"), re.MULTILINE), file


def test_each_link_to_a_heading_leads_to_one() -> None:
    links = re.findall(r"\]\(([^)\s#:]*)#([^)\s]+)\)", README)
    assert len(links) > 5
    texts = {page: (ROOT / page).read_text(encoding="utf-8") if page else README for page, _ in links}
    assert [f"{page}#{name}" for page, name in links if name not in anchors(texts[page])] == []


def test_each_other_tool_has_a_source() -> None:
    table, _, _ = REST.partition("\n## ")
    rows = [row.strip("|").split("|") for row in table.splitlines() if row.startswith("| ")][1:]
    assert len(rows) > 8
    assert [cell for row in rows for cell in row[1:] if "](https://" not in cell] == []
