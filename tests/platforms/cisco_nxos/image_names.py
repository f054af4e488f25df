"""File names of NX-OS: what they say, what is no image, and which family runs on which model."""

from __future__ import annotations

# family, version and kind
NAMES = {
    "nxos.9.3.5.bin": ("nxos", "9.3(5)", "image"),
    "nxos.9.3.7a.bin": ("nxos", "9.3(7a)", "image"),
    "nxos.7.0.3.I7.8.bin": ("nxos", "7.0(3)I7(8)", "image"),
    "nxos64-cs.10.3.4a.M.bin": ("nxos64-cs", "10.3(4a)", "image"),
    "nxos64-cs.10.6.3.F.bin": ("nxos64-cs", "10.6(3)", "image"),
    "nxos64.10.1.1.bin": ("nxos64", "10.1(1)", "image"),
    "n9000-dk9.6.1.2.I3.1.bin": ("n9000-dk9", "6.1(2)I3(1)", "image"),
    "n7000-s2-dk9.8.4.2.bin": ("n7000-s2-dk9", "8.4(2)", "image"),
    "n7000-s2-dk9.7.3.0.D1.1.bin": ("n7000-s2-dk9", "7.3(0)D1(1)", "image"),
    "n7000-s2-kickstart.8.4.2.bin": ("n7000-s2-dk9", "8.4(2)", "kickstart"),
    "n5000-uk9.7.3.0.N1.1.bin": ("n5000-uk9", "7.3(0)N1(1)", "image"),
    "n5000-uk9-kickstart.7.3.0.N1.1.bin": ("n5000-uk9", "7.3(0)N1(1)", "kickstart"),
    "n9000-epld.9.3.5.img": ("n9000-epld", "9.3(5)", "epld"),
    "n9000-epld.10.3.4a.M.img": ("n9000-epld", "10.3(4a)", "epld"),
    "n7000-s2-epld.8.4.2.img": ("n7000-s2-epld", "8.4(2)", "epld"),
}

NO_IMAGES = [
    "nxos.9.3.6.bin.upg",
    "nxos.9.3.5.img",
    "nxos.CSCvx12345-n9k_ALL-1.0.0-9.3.5.lib32_n9000.rpm",
    "aci-n9000-dk9.14.0.1h.bin",
    "n9000-epld.9.3.5.bin",
    "n7000-s2.8.4.2.bin",
    "nxos.bin",
    "cat9k_iosxe.17.09.04a.SPA.bin",
    "",
]

# by model; None where the table does not say
FITS: dict[str, dict[str, bool | None]] = {
    "N9K-C93180YC-FX": {"nxos64-cs": True},
    "Nexus9000 C93180YC-FX3": {"nxos64-cs": True},
    "N9K-C93108TC-EX": {"nxos": True},
    "Nexus9000 C9332D-GX2B": {"nxos64-cs": True, "nxos": None},
    "N9K-C9372PX": {"nxos": True, "cat9k_iosxe": None},
    "Nexus9000 C9396PX": {"nxos64-cs": False},
    "N9K-C9504": {"nxos": True, "nxos64-msll": True, "n7000-s2-dk9": False},
    "N9K-X9736C-FX": {"nxos64-cs": True, "nxos64-msll": False},
    "N9K-X96136YC-R": {"nxos64-msll": True, "nxos64-cs": False},
    "N9K-C9364C": {"nxos64-cs": True},
    "N9K-C9364C-GX": {"nxos64-cs": True, "n5000-uk9": False},
    "Nexus9000 C92160YC-X": {"nxos": True, "nxos64-cs": None},
    "N3K-C3172PQ-10GE": {"nxos": True, "n3000-uk9": None, "n7000-s2-dk9": False},
    "Nexus3000 C3172PQ": {"nxos": True},
    "Nexus 3548": {"nxos": True},
    "N9K-SUP-B": {"nxos": None, "n7000-s2-dk9": False},
    "Nexus5548": {"n5000-uk9": True},
    "N5K-C5548UP": {"nxos": False},
    "N7K-SUP2E": {"n7000-s2-dk9": True, "n7000-s1-dk9": False},
    "Nexus7000 C7010": {"n7000-s2-dk9": None, "n7700-s2-dk9": False},
    "Nexus7700 C7706": {"n7000-s2-dk9": False},
    "C9300-48P": {"nxos": None},
    "": {"nxos": None},
}
