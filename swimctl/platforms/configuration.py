"""What is kept of a configuration: a digest of its lines, and the headings of the blocks that must not be lost. Pure.

Never a line as it stands: a heading is cut behind the name of what it is about, so no secret is in it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

# What changes without anybody's doing: the release, what boots, times and sizes, the clock's drift, certificates.
_BY_ITSELF: Final = re.compile(
    r"!.*|#.*|/\*.*|Building configuration.*|(?:Using|Current configuration) .*bytes.*|"
    r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} .*|version .*|boot\b.*|ntp clock-period .*|"
    r"(?:[0-9A-F]{8} ?)+[0-9A-F]*"
)
_BANNER: Final = re.compile(r"banner \S+ (?P<mark>\^C|\S)(?P<rest>.*)")
# EOS ends a banner with a line of its own (its manual, "banner motd").
_BANNER_TO_EOF: Final = re.compile(r"banner \S+")
_VLANS: Final = re.compile(r"vlan (\d{1,4}(?:[,-]\d{1,4})*),?")
_LAST_VLAN: Final = 4094
_PREFIX: Final = re.compile(r"\d[\d.]*(?:/\d+)?|[\da-fA-F:]*::?[\da-fA-F:]*/\d+")
# `aaa root secret …` on EOS: what follows is one.
_SECRET: Final = frozenset({"secret", "password", "key"})
_MASK: Final = re.compile(r"\d+\.\d+\.\d+\.\d+")


@dataclass(frozen=True, slots=True)
class Configured:
    """What is kept of a configuration. `blocks` are headings, `hostname X` among them, each once, in their order."""

    digest: str
    blocks: tuple[str, ...]


def indented(text: str) -> Configured:
    """Return what is kept of a configuration of Cisco's or Arista's, whose blocks are indented."""
    return _kept(text, _by_indent(text), _of_words)


def braced(text: str) -> Configured:
    """Return what is kept of a configuration of Junos, whose blocks are in braces."""
    return _kept(text, _by_brace(text), _of_path)


def _kept(text: str, paths: Iterable[tuple[str, ...]], names: Callable[[tuple[str, ...]], Iterable[str]]) -> Configured:
    lines = (line.rstrip() for line in text.splitlines())
    own = [line for line in lines if line.strip() and not _BY_ITSELF.fullmatch(line.strip())]
    blocks = dict.fromkeys(name for path in paths for name in names(path))
    return Configured(sha256("\n".join(own).encode()).hexdigest(), tuple(blocks))


def _by_indent(text: str) -> Iterator[tuple[str, ...]]:
    """Yield each line with those it stands below; the text of a banner is none."""
    above: list[tuple[int, str]] = []
    until = ""
    for line in text.splitlines():
        words = " ".join(line.split())
        if until:
            until = "" if until in line else until
            continue
        if banner := _BANNER.fullmatch(words):
            until = "" if banner["mark"] in banner["rest"] else banner["mark"]
            continue
        if _BANNER_TO_EOF.fullmatch(words):
            until = "EOF"
            continue
        if not words or words.startswith("!"):
            continue
        depth = len(line) - len(line.lstrip())
        above = [(at, each) for at, each in above if at < depth]
        above.append((depth, words))
        yield tuple(each for _, each in above)


def _of_words(path: tuple[str, ...]) -> Iterator[str]:
    """Name the block that a line begins, if it is one of those that count."""
    *above, line = path
    if above:
        # Routes stand below their VRF on NX-OS, and below `router static` on IOS-XR.
        route = line.removeprefix("ip route ")
        if (route != line and above[0].startswith("vrf context ")) or (
            above[0] == "router static" and _PREFIX.fullmatch(route.split()[0])
        ):
            yield " / ".join((*above, f"ip route {_destination(route.split())}"))
        return
    words = line.split()
    if found := _VLANS.fullmatch(line):
        yield from (f"vlan {number}" for number in _numbers(found[1]))
    elif words[0] == "interface" and len(words) > 1:
        yield " ".join(words[: 3 if len(words) > 2 and _follows(words[1], words[2]) else 2])
    elif words[0] in {"hostname", "switchname"} and len(words) > 1:
        yield f"hostname {words[1]}"
    elif words[0] == "username" and len(words) > 1:
        yield f"username {words[1]}"
    elif words[0] == "aaa":
        named = next((place for place, word in enumerate(words[:4]) if word in _SECRET), 3)
        yield " ".join(words[: named + 1])
    elif words[0] == "router":
        yield line
    elif line.startswith("ip route "):
        yield f"ip route {_destination(words[2:])}"


def _follows(kind: str, word: str) -> bool:
    """Return whether the second word of an interface's heading is still its name: `Ethernet 1`, `preconfigure …`."""
    return kind == "preconfigure" or (kind.isalpha() and word[0].isdigit())


def _destination(words: list[str]) -> str:
    """Cut a route behind where it leads: what follows may be written otherwise by another release."""
    vrf = words[:2] if words[:1] == ["vrf"] else []
    rest = words[len(vrf) :]
    return " ".join([*vrf, *rest[: 2 if len(rest) > 1 and _MASK.fullmatch(rest[1]) and "/" not in rest[0] else 1]])


def _numbers(words: str) -> Iterator[int]:
    """Yield every VLAN of `1,10,20-22`: a release may write the same ones in another list."""
    for part in words.split(","):
        first, *_, last = part.split("-") if "-" in part else (part, part)
        yield from range(int(first), min(int(last), _LAST_VLAN) + 1)


def _by_brace(text: str) -> Iterator[tuple[str, ...]]:
    """Yield each statement with those it stands in."""
    above: list[str] = []
    for line in text.splitlines():
        words = " ".join(line.split("##")[0].split()).removeprefix("inactive: ").removeprefix("protect: ")
        if words.endswith("{"):
            above.append(words[:-1].strip())
            yield tuple(above)
        elif words.startswith("}"):
            above = above[:-1]
        elif words.endswith(";"):
            yield (*above, words[:-1])


# The statements that count, by the statements they stand in; a name follows each.
_STATEMENTS: Final[dict[tuple[str, ...], tuple[str, ...]]] = {
    ("system",): ("radius-server", "tacplus-server"),
    ("system", "login"): ("user", "class"),
    ("routing-options", "static"): ("route",),
}
# Those whose every statement counts.
_WHOLE: Final = frozenset({("interfaces",), ("vlans",), ("protocols",), ("routing-instances",)})


def _of_path(path: tuple[str, ...]) -> Iterator[str]:
    """Name the block that a statement begins, if it is one of those that count; one of a group says so."""
    group = " ".join(path[:2]) if path[0] == "groups" else ""
    if group and len(path) < 3:
        return
    *above, line = path[2:] if group else path
    words = line.split()
    if not words:
        return
    place = tuple(above)
    if place == ("system",) and words[0] == "host-name" and len(words) > 1:
        # The two routing engines have names of their own, in groups.
        yield " ".join(filter(None, ("hostname", words[1], group and f"({group})")))
    elif place in _WHOLE:
        yield " ".join(filter(None, (group, *place, words[0])))
    elif words[0] in _STATEMENTS.get(place, ()) and len(words) > 1:
        yield " ".join(filter(None, (group, *place, *words[:2])))
