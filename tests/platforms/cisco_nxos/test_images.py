"""File names of NX-OS, what they are of, and what they fit."""

from __future__ import annotations

import pytest

from swimctl import platforms
from swimctl.facts import ImageName
from swimctl.platforms.cisco_nxos import fits, read_filename


@pytest.mark.parametrize(
    ("name", "family", "version", "kind"),
    [
        ("nxos.9.3.5.bin", "nxos", "9.3(5)", "image"),
        ("nxos.9.3.7a.bin", "nxos", "9.3(7a)", "image"),
        ("nxos.7.0.3.I7.8.bin", "nxos", "7.0(3)I7(8)", "image"),
        ("nxos64-cs.10.3.4a.M.bin", "nxos64-cs", "10.3(4a)", "image"),
        ("nxos64-cs.10.6.3.F.bin", "nxos64-cs", "10.6(3)", "image"),
        ("nxos64.10.1.1.bin", "nxos64", "10.1(1)", "image"),
        ("n9000-dk9.6.1.2.I3.1.bin", "n9000-dk9", "6.1(2)I3(1)", "image"),
        ("n7000-s2-dk9.8.4.2.bin", "n7000-s2-dk9", "8.4(2)", "image"),
        ("n7000-s2-dk9.7.3.0.D1.1.bin", "n7000-s2-dk9", "7.3(0)D1(1)", "image"),
        ("n7000-s2-kickstart.8.4.2.bin", "n7000-s2-dk9", "8.4(2)", "kickstart"),
        ("n5000-uk9.7.3.0.N1.1.bin", "n5000-uk9", "7.3(0)N1(1)", "image"),
        ("n5000-uk9-kickstart.7.3.0.N1.1.bin", "n5000-uk9", "7.3(0)N1(1)", "kickstart"),
        ("n9000-epld.9.3.5.img", "n9000-epld", "9.3(5)", "epld"),
        ("n9000-epld.10.3.4a.M.img", "n9000-epld", "10.3(4a)", "epld"),
        ("n7000-s2-epld.8.4.2.img", "n7000-s2-epld", "8.4(2)", "epld"),
    ],
)
def test_names(name: str, family: str, version: str, kind: str) -> None:
    assert read_filename(name) == ImageName("cisco_nxos", family, version, kind)
    assert platforms.read_filename(name) == ImageName("cisco_nxos", family, version, kind)


@pytest.mark.parametrize(
    "name",
    [
        "nxos.9.3.6.bin.upg",
        "nxos.9.3.5.img",
        "nxos.CSCvx12345-n9k_ALL-1.0.0-9.3.5.lib32_n9000.rpm",
        "aci-n9000-dk9.14.0.1h.bin",
        "n9000-epld.9.3.5.bin",
        "n7000-s2.8.4.2.bin",
        "nxos.bin",
        "cat9k_iosxe.17.09.04a.SPA.bin",
        "",
    ],
)
def test_what_is_no_image_of_ours(name: str) -> None:
    assert read_filename(name) is None


@pytest.mark.parametrize(
    ("family", "model", "verdict"),
    [
        ("nxos64-cs", "N9K-C93180YC-FX", True),
        ("nxos64-cs", "Nexus9000 C93180YC-FX3", True),
        ("nxos", "N9K-C93108TC-EX", True),
        ("nxos64-cs", "Nexus9000 C9332D-GX2B", True),
        ("nxos", "Nexus9000 C9332D-GX2B", None),
        ("nxos", "N9K-C9372PX", True),
        ("nxos64-cs", "Nexus9000 C9396PX", False),
        ("nxos", "N9K-C9504", None),
        ("n7000-s2-dk9", "N9K-C9504", False),
        ("n5000-uk9", "Nexus5548", True),
        ("nxos", "N5K-C5548UP", False),
        ("n7000-s2-dk9", "N7K-SUP2E", True),
        ("n7000-s1-dk9", "N7K-SUP2E", False),
        ("n7000-s2-dk9", "Nexus7000 C7010", None),
        ("n7700-s2-dk9", "Nexus7000 C7010", False),
        ("n7000-s2-dk9", "Nexus7700 C7706", False),
        ("cat9k_iosxe", "N9K-C9372PX", None),
        ("nxos", "C9300-48P", None),
        ("nxos", "", None),
    ],
)
def test_what_fits(family: str, model: str, verdict: bool | None) -> None:
    assert fits(family, model) is verdict
