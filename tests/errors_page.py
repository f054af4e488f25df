"""What each error and each line of `swimctl doctor` means: docs/errors.md is made from the topics of `swimctl explain`.

`python tests/errors_page.py` writes the page anew.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from pathlib import Path

from swimctl.errors import SwimctlError
from swimctl.topics import PARTS
from swimctl.topics.topic import Topic

PAGE = Path(__file__).parent.parent / "docs" / "errors.md"
_INTRODUCTION = """\
# Errors

    $ swimctl upgrade sw99
    swimctl: error: unknown device 'sw99'; see `swimctl device list` (more: `swimctl explain selection`)
    $ swimctl explain selection

Each error that swimctl raises on purpose has a name that does not change, and a section here. The message says what was
wrong, where, and what to do next; the section says more. `swimctl explain NAME` prints it, without a network. With
`--json`, the name is `error`; in an answer of the API it is `explain`. `swimctl doctor` names these sections, too.

`python tests/errors_page.py` writes this page."""


def every_error(root: type[SwimctlError] = SwimctlError) -> Iterator[type[SwimctlError]]:
    """Yield each class of errors that swimctl.errors has."""
    yield root
    for child in root.__subclasses__():
        if child.__module__ == "swimctl.errors":
            yield from every_error(child)


def section(one: Topic, exits: dict[str, int]) -> str:
    """Return the section of a topic."""
    said = [f"Exit code {exits[one.name]}."] if one.name in exits else []
    if one.doctor:
        lines = " and ".join(f"`{line}`" for line in one.doctor)
        said.append(f"The line{'s' if len(one.doctor) > 1 else ''} {lines} of `swimctl doctor`.")
    steps = [
        textwrap.fill(step, 120, initial_indent="- ", subsequent_indent="  ", break_on_hyphens=False)
        for step in one.steps
    ]
    pages = ", ".join(f"[{title}]({page})" for page, title in one.pages.items())
    return "\n".join(
        [f"### {one.name}", "", _filled(one.when), "", *steps, "", _filled(f"{' '.join(said)} More: {pages}.")]
    )


def _filled(text: str) -> str:
    return textwrap.fill(text.strip(), 120, break_long_words=False, break_on_hyphens=False)


def page() -> str:
    """Return the page."""
    exits = {error.code: error.exit_code for error in every_error()}
    parts = (
        "\n\n".join([f"## {heading}", *(section(one, exits) for one in topics)]) for heading, topics in PARTS.items()
    )
    return "\n\n".join([_INTRODUCTION, *parts]) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
