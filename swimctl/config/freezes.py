"""The `freeze` of config.yaml: times and dates in which nothing is activated. Pure."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import Field, PlainValidator

from swimctl.config.section import Section
from swimctl.config.windows import Freeze


def _time_or_date(value: object) -> date:
    """Read a time that has its offset, or a date; YAML makes some of them itself and leaves others as text."""
    if isinstance(value, str):
        text = value
        try:
            value = date.fromisoformat(text)
        except ValueError:
            value = datetime.fromisoformat(text)
    if not isinstance(value, date) or (isinstance(value, datetime) and value.tzinfo is None):
        raise ValueError(value)
    return value


TimeOrDate = Annotated[datetime | date, PlainValidator(_time_or_date)]


class FreezePeriod(Section):
    """A time in which nothing is activated; `from` and `to` in the file."""

    start: TimeOrDate = Field(alias="from")
    end: TimeOrDate = Field(alias="to")
    reason: str = Field(min_length=1)

    def read(self) -> Freeze:
        """Make the freeze of it, of dates by the zone of this machine; UsageError where it has no length."""
        return Freeze.between(self.start, self.end, self.reason)
