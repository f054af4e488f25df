"""What decides after the point of no return, by what could be read and by what could not. Pure.

Each piece is its facts, or `Unread` with the reason. `RULES` says in words what the functions below do;
docs/evidence.md shows them beside the commands of each system.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from swimctl.models import Outcome
from swimctl.platforms.evidence import Decision
from swimctl.platforms.facts import Installed, Placement, Running, Snapshot
from swimctl.platforms.versions import same_release
from swimctl.steps.comparison import Comparison, Deviation
from swimctl.steps.target import on_target

# A device tells its uptime to the minute, and its clock may be set right while it boots. Seconds.
_TOLERANCE = 120.0
# No answer is so slow, however fast the lab runs: an uptime that is above by more was made with a clock that jumped.
_JUMPED = 7 * 86_400.0
_ACTIVE: Final = frozenset({Placement.UNCOMMITTED, Placement.COMMITTED})
_FIELDS: Final = {
    "interfaces_up": "interfaces",
    "members": "states of members",
    "boots": "boot settings",
}


@dataclass(frozen=True, slots=True)
class Rule:
    """How a decision is made: by the first evidence, by the second, and what happens where neither reads."""

    first: str
    second: str
    neither: str


RULES: Final[Mapping[Decision, Rule]] = {
    Decision.WHO: Rule(
        "one serial number of the baseline: of the chassis, a member or a card. If none matches (in two outputs, if "
        "the device has two), it is another device: the job sends it nothing and ends `unknown`",
        "the host name in the prompt, if no serial number can be read",
        "swimctl asks again for `deadlines.ready`. Then the job ends `unknown`: no commit, no way back",
    ),
    Decision.NEW_BOOT: Rule(
        "the device's uptime, compared with swimctl's own clock since the activation. If the machine of swimctl "
        "restarted since then: an uptime that is shorter than before",
        "a printed restart time that is later than the one before. Or another release than before, because no release "
        "changes without a boot",
        "the job ends `unknown`: no commit, no way back",
    ),
    Decision.RELEASE: Rule(
        "the release of every member that was there before",
        "other outputs that name the members' release",
        "swimctl asks again for `deadlines.ready`. Then the job ends `unknown`: no commit, no way back. It says until "
        "when the device waits",
    ),
    Decision.UNCOMMITTED: Rule(
        "the install state, or the image of the next boot",
        "the record of the job: no commit was answered with success",
        "swimctl commits: a second commit does no harm",
    ),
    Decision.MAY_COMMIT: Rule(
        "every member runs the target, the install state calls it active, and the comparison is good",
        "every member runs the target, and no output contradicts it",
        "swimctl asks again for `deadlines.ready`, but stops 5 minutes before the device's own timer ends. Then it "
        "commits if release and members are proved. If something was not compared, the job ends `failed`, `upgraded`, "
        "and names it",
    ),
    Decision.COMMITTED: Rule(
        "the install state: committed, and no timer runs",
        "only if the install state cannot be read: the commit answered with success, and the target still runs on "
        "every member. The job ends `success` and says so",
        "the job ends `unknown`. It says when the timer ends and what to type",
    ),
    Decision.WENT_BACK: Rule(
        "every member runs the release from before, on a newer boot",
        "the install state: the target is not active. For a patch, only this proves it",
        "the job ends `unknown`. It says what was sent and what runs",
    ),
}


@dataclass(frozen=True, slots=True)
class Unread:
    """Why a piece could not be read."""

    why: str


@dataclass(frozen=True, slots=True)
class Compared:
    """How the device stands beside its baseline: `found`, and which pieces could not be compared and why."""

    found: Comparison = field(default_factory=Comparison)
    unread: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Seen:
    """One look at a device after its reload. `late` is what is not back yet, empty where all is.

    `abnormal` is what the device calls an abnormal reload, empty where this job's was none.
    """

    running: Running | Unread
    late: str | Unread
    installed: Installed | Unread
    compared: Compared | Unread
    abnormal: str = ""


class Then(StrEnum):
    """What a look leads to, once waiting cannot change it."""

    KEEP = "commit it"
    BACK = "go back"
    LEAVE = "leave it as it is"


class Pending(StrEnum):
    """What may still change a look."""

    NOTHING = "nothing"
    READY = "what is late or cannot be read"
    LINKS = "links and neighbours"
    ACCESS = "access ports, of which too few are back"
    END_DEVICES = "phones and access points, which boot"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a look leads to and why. `doubts` could not be read or compared: without them nobody claims a success.

    `told` is what else the comparison showed, which decides nothing. `found` are the single things that are not as
    before, `waived` those that somebody accepted; both are of the comparison alone: what proves the release itself is
    never among them. `mendable`: the target runs, and what is missing may be mended without another release.
    """

    then: Then
    why: str = ""
    wait: Pending = Pending.NOTHING
    doubts: tuple[str, ...] = ()
    told: str = ""
    found: tuple[Deviation, ...] = ()
    waived: tuple[Deviation, ...] = ()
    mendable: bool = False


def new_boot(mark: Mapping[str, object], now: Running, elapsed: float | None) -> bool | None:
    """Return whether the device rebooted since the mark, `elapsed` device seconds ago; None: it cannot be told.

    The uptime decides, against our own clock: the device's clock may jump when it boots. The time of the restart that
    it prints decides only where no uptime does, and proves nothing where it went backwards. No uptime decides that is
    longer than it can be, nor a short one of a device that was just up at the mark: it may be of either boot. Where
    `elapsed` is None, as this machine was restarted too, our clock decides nothing: an uptime below that of before is a
    new boot, and a longer one says nothing.
    """
    before = mark["uptime"]
    if isinstance(before, int | float) and now.uptime is not None:
        if now.uptime < before + (elapsed or 0.0) - _TOLERANCE:
            return True
        if elapsed is not None:
            just_up = before <= _TOLERANCE
            if (just_up and now.uptime > elapsed) or (not just_up and now.uptime <= before + elapsed + _JUMPED):
                return False
    then = mark["restarted_at"]
    if isinstance(then, str) and now.restarted_at is not None:
        moved = (datetime.fromisoformat(now.restarted_at) - datetime.fromisoformat(then)).total_seconds()
        if moved >= -_TOLERANCE:
            return moved > _TOLERANCE
    version = mark.get("version")
    return True if isinstance(version, str) and not same_release(version, now.version) else None


def missing(before: Snapshot, running: Running) -> str:
    """Return which members have not joined yet, empty where all have: after a reload that may take longest.

    So may it until all that the device says of them agrees.
    """
    gone = [name for name, state in before.members.items() if state != "Provisioned" and name not in running.members]
    return f"{', '.join(gone)} not there" if gone else running.doubt


def of_new_release(seen: Seen, target: str, before: Snapshot, called: str) -> Verdict:
    """Decide whether what was activated may be committed; `called` names it for people."""
    running, installed, compared = seen.running, seen.installed, seen.compared
    if isinstance(running, Unread):
        return Verdict(Then.LEAVE, f"the running release cannot be read: {running.why}", Pending.READY)
    if running.doubt:
        return Verdict(Then.BACK, running.doubt, Pending.READY)
    late = missing(before, running) or (seen.late if isinstance(seen.late, str) else "")
    if not on_target(running, target):
        runs = ", ".join(f"{name}: {version}" for name, version in running.members.items())
        # Another release runs, and is all there: no waiting helps.
        return Verdict(
            Then.BACK, f"seen {runs}; needed {target} on every member", Pending.READY if late else Pending.NOTHING
        )
    if late:
        return Verdict(Then.BACK, f"not back: {late}", Pending.READY, mendable=True)
    if seen.abnormal:
        return Verdict(Then.BACK, seen.abnormal)
    if isinstance(installed, Installed) and installed.doubt:
        return Verdict(Then.BACK, installed.doubt, Pending.READY)
    if isinstance(installed, Installed) and installed.placement not in _ACTIVE:
        return Verdict(Then.BACK, f"the device calls {called} {installed.placement}, not activated", Pending.LINKS)
    found = compared.found if isinstance(compared, Compared) else Comparison()
    if found.complaint:
        wait = Pending.END_DEVICES if found.slow else Pending.LINKS
        return Verdict(
            Then.BACK, found.complaint, wait, told=found.told, found=found.found, waived=found.waived, mendable=True
        )
    doubts = _doubts(seen)
    unread = (f"the install state: {installed.why}",) if isinstance(installed, Unread) else ()
    if unread or doubts:
        why = "; ".join(unread + doubts)
        return Verdict(Then.KEEP, why, Pending.READY, doubts, found.told, waived=found.waived)
    wait = Pending.NOTHING if not found.below else Pending.END_DEVICES if found.slow else Pending.ACCESS
    return Verdict(Then.KEEP, wait=wait, told=found.told, waived=found.waived)


def _doubts(seen: Seen) -> tuple[str, ...]:
    doubts = (f"whether all of it is back: {seen.late.why}",) if isinstance(seen.late, Unread) else ()
    if isinstance(seen.compared, Unread):
        return (*doubts, f"interfaces, neighbours and routes: {seen.compared.why}")
    return (*doubts, *(f"{_FIELDS.get(name, name)}: {why}" for name, why in seen.compared.unread.items()))


@dataclass(frozen=True, slots=True)
class Proof:
    """Whether something is proved, and by what; `by` is empty where it is by the first evidence.

    `doubt`: two sources of the device disagree, which may pass.
    """

    proved: bool
    by: str = ""
    doubt: bool = False


def committed(
    running: Running | Unread, installed: Installed | Unread, target: str, *, said: bool | None, patch: bool
) -> Proof:
    """Decide whether what runs is committed; `said` is the commit's own word, None where it gave none.

    The release was proved before the commit. Of a patch only the install state tells.
    """
    doubts = [each.doubt for each in (running, installed) if not isinstance(each, Unread) and each.doubt]
    if doubts:
        return Proof(proved=False, by="; ".join(doubts), doubt=True)
    if isinstance(running, Running) and not on_target(running, target):
        return Proof(proved=False, by=f"{', '.join(sorted(set(running.members.values())))} runs")
    if isinstance(installed, Installed):
        done = installed.placement is Placement.COMMITTED and not installed.timer_runs
        timer = ", its timer runs" if installed.timer_runs else ""
        return Proof(done, "" if done else f"it is {installed.placement}{timer}")
    if said and not patch and isinstance(running, Running):
        return Proof(
            proved=True, by=f"the answer to the commit, because the install state cannot be read ({installed.why})"
        )
    return Proof(proved=False, by=f"its install state cannot be read: {installed.why}")


def went_back(now: Running, before: Snapshot, *, reloaded: bool, patch: bool) -> bool:
    """Decide whether the way back worked: of a patch, which leaves the release as it is, only where it is gone."""
    return on_target(now, before.version) and (reloaded or not patch)


def not_installed(
    target: str,
    before: str,
    running: Running | Unread,
    installed: Installed | Unread,
    *,
    booted: bool | None,
    under_way: bool | None,
    members: int,
    patch: bool = False,
) -> Outcome:
    """Return what a device is to which no activation was sent, by its own outputs.

    Never `upgraded`: that is proved by post-checks alone.
    """
    found = outcome(
        target, before, running, installed, booted=booted, under_way=under_way, members=members, patch=patch
    )
    return Outcome.UNKNOWN if found is Outcome.UPGRADED else found


def outcome(
    target: str,
    before: str,
    running: Running | Unread,
    installed: Installed | Unread,
    *,
    booted: bool | None,
    under_way: bool | None,
    members: int,
    patch: bool = False,
    said_committed: bool = False,
) -> Outcome:
    """Return what a device is after a failed job, by its own outputs.

    `under_way`: its log knows of an activation without an end; None: that could not be read. A `patch` is for the
    release that runs: where it stands tells of it, and the release does not. `members` is how many there were before:
    those that are gone say nothing of what they run.
    """
    if isinstance(running, Unread) or len(running.members) < members:
        return Outcome.UNKNOWN
    same = same_release(target, before) and not patch
    if isinstance(installed, Unread):
        if patch or same or under_way is not False:
            return Outcome.UNKNOWN
        if on_target(running, target) and said_committed:
            return Outcome.UPGRADED
        # On the same boot, what the next one starts is not known: that is not "nothing was done".
        return Outcome.ROLLED_BACK if on_target(running, before) and booted is True else Outcome.UNKNOWN
    if installed.timer_runs or under_way is not False:
        return Outcome.UNKNOWN
    is_committed = installed.placement is Placement.COMMITTED
    if on_target(running, target) and is_committed and not same:
        return Outcome.UPGRADED
    as_before = is_committed if same else installed.placement in {Placement.ABSENT, Placement.ADDED}
    if on_target(running, before) and as_before and booted is not None:
        return Outcome.ROLLED_BACK if booted else Outcome.UNTOUCHED
    return Outcome.UNKNOWN
