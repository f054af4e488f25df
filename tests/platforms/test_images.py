"""Cisco's image file names, and what they fit."""

from __future__ import annotations

import pytest

from swimctl import platforms
from swimctl.errors import NotFound, UsageError
from swimctl.facts import ImageName
from swimctl.platforms.cisco_xe.images import fits, read_filename


@pytest.mark.parametrize(
    ("name", "family", "version"),
    [
        ("cat9k_iosxe.17.09.04a.SPA.bin", "cat9k_iosxe", "17.9.4a"),
        ("cat9k_iosxe.17.12.01.SPA.bin", "cat9k_iosxe", "17.12.1"),
        ("cat9k_iosxe_npe.17.09.04a.SPA.bin", "cat9k_iosxe_npe", "17.9.4a"),
        ("cat9k_lite_iosxe.17.09.05.SPA.bin", "cat9k_lite_iosxe", "17.9.5"),
        ("cat9k-universalk9.17.09.04a.SPA.bin", "cat9k-universalk9", "17.9.4a"),
        ("isr4400-universalk9.17.09.04a.SPA.bin", "isr4400-universalk9", "17.9.4a"),
        ("c8000v-universalk9.17.09.01a.SPA.bin", "c8000v-universalk9", "17.9.1a"),
        ("cat3k_caa-universalk9.16.12.10.SPA.bin", "cat3k_caa-universalk9", "16.12.10"),
        ("cat3k_caa-universalk9.SPA.03.06.10.E.152-2.E10.bin", "cat3k_caa-universalk9", "3.6.10E"),
        ("asr1000-universalk9.17.06.05.SPA.bin", "asr1000-universalk9", "17.6.5"),
        ("asr1000rpx86-universalk9.03.16.05.S.155-3.S5-ext.SPA.bin", "asr1000rpx86-universalk9", "3.16.5S"),
        ("isr4300-universalk9.03.16.04b.S.155-3.S4b-ext.SPA.bin", "isr4300-universalk9", "3.16.4bS"),
        ("C9800-L-universalk9_wlc.17.09.04a.SPA.bin", "C9800-L-universalk9_wlc", "17.9.4a"),
        ("C9800-CL-universalk9.17.07.01prd16.SPA.bin", "C9800-CL-universalk9", "17.7.1prd16"),
        ("ie3x00-universalk9.17.06.03.SPA.bin", "ie3x00-universalk9", "17.6.3"),
        (
            "cat9k_iosxe.BLD_POLARIS_DEV_LATEST_20240605_033359.SSA.bin",
            "cat9k_iosxe",
            "BLD_POLARIS_DEV_LATEST_20240605_033359",
        ),
        ("cat9k_iosxe.S2C.SSA.bin", "cat9k_iosxe", "S2C"),
    ],
)
def test_image_names(name: str, family: str, version: str) -> None:
    assert read_filename(name) == ImageName("cisco_xe", family, version)
    assert platforms.read_filename(name) == ImageName("cisco_xe", family, version)


@pytest.mark.parametrize(
    ("name", "family", "version"),
    [
        ("cat9k_iosxe.17.06.03.CSCxy00001.SPA.smu.bin", "cat9k_iosxe", "17.6.3"),
        ("C9800-L-universalk9_wlc.17.09.04a.CSCxy00001.SPA.smu.bin", "C9800-L-universalk9_wlc", "17.9.4a"),
        (
            "cat9k_iosxe.2024-08-08_11.57_user.24044.CSCxy00001.SSA.smu.bin",
            "cat9k_iosxe",
            "2024-08-08_11.57_user",
        ),
    ],
)
def test_a_patch_is_of_the_release_that_it_mends(name: str, family: str, version: str) -> None:
    assert read_filename(name) == ImageName("cisco_xe", family, version, "patch")


@pytest.mark.parametrize(
    "name",
    [
        "cat9k_iosxe.17.06.03.SPA.smu.bin",
        "CSCxy00001.SPA.smu.bin",
        "C9800-L-universalk9_wlc.17.09.04a.CSCxy00001.SPA.apsp.bin",
        "cat9k-rpbase.17.09.04a.SPA.pkg",
        "cat9k_iosxe.17.09.04a.SPA.conf",
        "packages.conf",
        "c2960x-universalk9-mz.152-7.E7.bin",
        "nxos64-cs.10.4.5.M.bin",
        "EOS-4.27.6M.swi",
        "readme.txt",
        "cat9k_iosxe.bin",
        "",
    ],
)
def test_what_is_no_image_of_ios_xe(name: str) -> None:
    assert read_filename(name) is None


LITE, CAT9K, UNIVERSAL = "cat9k_lite_iosxe", "cat9k_iosxe", "cat9k-universalk9"


@pytest.mark.parametrize("model", ["C9200-24P", "C9200L-48P-4G", "C9200CX-12P-2X2G", "C9200-48T-E"])
def test_the_smallest_run_the_lite_image_only(model: str) -> None:
    assert (fits(LITE, model), fits(CAT9K, model), fits(UNIVERSAL, model)) == (True, False, False)


@pytest.mark.parametrize(
    "model",
    [
        "C9300-48P",
        "C9300L-24T-4G",
        "C9300LM-48U-4Y",
        "C9300X-24Y",
        "C9404R",
        "C9407R",
        "C9410R",
        "C9500-40X",
        "C9500-32QC",
        "C9500X-28C8D",
        "C9606R",
        "C9610R",
        "C9600-SUP-1",
        "C9600X-SUP-2",
        "C9400-SUP-1",
        "C9300-24UX-A",
    ],
)
def test_the_others_run_the_full_image(model: str) -> None:
    assert (fits(LITE, model), fits(CAT9K, model), fits(UNIVERSAL, model)) == (False, True, True)


@pytest.mark.parametrize(
    ("family", "model", "verdict"),
    [
        ("asr1001x-universalk9", "ASR1001-X", True),
        ("asr1000-universalk9", "ASR1001-X", False),
        ("asr1000-universalk9", "ASR1001-HX", True),
        ("asr1000rpx86-universalk9", "ASR1006-X", None),
        ("cat9k_iosxe", "ASR1006-X", False),
        ("cat4500es8-universalk9", "WS-C4507R+E", None),
        ("c8000be-universalk9", "C8300-1N1S-6T", True),
        ("cat9k_iosxe", "WS-C2960X-48FPD-L", False),
        ("cat9k_iosxe", "IE-5000-12S12P-10G", False),
    ],
)
def test_routers_and_chassis(family: str, model: str, verdict: bool | None) -> None:
    assert fits(family, model) is verdict


def test_other_families() -> None:
    assert fits("cat3k_caa-universalk9", "WS-C3850-48P") is True
    assert fits("cat9k_iosxe", "WS-C3850-48P") is False
    assert fits("isr4400-universalk9", "ISR4451-X/K9") is True
    assert fits("c8000v-universalk9", "C8000V") is True


@pytest.mark.parametrize(
    ("family", "model"), [("cat9k_iosxe", "N9K-C9396PX"), ("c2960x-universalk9", "C9300-48P"), ("cat9k_iosxe", "")]
)
def test_what_the_table_does_not_know(family: str, model: str) -> None:
    assert fits(family, model) is None


@pytest.mark.parametrize(
    "alias",
    [
        "cisco_xe",
        "iosxe",
        "ios-xe",
        "cisco_iosxe",
        "cisco_ios_xe",
        "Cisco_XE",
        " iosxe ",
    ],
)
def test_aliases_of_the_platform(alias: str) -> None:
    assert platforms.canonical_platform(alias) == "cisco_xe"
    assert platforms.load_platform(alias).__name__ == "swimctl.platforms.cisco_xe"
    assert platforms.fits(alias, "cat9k_iosxe", "C9300-48P") is True


@pytest.mark.parametrize("alias", ["ios", "cisco_ios", "cisco.ios.ios", " IOS "])
def test_what_inventories_call_ios_takes_images_of_both(alias: str) -> None:
    assert platforms.canonical_platform(alias) == "cisco_ios"
    assert platforms.load_platform(alias).__name__ == "swimctl.platforms.cisco_ios"
    assert platforms.takes("cisco_ios", "cisco_xe")
    assert platforms.takes("cisco_ios", "cisco_ios")
    assert not platforms.takes("cisco_ios", "cisco_xr")
    assert not platforms.takes("cisco_xe", "cisco_ios")
    assert not platforms.takes("panos", "cisco_xe")
    assert platforms.platform_of_family("cisco_ios", "cat9k_iosxe") == "cisco_xe"
    assert platforms.platform_of_family("cisco_ios", "c2960x-universalk9") == "cisco_ios"
    assert platforms.platform_of_family("cisco_xe", "anything") == "cisco_xe"


def test_an_unknown_platform_is_named_with_the_known() -> None:
    assert platforms.canonical_platform("cisco_xee") is None
    with pytest.raises(NotFound, match=r"'cisco_xee' is not known \(did you mean 'cisco_xe'\?\); known: .*cisco_ios"):
        platforms.load_platform("cisco_xee")
    assert issubclass(NotFound, UsageError)
