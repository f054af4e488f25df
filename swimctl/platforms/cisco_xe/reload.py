"""The `reload` of every Cisco IOS device, and the save before it: their questions, and what its log tells of them."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import SessionLost, StepFailed
from swimctl.platforms.base import Sent, Trace
from swimctl.platforms.cisco_xe.log import messages_after
from swimctl.platforms.cisco_xe.reading import Reading
from swimctl.platforms.facts import InstallOutcome
from swimctl.platforms.terminal import Answer, answer

_SAVE: Final = (
    answer(r"destination filename \[startup-config\]\?", ""),
    answer(r"overwrite the previous nvram configuration\?.*\[confirm\]", "", one_key=False),
)
# operators.md §5b, device-facts §1.9: every question that was seen around a reload, with the one answer for it.
_TOO_SMALL: Final = "Boot variable either does not exist or buffer is too small"
_ANSWERS: Final[tuple[Answer, ...]] = (
    answer(rf"{_TOO_SMALL}.*\[confirm\]", "n", one_key=True),
    # Saved just before; what was changed since is saved too, as the reload would lose it.
    answer(r"configuration has been modified\. save\?.*\[yes/no\]", "yes"),
    answer(r"proceed with reload\?.*\[confirm\]", ""),
)
_PROCEED: Final = re.compile(r"proceed with reload\?", re.IGNORECASE)
_RELOADING: Final = re.compile(r"%SYS-\d-RELOAD:")


def save(read: Reading) -> None:
    """Save the running configuration."""
    reply = read.converse("write memory", _SAVE, read.limits.save)
    if reply.dropped:
        raise SessionLost("the session ended in 'write memory'")
    if "[OK]" not in reply.text:
        raise StepFailed(f"'write memory' did not say [OK] but {reply.text.strip()[-120:]!r}; nothing was installed")


def reload(read: Reading) -> Sent:
    """Reload the device; StepFailed where it did not ask to proceed."""
    reply = read.converse("reload", _ANSWERS, read.limits.activate)
    if reply.dropped:
        return Sent(InstallOutcome("reload", succeeded=None), dropped=True)
    if _TOO_SMALL.casefold() in reply.text.casefold():
        raise StepFailed(f"'reload' asked '{_TOO_SMALL}', and was answered no")
    if not _PROCEED.search(reply.text):
        raise StepFailed(f"'reload' did not ask to proceed but said {reply.text.strip()[-120:]!r}")
    return Sent(InstallOutcome("reload", succeeded=True, reload_announced=True))


def trace_reload(read: Reading, mark: str | None) -> Trace:
    """Return from the device's log whether a reload was asked for after the mark; it ends with the log itself."""
    after = messages_after(read.log(), mark)
    if after is None:
        return Trace(None, None)
    return Trace(received=any(_RELOADING.search(message) for message in after), finished=False)
