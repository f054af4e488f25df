"""The jobs of a plan, as the store makes them. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from swimctl.requests.plans import PlanItem
from swimctl.store import NewJob


def new_jobs(accepted: Sequence[PlanItem], kinds: tuple[str, ...]) -> list[NewJob]:
    """Return a job for each device of a plan that gets one, in their order; `kinds` are those of its steps."""
    places = {item.device.name: place for place, item in enumerate(accepted)}
    return [
        NewJob(
            item.device.id,
            item.device.name,
            item.image.id,
            kinds,
            item.wave,
            item.device.redundancy_group,
            tuple(places[name] for name in item.after),
            item.kind.key if item.kind else "",
            bool(item.pilot),
        )
        for item in accepted
        if item.image is not None
    ]
