"""Outputs of a device without what belongs to its site. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from swimctl.captures.finding import found_in, names_in, names_in_configuration, names_of, public_of
from swimctl.captures.forms import Kind, told_apart
from swimctl.captures.substitutes import Substitutes

_ADDRESS = re.compile(r"[\d.]+|[\da-fA-F:.]*:[\da-fA-F:.]*")


class Mask:
    """Replaces in all texts of one device what belongs to its site, the same value by the same one.

    `known` are names and secrets that are known beforehand. What outputs call names is learned from all of them first.
    """

    def __init__(self, key: bytes, known: Iterable[str] = ()) -> None:
        self._substitutes = Substitutes(key)
        self._public: set[str] = set()
        given = [word for word in known if not _ADDRESS.fullmatch(word)]
        self._known = {word: Kind.WORD for word in given if told_apart(word)}
        self._short = {word: Kind.WORD for word in given if not told_apart(word)}

    def learn(self, text: str, facts: Any = None) -> None:  # noqa: ANN401 - facts of any command
        """Remember the names and numbers in an output, and in what was read of it."""
        self._known |= names_in(text) | names_of(facts)
        self._public |= public_of(facts)

    def learn_configuration(self, text: str) -> None:
        """Remember the names in a configuration."""
        self._known |= names_in_configuration(text)

    def sentence(self, command: str, text: str) -> str:
        """Return what swimctl says of a command with substitutes, for names too that no output is searched for."""
        return self._replaced(command, text, {**self._short, **self.known})

    def replaced(self, command: str, text: str) -> str:
        """Return an output with substitutes, each as long as what it stands for."""
        return self._replaced(command, text, self.known)

    def _replaced(self, command: str, text: str, known: Mapping[str, Kind]) -> str:
        pieces, at = [], 0
        for each in found_in(text, command, known):
            pieces += [text[at : each.start], self._substitute(each.kind, text[each.start : each.end])]
            at = each.end
        return "".join((*pieces, text[at:]))

    @property
    def known(self) -> Mapping[str, Kind]:
        """Return what is looked for everywhere."""
        return {
            word: kind
            for word, kind in self._known.items()
            if not any(word.casefold() in public for public in self._public)
        }

    def _substitute(self, kind: Kind, value: str) -> str:
        make = {
            Kind.WORD: self._substitutes.word,
            Kind.MAC: self._substitutes.mac,
            Kind.IPV4: self._substitutes.ipv4,
            Kind.IPV6: self._substitutes.ipv6,
        }[kind]
        return make(value)
