"""File names of IOS-XR: what they say, what is no image, and which family runs on which model."""

from __future__ import annotations

# family, version and kind
NAMES = {
    "ncs5500-golden-x-7.5.2-v1.iso": ("ncs5500", "7.5.2", "image"),
    "ncs5500-goldenk9-x-6.6.3-SITE_A.iso": ("ncs5500", "6.6.3", "image"),
    "ncs5500-mini-x-7.5.1.20I.iso": ("ncs5500", "7.5.1.20I", "image"),
    "asr9k-mini-x64-7.3.2.iso": ("asr9k", "7.3.2", "image"),
    "asr9k-mini-x64.iso-6.1.4": ("asr9k", "6.1.4", "image"),
    "asr9k-mini-px.vm-6.4.2": ("asr9k-px", "6.4.2", "image"),
    "8000-x64-7.5.2.iso": ("8000", "7.5.2", "image"),
    "8000-golden-x86_64-7.10.2-SITE_A.iso": ("8000", "7.10.2", "image"),
    "xrv9k-fullk9-x-7.2.2.iso": ("xrv9k", "7.2.2", "image"),
    "xrv9k-fullk9-x.vrr.vga-6.6.2.iso": ("xrv9k", "6.6.2", "image"),
    "ncs540l-x64-7.5.1.iso": ("ncs540l", "7.5.1", "image"),
    "ncs540l-aarch64-7.5.1.iso": ("ncs540l-aarch64", "7.5.1", "image"),
}

NO_IMAGES = [
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
]

# by model; None where the table does not say
FITS: dict[str, dict[str, bool | None]] = {
    "NCS-5508": {"ncs5500": True, "asr9k": False, "cat9k_iosxe": None},
    "NCS-5500": {"ncs5500": True},
    "ASR-9904-AC": {"asr9k": True, "asr9k-px": True},
    "A9K-RSP440-TR": {"asr9k": False},
    "ASR-9901": {"asr9k-px": False},
    "8201-SYS": {"8000": True, "ncs540": False},
    "8812": {"8000": True},
    "N540-28Z4C-SYS-A": {"ncs540l": True},
    "N540X-6Z18G-SYS-A": {"ncs540l": False, "ncs540l-aarch64": True},
    "NCS540L": {"ncs540l": None},
    "IOS-XRv 9000": {"xrv9k": True},
    "R-IOSXRV9000-RP-C": {"xrv9k": True},
    "C9300-48P": {"xrv9k": None},
    "": {"ncs5500": None},
}
