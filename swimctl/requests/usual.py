"""How long a job will take, by what such devices took before. Pure: the store's past in, seconds out."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
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

    `check`, `without_copy` and `rest` are medians of the job's parts, with what lies between the steps;
    `without_copy` is of those that had the file already, `seconds_a_byte` of those that copied it.
    """

    of: str
    jobs: int
    seconds: Mapping[str, float]
    seconds_a_byte: float | None = None
    without_copy: float | None = None
    check: float | None = None
    rest: float | None = None


@dataclass(frozen=True, slots=True)
class Expected:
    """What a job will take, in real seconds. `guessed`: some of it stands on no record."""

    check: float
    copy: float
    rest: float
    guessed: bool


class Experience:
    """The past of these devices' models, with as many members, and of the families of their images."""

    def __init__(
        self,
        past: Sequence[Past],
        devices: Sequence[Device],
        members: Mapping[int, int],
        *,
        shared_sites: bool,
        unseen_rest: float,
    ) -> None:
        """`members` are how many a device has, by its id; of others one is assumed.

        `shared_sites`: copies wait for each other, so the quick ones tell the rate. `unseen_rest`: see settings.
        """
        self._members = members
        self._unseen_rest = unseen_rest
        self._quick = shared_sites
        by_id = {device.id: device for device in devices}
        found: dict[tuple[str, str], list[Past]] = {}
        for one in past:
            device = by_id.get(one.device_id)
            for kind in ("", *(self._kinds(device) if device else ())):
                found.setdefault((one.family, kind), []).append(one)
        self._took = {(family, kind): self._of(kind or family, those) for (family, kind), those in found.items()}

    def took(self, device: Device, image: Image) -> Took | None:
        """Return what such devices took before: its model with as many members, else its model, else all of its
        image's family; None: no such job ended well here.
        """
        kinds = (*self._kinds(device), "")
        return next((took for kind in kinds if (took := self._took.get((image.family, kind)))), None)

    def _kinds(self, device: Device) -> tuple[str, ...]:
        """Return what a device is called among those that take as long, the narrowest first."""
        if device.model is None:
            return ()
        members = self._members.get(device.id, 1)
        return (f"{device.model} with {members} members" if members > 1 else device.model, f"any {device.model}")

    def expected(self, device: Device, image: Image, to_copy: int, *, activates: bool, hashing: float) -> Expected:
        """Return what a job will take. `hashing`: the seconds that a hash takes where no record says."""
        took = self.took(device, image)
        if took is None:
            rest = self._unseen_rest if activates else 0.0
            return Expected(_CHECK, to_copy / _BYTES_A_SECOND + hashing, rest, guessed=True)
        known = took.seconds_a_byte if to_copy else took.without_copy
        copy = known * (to_copy or 1) if known is not None else to_copy / _BYTES_A_SECOND + hashing
        check = _CHECK if took.check is None else took.check
        rest = self._unseen_rest if took.rest is None else took.rest
        return Expected(check, copy, rest if activates else 0.0, guessed=known is None)

    def _of(self, of: str, past: Sequence[Past]) -> Took:
        seconds = {
            kind: statistics.median(found)
            for kind in STEP_NAMES
            if (found := [one.seconds[kind] for one in past if kind in one.seconds])
        }
        copied = sorted(one.copying / one.copied for one in past if one.copying is not None and one.copied)
        rate = None
        if copied:
            rate = copied[len(copied) // 4] if self._quick else statistics.median(copied)
        there = _median(one.copying for one in past if not one.copied)
        check, rest = _median(one.check for one in past), _median(one.rest for one in past)
        return Took(of, len(past), seconds, rate, there, check, rest)


def _median(seconds: Iterable[float | None]) -> float | None:
    known = [one for one in seconds if one is not None]
    return statistics.median(known) if known else None


def usual_of(usual: Usual, step: str, family: str) -> float:
    """Return what a step of one's own usually takes, with images of this family, else with any; 0 where nobody knows.

    It mostly does not depend on the image.
    """
    known = usual.get((step, family))
    return known if known is not None else _median(each for (kind, _), each in usual.items() if kind == step) or 0.0


def room_needed(usual: Usual, family: str, unseen: float) -> timedelta:
    """Return how long an activation with its post-checks takes that must fit into a window.

    `usual` is by kind of step and family; `unseen`: the seconds of a family that nobody ever saw through.
    """
    steps = [usual.get((kind, family)) for kind in ("activation", "post-checks")]
    known = [seconds for seconds in steps if seconds is not None]
    return timedelta(seconds=sum(known) if len(known) == len(steps) else unseen)
