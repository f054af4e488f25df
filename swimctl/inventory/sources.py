"""What an inventory says of the servers from which a host fetches its images, in their order."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Final, Literal
from urllib.parse import quote, urlsplit

from swimctl.config.references import is_reference
from swimctl.errors import InventoryError
from swimctl.inventory.accounts import Resolve
from swimctl.inventory.files import Where
from swimctl.inventory.relays import Relay
from swimctl.platforms.fetching import BY_SSH, Remote

Own = Literal["swimctl", "push"]
OWN: Final = ("swimctl", "push")
SCHEMES: Final = ("http", "https", "ftp", "sftp", "scp")
"""What a source may be at all; which of them a device takes, its platform says."""
# It becomes a word of a command: nothing that ends one, and no `?`, at which a terminal shows its help.
_URL: Final = re.compile(r"[a-z]+://[A-Za-z0-9._~:\[\]-]+(?:/[A-Za-z0-9._~%+,=:-]*)*", re.ASCII)
_KEYS: Final = ("url", "username", "password", "host_key")
# A name that a command and a URL spell alike: who copies by `scp NAME@HOST:PATH` decodes nothing.
_PLAIN_NAME: Final = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)
_HOST_KEY: Final = re.compile(r"SHA256:[A-Za-z0-9+/]{43}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Source:
    """A folder of images on a server of the user's own: its URL, without the account, and the account.

    `host_keys`: fingerprints of which its host key has one, where it has such a key.
    """

    url: str
    username: str = ""
    password: str = field(default="", repr=False)
    host_keys: tuple[str, ...] = ()

    @property
    def scheme(self) -> str:
        """Return how it is spoken to, such as `https`."""
        return urlsplit(self.url).scheme

    def of(self, filename: str) -> Remote:
        """Return a file there."""
        return Remote(f"{self.url}{quote(filename)}", self.username, self.password, self.host_keys)


Way = Source | Relay | Own
"""How an image gets to a device: from a source, from a relay, from swimctl's own image server, or by push."""


def sources_of(said: object, who: str, where: Where, resolve: Resolve) -> tuple[Way, ...]:
    """Return the ways that an inventory lists. InventoryError: one cannot be; ConfigError: a reference is wrong."""
    if not isinstance(said, list) or not said:
        raise InventoryError(
            f"{where}: swimctl.distribution.sources of {who} must be a list of URLs, `swimctl` and `push`"
        )
    found = tuple(
        _way(each, f"swimctl.distribution.sources[{number}]", who, where, resolve) for number, each in enumerate(said)
    )
    if len({_told(each) for each in found}) < len(found):
        raise InventoryError(f"{where}: swimctl.distribution.sources of {who} names one of them twice")
    return found


def _told(way: Way) -> str:
    return way if isinstance(way, str) else way.url


def _way(said: Any, what: str, who: str, where: Where, resolve: Resolve) -> Way:  # noqa: ANN401 - YAML
    if said in OWN:
        return "swimctl" if said == "swimctl" else "push"
    entry = {"url": said} if isinstance(said, str) else said
    if not isinstance(entry, dict) or "url" not in entry or set(entry) - set(_KEYS):
        raise InventoryError(
            f"{where}: {what} of {who} must be a URL, `swimctl`, `push`, or a mapping of {', '.join(_KEYS)}"
        )
    url = _url(entry["url"], what, who, where)
    user, password = entry.get("username", ""), entry.get("password")
    if not isinstance(user, str) or (password is not None and not user):
        raise InventoryError(f"{where}: {what}.username of {who} must be text, and a password needs one")
    if password is not None and not is_reference(password):
        raise InventoryError(
            f"{where}: {what}.password of {who} must be a reference, such as {{env: NAME}} or {{file: PATH}}; "
            "an inventory has no password in plain text"
        )
    keys = _host_keys(entry.get("host_key", []), f"{where}: {what}.host_key of {who}")
    if urlsplit(url).scheme in BY_SSH:
        _by_ssh(url, user, f"{where}: {what} of {who}")
    elif keys:
        raise InventoryError(f"{where}: {what}.host_key of {who} is for sources of {' and '.join(BY_SSH)} alone")
    return Source(url, user, resolve(password, f"{what}.password", user) or "", keys)


def _host_keys(said: object, what: str) -> tuple[str, ...]:
    keys = said if isinstance(said, list) else [said]
    if not all(isinstance(each, str) and _HOST_KEY.fullmatch(each) for each in keys):
        raise InventoryError(
            f"{what} must be a fingerprint, such as SHA256:…, or a list of them, as `ssh-keygen -lf KEY.pub` prints it"
        )
    return tuple(keys)


def _by_ssh(url: str, user: str, what: str) -> None:
    """Refuse what no system's command of SCP or SFTP can spell."""
    if not _PLAIN_NAME.fullmatch(user):
        raise InventoryError(f"{what} needs a username of letters, digits, dots, hyphens and underscores")
    if urlsplit(url).port is not None:
        raise InventoryError(f"{what} must have no port: no system's command names one; these servers listen at 22")


def _url(said: object, what: str, who: str, where: Where) -> str:
    # What was written is not repeated where it may have a password in it.
    if isinstance(said, str) and "@" in said:
        raise InventoryError(
            f"{where}: {what} of {who} has an account in its URL; write `url`, `username` and `password` apart"
        )
    if not isinstance(said, str) or not _URL.fullmatch(said) or not _is_place(said):
        raise InventoryError(
            f"{where}: {what} of {who} must be the URL of a folder, such as https://images.example/ios/, not {said!r}"
        )
    if urlsplit(said).scheme not in SCHEMES:
        raise InventoryError(f"{where}: {what} of {who} must begin with one of {', '.join(SCHEMES)}, not {said!r}")
    return said if said.endswith("/") else f"{said}/"


def _is_place(url: str) -> bool:
    """Return whether a URL names a host, and a port that there can be."""
    try:
        parts = urlsplit(url)
        return bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
