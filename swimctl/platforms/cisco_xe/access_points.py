"""The access points of a wireless controller (C9800), which can load an added image before it is activated.

What is proved here, and by what: Cisco's configuration guides have the command and its place, behind `install add` and
before `install activate`. That a complete one has the release both as the one that it was given and in its backup
partition, that one which leaves is in no table any more, and that one which failed tries again, was seen on a C9800-CL
(bforejt/nautobot-upgrades, by the device's models). The words of the status are those of older controllers, whose table
is the same; a word that is none of them is never taken for complete.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from swimctl.models import Finding, Image, ImageKind
from swimctl.platforms.base import Sent
from swimctl.platforms.cisco_xe.facts import ApImage
from swimctl.platforms.cisco_xe.parsers.access_points import COMMAND, parse_show_ap_image
from swimctl.platforms.cisco_xe.platform import TERMINAL
from swimctl.platforms.cisco_xe.reading import Reading
from swimctl.platforms.facts import AccessPoint, InstallOutcome, Loading
from swimctl.platforms.text import clean

PREDOWNLOAD: Final = "ap image predownload"
_CONTROLLER: Final = re.compile(r"C9800-")
_NUMBERS: Final = re.compile(r"(\d+)\.(\d+)\.(\d+)([a-z]*)")
_RULE: Final = "access points"

_DONE: Final = frozenset({"complete", "completed"})
_UNDER_WAY: Final = frozenset({"initiated", "downloading", "predownloading"})
_FAILED: Final = frozenset({"failed"})
_UNABLE: Final = frozenset({"not supported", "unsupported"})
_IDLE: Final = "none"


class Controller:
    """Ask one controller for its access points. `staged`: it adds an image before it activates it."""

    def __init__(self, read: Reading, *, staged: bool) -> None:
        self._read = read
        self._staged = staged

    @property
    def asked(self) -> bool:
        """Return whether it is one, and its access points are to load an image beforehand."""
        return self._read.settings.access_points.predownload and is_controller(self._read.version().model)

    def rows(self) -> tuple[ApImage, ...]:
        """Read what each access point has."""
        return parse_show_ap_image(self._read.show(COMMAND))

    def check(self, image: Image) -> Iterator[Finding]:
        """Apply the rule for them; of a patch there is nothing to load."""
        if image.kind is ImageKind.IMAGE and self.asked:
            yield able(self.rows(), image, staged=self._staged)

    def predownload(self) -> Sent:
        """Have them load it. What the command prints is not known, so only a refusal says anything."""
        text = self._read.show(PREDOWNLOAD)
        if text.strip():
            clean(text, PREDOWNLOAD, TERMINAL)
        return Sent(InstallOutcome(None, succeeded=None))


def is_controller(model: str | None) -> bool:
    """Return whether a model is a wireless controller."""
    return _CONTROLLER.match(model or "") is not None


def able(rows: Sequence[ApImage], image: Image, *, staged: bool) -> Finding:
    """Refuse where there is no time between adding and activating, or another image is being loaded."""
    others = [row for row in rows if row.status.casefold() in _UNDER_WAY and not _is_of(row.version, image)]
    seen = f"{len(rows)} joined"
    if not staged:
        seen += ", one-shot mode"
    if others:
        seen += f", {len(others)} of them load another release ({others[0].name}: {others[0].version})"
    return Finding(
        _RULE,
        staged and not others,
        seen,
        f"a time between `install add` and `install activate`, in which all load {image.version} and nothing else",
        f"`{COMMAND}` on the device until none loads an image; set swimctl.activation.mode: staged, or "
        "swimctl.access_points.predownload: false",
    )


def standing(rows: Sequence[ApImage], image: Image) -> tuple[AccessPoint, ...]:
    """Return how far each one is with an image.

    It has it where its status and its backup partition agree, on the one release that all are given. Access points
    spell releases without the letter of a rebuild: which build it is, only what the controller gives them now tells.
    """
    given = {
        row.version for row in rows if _is_given(row) and _is_of(row.version, image) and row.version != row.running
    }
    return tuple(AccessPoint(row.name, _loading(row, image, given), _said(row)) for row in rows)


def _loading(row: ApImage, image: Image, given: set[str]) -> Loading:
    word = row.status.casefold()
    if word in _DONE and len(given) == 1 and {row.version, row.backup} == given:
        return Loading.HAS
    if word == _IDLE and row.backup != row.running and _holds(row, image, given):
        return Loading.HAS
    if word in _UNDER_WAY:
        return Loading.LOADS
    if word in _FAILED:
        return Loading.FAILED
    return Loading.CANNOT if word in _UNABLE else Loading.NOT


def _holds(row: ApImage, image: Image, given: set[str]) -> bool:
    """Return whether one that loads nothing has the image in its backup partition."""
    if given:
        return given == {row.backup}
    letter = _NUMBERS.fullmatch(image.version)
    rebuilt = letter is None or letter[4] or _is_of(row.running, image)
    return not rebuilt and _is_of(row.backup, image)


def _is_given(row: ApImage) -> bool:
    return row.status.casefold() in _DONE | _UNDER_WAY


def _is_of(version: str, image: Image) -> bool:
    """Return whether an access point's release is the image's, as far as three numbers tell."""
    wanted, found = _NUMBERS.match(image.version), _NUMBERS.match(version)
    return bool(wanted and found) and _three(wanted) == _three(found)


def _three(found: re.Match[str] | None) -> tuple[int, ...]:
    return () if found is None else tuple(int(number) for number in found.groups()[:3])


def _said(row: ApImage) -> str:
    version = "" if row.status.casefold() == _IDLE else f" {row.version}"
    return f"{row.status}{version}, {row.backup} in its backup partition"
