"""How long a job will take, by what such devices took before. Pure: the store's past in, seconds out."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from swimctl.models import Device, Image, Usual
from swimctl.states import STEP_NAMES
from swimctl.store import Past

# Of a family that was never copied or checked here: what a check takes, and what SCP brings over a line of 20 ms.
_CHECK: Final = 60.0
_BYTES_A_SECOND: Final = 2e6


@dataclass(frozen=True, slots=True)
class Took:
    """What jobs of a kind took: the median real seconds by kind of step, of how many; of whom it is.

    `seconds_a_byte` is of those that copied, `without_copy` of the distribution of those that had the file already.
    """

    of: str
    jobs: int
    seconds: Mapping[str, float]
    seconds_a_byte: float | None = None
    without_copy: float | None = None


@dataclass(frozen=True, slots=True)
class Expected:
    """What a job will take, in real seconds. `guessed`: some of it stands on no record."""

    check: float
    copy: float
    rest: float
    guessed: bool


class Experience:
    """The past of these devices' models, and of the families of their images."""

    def __init__(
        self, past: Sequence[Past], devices: Sequence[Device], *, shared_sites: bool, unseen_rest: float
    ) -> None:
        """`shared_sites`: copies wait for each other, so the quick ones tell the rate. `unseen_rest`: see settings."""
        models = {device.id: device.model for device in devices}
        self._unseen_rest = unseen_rest
        self._quick = shared_sites
        by_model: dict[tuple[str, str], list[Past]] = {}
        by_family: dict[str, list[Past]] = {}
        for one in past:
            by_family.setdefault(one.family, []).append(one)
            if model := models.get(one.device_id):
                by_model.setdefault((one.family, model), []).append(one)
        self._of_model = {key: self._took(key[1], found) for key, found in by_model.items()}
        self._of_family = {family: self._took(family, found) for family, found in by_family.items()}

    def took(self, device: Device, image: Image) -> Took | None:
        """Return what a device's model took before, else its image's family; None: no such job ended well here."""
        return self._of_model.get((image.family, device.model or "")) or self._of_family.get(image.family)

    def expected(self, device: Device, image: Image, to_copy: int, *, activates: bool, hashing: float) -> Expected:
        """Return what a job will take. `hashing`: the seconds that a hash takes where no record says."""
        took = self.took(device, image)
        if took is None:
            rest = self._unseen_rest if activates else 0.0
            return Expected(_CHECK, to_copy / _BYTES_A_SECOND + hashing, rest, guessed=True)
        guessed = False
        if to_copy and took.seconds_a_byte is not None:
            copy = to_copy * took.seconds_a_byte
        elif not to_copy and took.without_copy is not None:
            copy = took.without_copy
        else:
            copy, guessed = to_copy / _BYTES_A_SECOND + hashing, True
        rest = sum(took.seconds.get(kind, 0.0) for kind in ("activation", "post-checks")) if activates else 0.0
        return Expected(took.seconds.get("readiness", _CHECK), copy, rest, guessed=guessed)

    def _took(self, of: str, past: Sequence[Past]) -> Took:
        seconds = {
            kind: statistics.median(found)
            for kind in STEP_NAMES
            if (found := [one.seconds[kind] for one in past if kind in one.seconds])
        }
        copied = sorted(one.seconds["distribution"] / one.copied for one in past if _copied(one))
        there = [one.seconds["distribution"] for one in past if "distribution" in one.seconds and not one.copied]
        rate = None
        if copied:
            rate = copied[len(copied) // 4] if self._quick else statistics.median(copied)
        return Took(of, len(past), seconds, rate, statistics.median(there) if there else None)


def _copied(one: Past) -> bool:
    return one.copied > 0 and "distribution" in one.seconds


def room_needed(usual: Usual, family: str, unseen: float) -> timedelta:
    """Return how long an activation with its post-checks takes that must fit into a window.

    `usual` is by kind of step and family; `unseen`: the seconds of a family that nobody ever saw through.
    """
    steps = [usual.get((kind, family)) for kind in ("activation", "post-checks")]
    known = [seconds for seconds in steps if seconds is not None]
    return timedelta(seconds=sum(known) if len(known) == len(steps) else unseen)
