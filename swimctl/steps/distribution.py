"""Distribution: put the image onto the device, and let the device prove it by its own hash."""

from __future__ import annotations

import time
from contextlib import ExitStack

from swimctl.clock import between_looks
from swimctl.errors import StepFailed, TransferFailed, Unreachable
from swimctl.images.turns import Turns
from swimctl.platforms.driver import Cleans, HoldsFiles, Spreads
from swimctl.platforms.facts import Placement
from swimctl.sessions.transports import TRANSPORTS
from swimctl.states import JobStatus
from swimctl.steps import removal
from swimctl.steps.base import JobContext, StepResult
from swimctl.steps.ending import COPY
from swimctl.steps.pausing import Parts, Pause, see_through
from swimctl.steps.predownloading import predownload
from swimctl.steps.pulling import ATTEMPTS, Pulling
from swimctl.steps.reload import boot_mark
from swimctl.steps.send_once import was_sent
from swimctl.steps.target import called, is_whole
from swimctl.waiting import Waiting, WaitKind

# Per cent of the job that readiness has taken, and that the copy takes.
_BEFORE, _COPY = 10, 40
# Real seconds between two records of a copy's bytes: a record each chunk would cost more than the copy.
_RECORD_EVERY = 0.5
# Real seconds between two looks whether a copy may begin.
_TURN_EVERY = 1.0


class Distribution:
    """Clean where asked, copy where needed, verify always."""

    kind = "distribution"
    job_status = JobStatus.DISTRIBUTING
    stop_before = True

    def run(self, context: JobContext) -> StepResult:
        """End with the right bytes on the device, or with what was wrong."""
        return see_through(self.in_parts(context), context.clock, context.stop)

    def in_parts(self, context: JobContext) -> Parts[StepResult]:
        """Do the same, without a thread until a copy may begin."""
        if was_sent(context, "activate"):
            return StepResult("the activation was sent before; the image is no longer needed")
        context.again(lambda: self._clean(context))
        pulling = None if context.images is None else Pulling(context, context.images)
        attempts, came = ATTEMPTS if pulling is None else pulling.attempts, False
        for attempt in range(attempts + 1):
            context.checkpoint()
            wrong, destination = context.again(lambda: self._verify(context))
            if not wrong:
                if came and pulling is not None:
                    # The last look at the copy was before its end.
                    context.record.progress(_BEFORE + _COPY, context.image.size, context.image.size)
                how = "was there already" if attempt == 0 else "copied"
                gone = removal.told(context.record.recall)
                verified = f"{context.image.filename} {how}, its hash verified by the device"
                loaded = yield from predownload(context)
                return StepResult("; ".join(filter(None, (verified, gone, loaded))))
            if came and pulling is not None:
                pulling.wrong(wrong)
            if attempt < attempts:
                last = attempt == attempts - 1
                came = yield from self._copy(context, destination, attempt, pulling, last=last)
        raise StepFailed(
            f"{context.image.filename} was copied {attempts} times and is still wrong: {wrong}; the file was removed; "
            "next: check the device's flash, what its log says of it, and `swimctl image verify`"
        )

    def _clean(self, context: JobContext) -> None:
        # Before the copy and never after: it takes an image that is added for an inactive one.
        if not context.options.cleanup_flash or was_sent(context, "add"):
            return
        with context.driver() as driver:
            if not isinstance(driver, Cleans):
                raise StepFailed(
                    f"{driver.support.name}: swimctl cleans no such device; next: delete on it what is no longer "
                    "needed, and run again without --cleanup-flash"
                )
            if is_whole(context.image, driver.installed(context.image), driver.file_size(context.image)):
                told = f"{called(context.image)} is already added: no clean-up, as it would remove that"
                context.record.event("added", told)
                return
            context.record.say(driver.support.clean or "cleaning up")
            key = removal.begin(context.record, driver.support.clean) if driver.support.clean else ""
            cleaned = driver.clean()
            removal.end(context.record, key, cleaned.removed)
            if cleaned.complaint:
                raise StepFailed(cleaned.complaint)
            lacking = [finding for finding in driver.space(context.image) if not finding.ok]
        if lacking:
            raise StepFailed(f"still not enough space after the clean-up: {' | '.join(map(str, lacking))}")

    def _verify(self, context: JobContext) -> tuple[str, str]:
        """Return what is wrong with the file on the device, and where the right one goes; both empty where it is right.

        A wrong one is removed.
        """
        with context.driver() as driver:
            if wrong := self._wrong(context, driver):
                destination = driver.destination(context.image)
                # What a device is after a copy that failed is told from here: some do not survive one.
                context.record.remember(COPY, boot_mark(context, driver.running()))
                return wrong, destination
            if isinstance(driver, Spreads) and (done := driver.spread(context.image)):
                context.record.event("spread", done)
            return "", ""

    def _wrong(self, context: JobContext, driver: HoldsFiles) -> str:
        size = driver.file_size(context.image)
        if size is None:
            return "the file is not there"
        if size != context.image.size:
            return self._remove(context, driver, f"it has {size} bytes, not {context.image.size}")
        wished, able = context.settings.distribution.hash, driver.support.hashes
        algorithm = wished if wished in able else able[0]
        context.record.say(f"the device computes the {algorithm} of {context.image.filename}")
        result = driver.file_hash(context.image, algorithm)
        expected = context.image.sha512 if algorithm == "sha512" else context.image.md5
        if result.digest is None:
            return self._remove(context, driver, "the device gave no hash")
        if result.digest.casefold() != expected.casefold():
            return self._remove(context, driver, f"its {algorithm} is {result.digest[:16]}…, not {expected[:16]}…")
        return ""

    def _remove(self, context: JobContext, driver: HoldsFiles, wrong: str) -> str:
        placement = driver.installed(context.image).placement
        if placement is not Placement.ABSENT:
            # A file that the install database may name is never deleted: the next reload or install would miss it.
            raise StepFailed(
                f"{context.image.filename} on the device is wrong: {wrong}; seen: its release is {placement} there; "
                "needed: a file that nothing refers to, before it is replaced; nothing was deleted; next: "
                + (
                    f"`{driver.support.clean}` on the device, or run again with --cleanup-flash"
                    if driver.support.clean
                    else f"{driver.support.look} on the device"
                )
            )
        context.record.event("wrong", f"{context.image.filename} on the device is wrong: {wrong}")
        if context.record.recall(COPY) is not None:
            driver.remove_file(context.image)  # what this job itself has put there
            return wrong
        key = removal.begin(context.record, f"delete {context.image.filename}")
        driver.remove_file(context.image)
        removal.end(context.record, key, (context.image.filename,))
        return wrong

    def _copy(
        self, context: JobContext, destination: str, attempt: int, pulling: Pulling | None, *, last: bool
    ) -> Parts[bool]:
        """Return whether a copy ran to its end, which proves nothing; raises what the last one failed with."""
        image = context.image
        recorded = 0.0

        def moved(sent: int) -> None:
            nonlocal recorded
            context.checkpoint()
            if time.monotonic() - recorded >= _RECORD_EVERY or sent == image.size:
                recorded = time.monotonic()
                context.record.progress(_BEFORE + _COPY * sent // max(1, image.size), sent, image.size)

        ours = pulling is None or not pulling.foreign
        if ours and (not image.path.is_file() or image.path.stat().st_size != image.size):
            raise StepFailed(f"{image.path} has changed since `image add`; next: `swimctl image verify {image.id}`")
        again = "" if attempt == 0 else " again"
        device = context.device
        try:
            with ExitStack() as held:
                site = f"as many devices of the site {device.site} copy as may at once"
                yield from _in_turn(context, held, context.sites.of(device.site), site)
                if pulling is not None and pulling.pulls():
                    yield from _in_turn(context, held, pulling.turns, "as many devices fetch images as may at once")
                    yield from pulling.prepared(held)
                    context.in_time(context)  # the wait for a turn, or for a relay, may have taken until then
                    yield from pulling.run(moved, again)
                    return True
                context.in_time(context)
                context.record.say(f"copying{again}")
                context.part()  # it would idle out meanwhile
                TRANSPORTS["scp"].send(
                    image.path,
                    destination,
                    context.target,
                    context.settings.distribution,
                    context.clock,
                    moved,
                    context.counted,
                )
        except (TransferFailed, Unreachable) as error:
            context.record.event("copy", str(error))
            if pulling is not None:
                pulling.failed(str(error))
            if last:
                context.again(lambda: self._verify(context))  # leaves no partial file behind
                raise
            return False
        return True


def _in_turn(context: JobContext, held: ExitStack, turns: Turns | None, what: str) -> Parts[None]:
    """Wait until there is a turn, and keep it as long as `held` lasts; `what` is said of the wait."""
    wait = context.waiting(Waiting(WaitKind.COPY, what))
    while turns is not None and not turns.take():
        wait()
        yield Pause(between_looks(context.clock, _TURN_EVERY), obeys=True, early=True)
    if turns is not None:
        held.callback(turns.leave)
