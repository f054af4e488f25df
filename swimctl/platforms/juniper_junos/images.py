"""Juniper's package file names, and which hardware a package family runs on."""

from __future__ import annotations

import re
from typing import Final

from swimctl.facts import ImageName
from swimctl.versions import release

PLATFORM: Final = "juniper_junos"

# jinstall-ex-4300-21.4R3-S2.5-signed.tgz, junos-arm-32-22.2R1.9.tgz, junos-srxsme-15.1X49-D170.4-domestic.tgz,
# junos-vmhost-install-mx-x86-64-21.4R3.15.tgz, jinstall-host-qfx-5e-x86-64-20.4R3.8-secure-signed.tgz
_NAME: Final = re.compile(
    r"(?P<family>(?:jinstall(?:64)?|junos)(?:-[a-z0-9]+)*?)-(?P<version>\d{1,2}\.\d[A-Z]\d{1,2}(?:-[SD]\d+)?(?:\.\d+)?(?:-EVO)?)"
    r"(?:-(?:domestic|export|secure|signed|limited|flex|unsigned))*\.(?:tgz|iso)"
)
# Written to a disk, not added to a device that runs.
_MEDIA: Final = re.compile(r".*-(?:media|usb)\b.*")

# (model, families that surely run on it, families that may). Sources: what captured devices print of themselves (an
# EX4550 has the `EX 4500 Software Suite`) and the names of the packages themselves; the rest is from general knowledge
# of the products. Which of two an MX takes is told by its routing engine, which its model does not name.
_NONE: Final = frozenset[str]()
_5E: Final = frozenset({"jinstall-host-qfx-5e-x86-64", "jinstall-host-qfx-5e-flex-x86-64"})
_VMHOST_MX: Final = frozenset({"junos-vmhost-install-mx-x86-64"})
_HARDWARE: Final = (
    (re.compile(r"ex(?:2300|3400)\b", re.IGNORECASE), frozenset({"junos-arm-32"}), _NONE),
    (re.compile(r"ex4300-(?:\d+)?mp", re.IGNORECASE), _NONE, frozenset({"jinstall-host-ex-4300"})),
    (re.compile(r"ex4300\b", re.IGNORECASE), frozenset({"jinstall-ex-4300"}), _NONE),
    (re.compile(r"ex45[05]0\b", re.IGNORECASE), frozenset({"jinstall-ex-4500"}), _NONE),
    *(
        (re.compile(rf"ex{series}\b", re.IGNORECASE), frozenset({f"jinstall-ex-{series}"}), _NONE)
        for series in ("2200", "3300", "4200", "6200", "8200")
    ),
    (re.compile(r"ex4600\b", re.IGNORECASE), frozenset({"jinstall-host-ex-4600"}), _NONE),
    (
        re.compile(r"qfx5100\b", re.IGNORECASE),
        frozenset({"jinstall-host-qfx-5"}),
        frozenset({"jinstall-host-qfx-5-flex"}) | _5E,
    ),
    (re.compile(r"qfx5(?:110|120|200|210)\b", re.IGNORECASE), frozenset({"jinstall-host-qfx-5e-x86-64"}), _5E),
    (re.compile(r"vmx\b", re.IGNORECASE), frozenset({"junos-vmx-x86-64"}), _NONE),
    (re.compile(r"mx(?:204|10003|10004|10008|10016)\b", re.IGNORECASE), _VMHOST_MX, _NONE),
    (re.compile(r"mx(?:5|10|40|80|104)(?:-t)?$", re.IGNORECASE), frozenset({"jinstall-ppc"}), _NONE),
    (
        re.compile(r"mx(?:240|480|960|2008|2010|2020)\b", re.IGNORECASE),
        _NONE,
        _VMHOST_MX | {"junos-install-mx-x86-64", "junos-install-mx-x86-32", "jinstall64", "jinstall"},
    ),
    (re.compile(r"srx(?:300|320|340|345|380|550)", re.IGNORECASE), frozenset({"junos-srxsme"}), _NONE),
    (re.compile(r"vsrx", re.IGNORECASE), _NONE, frozenset({"junos-vsrx-x86-64", "junos-vsrx3-x86-64"})),
)
_FAMILIES: Final = frozenset[str]().union(*(sure | maybe for _, sure, maybe in _HARDWARE))


def read_filename(name: str) -> ImageName | None:
    """Read a vendor's file name (without folders); None where it is no package that installs a release.

    `family` is all before the release; what stands behind it (`-domestic-signed`) tells editions of one package.
    """
    found = _NAME.fullmatch(name)
    if found is None or _MEDIA.fullmatch(name):
        return None
    return ImageName(PLATFORM, found["family"], release(found["version"]))


def fits(family: str, model: str) -> bool | None:
    """Tell whether a package of this family runs on this hardware; None where the table is not sure."""
    row = next((row for row in _HARDWARE if row[0].match(model.strip())), None)
    if row is None or family not in _FAMILIES:
        return None
    _, sure, maybe = row
    if family in sure:
        return True
    return None if family in maybe else False
