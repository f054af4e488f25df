"""Settings of how devices are found in the inventory, entered, and logged in to."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from swimctl.config.lengths import Seconds
from swimctl.config.section import Section

# One path may be given without the list's brackets.
Paths = Annotated[list[str], BeforeValidator(lambda value: [value] if isinstance(value, str) else value)]
HostKeys = Literal["accept-new", "strict", "off"]


class InventoryFields(Section):
    """Where in the data of a host its model, site, role and serial number stand, and what its platform is called."""

    model: Paths = Field(
        [
            "model",
            "device_type.part_number",
            "device_type.model",
            "model.model",
            "pynautobot_dictionary.device_type.part_number",
            "pynautobot_dictionary.device_type.model",
        ],
        description=(
            "where a host's model is in its data: a path such as `custom_fields.hardware`, or a list of"
            " paths; the first path with a value counts"
        ),
    )
    site: Paths = Field(
        ["site", "site.slug", "site.name", "pynautobot_dictionary.location.name"], description="the same for its site"
    )
    role: Paths = Field(
        ["role", "role.slug", "device_role.slug", "role.name", "pynautobot_dictionary.role.name"],
        description="the same for its role",
    )
    serial: Paths = Field(["serial", "pynautobot_dictionary.serial"], description="the same for its serial number")
    tags: Paths = Field(
        ["tags", "pynautobot_dictionary.tags"],
        description="the same for its tags: a list of texts, or of objects that have a `slug` or a `name`",
    )
    window: Paths = Field(
        ["window"],
        description="the same for its own window, such as `Sat 22:00-04:00@Europe/Berlin`, or a list of windows",
    )
    port: Paths = Field(
        [],
        description=("where its SSH port is, such as `custom_fields.ssh_port`; it wins over the inventory's own port"),
    )
    platform: dict[str, str] = Field(
        default_factory=dict,
        description="your own names of platforms, with their meaning, such as `{campus-access: cisco_xe}`",
    )


class Login(Section):
    """How a device is asked for entry while it boots, without locking the account."""

    poll: Seconds = Field(10, description="seconds between two checks of the SSH port")
    first_wait: Seconds = Field(15, description="seconds from the open port to the first login")
    backoff_first: Seconds = Field(20, description="seconds after a refused login; each further one doubles it")
    backoff_most: Seconds = Field(300, description="the longest wait after a refused login")
    refusals: int = Field(5, ge=1, le=100, description="refused logins after which the job logs in no more")
    account_refusals: int = Field(
        3,
        ge=0,
        le=100,
        description=(
            "refusals of one user's password, on all devices together, after which swimctl pauses it; 0: never"
        ),
    )
    account_pause: Seconds = Field(1800, description="real seconds of that pause")


class Ssh(Section):
    """How a device is entered, beside what the inventory and OpenSSH's configuration say."""

    host_keys: HostKeys = Field(
        "accept-new",
        description=(
            "accept-new: keep the first host key of a device, refuse another one; strict: accept known "
            "keys only; off: accept any key; `swimctl: {ssh: {host_keys: …}}` in the data of a host or "
            "group wins"
        ),
    )
    known_hosts: Path = Field(
        Path("known_hosts"),
        description="file with the host keys, in OpenSSH's format; relative to config.yaml",
    )
