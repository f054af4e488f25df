"""File names of classic IOS: what they say, what is no image, and which family runs on which model."""

from __future__ import annotations

# family, version and kind
NAMES = {
    "c2960x-universalk9-mz.152-7.E7.bin": ("c2960x-universalk9", "15.2(7)E7", "image"),
    "c2960x-universalk9-tar.152-7.E7.tar": ("c2960x-universalk9", "15.2(7)E7", "image"),
    "c1900-universalk9-mz.SPA.151-4.M8.bin": ("c1900-universalk9", "15.1(4)M8", "image"),
    "c3560cx-universalk9-mz.152-7.E0a.bin": ("c3560cx-universalk9", "15.2(7)E0a", "image"),
    "cat4500e-entservicesk9-mz.122-54.SG1.bin": ("cat4500e-entservicesk9", "12.2(54)SG1", "image"),
    "s72033-adventerprisek9_wan-mz.122-33.SXI4a.bin": ("s72033-adventerprisek9_wan", "12.2(33)SXI4a", "image"),
    "s72033-adventerprisek9_wan-mz.122-18.SXF7": ("s72033-adventerprisek9_wan", "12.2(18)SXF7", "image"),
    "s2t54-adventerprisek9-mz.SPA.155-1.SY4.bin": ("s2t54-adventerprisek9", "15.5(1)SY4", "image"),
    "vios_l2-adventerprisek9-m.SSA.152-6.E.bin": ("vios_l2-adventerprisek9", "15.2(6)E", "image"),
}

NO_IMAGES = [
    "c2960x-universalk9-mz.152-7.E7.tar",
    "c2960x-universalk9-tar.152-7.E7.bin",
    "c2960x-universalk9-mz.bin",
    "cat9k_iosxe.17.09.04a.SPA.bin",
    "cat3k_caa-universalk9.SPA.03.06.10.E.152-2.E10.bin",
    "config.text",
    "",
]

# by model; None where the table does not say
FITS: dict[str, dict[str, bool | None]] = {
    "WS-C2960X-48FPD-L": {"c2960x-universalk9": True, "c2960-lanbasek9": False, "cat9k_iosxe": None},
    "WS-C2960XR-24PD-I": {"c2960x-universalk9": True},
    "WS-C2960-24TT-L": {"c2960-lanbasek9": True},
    "WS-C3560CX-8PC-S": {"c3560cx-universalk9": True},
    "WS-C3750X-24P-S": {"c3750e-universalk9": True, "c3750-ipbasek9": False},
    "WS-C4948E": {"cat4500e-entservicesk9": True},
    "WS-C6506-E": {"s72033-adventerprisek9": None, "c2960x-universalk9": False},
    "CISCO1921/K9": {"c1900-universalk9": True},
    "CISCO3945E-CHASSIS": {"c3900-universalk9": False},
    "IOSv": {"vios-adventerprisek9": None},
    "C9300-48P": {"c2960x-universalk9": False},
    "C9404R": {"c2960x-universalk9": False},
    "ISR4331/K9": {"c2960x-universalk9": False},
    "N9K-C9372PX": {"c2960x-universalk9": None},
    "": {"c2960x-universalk9": None},
}
