"""What an error or a line of `swimctl doctor` means: one topic each, under the code that is printed with it.

docs/errors.md is made from these topics, and `swimctl explain` prints them where no page is at hand.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Topic:
    """One thing that can be wrong: when it is said, what to do, and which page has more.

    `steps`: what to do, one after the other. `pages`: `page.md` or `page.md#heading` in docs/, each with its title.
    `doctor`: the lines of `swimctl doctor` that are about it, by the word or words before a name or a number.
    """

    name: str
    when: str
    steps: tuple[str, ...]
    pages: Mapping[str, str]
    doctor: tuple[str, ...] = ()
