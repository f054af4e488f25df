"""File names of Junos: what they say, what is no image, and which family runs on which model."""

from __future__ import annotations

# family, version and kind
NAMES = {
    "jinstall-ex-4300-21.4R3-S2.5-signed.tgz": ("jinstall-ex-4300", "21.4R3-S2", "image"),
    "junos-arm-32-22.2R1.9.tgz": ("junos-arm-32", "22.2R1", "image"),
    "junos-arm-32-22.2R1.9-limited.tgz": ("junos-arm-32", "22.2R1", "image"),
    "junos-vmhost-install-mx-x86-64-21.4R3.15.tgz": ("junos-vmhost-install-mx-x86-64", "21.4R3", "image"),
    "jinstall-host-qfx-5e-x86-64-20.4R3.8-secure-signed.tgz": ("jinstall-host-qfx-5e-x86-64", "20.4R3", "image"),
    "jinstall-host-qfx-5-20.4R3-S4.8-signed.tgz": ("jinstall-host-qfx-5", "20.4R3-S4", "image"),
    "jinstall-ex-4500-13.2X51-D35.3-domestic-signed.tgz": ("jinstall-ex-4500", "13.2X51-D35", "image"),
    "jinstall-host-ex-4300mp-x86-64-21.4R3-S4.18-secure-signed.tgz": (
        "jinstall-host-ex-4300mp-x86-64",
        "21.4R3-S4",
        "image",
    ),
    "jinstall-host-qfx-10-f-x86-64-17.3R2-S1.2-secure-signed.tgz": (
        "jinstall-host-qfx-10-f-x86-64",
        "17.3R2-S1",
        "image",
    ),
    "jinstall-host-qfx-5-f-x86-64-19.4R3-secure-signed.tgz": ("jinstall-host-qfx-5-f-x86-64", "19.4R3", "image"),
    "junos-srxentedge-x86-64-20.4R3.8.tgz": ("junos-srxentedge-x86-64", "20.4R3", "image"),
    "junos-evo-install-qfx-ms-x86-64-23.4X100-D40.7-EVO.iso": (
        "junos-evo-install-qfx-ms-x86-64",
        "23.4X100-D40",
        "image",
    ),
    "junos-srxsme-12.1X46-D86-domestic.tgz": ("junos-srxsme", "12.1X46-D86", "image"),
    "junos-vmhost-install-ptx-x86-64-15.1F6-S7.2.tgz": ("junos-vmhost-install-ptx-x86-64", "15.1F6-S7", "image"),
    "junos-evo-install-ptx-x86-64-21.4R3.15-EVO.iso": ("junos-evo-install-ptx-x86-64", "21.4R3", "image"),
}

NO_IMAGES = [
    "junos-install-media-usb-mx-x86-64-21.4R3.15.img.gz",
    "junos-install-media-usb-mx-x86-64-21.4R3.15.tgz",
    "jinstall-ex-4300.tgz",
    "jweb-ex-app-21.4A1.tgz",
    "EOS-4.28.3M.swi",
    "cat9k_iosxe.17.09.04a.SPA.bin",
    "",
]

# by model; None where the table does not say
FITS: dict[str, dict[str, bool | None]] = {
    "ex2300-c-12t": {"junos-arm-32": True},
    "ex3400-24p": {"junos-arm-32": True},
    "ex4300-48t": {"junos-arm-32": False, "jinstall-ex-4300": True},
    "ex4300-48mp": {
        "jinstall-ex-4300": False,
        "jinstall-host-ex-4300mp-x86-64": True,
        "jinstall-host-ex-4300": None,
        "jinstall-host-qfx-5e-x86-64": False,
    },
    "qfx5110-48s-4c": {"jinstall-host-qfx-5e-x86-64": True, "jinstall-host-ex-4300mp-x86-64": False},
    "qfx10002-36q": {"jinstall-host-qfx-10-f-x86-64": True, "jinstall-host-qfx-5e-x86-64": False},
    "qfx10008": {"jinstall-host-qfx-10-f-x86-64": None},
    "srx1500": {"junos-srxentedge-x86-64": True, "junos-srxsme": False},
    "ptx10001-36mr": {"junos-evo-install-ptx-fixed-x86-64": True, "junos-evo-install-acx-x86-64": False},
    "ACX7020_AC": {"junos-evo-install-acx-f-x86-64": True},
    "acx7509": {"junos-evo-install-acx-x86-64": True},
    "ex4550-32f": {"jinstall-ex-4500": True, "jinstall-ex-4200": False},
    "qfx5100-48t-6q": {"jinstall-host-qfx-5": True, "jinstall-host-qfx-5e-x86-64": None},
    "qfx5120-48y-8c": {"jinstall-host-qfx-5e-x86-64": True, "jinstall-host-qfx-5": False},
    "mx204": {"junos-vmhost-install-mx-x86-64": True},
    "mx480": {"junos-vmhost-install-mx-x86-64": None, "junos-arm-32": False, "cat9k_iosxe": None},
    "MX10-T": {"junos-vmhost-install-mx-x86-64": False},
    "srx345": {"junos-srxsme": True, "junos-srxentedge-x86-64": False},
    "vmx": {"junos-vmx-x86-64": True},
    "ex4400-24p": {"junos-arm-32": None},
    "": {"junos-arm-32": None},
}
