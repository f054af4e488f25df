"""What a look at a device without a job says that it runs: recorded, unless another device may have answered."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from swimctl.clock import to_the_minute
from swimctl.errors import StepFailed
from swimctl.inventory.hosts import Inventory
from swimctl.models import Device
from swimctl.platforms.facts import Running
from swimctl.steps.who import is_another
from swimctl.store import Store


class Sightings:
    """Record sightings. Where the inventory has no serial number, those seen before tell who answers."""

    def __init__(self, store: Store, inventory: Inventory) -> None:
        self._store = store
        self._inventory = inventory
        self._lock = threading.Lock()
        self._answering: dict[str, Device] = {}

    def require_settled(self, device: Device) -> None:
        """Check that no job activates on a device. StepFailed: what it runs now, it may be about to leave again."""
        job = self._store.activating(device.id)
        if job is not None:
            raise StepFailed(
                f"job {job} activates on {device.name}, which may go back again; nothing of it was recorded; next: "
                f"`swimctl status {job}`, and `swimctl scan {device.name}` when it has ended"
            )

    def record(
        self, device: Device, running: Running, serials: Sequence[str], by: str, *, replaced: bool = False
    ) -> None:
        """Record what a device runs. `replaced`: a person says that it may be another one than before.

        StepFailed: another device answers, as far as its serial numbers tell, or a job activates on it; then nothing is
        recorded.
        """
        self.require_settled(device)
        with self._answers(device, serials) as other:
            # What the inventory says of its serial number was proved before.
            if not replaced and device.serial is None and (odd := other or self._stranger(device, serials)):
                raise StepFailed(
                    f"another device answers at {device.place}: {odd}; nothing of it was recorded; next: correct the "
                    f"address of {device.name} in the inventory, or, if that is the right one now, "
                    f"`swimctl scan {device.name} --replaced`"
                )
            self._store.saw(device.id, running.version, running.members, running.doubt, serials=serials, by=by)

    @contextmanager
    def _answers(self, device: Device, serials: Sequence[str]) -> Iterator[str]:
        """Keep in mind who answers with this serial number just now; yield whether another device does, too."""
        number = serials[0] if serials else ""
        with self._lock:
            first = self._answering.setdefault(number, device) if number else device
        try:
            yield "" if first == device else f"serial number {number} answers as {first.name} at the same time"
        finally:
            if number and first == device:
                with self._lock:
                    self._answering.pop(number, None)

    def _stranger(self, device: Device, serials: Sequence[str]) -> str:
        """Return why it is another device than the one that was seen before, empty where it is none."""
        if not serials:
            return ""
        before = self._store.sightings(device.id).get(device.id, [])
        known = next((one for one in reversed(before) if one.serials), None)
        if known is not None:
            if not is_another(known.serials, serials):
                return ""
            when = to_the_minute(known.at)
            return f"its serial number is {serials[0]}, and that of {device.name} was {known.serials[0]} at {when}"
        names = {other.id: other.name for other in self._inventory.devices if other != device}
        same = [names[number] for number in self._store.devices_with(serials[0]) if number in names]
        return f"its serial number {serials[0]} is that of {', '.join(same)}" if same else ""
