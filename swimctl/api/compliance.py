"""What runs where: devices against their golden releases, and what each of them ran before. Asks no device."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Annotated, Final, Literal

from aiohttp import web
from pydantic import Field

from swimctl.api.answers import Answer, Problem, Time
from swimctl.api.errors import Refusal
from swimctl.api.routing import Backend, Call, Needs, Of, Route, answer
from swimctl.api.schemas import Request
from swimctl.errors import ConfigError
from swimctl.images.compliance import Compliance, compliance_document
from swimctl.models import Device
from swimctl.requests.documents import seen_document
from swimctl.rights import Act

log = logging.getLogger("swimctl.api")

_LARGEST: Final = 2**63 - 1  # what SQLite can hold
Members = dict[str, str]


class ComplianceQuery(Request):
    """What devices are counted by."""

    by: Literal["site", "model", "release"] | None = Field(None, description="count the devices by this, too")


class HistoryQuery(Request):
    """A device."""

    id: Annotated[int, Field(ge=1, le=_LARGEST)]


class DeviceComplianceAnswer(Answer):
    """What a device should run, and what it was last seen to run."""

    device_id: int
    device_hostname: str
    platform: str
    model: str | None
    site: str | None
    role: str | None
    status: Literal["compliant", "other release", "unknown", "no golden release"] = Field(
        description="`unknown`: nobody knows what it runs; `why` says what is missing"
    )
    golden_release: str | None
    golden_image: str | None = Field(description="what an upgrade would install on it; null if there is no file for it")
    golden_for: str | None = Field(description="the devices that its golden rule is for")
    runs: str | None
    members: Members | None = Field(description="the release of each member; null if it is only known from a job")
    seen_at: Time | None = Field(description="when it said what it runs, or a job proved it")
    seen_by: str = Field(description="`plan`, `scan`, or a job, such as `job 7`")
    since: Time | None = Field(description="it was first seen to run it then; it may run it for longer")
    support_ends: str | None = Field(
        description="the last day of support, such as `2027-10-31`, by the file that your settings name"
    )
    support_ended: bool
    support_note: str
    why: str


class ComplianceCounts(Answer):
    """How many devices stand how."""

    compliant: int
    other_release: int
    unknown: int
    no_golden_release: int


class ComplianceGroup(Answer):
    """Devices of one site, model or release."""

    name: str
    count: int
    counts: ComplianceCounts
    support_ended: int


class ComplianceAnswer(Answer):
    """All devices against their golden releases, by what is known; no device is asked for it."""

    compliant: bool = Field(description="false if a device runs another release, is unknown, or is supported no more")
    count: int
    counts: ComplianceCounts
    support_ended: int = Field(description="how many devices are supported no more")
    by: Literal["site", "model", "release"] | None
    groups: list[ComplianceGroup] = Field(description="empty without `by`; those with most to do come first")
    devices: list[DeviceComplianceAnswer]


class SeenAnswer(Answer):
    """What a device ran for some time."""

    runs: str
    members: Members = Field(description="the release of each member; empty if it is only known from a job")
    doubt: str = Field(description="how the device's own outputs contradict each other; empty if they do not")
    since: Time | None = Field(description="when it was first seen to run it")
    seen_at: Time = Field(description="when it was last seen to run it")
    seen_by: str = Field(description="`plan`, `scan`, or a job, such as `job 7`")
    serials: list[str]


class HistoryAnswer(Answer):
    """What a device ran, the newest first."""

    device_id: int
    device_hostname: str
    count: int
    ran: list[SeenAnswer]


def standings(backend: Backend, devices: Sequence[Device]) -> list[Compliance]:
    """Return of each device whether it runs its golden release. Refusal: a file of the server has a mistake."""
    try:
        return backend.service.compliance(devices)
    except ConfigError as error:
        log.error("%s", error)  # noqa: TRY400 - its words say it all
        raise Refusal(
            503, "unavailable", "the file with the ends of support has a mistake; the server's log says where"
        ) from None


async def compliance(call: Call) -> web.Response:
    """Return of each device whether it runs its golden release, as far as it was asked."""
    found = await call.backend.do(lambda: standings(call.backend, call.reach.devices))
    return answer(compliance_document(found, call.query.by))


async def history(call: Call) -> web.Response:
    """Return what a device ran, the newest first."""
    backend, query = call.backend, call.query
    device = call.reach.resolve([query.id])[0]
    ran = await backend.do(lambda: backend.service.history(device))
    documents = [seen_document(one) for one in reversed(ran)]
    return answer({"device_id": device.id, "device_hostname": device.name, "count": len(documents), "ran": documents})


ROUTES: Final = (
    Route(
        "GET",
        "/api/compliance/",
        compliance,
        "Compare with golden releases",
        Needs(Act.LOOK, Of.SEEN),
        {200: ComplianceAnswer},
        query=ComplianceQuery,
    ),
    Route(
        "GET",
        "/api/devices/{id}/history/",
        history,
        "List what a device ran",
        Needs(Act.LOOK, Of.SEEN),
        {200: HistoryAnswer, 404: Problem},
        query=HistoryQuery,
    ),
)
