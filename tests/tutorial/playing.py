"""Plays docs/tutorial.md to the letter, in terminals with a shell, and makes a picture of each screen that it shows.

    python tests/tutorial/playing.py docs/pictures                  makes the pictures of the page: 80 columns, 24 lines
    python tests/tutorial/playing.py FOLDER --columns 200 --lines 50

A comment before an indented block says where its lines are typed, what is waited for, and how the picture is called:

    <!-- terminal: lab; until: ready; picture: lab -->

Without `until`, each line's command has to end. A comment without a block takes a picture where it stands. `BATCH` in a
line is the batch that stood last on the work terminal.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))
from support.screens import Screen, screen

PAGE: Final = Path(__file__).parents[2] / "docs" / "tutorial.md"
_COMMENT: Final = re.compile(r"<!-- (terminal: .*?) -->\n((?:\n?(?: {4}\S.*\n)+)?)")
_LONGEST: Final = 240.0  # real seconds for one command


@dataclass(frozen=True, slots=True)
class Act:
    """What is typed in a terminal, what has to be seen then, and the name of the picture, empty where none is made."""

    terminal: str
    lines: tuple[str, ...]
    until: str = ""
    picture: str = ""


@dataclass(slots=True)
class Played:
    """What the screens showed, by picture."""

    texts: dict[str, str] = field(default_factory=dict)
    pictures: dict[str, str] = field(default_factory=dict)
    batch: str = ""


def acts(page: str) -> Iterator[Act]:
    """Read the page's acts in their order."""
    for comment, block in _COMMENT.findall(page):
        said = dict(part.strip().split(": ", 1) for part in comment.split(";"))
        lines = tuple(line.strip() for line in block.splitlines() if line.strip())
        yield Act(said.pop("terminal"), lines, said.pop("until", ""), said.pop("picture", ""))
        assert not said, f"docs/tutorial.md: {', '.join(said)} means nothing in <!-- {comment} -->"


def terminal(folder: Path, path: str | None = None) -> dict[str, str]:
    """Return the environment of a terminal whose home is a folder; swimctl is that of this Python."""
    return {
        "PATH": path or f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(folder), "LANG": "C.UTF-8", "TZ": "Europe/Berlin",
    }  # fmt: skip


def play(folder: Path, columns: int = 80, lines: int = 24, path: str | None = None) -> Played:
    """Play the whole page in an empty folder. Raises AssertionError with the screen where something does not come."""
    environment, played = terminal(folder, path), Played()
    with ExitStack() as stack:
        screens: dict[str, Screen] = {}
        for act in acts(PAGE.read_text(encoding="utf-8")):
            if act.terminal not in screens:
                screens[act.terminal] = stack.enter_context(screen(folder, columns, lines, environment))
            _act(act, screens, played)
    return played


def _act(act: Act, screens: Mapping[str, Screen], played: Played) -> None:
    shown = screens[act.terminal]
    if work := screens.get("work"):
        played.batch = next(iter(re.findall(r"[Bb]atch ([0-9a-f]{8})", work.text)), played.batch)
    for line in (each.replace("BATCH", played.batch) for each in act.lines):
        if shown.at_prompt:
            shown.type(line)
        else:  # a program asks
            shown.press(f"{line}\r")
        if not act.until:
            shown.finish(_LONGEST)
    if act.until:
        shown.wait_for(act.until, _LONGEST)
    shown.stand_still()
    if act.picture:
        played.texts[act.picture] = shown.text
        played.pictures[act.picture] = shown.svg(act.lines[-1] if act.lines else act.picture)


def main() -> None:
    """Play the page, and write its pictures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("pictures", type=Path, help="the folder of the pictures")
    parser.add_argument("--columns", type=int, default=80)
    parser.add_argument("--lines", type=int, default=24)
    asked = parser.parse_args()
    asked.pictures.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        played = play(Path(folder), asked.columns, asked.lines)
    for name, picture in played.pictures.items():
        (asked.pictures / f"{name}.svg").write_text(picture, encoding="utf-8")


if __name__ == "__main__":
    main()
