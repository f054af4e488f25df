"""What an error means: the topic of `swimctl explain`, as a page shows it beside the error. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from swimctl.topics import SAYS_ALL, TOPICS, address


@dataclass(frozen=True, slots=True)
class Explanation:
    """A topic. `pages`: title, name, and where the team has it as a site; that is empty where nobody knows."""

    name: str
    when: str
    steps: Sequence[str]
    pages: Sequence[tuple[str, str, str]]


def explained(code: object, site: str = "") -> Explanation | None:
    """Return what is known of an error by its code; None where its message says all, or no topic has that name."""
    if not isinstance(code, str) or code in SAYS_ALL or code not in TOPICS:
        return None
    topic = TOPICS[code]
    linked = site.startswith(("http://", "https://"))  # no browser goes from a page of a server to a file
    pages = [(title, address(page, ""), address(page, site) if linked else "") for page, title in topic.pages.items()]
    return Explanation(topic.name, topic.when, topic.steps, pages)
