"""File names of EOS: what they say, what is no image, and which family runs on which model."""

from __future__ import annotations

# family, version and kind
NAMES = {
    "EOS-4.28.3M.swi": ("EOS", "4.28.3M", "image"),
    "EOS64-4.30.1F.swi": ("EOS64", "4.30.1F", "image"),
    "EOS-2GB-4.21.9M.swi": ("EOS-2GB", "4.21.9M", "image"),
    "EOS-4.20.5F-INT.swi": ("EOS-INT", "4.20.5F", "image"),
    "EOS-4.18.3.1F.swi": ("EOS", "4.18.3.1F", "image"),
    "vEOS-lab-4.27.3F.swi": ("vEOS-lab", "4.27.3F", "image"),
    "vEOS64-lab-4.32.2F.swi": ("vEOS64-lab", "4.32.2F", "image"),
    "CloudEOS-4.25.1F.swi": ("CloudEOS", "4.25.1F", "image"),
    "cEOS-lab-4.31.6M.tar": ("cEOS-lab", "4.31.6M", "image"),
    "cEOS64-lab-4.30.1F.tar.xz": ("cEOS64-lab", "4.30.1F", "image"),
}

NO_IMAGES = [
    "EOS.swi",
    "EOS-4.28.3M.swix",
    "EOS-4.28.3M.swi.sha512sum",
    "TerminAttr-1.19.5-1.swix",
    "cEOS-lab-4.31.6M.swi",
    "EOS-4.28.3M.tar",
    "vEOS-lab-4.27.3F.vmdk",
    "cat9k_iosxe.17.09.04a.SPA.bin",
    "",
]

# by model; None where the table does not say
FITS: dict[str, dict[str, bool | None]] = {
    "DCS-7010T-48-R": {"EOS": True, "EOS64": None, "vEOS-lab": False, "cat9k_iosxe": None},
    "CCS-720XP-24ZY4-F": {"EOS": True},
    "DCS-7050SX3-48YC8-F": {"EOS": True},
    "DCS-7280SR3-40YC6-F": {"EOS64": True, "cEOS-lab": False},
    "DCS-7800R3-MOD": {"EOS": None},
    "cEOSLab": {"cEOS-lab": True, "cEOSarm-lab": None, "EOS": False},
    "vEOS-lab": {"vEOS-lab": True, "EOS64": False},
    "vEOS": {"vEOS-lab": True},
    "C9300-48P": {"EOS": None},
    "": {"EOS": None},
}
