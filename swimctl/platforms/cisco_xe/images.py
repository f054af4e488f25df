"""Cisco's image file names for IOS-XE, and which hardware they are for."""

from __future__ import annotations

import re
from functools import partial
from typing import Final

from swimctl.platforms import hardware
from swimctl.platforms.facts import ImageName
from swimctl.platforms.versions import release

PLATFORM: Final = "cisco_xe"

# cat9k_iosxe.17.09.04a.SPA.bin, C9800-L-universalk9_wlc.17.09.04a.SPA.bin,
# asr1000rpx86-universalk9.03.16.05.S.155-3.S5-ext.SPA.bin
_RELEASE: Final = re.compile(
    r"(?=.*\.(?:SPA|SSA)\.)(?P<family>[A-Za-z][\w-]*?)\.(?:SPA\.)?(?P<version>\d{1,2}\.\d{1,2}\.\d{1,2}[a-z]{0,3}\d*(?:\.?[A-Z]{1,2}(?=\.))?)"
    r"(?:\.\d{3}-[\w.-]+?)?(?:\.SPA|\.SSA)?\.bin"
)
# cat9k_iosxe.BLD_POLARIS_DEV_LATEST_20240605_033359.SSA.bin, cat9k_iosxe.2019-06-21_17.21_user.SSA.bin
_ENGINEERING: Final = re.compile(
    r"(?P<family>[A-Za-z][\w-]*?)[._](?P<version>(?:BLD|S2C|V\d)\w*|\d{4}-\d\d-\d\d_[\w.]+?)(?:\.SSA|\.SPA)?\.bin"
)
# cat9k_iosxe.17.06.03.CSCwa00001.SPA.smu.bin, cat9k_iosxe.2022-06-06_12.21_user.24042.CSCwa00001.SSA.smu.bin
_PATCH: Final = re.compile(
    r"(?P<family>[A-Za-z][\w-]*?)\.(?P<version>\d{1,2}\.\d{1,2}\.\d{1,2}[a-z]{0,3}|\d{4}-\d\d-\d\d_[\w.]+?|(?:BLD|V\d)\w*)"
    r"(?:\.\d+)*\.CSC[a-z]{2}\d{5}(?:\.SPA|\.SSA)?\.smu\.bin"
)
_NO_IMAGE: Final = re.compile(
    r".*\.(?:smu|pkg|conf|aes|rom|apsp|apdp|hw)\b.*|.*(?:-rommon|rpboot|_rommon|iosxe-npe-rom).*", re.IGNORECASE
)

fits: Final = partial(hardware.fits, PLATFORM)


def read_filename(name: str) -> ImageName | None:
    """Read a vendor's file name (without folders); None where it is no image of this platform's.

    A SMU (`.smu.bin`) is a `patch` of the release that it names; packages and service packs are no images. The
    version comes as `versions.release` spells it.
    """
    patch = _PATCH.fullmatch(name)
    if patch:
        return ImageName(PLATFORM, patch["family"], release(patch["version"]), "patch")
    if _NO_IMAGE.fullmatch(name):
        return None
    found = _RELEASE.fullmatch(name) or _ENGINEERING.fullmatch(name)
    return ImageName(PLATFORM, found["family"], release(found["version"])) if found else None
