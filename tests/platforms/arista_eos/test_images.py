"""Image names of EOS, and what they fit."""

from __future__ import annotations

import pytest

from swimctl import platforms
from swimctl.facts import ImageName
from swimctl.platforms.arista_eos import fits, read_filename


@pytest.mark.parametrize(
    ("name", "family", "version"),
    [
        ("EOS-4.28.3M.swi", "EOS", "4.28.3M"),
        ("EOS64-4.30.1F.swi", "EOS64", "4.30.1F"),
        ("EOS-2GB-4.21.9M.swi", "EOS-2GB", "4.21.9M"),
        ("EOS-4.20.5F-INT.swi", "EOS-INT", "4.20.5F"),
        ("EOS-4.18.3.1F.swi", "EOS", "4.18.3.1F"),
        ("vEOS-lab-4.27.3F.swi", "vEOS-lab", "4.27.3F"),
        ("vEOS64-lab-4.32.2F.swi", "vEOS64-lab", "4.32.2F"),
        ("CloudEOS-4.25.1F.swi", "CloudEOS", "4.25.1F"),
        ("cEOS-lab-4.31.6M.tar", "cEOS-lab", "4.31.6M"),
        ("cEOS64-lab-4.30.1F.tar.xz", "cEOS64-lab", "4.30.1F"),
    ],
)
def test_image_names(name: str, family: str, version: str) -> None:
    assert read_filename(name) == ImageName("arista_eos", family, version)
    assert platforms.read_filename(name) == ImageName("arista_eos", family, version)


@pytest.mark.parametrize(
    "name",
    [
        "EOS.swi",
        "EOS-4.28.3M.swix",
        "EOS-4.28.3M.swi.sha512sum",
        "TerminAttr-1.19.5-1.swix",
        "cEOS-lab-4.31.6M.swi",
        "EOS-4.28.3M.tar",
        "vEOS-lab-4.27.3F.vmdk",
        "cat9k_iosxe.17.09.04a.SPA.bin",
        "",
    ],
)
def test_what_boots_nothing_is_no_image(name: str) -> None:
    assert read_filename(name) is None


@pytest.mark.parametrize(
    ("family", "model", "verdict"),
    [
        ("EOS", "DCS-7010T-48-R", True),
        ("EOS", "CCS-720XP-24ZY4-F", True),
        ("EOS", "DCS-7050SX3-48YC8-F", True),
        ("EOS64", "DCS-7280SR3-40YC6-F", True),
        ("EOS64", "DCS-7010T-48-R", None),
        ("EOS", "DCS-7800R3-MOD", None),
        ("vEOS-lab", "DCS-7010T-48-R", False),
        ("cEOS-lab", "DCS-7280SR3-40YC6-F", False),
        ("cEOS-lab", "cEOSLab", True),
        ("cEOSarm-lab", "cEOSLab", None),
        ("EOS", "cEOSLab", False),
        ("vEOS-lab", "vEOS-lab", True),
        ("vEOS-lab", "vEOS", True),
        ("EOS64", "vEOS-lab", False),
        ("cat9k_iosxe", "DCS-7010T-48-R", None),
        ("EOS", "C9300-48P", None),
        ("EOS", "", None),
    ],
)
def test_what_fits(family: str, model: str, verdict: bool | None) -> None:
    assert fits(family, model) is verdict
