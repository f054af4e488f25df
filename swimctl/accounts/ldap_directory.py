"""An LDAP server as a directory: what config.yaml says of it, and a process for each question to it."""

from __future__ import annotations

import ipaddress
import json
import logging
import os
import ssl
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from pydantic import SecretStr

from swimctl.accounts.directory import Outside, Person
from swimctl.config import references
from swimctl.config.access import LdapSection
from swimctl.config.settings import Settings
from swimctl.errors import ConfigError, DirectoryAway
from swimctl.rights import BUILT_IN

log = logging.getLogger("swimctl.accounts")

_WHAT: Final = "swimctl.ldap"


def outside(settings: Settings, folder: Path) -> Outside | None:
    """Return the directory that config.yaml names; None: it names none. ConfigError: what it says cannot be."""
    section = settings.ldap
    if not section.url:
        return None
    for group, roles in section.roles.items():
        for role in roles:
            if role not in settings.roles and role not in BUILT_IN:
                known = ", ".join((*BUILT_IN, *settings.roles))
                raise ConfigError(f"{_WHAT}.roles: {group}: there is no role {role!r}; known are {known}")
    roles_of = {group: tuple(roles) for group, roles in section.roles.items()}
    return Outside(LdapDirectory(section, folder), roles_of, timedelta(hours=section.session))


class LdapDirectory:
    """One LDAP server. Each sign-in has a process and a deadline of its own."""

    def __init__(self, section: LdapSection, folder: Path) -> None:
        try:
            from swimctl.accounts.ldap_child import plain_dn
        except ImportError:
            raise ConfigError("python-ldap is not installed; `pip install 'swimctl[ldap]'`") from None
        self._section, self._folder = section, folder
        self._encryption = _encryption(section)
        self._ca = _authorities(section) if self._encryption else ""
        if bool(section.user_dn) is bool(section.bind_dn):
            raise ConfigError(f"{_WHAT} needs one of the two: bind_dn, to look for people, or user_dn, to bind as them")
        if not section.users:
            raise ConfigError(f"{_WHAT}.users is missing: the DN below which people are")
        for name in ("user_filter",) if section.bind_dn else ("user_dn", "user_filter"):
            if "{name}" not in getattr(section, name):
                raise ConfigError(f"{_WHAT}.{name} must have {{name}} in it, where the name of who signs in goes")
        if not section.roles:
            raise ConfigError(f"{_WHAT}.roles is missing: without a role of a group, nobody may do anything")
        for group in section.roles:
            if plain_dn(group) is None:
                raise ConfigError(f"{_WHAT}.roles: {group!r} is no DN, such as cn=net-ops,ou=groups,dc=example,dc=com")

    def sign_in(self, name: str, password: str) -> Person | None:
        """Return who this is, with their groups as config.yaml names them. DirectoryAway."""
        try:
            said = self._ask({"check": False, "name": name, "password": password})
        except ConfigError as error:  # where swimctl's own password stands is nothing for who signs in
            raise DirectoryAway(self._section.url, str(error)) from None
        if "several" in said:
            log.warning(
                "%s, so nobody is signed in by it; next: leave one there, or set %s.name to an attribute that has one "
                "value and that people cannot change themselves", said["several"], _WHAT,
            )  # fmt: skip
        return Person(said["person"], frozenset(said["groups"])) if "person" in said else None

    def check(self) -> str:
        """Return what a look at it shows. DirectoryAway."""
        return f"{self._section.url} {self._ask({'check': True})['seen']}"

    def _ask(self, question: dict[str, Any]) -> dict[str, Any]:
        """Return what the server says. DirectoryAway: nothing that one could be sure of, in time."""
        section = self._section
        asked = section.model_dump(include=_TOLD) | question | {
            "attribute": section.name,
            "groups": section.groups or section.users,
            "roles": list(section.roles),
            "encryption": self._encryption,
            "ca": self._ca,
            "bind_password": self._bind_password(),
        }  # fmt: skip
        said = self._answer(asked)
        if "away" in said:
            raise DirectoryAway(section.url, said["away"])
        return said

    def _answer(self, asked: dict[str, Any]) -> dict[str, Any]:
        # No variable of this process: LDAPTLS_REQCERT=never is one.
        environment = {name: os.environ[name] for name in ("PATH", "PYTHONPATH", "LANG") if name in os.environ}
        seconds = self._section.timeout
        try:
            done = subprocess.run(
                # -P: no file of the working folder is taken for a module, whatever its name is.
                [sys.executable, "-P", "-m", "swimctl.accounts.ldap_child"],
                input=json.dumps(asked).encode(),
                capture_output=True,
                timeout=seconds,
                env=environment | {"LDAPNOINIT": "1"},
                check=True,
            )
            said: dict[str, Any] = json.loads(done.stdout)
        except subprocess.TimeoutExpired:
            return {"away": f"it has not answered within {seconds:g} s"}
        except (subprocess.CalledProcessError, ValueError, OSError) as error:
            return {"away": f"the process that asks it failed ({type(error).__name__})"}
        return said

    def _bind_password(self) -> str:
        section = self._section
        if not section.bind_dn:
            return ""
        given = section.bind_password
        value = given.get_secret_value() if isinstance(given, SecretStr) else given
        password = references.resolve(value, f"{_WHAT}.bind_password", self._folder)
        if not password:
            raise ConfigError(f"{_WHAT}.bind_password is missing: {section.bind_dn} needs one")
        return password


# Where systems keep the certificates that they trust, if Python does not know: its own answer may be a folder alone.
_BUNDLES: Final = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem")
_TOLD: Final = {"url", "timeout", "bind_dn", "user_dn", "users", "user_filter", "group_filter", "nested"}


def _encryption(section: LdapSection) -> str:
    """Return `ldaps`, `starttls`, or nothing for this machine. ConfigError: it would go over a network unencrypted."""
    address = urlsplit(section.url)
    host = address.hostname or ""
    if address.scheme not in {"ldap", "ldaps"} or not host or address.path.strip("/") or address.query:
        raise ConfigError(f"{_WHAT}.url must be such as ldaps://ldap.example.com or ldap://ldap.example.com:389")
    if address.scheme == "ldaps":
        return "ldaps"
    if section.starttls:
        return "starttls"
    if not _here(host):
        raise ConfigError(f"{_WHAT}: passwords would go to {host} in clear; use ldaps://, or leave starttls on")
    return ""


def _authorities(section: LdapSection) -> str:
    """Return the file with the certificates that the server is trusted by. ConfigError: there is none."""
    if section.ca is not None:
        return str(section.ca)
    found = next(
        (path for path in (ssl.get_default_verify_paths().cafile, *_BUNDLES) if path and Path(path).is_file()), None
    )
    if found is None:
        raise ConfigError(f"{_WHAT}.ca is missing, and this system has no file of certificates; name one, PEM")
    return found


def _here(host: str) -> bool:
    """Return whether this is an address of this machine; a name is not believed, as anybody may answer for it."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
