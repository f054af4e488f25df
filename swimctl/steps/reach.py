"""Whether a device reaches our image server: asked by day, as it will have to by night."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from swimctl.config.settings import Settings, Transport
from swimctl.errors import CommandRefused, TransferFailed
from swimctl.images.server import REACH, ImageServer
from swimctl.inventory.copies import CopyPolicy
from swimctl.models import Device, Finding, Image
from swimctl.platforms.driver import Offers
from swimctl.platforms.fetching import Fetches

_RULE: Final = "image server"


@dataclass(frozen=True, slots=True)
class Images:
    """The image server, and what the inventory says of how one device gets its image."""

    server: ImageServer
    policy: CopyPolicy

    def transport(self, settings: Settings) -> Transport:
        """Return how the device's image gets there: as its inventory says, else as the settings do."""
        return self.policy.transport or settings.distribution.transport

    def reached(self, driver: Offers, device: Device, image: Image, seconds: float) -> str:
        """Have the device fetch a file that is nowhere, and return why it did not come for it, empty where it did.

        Whatever the device says, that we were asked proves it; as there is no such file, nothing is written.
        """
        if not isinstance(driver, Fetches):
            return f"swimctl knows no command by which {driver.support.name} fetches an image"
        probe = replace(image, filename=REACH)
        with self.server.offer(device.name, image, device.address, self.policy.address) as offer:
            said = driver.fetch(offer.reach_url, probe, self.policy.vrf, seconds)
            reached, where = offer.reached, offer.place
        if reached:
            # Not every device is so tidy.
            if driver.file_size(probe) is not None:
                driver.remove_file(probe)
            return ""
        return f"{device.name} did not come to {where}" + (f": it says {said.complaint!r}" if said.complaint else "")

    def finding(self, driver: Offers, device: Device, image: Image, settings: Settings) -> list[Finding]:
        """Apply the rule that a device which is to fetch its image reaches the image server."""
        wished = self.transport(settings)
        if wished == "push":
            return []
        try:
            why = self.reached(driver, device, image, settings.deadlines.command)
        except (CommandRefused, TransferFailed) as error:
            why = str(error)
        seen = f"it is not reached: {why}; the image is pushed" if why else "the device reaches it"
        return [
            Finding(
                _RULE,
                ok=not why or wished == "auto",
                seen=seen if wished == "auto" else why or seen,
                needed="a device that fetches its image reaches it",
                next_command="the way from the device to it; `swimctl.image_server.address` and `port`, or "
                "`transport: auto` or `push`",
            )
        ]
