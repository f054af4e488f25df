"""Settings about who may do what: roles of one's own, and the directory that knows people."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import AfterValidator, Field, SecretStr, StringConstraints, model_validator

from swimctl.config.checks import Wrong
from swimctl.config.lengths import Length, Seconds
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
    """What a role allows, and where. An empty list would be a mistake, and no list is everywhere.

    `golden` is of all devices: whom a golden rule is for is found anew each time. A role that had it for some of them
    would never allow it.
    """

    may: Annotated[list[Act], Field(min_length=1)]
    sites: _Names | None = None
    groups: _Names | None = None

    @model_validator(mode="after")
    def _golden_everywhere(self) -> RoleSection:
        where = " and ".join(f"`{name}`" for name in ("sites", "groups") if getattr(self, name) is not None)
        if where and Act.GOLDEN in self.may:
            raise Wrong(
                f"`golden` counts for all devices, so with {where} it would allow nothing; write another role with "
                "`may: [golden]` alone, or take `golden` out"
            )
        return self

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


class LdapSection(Section):
    """The LDAP server by which people sign in."""

    url: str = Field(
        "",
        description="such as `ldaps://ldap.example.com`; empty: people sign in with swimctl's own passwords only. "
        "[How it works](security.md#people-of-your-ldap-server)",
    )
    starttls: bool = Field(
        True, description="with `ldap://`: encrypt before anything is sent; false only for an address of this machine"
    )
    ca: Path | None = Field(
        None,
        description="file with the certificates that it is trusted by, PEM; relative to config.yaml; default: "
        "those of the system",
    )
    timeout: Seconds = Field(10, description="how long a sign-in may take; then nobody is let in")
    bind_dn: str = Field("", description="account that looks for people and their groups")
    bind_password: SecretStr | dict[str, Any] | None = Field(
        None, description="its password; a secret, or `{env: NAME}` or `{file: PATH}`"
    )
    user_dn: str = Field(
        "", description="without `bind_dn`: the DN of a person, such as `uid={name},ou=people,dc=example,dc=com`"
    )
    users: str = Field("", description="DN below which people are")
    user_filter: str = Field("(uid={name})", description="how a person is found by their name")
    name: str = Field("uid", description="the attribute that is their name here")
    groups: str = Field("", description="DN below which groups are; default: as `users`")
    group_filter: str = Field("(member={dn})", description="how the groups of `{dn}` or `{name}` are found")
    nested: bool = Field(False, description="count the groups that have such a group in them, too")
    roles: dict[str, list[str]] = Field(
        default_factory=dict, description="the roles of each group, by the group's whole DN"
    )
    session: Annotated[float, Length("h")] = Field(
        8,
        gt=0,
        le=24,
        description="hours for which a sign-in is good; who left the directory has access until then",
    )
