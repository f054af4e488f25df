"""IOS-XE release numbers in the three spellings that a Catalyst 9000 prints."""

from __future__ import annotations

import re
from dataclasses import dataclass

_CODENAMES = ((1604, "Everest"), (1607, "Fuji"), (1610, "Gibraltar"), (1701, "Amsterdam"), (1704, "Bengaluru"),
              (1707, "Cupertino"), (1710, "Dublin"), (1713, "IOSXE"))  # fmt: skip


@dataclass(frozen=True, slots=True, order=True)
class Release:
    """A release and its build, e.g. 17.09.04a build 3629. Ordered by age."""

    major: int
    minor: int
    rebuild: int
    letter: str = ""
    build: int = 0

    @property
    def padded(self) -> str:
        """Spell it as file names and line 1 of `show version` do: 17.09.04a."""
        return f"{self.major:02}.{self.minor:02}.{self.rebuild:02}{self.letter}"

    @property
    def plain(self) -> str:
        """Spell it as line 2 of `show version` does: 17.9.4a."""
        return f"{self.major}.{self.minor}.{self.rebuild}{self.letter}"

    @property
    def full(self) -> str:
        """Spell it as `show install summary` does: 17.09.04a.0.3629."""
        return f"{self.padded}.0.{self.build}"

    @property
    def codename(self) -> str:
        """Return the train as `show version` does."""
        train = self.major * 100 + self.minor
        return next((name for first, name in reversed(_CODENAMES) if train >= first), "Denali")

    def named(self, platform_image: str) -> str:
        """Write the line with all of its names, as line 2 of `show version` and other commands have it."""
        series = "C9800" if platform_image.startswith("C9800") else "Catalyst L3 Switch"
        return (
            f"Cisco IOS Software [{self.codename}], {series} Software ({platform_image}), "
            f"Version {self.plain}, RELEASE SOFTWARE (fc2)"
        )

    @property
    def new_dialect(self) -> bool:
        """Return whether `install` speaks as it does since 17.9.5."""
        return (self.major, self.minor, self.rebuild) >= (17, 9, 5)


def parse_release(text: str, build: int = 0) -> Release:
    """Read 17.09.04a or 17.9.4a; raise ValueError."""
    match = re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{1,2})([a-z]{0,2})", text)
    if match is None:
        raise ValueError(f"not an IOS-XE release: {text!r}; written like 17.09.04a")
    return Release(int(match[1]), int(match[2]), int(match[3]), match[4], build)
