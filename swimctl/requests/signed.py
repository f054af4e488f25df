"""A plan in a file, to be signed and run later: what was agreed, and what has changed since. Pure.

The file holds its own SHA-256. Whoever signs it signs that number, or the file.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from swimctl.clock import rfc3339
from swimctl.config.calendars import Calendars
from swimctl.config.flows import Flow
from swimctl.config.settings import Settings
from swimctl.errors import ConflictError, SwimctlError, UsageError
from swimctl.images.catalogue import why_unfit
from swimctl.inventory.hosts import Inventory
from swimctl.inventory.selection import some
from swimctl.models import Device, ExecutionMode, Image, Job, JobOptions, Policy
from swimctl.requests.documents import Document
from swimctl.requests.plans import Plan, PlanItem, UpgradeRequest, plan_item
from swimctl.requests.preview import Preview, Row, Verdict
from swimctl.requests.preview_document import preview_document

if TYPE_CHECKING:
    from swimctl.requests.looks import Checked

_FORM: Final = 2
# What decides on a device: with other values, it is another plan. Deadlines and paths are none of it.
_DECIDES: Final = (
    "readiness", "distribution", "activation", "evidence", "tolerances", "approval", "freeze", "checks", "workers",
    "under_way", "pilot",
)  # fmt: skip
_SAME_DEVICE: Final = {
    "id": "its id",
    "platform": "its platform",
    "address": "its address",
    "port": "its port",
    "model": "its model in the inventory",
    "serial": "its serial number in the inventory",
    "redundancy_group": "its redundancy group",
    "depends_on": "what it depends on",
    "feeds": "what it feeds",
    "site": "its site",
    "window": "its own window",
}
_COPIED: Final = "how its image gets there (`distribution` in the inventory)"


@dataclass(frozen=True, slots=True)
class Agreed:
    """One device of the file that is to be upgraded."""

    name: str
    facts: Mapping[str, Any]
    image: Mapping[str, Any]
    runs: str
    serials: tuple[str, ...]
    rules: Mapping[str, bool]
    cleans: tuple[str, ...]
    wave: int
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SignedPlan:
    """A file that was read and is whole. `request` has no devices: those stand in `devices`, in their order."""

    sha256: str
    request: UpgradeRequest
    rules: Mapping[str, Any]
    devices: tuple[Agreed, ...]
    left_out: tuple[str, ...]
    retry_of: str = ""


def signed_document(preview: Preview, hosts: Inventory, settings: Settings, flow: Flow, now: datetime) -> Document:
    """Write a preview as a file that can be signed.

    UsageError: it was made without asking the devices. ConflictError: nobody of the first wave could go.
    """
    if preview.offline:
        raise UsageError("a plan that is to be run has to ask its devices; leave out --offline")
    if not any(row.item.wave == 1 for row in preview.rows if row.verdict in {Verdict.READY, Verdict.THERE}):
        raise ConflictError(
            "no device of the first wave is ready, so nothing of this plan could be run; next: `swimctl plan` without "
            "--out shows what they lack"
        )
    request = preview.plan.request
    agreed = [_agreed(row, hosts) for row in preview.rows if row.verdict in {Verdict.READY, Verdict.THERE}]
    document: Document = {
        "swimctl_plan": _FORM,
        "made_at": rfc3339(now),
        "request": _request(request, {one["name"] for one in agreed}),
        "rules": rules_of(settings, flow),
        "devices": agreed,
        "left_out": [row.item.device.name for row in preview.rows if not row.verdict.well],
        "preview": preview_document(preview),
    }
    if preview.plan.retry_of:
        document["retry_of"] = preview.plan.retry_of
    return document | {"sha256": _digest(document)}


def rules_of(settings: Settings, flow: Flow) -> Document:
    """Return the settings that decide on a device, and the steps of the workflow, each by its name in config.yaml."""
    said = settings.model_dump(mode="json", include=set(_DECIDES))
    own = {f"step {name!r} of the workflow": text for name, text in flow.written().items()}
    steps = {"steps of the workflow": ", ".join(flow.kinds)} | own
    return dict(_flat("swimctl", said)) | Calendars(settings).marks() | steps


def read_signed(text: str, where: str) -> SignedPlan:
    """Read a file of `plan --out`. UsageError: it is none, or was changed after it was made."""
    try:
        document = json.loads(text)
        form, given = document.pop("swimctl_plan"), document.pop("sha256")
        if form != _FORM:
            raise UsageError(f"{where} is of another version of swimctl (form {form}); make it again with `plan --out`")
        found = _digest({"swimctl_plan": form} | document)
        if found != given:
            raise UsageError(
                f"{where} was changed after it was made: it names the SHA-256 {str(given)[:12]}…, its content has "
                f"{found[:12]}…; next: make it again with `plan --out`"
            )
        return SignedPlan(
            given,
            _request_from(document["request"]),
            document["rules"],
            tuple(map(_agreed_from, document["devices"])),
            tuple(document["left_out"]),
            document.get("retry_of", ""),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(f"{where} is no plan of `swimctl plan --out`: {error}") from None


def require_same_rules(signed: SignedPlan, settings: Settings, flow: Flow) -> None:
    """Refuse a plan whose rules have changed since. ConflictError, naming each with both values."""
    now = rules_of(settings, flow)
    changed = [
        f"{name} was {signed.rules.get(name)!r}, is {now.get(name)!r}"
        for name in sorted({*signed.rules, *now})
        if signed.rules.get(name) != now.get(name)
    ]
    if changed:
        raise ConflictError(
            f"rules have changed since the plan was made: {'; '.join(changed)}; nothing was started; next: set them "
            "back, or make the plan again with `plan --out`"
        )


def plan_of(signed: SignedPlan, hosts: Inventory, images: Sequence[Image], busy: Mapping[int, Sequence[Job]]) -> Plan:
    """Return the plan of a file. What has changed in the inventory or the catalogue gets no job, and says why."""
    known, by_id = {device.name: device for device in hosts.devices}, {image.id: image for image in images}
    items = []
    for agreed in signed.devices:
        device, image = known.get(agreed.name), by_id.get(agreed.image.get("id", 0))
        changed = _why_other_device(agreed, device, hosts) or _why_other_image(agreed, image)
        device = device or Device(int(agreed.facts["id"]), agreed.name, "", "")
        refusal = _refused(changed) or hosts.problem(device.name) or (why_unfit(device, image) if image else None)
        item = plan_item(device, image, refusal, busy.get(device.id, ()), hosts.twins(device))
        items.append(replace(item, wave=agreed.wave, after=agreed.after, conflict=item.conflict or bool(changed)))
    request = replace(signed.request, devices=tuple(item.device for item in items))
    return Plan(request, _among_themselves(items), retry_of=signed.retry_of, signed=signed.sha256)


def held_to(signed: SignedPlan, plan: Plan, answers: Sequence[Checked]) -> Plan:
    """Return its plan without the devices that are otherwise now than when it was made; they get no job."""
    agreed, said = {one.name: one for one in signed.devices}, {answer.device.id: answer for answer in answers}
    items = []
    for item in plan.items:
        changed = ""
        if item.refusal is None:
            changed = _why_not_as_agreed(agreed[item.device.name], said.get(item.device.id))
        items.append(_without_job(item, changed) if changed else item)
    if not any(item.wave == 1 for item in items if item.refusal is None):  # a canary that is gone has proved nothing
        why = "no device of the first wave is left, and the others come after it"
        items = [item if item.refusal is not None else _without_job(item, why) for item in items]
    return replace(plan, items=_among_themselves(items))


def _without_job(item: PlanItem, changed: str) -> PlanItem:
    return replace(item, image=None, refusal=_refused(changed), conflict=True)


def _refused(changed: str) -> str | None:
    return f"changed since the plan was made: {changed}; next: `swimctl plan` anew" if changed else None


def _among_themselves(items: Sequence[PlanItem]) -> tuple[PlanItem, ...]:
    """Return them so that nobody waits for a device that gets no job."""
    goes = {item.device.name for item in items if item.refusal is None}
    return tuple(replace(item, after=tuple(name for name in item.after if name in goes)) for item in items)


def _why_other_device(agreed: Agreed, device: Device | None, hosts: Inventory) -> str:
    """Return what has changed of a device in the inventory, empty where nothing has."""
    if device is None:
        return "it is no longer in the inventory"
    now = _facts(device, hosts)
    changed = [
        f"{what} was {agreed.facts.get(key)!r}, is {now[key]!r}"
        for key, what in {**_SAME_DEVICE, "copied": _COPIED}.items()
        if agreed.facts.get(key) != now[key]
    ]
    return "; ".join(changed)


def _why_other_image(agreed: Agreed, image: Image | None) -> str:
    """Return what has changed of a device's image in the catalogue, empty where nothing has."""
    if image is None:
        return f"its image {agreed.image['filename']} is no longer in the catalogue"
    if image.sha512 != agreed.image["sha512"]:
        return (
            f"its image {image.filename} has another hash: SHA-512 was {agreed.image['sha512'][:12]}…, is "
            f"{image.sha512[:12]}…"
        )
    return ""


def _why_not_as_agreed(agreed: Agreed, answer: Checked | None) -> str:
    """Return what a device says otherwise than when the plan was made, empty where it says the same."""
    if answer is None:
        return "it was not asked"
    if answer.error is not None:
        return f"it cannot be asked: {answer.error}"
    if agreed.runs != answer.runs:
        return f"it ran {agreed.runs or 'an unknown release'}, and runs {answer.runs or 'an unknown release'} now"
    if not answer.already and set(agreed.serials) != set(answer.serials):
        return f"its serial numbers were {some(agreed.serials) or 'none'}, and are {some(answer.serials) or 'none'} now"
    now = {finding.rule: finding.ok for finding in answer.findings}
    # A finding that was waived then has to be what it was: where another value is seen, nobody waived that.
    broken = [finding for finding in answer.findings if finding.rule in agreed.rules and not finding.passes]
    if broken:
        return f"a rule holds no longer: {' | '.join(map(str, broken))}"
    if not answer.already and (more := sorted(set(answer.cleanable) - set(agreed.cleans))):
        return f"a clean-up would remove more from its flash: {some(more)}"
    if other := sorted(set(now) ^ set(agreed.rules)):
        return f"other rules apply to it than when the plan was made: {some(other)}"
    return ""


def _agreed_from(said: Mapping[str, Any]) -> Agreed:
    return Agreed(**{**said, **{key: tuple(said[key]) for key in ("serials", "cleans", "after")}})


def _agreed(row: Row, hosts: Inventory) -> Document:
    answer, image = row.answer, row.item.image
    return {
        "name": row.item.device.name,
        "facts": _facts(row.item.device, hosts),
        "image": {"id": image.id, "filename": image.filename, "version": image.version, "sha512": image.sha512}
        if image
        else {},
        "runs": row.runs,
        "serials": list(answer.serials) if answer else [],
        "rules": {finding.rule: finding.ok for finding in answer.findings} if answer else {},
        "cleans": list(answer.cleanable) if answer else [],
        "wave": row.item.wave,
        "after": list(row.item.after),
    }


def _facts(device: Device, hosts: Inventory) -> Document:
    found = {key: getattr(device, key) for key in _SAME_DEVICE}
    told = {key: list(value) if isinstance(value, tuple) else value for key, value in found.items()}
    try:
        return told | {"copied": hosts.copy_policy(device).told}
    except SwimctlError as error:
        return told | {"copied": f"cannot be read: {error}"}


def _request(request: UpgradeRequest, names: Collection[str]) -> Document:
    """Write a request for the devices with these names: what was waived of others is none of its business."""
    policy = asdict(request.policy)
    until, at = request.policy.until, request.schedule_time
    waivers = tuple(waiver for waiver in request.options.waivers if waiver.device in names)
    return {
        "options": asdict(replace(request.options, waivers=waivers)),
        "mode": request.mode.value,
        "max_failures": request.max_failures,
        "schedule_time": rfc3339(at) if at else None,
        "workers": request.workers,
        "detached": request.detached,
        "policy": policy | {"waves": list(policy["waves"]), "until": rfc3339(until) if until else None},
    }


def _request_from(said: Mapping[str, Any]) -> UpgradeRequest:
    policy, at = dict(said["policy"]), said["schedule_time"]
    until = policy["until"]
    policy |= {"waves": tuple(policy["waves"]), "until": datetime.fromisoformat(until) if until else None}
    return UpgradeRequest(
        devices=(),
        options=JobOptions.read(said["options"]),
        mode=ExecutionMode(said["mode"]),
        max_failures=said["max_failures"],
        schedule_time=datetime.fromisoformat(at) if at else None,
        workers=said["workers"],
        detached=said["detached"],
        policy=Policy(**policy),
    )


def _flat(name: str, value: Any) -> Iterator[tuple[str, Any]]:  # noqa: ANN401 - JSON
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _flat(f"{name}.{key}", inner)
    else:
        yield name, value


def _digest(document: Document) -> str:
    return hashlib.sha256(json.dumps(document, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
