"""Ask an LDAP server, in a process of its own. The only importer of python-ldap.

libldap keeps no deadline while TLS begins, nor inside an answer: a server that falls silent there holds its thread for
ever, and no other thread may close its connection. A process can be ended.

It reads one question as JSON from standard input and writes one answer, so that no password is in a list of processes.
What decides is a bind with the password of who signs in. Nothing is sent before TLS is there and its certificate was
checked; what the machine's own ldap.conf says of that does not count (`LDAPNOINIT`).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

import ldap
from ldap.dn import dn2str, escape_dn_chars, str2dn
from ldap.filter import escape_filter_chars

MOST_GROUPS: Final = 1000
DEEPEST: Final = 10  # groups in groups
_TLS_1_2: Final = 0x303
# What a server says of somebody who is not let in; anything else says nothing of them.
_NOT_LET_IN: Final = (
    ldap.INVALID_CREDENTIALS, ldap.INAPPROPRIATE_AUTH, ldap.NO_SUCH_OBJECT, ldap.INVALID_DN_SYNTAX,
    ldap.UNWILLING_TO_PERFORM, ldap.CONSTRAINT_VIOLATION, ldap.INSUFFICIENT_ACCESS,
)  # fmt: skip

Answer = dict[str, Any]
Found = tuple[str, list[str]]  # the DN of a person, and their names here: one, if all is well


def plain_dn(text: str) -> str | None:
    """Return a DN as all spellings of it read alike; None: it is none."""
    try:
        parts = str2dn(text)
    except (ldap.DECODING_ERROR, ValueError):
        return None
    if not parts:
        return None
    plain = [
        sorted((kind.strip().lower(), " ".join(value.lower().split()), 1) for kind, value, _ in part) for part in parts
    ]
    return str(dn2str(plain))


def answered(asked: Answer) -> Answer:
    """Return `person`, `refused`, `seen`, or `away` with why nobody can say."""
    try:
        return _checked(asked) if asked["check"] else _signed_in(asked)
    except ldap.LDAPError as error:
        said = error.args[0] if error.args and isinstance(error.args[0], dict) else {}
        why = ": ".join(filter(None, (str(said.get("desc", type(error).__name__)), str(said.get("info", "")))))
        return {"away": _without_secrets(why, asked)}


def _without_secrets(text: str, asked: Answer) -> str:
    """Return what a server says, for a log: one line, and no password, though the server repeats it.

    It goes to those alone who keep this machine, so a DN stays in it: it says whom or what the server means.
    """
    secrets = filter(None, (asked.get("password"), asked.get("bind_password")))
    for secret in sorted(secrets, key=len, reverse=True):  # one may be a part of the other
        text = text.replace(secret, "***")
    return "".join(one if one.isprintable() else " " for one in text)


def _signed_in(asked: Answer) -> Answer:
    name, password = asked["name"], asked["password"]
    # A bind without a password is good at many servers, and proves nothing.
    if not name or not password or "\0" in name + password:
        return {"refused": True}
    if asked["user_dn"]:
        with _connected(asked) as own:
            dn = asked["user_dn"].replace("{name}", escape_dn_chars(name))
            found = _person(own, asked) if _let_in(own, dn, password) else None
            if found is None or plain_dn(found[0]) != plain_dn(dn):
                return {"refused": True}
            return _told(own, asked, found)
    with _connected(asked) as searching, _connected(asked) as own:
        if not _let_in(searching, asked["bind_dn"], asked["bind_password"]):
            return {"away": f"it refuses bind_dn {asked['bind_dn']} or its password"}
        found = _person(searching, asked)
        if found is None or not _let_in(own, found[0], password):
            return {"refused": True}
        return _told(searching, asked, found)


def _told(connection: Any, asked: Answer, found: Found) -> Answer:  # noqa: ANN401 - python-ldap has no types
    """Return who has signed in. Nobody who has several names: who may add one could add that of somebody else."""
    if len(found[1]) != 1:
        return {"refused": True, "several": f"{found[0]} has {len(found[1])} values of {asked['attribute']}"}
    return {"person": found[1][0], "groups": _groups(connection, asked, (found[0], found[1][0]))}


def _checked(asked: Answer) -> Answer:
    with _connected(asked) as connection:
        if asked["user_dn"]:
            connection.whoami_s()  # it answers, and its certificate is right
            return {"seen": "answers; nobody was signed in"}
        if not _let_in(connection, asked["bind_dn"], asked["bind_password"]):
            return {"away": f"it refuses bind_dn {asked['bind_dn']} or its password"}
        connection.search_ext_s(asked["users"], ldap.SCOPE_BASE, attrlist=["1.1"])
        return {"seen": f"knows {asked['bind_dn']}, and has {asked['users']}"}


@contextmanager
def _connected(asked: Answer) -> Iterator[Any]:
    """Yield a connection, encrypted unless it does not leave this machine."""
    connection = ldap.initialize(asked["url"])
    try:
        connection.protocol_version = ldap.VERSION3
        connection.set_option(ldap.OPT_REFERRALS, ldap.OPT_OFF)  # the password is for this server alone
        connection.set_option(ldap.OPT_NETWORK_TIMEOUT, asked["timeout"])
        connection.set_option(ldap.OPT_TIMEOUT, asked["timeout"])
        connection.timeout = asked["timeout"]
        if asked["encryption"]:
            connection.set_option(ldap.OPT_X_TLS_REQUIRE_CERT, ldap.OPT_X_TLS_DEMAND)
            connection.set_option(ldap.OPT_X_TLS_PROTOCOL_MIN, _TLS_1_2)
            connection.set_option(ldap.OPT_X_TLS_CACERTFILE, asked["ca"])
            connection.set_option(ldap.OPT_X_TLS_NEWCTX, 0)  # the last one: it takes what was set before
        if asked["encryption"] == "starttls":
            connection.start_tls_s()
        yield connection
    finally:
        with suppress(ldap.LDAPError):
            connection.unbind_s()


def _let_in(connection: Any, dn: str, password: str) -> bool:  # noqa: ANN401 - python-ldap has no types
    """Return whether the server takes this password."""
    try:
        connection.simple_bind_s(dn, password)
    except _NOT_LET_IN:
        return False
    return True


def _person(connection: Any, asked: Answer) -> Found | None:  # noqa: ANN401
    """Return the one entry that has the name; None: there is none, or more than one."""
    wanted = asked["user_filter"].replace("{name}", escape_filter_chars(asked["name"], 1))
    attribute = asked["attribute"]
    try:
        rows = connection.search_ext_s(asked["users"], ldap.SCOPE_SUBTREE, wanted, [attribute], sizelimit=2)
    except ldap.SIZELIMIT_EXCEEDED:
        return None
    found = [(dn, entry) for dn, entry in rows if dn is not None]  # without a DN, it points to another server
    if len(found) != 1:
        return None
    dn, entry = found[0]
    values: list[bytes] = next((values for key, values in entry.items() if key.lower() == attribute.lower()), [])
    # One person is one user, in whatever case they write themselves. Of letters of ASCII alone: the sign of Kelvin in
    # lower case is a `k`, and would make a name that somebody else has.
    return dn, sorted({value.lower().decode("utf-8", "replace") for value in values})


def _groups(connection: Any, asked: Answer, person: tuple[str, str]) -> list[str]:  # noqa: ANN401
    """Return which of the groups that were asked for a person is in, with `nested` through groups in groups too."""
    found: set[str | None] = set()
    members = [person[0]]
    for _ in range(DEEPEST if asked["nested"] else 1):
        above: list[str] = []
        for member in members:
            wanted = asked["group_filter"].replace("{dn}", escape_filter_chars(member, 1))
            wanted = wanted.replace("{name}", escape_filter_chars(person[1], 1))
            rows = connection.search_ext_s(asked["groups"], ldap.SCOPE_SUBTREE, wanted, ["1.1"], sizelimit=MOST_GROUPS)
            new = [group for group, _ in rows if group is not None and plain_dn(group) not in found]
            found |= {plain_dn(group) for group in new}
            above += new
        members = above
        if not members or len(found) > MOST_GROUPS:
            break
    return [group for group in asked["roles"] if plain_dn(group) in found]


if __name__ == "__main__":
    sys.stdout.write(json.dumps(answered(json.load(sys.stdin))))
