"""Arguments of `ssh`, as Ansible's variables hold them, as lines of OpenSSH's configuration. Pure."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from typing import Final

from swimctl.errors import InventoryError

# Options of ssh(1) that have a word of ssh_config(5) for them.
_WORDS: Final = {
    "-J": "ProxyJump",
    "-i": "IdentityFile",
    "-c": "Ciphers",
    "-m": "MACs",
    "-b": "BindAddress",
    "-p": "Port",
    "-l": "User",
}
_FLAGS: Final = frozenset("46AaCfGgKkMNnqsTtVvXxYy")
# What makes connections shared or forwarded is Ansible's own way of working, and none of the way to a device.
_LEFT_OUT: Final = (
    "control",
    "compression",
    "forward",
    "serveralive",
    "preferredauth",
    "passwordauth",
    "kbdint",
    "gssapi",
)


def ssh_config_of(arguments: Iterable[str], host: str) -> tuple[str, dict[str, str]]:
    """Return the text of a configuration, empty where the arguments say nothing for it, and their user and port.

    A file that `-F` names is included. Raises InventoryError for what is no argument of ssh.
    """
    lines: list[str] = []
    more: dict[str, str] = {}
    include = "~/.ssh/config"
    for text in arguments:
        try:
            words = shlex.split(text)
        except ValueError as problem:
            raise InventoryError(
                f"Ansible's inventory: the SSH arguments of {host} cannot be read: {problem}"
            ) from None
        while words:
            option, value = _next(words, host)
            if option in ("port", "user"):
                more.setdefault(option, value)
            elif option == "include":
                include = value
            elif option and not option.lower().startswith(_LEFT_OUT):
                lines.append(f"    {option} {value}")
    if not lines and include == "~/.ssh/config":
        return "", more
    # The first value that is said counts: what these arguments say goes before the file.
    return "\n".join(["Host *", *lines, "", f"Include {include}", ""]), more


def _next(words: list[str], host: str) -> tuple[str, str]:
    """Return the next option and its value; empty if it has none."""
    word = words.pop(0)
    if word.startswith("-") and len(word) > 1 and set(word[1:]) <= _FLAGS:
        return "", ""
    letter, value = word[:2], word[2:]
    if letter not in ("-o", "-F", *_WORDS):
        raise InventoryError(
            f"Ansible's inventory: the SSH arguments of {host} have {word!r}, which swimctl does not know"
        )
    if not value:
        if not words:
            raise InventoryError(f"Ansible's inventory: the SSH arguments of {host} end in {word!r}, without its value")
        value = words.pop(0)
    if letter == "-F":
        return "include", value
    name, value = _option(value, host) if letter == "-o" else (_WORDS[letter], value)
    lower = name.lower()
    return (lower if lower in ("port", "user") else name), value


def _option(text: str, host: str) -> tuple[str, str]:
    """Split `Name=value` or `Name value`."""
    name, sign, value = text.partition("=")
    if not sign or " " in name.strip():
        name, sign, value = text.strip().partition(" ")
    if not sign or not name.strip() or not value.strip():
        raise InventoryError(f"Ansible's inventory: the SSH option {text!r} of {host} must be Name=value")
    return name.strip(), value.strip()
