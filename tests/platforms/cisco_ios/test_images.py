"""Image names of classic IOS, and what they fit."""

from __future__ import annotations

import pytest

from swimctl import platforms
from swimctl.facts import ImageName
from swimctl.platforms.cisco_ios import fits, read_filename


@pytest.mark.parametrize(
    ("name", "family", "version"),
    [
        ("c2960x-universalk9-mz.152-7.E7.bin", "c2960x-universalk9", "15.2(7)E7"),
        ("c2960x-universalk9-tar.152-7.E7.tar", "c2960x-universalk9", "15.2(7)E7"),
        ("c1900-universalk9-mz.SPA.151-4.M8.bin", "c1900-universalk9", "15.1(4)M8"),
        ("c3560cx-universalk9-mz.152-7.E0a.bin", "c3560cx-universalk9", "15.2(7)E0a"),
        ("cat4500e-entservicesk9-mz.122-54.SG1.bin", "cat4500e-entservicesk9", "12.2(54)SG1"),
        ("s72033-adventerprisek9_wan-mz.122-33.SXI4a.bin", "s72033-adventerprisek9_wan", "12.2(33)SXI4a"),
        ("s72033-adventerprisek9_wan-mz.122-18.SXF7", "s72033-adventerprisek9_wan", "12.2(18)SXF7"),
        ("s2t54-adventerprisek9-mz.SPA.155-1.SY4.bin", "s2t54-adventerprisek9", "15.5(1)SY4"),
        ("vios_l2-adventerprisek9-m.SSA.152-6.E.bin", "vios_l2-adventerprisek9", "15.2(6)E"),
    ],
)
def test_image_names(name: str, family: str, version: str) -> None:
    assert read_filename(name) == ImageName("cisco_ios", family, version)
    assert platforms.read_filename(name) == ImageName("cisco_ios", family, version)


@pytest.mark.parametrize(
    "name",
    [
        "c2960x-universalk9-mz.152-7.E7.tar",
        "c2960x-universalk9-tar.152-7.E7.bin",
        "c2960x-universalk9-mz.bin",
        "cat9k_iosxe.17.09.04a.SPA.bin",
        "cat3k_caa-universalk9.SPA.03.06.10.E.152-2.E10.bin",
        "config.text",
        "",
    ],
)
def test_what_is_no_image_of_classic_ios(name: str) -> None:
    assert read_filename(name) is None


@pytest.mark.parametrize(
    ("family", "model", "verdict"),
    [
        ("c2960x-universalk9", "WS-C2960X-48FPD-L", True),
        ("c2960x-universalk9", "WS-C2960XR-24PD-I", True),
        ("c2960-lanbasek9", "WS-C2960X-48FPD-L", False),
        ("c2960-lanbasek9", "WS-C2960-24TT-L", True),
        ("c3560cx-universalk9", "WS-C3560CX-8PC-S", True),
        ("c3750e-universalk9", "WS-C3750X-24P-S", True),
        ("c3750-ipbasek9", "WS-C3750X-24P-S", False),
        ("cat4500e-entservicesk9", "WS-C4948E", True),
        ("s72033-adventerprisek9", "WS-C6506-E", None),
        ("c2960x-universalk9", "WS-C6506-E", False),
        ("c1900-universalk9", "CISCO1921/K9", True),
        ("c3900-universalk9", "CISCO3945E-CHASSIS", False),
        ("vios-adventerprisek9", "IOSv", None),
        ("c2960x-universalk9", "C9300-48P", False),
        ("c2960x-universalk9", "C9404R", False),
        ("c2960x-universalk9", "ISR4331/K9", False),
        ("cat9k_iosxe", "WS-C2960X-48FPD-L", None),
        ("c2960x-universalk9", "N9K-C9372PX", None),
        ("c2960x-universalk9", "", None),
    ],
)
def test_what_fits(family: str, model: str, verdict: bool | None) -> None:
    assert fits(family, model) is verdict
