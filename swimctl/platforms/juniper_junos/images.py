"""Juniper's package file names, and which hardware they are for."""

from __future__ import annotations

import re
from functools import partial
from typing import Final

from swimctl.platforms import hardware
from swimctl.platforms.facts import ImageName
from swimctl.platforms.versions import release

PLATFORM: Final = "juniper_junos"

# jinstall-ex-4300-21.4R3-S2.5-signed.tgz, junos-arm-32-22.2R1.9.tgz, junos-srxsme-15.1X49-D170.4-domestic.tgz,
# junos-vmhost-install-mx-x86-64-21.4R3.15.tgz, jinstall-host-qfx-5e-x86-64-20.4R3.8-secure-signed.tgz
_NAME: Final = re.compile(
    r"(?P<family>(?:jinstall(?:64)?|junos)(?:-[a-z0-9]+)*?)-(?P<version>\d{1,2}\.\d[A-Z]\d{1,3}(?:-[SD]\d+)?(?:\.\d+)?(?:-EVO)?)"
    r"(?:-(?:domestic|export|secure|signed|limited|flex|unsigned))*\.(?:tgz|iso)"
)
# Written to a disk, not added to a device that runs.
_MEDIA: Final = re.compile(r".*-(?:media|usb)\b.*")

# Junos is a guest of these, and their installers stage a release on the host (captures/more/juniper_junos,
# request_system_software_add/03 to 05; of an SRX1500 and an SRX4600 shigechika/junos-ops tells it).
_ON_HOST: Final = re.compile(r"ex4300-\d*mp|ex46\d\d|qfx5\d\d\d|qfx10\d\d\d|srx1500|srx4\d\d\d", re.IGNORECASE)

fits: Final = partial(hardware.fits, PLATFORM)


def read_filename(name: str) -> ImageName | None:
    """Read a vendor's file name (without folders); None where it is no package that installs a release.

    `family` is all before the release; what stands behind it (`-domestic-signed`) tells editions of one package.
    """
    found = _NAME.fullmatch(name)
    if found is None or _MEDIA.fullmatch(name):
        return None
    return ImageName(PLATFORM, found["family"], release(found["version"]))


def stages_on_host(model: str) -> bool:
    """Return whether the installer of this hardware may stage a release on the host, where `show version` is blind."""
    return _ON_HOST.match(model) is not None
