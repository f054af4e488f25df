"""docs/tutorial.md is played to the letter, in terminals of two sizes; what it says is on the screens then."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tutorial.playing import PAGE, acts, play

SIZES = ((80, 24), (200, 50))


def test_each_picture_of_the_page_is_made_and_there() -> None:
    page = PAGE.read_text(encoding="utf-8")
    shown = re.findall(r"\]\(pictures/([\w-]+)\.svg\)", page)
    made = [act.picture for act in acts(page) if act.picture]
    assert len(shown) > 5
    assert [name for name in shown if name not in made] == []
    assert [name for name in shown if not (PAGE.parent / "pictures" / f"{name}.svg").is_file()] == []


def test_each_block_of_the_page_is_typed() -> None:
    page = PAGE.read_text(encoding="utf-8")
    typed = [line for act in acts(page) for line in act.lines]
    assert [line.strip() for line in page.splitlines() if line.startswith("    ")] == typed


@pytest.mark.prove
@pytest.mark.timeout(900)  # it mostly waits, for minutes: it begins early
def test_the_evening_goes_as_the_page_says_on_small_and_large_terminals(tmp_path: Path) -> None:
    folders = [tmp_path / "small", tmp_path / "large"]
    for folder in folders:
        folder.mkdir()
    with ThreadPoolExecutor() as both:
        small, large = both.map(lambda each: play(each[0], *each[1]), zip(folders, SIZES, strict=True))
    for played, folder in zip((small, large), folders, strict=True):
        print("\n".join(f"== {name}\n{text}" for name, text in played.texts.items()))
        texts = {name: re.sub(r"\s+", " ", text) for name, text in played.texts.items()}
        assert re.search(r"sw4 .*not ready", texts["plan"])
        assert "11 ready" in texts["signed"]
        assert "paused" in texts["paused"]
        assert re.search(r"sw9 .*rolled back.*uplinks? lost", texts["failed"])
        assert "1 failed" in texts["failed"]
        assert "failed" not in texts["retried"].rpartition("Batch ")[2]
        assert "sw4" in texts["compliance"]
        assert "sw9" in (folder / "evening" / "night.html").read_text(encoding="utf-8")
    # A large terminal has room for what a small one has scrolled away: the command, and why sw4 is not ready.
    assert "tonight.json" in large.texts["signed"]
    assert re.search(r"sw4 .*free flash", re.sub(r"\s+", " ", large.texts["plan"]))
