"""Rules of an iCalendar event (RRULE), gone through as far as somebody asks, and no further.

dateutil looks for the next time of a rule up to the year 9999: a rule that is never met costs it 13 seconds and more.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from itertools import islice
from types import FunctionType, SimpleNamespace
from typing import Any, Final

from swimctl.errors import ConfigError

# The rarest rule that anybody means is a 29 February on a certain day of the week: once in 28 years, and where a
# century has none, in 40.
_RAREST: Final = 40
# Days, weeks, months and years that dateutil goes through for all rules of one file, in about 5 microseconds each.
_MOST_STEPS: Final = 1_000_000
_STEPS_OF_A_YEAR: Final = {"YEARLY": 1, "MONTHLY": 12, "WEEKLY": 53, "DAILY": 366}


class Steps:
    """How much is left to go through for the rules of one file."""

    def __init__(self) -> None:
        self._left = _MOST_STEPS

    def take(self, often: str, years: int, interval: int) -> None:
        """Count what a rule costs. ConfigError: that is too much."""
        self._left -= _STEPS_OF_A_YEAR.get(often, 366) * max(years, 1) // max(interval, 1)
        if self._left < 0:
            raise ConfigError(
                f"its rules begin so long ago that more than {_MOST_STEPS} days would have to be gone through; let "
                "them begin later"
            )


def until_year(rule: Any, year: int) -> Any:  # noqa: ANN401 - of dateutil
    """Return a rule of dateutil that ends with a year."""
    rule.__class__ = _ends_with(year)
    return rule


def require_met(rule: Any, start: datetime, named: str) -> None:  # noqa: ANN401 - of dateutil
    """Raise ConfigError where a rule is met in none of so many years."""
    if not any(islice(until_year(rule.replace(), start.year + _RAREST), 1)):
        raise ConfigError(
            f"its event {named} has a rule that is not met once in {_RAREST} years; correct or remove the RRULE in the "
            "calendar"
        )


def last_year(late: date, start: datetime) -> int:
    """Return the year with which whoever asks until `late` is through."""
    return max(late.year, start.year)


def freq_of(rule: Any) -> str:  # noqa: ANN401 - of icalendar
    """Return how often a rule is met, as it is written."""
    found: Sequence[object] = rule.get("FREQ", [""])
    return str(found[0]).upper()


@lru_cache(maxsize=32)
def _ends_with(year: int) -> type[Any]:
    """Return dateutil's class of rules with another last year than the last one of all."""
    from dateutil.rrule import rrule

    made = rrule._iter  # noqa: SLF001 - nothing else says where it ends
    ends = SimpleNamespace(MAXYEAR=min(year, dt.MAXYEAR), date=dt.date, datetime=dt.datetime)
    through = FunctionType(made.__code__, {**made.__globals__, "datetime": ends}, made.__name__, made.__defaults__)
    return type("rrule", (rrule,), {"_iter": through})
