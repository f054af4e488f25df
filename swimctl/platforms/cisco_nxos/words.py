"""What a dialogue says, without what does not matter in it."""

from __future__ import annotations

import re
from typing import Final

_BEFORE: Final = re.compile(r" (?=[,;:](?: |$))")


def plain_words(line: str) -> str:
    """Return a line with one blank between its words, and none before a comma or colon."""
    return _BEFORE.sub("", " ".join(line.split()))
