"""A film of a terminal: what its screen showed, moment by moment, as one animated SVG.

A line that stands on the screen for a while is drawn once, and used by each frame that shows it. All frames lie side by
side, and one animation of CSS moves them past the window. So the file is small, has no script, and moves wherever a
page shows it as an image. A program that moves nothing shows the last frame, and so does a browser whose user wants no
motion.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from support.screens import CELL, Screen, canvas, size

_EVERY: Final = 0.5  # real seconds between two looks
_LONGEST: Final = 3.0  # seconds that the film gives to a screen which stands still
_LAST: Final = 8.0  # seconds of the last frame, before the film begins again


@dataclass(frozen=True, slots=True)
class Frame:
    """What a screen showed, a drawn line each, and for how many seconds the film shows it."""

    lines: tuple[str, ...]
    seconds: float = _EVERY


@contextmanager
def filmed(shown: Screen) -> Iterator[list[Frame]]:
    """Film a screen until the block ends; the list has the frames then."""
    frames: list[Frame] = []
    over = threading.Event()

    def look() -> None:
        while not over.wait(_EVERY):
            _add(frames, shown.lines)

    camera = threading.Thread(target=look, daemon=True)
    camera.start()
    try:
        yield frames
    finally:
        over.set()
        camera.join()
        _add(frames, shown.lines)
        frames[-1] = Frame(frames[-1].lines, _LAST)


def _add(frames: list[Frame], lines: tuple[str, ...]) -> None:
    if frames and frames[-1].lines == lines:
        frames[-1] = Frame(lines, min(frames[-1].seconds + _EVERY, _LONGEST))
    else:
        frames.append(Frame(lines))


def film(title: str, frames: Sequence[Frame], columns: int) -> str:
    """Return the film as a picture that moves."""
    wide, high = size(columns, len(frames[0].lines))
    names: dict[str, str] = {}
    shown = []
    for number, frame in enumerate(frames):
        uses = [
            f'<use href="#{names.setdefault(line, f"l{len(names)}")}" y="{row * CELL[1]:g}"/>'
            for row, line in enumerate(frame.lines)
            if line
        ]
        shown.append(f'<g transform="translate({number * wide:g})">{"".join(uses)}</g>')
    drawn = "\n".join(f'<g id="{name}">{line}</g>' for line, name in names.items())
    last = -(len(frames) - 1) * wide
    return canvas(
        title, wide, high,
        f"<style>{_motion(frames, wide)}</style>\n<defs>\n{drawn}\n</defs>\n"
        f'<g class="film" transform="translate({last:g})">\n' + "\n".join(shown) + "\n</g>",
    )  # fmt: skip


def _motion(frames: Sequence[Frame], wide: float) -> str:
    """Return the style that shows one frame after the other."""
    whole = sum(frame.seconds for frame in frames)
    passed, moments = 0.0, []
    for number, frame in enumerate(frames):
        moments.append(f"{100 * passed / whole:.2f}%{{transform:translateX({-number * wide:g}px)}}")
        passed += frame.seconds
    moments.append(f"100%{{transform:translateX({-(len(frames) - 1) * wide:g}px)}}")
    return (
        f".film{{animation:film {whole:g}s step-end infinite}}@keyframes film{{{''.join(moments)}}}"
        "@media(prefers-reduced-motion:reduce){.film{animation:none}}"
    )
