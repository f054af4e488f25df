"""Load the pages of a server with 1,000 devices and a batch of 1,000 jobs in Chromium, and say when they can be used.

    python benchmarks/pages.py [LOADS]

A page can be used when its content is there and its script has run (`domContentLoadedEventEnd`). Each load is in a tab
of its own; the first one of a page brings what a browser keeps, and is not counted. `CPU` is what the server used, and
changes little where other work slows the rest down. It needs a browser: tests/support/browser.py.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
from support.accounts import PASSWORD  # type: ignore[import-not-found]
from support.api_client import OPERATOR, Api, answering, opened  # type: ignore[import-not-found]
from support.browser import browser  # type: ignore[import-not-found]
from support.projects import make_project  # type: ignore[import-not-found]
from support.stores import STEPS, StandingClock, some_batch  # type: ignore[import-not-found]

from swimctl.models import Outcome
from swimctl.states import JobStatus, StepStatus
from swimctl.store import NewJob
from swimctl.web import add_pages

COUNT = 1000
BATCH = "7d3f0212-5b1e-4c0a-9d2e-000000000001"
HOSTS = "".join(
    f"access-{number}: {{groups: [switches], data: {{model: C9300-24P, site: site-{number % 40}}}}}\n"
    for number in range(COUNT)
)
_TIMES = """() => {
  const load = performance.getEntriesByType("navigation")[0];
  const paint = performance.getEntriesByName("first-contentful-paint")[0];
  return [load.responseEnd, paint ? paint.startTime : 0, load.domContentLoadedEventEnd, load.decodedBodySize];
}"""


def fill(api: Api) -> None:
    """Make the batch: a third has ended well, some failed each otherwise, some are under way, the rest waits."""
    devices = api.store.device_ids([f"access-{number}" for number in range(COUNT)])
    jobs = api.store.create_batch(
        some_batch(BATCH), [NewJob(number, name, 1, STEPS) for name, number in devices.items()]
    )
    with api.store.register_runner() as runner:
        for number, job in enumerate(jobs[: COUNT // 2]):
            api.store.saw(job.device_id, "17.09.04a", {"1": "17.09.04a"}, "", by="scan", serials=(f"FOC{number}",))
            api.store.claim(job.id, runner)
            if number < COUNT // 3:
                api.store.move(job.id, runner, JobStatus.ACTIVATING)
                api.store.move(job.id, runner, JobStatus.SUCCESS, outcome=Outcome.UPGRADED)
            elif number < COUNT // 3 + 100:
                api.store.move(job.id, runner, JobStatus.FAILED, f"reason {number}", outcome=Outcome.UNTOUCHED)
            else:
                api.store.step(job.id, runner, "readiness", StepStatus.RUNNING)
                api.store.say(job.id, runner, "copying")


def measure(chromium: Any, url: str, paths: dict[str, str], loads: int) -> None:  # noqa: ANN401 - no types here
    """Print the medians of each page, in milliseconds."""
    context = chromium.new_context(viewport={"width": 1280, "height": 860})
    page = context.new_page()
    page.goto(f"{url}/sign-in")
    page.fill("[name=username]", OPERATOR)
    page.fill("[name=password]", PASSWORD)
    page.click("main button")
    page.wait_for_url(f"{url}/")
    page.close()
    print(f"{'page':<34} {'answered':>9} {'painted':>9} {'usable':>9} {'worst':>9} {'CPU':>6} {'kB':>6}")
    for name, path in paths.items():
        found = []
        for _ in range(loads + 1):
            tab = context.new_page()
            before = time.process_time()
            tab.goto(url + path, wait_until="load")
            spent = 1000 * (time.process_time() - before)
            found.append([*tab.evaluate(_TIMES), spent])
            tab.close()
        answered, painted, usable, size, spent = (statistics.median(one) for one in zip(*found[1:], strict=True))
        worst = max(one[2] for one in found[1:])
        times = " ".join(f"{one:>9.0f}" for one in (answered, painted, usable, worst))
        print(f"{name:<34} {times} {spent:>6.0f} {size / 1000:>6.0f}")
    context.close()


def main() -> None:
    """Serve, fill, and measure."""
    loads = int(sys.argv[1]) if len(sys.argv) > 1 else 9
    with (
        tempfile.TemporaryDirectory() as folder,
        opened(make_project(Path(folder)), StandingClock(), HOSTS) as api,
        answering(api.backend, add_pages) as (host, port),
        browser() as chromium,
    ):
        fill(api)
        paths = {
            "batches": "/",
            f"a batch of {COUNT} jobs": f"/batches/{BATCH}",
            "a job": "/jobs/1",
            f"{COUNT} devices": "/devices",
            f"{COUNT} devices, by site": "/devices?by=site",
            "API": "/api/docs",
        }
        measure(chromium, f"http://{host}:{port}", paths, loads)


if __name__ == "__main__":
    main()
