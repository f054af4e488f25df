"""What Prometheus reads: of the store, so that runs from a terminal and from cron count as those of the server."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from aiohttp import web
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from swimctl.api.routing import Call, Route
from swimctl.models import Role
from swimctl.states import JobStatus, step_name
from swimctl.store import STEP_LIMITS, Figures


class _Figures(Collector):
    """The figures of one moment."""

    def __init__(self, figures: Figures) -> None:
        self._figures = figures

    def collect(self) -> Iterator[Metric]:
        """Yield each family once."""
        jobs = GaugeMetricFamily("swimctl_jobs", "Jobs in the store.", labels=("status", "platform"))
        for platform in sorted({platform for platform, _ in self._figures.jobs}):
            for status in JobStatus:
                jobs.add_metric((status.value, platform), self._figures.jobs.get((platform, status), 0))
        yield jobs
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


async def metrics(call: Call) -> web.Response:
    """Write the figures in the text format of Prometheus."""

    def work() -> bytes:
        registry = CollectorRegistry()
        registry.register(_Figures(call.backend.store.figures(call.backend.clock.now())))
        return generate_latest(registry)

    return web.Response(
        body=await call.backend.do(work), headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"}
    )


ROUTES: Final = (Route("GET", "/metrics", metrics, "Figures for Prometheus", Role.READ_ONLY, {200: "text"}),)
