"""A device that is not as before may be held for a person: nothing goes back until they say so, or the time is over.

It stays uncommitted, with its own timer armed. What a person says stands in the store: it is heard here, and by whoever
resumes the job if this process dies.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from itertools import count
from typing import Any, Final

from swimctl.clock import Deadline
from swimctl.errors import DeviceError
from swimctl.platforms.facts import Installed
from swimctl.steps.base import JobContext
from swimctl.steps.evidence import Unread, Verdict
from swimctl.steps.left_armed import timer_left
from swimctl.steps.pausing import Parts, Pause
from swimctl.steps.seeing import readable
from swimctl.waiting import HeldAnswer, Waiting, WaitKind
from swimctl.waivers import HeldLook, as_typed

# Real seconds between looks at whether somebody has said something.
_LOOK: Final = 1.0
# Device seconds before the device's own timer ends in which it goes back, as it does without a hold.
_BEFORE_TIMER: Final = 300.0
# So little is no time for a person.
_SHORTEST: Final = 60.0
HELD: Final = "held"
"""The kind of the events that say what a device is held for, and the key of when that began."""


def may_be_held(context: JobContext, verdict: Verdict) -> bool:
    """Return whether somebody asked for it, and the look leaves something that a person can decide or mend."""
    return context.options.on_failed_checks == "hold" and verdict.mendable


def said_back(context: JobContext) -> Mapping[str, Any] | None:
    """Return what somebody said who wants it to go back; None: nobody did."""
    return next((said for _, said in _unheard(context) if said["answer"] == HeldAnswer.BACK), None)


def hold(context: JobContext, verdict: Verdict) -> Parts[bool]:
    """Wait for a person. Return whether to look again; False: the time is over, or they said that it goes back.

    Stopped: a stop was asked for; whoever resumes the job holds it again, until the same time.
    """
    left = _left(context)
    if left < _SHORTEST:
        return False
    name = context.device.name
    found = [
        {"finding": each.finding, "seen": each.seen, "waive": as_typed(name, each.finding, each.seen)}
        for each in verdict.found
    ]
    seen = HeldLook.of(context.redaction.data(found))  # as it stands in the record
    context.record.event(HELD, f"not as before, and held for a person: {verdict.why}", found=found, look=seen.mark)
    until = context.clock.now() + timedelta(seconds=left / context.clock.speed)
    over = Deadline(context.clock, left, watch=True)
    context.part()
    context.record.waits(Waiting(WaitKind.HELD, verdict.why, context.job.id, until, "" if seen.refused else seen.mark))
    while not (over.passed or any(_unheard(context))):
        yield Pause(_LOOK * context.clock.speed, obeys=True)
        context.checkpoint()
    # From here on the store takes no answer: none is promised that nobody obeys, and all that was said counts.
    context.record.say("held no more")
    heard = [*_unheard(context)]
    if not heard:
        context.record.event(HELD, "nobody has decided in time, so it goes back")
        return False
    if said_back(context):  # of two people who answer at once, who is for the release that is known to work
        return False
    for number, _ in heard:
        context.record.remember(f"heard {number}", True)
    who = ", ".join(dict.fromkeys(words["by"] or "somebody" for _, words in heard))
    context.record.say(f"looking again: {who} asked for it")
    return True


def words_of(said: Mapping[str, Any]) -> str:
    """Return who wants it to go back, and why."""
    return "; ".join(filter(None, (f"{said['by'] or 'somebody'} decided that it goes back", said["reason"])))


def _unheard(context: JobContext) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Yield what was said and not yet obeyed, the oldest first; to go back is obeyed by going back."""
    for number in count(1):
        said = context.record.recall(f"said {number}")
        if said is None:
            return
        if context.record.recall(f"heard {number}") is None:
            yield number, said


def _left(context: JobContext) -> float:
    """Return the device seconds that are left for a person, counted from the first hold on.

    The device's own timer ends it earlier, by the device's words or by the job's record.
    """
    settings = context.settings.activation
    context.record.remember(HELD, {"started": context.clock.mark(), "seconds": 60.0 * settings.hold_minutes})
    kept = context.record.recall(HELD) or {}
    left = float(kept["seconds"]) - context.clock.since(kept["started"])
    try:
        with context.driver() as driver:
            installed = readable(lambda: driver.installed(context.image))
    except DeviceError as error:
        installed = Unread(str(error))
    told = installed if isinstance(installed, Installed) else None
    # The shorter one counts: a device may say more than it was told, and the record may know of less.
    timers = [timer_left(context.record.recall, context.clock, each) for each in (told, None)]
    return min([left, *(timer - _BEFORE_TIMER for timer in timers if timer is not None)])
