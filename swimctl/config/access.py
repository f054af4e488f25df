"""Settings about who may do what: roles of one's own."""

from __future__ import annotations

import re
from typing import Annotated, Final

from pydantic import AfterValidator, Field, StringConstraints

from swimctl.config.checks import Wrong
from swimctl.config.section import Section
from swimctl.rights import BUILT_IN, Act, Grant

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def _own(name: str) -> str:
    if name in BUILT_IN:
        raise Wrong(f"{' and '.join(BUILT_IN)} come with swimctl; give yours another name")
    if not _NAME.fullmatch(name):
        raise Wrong("a role's name has 1 to 64 of a-z, A-Z, digits and . _ -")
    return name


RoleName = Annotated[str, AfterValidator(_own)]
_Names = Annotated[list[Annotated[str, StringConstraints(min_length=1)]], Field(min_length=1)]


class RoleSection(Section):
    """What a role allows, and where. An empty list would be a mistake, and no list is everywhere."""

    may: Annotated[list[Act], Field(min_length=1)]
    sites: _Names | None = None
    groups: _Names | None = None

    @property
    def grant(self) -> Grant:
        """Return it as one decides by it."""
        return Grant(
            frozenset(self.may),
            None if self.sites is None else frozenset(self.sites),
            None if self.groups is None else frozenset(self.groups),
        )


def grants(roles: dict[str, RoleSection]) -> dict[str, Grant]:
    """Return the roles of config.yaml by their names."""
    return {name: role.grant for name, role in roles.items()}


Roles = dict[RoleName, RoleSection]
