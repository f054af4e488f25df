"""Cisco's image file names for IOS-XR, and which hardware they are for."""

from __future__ import annotations

import re
from functools import partial
from typing import Final

from swimctl.platforms import hardware
from swimctl.platforms.facts import ImageName
from swimctl.platforms.versions import release

PLATFORM: Final = "cisco_xr"

# ncs5500-golden-x-7.5.2-v1.iso, asr9k-mini-x64-7.3.2.iso, 8000-x64-7.5.2.iso, xrv9k-fullk9-x-7.2.2.iso,
# ncs5700-goldenk9-x86_64-7.8.2-LABEL.iso; before 6.2, asr9k-mini-x64.iso-6.1.4. The label is the one that the
# builder of a golden ISO gave.
_ISO: Final = re.compile(
    r"(?P<family>[a-z0-9]+)-(?:(?:mini|full|fullk9|golden|goldenk9)-)?(?:x|x64|x86_64|(?P<arm>aarch64))"
    r"(?P<old>\.iso)?(?:\.[a-z]+)*-"
    r"(?P<version>\d{1,2}\.\d{1,2}\.\d{1,2}(?:\.\d+[A-Z])?)(?(old)|(?:-[\w.-]+)?\.iso)"
)
# Classic devices boot asr9k-mini-px.vm-5.3.4 from their monitor; a .pie is only added to a release that runs.
_VM: Final = re.compile(r"(?P<prefix>[a-z0-9]+)-mini-px\.vm-(?P<version>\d{1,2}\.\d{1,2}\.\d{1,2}(?:\.\d+[A-Z])?)")

fits: Final = partial(hardware.fits, PLATFORM)


def read_filename(name: str) -> ImageName | None:
    """Read a vendor's file name (without folders); None where it is no image of this platform's.

    Packages (.rpm, .pie), their archives (.tar) and SMUs boot nothing. `family` is the hardware's name, with `-px`
    for the classic kind and `-aarch64` for ARM processors; mini, full and golden images are of one family.
    """
    classic = _VM.fullmatch(name)
    if classic:
        return ImageName(PLATFORM, f"{classic['prefix']}-px", release(classic["version"]))
    found = _ISO.fullmatch(name)
    if found is None:
        return None
    family = f"{found['family']}-aarch64" if found["arm"] else found["family"]
    return ImageName(PLATFORM, family, release(found["version"]))
