"""Image names of IOS-XR, and what they fit."""

from __future__ import annotations

import pytest

from swimctl import platforms
from swimctl.facts import ImageName
from swimctl.platforms.cisco_xr import fits, read_filename


@pytest.mark.parametrize(
    ("name", "family", "version"),
    [
        ("ncs5500-golden-x-7.5.2-v1.iso", "ncs5500", "7.5.2"),
        ("ncs5500-goldenk9-x-6.6.3-SITE_A.iso", "ncs5500", "6.6.3"),
        ("ncs5500-mini-x-7.5.1.20I.iso", "ncs5500", "7.5.1.20I"),
        ("asr9k-mini-x64-7.3.2.iso", "asr9k", "7.3.2"),
        ("asr9k-mini-x64.iso-6.1.4", "asr9k", "6.1.4"),
        ("asr9k-mini-px.vm-6.4.2", "asr9k-px", "6.4.2"),
        ("8000-x64-7.5.2.iso", "8000", "7.5.2"),
        ("8000-golden-x86_64-7.10.2-SITE_A.iso", "8000", "7.10.2"),
        ("xrv9k-fullk9-x-7.2.2.iso", "xrv9k", "7.2.2"),
        ("xrv9k-fullk9-x.vrr.vga-6.6.2.iso", "xrv9k", "6.6.2"),
        ("ncs540l-x64-7.5.1.iso", "ncs540l", "7.5.1"),
        ("ncs540l-aarch64-7.5.1.iso", "ncs540l-aarch64", "7.5.1"),
    ],
)
def test_image_names(name: str, family: str, version: str) -> None:
    assert read_filename(name) == ImageName("cisco_xr", family, version)
    assert platforms.read_filename(name) == ImageName("cisco_xr", family, version)


@pytest.mark.parametrize(
    "name",
    [
        "ncs5500-mgbl-3.0.0.0-r732.x86_64.rpm",
        "ncs5500-7.3.2.CSCwa07903.tar",
        "NCS5500-iosxr-k9-7.5.2.tar",
        "asr9k-mini-px.pie-6.4.2",
        "asr9k-px-6.4.2.CSCvk12345.pie",
        "asr9k-x64-usb_boot-7.3.2.zip",
        "cat9k_iosxe.17.09.04a.SPA.bin",
        "nxos64-cs.10.3.4a.M.bin",
        "ubuntu-22.04.1.iso",
        "",
    ],
)
def test_what_boots_nothing_is_no_image(name: str) -> None:
    assert read_filename(name) is None


@pytest.mark.parametrize(
    ("family", "model", "verdict"),
    [
        ("ncs5500", "NCS-5508", True),
        ("ncs5500", "NCS-5500", True),
        ("asr9k", "NCS-5508", False),
        ("asr9k", "ASR-9904-AC", True),
        ("asr9k-px", "ASR-9904-AC", True),
        ("asr9k", "A9K-RSP440-TR", False),
        ("asr9k-px", "ASR-9901", False),
        ("8000", "8201-SYS", True),
        ("8000", "8812", True),
        ("ncs540", "8201-SYS", False),
        ("ncs540l", "N540-28Z4C-SYS-A", True),
        ("ncs540l", "N540X-6Z18G-SYS-A", False),
        ("ncs540l-aarch64", "N540X-6Z18G-SYS-A", True),
        ("ncs540l", "NCS540L", None),
        ("xrv9k", "IOS-XRv 9000", True),
        ("xrv9k", "R-IOSXRV9000-RP-C", True),
        ("xrv9k", "C9300-48P", None),
        ("cat9k_iosxe", "NCS-5508", None),
        ("ncs5500", "", None),
    ],
)
def test_what_fits(family: str, model: str, verdict: bool | None) -> None:
    assert fits(family, model) is verdict
