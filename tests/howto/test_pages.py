"""What the tests of how-to pages go by: which blocks a page has, and that none with commands is forgotten."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from support.howto import DOCS, Page

TESTS = [path for path in sorted(Path(__file__).parent.glob("test_*.py")) if path != Path(__file__)]
TYPED = re.findall(r'Page\("([\w-]+\.md)"\)', "".join(path.read_text(encoding="utf-8") for path in TESTS))


def test_blocks_are_read_as_they_are_printed() -> None:
    page = Page("rehearsal.md")
    assert page.block("swimctl rehearse --all --canary 2") == (
        "swimctl rehearse --all --canary 2 --soak 15m --window 22:00-04:00\n"
    )
    assert page.block("swimctl device capture").count("\n") == 2
    assert Page("report.md").block("import json, sys").splitlines()[-1].startswith("            print(")


def test_a_block_with_commands_that_is_not_typed_is_found() -> None:
    page = Page("captures.md")
    page.block("swimctl device capture")
    with pytest.raises(AssertionError, match="swimctl parse"):
        page.over()
    page.over({"swimctl parse": "a reason"})
    with pytest.raises(AssertionError, match="no block has"):
        page.block("swimctl device capture")


@pytest.mark.parametrize("name", TYPED)
def test_each_page_is_there_and_has_commands_or_settings(name: str) -> None:
    assert (DOCS / name).is_file()
    assert Page(name).blocks


def test_the_pages_are_those_that_people_follow() -> None:
    assert {"behind-a-bastion.md", "with-netbox.md", "first-window.md"} <= set(TYPED)
    assert {"ssh.md", "inventories.md", "relays.md", "workers.md", "recovering-by-hand.md"} <= set(TYPED)
    assert {"plan.md", "checks.md", "workflows.md", "monitoring.md", "distribution.md"} <= set(TYPED)
