"""Lengths of time in config.yaml: a number in the setting's own unit, or a text with another one, such as 10m. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Final

from pydantic import Field, GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from swimctl.errors import UsageError
from swimctl.times.durations import read_duration

_UNITS: Final = {"s": ("seconds", 1), "m": ("minutes", 60), "h": ("hours", 3600)}


@dataclass(frozen=True, slots=True)
class Length:
    """Mark a number as a length of time in a unit: as a text, it may have another one."""

    unit: str

    @property
    def name(self) -> str:
        """Return the unit's name."""
        return _UNITS[self.unit][0]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:  # noqa: ANN401 - any type
        """Read a text before pydantic checks the number."""
        return core_schema.no_info_before_validator_function(self._read, handler(source))

    def _read(self, value: object) -> object:
        if not isinstance(value, str):
            return value
        try:
            return read_duration(value, bare=self.unit).total_seconds() / _UNITS[self.unit][1]
        except UsageError as error:
            raise ValueError(str(error)) from None


Seconds = Annotated[float, Field(gt=0, le=86_400), Length("s")]
