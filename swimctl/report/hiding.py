"""A record without what its reader must not be told: taken out of the facts, before any form is written. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Any, Final

from swimctl.models import Batch, Event, Job, Step
from swimctl.report.facts import UNTOLD, AuditHead, Decision, DeviceRecord, Difference, Record, Span, Transcript

Say = Callable[[str, str], str]
"""What makes of a text, and of the name of its field or key, what may be told."""

# Words and numbers of swimctl itself, which forms go by: no device is meant by them, whatever it is called.
_OURS: Final[Mapping[type, frozenset[str]]] = {
    AuditHead: frozenset({"hash"}),
    Batch: frozenset({"id"}),
    Decision: frozenset({"who", "what", "origin"}),
    Difference: frozenset({"source", "standing"}),
    Event: frozenset({"kind"}),
    Job: frozenset({"batch_id"}),
    Record: frozenset({"made_by", "facts"}),
    Span: frozenset({"kind", "name", "status"}),
    Step: frozenset({"kind"}),
    Transcript: frozenset({"sha256"}),
}


def told_as(record: Record, say: Say) -> Record:
    """Return a record in which each text is what may be told of it; where any was changed, its facts have no digest."""
    told: Record = _told(record, "", say)
    told = replace(told, devices=tuple(_decided(one, say) for one in told.devices))
    return told if told == record else replace(told, facts=UNTOLD)


def _decided(one: DeviceRecord, say: Say) -> DeviceRecord:
    """Return a device with its decisions told: unlike those of a batch, they are in the words of an event."""
    return replace(one, decisions=tuple(replace(each, what=say(each.what, "what")) for each in one.decisions))


def _told(value: Any, name: str, say: Say) -> Any:  # noqa: ANN401 - whatever a record is made of
    if isinstance(value, str):
        return value if isinstance(value, Enum) else say(value, name)
    if isinstance(value, Mapping):
        return {_told(key, "", say): _told(one, str(key), say) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_told(one, name, say) for one in value)
    if is_dataclass(value) and not isinstance(value, type):
        ours = _OURS.get(type(value), frozenset())
        each = [one.name for one in fields(value) if one.init and one.name not in ours]
        return replace(value, **{one: _told(getattr(value, one), one, say) for one in each})
    return value
