"""Cisco's image file names for classic IOS, and which hardware they are for."""

from __future__ import annotations

import re
from functools import partial
from typing import Final

from swimctl.platforms import hardware
from swimctl.platforms.facts import ImageName
from swimctl.platforms.versions import release

PLATFORM: Final = "cisco_ios"

# c2960x-universalk9-mz.152-7.E7.bin is 15.2(7)E7; c1900-universalk9-mz.SPA.151-4.M8.bin; vios-mz.156-3.M2.bin;
# s72033-adventerprisek9_wan-mz.122-18.SXF7; c3750e-universalk9-tar.152-4.E10.tar for `archive download-sw`
_NAME: Final = re.compile(
    r"(?P<family>[A-Za-z][\w-]*?)-(?:[mf]z?|(?P<archive>tar))(?:\.(?:SPA|SSA))?"
    r"\.(?P<major>\d\d)(?P<minor>\d)-(?P<number>\d+[a-z]?)\.(?P<train>[A-Z]+\d*[a-z]?)(?(archive)\.tar|(?:\.bin)?)"
)

fits: Final = partial(hardware.fits, PLATFORM)


def read_filename(name: str) -> ImageName | None:
    """Read a vendor's file name (without folders); None where it is no image of this platform's.

    An archive (`.tar`) holds the image of its family and release, with what belongs to it.
    """
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    version = f"{found['major']}.{found['minor']}({found['number']}){found['train']}"
    return ImageName(PLATFORM, found["family"], release(version))
