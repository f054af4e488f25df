"""What swimctl offers for Cisco devices that boot a file, in commands and words: messages and the support matrix."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from swimctl.platforms.base import Support
from swimctl.platforms.cisco_xe.reading import COMPARED
from swimctl.platforms.evidence import read_by

CLASSIC: Final = Support(
    name="Cisco IOS (classic)",
    add="",
    activate="boot system, write memory, reload",
    commit="boot system, write memory",
    back="boot system, write memory, reload",
    look="`show version`, `show boot`, `show running-config | include boot system` and `show logging`",
    way_back="`boot system` with the old image first, `write memory`, then `reload`; only if the new image does not "
    "boot, the device starts the old one by itself",
    hashes=("md5",),
    members="in a stack, swimctl checks every member before and after: space, image and its md5, release, role, boot "
    "variable",
    evidence=read_by(
        who="`show version`, else of `show inventory`",
        boot="`show version`",
        release="`show version` and `show switch`",
        state="`show version` and `show boot` (`show bootvar`)",
        compared=COMPARED,
        commit="`boot system` and `write memory`, read back",
    ),
    refuses=(
        "two supervisors (Catalyst 4500 and 6500): swimctl does not copy the image to both",
        "a device whose next boot would not start the running image, or that names no image for it",
        "--cleanup-flash: the device does not know which files it no longer needs",
    ),
)
BUNDLE: Final = replace(
    CLASSIC,
    name="Cisco IOS-XE, bundle mode",
    hashes=("sha512", "md5"),
    refuses=(
        "two route processors or supervisors in bundle mode",
        "routers in controller mode (SD-WAN): upgrade them from their manager",
        *CLASSIC.refuses[1:],
    ),
)
CONVERSION: Final = replace(
    BUNDLE,
    name="Cisco IOS-XE, from bundle to install mode",
    activate="install add … activate commit",
    look="`show version`, `show install summary`, `show boot` and `show logging`",
    way_back="`boot system` with the old image first, `write memory`, then `reload`; nothing goes back by itself",
)
