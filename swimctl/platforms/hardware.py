"""Which hardware an image family runs on: each platform's package has a `hardware.yaml`, read from the top.

The first row of which a pattern fits the beginning of a model decides: a family that it `runs` is sure, one that it
`maybe` runs is not known, and every other family of the file is for other hardware.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from swimctl import yaml_file
from swimctl.errors import ConfigError

_Word = Annotated[str, Field(min_length=1)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class _Row(_Strict):
    """Hardware, and the families or names of groups of families for it. `source` says how that is known."""

    models: list[_Word] = Field(min_length=1)
    runs: list[_Word] = []
    maybe: list[_Word] = []
    source: _Word


class Table(_Strict):
    """A platform's file. `families` may be globs, in groups that have a name."""

    families: dict[_Word, list[_Word]]
    hardware: list[_Row] = Field(min_length=1)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        declared = [family for families in self.families.values() for family in families]
        known = {*declared, *self.families}
        if len(known) < len(declared) + len(self.families):
            raise ValueError("a family or the name of a group stands twice under families")
        for row in self.hardware:
            for pattern in row.models:
                re.compile(pattern)
            unknown = {*row.runs, *row.maybe} - known
            if unknown:
                raise ValueError(f"not under families: {', '.join(sorted(unknown))}")
        return self

    def knows(self, family: str) -> bool:
        """Return whether the file has this family."""
        return self._among(family, list(self.families))

    def fits(self, family: str, model: str) -> bool | None:
        """Return whether an image of this family runs on this hardware; None where the file does not say."""
        row = next((row for row in self.hardware if _begins(row.models, model.strip())), None)
        if row is None or not self.knows(family):
            return None
        if self._among(family, row.runs):
            return True
        return None if self._among(family, row.maybe) else False

    def _among(self, family: str, names: Sequence[str]) -> bool:
        spelled = (glob for name in names for glob in self.families.get(name, [name]))
        return any(fnmatchcase(family, glob) for glob in spelled)


def _begins(patterns: Sequence[str], model: str) -> bool:
    return any(re.match(pattern, model, re.IGNORECASE) for pattern in patterns)


def read(path: Path) -> Table:
    """Read a file. Raises ConfigError for anything in it that is not as it must be."""
    document = yaml_file.read(path, ConfigError, "it belongs to the package of its platform")
    try:
        return Table.model_validate(document)
    except (ValidationError, re.error) as problem:
        raise ConfigError(f"{path}: {problem}") from None


@cache
def table(platform: str) -> Table:
    """Return the table of a platform, by its canonical name."""
    return read(Path(__file__).parent / platform / "hardware.yaml")


def fits(platform: str, family: str, model: str) -> bool | None:
    """Return whether an image of a platform's family runs on this hardware; None where its file does not say."""
    return table(platform).fits(family, model)
