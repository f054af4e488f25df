"""The `swimctl:` section of config.yaml: every setting, its default and its bounds. Pure; reading is reading.py's."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    ConfigDict,
    Field,
    SecretStr,
    ValidationInfo,
    field_validator,
)

from swimctl.clock import Limit
from swimctl.config.access import LdapSection, Roles
from swimctl.config.checks import Checks
from swimctl.config.entering import InventoryFields, Login, Ssh
from swimctl.config.freezes import FreezePeriod
from swimctl.config.lengths import Length, Seconds
from swimctl.config.section import Section
from swimctl.config.tracking import ComplianceSection, WriteBack
from swimctl.config.windows import Freeze

Percent = Annotated[float, Field(ge=0, le=100)]

Transport = Literal["auto", "pull", "push"]


class Readiness(Section):
    """What a device must show before anything is changed."""

    space_factor: float = Field(
        2.5,
        ge=1,
        le=10,
        description="free flash that every member needs, in image sizes; the copy of the image is part of it",
    )
    allow_downgrade: bool = Field(False, description="allow an image that is older than the running one")
    privilege: int = Field(15, ge=1, le=15, description="privilege level that the session needs")


class Distribution(Section):
    """How an image gets onto a device, and how its arrival is proved."""

    hash: Literal["sha512", "md5"] = Field("sha512", description="hash that the device computes to verify the copy")
    verify_rate: float = Field(
        4.0, gt=0, description="MB/s at which a device computes a hash; sets the deadline of verify"
    )
    minimum_rate: float = Field(0.1, gt=0, description="a copy slower than this (MB/s) is stopped")
    stall: Seconds = Field(120, description="a copy without a byte for this long is stopped")
    copies_per_site: int = Field(
        0,
        ge=0,
        le=1000,
        description="how many devices of one site copy at the same time; the others wait; 0: no limit",
    )
    transport: Transport = Field(
        "push",
        description="push: swimctl writes the image by SCP; pull: the device fetches it from swimctl's image server; "
        "auto: pull if the device can fetch and reaches the server, else push, and the job says why; "
        "`swimctl: {distribution: {transport: …}}` in the data of a host or group wins",
    )

    def slowest(self, size: int) -> float:
        """Return the seconds that a copy of so many bytes takes at the slowest rate allowed."""
        return size / (self.minimum_rate * 1e6)


class ImageServing(Section):
    """Where devices fetch images that are pulled."""

    bind: str = Field(
        "0.0.0.0",  # noqa: S104 - devices must reach it; who has no ticket sees nothing
        description="address on which the image server listens, while a device needs it",
    )
    port: int = Field(0, ge=0, le=65_535, description="its port; 0: a free one")
    address: str = Field(
        "",
        description="name or address by which devices reach it; empty: the address of this machine on the way to the "
        "device; `swimctl: {distribution: {address: …}}` in the data of a host or group wins",
    )
    tls_cert: Path | None = Field(None, description="its certificate chain, PEM; with it devices fetch by HTTPS")
    tls_key: Path | None = Field(None, description="its private key, PEM")
    copies: int = Field(50, ge=1, le=1000, description="how many devices fetch at the same time; the others wait")
    hours: Annotated[float, Length("h")] = Field(
        12, gt=0, le=168, description="hours after which a URL of an image stops working"
    )
    stall: Seconds = Field(60, description="a pull is stopped if the device takes no byte for this long")


class Activation(Section):
    """How the point of no return is passed."""

    mode: Literal["staged", "one-shot"] = Field(
        "staged",
        description=(
            "staged: add, activate with the device's auto-abort timer, commit after the checks; one-"
            "shot: add, activate and commit in one command: the device does not go back by itself"
        ),
    )
    auto_abort_minutes: Annotated[int, Length("m")] = Field(
        60, ge=30, le=1200, description="minutes after which the device goes back by itself, if nothing is committed"
    )
    hold_minutes: Annotated[int, Length("m")] = Field(
        60, ge=5, le=1440, description="minutes that a device is held for a person, with `--on-failed-checks hold`"
    )
    settle: Seconds = Field(
        60, description="seconds that a device must stay up before swimctl believes that it is back"
    )
    snapshot: bool = Field(
        False, description="Junos: make a snapshot of the running system on every member before a package is added"
    )
    usual_minutes: Annotated[float, Length("m")] = Field(
        45, gt=0, le=1440, description="minutes that activation and post-checks take, for a model without a record"
    )


class AccessPoints(Section):
    """Whether access points load a new image before their controller (C9800) is activated."""

    predownload: bool = Field(
        False,
        description="C9800 in install mode: add the image in the Distribution, and have all access points load "
        "it with `ap image predownload`; the activation waits until each that is joined has it. "
        "[How](platforms/cisco_xe.md#access-points-of-a-c9800)",
    )
    incomplete: Literal["fail", "warn"] = Field(
        "fail",
        description="if access points do not have it in time: fail: the job ends before anything is activated; warn: "
        "it names them and goes on; they load it when they join again",
    )


class Deadlines(Section):
    """Seconds after which waiting ends. All are device time."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True)

    connect: Seconds = Field(30, description="open a TCP and SSH connection, until the first prompt")
    setup: Seconds = Field(
        60,
        description=(
            "the answer to each line that prepares the terminal: an empty line, `enable`, `terminal length 0`"
        ),
    )
    command: Seconds = Field(120, description="an ordinary show command")
    save: Seconds = Field(120, description="write memory")
    clean: Seconds = Field(600, description="install remove inactive")
    snapshot: Seconds = Field(1800, description="request system snapshot (Junos), until the prompt")
    add: Seconds = Field(1800, description="install add")
    predownload: Seconds = Field(7200, description="ap image predownload, until all access points have the image")
    activate: Seconds = Field(1800, description="install activate, until the prompt, or until the session drops")
    commit: Seconds = Field(
        900, description="install commit and install abort, until the prompt, or until the session drops"
    )
    down: Seconds = Field(600, description="from activate until the device goes down")
    up: Seconds = Field(3600, description="from going down until a login succeeds")
    ready: Seconds = Field(
        900, description="from the first login until all members are back and the install state can be read"
    )

    @field_validator("*", mode="after")
    @classmethod
    def _named(cls, seconds: float, info: ValidationInfo) -> float:
        return Limit.of(seconds, f"swimctl.deadlines.{info.field_name}")


class Evidence(Section):
    """What a device is asked beside its command line."""

    netconf: Literal["auto", "off"] = Field(
        "auto",
        description=(
            "auto: if an IOS-XE device offers NETCONF, read its YANG models, too; `netconf_port` of a "
            "host in the inventory sets another port than 830; off: never"
        ),
    )


class Tolerances(Section):
    """What need not be as in the baseline after the upgrade, by what it is."""

    uplinks_lost: int = Field(
        0,
        ge=0,
        description=(
            "uplinks that may stay down: trunks, routed ports, port-channels and their members, ports "
            "with a switch or router behind them, and every port of unknown kind"
        ),
    )
    network_neighbours_lost: int = Field(
        0, ge=0, description="CDP and LLDP neighbours that may be gone; phones, access points and hosts do not count"
    )
    access_percent: Percent = Field(
        90.0, description="per cent of the access ports, and of the devices behind them, that must come back"
    )
    access_lost: int = Field(3, ge=0, description="access ports that may always stay down")
    access_decides: bool = Field(
        False, description="true: go back if too few access ports come back; false: say so in the job's last message"
    )
    routes_lost_percent: Percent = Field(10.0, description="per cent of all routes that may be gone")
    configuration_lost: int = Field(
        0,
        ge=0,
        description=(
            "blocks of the configuration that may be gone: interfaces, VLANs, users, AAA, routes, "
            "routing protocols; a changed host name is never allowed"
        ),
    )
    patience: Seconds = Field(
        300,
        description=("seconds for links, neighbours and routes to come back, after all members and modules are back"),
    )
    end_device_patience: Seconds = Field(
        900, description="the same for phones and access points, which boot when their port gives them power"
    )
    interfaces_lost: int | None = Field(
        None, ge=0, description="interfaces of any kind that may be lost; if set, the kinds of ports do not count"
    )
    neighbours_lost: int | None = Field(
        None, ge=0, description="neighbours of any kind that may be gone; if set, their kinds do not count"
    )


class Workflow(Section):
    """A workflow of one's own, as it is written; `finally` in the file. What its steps are is read by workflows.py."""

    description: str = ""
    steps: list[Any]
    always: list[Any] = Field(default_factory=list, alias="finally")


class Settings(Section):
    """All settings of swimctl; paths are absolute, made so relative to config.yaml."""

    store: Path = Field(Path("swimctl.db"), description="the SQLite file; relative to config.yaml")
    jobs_dir: Path = Field(
        Path("jobs"), description="folder for transcripts and saved configurations, with one folder per job"
    )
    credentials_file: Path | None = Field(None, description="YAML with username, password, enable_secret; mode 0600")
    workers: int = Field(20, ge=1, le=500, description="how many devices at the same time")
    under_way: int | None = Field(
        None,
        ge=1,
        le=5000,
        description="how many devices of a batch may be under way, those that reload and those that fetch their image "
        "among them; default: as many as `workers`",
    )
    clock_speed: float = Field(
        1.0, gt=0, le=10_000, description="device seconds per real second; set it for the lab only"
    )
    docs_url: str | None = Field(
        None,
        pattern=r"^(https?|file)://\S+$",
        description="where your team has these pages as a site (`make site`), such as `https://docs.example/swimctl`: "
        "`swimctl explain` names addresses there",
    )
    approval: Literal["none", "required"] = Field(
        "none", description="required: a batch starts only after another user has approved it"
    )
    pilot: Literal["real", "all", "never"] = Field(
        "real",
        description=(
            "real: the first device of a system, family and train that this store has not seen upgraded goes alone, "
            "except in a lab; all: in a lab, too; never: none does; `swimctl: {pilot: {lab: true}}` in the data of a "
            "host or group says what is a lab; if nothing does, devices at 127.0.0.1 are one"
        ),
    )
    roles: Roles = Field(
        default_factory=dict,
        description="roles of your own, by name, each with `may`, `sites` and `groups`: [their form]"
        "(security.md#roles-for-a-site-or-a-group)",
    )
    ldap: LdapSection = LdapSection()
    trusted_proxies: list[IPv4Network | IPv6Network] = Field(
        default_factory=list,
        description="addresses or networks of proxies before `swimctl serve` whose `X-Forwarded-For` is believed: for "
        "the audit, the access log, and to slow down who guesses passwords. [Behind a proxy](pages.md#behind-a-proxy)",
    )
    schedule_grace: Seconds = Field(
        3600, description="seconds that a scheduled job may start late; later than that, it fails"
    )
    freeze: list[FreezePeriod] = Field(
        default_factory=list,
        description="times in which nothing is activated: a list of `{from: …, to: …, reason: …}`",
    )
    freeze_calendars: list[Path] = Field(
        default_factory=list,
        description="iCalendar files whose events are freezes, too; while one cannot be read, nothing is activated; "
        "relative to config.yaml",
    )
    calendars: dict[str, Path] = Field(
        default_factory=dict,
        description="iCalendar files whose events are windows, by a name for `--window calendar:NAME`; relative to "
        "config.yaml",
    )
    notify: list[SecretStr] = Field(
        default_factory=list, description="apprise URLs for notifications about a batch; they are secrets"
    )
    inventory: InventoryFields = InventoryFields()
    readiness: Readiness = Readiness()
    distribution: Distribution = Distribution()
    image_server: ImageServing = ImageServing()
    activation: Activation = Activation()
    access_points: AccessPoints = AccessPoints()
    deadlines: Deadlines = Deadlines()
    login: Login = Login()
    evidence: Evidence = Evidence()
    ssh: Ssh = Ssh()
    compliance: ComplianceSection = ComplianceSection()
    write_back: WriteBack = WriteBack()

    def hash_deadline(self, size: int) -> float:
        """Return the seconds within which a device must have hashed so many bytes."""
        return self.deadlines.command + size / (self.distribution.verify_rate * 1e6)

    def copy_deadline(self, size: int) -> float:
        """Return the seconds within which a device must have copied so many bytes from one flash to another."""
        return self.deadlines.command + self.distribution.slowest(size)

    tolerances: Tolerances = Tolerances()
    checks: Checks = Checks()
    workflows: dict[str, Workflow] = Field(
        default_factory=dict, description="your own workflows: see [Workflows](workflows.md)"
    )

    @property
    def freezes(self) -> tuple[Freeze, ...]:
        """Return the freezes as `windows.gate` takes them."""
        return tuple(period.read() for period in self.freeze)
