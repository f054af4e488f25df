"""`request platform software package install …`, and `packages.conf`, which names what the next boot starts."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import UnparsableOutput
from swimctl.platforms.cisco_xe.platform import TERMINAL
from swimctl.platforms.facts import InstallOutcome
from swimctl.platforms.text import filled, passed_over, plain_words

REQUEST: Final = "request platform software package install"
MORE: Final = "more"

_MEMBERS: Final = r"(?:\[[\d ]+\]: ?)?"
_DONE: Final = re.compile(
    rf"{_MEMBERS}SUCCESS: Software provisioned\. ?New software will load on reboot.*", re.IGNORECASE
)
_FAILED: Final = re.compile(rf"{_MEMBERS}FAILED: ?(\S.*)", re.IGNORECASE)
_NO_ROOM: Final = re.compile(rf"{_MEMBERS}(There is not enough free disk available .*)", re.IGNORECASE)
_NEEDED: Final = re.compile(r"At least \d+ KB of free disk is required.*", re.IGNORECASE)
_ABOUT: Final = re.compile(
    rf"{_MEMBERS}(?:--- Starting (?:install )?local lock acquisition on switch \d+ ---|Expanding image file: .+"
    r"|(?:install|rollback) package\(s\) on switch \d+)",
    re.IGNORECASE,
)
_SOURCE: Final = re.compile(r"#! ?/usr/binos/bin/packages_conf\.sh|sha1sum: [0-9a-f]+", re.IGNORECASE)
_SUM: Final = re.compile(r"sha\d+sum: .*", re.IGNORECASE)
_PACKAGE: Final = re.compile(r"(?:boot|iso) \w+ \d+ \d+(?: [\w-]+)? (\S+\.pkg)(?: .*)?", re.IGNORECASE)
# A line that names a package, in whichever words: what it boots is a needed fact.
_LIKE_A_PACKAGE: Final = re.compile(r"(?:boot|iso)\b.*|[^#].*\.pkg\b.*", re.IGNORECASE)
# The base package has the release in its name whatever other packages count by: cat3k_caa-rpbase.16.03.05b.SPA.pkg
_BASE: Final = re.compile(r".*(?<![a-z])rp_?base\w*\.(\d+\.\d+\.\d+\w*)\.S[PS]A\.pkg")


def parse_request(text: str) -> InstallOutcome:
    """Read how it ended. `succeeded` is None where it says neither: packages.conf has to be asked.

    A SUCCESS is that of one part of it; one FAILED of any member is one of all.
    """
    lines = [plain_words(line) for line in filled(text, REQUEST, TERMINAL)]
    reasons = [found[1] for line in lines if (found := _FAILED.fullmatch(line) or _NO_ROOM.fullmatch(line))]
    reasons += [line for line in lines if _NEEDED.fullmatch(line)]
    if not any(map(_ABOUT.fullmatch, lines)):
        raise UnparsableOutput(REQUEST, lines[0], "no line is the package manager's")
    return InstallOutcome(
        operation="install",
        succeeded=False if reasons else True if any(map(_DONE.fullmatch, lines)) else None,
        reason="; ".join(dict.fromkeys(reasons)) or None,
    )


def parse_packages(text: str) -> tuple[str, ...]:
    """Read the files that a `packages.conf` names, in its order, each once; each line that names one is needed."""
    lines = [plain_words(line) for line in filled(text, MORE, TERMINAL)]
    if not any(map(_SOURCE.fullmatch, lines)):
        raise UnparsableOutput(MORE, lines[0], "this is no packages.conf")
    named: list[str] = []
    for line in lines:
        if found := _PACKAGE.fullmatch(line):
            named.append(found[1])
        elif _LIKE_A_PACKAGE.fullmatch(line):
            raise UnparsableOutput(MORE, line)
        elif not (line.startswith("#") or _SUM.fullmatch(line)):
            passed_over(MORE, line)
    if not named:
        raise UnparsableOutput(MORE, lines[-1], "it names no package")
    return tuple(dict.fromkeys(named))


def provisioned_release(packages: tuple[str, ...]) -> str:
    """Return the release that these packages are of, by their base package."""
    releases = {found[1] for name in packages if (found := _BASE.fullmatch(name))}
    if len(releases) != 1:
        raise UnparsableOutput(MORE, ", ".join(packages), "its base package does not tell one release")
    return releases.pop()
