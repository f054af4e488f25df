"""Whether a command only reads, as far as its words tell. Pure: whoever lets people name commands asks here."""

from __future__ import annotations

import re
from typing import Final

# First words in full: an abbreviation (`s`) may be one of something else on another system.
_READS: Final = ("show", "dir", "ping")
# What selects lines of an output or changes its form. Everything else behind a pipe may write a file or run a program.
_FILTERS: Final = frozenset(
    {
        "include", "exclude", "begin", "section", "count", "match", "except", "find", "last", "trim", "no-more", "grep",
        "egrep", "json", "json-pretty", "xml", "nz", "head", "wc",
    }
)  # fmt: skip
_DISPLAYS: Final = frozenset({"json", "xml"})
# Signs by which a command line runs another command or writes a file.
_SIGNS: Final = re.compile(r"[;>]")
# The same in quotes: what is between them is run, too, or ends before the eye sees an end.
_ANYWHERE: Final = re.compile(r"[`\x00-\x1f\x7f]|\$\(|\\[\"']|'[^']*\".*'")
# Filters that write a file. IOS knows no quotes, and takes each beginning of a word that is enough.
_WRITES: Final = ("redirect", "append", "tee")
_SECRET: Final = (
    "running-config", "startup-config", "configuration", "tech-support", "archive", "derived-config", "checkpoint",
    "session-config", "ephemeral-configuration", "rollback",
)  # fmt: skip
"""What prints a configuration on one system or another, or all of the device's outputs, that among them."""

_QUOTED: Final = re.compile(r'"[^"]*"')


def not_only_reading(command: str, platform: str = "") -> str:
    """Return why a command is not one that only reads, and prints no configuration; empty where it is.

    A `platform` is known where the command is for one system: Junos pings for ever unless it is told how often.
    """
    if command != command.strip() or not command:
        return "it is empty, or has blanks around it"
    if why := _why_of_its_signs(command):
        return why
    asked, *filters = [part.strip() for part in _QUOTED.sub('""', command).split("|")]
    first, *words = asked.casefold().split() or [""]
    if [first, *words[:1]] == ["admin", "show"]:  # the administrator's plane of IOS-XR
        first, words = "show", words[1:]
    if first not in _READS:
        return f"it must begin with {', '.join(_READS[:-1])} or {_READS[-1]}, in full"
    if first == "show" and words and any(name.startswith(words[0]) and len(words[0]) > 1 for name in _SECRET):
        return "it prints the configuration, or a part of it: that is compared by itself, and may hold secrets"
    if first == "show" and words[:2] == ["system", "rollback"]:
        return "it prints an older configuration, which may hold secrets"
    if first == "show" and words[:1] == ["file"] and words[1:2] != ["systems"]:
        return "it prints a file, which may be a configuration"
    if first == "ping" and platform == "juniper_junos" and "count" not in words:
        return "Junos pings for ever without `count N`"
    for each in filters:
        how, *rest = each.casefold().split() or [""]
        if how == "display" and rest[:1] and rest[0] in _DISPLAYS:
            continue
        if how not in _FILTERS:
            return f"a filter `| {each}` may do more than select lines; known are {', '.join(sorted(_FILTERS))}"
    return ""


def _why_of_its_signs(command: str) -> str:
    """Return why its signs, also those in quotes, may make more of a command than one that prints."""
    if _SIGNS.search(_QUOTED.sub('""', command)) or _ANYWHERE.search(command):
        return "it has a sign (; > ` $( a quote in quotes or a control character) by which it may do more than print"
    if "?" in command:
        return "it has a `?`, at which a device prints its help and leaves the line half typed"
    for quoted in _QUOTED.findall(command):
        for part in quoted[1:-1].split("|")[1:]:
            word, *rest = part.casefold().split() or [""]
            if rest and any(name.startswith(word) for name in _WRITES):
                return f"a system that knows no quotes may take `| {part.strip()}` in them for a filter that writes"
    return ""
