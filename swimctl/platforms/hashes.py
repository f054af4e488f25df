"""Whether a hash is of the file that was asked for: another file's, or another member's, counts for nothing. Pure.

A device may repeat the path in other words: `flash:` is `bootflash:` on some, and a slash may stand before it.
"""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.platforms.facts import HashResult

_MEMBER: Final = re.compile(r"\d+|stby|slave|remote|standby", re.IGNORECASE)


def of_file(result: HashResult, path: str, algorithm: str, command: str) -> HashResult:
    """Return a hash of that file by that algorithm; raises UnparsableOutput for another one's.

    A device that repeats no path is believed, as it answered that command.
    """
    if result.algorithm not in {None, algorithm.lower()}:
        raise UnparsableOutput(command, str(result.algorithm), f"it gives a hash by another algorithm than {algorithm}")
    if result.path and not _same(result.path, path):
        raise UnparsableOutput(command, result.path, f"it gives the hash of another file than {path}")
    return result


def _same(one: str, other: str) -> bool:
    """Return whether two paths are one file: of one name, and of one member where both name one."""
    (root, name), (other_root, other_name) = (_split(path) for path in (one, other))
    members = (_MEMBER.findall(each.casefold()) for each in (root, other_root))
    first, second = members
    return name == other_name and (first == second or not (first and second))


def _split(path: str) -> tuple[str, str]:
    name = re.split(r"[:/]", path.strip())[-1]
    return path.strip()[: len(path.strip()) - len(name)], name
