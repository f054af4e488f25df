"""Cisco's image file names for NX-OS, and which hardware they are for."""

from __future__ import annotations

import re
from functools import partial
from typing import Final

from swimctl.platforms import hardware
from swimctl.platforms.facts import ImageName
from swimctl.platforms.versions import release

PLATFORM: Final = "cisco_nxos"

# nxos.9.3.5.bin, nxos.7.0.3.I7.8.bin, nxos64-cs.10.3.4a.M.bin, n7000-s2-dk9.8.4.2.bin, n7000-s2-dk9.7.3.0.D1.1.bin,
# n5000-uk9.7.3.0.N1.1.bin, n3000-uk9.6.0.2.U6.1.bin; their kickstarts; n9000-epld.9.3.5.img, n7000-s2-epld.8.4.2.img.
_NAME: Final = re.compile(
    r"(?P<family>nxos(?:64)?(?:-[a-z0-9]+)?|n\d{4}(?:-s\d[a-z]?)?(?:-(?:dk9|uk9))?)(?P<part>-(?:kickstart|epld))?"
    r"(?:-npe)?\.(?P<major>\d{1,2})\.(?P<minor>\d{1,2})\.(?P<number>\d{1,3}[a-z]?)"
    r"(?:\.(?P<train>[A-Z]{1,2}\d+)\.(?P<rebuild>\d+[a-z]?)|\.(?P<kind>[MF]))?\.(?P<end>bin|img)"
)

fits: Final = partial(hardware.fits, PLATFORM)


def read_filename(name: str) -> ImageName | None:
    """Read a vendor's file name (without folders); None where it is no file of this platform's.

    `kind` is `image`, `kickstart` (boots a system image of the same release beside it) or `epld` (boots nothing).
    Patches (.rpm), ACI's images and those that a device made itself (.upg) are no images.
    """
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    part = (found["part"] or "").removeprefix("-")
    whole = found["family"].startswith("nxos") or found["family"].endswith(("dk9", "uk9"))
    if (found["end"] == "img") is not (part == "epld") or (not part and not whole):
        return None
    rest = f"{found['train']}({found['rebuild']})" if found["train"] else found["kind"] or ""
    version = f"{found['major']}.{found['minor']}({found['number']}){rest}"
    family = f"{found['family']}-epld" if part == "epld" else found["family"]
    if part == "kickstart" and not family.endswith("uk9"):
        family = f"{family}-dk9"
    return ImageName(PLATFORM, family, release(version), part or "image")
