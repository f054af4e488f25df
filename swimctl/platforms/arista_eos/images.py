"""Arista's image file names, and which hardware they are for."""

from __future__ import annotations

import re
from functools import partial
from typing import Final

from swimctl.platforms import hardware
from swimctl.platforms.facts import ImageName
from swimctl.platforms.versions import release

PLATFORM: Final = "arista_eos"

# EOS-4.28.3M.swi, EOS64-4.30.1F.swi, EOS-4.18.3.1F.swi, EOS-4.20.5F-INT.swi, vEOS-lab-4.27.3F.swi,
# vEOS64-lab-4.32.2F.swi, cEOS-lab-4.31.6M.tar.xz, cEOS64-lab-4.30.1F.tar. A `.swix` is an extension, and boots nothing.
_NAME: Final = re.compile(
    r"(?P<family>(?:EOS|EOS64|EOS-2GB|vEOS|vEOS64|CloudEOS|CloudEOS64|cEOS|cEOS64|cEOSarm)(?:-lab)?)"
    r"-(?P<version>\d{1,2}\.\d{1,2}\.\d{1,2}(?:\.\d{1,2})*[A-Z]{1,3}(?:-\d+\.\w+)?)(?P<kind>-INT)?"
    r"\.(?P<end>swi|tar|tar\.xz)"
)

fits: Final = partial(hardware.fits, PLATFORM)


def read_filename(name: str) -> ImageName | None:
    """Read a vendor's file name (without folders); None where it is no image of this platform's.

    A name without a release (`EOS.swi`) tells too little. Images of containers are archives, all others `.swi`.
    """
    found = _NAME.fullmatch(name)
    if found is None or (found["end"] == "swi") is found["family"].startswith("cEOS"):
        return None
    return ImageName(PLATFORM, f"{found['family']}{found['kind'] or ''}", release(found["version"]))
