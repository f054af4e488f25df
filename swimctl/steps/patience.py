"""How long the post-checks wait for what is not as before."""

from __future__ import annotations

from swimctl.clock import Clock, Deadline
from swimctl.config.settings import Settings
from swimctl.steps.evidence import Pending


class Patience:
    """Members and modules that are late have a time of their own; that for links begins when none is late any more.

    `hold` is how many seconds after a boot the device itself keeps ports down: it is late at least for so long. All
    are device seconds.
    """

    def __init__(self, clock: Clock, settings: Settings, hold: int) -> None:
        self._clock = clock
        self._tolerances = settings.tolerances
        longest = hold + settings.tolerances.patience if hold else 0.0
        self._ready = Deadline(clock, max(settings.deadlines.ready, longest))
        self._since: dict[Pending, Deadline] = {}

    @property
    def ready_passed(self) -> bool:
        """Return whether the time for what is late, or does not answer, is over."""
        return self._ready.passed

    def over(self, wait: Pending) -> bool:
        """Return whether what is waited for now has had its time."""
        if wait is Pending.NOTHING:
            return True
        if wait is Pending.READY:
            self._since.clear()
            return self._ready.passed
        for each in (Pending.ACCESS, Pending.END_DEVICES):
            self._since.setdefault(each, self._watch(each))
        if wait is not Pending.LINKS:
            # An uplink that goes down while others wait for phones has all of its time.
            self._since.pop(Pending.LINKS, None)
        return self._since.setdefault(wait, self._watch(wait)).passed

    def _watch(self, wait: Pending) -> Deadline:
        usual, slow = self._tolerances.patience, self._tolerances.end_device_patience
        return Deadline(self._clock, max(usual, slow) if wait is Pending.END_DEVICES else usual, watch=True)
