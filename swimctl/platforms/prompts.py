"""What stays of a prompt, whatever it is made of: a name, blanks, a clock, a counter. Pure; learned at each login.

What stays is written as text. A plain prompt is its name alone (`sw1`, `anna@hall-7`, `RP/0/RP0/CPU0:hall-7`), as it
always was. Any other one has its sign in it, as `#`, and `…` for each part that changes: `hall 7 sw1#` (with blanks),
`sw3.…:…:…#` (`prompt %H.%D{%H:%M:%S}%P` of EOS), `[… … …:…] sw1#`, `sw1#…` (a counter).
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

# What stands for a part that changes, and for the sign (`>` or `#`, before it the mode in brackets).
_CHANGES, _SIGN = "…", "#"
# `(config)`, `(maint-mode)(config)`, and what IOS-XE makes of it where the line is too long for it:
# `switch(maint-mod(config)#` (scrapli's pull request 324; ansible-collections/cisco.ios 716 and 729).
_MODE: Final = r"(?:\([^()\s]{1,40}\)?){0,3}[>#]"
_CONFIGURES: Final = r"(?:\([^()\s]{1,40}\)?){1,3}#"
# A prompt is no longer than this: a line of a banner may be.
_LONGEST = 120
# Junos puts the user before the name (`anna@hall-7>`), IOS-XR the node (`RP/0/RP0/CPU0:hall-7#`).
_NAME: Final = re.compile(r"[A-Za-z0-9][\w.:/@-]{0,94}")
_PLAIN: Final = re.compile(rf"({_NAME.pattern}){_MODE}\s*")
# A counter may stand behind the sign: `sw1#12`, `sw1# [12]`.
_ANY: Final = re.compile(rf"(.*?[^\W_].*?){_MODE}([\s\d\[\]]*)")
# What asks for more than a name stands in one word there: no device is called so.
_ASKS: Final = re.compile(r"(?:pass(?:word|code|phrase)|token|otp|pin|user(?:name)?|login)", re.IGNORECASE)
# IOS cuts the name in a configuration prompt, so its first characters decide.
_KEPT_OF_NAME = 16
# A clock: 17:00, 5:12:33.123; but `CPU0:10-core` is the node and the name of an IOS-XR device.
_CLOCK: Final = re.compile(r"(?<![A-Za-z]{2})(?<!\d)\d{1,2}:\d\d(?!\d)")
# Beside a clock, what changes with it: numbers of a date, names of days and months, the half of the day.
_WITH_CLOCK: Final = (
    r"(?:\b(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\b"
    r"|\b(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:t(?:ember)?)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b|(?<![A-Za-z])[ap]\.?m\b\.?)"
)
_OF_CLOCK: Final = re.compile(
    rf"{_WITH_CLOCK}|(?<![A-Za-z0-9])(?<![A-Za-z][-_.])\d+(?![A-Za-z0-9])|(?<=:)\d+|\d+(?=:)", re.IGNORECASE
)
_PARTS: Final = re.compile(rf"(\d+|{_CHANGES})")
_WORD: Final = re.compile(r"[A-Za-z0-9][\w.@/:-]*")


def is_plain(line: str) -> bool:
    """Return whether a line may be a prompt that is a name and a sign; one word that asks for a secret is none."""
    found = _PLAIN.fullmatch(line)
    return found is not None and not _ASKS.fullmatch(found[1])


def may_be(line: str) -> bool:
    """Return whether a line may be a prompt of any kind, with blanks, a clock or a counter; so may one of a banner."""
    return _parted(line) is not None


def stays(first: str, again: str) -> str | None:
    """Return what stays of two prompts that came one after the other; None where they are not the same prompt.

    Numbers may differ, and what a clock shows; nothing else. A prompt without one word that stays is none.
    """
    one, other = _written(first), _written(again)
    return None if one is None or other is None else _same(one, other)


def learned(known: str, line: str) -> str | None:
    """Return what stays where a line is a known prompt but for numbers that did not differ before; None where not.

    A clock without colons looks like a part of the name until it moves.
    """
    seen = _written(line)
    return None if seen is None else _same(known if _SIGN in known else known + _SIGN, seen)


@cache
def pattern(known: str) -> re.Pattern[str]:
    """Return what matches a prompt of which this stays, in any mode."""
    if _SIGN not in known:
        return re.compile(re.escape(known[:_KEPT_OF_NAME]) + r"[\w.:/@-]*" + _MODE)
    before, _, behind = known.rpartition(_SIGN)
    whole = _matching(before) + _MODE + _matching(behind)
    # A prompt of one's own is for commands; in configuration mode the name itself may stand there again.
    named = "|".join(re.escape(word[:_KEPT_OF_NAME]) for word in _words(before))
    return re.compile(rf"{whole}|(?:{named})[\w.:/@-]*{_CONFIGURES}" if named else whole)


def name_in(known: str) -> str:
    """Return the words of a prompt that stay: one of them is the device's name, and a plain one is nothing else."""
    return known if _SIGN not in known else " ".join(_words(known.rpartition(_SIGN)[0]))


def _words(text: str) -> list[str]:
    found = (word.rstrip(".:/@-") for word in _WORD.findall(text))
    return [word for word in found if len(word) > 1 and any(letter.isalpha() for letter in word)]


def _written(line: str) -> str | None:
    """Return a prompt as text with its sign as `#`, without its mode, and with `…` for what its clock shows."""
    found = _parted(line)
    if found is None:
        return None
    before, behind = (re.sub(r"\s+", " ", part) for part in found.groups())
    if _CLOCK.search(before):
        before = _OF_CLOCK.sub(_CHANGES, before)
    return before + _SIGN + re.sub(r"\d+", _CHANGES, behind).rstrip()


def _parted(line: str) -> re.Match[str] | None:
    signed = len(line) <= _LONGEST and (">" in line or "#" in line)
    return _ANY.fullmatch(line.strip()) if signed else None


def _same(one: str, other: str) -> str | None:
    parts, others = _PARTS.split(one), _PARTS.split(other)
    if len(parts) != len(others) or parts[::2] != others[::2]:
        return None
    whole = "".join(a if a == b else _CHANGES for a, b in zip(parts, others, strict=True))
    before = whole.removesuffix(_SIGN)
    if _NAME.fullmatch(before):
        return before
    return whole if any(letter.isalpha() for letter in whole) else None


def _matching(text: str) -> str:
    parts = re.split(rf"({_CHANGES}| )", text)
    return "".join(_REGEX.get(part) or re.escape(part) for part in parts)


_REGEX: Final = {_CHANGES: rf"(?i:\d+|{_WITH_CLOCK})", " ": r"[ \t]+"}
