"""docs/tutorial.md is played to the letter, in terminals of two sizes; what it says is on the screens then."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tutorial.playing import PAGE, acts, play

SIZES = {"small": (80, 24), "large": (200, 50)}


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
@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_the_evening_goes_as_the_page_says(tmp_path: Path, size: tuple[int, int]) -> None:
    played = play(tmp_path, *size)
    texts = {name: re.sub(r"\s+", " ", text) for name, text in played.texts.items()}
    print("\n".join(f"== {name}\n{text}" for name, text in played.texts.items()))
    assert re.search(r"sw4 .*not ready", texts["plan"])
    assert "tonight.json" in texts["signed"]
    assert "paused" in texts["paused"]
    assert re.search(r"sw9 .*rolled back.*uplinks? lost", texts["failed"])
    assert "1 failed" in texts["failed"]
    assert "failed" not in texts["retried"].rpartition("Batch ")[2]
    assert "sw4" in texts["compliance"]
    report = (tmp_path / "evening" / "report.md").read_text(encoding="utf-8")
    assert "sw9" in report
