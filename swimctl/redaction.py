"""What no record may show: the secrets of a device that are known, and those that its lines of configuration name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

from swimctl.terminal import line_feeds

_MASK: Final = "********"
# Where a device logs what was configured, or shows it: `…CFGLOG_LOGGEDCMD: … logged command:username anna secret 9 …`
# (IOS, IOS-XE), `command 'set system root-authentication encrypted-password …'` (Junos), ` snmp-server community …`.
_CONFIGURES: Final = re.compile(
    r"logged command|\bcommand\s*['\"=:]|%\S*-CFGLOG\S*|"
    r"^\s*(?:username|enable|snmp-server|(?:tacacs|radius)(?:-server)?|aaa|crypto|ntp|key|neighbor|ip ospf|set)\b|"
    r"^\s*(?:password|secret|key|key-string)\s+\d+\s",
    re.IGNORECASE,
)
_NAMES: Final = re.compile(
    r"(?P<keyword>(?<![\w-])(?:(?:[A-Za-z]+-){0,4}(?:password|passphrase|(?<!ssh-)key)|passwd|secret|community(?:-string)?|key-string|md5)"
    r"(?:-value)?\b\s+(?:(?:\d{1,2}|encrypted|hash|sha\d*|role \S+|level \d+)\s+)*)(?P<secret>[^\s'\"]+|\"[^\"]*\")",
    re.IGNORECASE,
)
# An unfinished line is waited for so far; a longer one is no line of configuration.
_MOST_HELD: Final = 4_000


class Redaction:
    """Mask secrets wherever they appear; the longest first, so that no other leaves a piece of it."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._secrets = sorted({secret for secret in secrets if secret}, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, self._secrets))) if self._secrets else None

    def text(self, text: str) -> str:
        """Return a text without secrets."""
        if self._known is not None:
            text = self._known.sub(_MASK, text)
        if not _NAMES.search(text):
            return text
        return "\n".join(_without_named(line) for line in text.split("\n"))

    def data(self, value: Any) -> Any:  # noqa: ANN401 - JSON
        """Return JSON whose texts are without secrets; keys stay."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {key: self.data(each) for key, each in value.items()}
        if isinstance(value, list | tuple):
            return [self.data(each) for each in value]
        return value

    def waits_for(self, text: str) -> int:
        """Return from where on a text may become a secret with what comes next; its length where nothing may."""
        line = text.rfind("\n") + 1
        if len(text) - line < _MOST_HELD and _CONFIGURES.search(text[line:]):
            return line
        begun = max((self._begun(text, secret) for secret in self._secrets), default=0)
        cut = len(text) - begun
        for whole in self._known.finditer(text) if self._known is not None and begun else ():
            if whole.start() < cut < whole.end():
                return whole.start()
        return cut

    @staticmethod
    def _begun(text: str, secret: str) -> int:
        most = min(len(secret) - 1, len(text))
        return next((length for length in range(most, 0, -1) if text.endswith(secret[:length])), 0)


class Pieces:
    """A text that comes in pieces; a secret may come in two of them, and what tells that it is one in a third."""

    def __init__(self, redaction: Redaction) -> None:
        self._redaction = redaction
        self._line = ""  # what was shown of the line that has not ended
        self._held = ""

    def add(self, piece: str) -> str:
        """Return what may be shown by now."""
        text = self._held + piece
        whole = text.rstrip("\r")
        wait = text[len(whole) :]  # its line feed may be in the next piece
        whole = line_feeds(whole)
        cut = max(0, self._redaction.waits_for(self._line + whole) - len(self._line))
        self._held = whole[cut:] + wait
        return self._shown(whole[:cut])

    def end(self) -> str:
        """Return what was held back: nothing follows."""
        text, self._held = line_feeds(self._held), ""
        return self._shown(text)

    def _shown(self, text: str) -> str:
        before, after = self._redaction.text(self._line), self._redaction.text(self._line + text)
        self._line = (self._line + text).rpartition("\n")[2][-_MOST_HELD:]
        return after.removeprefix(before) if after.startswith(before) else self._redaction.text(text)


def _without_named(line: str) -> str:
    return _NAMES.sub(rf"\g<keyword>{_MASK}", line) if _CONFIGURES.search(line) else line
