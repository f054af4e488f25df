"""What each error and each line of `swimctl doctor` means: for `swimctl explain`, docs/errors.md and the pages."""

from __future__ import annotations

from typing import Final

from swimctl.topics import of_devices, of_installation, of_requests

# In the order and under the headings of docs/errors.md.
PARTS: Final = {
    "What you asked for": of_requests.TOPICS,
    "A device, or the way to it": of_devices.TOPICS,
    "The store, and what only doctor says": of_installation.TOPICS,
}
TOPICS: Final = {one.name: one for part in PARTS.values() for one in part}
# Of these, a general text knows nothing that the message does not say.
SAYS_ALL: Final = frozenset({"error", "usage", "device", "step-failed", "access-refused"})


def first_sentence(text: str) -> str:
    """Return what a text begins with, up to its first full stop or colon."""
    return min((text.partition(mark)[0] for mark in (". ", ": ")), key=len).rstrip(".")


def address(page: str, site: str) -> str:
    """Return where a page is: on the team's site where config.yaml names one, else in the source of swimctl."""
    name, _, heading = page.partition("#")
    anchor = f"#{heading}" if heading else ""
    return f"{site.rstrip('/')}/{name.removesuffix('.md')}.html{anchor}" if site else f"docs/{page}"
