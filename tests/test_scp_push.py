"""What is said of a copy that a device does not take."""

from __future__ import annotations

from pathlib import Path

import pytest
from fleets.cisco_nxos import FLEET

from swimctl.clock import SystemClock
from swimctl.config.settings import Distribution
from swimctl.errors import TransferFailed
from swimctl.lab.fleet import LabFleet
from swimctl.lab.images import make_image
from swimctl.sessions.targets import Target
from swimctl.sessions.transports.scp_push import ScpPush

GUEST = {"admin": ("admin", 1)}


@pytest.mark.parametrize(
    ("fields", "says", "hint"),
    [
        ({}, "", False),
        ({"scp_server": False}, "failed: ", True),
        ({"users": GUEST}, "Privilege denied", False),
        ({"free": 4_000, "capacity": 3_100_000}, "No space left", False),
    ],
)
def test_a_copy_that_breaks_off_says_why(tmp_path: Path, fields: dict[str, object], says: str, hint: bool) -> None:
    image = make_image(tmp_path, FLEET.image, 200_000)
    with LabFleet([FLEET.make("leaf", **fields)], speed=600, folder=tmp_path) as lab:
        target = Target("leaf", *lab.address("leaf"), "cisco_nxos", "admin", "admin")

        def push() -> None:
            clock = SystemClock(600)
            ScpPush().send(image, f"bootflash:{image.name}", target, Distribution(), clock, lambda _: None)

        if not says:
            push()
            assert lab.switch("leaf").find(image.name)
            return
        with pytest.raises(TransferFailed, match=says) as broken:
            push()
        assert ("is `feature scp-server` configured on the device?" in str(broken.value)) is hint
