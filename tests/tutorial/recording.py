"""Film what README.md shows: `swimctl demo`, and what came of it, typed in a terminal of 80 columns.

python tests/tutorial/recording.py docs/pictures        makes demo.svg anew, in a minute. Look at it
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))
from support.film import Frame, film, filmed
from support.screens import screen
from tutorial.playing import terminal

TYPED: Final = ("swimctl demo", "swimctl --config swimctl-demo/config.yaml report")
COLUMNS: Final = 92
LINES: Final = 24
_LONGEST: Final = 240.0  # real seconds for one command
_TO_READ: Final = 3.0  # seconds before the next one


def record(folder: Path) -> tuple[list[Frame], list[str]]:
    """Type both commands in an empty folder; return the film, and what stood on the screen after each."""
    ended = []
    with screen(folder, COLUMNS, LINES, terminal(folder) | {"LOGNAME": "anna"}) as shown, filmed(shown) as frames:
        for line in TYPED:
            shown.type(line)
            shown.finish(_LONGEST)
            ended.append(shown.text)
            time.sleep(_TO_READ)
    return frames, ended


def main() -> None:
    """Write the film."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("pictures", type=Path, help="the folder of the pictures")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        frames, _ = record(Path(folder))
    (asked.pictures / "demo.svg").write_text(film(TYPED[0], frames, COLUMNS), encoding="utf-8")


if __name__ == "__main__":
    main()
