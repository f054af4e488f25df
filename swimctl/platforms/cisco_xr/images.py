"""Cisco's image file names for IOS-XR, and which hardware an image family runs on."""

from __future__ import annotations

import re
from typing import Final

from swimctl.facts import ImageName
from swimctl.versions import release

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

# Sources: Cisco's system setup guides of the NCS 540 and NCS 5500 ("Supported Packages"), and the names that
# captured devices give for themselves; the rest is from general knowledge of the products. What is not sure is left
# out, so that it reads "not known". Read from the top; the first that fits decides. An ASR 9000 takes both kinds, by
# its processor, which a chassis' model does not tell.
_ASR9K: Final = frozenset({"asr9k", "asr9k-px"})
_HARDWARE: Final = (
    (re.compile(r"A9K-RSP440|A9K-RSP-[48]G|ASR-?9001\b", re.IGNORECASE), frozenset({"asr9k-px"})),
    (re.compile(r"ASR-99(?:01|02|03)\b|A99-RP3|A9K-RSP5|A99-RP-F", re.IGNORECASE), frozenset({"asr9k"})),
    (re.compile(r"ASR-?9\d{3}|ASR9K|A9K-RSP880|A99-RP2", re.IGNORECASE), _ASR9K),
    (re.compile(r"NCS-?57(?:B1|C1|D2)", re.IGNORECASE), frozenset({"ncs5700"})),
    (re.compile(r"NCS-?55|NC55-", re.IGNORECASE), frozenset({"ncs5500"})),
    (re.compile(r"NCS-?50(?:01|02|11)", re.IGNORECASE), frozenset({"ncs5k"})),
    (re.compile(r"NCS-?560|N560-", re.IGNORECASE), frozenset({"ncs560"})),
    (re.compile(r"N540X-(?:6Z18G|8Z16G)-", re.IGNORECASE), frozenset({"ncs540l-aarch64"})),
    (
        re.compile(r"N540X?-(?:28Z4C|12Z16G|16Z4G8Q2C|16Z8Q2C|12Z20G)-", re.IGNORECASE),
        frozenset({"ncs540l"}),
    ),
    (re.compile(r"N540X?-(?:24Z8Q2C|ACC)-", re.IGNORECASE), frozenset({"ncs540"})),
    (re.compile(r"NCS-?6\d{3}", re.IGNORECASE), frozenset({"ncs6k"})),
    (re.compile(r"NCS-?1004|NCS1K4", re.IGNORECASE), frozenset({"ncs1004"})),
    (re.compile(r"(?:cisco )?8[0126-9]\d\d\b|8\d{3}-", re.IGNORECASE), frozenset({"8000"})),
    (re.compile(r"(?:R-)?IOS-?XRv ?9000", re.IGNORECASE), frozenset({"xrv9k"})),
)
_FAMILIES: Final = frozenset[str]().union(*(families for _, families in _HARDWARE))


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


def fits(family: str, model: str) -> bool | None:
    """Tell whether an image of this family runs on this hardware; None where the table knows one of them not."""
    wanted = next((families for pattern, families in _HARDWARE if pattern.match(model.strip())), None)
    if wanted is None or family not in _FAMILIES:
        return None
    return family in wanted
