"""Outputs that devices print in more than one form: the forms, what each is modelled on, which device has which. Pure.

A lab device keeps to one form of an output while it runs a release; after an upgrade it may have another, as real ones.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeAlias, TypeVar

T = TypeVar("T")
Suits: TypeAlias = "Callable[[Any, str], bool]"
"""Tell whether a device of that spec, its system's own, running that release, may print a form."""


def _any(_spec: object, _release: str) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Form(Generic[T]):
    """One form; `what` is that in which it differs, for the code that prints it.

    `sources` name what it is modelled on: captures by their paths below captures without `.txt`, and public documents
    in words. `shows` is a regular expression that finds it in a text. `named_only`: printed where a spec names it.
    """

    name: str
    what: T
    sources: tuple[str, ...]
    shows: str = ""
    suits: Suits = _any
    named_only: bool = False


class Printing(Protocol):
    """What of a device's spec decides in which forms it prints."""

    @property
    def name(self) -> str:
        """Return the device's name."""

    @property
    def forms(self) -> Mapping[Output[Any], Form[Any]]:
        """Return the forms that were chosen for it."""


@dataclass(frozen=True, slots=True)
class Output(Generic[T]):
    """The forms of an output, or of a part of it; `part` is empty where the whole differs.

    `stays`: what differs is the hardware's, so an upgrade does not change it.
    """

    command: str
    part: str
    forms: tuple[Form[T], ...]
    stays: bool = False

    def form(self, spec: Printing, release: str = "") -> Form[T]:
        """Choose the form of a device: that which its spec names, else one that suits it, always the same."""
        named: Form[T] | None = spec.forms.get(self)
        if named is not None:
            return named
        own = [each for each in self.forms if not each.named_only and each.suits(spec, release)]
        by = f"{self.command} {self.part} {spec.name} {'' if self.stays else release}"
        return own[zlib.crc32(by.encode()) % len(own)]

    def of(self, spec: Printing, release: str = "") -> T:
        """Return what differs in the form of a device."""
        return self.form(spec, release).what


Outputs: TypeAlias = tuple[Output[Any], ...]
