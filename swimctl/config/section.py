"""What every section of config.yaml is."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """Refuse unknown keys: a misspelt setting must not be a setting ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)
