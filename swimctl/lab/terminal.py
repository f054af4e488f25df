"""The line discipline of a switch's terminal: keys in, echo and lines out. Pure; the server does the sending."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

MORE = " --More-- "
ERASE_MORE = "\b" * len(MORE) + " " * len(MORE) + "\b" * len(MORE)

_CTRL_A, _CTRL_C, _CTRL_R, _CTRL_U, _CTRL_W, _CTRL_Z = "\x01", "\x03", "\x12", "\x15", "\x17", "\x1a"
_ERASE = frozenset("\b\x7f")
_ENDS = frozenset(f"\n{_CTRL_C}{_CTRL_Z}")


@dataclass(frozen=True, slots=True)
class Entered:
    """A line that was ended: by Enter (`key` is a newline), Ctrl-C or Ctrl-Z."""

    text: str
    key: str = "\n"

    @property
    def broken(self) -> bool:
        """Return whether Ctrl-C ended it: what was typed is thrown away."""
        return self.key == _CTRL_C

    @property
    def leaves_config(self) -> bool:
        """Return whether the user asked to leave configuration mode (Ctrl-C and Ctrl-Z both do)."""
        return self.key in {_CTRL_C, _CTRL_Z}


class Keyboard:
    """Keep what was typed until it is read: type-ahead is never lost.

    CR, LF and CR LF each count as one Enter, also where CR and LF come in two packets, one right after the other.
    """

    def __init__(self) -> None:
        self._keys = ""
        self._after_cr = False

    def feed(self, text: str, *, later: bool = False) -> None:
        """Add keys as they came from the network; `later`: so long after the last ones that a LF is a key of its own.

        Netmiko needs that: it leaves the Tcl shell with CR and goes on with LF.
        """
        if not text:
            return
        if self._after_cr and not later and text[0] in "\n\0":
            text = text[1:]
        self._after_cr = False
        if text:
            self._after_cr = text[-1] == "\r"
            self._keys += text.replace("\r\n", "\n").replace("\r\0", "\n").replace("\r", "\n")

    def key(self) -> str | None:
        """Read one key; None where nothing was typed."""
        if not self._keys:
            return None
        key, self._keys = self._keys[0], self._keys[1:]
        return key

    def swallow_enter(self) -> None:
        """Drop an Enter that was typed right after a one-key answer: it belongs to that answer."""
        self._keys = self._keys.removeprefix("\n")

    def run(self) -> str:
        """Read all keys up to the next control key; may be empty."""
        count = 0
        for key in self._keys:
            if key < " " or key == "\x7f":
                break
            count += 1
        taken, self._keys = self._keys[:count], self._keys[count:]
        return taken

    def __bool__(self) -> bool:
        return bool(self._keys)


@dataclass
class LineEditor:
    """Edit one line: echo, backspace, Ctrl-U, Ctrl-W, Ctrl-R, Ctrl-C, Ctrl-Z. `secret` input is not echoed."""

    keyboard: Keyboard
    prompt: str = ""
    secret: bool = False
    _typed: str = field(default="", init=False)

    def step(self) -> tuple[str, Entered | None]:
        """Use up the keyboard's keys until a line ends; return what to echo, and the line once it is whole."""
        echo: list[str] = []
        while self.keyboard:
            plain = self.keyboard.run()
            if plain:
                self._typed += plain
                echo.append(plain)
                continue
            key = self.keyboard.key() or ""
            if key in _ENDS:
                return self._shown(echo) + "\r\n", Entered(self._typed, key)
            echo.append(self._edit(key))
        return self._shown(echo), None

    def _shown(self, echo: list[str]) -> str:
        return "" if self.secret else "".join(echo)

    def _edit(self, key: str) -> str:
        kept = self._typed
        if key in _ERASE:
            self._typed = self._typed[:-1]
        elif key == _CTRL_U:
            self._typed = ""
        elif key == _CTRL_W:
            self._typed = self._typed.rstrip(" ").rpartition(" ")[0]
            self._typed += " " if self._typed else ""
        elif key == _CTRL_R:
            return f"\r\n{self.prompt}{self._typed}"
        return "\b \b" * (len(kept) - len(self._typed))


class Pager:
    """Hold back output that does not fit the screen. `length` 0 never holds back.

    Space shows the next screen, Enter the next line, any other key drops the rest of this command's output.
    """

    def __init__(self, length: int) -> None:
        self.length = length
        self._room = length - 1
        self._dropped = False
        self._waiting: list[str] = []

    def reset(self) -> None:
        """Start a new screen: time passed, or a question was answered."""
        self._room = self.length - 1

    def show(self, text: str) -> str:
        """Add output; return what to send now, ending in `--More--` where a key is then wanted."""
        if self._dropped:
            return ""
        if self.length <= 1:
            return text
        self._waiting.extend(_lines(text))
        return self._fill()

    @property
    def wants_key(self) -> bool:
        """Return whether `--More--` stands on the screen."""
        return bool(self._waiting)

    def press(self, key: str) -> str:
        """Answer `--More--`; return what to send now."""
        if key == " ":
            self.reset()
        elif key == "\n":
            self._room = 1
        else:
            self._waiting.clear()
            self._dropped = True
            return ERASE_MORE
        return ERASE_MORE + self._fill()

    def _fill(self) -> str:
        shown: list[str] = []
        while self._waiting and self._room > 0:
            line = self._waiting.pop(0)
            shown.append(line)
            self._room -= line.endswith("\n")
        if self._waiting:
            shown.append(MORE)
        return "".join(shown)


def _lines(text: str) -> Iterator[str]:
    start = 0
    while (end := text.find("\n", start)) >= 0:
        yield text[start : end + 1]
        start = end + 1
    if start < len(text):
        yield text[start:]


def on_screen(text: str) -> str:
    """Write text as a terminal gets it: each line ends in CR LF."""
    return text.replace("\r\n", "\n").replace("\n", "\r\n")
