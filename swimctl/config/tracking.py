"""Settings about what runs where, and who is told of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import Field, SecretStr

from swimctl.config.section import Section


class ComplianceSection(Section):
    """What devices are compared with, beside their golden releases."""

    end_of_support: Path | None = Field(
        None,
        description="file with the days on which the support of models and releases ends, YAML or CSV; relative to "
        "config.yaml",
    )


class Written(Section):
    """One system that is told what devices run."""

    url: str = Field(
        "", description="its address, such as `https://netbox.example.com`; empty: nothing is written there"
    )
    token: SecretStr | dict[str, Any] | None = Field(
        None, description="a token that may change devices; a secret, or `{env: NAME}` or `{file: PATH}`"
    )
    custom_field: str = Field("", description="the custom field that gets the release; empty: none")
    journal: bool = Field(True, description="add an entry to the device's journal (in Nautobot: a note)")
    ca: Path | None = Field(
        None, description="file with the certificates that it is trusted by, PEM; relative to config.yaml"
    )


class WriteBack(Section):
    """Who is told of a device that was upgraded."""

    netbox: Written = Written()
    nautobot: Written = Written()
