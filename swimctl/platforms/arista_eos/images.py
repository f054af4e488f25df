"""Arista's image file names, and which hardware an image family runs on."""

from __future__ import annotations

import re
from typing import Final

from swimctl.facts import ImageName
from swimctl.versions import release

PLATFORM: Final = "arista_eos"

# EOS-4.28.3M.swi, EOS64-4.30.1F.swi, EOS-4.18.3.1F.swi, EOS-4.20.5F-INT.swi, vEOS-lab-4.27.3F.swi,
# vEOS64-lab-4.32.2F.swi, cEOS-lab-4.31.6M.tar.xz, cEOS64-lab-4.30.1F.tar. A `.swix` is an extension, and boots nothing.
_NAME: Final = re.compile(
    r"(?P<family>(?:EOS|EOS64|EOS-2GB|vEOS|vEOS64|CloudEOS|CloudEOS64|cEOS|cEOS64|cEOSarm)(?:-lab)?)"
    r"-(?P<version>\d{1,2}\.\d{1,2}\.\d{1,2}(?:\.\d{1,2})*[A-Z]{1,3}(?:-\d+\.\w+)?)(?P<kind>-INT)?"
    r"\.(?P<end>swi|tar|tar\.xz)"
)

_SWITCH: Final = frozenset({"EOS", "EOS64", "EOS-2GB", "EOS-INT", "EOS64-INT"})
_VIRTUAL: Final = frozenset({"vEOS-lab", "vEOS64-lab", "vEOS", "vEOS64"})
_CONTAINER: Final = frozenset({"cEOS", "cEOS64", "cEOSarm", "cEOS-lab", "cEOS64-lab", "cEOSarm-lab"})
_CLOUD: Final = frozenset({"CloudEOS", "CloudEOS64"})

# (model, the kind of its images, those of the kind that are sure). Sources: the line `Architecture` of devices' own
# `show version` (i686 is EOS, x86_64 is EOS64); the rest is from general knowledge: the series of before EOS64 run EOS.
# Which of a kind a newer series takes is not sure, and reads "not known".
_HARDWARE: Final = (
    (re.compile(r"DCS-7280(?:SR2A|SR3)-", re.IGNORECASE), _SWITCH, frozenset({"EOS", "EOS64"})),
    (
        re.compile(
            r"DCS-(?:7010T|7020|7048|7050[QSTX]|7060CX|7124|7150|7160|7250QX|7260|7280[A-Z]{1,3}2?-|7280SR3K|75\d\d|73\d\d)"
            r"|CCS-720XP",
            re.IGNORECASE,
        ),
        _SWITCH,
        frozenset({"EOS"}),
    ),
    (re.compile(r"(?:DCS|CCS)-", re.IGNORECASE), _SWITCH, frozenset[str]()),
    (re.compile(r"vEOS", re.IGNORECASE), _VIRTUAL, _VIRTUAL),
    (re.compile(r"cEOS", re.IGNORECASE), _CONTAINER, _CONTAINER - {"cEOSarm", "cEOSarm-lab"}),
    (re.compile(r"CloudEOS", re.IGNORECASE), _CLOUD, _CLOUD),
)
_FAMILIES: Final = _SWITCH | _VIRTUAL | _CONTAINER | _CLOUD


def read_filename(name: str) -> ImageName | None:
    """Read a vendor's file name (without folders); None where it is no image of this platform's.

    A name without a release (`EOS.swi`) tells too little. Images of containers are archives, all others `.swi`.
    """
    found = _NAME.fullmatch(name)
    if found is None or (found["end"] == "swi") is found["family"].startswith("cEOS"):
        return None
    return ImageName(PLATFORM, f"{found['family']}{found['kind'] or ''}", release(found["version"]))


def fits(family: str, model: str) -> bool | None:
    """Tell whether an image of this family runs on this hardware; None where the table knows one of them not."""
    row = next((row for row in _HARDWARE if row[0].match(model.strip())), None)
    if row is None or family not in _FAMILIES:
        return None
    _, kind, sure = row
    if family not in kind:
        return False
    return True if family in sure else None
