"""What hashing a file does to a lab device: it keeps it busy, and a session may drop meanwhile."""

from __future__ import annotations

from swimctl.lab.chassis import Chassis
from swimctl.lab.effects import Dialogue, Pause, Print

HASH_SECONDS = 30.0
"""Lab seconds that hashing an image takes: it is as long for the lab's few megabytes as for a real one's gigabyte."""


def hashing(device: Chassis, *, seconds: float = HASH_SECONDS, pieces: int = 1, sign: str = "") -> Dialogue:
    """Hash in so many pieces, `sign` printed before each of them; the session drops after the first where it is to."""
    for _ in range(pieces):
        if sign:
            yield Print(sign)
        yield Pause(seconds / pieces * device.slowness)
        if device.drops.at("verify"):
            device.cut_all()
