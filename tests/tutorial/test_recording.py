"""The film that README.md shows: it moves, it needs nothing from elsewhere, and `swimctl demo` still goes as in it."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from support.film import Frame, film
from tutorial.recording import COLUMNS, LINES, TYPED, record

ROOT = Path(__file__).resolve().parents[2]
PICTURE = ROOT / "docs" / "pictures" / "demo.svg"
SVG = "{http://www.w3.org/2000/svg}"
MOST = 300_000  # bytes


def text_of(frame: ET.Element, drawn: dict[str, str]) -> str:
    """Return what a frame shows, line by line."""
    return "\n".join(drawn[use.attrib["href"].removeprefix("#")] for use in frame.iter(f"{SVG}use"))


def frames_of(picture: str) -> list[str]:
    """Return what each frame of a film shows."""
    root = ET.fromstring(picture)  # noqa: S314 a picture of ours
    lines, strip = root.find(f"{SVG}defs"), root.find(f"{SVG}g[@class='film']")
    assert lines is not None
    assert strip is not None
    drawn = {line.attrib["id"]: " ".join("".join(line.itertext()).split()) for line in lines}
    return [text_of(frame, drawn) for frame in strip]


def test_a_line_is_drawn_once_and_each_frame_has_its_time() -> None:
    first, second = "<text>$ swimctl</text>", "<text>done</text>"
    picture = film("a", [Frame((first, ""), 1.0), Frame((first, second), 3.0)], 10)
    assert picture.count("$ swimctl") == 1
    assert [shown.split("\n") for shown in frames_of(picture)] == [["$ swimctl"], ["$ swimctl", "done"]]
    assert re.findall(r"([\d.]+)%\{transform:translateX\((-?\d+)px\)\}", picture) == [
        ("0.00", "0"), ("25.00", "-112"), ("100", "-112"),
    ]  # fmt: skip
    assert "animation:film 4s" in picture


def test_the_film_is_small_needs_nothing_from_elsewhere_and_shows_both_commands() -> None:
    picture = PICTURE.read_text(encoding="utf-8")
    assert len(picture) < MOST
    assert re.findall(r"<script|https?://(?!www\.w3\.org/2000/svg)|url\(|@import|xlink", picture) == []
    frames = frames_of(picture)
    assert frames[-1].startswith(f"$ {TYPED[-1]}")
    assert any(TYPED[0] in frame and "copying" in frame for frame in frames)


def test_the_readme_shows_the_film_and_the_command_in_it() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"]({PICTURE.relative_to(ROOT)})" in readme
    assert f"\n    {TYPED[0]}\n" in readme


@pytest.mark.prove
def test_the_demo_goes_as_in_the_film(tmp_path: Path) -> None:
    frames, (demo, report) = record(tmp_path)
    assert "7 of 8 devices upgraded" in report
    assert re.search(r"7 success +1 failed", demo)
    assert all(len(frame.lines) == LINES for frame in frames)
    assert len(film("the demo", frames, COLUMNS)) < MOST
