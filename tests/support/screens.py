"""A shell in a terminal of a given size, as a person has one, and what its screen shows: text, or a picture.

pyte reads what programs send to the terminal, so a picture has what stands on the screen and nothing that has scrolled
away or was drawn over.
"""

from __future__ import annotations

import copy
import fcntl
import html
import os
import pty
import re
import signal
import struct
import subprocess
import termios
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import pyte

PROMPT: Final = "$ "
_AT_PROMPT: Final = r"(?:^|\n)\$$"
CELL: Final = (8.4, 18.0)  # of a letter of 14 px, in pixels
_EDGE: Final = 14.0
_COLOURS: Mapping[str, str] = {
    "default": "#d8dee9", "black": "#4c566a", "red": "#e5707a", "green": "#8fbf7f", "brown": "#e0b860",
    "blue": "#7aa2d6", "magenta": "#c08bbf", "cyan": "#7fbfc9", "white": "#eceff4",
}  # fmt: skip
_PAPER = "#20242c"
_SECOND: Final = 1049  # the mode of xterm that is the second screen
_LAST_TURN = 0.3  # real seconds without a new letter: the screen stands still


class _Terminal(pyte.Screen):
    """pyte's terminal with what it lacks: the second screen, of programs that give back the first one when they end."""

    _first: tuple[Any, Any] | None = None

    def set_mode(self, *modes: int, **how: Any) -> None:
        if how.get("private") and _SECOND in modes:
            self._first = (copy.deepcopy(self.buffer), copy.copy(self.cursor))
            self.erase_in_display(2)
        super().set_mode(*modes, **how)

    def reset_mode(self, *modes: int, **how: Any) -> None:
        if how.get("private") and _SECOND in modes and self._first is not None:
            self.buffer, self.cursor = self._first
            self._first = None
            self.dirty.update(range(self.lines))
        super().reset_mode(*modes, **how)

    def texts(self) -> dict[int, str]:
        """Return the text of each line that is another one since the last call, without the blanks at its end."""
        changed = {number: self.buffer[number] for number in self.dirty if number < self.lines}
        self.dirty.clear()
        columns, blank = range(self.columns), self.default_char
        return {
            number: "".join(cells.get(column, blank).data for column in columns).rstrip()
            for number, cells in changed.items()
        }


class Screen:
    """A terminal with a shell. `type` enters a line, `wait_for` reads until something stands on the screen."""

    def __init__(self, keyboard: int, columns: int, lines: int) -> None:
        self._keyboard = keyboard
        self._screen = _Terminal(columns, lines)
        self._stream = pyte.ByteStream(self._screen)
        self._lock = threading.Lock()
        self._lines: dict[int, str] = {}
        self._last = time.monotonic()

    def listen(self) -> None:
        """Read what the programs send, until the terminal is gone."""
        with suppress(OSError):
            while sent := os.read(self._keyboard, 65536):
                with self._lock:
                    self._stream.feed(sent)
                    self._last = time.monotonic()

    def type(self, line: str) -> None:
        """Type a line and Enter on an empty screen, so that a picture shows this command alone."""
        self.press("\x0c")
        self.stand_still()
        self.press(line)
        self.wait_for(re.escape(line[:20]), 10)
        self.press("\r")

    def press(self, keys: str) -> None:
        """Press keys; no Enter comes after them."""
        os.write(self._keyboard, keys.encode())

    @property
    def text(self) -> str:
        """What stands on the screen, without the blanks at the ends of lines."""
        with self._lock:
            self._lines |= self._screen.texts()
            return "\n".join(self._lines.get(number, "") for number in range(self._screen.lines)).rstrip()

    def wait_for(self, pattern: str, seconds: float) -> str:
        """Wait until a regular expression is found on the screen; return what it found."""
        end = time.monotonic() + seconds
        while not (found := re.search(pattern, self.text)):
            assert time.monotonic() < end, f"no {pattern!r} within {seconds} s:\n{self.text}"
            time.sleep(0.05)
        return found.group()

    def gone(self, pattern: str, seconds: float) -> None:
        """Wait until a regular expression is not found on the screen any more."""
        end = time.monotonic() + seconds
        while re.search(pattern, self.text):
            assert time.monotonic() < end, f"still {pattern!r} after {seconds} s:\n{self.text}"
            time.sleep(0.05)

    @property
    def at_prompt(self) -> bool:
        """Whether the shell asks for a command."""
        return re.search(_AT_PROMPT, self.text) is not None

    def finish(self, seconds: float) -> None:
        """Wait until the shell asks for the next command."""
        self.stand_still()
        self.wait_for(_AT_PROMPT, seconds)

    def stand_still(self) -> None:
        """Wait until nothing new comes for a moment."""
        while time.monotonic() < self._last + _LAST_TURN:
            time.sleep(0.02)

    def svg(self, title: str) -> str:
        """Return the screen as a picture."""
        rows = self._rows()
        drawn = "\n".join(text for number, row in enumerate(rows) for text in _row(number, row))
        return canvas(title, *size(len(rows[0]), len(rows)), drawn)

    @property
    def lines(self) -> tuple[str, ...]:
        """What stands on the screen, each line drawn as if it were the first one; empty where nothing is."""
        return tuple("".join(_row(0, row)) for row in self._rows())

    def _rows(self) -> list[list[Any]]:
        with self._lock:
            return [
                [self._screen.buffer[row][column] for column in range(self._screen.columns)]
                for row in range(self._screen.lines)
            ]


def size(columns: int, lines: int) -> tuple[float, float]:
    """Return how wide and how high the picture of a terminal is."""
    return columns * CELL[0] + 2 * _EDGE, lines * CELL[1] + 2 * _EDGE


def canvas(title: str, wide: float, high: float, drawn: str) -> str:
    """Return a picture of a terminal, with what is drawn in it."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide:.0f}" height="{high:.0f}" '
        f'viewBox="0 0 {wide:.0f} {high:.0f}" role="img" '
        f'font-family="ui-monospace, DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="14">\n'
        f"<title>{html.escape(title)}</title>\n"
        f'<rect width="100%" height="100%" rx="8" fill="{_PAPER}"/>\n{drawn}\n</svg>\n'
    )


def _row(number: int, cells: list[Any]) -> Iterator[str]:
    """Give the texts of one line; letters that look the same are one text."""
    place = 0
    for (fore, back, bold, reverse), group in groupby(cells, lambda cell: (cell.fg, cell.bg, cell.bold, cell.reverse)):
        text = "".join(cell.data for cell in group)
        left, top = _EDGE + place * CELL[0], _EDGE + number * CELL[1]
        place += len(text)
        paint, paper = _colour(fore), _PAPER if back == "default" else _colour(back)
        if reverse:
            paint, paper = paper, paint
        if paper != _PAPER:
            width = len(text) * CELL[0]
            yield f'<rect x="{left:.1f}" y="{top:.1f}" width="{width:.1f}" height="{CELL[1]}" fill="{paper}"/>'
        if text.strip():
            start = left + (len(text) - len(text.lstrip())) * CELL[0]
            shown, weight = text.strip(), ' font-weight="bold"' if bold else ""
            yield (
                f'<text x="{start:.1f}" y="{top + 13.5:.1f}" textLength="{len(shown) * CELL[0]:.1f}" '
                f'xml:space="preserve" fill="{paint}"{weight}>{html.escape(shown)}</text>'
            )


def _colour(name: str) -> str:
    known = _COLOURS.get(name.removeprefix("bright"))
    return known or (f"#{name}" if re.fullmatch("[0-9a-f]{6}", name) else _COLOURS["default"])


@contextmanager
def screen(folder: Path, columns: int, lines: int, environment: Mapping[str, str]) -> Iterator[Screen]:
    """Open a terminal with a shell in a folder; what still runs there ends with it."""
    keyboard, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
    given = {**environment, "PS1": PROMPT, "TERM": "xterm-256color"}
    # The first terminal that the leader of a session opens is its own: so Ctrl-C comes to what runs there.
    shell = subprocess.Popen(
        ["sh", "-c", 'exec bash --noprofile --norc -i <>"$0" >&0 2>&0', os.ttyname(terminal)],
        cwd=folder, env=given, stdin=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    shown = Screen(keyboard, columns, lines)
    listener = threading.Thread(target=shown.listen, daemon=True)
    listener.start()
    try:
        shown.finish(20)
        yield shown
    finally:
        shell.send_signal(signal.SIGHUP)
        try:
            shell.wait(10)
        except subprocess.TimeoutExpired:
            shell.kill()
            shell.wait()
        os.close(terminal)
        listener.join(5)
        os.close(keyboard)
