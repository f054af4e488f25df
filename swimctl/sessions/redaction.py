"""What no record may show: the secrets of a device that are known, and those that a text itself names."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from html import escape
from typing import Any, Final
from urllib.parse import quote

from swimctl.platforms.terminal import plain
from swimctl.sessions.named_secrets import Span, in_private_key, named, rest_of_key

MASK: Final = "********"
# A long piece of a secret is one too: where an output was cut, the rest of it is missing, and
# a device may have nine characters of one in its prompt.
_PIECE_AT_LEAST, _PIECE_AT_MOST = 6, 9
# A terminal breaks a long line wherever it likes.
_BREAK: Final = r"(?: ?[\r\n]{1,3})?"
_BREAKS: Final = re.compile(r" ?\n")
_UNSEEN: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_ESCAPE: Final = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
# What may be the beginning of a sequence for the screen, or of a line's end.
_UNFINISHED: Final = re.compile(r"(?:\r+|\x1b(?:\[[0-9;?]*)?)\Z")
# Of a line that is longer only the beginning is shown: nobody reads it, and a secret may be anywhere in it.
_LONGEST_LINE: Final = 20_000
# A begun secret so long is not shown where what comes next is not known.
_BEGUN: Final = 3


class Redaction:
    """Mask secrets wherever they appear, also where a terminal broke or wrote over them."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        given = sorted({secret for secret in secrets if secret}, key=len, reverse=True)
        self._ways = sorted({way for secret in given for way in _spellings(secret)}, key=len, reverse=True)
        whole = [*map(_broken, self._ways)]
        self._whole = _any_of(whole)
        self._known = _any_of([*whole, *(piece for secret in given for piece in _pieces(secret))])

    def text(self, text: str) -> str:
        """Return a text without secrets."""
        return _masked(text, self.spans(text))

    def output(self, text: str) -> str:
        """Return an output without the known secrets, as long as they cannot be what the output is about.

        A short word or a number may be the name of a port or a part of a release; who reads it needs it as it is.
        """
        if self._whole is None or not (found := [*self._known_in(text, self._whole)]):
            return text
        return _masked(text, _joined(span for span in found if _is_distinct(text[slice(*span)])))

    def data(self, value: Any) -> Any:  # noqa: ANN401 - JSON
        """Return JSON whose texts are without secrets; keys stay."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {key: self.data(each) for key, each in value.items()}
        if isinstance(value, list | tuple):
            return [self.data(each) for each in value]
        return value

    def spans(self, text: str) -> list[Span]:
        """Return where secrets stand, in their order, none touching another."""
        known = () if self._known is None else self._known_in(text, self._known)
        return _joined([*known, *named(text)])

    def begun(self, text: str) -> int:
        """Return where at the end of a text a known secret may have begun; its length where none has."""
        tail = text[-3 * len(self._ways[0]) :] if self._ways else ""  # with a break behind each character
        breaks = {place for match in _BREAKS.finditer(tail) for place in range(*match.span())}
        places = [place for place in range(len(tail)) if place not in breaks]
        whole = "".join(tail[place] for place in places)
        begun = [len(whole) - length for way in self._ways if (length := _begun(whole, way))]
        return len(text) - len(tail) + places[min(begun)] if begun else len(text)

    @staticmethod
    def _known_in(text: str, known: re.Pattern[str]) -> Iterator[Span]:
        if not _UNSEEN.search(text):
            yield from (match.span() for match in known.finditer(text))
            return
        shown, places = _on_screen(text)
        for match in known.finditer(shown):
            yield places[match.start()], places[match.end() - 1] + 1


class Pieces:
    """A text of a terminal that comes in pieces: what may be shown of it, line by line, as a screen would show it.

    A secret may come in two pieces or lines, what tells that it is one in a third, and a backspace takes back what
    made it look like none: so the line that has not ended is held, and so much before it as a secret may be long.
    """

    def __init__(self, redaction: Redaction) -> None:
        self._redaction = redaction
        self._raw = ""  # what may be the beginning of a sequence for the screen
        self._text = ""  # as the screen shows it, from the beginning of a line on
        self._shown = 0  # so much of it was shown
        self._left_out = False  # the rest of a line that is too long
        self._in_key = False  # a private key has begun before

    def add(self, piece: str) -> str:
        """Return what may be shown by now."""
        text = self._raw + piece
        unfinished = _UNFINISHED.search(text)
        self._raw = unfinished[0][:100] if unfinished else ""
        self._take(text[: unfinished.start()] if unfinished else text)
        if "\n" not in piece and len(self._text) <= _LONGEST_LINE:
            return ""
        return self._show(self._whole_lines())

    def pause(self) -> str:
        """Return what may be shown where the terminal waits: the line so far, but for what may be a secret's begin."""
        return self._show(self._redaction.begun(self._text))

    def end(self) -> str:
        """Return all that was held: nothing follows, or not soon."""
        self._take(self._raw)
        self._raw = ""
        end = len(self._text.rstrip("\n"))
        begun = self._redaction.begun(self._text)
        return self._show(len(self._text), [(begun, end)] if end - begun >= _BEGUN else [])

    def _take(self, text: str) -> None:
        """Write onto the screen."""
        if self._left_out:
            _, newline, text = text.partition("\n")
            if not newline:
                return
            self._left_out = False
            text = newline + text
        self._text = plain(self._text + text) if _UNSEEN.search(text) else self._text + text
        self._shown = min(self._shown, len(self._text))
        line = self._text.rfind("\n") + 1
        if len(self._text) - line > _LONGEST_LINE:
            self._text = f"{self._text[: line + _LONGEST_LINE]} … (the rest of this line is left out)"
            self._left_out = True

    def _whole_lines(self) -> int:
        """Return up to where nothing that follows can make a secret of what is there."""
        return self._redaction.begun(self._text[: self._text.rfind("\n") + 1])

    def _show(self, end: int, more: Iterable[Span] = ()) -> str:
        if end <= self._shown:
            return ""
        spans = _joined([*self._spans(), *more])
        for begin, after in spans:
            if begin < end < after:
                end = max(self._shown, begin)
        text = _masked(self._text[:end], spans, self._shown)
        self._in_key = in_private_key(self._text[:end], within=self._in_key)
        # The line that goes on stays: its beginning tells what the rest of it is.
        kept = self._text.rfind("\n", 0, end) + 1
        self._text, self._shown = self._text[kept:], end - kept
        return text

    def _spans(self) -> list[Span]:
        spans = self._redaction.spans(self._text)
        return _joined([*spans, *rest_of_key(self._text)]) if self._in_key else spans


def _begun(text: str, secret: str) -> int:
    """Return how many characters of a secret a text ends with, all of them not counted."""
    most = min(len(secret) - 1, len(text))
    return next((length for length in range(most, 0, -1) if text.endswith(secret[:length])), 0)


def _joined(spans: Iterable[Span]) -> list[Span]:
    joined: list[Span] = []
    for begin, end in sorted(spans):
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        elif begin < end:
            joined.append((begin, end))
    return joined


def _masked(text: str, spans: Iterable[Span], begin: int = 0) -> str:
    """Return a text from a place on, with the mask for each span."""
    shown, at = [], begin
    for start, end in spans:
        if end > at and start < len(text):
            shown += [text[at : max(at, start)], MASK]
            at = end
    return "".join((*shown, text[at:]))


def _any_of(patterns: list[str]) -> re.Pattern[str] | None:
    return re.compile("|".join(patterns)) if patterns else None


@lru_cache(maxsize=512)  # a device that fetches its image has another ticket for each job
def _spellings(secret: str) -> tuple[str, ...]:
    """Return the ways in which programs write a secret into something else, the longest first."""
    encoded = repr(secret.encode())[2:-1]
    ways = {secret, json.dumps(secret)[1:-1], repr(secret)[1:-1], ascii(secret)[1:-1], encoded}
    ways |= {json.dumps(secret, ensure_ascii=False)[1:-1], escape(secret), escape(secret, quote=False)}
    ways |= {quote(secret, safe=safe) for safe in ("", "/")}
    return tuple(sorted(ways, key=len, reverse=True))


def _broken(secret: str) -> str:
    return _BREAK.join(map(re.escape, secret))


def _pieces(secret: str) -> Iterator[str]:
    """Return patterns of long pieces of a secret, each as long as it goes."""
    least = min(max(_PIECE_AT_LEAST, -(-2 * len(secret) // 3)), _PIECE_AT_MOST)
    for begin in range(len(secret) - least + 1) if len(secret) > least else ():
        piece, rest = secret[begin : begin + least], secret[begin + least :]
        more = "".join(f"(?:{_BREAK}{re.escape(each)}" for each in rest) + ")?" * len(rest)
        yield _broken(piece) + more


def _is_distinct(secret: str) -> bool:
    """Return whether a secret is one that no output has by chance."""
    kinds = (str.isalpha, str.isdigit, lambda each: not each.isalnum())
    return len(secret) >= 8 and sum(any(map(kind, secret)) for kind in kinds) >= 2


def _on_screen(text: str) -> tuple[str, list[int]]:
    """Return what a terminal shows of a text, and where each character of that stands in it."""
    skipped = {place for match in _ESCAPE.finditer(text) for place in range(*match.span())}
    shown: list[int] = []
    for place, character in enumerate(text):
        if character == "\b":
            if shown and text[shown[-1]] != "\n":
                shown.pop()
        elif place not in skipped and (character in "\r\n" or not _UNSEEN.match(character)):
            shown.append(place)
    return "".join(text[place] for place in shown), shown
