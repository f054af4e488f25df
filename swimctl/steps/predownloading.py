"""Access points load an added image before their controller is activated; each that was joined is proved to have it.

That takes hours and disturbs nobody, so it belongs to the distribution. All count that are joined when it begins: one
that leaves meanwhile is in no table of the controller, and is not one that has it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from swimctl.clock import Deadline, between_looks
from swimctl.errors import DeadlineExceeded, SessionLost, StepFailed, Unreachable
from swimctl.inventory.selection import some
from swimctl.platforms.driver import Predownloads
from swimctl.platforms.facts import AccessPoint, Loading
from swimctl.steps.adding import add, refused
from swimctl.steps.base import JobContext
from swimctl.steps.evidence import Unread
from swimctl.steps.pausing import Parts, Pause
from swimctl.steps.seeing import readable
from swimctl.steps.send_once import send_once, was_sent
from swimctl.steps.target import called, is_patch
from swimctl.waiting import Waiting, WaitKind

ACCESS_POINTS: Final = "access points"
"""Of the names of those that were joined, in a job's record."""
# Device seconds between two looks: a controller begins with some more of them once a minute (Cisco's guides for 17.2 to
# 17.15, on predownloading).
_EVERY: Final = 60.0
# Device seconds without one that loads, or that may try again: then nothing more comes.
_IDLE: Final = 900.0
_NAMED: Final = 10
_LEFT: Final = AccessPoint("", Loading.NOT, "not joined any more")
_MAY_COME: Final = frozenset({Loading.LOADS, Loading.FAILED})


def predownload(context: JobContext) -> Parts[str]:
    """Have all access points load the image, and wait for them; return what came of it.

    Empty where there is nothing to load, or nobody asked for it. StepFailed where not all have it in time, and that is
    not only to be told.
    """
    activates = context.options.activate and any(step.kind == "activation" for step in context.job.steps)
    if not (context.settings.access_points.predownload and activates) or is_patch(context.image):
        return ""
    joined = context.again(lambda: _begin(context))
    if not joined:
        return "no access point is joined, so none loads it" if joined is not None else ""
    whole, idle = Deadline(context.clock, context.settings.deadlines.predownload), Deadline(context.clock, _IDLE)
    standing: Mapping[str, AccessPoint] = {}
    said = why = ""
    while True:
        context.checkpoint()
        seen = _look(context)
        if isinstance(seen, Unread):
            # No evidence of anything: it is asked again.
            why = seen.why
        else:
            why, before = "", standing
            standing = {name: seen.get(name, _LEFT) for name in joined}
            if before != standing or any(each.loading in _MAY_COME for each in standing.values()):
                idle = Deadline(context.clock, _IDLE)
            missing = {name: each for name, each in standing.items() if each.loading is not Loading.HAS}
            if not missing:
                told = f"{len(joined)} access points have it"
                context.record.event(ACCESS_POINTS, told)
                return told
            if all(each.loading is Loading.CANNOT for each in missing.values()):
                return _incomplete(context, joined, standing, why)
        if whole.passed or idle.passed:
            return _incomplete(context, joined, standing, why)
        now = _progress(joined, standing, why)
        if now != said:
            said = now
            context.record.event(ACCESS_POINTS, now)
        context.record.waits(Waiting(WaitKind.COPY, now))
        context.part()
        yield Pause(max(_EVERY, between_looks(context.clock, 1.0)), obeys=True, early=True)


def _begin(context: JobContext) -> tuple[str, ...] | None:
    """Add the image, and have it loaded; return the names of all that are joined, None where it is no controller."""
    with context.session() as session:
        driver = context.on(session)
        if not (isinstance(driver, Predownloads) and driver.predownloads):
            return None
        add(context, driver, driver)
        there = driver.access_points(context.image)
        context.record.remember(ACCESS_POINTS, [each.name for each in there])
        joined = tuple(context.record.recall(ACCESS_POINTS) or ())
        under_way = any(each.loading is Loading.LOADS for each in there)
        # After a doubt: those that load it were told to, and a second command harms nobody where none does.
        if not joined or (was_sent(context, "predownload") and under_way):
            return joined
        command = driver.support.predownload
        context.record.say(f"{command}: {len(joined)} access points load {called(context.image)}")
        sent = send_once(context, driver, "predownload", driver.predownload)
        if sent.dropped:
            raise SessionLost(f"the session ended in '{command}'")
        if sent.outcome.succeeded is False:
            raise StepFailed(refused(driver.support, command, sent, "nothing was activated"))
        return joined


def _look(context: JobContext) -> Mapping[str, AccessPoint] | Unread:
    """Ask the controller, in a session of its own; one that does not answer, or not readably, says nothing."""

    def ask() -> Mapping[str, AccessPoint] | Unread:
        with context.session() as session:
            driver = context.on(session)
            if not isinstance(driver, Predownloads):  # to say that, it may be asked for its model
                return Unread("it is no such controller any more")
            return {each.name: each for each in driver.access_points(context.image)}

    try:
        return readable(ask)
    except (SessionLost, Unreachable, DeadlineExceeded) as error:
        return Unread(str(error))


def _progress(joined: Sequence[str], standing: Mapping[str, AccessPoint], why: str) -> str:
    counts = Counter(each.loading for each in standing.values())
    parts = [f"{counts[Loading.HAS]} of {len(joined)} access points have the image"]
    parts += [f"{counts[each]} {each}" for each in Loading if counts[each] and each is not Loading.HAS]
    parts += [f"the last look cannot be read: {why}"] if why else []
    return ", ".join(parts)


def _incomplete(context: JobContext, joined: Sequence[str], standing: Mapping[str, AccessPoint], why: str) -> str:
    """Name those that do not have it; raise StepFailed, or return it where it is only to be told."""
    missing = [name for name in joined if standing.get(name, _LEFT).loading is not Loading.HAS]
    named = some([f"{name} ({standing[name].said})" if name in standing else name for name in missing], _NAMED)
    unread = f"; the last look cannot be read: {why}" if why else ""
    told = f"{len(missing)} of {len(joined)} access points do not have {called(context.image)}: {named}{unread}"
    context.record.event(ACCESS_POINTS, told, missing=missing)
    if context.settings.access_points.incomplete == "warn":
        return f"{told}; they load it when they join again"
    raise StepFailed(
        f"{told}; needed: all that were joined; nothing was activated, and the image stays added; next: "
        f"`show ap image` on {context.device.name}, then `swimctl retry`; or, to have these load it when they join "
        "again, swimctl.access_points.incomplete: warn"
    )
