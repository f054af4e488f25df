"""`copy http://… harddisk:` of IOS-XR."""

from __future__ import annotations

import re
from typing import Final

from swimctl.platforms.fetching import Fetching, plain_copy
from swimctl.platforms.terminal import answer

# The question, and the end `Successfully copied N Bytes`, `Copy operation success` of an NCS 5011: tests of pyntc,
# which copies so.
_ANSWERS: Final = (answer(r"destination filename \[.*\]\?", ""),)
_COMPLAINT: Final = re.compile(r"\s*%\s?Error\b.*|\s*Copy operation fail.*", re.IGNORECASE)
_NO_VRF: Final = (
    "`copy http:` of IOS-XR takes no VRF ({vrf}); next: `http client vrf {vrf}` on the device, and no "
    "swimctl.distribution.vrf in the inventory"
)

FETCHING: Final = Fetching(plain_copy, _ANSWERS, _COMPLAINT, _NO_VRF)
