"""Vendors' files that are neither an image nor a patch that swimctl installs, told by their names. Pure."""

from __future__ import annotations

import re
from typing import Final

# Asked of names that no platform reads; the first that fits decides. The endings are those of files that captured
# devices hold and of the vendors' download pages, from general knowledge.
_KINDS: Final = tuple(
    (re.compile(pattern, re.IGNORECASE), what)
    for pattern, what in (
        (r".*\.ap[sd]p\.bin", "a pack for access points, added to a release of a C9800 that runs"),
        (r".*(?:rommon|rpboot|npe-rom|\.rom\b|\.hw\b).*", "a boot monitor or firmware of a part"),
        (r".*\.smu\b.*", "a patch (SMU) under another name than the vendor's, which tells its release"),
        (r".*\.pkg", "a package of IOS-XE, which the device unpacks from a whole image"),
        (r".*\.conf", "a list of packages, which the device writes itself"),
        (r".*\.aes", "an image of AireOS"),
        (r"aci-.*", "an image of ACI, which the controllers of a fabric install"),
        (r".*-kickstart\..*", "a kickstart of NX-OS, which boots beside the system image of its release"),
        (r".*\.upg", "a copy of an image that a device made for itself"),
        (r".*\.rpm", "a package (a feature or a fix), added to a release that runs"),
        (r".*(?:\.pie|\.pie-[\d.]+\w*)", "a package of classic IOS-XR, added to a release that runs"),
        (
            r"(?:asr9k|ncs|xrv9k|iosxrwbd|8000|crs)[\w.-]*\.tar(?:\.gz)?",
            "an archive of packages of IOS-XR, added to a release that runs",
        ),
        (r".*\.swix", "an extension of EOS, added to a release that runs"),
        (r"(?:jweb|jsd|jpuppet|jchef|jweb-ex)-.*\.tgz", "a package of Junos, added to a release that runs"),
        (r".*-(?:media|usb)\b.*", "an image for a USB stick or a disk, which a device cannot add"),
        (r".*\.(?:vmdk|ova|qcow2|vhd|vhdx|vga)", "a disk of a virtual device"),
        (r".*\.(?:sha512|sha512sum|md5|md5sum)", "a hash file, which is read when its image is added"),
    )
)


def what_else(name: str) -> str | None:
    """Return what a file is that can be no image; None where its name does not tell."""
    return next((what for pattern, what in _KINDS if pattern.fullmatch(name)), None)
