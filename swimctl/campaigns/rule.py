"""The rule of a campaign: whose devices, to what, when, and how each of its nights goes. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from swimctl.config.hours import Opening
from swimctl.errors import ConflictError, UsageError
from swimctl.inventory.selection import Selection
from swimctl.models import Device, ExecutionMode, JobOptions, Policy
from swimctl.requests.plans import UpgradeRequest

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
MOST_NIGHTS: Final = 100
# Nobody watches a night of a campaign, so unlike a batch it has a limit of failures unless it is told another one.
FAILURES: Final = 10.0


class UnreadableRule(ConflictError):
    """The store has a rule that this version did not write."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What is wished. `image` None: the golden image of each device. `most` devices are taken a night; None: all.

    A device that failed in `tries` nights in a row is tried no more until a person lets it. `by_hand`: each night
    waits for somebody to release it. `approval`: it is needed, whatever config.yaml says. `zone` is that of the window
    where that names none (empty: that of the reader).
    """

    selection: Selection
    window: str
    image: int | None = None
    workflow: str = "standard"
    cleanup_flash: bool = False
    issu: bool = False
    convert: bool = False
    on_failed_checks: str = "back"
    sequential: bool = False
    workers: int | None = None
    waves: tuple[str, ...] = ()
    soak: float = 0.0
    max_failures: int | None = None
    max_failures_percent: float | None = None
    pilot: bool = True
    most: int | None = None
    tries: int = 2
    by_hand: bool = False
    approval: bool = False
    ticket: str = ""
    reason: str = ""
    zone: str = ""

    @property
    def limit(self) -> tuple[int, float | None]:
        """Return how many failures, or which share of those tried, are too many of a night; 0 and None: none are."""
        if self.max_failures is not None:
            return self.max_failures, None
        return 0, FAILURES if self.max_failures_percent is None else self.max_failures_percent

    @property
    def failures(self) -> str:
        """Return that limit as people write it."""
        number, percent = self.limit
        return str(number) if percent is None else f"{percent:g}%"

    def text(self) -> str:
        """Write it down, the same rule always in the same words."""
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def read(cls, text: str) -> Rule:
        """Read what `text` has written. UnreadableRule: it was another version, or another program."""
        try:
            said: Mapping[str, Any] = json.loads(text)
            of = said["selection"]
            selection = Selection(
                tuple(of["names"]), of["all"], tuple(of["filters"]), of["limit"], of["group"], tuple(of["exclude"])
            )
            cls(**{**said, "selection": selection, "waves": tuple(said["waves"])})  # all that is there is known
            return _kinds().validate_json(text, strict=True)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            why = f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
        except (ValueError, LookupError, TypeError) as error:
            why = f"{type(error).__name__}: {error}"
        raise UnreadableRule(
            f"the rule that the store has of a campaign cannot be read ({why}); next: end the campaign, and create "
            "another one"
        )

    def request(self, devices: Sequence[Device], opening: Opening) -> UpgradeRequest:
        """Return what one night asks for: a batch like any other, which ends with its opening of the window."""
        number, percent = self.limit
        return UpgradeRequest(
            devices=tuple(devices),
            image=self.image,
            options=JobOptions(
                workflow=self.workflow,
                cleanup_flash=self.cleanup_flash,
                issu=self.issu,
                convert=self.convert,
                on_failed_checks=self.on_failed_checks,
                leave_newer=True,
            ),
            mode=ExecutionMode.SEQUENTIAL if self.sequential else ExecutionMode.PARALLEL,
            max_failures=number,
            workers=self.workers,
            detached=True,
            policy=Policy(
                waves=self.waves,
                soak=self.soak,
                max_failures_percent=percent,
                window=self.window,
                until=opening.closes,
                ticket=self.ticket,
                comment=self.reason,
                pilot=self.pilot,
                zone=self.zone,
            ),
        )


@cache
def _kinds() -> TypeAdapter[Rule]:
    """Return what knows of which kind each value of a rule is: a number where a text is wanted breaks what reads it."""
    return TypeAdapter(Rule)


def check_name(name: str) -> str:
    """Return a name that a campaign may have. UsageError."""
    if not _NAME.fullmatch(name):
        raise UsageError(f"{name!r} is no name of a campaign: 1 to 64 of a-z, A-Z, 0-9 and . _ -, not . _ - first")
    return name


def check_numbers(rule: Rule) -> None:
    """Refuse numbers that mean nothing. UsageError."""
    if rule.most is not None and rule.most < 1:
        raise UsageError(f"a night takes at least one device, not {rule.most}")
    if not 1 <= rule.tries <= MOST_NIGHTS:
        raise UsageError(f"a device is tried in 1 to {MOST_NIGHTS} nights in a row, not {rule.tries}")
