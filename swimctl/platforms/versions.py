"""Vendors' spellings of a software release, read to values that can be compared. Pure.

One release is spelled differently by one and the same device: `17.09.04a` in the first line of `show version`,
`17.9.4a` in the second, `17.12.01a.0.118` or `17.09.04.0.5797` in `show install summary`. The build spelling may
leave out the letter of a rebuild, so a build without a letter agrees with the release with and without one.
`same_release` is therefore not transitive: `17.9.4` and `17.9.4a` both agree with `17.09.04.0.5797`, not with each
other. Engineering labels (`BLD_POLARIS_DEV_LATEST_…`, `17.17.20240916:124022`) equal only themselves.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from swimctl.errors import UnorderedVersions

# 17.09.04a, 17.12.01a.0.118, 16.6.6.0, 03.16.05.S, 03.06.05E, 4.27.6M-39953990.4316M, 10.4.5.M
_DOTTED: Final = re.compile(
    r"(?P<numbers>\d+\.\d+\.\d+)(?P<letter>[a-z]+\d*)?(?:\.?(?P<train>[A-Z]{1,3}))?"
    r"(?P<build>(?:\.\d+)+(?:\.\.\w+)?|-\d[\w.]*)?"
)
# 4.18.3.1F: of EOS, a release of its own
_FOUR: Final = re.compile(r"(?P<numbers>\d+(?:\.\d+){3})(?P<train>[A-Z]{1,3})(?P<build>-\d[\w.]*)?")
# 15.2(7)E3, 12.2(33)SXI4a, 15.2(4.0.55)E, 10.3(4a)M, 7.0(3)I7(8), 9.16(3)19
_PARENTHESES: Final = re.compile(
    r"(?P<numbers>\d+\.\d+\(\d+(?:\.\d+)*)(?P<letter>[a-z]+\d*)?\)(?P<train>[A-Z]{0,5})(?P<rebuild>(?:\d+[a-z]?)?(?:\(\d+[a-z]?\))?)"
)
# 21.4R3-S2, 21.4R3-S3.4, 13.2X51-D35.3, 22.4R3-S2.11-EVO
_JUNOS: Final = re.compile(
    r"(?P<numbers>\d+\.\d+)(?P<train>[A-Z])(?P<rebuild>\d+(?:-[A-Z]\d+)?)(?P<build>\.\d+)?(?:-EVO)?"
)
_WORDS: Final = re.compile(r"\d+|[A-Za-z]+")
# NX-OS 10 prints `10.3(4a)` and ships `10.3(4a)M`: the letter tells maintenance from feature releases, no train.
_NXOS_WITH_KIND: Final = 10
# Maintenance, feature, revision: of EOS, NX-OS, IOS and Junos.
_KINDS_OF_RELEASES: Final = frozenset({"M", "F", "R"})

_Words = tuple[tuple[int, int, str], ...]


@dataclass(frozen=True, slots=True)
class _Version:
    """The parts of one spelling. `label` is set instead of them for a name that follows no scheme."""

    text: str
    numbers: tuple[int, ...] = ()
    letter: str = ""
    train: str = ""
    rebuild: _Words = ()
    build: _Words = ()
    label: str | None = None

    @property
    def letter_unknown(self) -> bool:
        return bool(self.build) and not self.letter and not self.train


def release(text: str) -> str:
    """Spell a release the short way: `17.09.04a` and `17.12.01a.0.118` give `17.9.4a` and `17.12.1a`.

    A build number is left out; engineering labels come back as they are.
    """
    return _read(text).text


def train(text: str) -> str:
    """Return the train of a release: `17.09.04a` is of 17.9, `15.2(7)E3` of 15.2E, `21.4R3-S2` of 21.4.

    A letter that says what kind of release it is, and not which line, is left out. An engineering label is its own.
    """
    version = _read(text)
    if version.label is not None:
        return version.label
    letters = "" if version.train in _KINDS_OF_RELEASES else version.train
    return f"{version.numbers[0]}.{version.numbers[1]}{letters}"


def agree(a: str, b: str) -> bool | None:
    """Return whether two spellings are one release; None where a build without a letter leaves it open."""
    left, right = _read(a), _read(b)
    if left.label is not None or right.label is not None:
        return left.label == right.label
    if (left.numbers, left.train, left.rebuild) != (right.numbers, right.train, right.rebuild):
        return False
    if left.build and right.build:
        builds = _builds_agree(left.build, right.build)
        if left.letter == right.letter or builds is False:
            return builds
        return None if left.letter_unknown or right.letter_unknown else False
    if left.letter_unknown or right.letter_unknown:
        return None
    return left.letter == right.letter


def _builds_agree(left: _Words, right: _Words) -> bool | None:
    """Compare build numbers as far as both are spelled out: `16.6.6.0` leaves open what `16.6.6.0.5797` says."""
    shared = min(len(left), len(right))
    if left[:shared] != right[:shared]:
        return False
    return True if len(left) == len(right) else None


def same_release(a: str, b: str) -> bool:
    """Return whether two spellings may name one release (see `agree`, and the module, on builds and transitivity)."""
    return agree(a, b) is not False


def compare(a: str, b: str) -> int:
    """Order two releases: -1, 0 or 1, and 0 exactly where `same_release` is true.

    Numbers decide first, then the rebuild letter, then the rebuild inside a train, then the build. Raises
    UnorderedVersions for engineering labels, and where only the trains differ (`15.2(7)E` and `15.2(7)S`).
    """
    if same_release(a, b):
        return 0
    left, right = _read(a), _read(b)
    for version in (left, right):
        if version.label is not None:
            raise UnorderedVersions(
                f"cannot say which of '{a}' and '{b}' is newer: '{version.label}' is an engineering label"
            )
    if left.numbers != right.numbers:
        return _sign(left.numbers < right.numbers)
    if left.train != right.train:
        raise UnorderedVersions(f"cannot say which of '{a}' and '{b}' is newer: they are of different trains")
    if left.letter != right.letter:
        return _sign(_words(left.letter) < _words(right.letter))
    if left.rebuild != right.rebuild:
        return _sign(left.rebuild < right.rebuild)
    return _sign(left.build < right.build)


def is_newer(a: str, b: str) -> bool:
    """Return whether a release is newer than another one; not where nobody can say."""
    try:
        return compare(a, b) > 0
    except UnorderedVersions:
        return False


def _sign(less: bool) -> int:
    return -1 if less else 1


@lru_cache(maxsize=4096)
def _read(text: str) -> _Version:
    """Read one spelling; what follows a blank or comma (`, RELEASE SOFTWARE`, ` LNT`) is no part of it."""
    words = text.replace(",", " ").split()
    name = words[0] if words else ""
    for scheme, joint in ((_DOTTED, "."), (_FOUR, "."), (_PARENTHESES, "("), (_JUNOS, "")):
        found = scheme.fullmatch(name)
        if found:
            return _from_match(found.groupdict(), joint)
    return _Version(text=name, label=name)


def _from_match(parts: dict[str, str | None], joint: str) -> _Version:
    numbers = tuple(int(number) for number in re.findall(r"\d+", parts["numbers"] or ""))
    letter, train, rebuild = parts.get("letter") or "", parts["train"] or "", parts.get("rebuild") or ""
    if numbers[0] == _NXOS_WITH_KIND and train in {"M", "F"} and not rebuild:
        train = ""
    if joint == "(":
        text = f"{numbers[0]}.{numbers[1]}({'.'.join(map(str, numbers[2:]))}{letter}){train}{rebuild}"
    else:
        text = f"{'.'.join(map(str, numbers))}{letter}{train}{rebuild}"
    return _Version(
        text=text,
        numbers=numbers,
        letter=letter,
        train=train,
        rebuild=_words(rebuild),
        build=_words(parts.get("build") or ""),
    )


def _words(text: str) -> _Words:
    """Split into numbers and letters that order among one another: a number before a word."""
    return tuple((0, int(word), "") if word.isdecimal() else (1, 0, word) for word in _WORDS.findall(text))
