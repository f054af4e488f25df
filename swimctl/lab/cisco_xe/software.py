"""Releases as a lab switch keeps them on flash: the image file, and the package files that it unpacks to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from swimctl.lab.cisco_xe.release import Release
from swimctl.lab.flash import Flash, LabFile

PACKAGES, PACKAGES_BYTES = "packages.conf", 7_523
IMAGE_BYTES = 3_000_000
"""Size of the image that a switch was born with."""
_SHARES = (("rpbase", 0.7), ("rpboot", 0.05), ("srdriver", 0.2), ("webui", 0.15))
"""Package -> its size, in image sizes; together an image takes 1.1 times its own size, beside the file itself."""


@dataclass(frozen=True, slots=True)
class Software:
    """A release that was unpacked from an image file of so many bytes."""

    family: str
    release: Release
    size: int

    @property
    def image(self) -> str:
        """Return the image file as the vendor does."""
        return f"{self.family}.{self.release.padded}.SPA.bin"

    @property
    def packages(self) -> tuple[str, ...]:
        """Return the package files, alike on every member."""
        stem = self.family.removesuffix("_iosxe").replace("_", "-")
        if self.family.startswith("cat3k"):
            stem = self.family.removesuffix("-universalk9")
        return tuple(f"{stem}-{part}.{self.release.padded}.SPA.pkg" for part, _ in _SHARES)

    @property
    def conf(self) -> str:
        """Return the file that lists the packages."""
        return f"{self.family}.{self.release.padded}.SPA.conf"

    def files(self, now: datetime) -> list[LabFile]:
        """Make the files that it unpacks to."""
        made = [
            LabFile(name, int(self.size * share), now)
            for name, (_, share) in zip(self.packages, _SHARES, strict=True)
        ]  # fmt: skip
        content = "".join(f"boot rp 0 0 {name}\n" for name in self.packages).encode()
        return [*made, LabFile(self.conf, len(content), now, content=content)]

    def whole(self, flash: Flash) -> bool:
        """Return whether all package files are on a member."""
        return all(flash.get(name) is not None for name in self.packages)
