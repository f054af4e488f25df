"""What OpenSSH's client configuration says of a host, and at which line it says it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import cast


@dataclass(frozen=True, slots=True)
class Told:
    """What a configuration says of one host. `places` has file and line of each option; what was given has none."""

    options: Mapping[str, object] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)

    def text(self, option: str) -> str | None:
        """Return an option that is one text; None where it is not said, or said to be `none`."""
        value = self.options.get(option)
        return None if value is None else str(value)

    def texts(self, option: str) -> tuple[str, ...]:
        """Return an option that may be said several times, in its order."""
        return tuple(cast("Iterable[str]", self.options.get(option) or ()))

    def first_of(self, *options: str) -> str | None:
        """Return which of these options was said first: of ProxyJump and ProxyCommand the first one counts alone."""
        return next((option for option in self.options if option in options), None)
