"""Devices of paper that came back from their activation, and what of them cannot be read."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from support.scripted_steps import AFTER, NEW, OLD, PaperClock, Scripted, activated, runs, stands

from swimctl.config.settings import Settings
from swimctl.errors import CommandRefused, UnparsableOutput
from swimctl.platforms.facts import Placement

GARBLED = UnparsableOutput("show install summary", "~~", "garbage")
DENIED = CommandRefused("'show cdp neighbors': the device answered 'Command authorization failed.'")
UNCOMMITTED, COMMITTED = stands(Placement.UNCOMMITTED, 3000), stands(Placement.COMMITTED)
NO_NEIGHBOURS = replace(AFTER, neighbours=(), unread={"neighbours": str(DENIED)})
READY = Settings().deadlines.ready


def after_reload(**script: Any) -> Scripted:
    """Make a device that came back from its activation, which was sent 20 minutes ago."""
    memory = activated(armed=script.pop("armed", 3600)) | script.pop("memory", {})
    job = Scripted(memory=memory, **script)
    job.clock.seconds = 1200.0
    job.record.memory["boot"]["uptime"] = 30 * 86_400
    return job


def committed_once_sent(job_record: Scripted) -> Any:
    """Show as committed from the moment on that the commit was sent."""
    return lambda _clock: COMMITTED if job_record.sent("commit") else UNCOMMITTED


def keeping(**script: Any) -> Scripted:
    """Make a device that keeps what it is told to keep."""
    job = after_reload(**script)
    if "installed" not in script:
        job.driver._script["installed"] = [committed_once_sent(job)]
    return job


def back(**script: Any) -> Scripted:
    """Make a device that goes back when it is told to: then it runs what it ran before, on a newer boot."""
    job = after_reload(**script)
    running = list(job.driver._script.get("running", [runs(NEW, NEW)]))

    def now(clock: PaperClock) -> Any:
        if job.sent("abort"):
            return runs(OLD, OLD, uptime=60)
        answer = running.pop(0) if len(running) > 1 else running[0]
        return answer(clock) if callable(answer) else answer

    job.driver._script["running"] = [now]
    return job
