"""Package names of Junos, and what they fit."""

from __future__ import annotations

import pytest

from swimctl import platforms
from swimctl.facts import ImageName
from swimctl.platforms.juniper_junos import fits, read_filename


@pytest.mark.parametrize(
    ("name", "family", "version"),
    [
        ("jinstall-ex-4300-21.4R3-S2.5-signed.tgz", "jinstall-ex-4300", "21.4R3-S2"),
        ("junos-arm-32-22.2R1.9.tgz", "junos-arm-32", "22.2R1"),
        ("junos-arm-32-22.2R1.9-limited.tgz", "junos-arm-32", "22.2R1"),
        ("junos-vmhost-install-mx-x86-64-21.4R3.15.tgz", "junos-vmhost-install-mx-x86-64", "21.4R3"),
        ("jinstall-host-qfx-5e-x86-64-20.4R3.8-secure-signed.tgz", "jinstall-host-qfx-5e-x86-64", "20.4R3"),
        ("jinstall-host-qfx-5-20.4R3-S4.8-signed.tgz", "jinstall-host-qfx-5", "20.4R3-S4"),
        ("jinstall-ex-4500-13.2X51-D35.3-domestic-signed.tgz", "jinstall-ex-4500", "13.2X51-D35"),
        ("junos-srxsme-12.1X46-D86-domestic.tgz", "junos-srxsme", "12.1X46-D86"),
        ("junos-vmhost-install-ptx-x86-64-15.1F6-S7.2.tgz", "junos-vmhost-install-ptx-x86-64", "15.1F6-S7"),
        ("junos-evo-install-ptx-x86-64-21.4R3.15-EVO.iso", "junos-evo-install-ptx-x86-64", "21.4R3"),
    ],
)
def test_package_names(name: str, family: str, version: str) -> None:
    assert read_filename(name) == ImageName("juniper_junos", family, version)
    assert platforms.read_filename(name) == ImageName("juniper_junos", family, version)


@pytest.mark.parametrize(
    "name",
    [
        "junos-install-media-usb-mx-x86-64-21.4R3.15.img.gz",
        "junos-install-media-usb-mx-x86-64-21.4R3.15.tgz",
        "jinstall-ex-4300.tgz",
        "jweb-ex-app-21.4A1.tgz",
        "EOS-4.28.3M.swi",
        "cat9k_iosxe.17.09.04a.SPA.bin",
        "",
    ],
)
def test_what_installs_no_release_is_no_image(name: str) -> None:
    assert read_filename(name) is None


@pytest.mark.parametrize(
    ("family", "model", "verdict"),
    [
        ("junos-arm-32", "ex2300-c-12t", True),
        ("junos-arm-32", "ex3400-24p", True),
        ("junos-arm-32", "ex4300-48t", False),
        ("jinstall-ex-4300", "ex4300-48t", True),
        ("jinstall-ex-4300", "ex4300-48mp", False),
        ("jinstall-ex-4500", "ex4550-32f", True),
        ("jinstall-ex-4200", "ex4550-32f", False),
        ("jinstall-host-qfx-5", "qfx5100-48t-6q", True),
        ("jinstall-host-qfx-5e-x86-64", "qfx5100-48t-6q", None),
        ("jinstall-host-qfx-5e-x86-64", "qfx5120-48y-8c", True),
        ("jinstall-host-qfx-5", "qfx5120-48y-8c", False),
        ("junos-vmhost-install-mx-x86-64", "mx204", True),
        ("junos-vmhost-install-mx-x86-64", "mx480", None),
        ("junos-arm-32", "mx480", False),
        ("junos-vmhost-install-mx-x86-64", "MX10-T", False),
        ("junos-srxsme", "srx345", True),
        ("junos-vmx-x86-64", "vmx", True),
        ("cat9k_iosxe", "mx480", None),
        ("junos-arm-32", "ex4400-24p", None),
        ("junos-arm-32", "", None),
    ],
)
def test_what_fits(family: str, model: str, verdict: bool | None) -> None:
    assert fits(family, model) is verdict
