"""What may stand in a step of one's own: names, lines for a device, addresses, secrets. Pure.

Each function that begins with `why` returns what is wrong, and an empty text where nothing is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Any, Final
from urllib.parse import urlsplit

from swimctl.config.read_only import not_only_reading
from swimctl.config.references import is_reference

# What a job knows of itself when a step runs; a text names it in braces.
FACTS: Final = (
    "device", "address", "platform", "model", "serial", "site", "role",
    "job", "batch", "workflow", "step", "ticket", "comment", "requested_by",
    "image", "release", "runs", "status", "outcome", "error", "now", "until",
)  # fmt: skip
_PLACE: Final = re.compile(r"\{\{([a-z][a-z0-9_]*)\}\}|\{([a-z][a-z0-9_]*)\}")
_WORD: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
_HEADER: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_VARIABLE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# Names of headers and variables whose value nobody may see.
_SENSITIVE: Final = re.compile(r"authorization|cookie|token|secret|passw|api[-_]?key|credential", re.IGNORECASE)
# What reloads a device or changes what it boots, and what opens a shell that can: only the steps of swimctl do that,
# once, and prove what became of it.
_NEVER: Final = (
    "reload", "boot", "install", "issu", "redundancy", "format", "erase", "request", "hw-module", "reset", "power",
    "software", "upgrade", "system", "rollback", "bash", "guestshell", "tclsh", "python", "python3", "run", "start",
)  # fmt: skip
# The same in two words, of verbs that do other things, too.
_NEVER_BOTH: Final = (("write", "erase"), ("archive", "download-sw"))
_SETTINGS: Final = ("running-config", "startup-config", "boot-config")
_CONFIGURES: Final = ("configure", "edit")
_LOCAL: Final = frozenset({"localhost", "127.0.0.1", "::1"})


def places(text: str) -> list[str]:
    """Return the words that stand in braces; `{{word}}` is `{word}` as it is, and none of them."""
    return [found[2] for found in _PLACE.finditer(text) if found[2]]


def filled(text: str, values: Mapping[str, str]) -> str:
    """Return a text with values in place of the words in braces; a word that has none stays."""
    return _PLACE.sub(lambda found: f"{{{found[1]}}}" if found[1] else values.get(found[2], found[0]), text)


def leaves(keys: tuple[str | int, ...], value: object) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Yield the texts in a JSON value, with the keys to each."""
    if isinstance(value, str):
        yield keys, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves((*keys, key), inner)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from leaves((*keys, number), inner)


def why_no_name(name: str) -> str:
    """Return why a step cannot have this name."""
    if not name.isprintable() or name != name.strip() or "`" in name:
        return "a name is one line of printed characters, without blanks around it and without backquotes"
    return ""


def why_no_word(name: str) -> str:
    """Return why a value cannot be called so."""
    if not _WORD.fullmatch(name):
        return f"{name!r} cannot stand in braces; needed: small letters, digits and _, a letter first"
    return f"{name!r} is a fact of each job; choose another name" if name in FACTS else ""


def why_no_expression(text: str) -> str:
    """Return why a text is no regular expression."""
    try:
        re.compile(text, re.MULTILINE)
    except re.error as wrong:
        return f"{text!r} is no regular expression: {wrong}"
    return ""


def why_not_typed(line: str, *, changes: bool, platform: str = "") -> str:
    """Return why a line may not be typed on a device in a step of one's own."""
    if not line.isprintable() or line != line.strip() or not line:
        return "a command is one line of printed characters, without blanks around it"
    if changes:
        return _why_no_change(line)
    why = not_only_reading(line, platform)
    return f"{line!r} is not known to read only: {why}; correct it, or say `changes: true`" if why else ""


def _why_no_change(line: str) -> str:
    if ";" in line or "\\" in line:
        return "`;` and `\\` may make several commands of one line; needed: one command in a step"
    words = line.lower().split()
    first = words[1] if words[0] in {"do", "admin"} and len(words) > 1 else words[0]
    if "?" in line:
        return "at a `?` a device prints its help, and what stands before it is carried out; leave it out"
    both = any(len(words) > 1 and _means(first, verb) and _means(words[1], what) for verb, what in _NEVER_BOTH)
    if both or any(_means(first, verb) for verb in _NEVER):
        return (
            f"{line!r} may reload the device, or change what it boots; that is for swimctl's own steps alone: they "
            "send it once, and prove what became of it"
        )
    copied = words[2].rpartition(":")[2] if _means(first, "copy") and len(words) > 2 else ""
    if any(_means(copied, settings) for settings in _SETTINGS) and not _means(words[1], _SETTINGS[0]):
        return f"{line!r} changes the configuration; use a script with a tool for that"
    if any(_means(first, verb) for verb in _CONFIGURES):
        return f"{line!r} opens the configuration, which a step of one line cannot; use a script with a tool for that"
    return ""


def _means(word: str, verb: str) -> bool:
    """Return whether a device may read a word as this verb: IOS takes each beginning that is enough."""
    return word == verb or (len(word) > 1 and verb.startswith(word))


def why_no_url(url: str, *, secrets: AbstractSet[str]) -> str:
    """Return why nobody could be asked at this address, or why a secret would be seen on the way."""
    if not url.isprintable() or " " in url:
        return "an address is one line of printed characters without blanks"
    if places(url[:1] + url[1:].split("/", 1)[0]) and url.startswith("{"):
        return ""  # the whole address is a secret; it is checked when it is read
    return why_no_address(url, with_secrets=bool(secrets))


def why_no_address(url: str, *, with_secrets: bool) -> str:
    """Return the same of an address whose values are filled in. It never repeats the address."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "it is no address; needed: https://HOST/PATH"
    if parts.scheme not in {"https", "http"} or not host:
        return "it is no address; needed: https://HOST/PATH"
    if parts.username is not None or parts.password is not None:
        return "a user or password in the address would be recorded; use an Authorization header and `secrets`"
    if parts.scheme == "http" and with_secrets and host not in _LOCAL:
        return "a secret would go over http in clear; needed: https"
    return ""


def why_no_header(name: str, value: str, secrets: AbstractSet[str]) -> str:
    """Return why a header cannot be sent, or would show a secret."""
    if not _HEADER.fullmatch(name) or not value.isprintable():
        return f"{name!r} is no header, or its value is not one line of printed characters"
    return _why_shown(name, value, secrets)


def why_no_variable(name: str, value: str, known: AbstractSet[str], secrets: AbstractSet[str]) -> str:
    """Return why a script cannot have this in its environment, or why it would show a secret."""
    if not _VARIABLE.fullmatch(name) or "\0" in value:
        return f"{name!r} is no name of a variable"
    for word in places(value):
        if word not in known:
            return f"{{{word}}} is not known here; known are {', '.join(sorted(known))}"
    return _why_shown(name, value, secrets)


def _why_shown(name: str, value: str, secrets: AbstractSet[str]) -> str:
    if _SENSITIVE.search(name) and not set(places(value)) & secrets:
        return (
            f"{name} is a secret, and what stands here would be kept with each job; needed: `secrets: {{token: {{env: "
            "NAME}}` in this step, and `{token}` here"
        )
    return ""


def secrets_wrong(secrets: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Yield secrets that stand here, where they must stand elsewhere, and names that cannot be used."""
    for name, said in secrets.items():
        if why := why_no_word(name):
            yield ("secrets", name), why
        elif not is_reference(said):
            known = "{env: NAME}, {file: PATH}, {keyring: SERVICE} or {command: [PROGRAM, …]}"
            yield ("secrets", name), f"must say where the secret stands: {known}"
