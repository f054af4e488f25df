"""What a device will do by itself after its job has ended or stopped, until when, and what to type; the one such text.

It is made of the job's own record, so it can also be made where the device does not answer; what the device said last
is better, where there is that.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from swimctl.clock import Clock
from swimctl.platforms.facts import Installed, Placement
from swimctl.steps.baseline import release_before

_REFUSED: Final = re.compile(r"authori[sz]|permission|privilege|denied|not allowed", re.IGNORECASE)
_NAMED: Final = re.compile(r"'([^']+)': the device answered")


def left_armed(recall: Callable[[str], Any], clock: Clock, device: str, installed: Installed | None = None) -> str:
    """Return what the device does by itself and what keeps or prevents that, empty where nothing waits.

    `recall` gives what the job remembers. `installed` is where the target stands by the device's own words, None where
    it could not say: then the record decides.
    """
    sent: Mapping[str, Any] = recall("activate sent") or recall("add sent") or {}
    if "target" not in sent:
        return ""  # nothing left, or the record is of an earlier swimctl
    target, before = sent["target"], release_before(recall) or "what ran before"
    if installed is None:
        ends = None if _over(recall) else _by_record(recall, clock)
        return "" if ends is None else _of_timer(recall, sent, device, f"{_local(ends, clock)} by the job's record")
    if installed.timer_runs:
        return _of_timer(recall, sent, device, _told(installed, recall, clock))
    if installed.placement is Placement.NEXT:
        return (
            f"the next reload of {device}, whatever its cause, starts {target}; to start it now: `{sent['activate']}`, "
            f"to prevent this: {sent['way_back']}"
        )
    if installed.placement is Placement.UNCOMMITTED:
        keep = f"to keep {target} type `{sent['commit']}`, to leave it" if sent["commit"] else f"to leave {target}"
        back = _command(recall, "abort", sent["back"])
        leave = f"`{back}`" if back else sent["way_back"]
        return (
            f"{device} runs {target}, and its next reload, whatever its cause, may start {before}: "
            f"{keep}: {leave}{_refused(recall, sent)}"
        )
    return ""


def timer_left(recall: Callable[[str], Any], clock: Clock, installed: Installed | None) -> float | None:
    """Return the device seconds until the device goes back by itself, None where no timer runs."""
    if installed is not None:
        if installed.abort_timer is not None:
            return float(installed.abort_timer)
        if not installed.untimed:
            return None
    return None if _over(recall) else _left_by_record(recall, clock)


def _of_timer(recall: Callable[[str], Any], sent: Mapping[str, Any], device: str, when: str) -> str:
    before = release_before(recall) or "what ran before"
    return (
        f"{device} goes back to {before} by itself at {when}; to keep {sent['target']} type `{sent['commit']}` before "
        f"that, to go back now: `{sent['back']}`{_refused(recall, sent)}"
    )


def _told(installed: Installed, recall: Callable[[str], Any], clock: Clock) -> str:
    if installed.abort_timer is not None:
        return _local(clock.now() + timedelta(seconds=installed.abort_timer / clock.speed), clock)
    ends = _by_record(recall, clock)
    return "an unknown time" if ends is None else f"{_local(ends, clock)} by the job's record"


def _by_record(recall: Callable[[str], Any], clock: Clock) -> datetime | None:
    """Return when the timer ends, by when it was started and for how long; None where none was."""
    left = _left_by_record(recall, clock)
    return None if left is None else clock.now() + timedelta(seconds=left / clock.speed)


def _left_by_record(recall: Callable[[str], Any], clock: Clock) -> float | None:
    sent = recall("activate sent again") or recall("activate sent") or {}
    return float(sent["armed"]) - clock.since(sent["started"]) if sent.get("armed") else None


def _over(recall: Callable[[str], Any]) -> bool:
    """Return whether the device's own words say that no timer runs: never started, committed, or on its way back."""
    answers = {name: (recall(f"{name} answered") or {}).get("succeeded") for name in ("activate", "commit", "abort")}
    return answers["activate"] is False or bool(answers["commit"]) or bool(answers["abort"])


def _refused(recall: Callable[[str], Any], sent: Mapping[str, Any]) -> str:
    """Return that the device refuses these commands to this account, empty where it does not."""
    refused = [
        f"`{_command(recall, name, command)}`"
        for name, command in (("commit", sent["commit"]), ("abort", sent["back"]))
        if _REFUSED.search((recall(f"{name} answered") or {}).get("reason") or "")
    ]
    if not refused:
        return ""
    return (
        f"; it refused {' and '.join(refused)} to '{sent['user']}': use an account that may do this, or allow it in AAA"
    )


def _command(recall: Callable[[str], Any], name: str, command: str) -> str:
    """Return the command that was refused, else the one of that name: of several, those before it were taken."""
    answered: Mapping[str, Any] = recall(f"{name} answered") or {}
    found = _NAMED.match(answered.get("reason") or "")
    return found[1] if found and not command.startswith(found[1]) else command


def _local(moment: datetime, clock: Clock) -> str:
    """Write a time by the clock on the wall here, with its zone; never later than it is, and the past as past."""
    words = moment.astimezone().strftime("%Y-%m-%d %H:%M %Z")
    return words if moment > clock.now() else f"{words} (that time is over: check whether it has)"
