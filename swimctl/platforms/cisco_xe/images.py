"""Cisco's image file names, and which hardware an image family runs on."""

from __future__ import annotations

import re
from typing import Final

from swimctl.facts import ImageName
from swimctl.versions import release

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
# c2960x-universalk9-mz.152-7.E7.bin is 15.2(7)E7; c1900-universalk9-mz.SPA.151-4.M8.bin; vios-mz.156-3.M2.bin
_CLASSIC: Final = re.compile(
    r"(?P<family>[A-Za-z][\w-]*?)-[mf]z?(?:\.SPA)?\.(?P<major>\d\d)(?P<minor>\d)-(?P<number>\d+[a-z]?)\.(?P<train>[A-Z]+\w*)\.bin"
)
# cat9k_iosxe.17.06.03.CSCwa00001.SPA.smu.bin, cat9k_iosxe.2022-06-06_12.21_user.24042.CSCwa00001.SSA.smu.bin
_PATCH: Final = re.compile(
    r"(?P<family>[A-Za-z][\w-]*?)\.(?P<version>\d{1,2}\.\d{1,2}\.\d{1,2}[a-z]{0,3}|\d{4}-\d\d-\d\d_[\w.]+?|(?:BLD|V\d)\w*)"
    r"(?:\.\d+)*\.CSC[a-z]{2}\d{5}(?:\.SPA|\.SSA)?\.smu\.bin"
)
_NO_IMAGE: Final = re.compile(
    r".*\.(?:smu|pkg|conf|aes|rom|apsp|apdp|hw)\b.*|.*(?:-rommon|rpboot|_rommon|iosxe-npe-rom).*", re.IGNORECASE
)

_CAT9K: Final = frozenset({"cat9k_iosxe", "cat9k_iosxe_npe", "cat9k-universalk9"})
_LITE: Final = frozenset({"cat9k_lite_iosxe", "cat9k_lite_iosxe_npe"})
# Read from the top; the first that fits the model decides. C9500X and C9600X run the same image as their families.
_HARDWARE: Final = (
    (re.compile(r"C9200(?:L|CX)?-|C9200(?:L|CX)?$"), _LITE),
    (re.compile(r"C9(?:300|400|500|600|610)(?:L|LM|X|R)?(?:-|R?$)|C94(?:04|07|10)R|C96(?:06|10)R"), _CAT9K),
    (re.compile(r"WS-C3[68]50"), frozenset({"cat3k_caa-universalk9", "cat3k_caa-universalk9ldpe"})),
    (re.compile(r"C9800-L-"), frozenset({"C9800-L-universalk9_wlc"})),
    (re.compile(r"C9800-40-"), frozenset({"C9800-40-universalk9_wlc"})),
    (re.compile(r"C9800-80-"), frozenset({"C9800-80-universalk9_wlc"})),
    (re.compile(r"C9800-CL"), frozenset({"C9800-CL-universalk9"})),
    (re.compile(r"ISR43\d\d"), frozenset({"isr4300-universalk9", "isr4300-universalk9_ias"})),
    (re.compile(r"ISR44[35]\d"), frozenset({"isr4400-universalk9", "isr4400-universalk9_ias"})),
    (re.compile(r"ISR4461"), frozenset({"isr4400v2-universalk9"})),
    (re.compile(r"ISR42\d\d"), frozenset({"isr4200-universalk9", "isr4200-universalk9_ias"})),
    (re.compile(r"C8000V|CSR1000V"), frozenset({"c8000v-universalk9", "csr1000v-universalk9"})),
    (re.compile(r"C11\d\d"), frozenset({"c1100-universalk9", "c1100-universalk9_ias"})),
    (re.compile(r"IE-3[34]\d\d"), frozenset({"ie3x00-universalk9"})),
    (re.compile(r"IE-93\d\d"), frozenset({"ie9k_iosxe"})),
)
_FAMILIES: Final = frozenset[str]().union(*(families for _, families in _HARDWARE))


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
    classic = _CLASSIC.fullmatch(name)
    if classic:
        version = f"{classic['major']}.{classic['minor']}({classic['number']}){classic['train']}"
        return ImageName(PLATFORM, classic["family"], release(version))
    found = _RELEASE.fullmatch(name) or _ENGINEERING.fullmatch(name)
    return ImageName(PLATFORM, found["family"], release(found["version"])) if found else None


def fits(family: str, model: str) -> bool | None:
    """Tell whether an image of this family runs on this hardware; None where the table knows one of them not."""
    wanted = next((families for pattern, families in _HARDWARE if pattern.match(model.strip())), None)
    if wanted is None or family not in _FAMILIES:
        return None
    return family in wanted
