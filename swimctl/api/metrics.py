"""What Prometheus reads: of the store, so that runs from a terminal and from cron count as those of the server."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from aiohttp import web
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from swimctl.api.routing import Backend, Call, Needs, Of, Route
from swimctl.campaigns.standing import Sight, State, Where
from swimctl.errors import ConfigError
from swimctl.images.compliance import Compliance, counted
from swimctl.models import Outcome
from swimctl.rights import Act
from swimctl.states import JobStatus, step_name
from swimctl.store import STEP_LIMITS, Figures

_OF_A_DEVICE: Final = ("platform", "site")
log = logging.getLogger("swimctl.api")


class _Figures(Collector):
    """The figures of one moment."""

    def __init__(
        self, figures: Figures, fleet: Sequence[Compliance], campaigns: Sequence[Sight], now: datetime
    ) -> None:
        self._figures = figures
        self._fleet = fleet
        self._campaigns = campaigns
        self._now = now

    def collect(self) -> Iterator[Metric]:
        """Yield each family once."""
        jobs = GaugeMetricFamily("swimctl_jobs", "Jobs in the store.", labels=("status", "platform"))
        for platform in sorted({platform for platform, _ in self._figures.jobs}):
            for status in JobStatus:
                jobs.add_metric((status.value, platform), self._figures.jobs.get((platform, status), 0))
        yield jobs
        outcomes = GaugeMetricFamily(
            "swimctl_job_outcomes", "Jobs that have ended, by what their device was then.", labels=("outcome",)
        )
        for outcome in Outcome:
            if outcome is not Outcome.CLEANED:  # it is `untouched`, with files removed
                outcomes.add_metric((outcome.value,), self._figures.outcomes.get(outcome, 0))
        yield outcomes
        steps = HistogramMetricFamily(
            "swimctl_step_duration_seconds", "How long ended steps took.", labels=("step", "status")
        )
        for (step, ended), took in sorted(self._figures.steps.items()):
            counts = [(str(float(limit)), float(count)) for limit, count in zip(STEP_LIMITS, took.within, strict=True)]
            steps.add_metric((step_name(step), ended), [*counts, ("+Inf", float(took.number))], took.seconds)
        yield steps
        yield CounterMetricFamily("swimctl_copied_bytes", "Bytes copied to devices.", self._figures.copied)
        yield GaugeMetricFamily(
            "swimctl_runner_lag_seconds",
            "How long the oldest job that may run waits for a runner; 0 where none waits.",
            self._figures.lag,
        )
        yield from self._devices()
        yield from self._wishes()

    def _wishes(self) -> Iterator[Metric]:
        """Yield how the campaigns stand that have not ended."""
        devices = GaugeMetricFamily(
            "swimctl_campaign_devices", "Devices of campaigns by where they are.", labels=("campaign", "where")
        )
        halted = GaugeMetricFamily(
            "swimctl_campaign_halted", "Whether a campaign waits for a person.", labels=("campaign",)
        )
        for sight in self._campaigns:
            for where in Where if sight.rule is not None else ():  # else 0 would say that none is behind
                devices.add_metric((sight.campaign.name, where.value.replace(" ", "_")), sight.counts[where])
            halted.add_metric((sight.campaign.name,), sight.state is State.HALTED)
        yield devices
        yield halted

    def _devices(self) -> Iterator[Metric]:
        """Yield how the devices stand; all standings of each site and system, so that a number may go back to 0."""
        devices = GaugeMetricFamily(
            "swimctl_devices", "Devices by how they stand to their golden release.", labels=("status", *_OF_A_DEVICE)
        )
        ended = GaugeMetricFamily(
            "swimctl_devices_support_ended", "Devices that are supported no more.", labels=_OF_A_DEVICE
        )
        oldest = GaugeMetricFamily(
            "swimctl_oldest_sighting_seconds", "How long ago the device was seen that was not seen for longest."
        )
        unseen = GaugeMetricFamily(
            "swimctl_devices_never_seen", "Devices of which nobody knows what they run.", labels=_OF_A_DEVICE
        )
        groups: defaultdict[tuple[str, str], list[Compliance]] = defaultdict(list)
        for one in self._fleet:
            groups[one.device.platform, one.device.site or ""].append(one)
        for labels, these in sorted(groups.items()):
            for status, number in counted(these).items():
                devices.add_metric((status, *labels), number)
            ended.add_metric(labels, sum(one.ended for one in these))
            unseen.add_metric(labels, sum(one.seen_at is None for one in these))
        seen = [(self._now - one.seen_at).total_seconds() for one in self._fleet if one.seen_at is not None]
        if seen:
            oldest.add_metric((), max(seen))
        yield devices
        yield ended
        yield unseen
        yield oldest


async def metrics(call: Call) -> web.Response:
    """Write the figures in the text format of Prometheus."""
    backend = call.backend

    def work() -> bytes:
        registry, now = CollectorRegistry(), backend.clock.now()
        campaigns = [one for one in backend.campaigns.sights() if one.state is not State.ENDED]
        registry.register(_Figures(backend.store.figures(now), _fleet(backend), campaigns, now))
        return generate_latest(registry)

    return web.Response(
        body=await backend.do(work), headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"}
    )


def _fleet(backend: Backend) -> list[Compliance]:
    """Return how the devices stand; none where the file with the ends of support has a mistake: the rest is counted."""
    try:
        inventory = backend.inventory
        return backend.service.compliance([one for one in inventory.devices if inventory.problem(one.name) is None])
    except ConfigError as error:
        log.error("%s", error)  # noqa: TRY400 - its words say it all
        return []


ROUTES: Final = (Route("GET", "/metrics", metrics, "Figures for Prometheus", Needs(Act.LOOK, Of.ALL), {200: "text"}),)
