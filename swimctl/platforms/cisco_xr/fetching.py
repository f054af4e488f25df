"""`copy http://… harddisk:` of IOS-XR."""

from __future__ import annotations

import re
from typing import Final

from swimctl.errors import CommandRefused
from swimctl.platforms.fetching import Fetching
from swimctl.platforms.terminal import answer

# The question, and the end `Successfully copied N Bytes`, `Copy operation success` of an NCS 5011: tests of pyntc,
# which copies so.
_ANSWERS: Final = (answer(r"destination filename \[.*\]\?", ""),)
_COMPLAINT: Final = re.compile(r"\s*%\s?Error\b.*|\s*Copy operation fail.*", re.IGNORECASE)


def _command(url: str, destination: str, vrf: str) -> str:
    if vrf:
        raise CommandRefused(
            f"`copy http:` of IOS-XR takes no VRF ({vrf}); next: `http client vrf {vrf}` on the device, and no "
            "swimctl.distribution.vrf in the inventory"
        )
    return f"copy {url} {destination}"


FETCHING: Final = Fetching(_command, _ANSWERS, _COMPLAINT)
