"""Cisco's image file names for NX-OS, and which hardware an image family runs on."""

from __future__ import annotations

import re
from typing import Final

from swimctl.facts import ImageName
from swimctl.versions import release

PLATFORM: Final = "cisco_nxos"

# nxos.9.3.5.bin, nxos.7.0.3.I7.8.bin, nxos64-cs.10.3.4a.M.bin, n7000-s2-dk9.8.4.2.bin, n7000-s2-dk9.7.3.0.D1.1.bin,
# n5000-uk9.7.3.0.N1.1.bin, n3000-uk9.6.0.2.U6.1.bin; their kickstarts; n9000-epld.9.3.5.img, n7000-s2-epld.8.4.2.img.
_NAME: Final = re.compile(
    r"(?P<family>nxos(?:64)?(?:-[a-z0-9]+)?|n\d{4}(?:-s\d[a-z]?)?(?:-(?:dk9|uk9))?)(?P<part>-(?:kickstart|epld))?"
    r"(?:-npe)?\.(?P<major>\d{1,2})\.(?P<minor>\d{1,2})\.(?P<number>\d{1,3}[a-z]?)"
    r"(?:\.(?P<train>[A-Z]{1,2}\d+)\.(?P<rebuild>\d+[a-z]?)|\.(?P<kind>[MF]))?\.(?P<end>bin|img)"
)

# (model, families that run on it for sure, families that are for other hardware). Sources: devices' own
# `show version` (hardware beside the image file: C9396PX and C9372PX `nxos`; -EX, FX3 and GX2B `nxos64-cs`; Nexus 5548
# `n5000-uk9`; Nexus 7010 with SUP2 `n7000-s2`). The rest is from general knowledge: all of the Nexus 9000 and 3000 ran
# `nxos` up to 9.3. What is not sure is in neither set, and reads "not known".
_64: Final = frozenset({"nxos64", "nxos64-cs", "nxos64-msll", "nxos64-s1"})
_N9K: Final = frozenset({"nxos", "n9000-dk9"})
_N3K: Final = frozenset({"n3000-uk9", "n3500-uk9"})
_N5K: Final = frozenset({"n5000-uk9", "n6000-uk9"})
_N7K: Final = frozenset({"n7000-s1-dk9", "n7000-s2-dk9", "n7700-s2-dk9", "n7700-s3-dk9"})
_FAMILIES: Final = _64 | _N9K | _N3K | _N5K | _N7K
_NEXUS9: Final = r"(?:N9K-C|Nexus ?9000 C)"
_HARDWARE: Final = (
    (
        re.compile(rf"{_NEXUS9}93\w+-(?:EX|FX|FX2|FX3\w*|GX)\b", re.IGNORECASE),
        {"nxos", "nxos64-cs"},
        _N3K | _N5K | _N7K,
    ),
    (re.compile(rf"{_NEXUS9}93\w+-GX2\w*", re.IGNORECASE), {"nxos64-cs"}, _N3K | _N5K | _N7K),
    (re.compile(rf"{_NEXUS9}93\d\d(?:PX|TX|PQ|YX)\b", re.IGNORECASE), {"nxos"}, _64 | _N3K | _N5K | _N7K),
    (re.compile(r"N9K-|Nexus ?9000 ", re.IGNORECASE), set[str](), _N3K | _N5K | _N7K),
    (re.compile(r"N3K-|Nexus ?3\d{3}", re.IGNORECASE), set[str](), _N5K | _N7K | {"n9000-dk9"}),
    (
        re.compile(r"N5K-C5[56]|Nexus ?5[56]\d\d", re.IGNORECASE),
        {"n5000-uk9"},
        _64 | _N9K | _N3K | _N7K | {"n6000-uk9"},
    ),
    (re.compile(r"N6K-|Nexus ?6\d{3}", re.IGNORECASE), {"n6000-uk9"}, _64 | _N9K | _N3K | _N7K | {"n5000-uk9"}),
    (
        re.compile(r"N77-C77|Nexus ?7700", re.IGNORECASE),
        set[str](),
        _64 | _N9K | _N3K | _N5K | {"n7000-s1-dk9", "n7000-s2-dk9"},
    ),
    # The supervisor decides, which a chassis' model does not tell.
    (re.compile(r"N7K-SUP1", re.IGNORECASE), {"n7000-s1-dk9"}, _FAMILIES - {"n7000-s1-dk9"}),
    (re.compile(r"N7K-SUP2E?\b", re.IGNORECASE), {"n7000-s2-dk9"}, _FAMILIES - {"n7000-s2-dk9"}),
    (
        re.compile(r"N7K-C70|Nexus ?7000", re.IGNORECASE),
        set[str](),
        _64 | _N9K | _N3K | _N5K | {"n7700-s2-dk9", "n7700-s3-dk9"},
    ),
)


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


def fits(family: str, model: str) -> bool | None:
    """Tell whether an image of this family runs on this hardware; None where the table knows one of them not."""
    row = next((row for row in _HARDWARE if row[0].match(model.strip())), None)
    if row is None or family not in _FAMILIES:
        return None
    _, sure, foreign = row
    if family in sure:
        return True
    return False if family in foreign else None
