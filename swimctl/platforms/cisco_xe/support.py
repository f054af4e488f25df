"""What swimctl offers for IOS-XE in install mode, in commands and words: messages and the support matrix have them."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from swimctl.models import ImageKind
from swimctl.platforms.base import Support
from swimctl.platforms.cisco_xe.reading import COMPARED
from swimctl.platforms.evidence import read_by, with_models

VIRTUAL: Final = re.compile(r"C9[456]")
"""Two of these are a StackWise Virtual pair; what is stacked has other models."""

_PRINTED: Final = read_by(
    who="`show version`, else of `show inventory`",
    boot="`show version`",
    release="`show version` with `show switch`, `show chassis`, or `show platform` and `show redundancy`",
    state="`show install summary`",
    compared=COMPARED,
    commit="`install commit`",
    instead="`show redundancy` and `show install summary`, where they agree",
)
EVIDENCE: Final = with_models(
    _PRINTED,
    "`boot-time` of the model `Cisco-IOS-XE-device-hardware-oper`",
    "`software-version` of `Cisco-IOS-XE-device-hardware-oper` and the provisioned versions of "
    "`Cisco-IOS-XE-install-oper`",
    "the states of `Cisco-IOS-XE-install-oper`",
)

SUPPORT: Final = Support(
    name="Cisco IOS-XE, install mode",
    add="install add",
    activate="install activate",
    commit="install commit",
    back="install abort",
    look="`show version`, `show install summary` and `show logging`",
    way_back="before the commit, the auto-abort timer goes back by itself; after the commit, `install rollback`; if "
    "the device was converted from bundle mode, `boot system` with the old image, `write memory`, then `reload`",
    hashes=("sha512", "md5"),
    members="in a stack, a StackWise Virtual pair, or with two supervisors, swimctl checks every member before and "
    "after: space, release, boot variable; there must be a standby",
    clean="install remove inactive",
    predownload="ap image predownload",
    evidence=EVIDENCE,
    kinds=frozenset({ImageKind.IMAGE, ImageKind.PATCH}),
    refuses=(
        "members in different modes: all must run in install mode",
        "a StackWise Virtual pair with two supervisors a chassis",
        "routers in controller mode (SD-WAN): upgrade them from their manager",
        "--issu, except on Catalyst 9400, 9500 and 9600: see the next section",
    ),
)
SUPPORT_IN_SERVICE: Final = replace(
    SUPPORT,
    name="Cisco IOS-XE, install mode, in service",
    activate="install activate issu",
    back="install abort issu",
    look="`show issu state detail`, `show redundancy`, `show install summary` and `show logging`",
    way_back="before the commit, the auto-abort timer goes back by itself; after the commit, `install rollback`, which "
    "reloads the whole device",
    members="two supervisors, or the two chassis of a StackWise Virtual pair; swimctl checks each before and after: "
    "space, release, boot variable, stateful switchover, a hot standby",
    evidence=read_by(
        who="`show version`, else of `show inventory`",
        boot="`show redundancy`",
        release="`show issu state detail`, `show version` and `show redundancy`",
        state="`show install summary` and `show issu state detail`",
        compared=COMPARED,
        commit="`install commit`",
    ),
    predownload="",
    issu="the standby reloads first and takes over; `show issu state detail` must say that the device can do this",
    kinds=frozenset({ImageKind.IMAGE}),
    refuses=(
        "one supervisor, or a standby that is not hot: no other supervisor could take over",
        "a StackWise Virtual pair with two supervisors a chassis",
        "one-shot mode: it would commit before swimctl can check anything",
        "SMUs",
    ),
)
