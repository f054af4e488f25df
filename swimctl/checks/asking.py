"""Ask a device what its checks want to know: each command once, and one that hangs takes no other with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final, Protocol

from swimctl.checks.comparing import Compared, Standing, standing_now
from swimctl.checks.parsing import check_parser, is_bare, rows_of
from swimctl.checks.rows import Row
from swimctl.checks.rules import Check, configured, is_of
from swimctl.config.read_only import not_only_reading
from swimctl.errors import CommandRefused, ConfigError, DeadlineExceeded, UnexpectedPrompt, UnparsableOutput
from swimctl.models import Finding
from swimctl.platforms.text import passed_over, unread

_NO_MODEL: Final = "it is for some models, and neither the inventory nor the device names one; add `model` to its host"


class Runs(Protocol):
    """A session, as far as it only reads."""

    def run(self, command: str, deadline: float, *, quiet: bool = False) -> str:
        """Run a command that asks nothing and give back what it printed."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What a device said for one check: rows, or why there are none. `ended`: its session had to be closed in it.

    `bare`: there is no row, and the output does not say so: an empty one may have got lost on its way. `odd`: the
    parser passed over lines that it does not know: a row may be among them.
    """

    check: Check
    rows: tuple[Row, ...] = ()
    why: str = ""
    ended: bool = False
    bare: bool = False
    odd: bool = False

    @property
    def left_out(self) -> str:
        """Return that a check without an answer is left out on this device; empty where it is not, or may not be."""
        if self.why and (self.check.rule.optional or not self.check.own):
            return f"check {self.check.name} is left out: {self.why}"
        return ""

    def document(self) -> dict[str, Any]:
        """Write it as JSON that `taken_of` reads. Rows without a field, which are only counted, are their number."""
        rows = [dict(row) for row in self.rows]
        return self.check.document() | {"rows": rows if any(rows) else len(rows)}


def taken_of(document: Mapping[str, Any]) -> Taken:
    """Read what `Taken.document` wrote."""
    rows = document["rows"]
    return Taken(Check.of_document(document), tuple({} for _ in range(rows)) if isinstance(rows, int) else tuple(rows))


def take(
    session: Runs,
    platform: str,
    checks: Sequence[Check],
    seconds: float,
    say: Callable[[Check], object] = lambda _: None,
) -> tuple[Taken, ...]:
    """Ask for all checks.

    Where one takes too long, or asks something, its session is closed: the rest cannot be asked, and says so. Raises
    SessionLost.
    """
    found: list[Taken] = []
    ended = ""
    for check in checks:
        if ended:
            found.append(Taken(check, why=ended))
            continue
        say(check)
        taken = _take(session, platform, check, seconds)
        if taken.ended:
            ended = f"it was not asked, because the session had to be closed: {taken.why}"
        found.append(taken)
    return tuple(found)


def _take(session: Runs, platform: str, check: Check, seconds: float) -> Taken:
    command = check.rule.command_on(platform)
    if why := not_only_reading(command, platform):  # a rule of an earlier swimctl, which knew fewer of these
        return Taken(check, why=f"`{command}` is not asked: {why}")
    if why := check_parser(check.rule, platform):
        return Taken(check, why=why)
    try:
        text = session.run(command, seconds)
    except (CommandRefused, UnparsableOutput) as error:
        return Taken(check, why=str(error))
    except (DeadlineExceeded, UnexpectedPrompt) as error:
        return Taken(check, why=str(error), ended=True)
    try:
        with unread() as passed:
            rows = rows_of(check.rule, platform, command, text)
        for each in passed:
            passed_over(*each)
        return Taken(check, rows, bare=not rows and is_bare(check.rule, text), odd=bool(passed))
    except (CommandRefused, UnparsableOutput, ConfigError) as error:
        return Taken(check, why=str(error))
    except Exception as error:  # noqa: BLE001 - a parser or a template of others, on an output that nobody foresaw
        why = f"its parser failed: {type(error).__name__}: {error}"
        return Taken(check, why=f"cannot read the output of '{command}': {why}")


@dataclass(frozen=True, slots=True)
class Wanted:
    """The checks of a device before its upgrade. `seconds` is the deadline of a command.

    `model` is the one of the inventory, by which they were chosen. Where it has none, they are those of all models.
    """

    checks: tuple[Check, ...]
    platform: str
    seconds: float
    model: str | None = None

    def take(
        self, session: Runs, configuration: str | None, models: Callable[[], Sequence[str]] = tuple
    ) -> tuple[Taken, ...]:
        """Ask for those that the device's configuration and its model call for; see `take`.

        `models` asks the device for its models, where the inventory has none. A check for some models is not asked of
        a device that does not name its own, and says so.
        """
        wanted = configured(self.checks, configuration)
        doubtful = [each for each in wanted if each.rule.on.model and self.model is None]
        known = tuple(models()) if doubtful else ()
        left = [Taken(each, why=_NO_MODEL) for each in doubtful if not known]
        asked = [each for each in wanted if each not in doubtful or is_of(each.rule.on, *known)]
        return (*take(session, self.platform, asked, self.seconds), *left)

    def findings(self, taken: Sequence[Taken], name: str, username: str) -> list[Finding]:
        """Return what an upgrade by night would trip over: no answer, and what must hold before it too."""
        found = []
        for each in taken:
            check, command = each.check, each.check.rule.command_on(self.platform)
            if each.why:
                if not each.left_out:
                    mend = f"type `{command}` on {name} as '{username}'; correct the check, or give it `optional: true`"
                    found.append(Finding(f"check {check.name}", False, each.why, "an answer that can be read", mend))
                continue
            found.append(_standing(each, command, name))
        return found


def _rest(found: Compared) -> str:
    """Return a mark of all that was found where not all of it is named: what is seen must not read as other things."""
    told = "\n".join(map(str, found.differences))
    return f" (all: {sha256(told.encode()).hexdigest()[:8]})" if found.shortened else ""


def _standing(taken: Taken, command: str, name: str) -> Finding:
    """Return whether what must hold before an upgrade does; of most checks only that they have an answer."""
    rule, called = taken.check.rule, f"check {taken.check.name}"
    rows = f"{len(taken.rows)} row{'' if len(taken.rows) == 1 else 's'}"
    if not rule.ready or rule.verdict != "fail":
        return Finding(called, True, rows, "an answer that can be read", f"see `{command}` on {name}")
    found = standing_now(taken.check.name, rule, taken.rows)
    ok = found.standing is not Standing.BROKEN
    seen = rows if ok else str(found).removeprefix(f"{called}: ") + _rest(found)
    return Finding(called, ok, seen, rule.about, f"mend that on {name}: see `{command}`")
