"""Who else knows names and passwords: one question, whoever answers it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Person:
    """One whom the directory knows and whose password was right.

    `name` is the same, however it was typed; `groups` are of those that config.yaml names, as it writes them.
    """

    name: str
    groups: frozenset[str]


class Directory(Protocol):
    """A directory of people, such as an LDAP server."""

    def sign_in(self, name: str, password: str) -> Person | None:
        """Return who this is, with their groups; None: there is no such name, or the password is wrong.

        DirectoryAway: it does not answer, or not so that one could be sure.
        """

    def check(self) -> str:
        """Return what a look at it shows. DirectoryAway."""


@dataclass(frozen=True, slots=True)
class Outside:
    """A directory, and what its people may do: the roles of each group, and for how long a sign-in is good."""

    directory: Directory
    roles: Mapping[str, tuple[str, ...]]
    session: timedelta

    def roles_of(self, person: Person) -> tuple[str, ...]:
        """Return the roles of a person, in the order of config.yaml; none where no group has one."""
        found = [role for group, roles in self.roles.items() if group in person.groups for role in roles]
        return tuple(dict.fromkeys(found))
