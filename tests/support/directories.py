"""A directory of people that answers as a test says."""

from __future__ import annotations

from dataclasses import dataclass, field

from support.accounts import PASSWORD

from swimctl.accounts.directory import Person
from swimctl.errors import DirectoryAway


@dataclass
class Scripted:
    """A directory that knows one password for all, and says whom it was asked for."""

    people: dict[str, Person] = field(default_factory=dict)
    away: bool = False
    asked: list[str] = field(default_factory=list)

    def sign_in(self, name: str, password: str) -> Person | None:
        self.asked.append(name)
        if self.away:
            raise DirectoryAway("ldaps://ldap.example.com", "it has not answered within 10 s")
        return self.people.get(name.lower()) if password == PASSWORD else None

    def check(self) -> str:
        return "answers"
