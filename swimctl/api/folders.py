"""No answer names a folder of the server: where a file lies there is nobody's business."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

from markupsafe import escape


class Folders:
    """The folders that are taken out of answers. More may be added while answers are written."""

    def __init__(self, folders: Iterable[str]) -> None:
        self.known: frozenset[str] = frozenset()
        self._written: tuple[bytes, ...] = ()
        self._any: re.Pattern[bytes] | None = None
        self.add(folders)

    def add(self, folders: Iterable[str]) -> None:
        """Hide these folders, too; never the root, as it says nothing."""
        known = self.known | {folder.rstrip("/") for folder in folders} - {""}
        if known == self.known:
            return
        # As JSON writes them, a page, and plain text; the longest first, as one may lie in another.
        longest = sorted(known, key=len, reverse=True)
        ways = [way for one in longest for way in (json.dumps(one)[1:-1], str(escape(one)), one)]
        written = [way.encode(errors="surrogateescape") for way in dict.fromkeys(ways)]
        self._any = re.compile(rb"(?<![\w.-])(?:" + b"|".join(map(re.escape, written)) + rb")(/|(?![\w.-]))")
        self._written, self.known = tuple(written), known

    def taken_out(self, body: bytes) -> bytes:
        """Leave of each path in a text, JSON or a page what comes after the folder, and of the folder itself a dot."""
        # A pattern takes a hundred times as long to find nothing.
        if self._any is None or not any(folder in body for folder in self._written):
            return body
        return self._any.sub(lambda found: b"" if found[1] else b".", body)
